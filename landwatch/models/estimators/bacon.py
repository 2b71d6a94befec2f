"""Goodman-Bacon's decomposition: which two-by-two comparisons a two-way estimate averages."""

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COLUMNS: Final = ("type", "treated", "control", "estimate", "weight")


def why_no_decomposition(
    unit: pd.Series, period: pd.Series, weight: pd.Series | None, n_covariates: int
) -> str:
    """Tell why a two-way estimate is no average of two-by-two comparisons.

    Parameters
    ----------
    unit, period : Series, shape (n,)
        Rows of the regression.
    weight : Series or None
        Weights.
    n_covariates : int
        Number of covariates.

    Returns
    -------
    str
        Reason; empty where the decomposition holds exactly.
    """
    if n_covariates:
        return "not given: covariates"
    if pd.MultiIndex.from_arrays([unit, period]).has_duplicates:
        return "not given: several rows for a unit and period"
    if len(unit) != unit.nunique() * period.nunique():
        return "not given: unbalanced panel"
    if weight is not None and not _constant_within(weight, unit):
        return "not given: weights change within units"
    return ""


def _constant_within(weight: pd.Series, unit: pd.Series) -> bool:
    spread = weight.groupby(unit.to_numpy()).agg(np.ptp)
    return bool((spread <= 1e-12 * weight.max()).all())


def bacon_decomposition(
    outcome: pd.Series,
    period: pd.Series,
    first: pd.Series,
    weight: pd.Series | None = None,
) -> pd.DataFrame:
    """Split a two-way estimate into two-by-two comparisons of cohorts.

    Parameters
    ----------
    outcome, period : Series, shape (n,)
        A balanced panel, one row for a unit and period.
    first : Series, shape (n,)
        First treated period of the unit, 0 for never; a period up to the first one means always.
    weight : Series, optional
        Weights, constant within units.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`: ``treated_vs_never``, ``earlier_vs_later``, ``later_vs_earlier`` (the
        forbidden comparison) and ``later_vs_always``; cohorts by first period (0 never, −inf
        always treated); weights add up to 1, weight × estimate to the two-way estimate.

    References
    ----------
    Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing. Journal
    of Econometrics 225, equations 7 to 10.
    """
    times = np.sort(period.unique()).astype(float)
    cohort = first.astype(float).where(first <= 0, first.where(first > times[0], -np.inf))
    cohort = cohort.where(cohort <= times[-1], 0.0)
    mass = pd.Series(1.0, outcome.index) if weight is None else weight.astype(float)
    frame = pd.DataFrame({"g": cohort, "t": period.astype(float), "w": mass, "wy": mass * outcome})
    cells = frame.groupby(["g", "t"])[["w", "wy"]].sum()
    path = (cells["wy"] / cells["w"]).unstack("t")
    share = cells["w"].unstack("t").iloc[:, 0]
    share = share / share.sum()
    treated = [float(g) for g in share.index if g != 0.0]
    rows = [_against_never(path, share, g, times) for g in treated if 0.0 in share.index]
    for early, late in combinations(sorted(treated), 2):
        rows += _timing(path, share, early, late, times)
    table = pd.DataFrame([row for row in rows if row[-1] > 0], columns=list(COLUMNS))
    return table.assign(weight=table["weight"] / table["weight"].sum())


_Row = tuple[str, float, float, float, float]


def _share_treated(g: float, times: "Floats") -> float:
    return float((times >= g).mean())


def _two_by_two(
    path: pd.DataFrame, treated: float, control: float, after: "Floats", before: "Floats"
) -> float:
    """Difference of mean changes of two cohorts; NaN where a window is empty."""
    if not len(after) or not len(before):
        return float("nan")
    change = path[after].mean(axis=1) - path[before].mean(axis=1)
    return float(change[treated] - change[control])


def _against_never(path: pd.DataFrame, share: pd.Series, g: float, times: "Floats") -> _Row:
    on = _share_treated(g, times)
    weight = float(share[g] * share[0.0]) * on * (1 - on)
    estimate = _two_by_two(path, g, 0.0, times[times >= g], times[times < g])
    return ("treated_vs_never", g, 0.0, estimate, weight)


def _timing(
    path: pd.DataFrame, share: pd.Series, early: float, late: float, times: "Floats"
) -> list[_Row]:
    """Compare two cohorts before the later one is treated, and after the earlier one is.

    With s the shares of the cohorts and D of their treated periods, the weights of Goodman-Bacon's
    equations 10f and 10g reduce to s_e s_l (D_e − D_l)(1 − D_e) and s_e s_l (D_e − D_l) D_l, up to
    the common variance.
    """
    on_early, on_late = _share_treated(early, times), _share_treated(late, times)
    size = float(share[early] * share[late]) * (on_early - on_late)
    between = times[(times >= early) & (times < late)]
    first = _two_by_two(path, early, late, between, times[times < early])
    second = _two_by_two(path, late, early, times[times >= late], between)
    kind = "later_vs_always" if early == -np.inf else "later_vs_earlier"
    return [
        ("earlier_vs_later", early, late, first, size * (1 - on_early)),
        (kind, late, early, second, size * on_late),
    ]
