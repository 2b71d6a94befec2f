"""The form in which every attack reports: one row of ``threats.csv``."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from landwatch.models.zone_contrasts import NUMBERS, ZoneContrasts, pooled_mean

if TYPE_CHECKING:
    from landwatch.models.zone_contrasts import PooledMean

COLUMNS: Final = (
    "outcome", "zone_id", "threat", "choice", *NUMBERS, "n_obs", "survives", "notes"
)  # fmt: skip
SIGNIFICANT: Final = 0.05


def attack_rows(
    outcome: str, threat: str, choice: str, fit: ZoneContrasts, base: ZoneContrasts
) -> pd.DataFrame:
    """Report the pooled effect and every zone's under another choice.

    Parameters
    ----------
    outcome, threat, choice : str
        What is attacked, by which family, with which choice.
    fit, base : ZoneContrasts
        Zones under the choice and under the study's specification.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: the pooled row (empty ``zone_id``), then the zones of the study's
        specification. ``survives`` answers only for an effect the study sees (p ≤ 0.05): the
        interval under the choice excludes zero on the same side. Without a number under the choice
        it stays missing, and the notes say so.
    """
    pooled = pd.DataFrame([_pooled_row(pooled_mean(fit), fit.n_obs)])
    first = pd.DataFrame([_pooled_row(pooled_mean(base), base.n_obs)])
    mine, own = (pd.concat([p, _zone_rows(f)]) for p, f in ((pooled, fit), (first, base)))
    table = own[["zone_id", "estimate_log", "p_value"]].merge(
        mine, on="zone_id", how="left", suffixes=("_base", "")
    )
    missing = table["estimate_log"].isna()
    notes = table["notes"].where(~missing, "not_estimable_under_this_choice")
    return table.assign(
        outcome=outcome, threat=threat, choice=choice, survives=_survival(table), notes=notes
    )[list(COLUMNS)]


def _pooled_row(mean: "PooledMean", n_obs: int) -> dict[str, Any]:
    notes = f"zones={mean.n_zones};dispersion={mean.dispersion:.3g}"
    return {"zone_id": "", **{n: getattr(mean, n) for n in NUMBERS}, "n_obs": n_obs, "notes": notes}


def _zone_rows(fit: ZoneContrasts) -> pd.DataFrame:
    zones = fit.zones
    n_obs = (zones["n_before"] + zones["n_after"]).astype("Int64")
    return zones[["zone_id", *NUMBERS]].assign(n_obs=n_obs, notes="")


def _survival(table: pd.DataFrame) -> pd.Series:
    """Whether the interval excludes zero on the side of the effect seen; missing if none was."""
    base = table["estimate_log_base"].to_numpy(dtype=float)
    seen = table["p_value_base"].to_numpy(dtype=float) <= SIGNIFICANT
    near = np.where(base > 0, table["ci_low"].astype(float), -table["ci_high"].astype(float))
    known = seen & np.isfinite(near)
    return pd.Series(near > 0, index=table.index, dtype="boolean").where(known)


def told_row(outcome: str, threat: str, choice: str, notes: str, **numbers: Any) -> pd.DataFrame:
    """Report one number about an outcome, or why there is none.

    Parameters
    ----------
    outcome, threat, choice : str
        What is attacked, by what, and which part of it.
    notes : str
        Conventions or the reason.
    **numbers
        Any of `COLUMNS`.

    Returns
    -------
    DataFrame
        One row with columns `COLUMNS`.
    """
    row = {"outcome": outcome, "zone_id": "", "threat": threat, "choice": choice, "notes": notes}
    empty = {**dict.fromkeys(NUMBERS, np.nan), "n_obs": 0, "survives": pd.NA}
    table = pd.DataFrame([{**empty, **row, **numbers}], columns=list(COLUMNS))
    return table.astype({"survives": "boolean", "n_obs": "Int64"})


def mean_row(
    outcome: str, threat: str, choice: str, mean: "PooledMean", n_obs: int, *, notes: str = ""
) -> pd.DataFrame:
    """Report a pooled mean that should be zero if the threat is idle.

    Parameters
    ----------
    outcome, threat, choice : str
        What is attacked, by what, and which part of it.
    mean : PooledMean
        The number.
    n_obs : int
        Rows it rests on.
    notes : str, optional
        Conventions.

    Returns
    -------
    DataFrame
        One row; ``survives`` tells that no difference from zero was seen (p > 0.05), which is no
        proof that there is none.
    """
    numbers = {n: getattr(mean, n) for n in NUMBERS}
    seen = pd.NA if np.isnan(mean.p_value) else bool(mean.p_value > SIGNIFICANT)
    told = f"zones={mean.n_zones}" + (f";{notes}" if notes else "")
    return told_row(outcome, threat, choice, told, **numbers, n_obs=n_obs, survives=seen)
