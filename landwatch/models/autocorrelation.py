"""Spatial dependence of values on weights: Moran's I, its local parts, Getis and Ord's G."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]

ROUNDING = 1e-10
"""A variance below this share of the mean square counts as none."""


@dataclass(frozen=True, slots=True)
class Moments:
    """A statistic and its moments where values are tied to no place.

    Attributes
    ----------
    statistic, expectation : float
        Statistic and its mean.
    variance : float
        Variance over all permutations of the values (randomisation).
    variance_normal : float
        Variance if the values are normal; NaN where none is defined.
    """

    statistic: float
    expectation: float
    variance: float
    variance_normal: float = float("nan")


@dataclass(frozen=True, slots=True)
class WeightSums:
    """Sums of a weight matrix that moments need (Cliff and Ord's S0, S1, S2)."""

    s0: float
    s1: float
    s2: float


def weight_sums(weights: "csr_array") -> WeightSums:
    """Sum weights.

    Parameters
    ----------
    weights : csr_array, shape (n, n)
        Weights, zero on the diagonal; need not be symmetric.

    Returns
    -------
    WeightSums
        Sums.
    """
    both = weights + weights.T
    ends = np.asarray(weights.sum(axis=0)).ravel() + np.asarray(weights.sum(axis=1)).ravel()
    square = float(both.multiply(both).sum()) / 2.0
    return WeightSums(float(weights.sum()), square, float(ends @ ends))


def moran(values: "Floats", weights: "csr_array") -> Moments:
    """Measure Moran's I.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Values, not all equal; n ≥ 4.
    weights : csr_array, shape (n, n)
        Weights.

    Returns
    -------
    Moments
        I, −1/(n−1), variance under randomisation and under normality.

    References
    ----------
    Cliff, A. D., Ord, J. K. (1981). Spatial processes. Pion, pp. 17–21, 42–46.
    """
    n, z = len(values), values - values.mean()
    w, squares = weight_sums(weights), float(z @ z)
    statistic = n / w.s0 * float(z @ (weights @ z)) / squares
    mean, s02 = -1.0 / (n - 1), w.s0**2
    normal = (n * n * w.s1 - n * w.s2 + 3 * s02) / ((n - 1) * (n + 1) * s02) - mean**2
    kurtosis = n * float((z**4).sum()) / squares**2
    free = n * ((n * n - 3 * n + 3) * w.s1 - n * w.s2 + 3 * s02)
    tied = kurtosis * ((n * n - n) * w.s1 - 2 * n * w.s2 + 6 * s02)
    random = (free - tied) / ((n - 1) * (n - 2) * (n - 3) * s02) - mean**2
    return Moments(statistic, mean, random, normal)


def moran_of_residuals(residuals: "Floats", design: "Floats", weights: "csr_array") -> Moments:
    """Measure Moran's I of least squares residuals.

    Residuals are tied to each other by the design, so I has another mean and a smaller variance
    than that of values observed.

    Parameters
    ----------
    residuals : ndarray, shape (n,)
        Residuals of a regression on `design`.
    design : ndarray, shape (n, k)
        Regressors of full rank, constant included.
    weights : csr_array, shape (n, n)
        Weights.

    Returns
    -------
    Moments
        I, its mean and its variance with independent normal errors (both variances are that one).

    References
    ----------
    Cliff, A. D., Ord, J. K. (1981). Spatial processes. Pion, pp. 202–203.
    """
    n, free = len(residuals), len(residuals) - design.shape[1]
    s0 = float(weights.sum())
    even = (weights + weights.T) / 2.0
    basis = np.linalg.qr(design)[0]
    lagged = np.asarray(even @ basis)
    inner = basis.T @ lagged
    trace = -float(np.trace(inner))
    square = float(even.multiply(even).sum()) - 2 * float((lagged**2).sum())
    square += float((inner**2).sum())
    statistic = n / s0 * float(residuals @ (weights @ residuals)) / float(residuals @ residuals)
    variance = 2 * (free * square - trace**2) / (free**2 * (free + 2)) * (n / s0) ** 2
    return Moments(statistic, n / s0 * trace / free, variance, variance)


def general_g(values: "Floats", weights: "csr_array") -> Moments:
    """Measure Getis and Ord's general G.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Values ≥ 0, not all equal; n ≥ 4.
    weights : csr_array, shape (n, n)
        Weights.

    Returns
    -------
    Moments
        G, its mean and its variance under randomisation.

    References
    ----------
    Getis, A., Ord, J. K. (1992). The analysis of spatial association by use of distance
    statistics. Geographical Analysis 24(3), 189–206.
    """
    n, w = len(values), weight_sums(weights)
    m1, m2, m3, m4 = (float((values**power).sum()) for power in (1, 2, 3, 4))
    s02 = w.s0**2
    total = (
        ((n * n - 3 * n + 3) * w.s1 - n * w.s2 + 3 * s02) * m2**2
        - ((n * n - n) * w.s1 - 2 * n * w.s2 + 6 * s02) * m4
        - (2 * n * w.s1 - (n + 3) * w.s2 + 6 * s02) * m1**2 * m2
        + (4 * (n - 1) * w.s1 - 2 * (n + 1) * w.s2 + 8 * s02) * m1 * m3
        + (w.s1 - w.s2 + s02) * m1**4
    )
    pairs = m1**2 - m2
    mean = w.s0 / (n * (n - 1))
    square = total / (pairs**2 * n * (n - 1) * (n - 2) * (n - 3))
    return Moments(float(values @ (weights @ values)) / pairs, mean, square - mean**2)


def local_moran(values: "Floats", weights: "csr_array") -> tuple["Floats", "Floats", "Floats"]:
    """Split Moran's I by place.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Values, not all equal.
    weights : csr_array, shape (n, n)
        Weights.

    Returns
    -------
    tuple of ndarray, each of shape (n,)
        ``z_i Σ_j w_ij z_j / (Σ z² / n)``; and its mean and variance where the value at i stays and
        the others are permuted.

    References
    ----------
    Anselin, L. (1995). Local indicators of spatial association. Geographical Analysis 27(2).
    Sokal, R. R., Oden, N. L., Thomson, B. A. (1998). Local spatial autocorrelation in a
    biological model. Geographical Analysis 30(4), equations A7 and A8.
    """
    n, z = len(values), values - values.mean()
    m2 = float(z @ z) / n
    total = np.asarray(weights.sum(axis=1)).ravel()
    square = np.asarray(weights.multiply(weights).sum(axis=1)).ravel()
    mean = -(z**2) * total / ((n - 1) * m2)
    spread = n / (n - 2) * (square - total**2 / (n - 1)) * (m2 - z**2 / (n - 1))
    return z * (weights @ z) / m2, mean, np.maximum((z / m2) ** 2 * spread, 0.0)


def local_g(values: "Floats", weights: "csr_array", *, star: bool) -> "Floats":
    """Measure how far the sum of values around a place exceeds what its neighbours would hold.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Values, not all equal.
    weights : csr_array, shape (n, n)
        Weights, zero on the diagonal; a weight common to a whole row cancels.
    star : bool
        Count the place itself among its neighbours, with its largest weight (G*).

    Returns
    -------
    ndarray, shape (n,)
        Standard deviates; NaN where all other places are neighbours or all other values equal.

    References
    ----------
    Ord, J. K., Getis, A. (1995). Local spatial autocorrelation statistics. Geographical
    Analysis 27(4), equations 5 and 7.

    Notes
    -----
    esda 2.9 computes the variance from the sum of weights alone, right only where weights are 0
    and 1: with row-standardised weights its deviates shrink (−1.0137 becomes −0.6207 on its own
    six-point example), though the statistic is only rescaled.
    """
    own = np.asarray(weights.max(axis=1).todense()).ravel() if star else np.zeros(len(values))
    n = len(values) - (0 if star else 1)
    out = np.zeros(len(values)) if star else values
    mean = (values.sum() - out) / n
    variance = ((values @ values) - out**2) / n - mean**2
    total = np.asarray(weights.sum(axis=1)).ravel() + own
    square = np.asarray(weights.multiply(weights).sum(axis=1)).ravel() + own**2
    spread = variance * (n * square - total**2) / (n - 1)
    floor = ROUNDING * max(float(values @ values) / n, np.finfo(float).tiny) * total**2
    excess = weights @ values + own * values - total * mean
    return np.asarray(excess / np.sqrt(np.where(spread > floor, spread, np.nan)), dtype=float)
