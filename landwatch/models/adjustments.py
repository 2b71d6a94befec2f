"""Adjustment of p-values for the number of zones tested."""

from typing import TYPE_CHECKING

import numpy as np
from statsmodels.stats.multitest import multipletests

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


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
