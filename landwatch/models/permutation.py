"""How extreme a statistic is: permutations of values over places, and normal deviates."""

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]

Alternative = Literal["two_sided", "greater", "less"]

BATCH_CELLS = 5_000_000
"""Cells of one batch of permuted values."""
ROUNDING = 1e-10
"""Sums that differ by less, relative to the spread of the draws, count as equal."""


def permuted_products(
    values: "Floats", weights: "csr_array", *, permutations: int, seed: int
) -> "Floats":
    """Sum products of neighbours' values, ``Σ_ij w_ij x_i x_j``, of permuted values.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Values.
    weights : csr_array, shape (n, n)
        Weights.
    permutations : int
        How many.
    seed : int
        Seed of the generator.

    Returns
    -------
    ndarray, shape (permutations,)
        Sums.
    """
    rng = np.random.default_rng(seed)
    batch = max(1, BATCH_CELLS // len(values))
    sums = []
    for start in range(0, permutations, batch):
        size = min(batch, permutations - start)
        draws = np.stack([rng.permutation(values) for _ in range(size)], axis=1)
        sums.append((draws * (weights @ draws)).sum(axis=0))
    return np.concatenate(sums)


def permuted_lags(
    values: "Floats", weights: "csr_array", *, permutations: int, seed: int
) -> "Floats":
    """Draw the sum of neighbours' values with the value of the place itself held where it is.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Values.
    weights : csr_array, shape (n, n)
        Weights, the same for all neighbours of a place.
    permutations : int
        How many.
    seed : int
        Seed of the generator.

    Returns
    -------
    ndarray, shape (n, permutations)
        Draws. One set of positions serves all places (as in esda and GeoDa), so p-values of
        different places are not independent.
    """
    n, degree = len(values), np.diff(weights.indptr)
    rng, most = np.random.default_rng(seed), int(degree.max())
    drawn = np.stack([rng.choice(n - 1, most, replace=False) for _ in range(permutations)])
    scale = np.asarray(weights.max(axis=1).todense()).ravel()
    sums = np.zeros((n, permutations))
    for k in np.unique(degree[degree > 0]):
        places = np.flatnonzero(degree == k)
        for part in np.array_split(places, -(-len(places) * permutations * k // BATCH_CELLS)):
            other = drawn[None, :, :k] + (drawn[None, :, :k] >= part[:, None, None])
            sums[part] = values[other].sum(axis=2)
    return np.asarray(sums * scale[:, None], dtype=float)


def permutation_p(
    observed: "Floats", draws: "Floats", alternative: Alternative = "two_sided"
) -> "Floats":
    """Tell how extreme statistics are among their draws.

    Parameters
    ----------
    observed : ndarray, shape (m,)
        Statistics.
    draws : ndarray, shape (m, p)
        Draws of each.
    alternative : {"two_sided", "greater", "less"}
        Two-sided: twice the smaller tail, at most 1.

    Returns
    -------
    ndarray, shape (m,)
        ``(r + 1) / (p + 1)``, where r draws are as extreme.
    """
    slack = ROUNDING * np.maximum(draws.std(axis=1, keepdims=True), ROUNDING)
    above = ((draws >= observed[:, None] - slack).sum(axis=1) + 1) / (draws.shape[1] + 1)
    below = ((draws <= observed[:, None] + slack).sum(axis=1) + 1) / (draws.shape[1] + 1)
    if alternative == "two_sided":
        return np.asarray(np.minimum(1.0, 2 * np.minimum(above, below)))
    return np.asarray(above if alternative == "greater" else below)


def normal_p(deviate: "Floats", alternative: Alternative = "two_sided") -> "Floats":
    """Return the normal p-value of standard deviates.

    Parameters
    ----------
    deviate : ndarray, shape (m,)
        Standard deviates.
    alternative : {"two_sided", "greater", "less"}
        Side.

    Returns
    -------
    ndarray, shape (m,)
        p-values.
    """
    if alternative == "two_sided":
        return np.asarray(2.0 * stats.norm.sf(np.abs(deviate)))
    return np.asarray(stats.norm.sf(deviate if alternative == "greater" else -deviate))
