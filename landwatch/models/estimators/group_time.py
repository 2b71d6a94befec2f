"""Effects by group and period, each a difference in differences of two periods."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from landwatch.models.estimators.two_periods import Method, two_period_effect
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landwatch.models.estimators.adoption import Adoption
    from landwatch.models.estimators.table import Base, Control

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wide:
    """Units in rows, periods in columns; NaN where a unit has no row.

    Attributes
    ----------
    outcome, weight : ndarray, shape (n, periods)
        Outcome and weight.
    design : ndarray, shape (n, periods, k)
        Covariates, or indicators of strata followed by covariates.
    periods : ndarray, shape (periods,)
        Periods, ascending.
    first, size : ndarray, shape (n,)
        First treated period (infinite: never) and weight at the unit's first row.
    stratum, cluster : ndarray of int64, shape (n,)
        Codes.
    """

    outcome: "Floats"
    weight: "Floats"
    design: "Floats"
    periods: "Floats"
    first: "Floats"
    size: "Floats"
    stratum: "NDArray[np.int64]"
    cluster: "NDArray[np.int64]"


@dataclass(frozen=True, slots=True)
class Cells:
    """Group-time effects.

    Attributes
    ----------
    group, period : ndarray, shape (c,)
        First treated period and period of each cell.
    effect : ndarray, shape (c,)
        Average effect on the treated.
    influence : ndarray, shape (n, c)
        Influence of every unit; the covariance is influenceᵀ influence / n².
    is_base : ndarray of bool, shape (c,)
        Cells that are the base period itself, zero by definition.
    rows : ndarray of int64, shape (c,)
        Rows used: two for each unit.
    skipped : mapping of str to int
        Cells that could not be estimated, by reason.
    """

    group: "Floats"
    period: "Floats"
    effect: "Floats"
    influence: "Floats"
    is_base: "Flags"
    rows: "NDArray[np.int64]"
    skipped: dict[str, int]


@dataclass(frozen=True, slots=True)
class CellRules:
    """How a cell is compared.

    Attributes
    ----------
    control, base : str
        See `landwatch.models.estimators.table.EstimationTable`.
    method : {"dr", "ipw", "reg"}
        See `two_period_effect`.
    anticipation : int
        Periods before treatment in which units may already react.
    leverage : bool
        Enlarge residuals for their leverage.
    """

    control: "Control"
    base: "Base"
    method: Method
    anticipation: int
    leverage: bool


def widened(data: "Adoption") -> Wide:
    """Put units in rows and periods in columns.

    Parameters
    ----------
    data : Adoption
        Rows by unit and period.

    Returns
    -------
    Wide
        The same values.
    """
    periods, when = np.unique(data.period, return_inverse=True)
    shape = (data.n_units, len(periods))
    start = np.flatnonzero(np.diff(data.unit, prepend=-1))
    stratum = data.stratum[start]
    n_strata = int(stratum.max()) + 1
    strata = np.eye(n_strata)[data.stratum]
    columns = np.column_stack([strata, data.covariates.to_numpy(dtype=float)])
    design = np.full((*shape, columns.shape[1]), np.nan)
    design[data.unit, when] = columns
    outcome, weight = np.full(shape, np.nan), np.full(shape, np.nan)
    outcome[data.unit, when], weight[data.unit, when] = data.outcome, data.weight
    return Wide(outcome, weight, design, periods, data.first[start], data.weight[start],
                stratum, data.cluster[start])  # fmt: skip


def group_time_cells(wide: Wide, rules: CellRules) -> Cells:
    """Estimate the effect of every group in every period.

    Parameters
    ----------
    wide : Wide
        Units and periods.
    rules : CellRules
        Comparison wanted.

    Returns
    -------
    Cells
        Cells in the order of groups, then periods.

    Raises
    ------
    EstimationError
        If there is no control, or not one cell can be estimated.

    Notes
    -----
    The base of periods from treatment on is the last one before treatment less anticipation. Before
    it, a varying base is the period before; a universal base stays. Covariates and weights are
    those of the base period. A unit without a row in one of the two periods is not in the cell.
    """
    groups = np.unique(wide.first[np.isfinite(wide.first)])
    found: list[tuple[float, float, float, Floats, bool, int]] = []
    skipped: dict[str, int] = {}
    for group in groups:
        before = np.flatnonzero(wide.periods + rules.anticipation < group)
        if not len(before):
            skipped["no_period_before_treatment"] = skipped.get("no_period_before_treatment", 0) + 1
            continue
        for t, period in enumerate(wide.periods):
            base = _base_period(int(before[-1]), t, float(period) >= group, rules.base)
            if base is None:
                continue
            if base == t:
                nothing = np.zeros(len(wide.first))
                found.append((float(group), float(period), 0.0, nothing, True, 0))
                continue
            try:
                effect, influence, rows = _cell(wide, float(group), base, t, rules)
            except EstimationError as error:
                reason = str(error)
                skipped[reason] = skipped.get(reason, 0) + 1
                continue
            found.append((float(group), float(period), effect, influence, False, rows))
    return _gathered(found, skipped)


def _base_period(
    last: int, t: int, treated: bool, base: Literal["varying", "universal"]
) -> int | None:
    if treated or base == "universal":
        return last
    return t - 1 if t else None


def _cell(
    wide: Wide, group: float, base: int, t: int, rules: CellRules
) -> tuple[float, "Floats", int]:
    treated = wide.first == group
    latest = max(wide.periods[t], wide.periods[base]) + rules.anticipation
    never = wide.first > wide.periods[-1] + rules.anticipation
    control = never if rules.control == "never" else (wide.first > latest) & ~treated
    seen = np.isfinite(wide.outcome[:, t]) & np.isfinite(wide.outcome[:, base])
    has_control = np.isin(wide.stratum, wide.stratum[control & seen])
    used = np.flatnonzero(seen & (control | (treated & has_control)))
    on = treated[used]
    if not on.any():
        raise EstimationError("no_treated_with_controls")
    if on.all():
        raise EstimationError("no_controls")
    design = wide.design[used, base]
    fit = two_period_effect(
        wide.outcome[used, t] - wide.outcome[used, base],
        on.astype(float),
        design[:, np.abs(design).max(axis=0) > 0],
        wide.weight[used, base],
        method=rules.method,
        leverage=rules.leverage,
    )
    influence = np.zeros(len(wide.first))
    influence[used] = fit.influence * len(wide.first) / len(used)
    return fit.effect, influence, 2 * len(used)


def _gathered(
    found: list[tuple[float, float, float, "Floats", bool, int]], skipped: dict[str, int]
) -> Cells:
    if all(cell[4] for cell in found):
        reasons = "; ".join(f"{why} ({n})" for why, n in skipped.items()) or "no group"
        raise EstimationError(
            f"團體—時間效果無法估計 no group-time effect can be estimated: {reasons}. Give groups "
            "with a period before treatment and controls, or fewer covariates."
        )
    table = pd.DataFrame([(g, t, e, b, r) for g, t, e, _, b, r in found])
    return Cells(
        table[0].to_numpy(dtype=float), table[1].to_numpy(dtype=float),
        table[2].to_numpy(dtype=float), np.column_stack([cell[3] for cell in found]),
        table[3].to_numpy(dtype=bool), table[4].to_numpy(dtype=np.int64), skipped,
    )  # fmt: skip
