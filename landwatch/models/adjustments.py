"""Adjustment of p-values: among zones, and of a zone's outcomes taken together."""

from typing import TYPE_CHECKING

import numpy as np
from statsmodels.stats.multitest import multipletests

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


def benjamini_hochberg(p_values: "ArrayLike") -> "NDArray[np.float64]":
    """Adjust p-values so that a threshold bounds the false discovery rate.

    A zone whose q-value is at most 0.05 belongs to a list of which at most one in twenty is
    expected to be a false flag.

    Parameters
    ----------
    p_values : array_like, shape (n,)
        p-values of one declared family; NaN where nothing was estimated.

    Returns
    -------
    ndarray, shape (n,)
        q-values; NaN stays NaN and does not count as a test.

    Notes
    -----
    The step-up procedure of statsmodels (``fdr_bh``), valid under positive dependence.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. JRSS B 57.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, float("nan"), 0.03]).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    values = np.asarray(p_values, dtype=float)
    adjusted = np.full(values.shape, np.nan)
    tested = np.isfinite(values)
    if tested.any():
        adjusted[tested] = multipletests(values[tested], method="fdr_bh")[1]
    return adjusted


def simes(p_values: "Floats", group: "Codes", n_groups: int) -> "Floats":
    """Combine the p-values of each group into one for the claim that any of its tests holds.

    Parameters
    ----------
    p_values : ndarray, shape (n,)
        p-values; NaN is no test.
    group : ndarray of int64, shape (n,)
        Groups, codes below `n_groups`.
    n_groups : int
        Number of groups.

    Returns
    -------
    ndarray, shape (n_groups,)
        ``min over i of k p_(i) / i`` for the k tests of a group; NaN for a group without any.

    Notes
    -----
    Valid when the tests of a group depend positively on each other, as prices of one town do.

    References
    ----------
    Simes, R. (1986). An improved Bonferroni procedure for multiple tests of significance.
    Biometrika 73.

    Examples
    --------
    >>> simes(np.array([0.02, 0.03, 0.5]), np.array([0, 0, 1]), 3).tolist()
    [0.03, 0.5, nan]
    """
    tested = np.flatnonzero(np.isfinite(p_values))
    order = tested[np.lexsort((p_values[tested], group[tested]))]
    own, value = group[order], p_values[order]
    size = np.bincount(own, minlength=n_groups)
    begin = np.cumsum(size) - size
    rank = np.arange(len(order)) - begin[own] + 1
    combined = np.full(n_groups, np.inf)
    np.minimum.at(combined, own, value * size[own] / rank)
    return np.where(size > 0, combined, np.nan)


def axis_q_values(
    estimate: "Floats", p_values: "Floats", axis: "Codes", shape: tuple[int, int]
) -> "Floats":
    """Adjusted p-value of the claim that a zone's axis moved the way each outcome did.

    Parameters
    ----------
    estimate, p_values : ndarray, shape (n,)
        Effect of each zone × outcome and its two-sided p-value; NaN where not estimated.
    axis : ndarray of int64, shape (n,)
        Zone × axis of each row, codes below the product of `shape`.
    shape : tuple of int
        Number of zones and of axes.

    Returns
    -------
    ndarray, shape (n,)
        Benjamini–Hochberg q over all zones × axes of the Simes combination of the axis's one-sided
        p-values; NaN where not estimated.

    Notes
    -----
    A verdict claims that an axis of a zone rose, on the best of its outcomes. This is that claim's
    own test: one per zone and axis, in the direction claimed, all of them one family (ADR 12).
    """
    n_axes = shape[0] * shape[1]
    found = np.full(len(estimate), np.nan)
    for side in (estimate > 0, estimate < 0):
        directed = np.where(side, p_values / 2.0, 1.0 - p_values / 2.0)
        combined = simes(directed, axis, n_axes)
        found = np.where(side, benjamini_hochberg(combined)[axis], found)
    return found
