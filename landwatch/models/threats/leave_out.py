"""Does one county carry the pooled effect?"""

import numpy as np
import pandas as pd

from landwatch.models.threats.rows import SIGNIFICANT, told_row
from landwatch.models.zone_contrasts import NUMBERS, ZoneContrasts, pooled_mean


def without_each_county(outcome: str, base: ZoneContrasts) -> pd.DataFrame:
    """Pool the zones without those of one county, for every county.

    Parameters
    ----------
    outcome : str
        The outcome.
    base : ZoneContrasts
        Zones under the study's specification.

    Returns
    -------
    DataFrame
        One row per county with a zone; empty without zones.

    Notes
    -----
    The zones of the county are left out of the mean; the variation between towns stays that of all
    never-treated towns, of which one county is a small part.
    """
    counties = base.zones["counties"].str.split(";")
    true = pooled_mean(base)
    pieces = []
    for county in sorted(set(counties.explode())):
        kept = ~np.array([county in own for own in counties])
        mean = pooled_mean(base, kept)
        numbers = {n: getattr(mean, n) for n in NUMBERS}
        same = mean.p_value <= SIGNIFICANT and mean.estimate_log * true.estimate_log > 0
        known = true.p_value <= SIGNIFICANT and mean.n_zones > 0
        pieces.append(
            told_row(
                outcome, "without_county", county, f"zones={mean.n_zones}", **numbers,
                n_obs=base.n_obs, survives=same if known else pd.NA,
            )
        )  # fmt: skip
    if not pieces:
        return told_row(outcome, "without_county", "all", "not_applied: no zone has a number")
    return pd.concat(pieces)
