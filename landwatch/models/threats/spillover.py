"""Do the towns next to zones move too, against towns further away?"""

from typing import TYPE_CHECKING

import pandas as pd

from landwatch.models.threats.rows import mean_row, told_row
from landwatch.models.zone_contrasts import fit_zone_contrasts, pooled_mean

if TYPE_CHECKING:
    from landwatch.models.choice_grounds import Grounds
    from landwatch.models.specification import Specification


def spillover_ring(rows: pd.DataFrame, spec: "Specification", grounds: "Grounds") -> pd.DataFrame:
    """Treat the never-treated neighbours of zones as zones, the zones themselves left out.

    Parameters
    ----------
    rows : DataFrame
        Rows of the study's specification.
    spec : Specification
        The outcome's specification.
    grounds : Grounds
        Its towns ``adjacent`` are the ring.

    Returns
    -------
    DataFrame
        One row: mean change of the neighbours less the other never-treated towns of their county.

    Notes
    -----
    With several dates of zones a neighbour would have several: then no ring is drawn. The choice
    ``donut`` of the family ``controls`` shows what the ring does to the effects.
    """
    told = (spec.outcome, "spillover", "neighbours")
    if "adjacent" not in grounds.towns or len(grounds.dates) != 1:
        why = grounds.missing.get("donut", "zones have several dates")
        return told_row(*told, f"not_applied: {why}")
    relabelled = relabelled_rows(rows, grounds.towns["adjacent"], grounds.dates[0])
    fit = fit_zone_contrasts(relabelled, spec)
    return mean_row(*told, pooled_mean(fit), fit.n_obs, notes="ring=never_treated_towns_that_touch")


def relabelled_rows(rows: pd.DataFrame, towns: frozenset[str], date: pd.Timestamp) -> pd.DataFrame:
    """Turn never-treated towns into zones and leave the true zones out.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    towns : frozenset of str
        Never-treated towns.
    date : Timestamp
        Date they get.

    Returns
    -------
    DataFrame
        Rows of never-treated towns; those of `towns` have the role ``zone`` and their town as
        zone.
    """
    control = rows[rows["role"] == "control"]
    town = control["town_code"].astype("str")
    chosen = town.isin(towns)
    role = pd.Series("control", index=control.index).mask(chosen, "zone")
    dates = pd.Series(pd.NaT, index=control.index, dtype="datetime64[ns]").mask(chosen, date)
    return control.assign(zone_id=town.where(chosen), role=role, effective_date=dates)
