"""Local polynomial jump at a cutoff with clustered errors, as in rdrobust (CR1)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landwatch.vocabulary.errors import EstimationError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Jump:
    """A jump at zero with and without correction of its bias.

    Attributes
    ----------
    conventional, corrected : float
        Jump of the polynomial of order p; the same less its bias by the one of order p + 1.
    error, robust_error : float
        Clustered standard errors of each.
    clusters : tuple of int
        Clusters within the wider window, left and right.
    """

    conventional: float
    corrected: float
    error: float
    robust_error: float
    clusters: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Side:
    value: float
    corrected: float
    variance: float
    robust_variance: float
    clusters: int


def kernel_weights(x: Floats, bandwidth: float, kernel: str) -> Floats:
    """Weigh rows by their distance from zero.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Distances.
    bandwidth : float
        Bandwidth.
    kernel : {"triangular", "epanechnikov", "uniform"}
        Kernel.

    Returns
    -------
    ndarray, shape (n,)
        Weights that integrate to one.
    """
    u = np.abs(x / bandwidth)
    shape = {"triangular": 1 - u, "epanechnikov": 0.75 * (1 - u**2), "uniform": 0.5 + 0 * u}
    return np.where(u <= 1, shape[kernel], 0.0) / bandwidth


def clustered_jump(
    x: Floats,
    y: Floats,
    z: Floats,
    cluster: NDArray[np.intp],
    *,
    bandwidths: tuple[float, float, float, float],
    order: int,
    kernel: str,
) -> Jump:
    """Estimate a jump at zero with errors clustered on each side.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Running variable less the cutoff; rows at or above zero are the right side.
    y : ndarray, shape (n,)
        Outcome.
    z : ndarray, shape (n, k)
        Covariates, entering with one coefficient for both sides.
    cluster : ndarray of int, shape (n,)
        Clusters.
    bandwidths : tuple of float
        Main bandwidth left and right, bandwidth of the bias left and right.
    order : int
        Order p.
    kernel : str
        See `kernel_weights`.

    Returns
    -------
    Jump
        Estimates.

    Raises
    ------
    EstimationError
        If a side has fewer than two clusters.

    Notes
    -----
    As in rdrobust the two sides are summed apart: a cluster on both counts on each. Small-sample
    factor (n − 1)/(n − k) · g/(g − 1) by side, k = p + 1 and, for the robust error, p + 2.

    References
    ----------
    .. [1] Calonico, S., Cattaneo, M., Farrell, M., Titiunik, R. (2019). Regression discontinuity
       designs using covariates. Review of Economics and Statistics 101(3).
    """
    h_left, h_right, b_left, b_right = bandwidths
    right = x >= 0
    main = np.where(right, kernel_weights(x, h_right, kernel), kernel_weights(x, h_left, kernel))
    bias = np.where(right, kernel_weights(x, b_right, kernel), kernel_weights(x, b_left, kernel))
    near = (main > 0) | (bias > 0)
    adjusted = y - z @ _common(x, y, z, main, right, order) if z.shape[1] else y
    sides = [
        _side(x[s], adjusted[s], main[s], bias[s], cluster[s], width, order)
        for s, width in ((near & ~right, h_left), (near & right, h_right))
    ]
    left, above = sides
    return Jump(
        above.value - left.value,
        above.corrected - left.corrected,
        float(np.sqrt(left.variance + above.variance)),
        float(np.sqrt(left.robust_variance + above.robust_variance)),
        (left.clusters, above.clusters),
    )


def _common(
    x: Floats, y: Floats, z: Floats, weight: Floats, right: NDArray[np.bool_], order: int
) -> Floats:
    base = np.vander(x, order + 1, increasing=True)
    both = np.column_stack([base * right[:, None], base * ~right[:, None], z])
    root = np.sqrt(weight)
    found = np.linalg.lstsq(both * root[:, None], y * root, rcond=None)[0]
    return np.asarray(found[-z.shape[1] :])


def _side(
    x: Floats, y: Floats, main: Floats, bias: Floats, cluster: NDArray[np.intp], h: float, p: int
) -> _Side:
    wide = np.vander(x, p + 2, increasing=True)
    narrow = wide[:, : p + 1]
    g_p = np.linalg.pinv((narrow * main[:, None]).T @ narrow, hermitian=True)
    g_q = np.linalg.pinv((wide * bias[:, None]).T @ wide, hermitian=True)
    # the estimate is a weighted sum of outcomes, its bias another
    plain = (narrow * main[:, None]) @ g_p[:, 0]
    moment = (narrow * main[:, None]).T @ (x / h) ** (p + 1)
    slope = (wide * bias[:, None]) @ g_q[:, p + 1]
    corrected = plain - h ** (p + 1) * slope * (moment @ g_p[:, 0])
    residual_p = y - narrow @ (g_p @ ((narrow * main[:, None]).T @ y))
    residual_q = y - wide @ (g_q @ ((wide * bias[:, None]).T @ y))
    return _Side(
        float(plain @ y),
        float(corrected @ y),
        _clustered(plain * residual_p, cluster, p + 1),
        _clustered(corrected * residual_q, cluster, p + 2),
        len(np.unique(cluster)),
    )


def _clustered(score: Floats, cluster: NDArray[np.intp], k: int) -> float:
    n, code = len(score), np.unique(cluster, return_inverse=True)[1]
    g = int(code.max()) + 1
    if g < 2 or n <= k:
        raise EstimationError(
            f"cluster: 群集太少 expected 2 or more clusters and more than {k} rows on each side "
            f"within the bandwidth, found {g} and {n}. Widen it or leave clusters out."
        )
    return float((np.bincount(code, score) ** 2).sum() * (n - 1) / (n - k) * g / (g - 1))
