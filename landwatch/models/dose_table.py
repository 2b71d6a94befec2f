"""Slope of every outcome on project money, over the zones whose money is known."""

from dataclasses import asdict
from typing import Final

import numpy as np
import pandas as pd

from landwatch.models.dose import CAUTION, fit_dose
from landwatch.vocabulary.errors import EstimationError

COLUMNS: Final = (
    "outcome",
    "slope",
    "std_error",
    "ci_low",
    "ci_high",
    "p_value",
    "p_permutation",
    "detectable",
    "n_zones",
    "n_groups",
    "n_alone",
    "status",
    "notes",
)


def fit_doses(effects: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    """Relate the effects of zones to the project money they got.

    Parameters
    ----------
    effects : DataFrame
        ``zone_id``, ``outcome``, ``estimate_log``, ``std_error``, ``status``.
    money : DataFrame
        One row per zone and year: ``zone_id``, ``town_code``, ``year``, ``n_without_amount``
        (projects whose amount is not public) and ``dose_twd_per_head`` [NTD].

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row per outcome: change of the outcome for one log unit of money per
        head spent until the last year. ``status`` is ``estimated`` or ``insufficient_data: why``.

    Notes
    -----
    Zones without a project, or with one whose amount is not public, do not take part: the list is
    not complete, so that no project known is not no money.
    """
    final = money[money["year"] == money["year"].max()]
    known = final[(final["n_without_amount"] == 0) & (final["dose_twd_per_head"] > 0)]
    known = known.dropna(subset=["town_code"]).astype({"zone_id": "str"})
    estimated = effects[effects["status"] == "estimated"].astype({"zone_id": "str"})
    rows = [
        _line(str(outcome), estimated[estimated["outcome"] == outcome].merge(known, on="zone_id"))
        for outcome in effects["outcome"].unique()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _line(outcome: str, zones: pd.DataFrame) -> dict[str, object]:
    told: dict[str, object] = {"outcome": outcome, "n_zones": len(zones), "notes": CAUTION}
    try:
        fit = fit_dose(
            zones["estimate_log"],
            zones["std_error"] ** 2,
            np.log(zones["dose_twd_per_head"].to_numpy(dtype=float)),
            zones["town_code"].astype("str").str[:5],
        )
    except EstimationError as error:
        return told | {"status": f"insufficient_data: {error}"}
    return told | asdict(fit) | {"status": "estimated"}
