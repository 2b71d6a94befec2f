"""What an effect keeps of itself if trends part after the date as they did before.

An event study has coefficients at periods −P … −1 before the reference period 0 and 1 … Q after
it: effect plus the difference in trend ``delta`` (zero at the reference). Relative magnitude: a
step ``delta_t − delta_(t−1)`` after the date is at most M̄ times the largest step before it. The
bias of ``l' tau`` is then at most ``M̄ · w · max_s |step_s|`` with ``w`` of `path_weight`.

References
----------
Rambachan, A. and Roth, J. (2023). A more credible approach to parallel trends. Review of Economic
Studies 90.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

QUANTILE: Final = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, slots=True)
class EventPath:
    """Coefficients of an event study and the effect asked of them.

    Attributes
    ----------
    time : ndarray of int64, shape (n,)
        Periods since the reference, rising, without 0; at least one on each side.
    estimate : ndarray, shape (n,)
        Coefficients.
    covariance : ndarray, shape (n, n)
        Their covariance.
    weight : ndarray, shape (n,)
        Weights of the target; zero before the reference.
    """

    time: "Codes"
    estimate: "Floats"
    covariance: "Floats"
    weight: "Floats"

    @property
    def target(self) -> float:
        """Estimate of the target if trends were parallel.

        Returns
        -------
        float
            Weighted mean of the coefficients after the date.
        """
        return float(self.weight @ self.estimate)

    @property
    def std_error(self) -> float:
        """Standard error of the target.

        Returns
        -------
        float
            From the covariance.
        """
        return float(np.sqrt(self.weight @ self.covariance @ self.weight))


def path_weight(path: EventPath) -> float:
    """Sum the weights with which steps after the date enter the bias of the target.

    Parameters
    ----------
    path : EventPath
        Coefficients and target.

    Returns
    -------
    float
        ``sum_j |sum_(t >= j) l_t|`` over the periods j after the date: 1 for the effect in the
        first period, (Q + 1) / 2 for the mean of Q periods.
    """
    steps = np.arange(1, int(path.time.max()) + 1)
    passed = path.time[None, :] >= steps[:, None]
    return float(np.abs(passed @ path.weight).sum())


def steps_before(path: EventPath) -> "Floats":
    """Write the steps before the date as weights on the coefficients.

    Parameters
    ----------
    path : EventPath
        Coefficients.

    Returns
    -------
    ndarray, shape (n_steps, n)
        One row for each pair of neighbouring periods up to the reference; over a gap, the mean
        step.
    """
    before = np.flatnonzero(path.time < 0)
    ahead = np.append(path.time[before[1:]], 0)
    width = (ahead - path.time[before]).astype(float)
    rows = np.zeros((len(before), len(path.time)))
    rows[np.arange(len(before)), before] = -1.0 / width
    rows[np.arange(len(before) - 1), before[1:]] = 1.0 / width[:-1]
    return rows


def union_interval(path: EventPath, m: float) -> tuple[float, float]:
    """Bound the target under relative magnitude M̄ by a union of normal intervals.

    Parameters
    ----------
    path : EventPath
        Coefficients and target.
    m : float
        M̄.

    Returns
    -------
    tuple of float
        Ends of a 95 % interval.

    Notes
    -----
    Some step s with some sign is the largest of all before the date. Were it known, the target
    would lie between ``l' beta ± M̄ w (± step_s)``, two linear functions of the coefficients, and
    lie beyond either by more than 1.96 of that function's standard errors with probability 2.5 %.
    The true pair (s, sign) is one of those over which the union is taken, so the union covers at
    least as often (Rambachan and Roth 2023, Lemma 2.2). It disregards that the other steps are
    smaller, hence is wider than their hybrid test (`honest_hybrid`).
    """
    steps = steps_before(path)
    reach = m * path_weight(path) * np.concatenate([steps, -steps])
    low, high = path.weight - reach, path.weight + reach
    return (
        float((low @ path.estimate - QUANTILE * _errors(low, path.covariance)).min()),
        float((high @ path.estimate + QUANTILE * _errors(high, path.covariance)).max()),
    )


def _errors(rows: "Floats", covariance: "Floats") -> "Floats":
    variance = np.einsum("ij,jk,ik->i", rows, covariance, rows)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), dtype=float)


def union_breakdown(path: EventPath) -> float:
    """Find the least M̄ at which the union interval reaches zero.

    Parameters
    ----------
    path : EventPath
        Coefficients and target.

    Returns
    -------
    float
        Breakdown value; 0 if zero is inside even with parallel trends.
    """
    steps = steps_before(path)
    return float(
        breakdown(
            path.target,
            path.std_error**2,
            path_weight(path) * steps @ path.estimate,
            path_weight(path) ** 2 * _errors(steps, path.covariance) ** 2,
            covariance=path_weight(path) * steps @ path.covariance @ path.weight,
        ).min()
    )


def breakdown(
    estimate: "ArrayLike",
    variance: "ArrayLike",
    bias: "ArrayLike",
    bias_variance: "ArrayLike",
    *,
    covariance: "ArrayLike" = 0.0,
    quantile: "ArrayLike" = QUANTILE,
) -> "Floats":
    """Find how many times an estimated bias must recur before an interval reaches zero.

    Parameters
    ----------
    estimate, variance : array_like
        Effect and its variance.
    bias, bias_variance : array_like
        Bias that one step, of either sign, would make; and its variance.
    covariance : array_like, optional
        Covariance of effect and bias.
    quantile : array_like, optional
        Half interval in standard errors.

    Returns
    -------
    ndarray
        Least m ≥ 0 with ``|estimate| − m |bias| <= quantile · sd``, both signs of the bias tried;
        infinite if there is none, NaN where an input is.

    Notes
    -----
    The left side less the right is concave in m and the squared equation quadratic, so its first
    positive root is the one sought.

    Examples
    --------
    >>> breakdown(1.0, 0.0, 0.5, 0.0).item()
    2.0
    >>> breakdown(1.0, 0.0, 0.0, 0.25, quantile=2.0).item()
    1.0
    """
    size = np.asarray(estimate, dtype=float)
    tilt = np.asarray(bias, dtype=float)
    together = np.asarray(covariance, dtype=float)
    squared = np.square(np.asarray(quantile, dtype=float))
    clear = size**2 - squared * np.asarray(variance, dtype=float)
    curve = tilt**2 - squared * np.asarray(bias_variance, dtype=float)
    slope = size * tilt - squared * together
    least = np.minimum(*(_first_root(curve, -2.0 * s, clear) for s in (slope, -slope)))
    return np.asarray(np.where(clear > 0, least, np.where(np.isnan(clear), np.nan, 0.0)))


def _first_root(a: "Floats", b: "Floats", c: "Floats") -> "Floats":
    """Least positive root of a m² + b m + c for c > 0; infinite without one."""
    inside = b * b - 4.0 * a * c
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.sqrt(np.where(inside < 0, np.nan, inside)) - b
        root = 2.0 * c / below
    missing = np.isnan(a) | np.isnan(b) | np.isnan(c)
    found = (inside >= 0) & (below > 0)
    return np.asarray(np.where(missing, np.nan, np.where(found, root, np.inf)), dtype=float)
