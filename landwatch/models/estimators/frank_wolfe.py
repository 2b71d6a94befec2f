"""Weights on the simplex as the R package synthdid finds them, early stop included."""

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FIRST_STEPS: Final = 100
MAX_STEPS: Final = 10_000
SMALL_SHARE: Final = 0.25
"""After the first steps, weights up to this share of the largest are set to zero."""


def frank_wolfe_weights(
    target: "Floats", donors: "Floats", *, ridge: float, intercept: bool, tolerance: float
) -> "Floats":
    """Find shares of donors as R's synthdid does.

    Parameters
    ----------
    target : ndarray of float, shape (t,)
        Path to reproduce.
    donors : ndarray of float, shape (t, n)
        Paths to mix, one column each.
    ridge : float
        Penalty on the sum of squared weights, against the sum (not the mean) of squared residuals.
    intercept : bool
        Whether a constant may be added to the mix.
    tolerance : float
        Square root of the least decrease of the mean squared residual worth another step.

    Returns
    -------
    ndarray of float, shape (n,)
        Shares, adding up to one.

    Notes
    -----
    Frank–Wolfe steps with exact line search from equal weights; weights small after
    `FIRST_STEPS` are dropped and the search goes on from the rest. It stops above the optimum: on
    Proposition 99 the synthetic control has a mean squared error of 2.772 before treatment where
    2.744 can be had, and the effect is −19.620 instead of −19.514. For the optimum see
    `landwatch.models.estimators.simplex.fit_simplex`.

    References
    ----------
    Arkhangelsky, D., Athey, S., Hirshberg, D., Imbens, G. and Wager, S. (2021). Synthetic
    difference-in-differences. American Economic Review 111. R package synthdid, ``solver.R``.
    """
    side, mix = target, donors
    if intercept:
        side, mix = side - side.mean(), mix - mix.mean(axis=0)
    equal = np.full(mix.shape[1], 1.0 / mix.shape[1])
    weights = _descend(equal, mix, side, ridge, tolerance, FIRST_STEPS)
    kept = np.where(weights <= weights.max() * SMALL_SHARE, 0.0, weights)
    return _descend(kept / kept.sum(), mix, side, ridge, tolerance, MAX_STEPS)


def _descend(
    weights: "Floats", mix: "Floats", side: "Floats", ridge: float, tolerance: float, steps: int
) -> "Floats":
    previous = before = np.inf
    for step in range(steps):
        if step >= 2 and not before - previous > tolerance**2:
            break
        weights = _stepped(weights, mix, side, ridge)
        residual = mix @ weights - side
        value = (residual @ residual + ridge * weights @ weights) / len(side)
        before, previous = previous, float(value)
    return weights


def _stepped(weights: "Floats", mix: "Floats", side: "Floats", ridge: float) -> "Floats":
    path = mix @ weights
    slope = (path - side) @ mix + ridge * weights
    corner = int(np.argmin(slope))
    move = -weights
    move[corner] += 1.0
    if not move.any():
        return weights
    change = mix[:, corner] - path
    curvature = change @ change + ridge * (move @ move)
    length = min(1.0, max(0.0, float(-(slope @ move) / curvature))) if curvature > 0 else 0.0
    return np.asarray(weights + length * move, dtype=np.float64)
