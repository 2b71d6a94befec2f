"""Comparisons inside groups: demeaning, slopes and time effects with groups profiled out.

Groups are places (locations): a level of their own is removed exactly, so that only prices of the
same place are ever compared. Everything is sums by code; no routine loops over rows.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PeriodIndex:
    """Index of units by period.

    Attributes
    ----------
    index : ndarray, shape (n_units, n_periods)
        Period effects; NaN where a unit has no row.
    rows : ndarray, shape (n_units, n_periods)
        Rows.
    spread : ndarray, shape (n_units, n_periods, n_periods)
        Variance of contrasts of the index over the noise variance of a row.
    seen : ndarray, shape (n_units, n_periods, n_periods)
        Projector on the contrasts that places seen in several periods identify.
    """

    index: "Floats"
    rows: "Floats"
    spread: "Floats"
    seen: "Floats"


@dataclass(frozen=True, slots=True)
class WithinSlopes:
    """Slope of y on x inside groups, one per unit.

    Attributes
    ----------
    slope : ndarray, shape (n_units,)
        Estimate; NaN where x never varies inside a group of the unit.
    information : ndarray, shape (n_units,)
        Sum of squares of x inside groups; the slope's variance is noise variance / information.
    """

    slope: "Floats"
    information: "Floats"


def codes(*columns: "pd.Series | NDArray[np.generic]") -> "Codes":
    """Number the distinct combinations of some columns in sorted order.

    Parameters
    ----------
    *columns : array_like, shape (n,)
        Columns without missing values.

    Returns
    -------
    ndarray of int64, shape (n,)
        Codes 0 … k−1; equal rows have equal codes, whatever the order of rows.
    """
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        single = pd.factorize(np.asarray(column), sort=True)[0].astype(np.int64)
        combined = combined * (int(single.max(initial=0)) + 1) + single
        combined = pd.factorize(combined, sort=True)[0].astype(np.int64)
    return combined


def within_demeaned(values: "Floats", group: "Codes") -> "Floats":
    """Subtract from each value the mean of its group.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Values without NaN.
    group : ndarray of int64, shape (n,)
        Codes of groups.

    Returns
    -------
    ndarray, shape (n,)
        Deviations from group means.
    """
    size = np.bincount(group)
    total = np.bincount(group, weights=values)
    return np.asarray(values - (total / np.maximum(size, 1))[group], dtype=float)


def within_slopes(
    y: "Floats", x: "Floats", *, group: "Codes", unit: "Codes", n_units: int
) -> WithinSlopes:
    """Regress y on x and group effects, separately for every unit, in one pass.

    With x = 0 before and 1 after a date this is the mean change at the same places, each place
    weighted by n_before·n_after / (n_before + n_after); places seen on one side only say nothing.

    Parameters
    ----------
    y, x : ndarray, shape (n,)
        Response and regressor.
    group : ndarray of int64, shape (n,)
        Places; each lies in one unit.
    unit : ndarray of int64, shape (n,)
        Units, codes below `n_units`.
    n_units : int
        Number of units.

    Returns
    -------
    WithinSlopes
        Slopes and their information.
    """
    deviation = within_demeaned(x, group)
    information = np.bincount(unit, weights=deviation * deviation, minlength=n_units)
    moment = np.bincount(unit, weights=deviation * y, minlength=n_units)
    known = information > 1e-9
    slope = np.full(n_units, np.nan)
    slope[known] = moment[known] / information[known]
    return WithinSlopes(slope, np.where(known, information, 0.0))


def profiled_effects(
    y: "Floats", factors: "Sequence[Codes]", group: "Codes"
) -> "tuple[list[Floats], int]":
    """Estimate effects of factors by least squares with group effects profiled out.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Response.
    factors : sequence of ndarray of int64, shape (n,)
        Codes of each factor, 0 … k_f − 1.
    group : ndarray of int64, shape (n,)
        Groups whose effects are removed exactly.

    Returns
    -------
    effects : list of ndarray, shape (k_f,)
        Effects of each factor; the minimum-norm solution, so that a contrast the rows do not
        identify is taken as zero.
    rank : int
        Number of identified contrasts, the degrees of freedom they cost.

    Notes
    -----
    Dense normal equations of the factors: meant for some hundred levels and any number of groups.
    """
    sizes = [int(f.max(initial=-1)) + 1 for f in factors]
    design, normal = _normal_equations(factors, group)
    moment = design.T @ within_demeaned(y, group)
    solution, _, rank, _ = np.linalg.lstsq(normal, moment, rcond=1e-9)
    pieces = np.split(np.asarray(solution, dtype=float), np.cumsum(sizes)[:-1])
    return pieces, int(rank)


def free_directions(factors: "Sequence[Codes]", group: "Codes") -> "list[Floats]":
    """Directions in which effects of factors may move without changing any comparison in a group.

    Parameters
    ----------
    factors : sequence of ndarray of int64, shape (n,)
        Codes of each factor, 0 … k_f − 1.
    group : ndarray of int64, shape (n,)
        Groups whose effects are removed exactly.

    Returns
    -------
    list of ndarray, shape (k_f, n_directions)
        Orthonormal over all factors together. The difference of two rows' sums of effects is
        identified if and only if the sums of their entries here are equal.
    """
    sizes = [int(f.max(initial=-1)) + 1 for f in factors]
    _, normal = _normal_equations(factors, group)
    values, vectors = np.linalg.eigh(normal)
    free = vectors[:, values <= 1e-9 * max(float(values.max(initial=0.0)), 1.0)]
    return np.split(np.asarray(free, dtype=float), np.cumsum(sizes)[:-1])


def _normal_equations(
    factors: "Sequence[Codes]", group: "Codes"
) -> "tuple[sparse.csr_array, Floats]":
    sizes = [int(f.max(initial=-1)) + 1 for f in factors]
    offsets = np.cumsum([0, *sizes])
    n = len(group)
    rows = np.tile(np.arange(n), len(factors))
    columns = np.concatenate([f + o for f, o in zip(factors, offsets[:-1], strict=True)])
    design = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, int(offsets[-1])))
    places = sparse.csr_array((np.ones(n), (np.arange(n), group)))
    cross = (design.T @ places).tocsr()
    size = np.maximum(np.bincount(group), 1)
    normal = (design.T @ design - cross @ sparse.diags_array(1.0 / size) @ cross.T).toarray()
    return design, np.asarray(normal, dtype=float)


def period_index(
    y: "Floats", *, group: "Codes", unit: "Codes", period: "Codes", shape: tuple[int, int]
) -> "Floats":
    """Index of every unit by period, holding its places constant.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Response.
    group : ndarray of int64, shape (n,)
        Places; each lies in one unit.
    unit, period : ndarray of int64, shape (n,)
        Codes below `shape`.
    shape : tuple of int
        Number of units and of periods.

    Returns
    -------
    ndarray, shape (n_units, n_periods)
        Period effects; the mean of a unit's rows equals the mean of its index over those rows.
        NaN where a unit has no row.
    """
    return period_effects(y, group=group, unit=unit, period=period, shape=shape).index


def period_effects(
    y: "Floats", *, group: "Codes", unit: "Codes", period: "Codes", shape: tuple[int, int]
) -> PeriodIndex:
    """Index of every unit by period with what is needed to judge its contrasts.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Response.
    group : ndarray of int64, shape (n,)
        Places; each lies in one unit.
    unit, period : ndarray of int64, shape (n,)
        Codes below `shape`.
    shape : tuple of int
        Number of units and of periods.

    Returns
    -------
    PeriodIndex
        Period effects; the mean of a unit's rows equals the mean of its index over those rows.

    Notes
    -----
    One small minimum-norm system per unit, solved as a stack.
    """
    n_units, n_periods = shape
    cell = unit * n_periods + period
    n_places = int(group.max(initial=-1)) + 1
    extent = (n_units * n_periods, n_places)
    count = sparse.csr_array((np.ones(len(y)), (cell, group)), shape=extent)
    size = np.maximum(np.bincount(group), 1)
    shared = (count @ sparse.diags_array(1.0 / size) @ count.T).tocoo()
    normal = np.zeros((n_units, n_periods, n_periods))
    first, second = shared.coords
    normal[first // n_periods, first % n_periods, second % n_periods] = -shared.data
    rows = np.bincount(cell, minlength=n_units * n_periods).astype(float)
    diagonal = np.arange(n_periods)
    normal[:, diagonal, diagonal] += rows.reshape(shape)
    moment = np.bincount(cell, weights=within_demeaned(y, group), minlength=rows.size)
    inverse = np.asarray(np.linalg.pinv(normal, rcond=1e-9, hermitian=True), dtype=float)
    index = np.einsum("uij,uj->ui", inverse, moment.reshape(shape))
    total = np.bincount(unit, weights=y - index.ravel()[cell], minlength=n_units)
    level = total / np.maximum(np.bincount(unit, minlength=n_units), 1)
    counts = rows.reshape(shape)
    path = np.where(counts > 0, index + level[:, None], np.nan)
    return PeriodIndex(path, counts, inverse, inverse @ normal)
