"""Fixed-length intervals when a difference in trends may bend by at most M a period.

Smoothness: ``|delta_(t+1) − 2 delta_t + delta_(t−1)| <= M`` everywhere. Among estimators linear in
the coefficients that extrapolate a linear trend exactly, the one is sought whose interval of fixed
length is shortest.

References
----------
Armstrong, T. and Kolesár, M. (2018). Optimal inference in a class of regression models.
Econometrica 86.
Rambachan, A. and Roth, J. (2023). A more credible approach to parallel trends. Review of Economic
Studies 90, section 4.
"""

from typing import TYPE_CHECKING, Final

import clarabel
import numpy as np
from scipy import optimize, sparse, stats

from landwatch.models.estimators.honest_bounds import QUANTILE, EventPath
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ONE_SIDED: Final = float(stats.norm.ppf(0.95))
SMALLEST, LARGEST = 1e-4, 1e4
"""Bends per period, in standard errors of the target, between which a breakdown is looked for."""


def folded_quantile(bias: float) -> float:
    """Give the 95 % quantile of ``|N(bias, 1)|``.

    Parameters
    ----------
    bias : float
        Bias in standard errors, not negative.

    Returns
    -------
    float
        Half length of the interval in standard errors.

    Examples
    --------
    >>> round(folded_quantile(0.0), 4), round(folded_quantile(10.0), 4)
    (1.96, 11.6449)
    """
    if bias <= 0.0:
        return QUANTILE

    def _excess(half: float) -> float:
        return float(stats.norm.cdf(half - bias) - stats.norm.cdf(-half - bias)) - 0.95

    low = bias + ONE_SIDED
    if _excess(low) >= 0.0:
        return low
    return float(optimize.brentq(_excess, low, bias + QUANTILE, xtol=1e-12))


class SmoothFrontier:
    """Least worst-case bias of linear estimators at each standard error.

    Parameters
    ----------
    path : EventPath
        Coefficients and target.

    Attributes
    ----------
    least : ndarray, shape (n,)
        Weights of the estimator with the least variance among those that extrapolate a linear
        trend.

    Notes
    -----
    ``bias = M · sum_j |C v|_j`` where row j of C holds the effect of a bend at period j on the
    estimator with weights v; weights after the date are those of the target. For every bound on
    the standard error a second-order cone programme gives the least bias; the length of the
    interval is convex along that frontier.
    """

    def __init__(self, path: EventPath) -> None:
        self.path = path
        self.scale = path.std_error
        self._before = path.time < 0
        self._root = np.linalg.cholesky(_positive(path.covariance / self.scale**2)).T
        self._bends = _bends(path.time)
        self.least = self._least_variance()

    def _least_variance(self) -> "Floats":
        b, path = self._before, self.path
        inside = path.covariance[np.ix_(b, b)] / self.scale**2
        cross = path.covariance[b] @ path.weight / self.scale**2
        time = path.time[b].astype(float)
        solve = np.linalg.pinv(inside, hermitian=True)
        gap = path.weight @ path.time - time @ solve @ cross
        v = path.weight.copy()
        v[b] = -solve @ cross - solve @ time * gap / (time @ solve @ time)
        return v

    def interval(self, m: float) -> tuple[float, float]:
        """Bound the target when trends may bend by `m` a period.

        Parameters
        ----------
        m : float
            Largest bend.

        Returns
        -------
        tuple of float
            Ends of a 95 % interval.
        """
        best = self._best(m)
        centre = float(best @ self.path.estimate)
        half = self.scale * float(self._half(best, m))
        return centre - half, centre + half

    def breakdown(self) -> float:
        """Find the least bend at which the interval reaches zero.

        Returns
        -------
        float
            Breakdown value; 0 if a linear trend alone suffices, infinite beyond `LARGEST`
            standard errors.
        """

        def _clear(log_m: float) -> float:
            low, high = self.interval(float(np.exp(log_m)) * self.scale)
            return max(low, -high) / self.scale

        ends = float(np.log(SMALLEST)), float(np.log(LARGEST))
        low, high = self.interval(0.0)
        if max(low, -high) <= 0.0 or _clear(ends[0]) <= 0.0:
            return 0.0
        if _clear(ends[1]) > 0.0:
            return float("inf")
        return float(np.exp(optimize.brentq(_clear, *ends, xtol=1e-6))) * self.scale

    def _half(self, v: "Floats", m: float) -> float:
        error = float(np.linalg.norm(self._root @ v))
        bias = m / self.scale * float(np.abs(self._bends @ v).sum())
        return error * folded_quantile(bias / error)

    def _best(self, m: float) -> "Floats":
        if m == 0.0 or not self._bends.size:
            return self.least
        low = float(np.linalg.norm(self._root @ self.least))
        high = float(np.linalg.norm(self._root @ self._at(None)))
        if high <= low * (1.0 + 1e-6):
            return self.least
        found = optimize.minimize_scalar(
            lambda h: self._half(self._at(float(h)), m),
            bounds=(low * (1.0 + 1e-7), high), method="bounded", options={"xatol": 1e-5 * low},
        )  # fmt: skip
        ends = (self.least, self._at(float(found.x)), self._at(None))
        return min(ends, key=lambda v: self._half(v, m))

    def _at(self, error: float | None) -> "Floats":
        """Weights with the least bias among those with at most this standard error."""
        b, weight = self._before, self.path.weight
        n_before, n_bends, n = int(b.sum()), len(self._bends), len(weight)
        bends, fixed = self._bends[:, b], self._bends @ weight
        eye, time = np.eye(n_bends), self.path.time.astype(float)
        rows = [np.r_[time[b], np.zeros(n_bends)][None], np.c_[bends, -eye], np.c_[-bends, -eye]]
        sides: list[Floats] = [np.array([-time @ weight]), -fixed, fixed]
        cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(2 * n_bends)]
        if error is not None:
            rows += [np.zeros((1, n_before + n_bends)),
                     np.c_[-self._root[:, b], np.zeros((n, n_bends))]]  # fmt: skip
            sides += [np.array([error]), self._root @ weight]
            cones.append(clarabel.SecondOrderConeT(n + 1))
        cost = np.r_[np.zeros(n_before), np.ones(n_bends)]
        v = weight.copy()
        v[b] = _solved(cost, np.vstack(rows), np.concatenate(sides), cones)[:n_before]
        return v


def _solved(cost: "Floats", rows: "Floats", sides: "Floats", cones: list[object]) -> "Floats":
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    nothing = sparse.csc_matrix((len(cost), len(cost)))
    found = clarabel.DefaultSolver(
        nothing, cost, sparse.csc_matrix(rows), sides, cones, settings
    ).solve()
    if str(found.status) not in {"Solved", "AlmostSolved"}:
        raise EstimationError(
            f"平滑界限無法求解 smoothness bound not solved: {found.status}. Check that the "
            "covariance is positive definite and in the units of the estimates."
        )
    return np.asarray(found.x, dtype=float)


def _bends(time: "NDArray[np.int64]") -> "Floats":
    """Effect on each coefficient of a unit bend at each period between the first and the last."""
    at = np.arange(min(int(time.min()), 0) + 1, max(int(time.max()), 0))[:, None]
    after = np.where(at >= 1, np.maximum(time - at, 0), 0)
    before = np.where(at <= 0, np.maximum(at - time, 0), 0)
    return np.asarray(after + before, dtype=float)


def _positive(covariance: "Floats") -> "Floats":
    """Lift a covariance that is singular by rounding by a trifle."""
    return covariance + np.eye(len(covariance)) * 1e-12 * float(np.trace(covariance))
