"""Weights on the simplex: shares that add up to one and reproduce a path best, to the optimum."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import nnls

from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MAX_GAP: Final = 1e-8
"""Largest relative duality gap accepted: the objective lies this close to its least value."""
ROUNDING: Final = 1e-6
"""An objective below this share of the donors' mean squared distance counts as this large: of a
perfect fit only rounding is left."""
SCALINGS: Final = (1.0, 1e-2, 1e-4, 10.0)
"""Scales tried in turn: near a perfect fit the solver's own tolerance ends it too early."""


@dataclass(frozen=True, slots=True)
class SimplexFit:
    """Shares found and the proof that none are better.

    Attributes
    ----------
    weights : ndarray of float, shape (n,)
        Non-negative, adding up to one.
    intercept : float
        Constant added to the weighted path; 0 without one.
    objective : float
        Sum of squared residuals plus ``ridge × sum of squared weights``.
    gap : float
        Frank–Wolfe duality gap over `objective` scale: an upper bound on what better weights could
        still gain, relative to the objective at equal weights.
    """

    weights: "Floats"
    intercept: float
    objective: float
    gap: float


def fit_simplex(
    target: "Floats", donors: "Floats", *, ridge: float = 0.0, intercept: bool = False
) -> SimplexFit:
    """Find the shares of donors that reproduce a target with the least squared error.

    Parameters
    ----------
    target : ndarray of float, shape (t,)
        Path to reproduce.
    donors : ndarray of float, shape (t, n)
        Paths to mix, one column each.
    ridge : float, optional
        Penalty on the sum of squared weights.
    intercept : bool, optional
        Whether a constant may be added to the mix.

    Returns
    -------
    SimplexFit
        Shares and their duality gap.

    Raises
    ------
    EstimationError
        If the duality gap stays above `MAX_GAP`.

    Notes
    -----
    On the simplex ``A w − b = (A − b 1') w``, so the objective is a pure quadratic ``w'Qw``. With
    ``u = s w`` the non-negative least squares problem ``u'Qu + k (1'u − 1)²`` has, for any
    ``k > 0``, the value ``k q / (k + q)`` at the best scale ``s``, which rises with ``q = w'Qw``:
    its solution is the optimum times a scale. The active-set method of Lawson and Hanson ends
    there after finitely many steps, where Frank–Wolfe (synthdid in R) and general minimisers
    (pysyncon 1.7) stop early. Where weights are not unique (no ridge, more donors than periods)
    the result depends on the order of columns; give them in a canonical order.

    References
    ----------
    Lawson, C. and Hanson, R. (1974). Solving Least Squares Problems. Prentice-Hall.

    Examples
    --------
    >>> fit = fit_simplex(np.array([1.0, 2.0]), np.array([[0.0, 4.0], [0.0, 8.0]]))
    >>> fit.weights.round(6).tolist()
    [0.75, 0.25]
    """
    n = donors.shape[1]
    center = (target.mean(), donors.mean(axis=0)) if intercept else (0.0, np.zeros(n))
    miss = (donors - center[1]) - (target - center[0])[:, None]
    if ridge > 0:
        miss = np.vstack([miss, np.sqrt(ridge) * np.eye(n)])
    for scaling in SCALINGS:
        weights = _least_norm(miss, scaling)
        objective, gap = _objective_and_gap(miss, weights)
        if gap <= MAX_GAP:
            break
    else:
        raise EstimationError(
            "權重未達最適解 weights are not optimal: relative duality gap "
            f"{gap:.1e} > {MAX_GAP:g}. Rescale the columns or leave out donors that repeat others."
        )
    constant = float(center[0] - weights @ center[1])
    return SimplexFit(weights, constant, objective, gap)


def _objective_and_gap(miss: "Floats", weights: "Floats") -> tuple[float, float]:
    residual = miss @ weights
    objective = float(residual @ residual)
    slope = miss.T @ residual
    equal = miss.mean(axis=1)
    rounding = ROUNDING * float(np.einsum("ij,ij->j", miss, miss).mean())
    scale = max(float(equal @ equal), objective, rounding, np.finfo(float).tiny)
    return objective, max(2.0 * (objective - float(slope.min())), 0.0) / scale


def _least_norm(points: "Floats", scaling: float) -> "Floats":
    """Find the shares whose mix of the columns lies nearest to the origin."""
    n = points.shape[1]
    size = np.sqrt(np.mean(np.einsum("ij,ij->j", points, points)))
    if n == 1 or not size > 0:
        return np.full(n, 1.0 / n)
    system = np.vstack([points / (size * scaling), np.ones((1, n))])
    side = np.zeros(len(system))
    side[-1] = 1.0
    try:
        found, _ = nnls(system, side, maxiter=30 * n)
    except RuntimeError as error:
        raise EstimationError(f"權重無法求解 no weights found: {error}") from error
    return np.asarray(found / found.sum(), dtype=np.float64)
