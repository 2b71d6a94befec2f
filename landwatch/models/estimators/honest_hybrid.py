"""Relative magnitude by the conditional test with a least favourable first stage (C-LF).

Given which step before the date is the largest and its sign, M̄ restricts the target by linear
moment inequalities with the other effects as nuisance. The statistic is the largest of a finite set
of linear functions of the coefficients, the vertices of the dual programme; enumerated once, all
candidate values of the target are tested together.

Notes
-----
moderndid 0.2 tests the same pieces but one: its loop ``range(1 − n_pre, 0)`` over positions counted
from 0 leaves out the earliest step before the date, which R's HonestDiD includes (``min_s:0``,
counted from 1). Where that step is the largest, its interval is far too short. With one period
after the date it raises IndexError.

References
----------
Andrews, I., Roth, J. and Pakes, A. (2023). Inference for linear conditional moment inequalities.
Review of Economic Studies 90.
Rambachan, A. and Roth, J. (2023). A more credible approach to parallel trends. Review of Economic
Studies 90.
"""

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import stats

from landwatch.models.estimators.honest_bounds import EventPath, union_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIZE, FIRST_STAGE = 0.05, 0.005
"""Size of the test and of its first stage, a tenth of it as in HonestDiD."""
SECOND_STAGE: Final = (SIZE - FIRST_STAGE) / (1.0 - FIRST_STAGE)
MOST_PERIODS: Final = 9
"""Periods after the date up to which vertices are enumerated: 2Q over Q of them."""
GRID = 401
LARGEST = 64.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """Statistics of one (step, sign): ``level − slope · theta``, one per vertex."""

    level: "Floats"
    slope: "Floats"
    covariance: "Floats"
    first_stage: float


def hybrid_interval(
    path: EventPath, m: float, *, draws: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """Bound the target under relative magnitude M̄ by inverting the C-LF test.

    Parameters
    ----------
    path : EventPath
        Coefficients without gaps and target, at most `MOST_PERIODS` periods after the date.
    m : float
        M̄.
    draws, seed : int, optional
        Normal draws for the first stage's critical value, and their seed.

    Returns
    -------
    tuple of float
        Least and greatest accepted value, a 95 % interval; the ends are accurate to 1e-6 of the
        width.
    """
    pieces = _pieces(path, m, draws, seed)
    low, high = union_interval(path, m)
    for _ in range(8):
        low, high = low - 0.5 * (high - low), high + 0.5 * (high - low)
        grid = np.linspace(low, high, GRID)
        accepted = np.flatnonzero(_accepts(pieces, grid))
        if len(accepted) and accepted[0] > 0 and accepted[-1] < GRID - 1:
            ends = grid[accepted[0] - 1], grid[accepted[0]], grid[accepted[-1]]
            return (
                _refined(pieces, ends[0], ends[1]),
                _refined(pieces, float(grid[accepted[-1] + 1]), ends[2]),
            )
    return (np.nan, np.nan) if not len(accepted) else (-np.inf, np.inf)


def hybrid_breakdown(path: EventPath, *, draws: int = 10_000, seed: int = 0) -> float:
    """Find the least M̄ at which the C-LF test does not reject zero.

    Parameters
    ----------
    path : EventPath
        Coefficients and target, as for `hybrid_interval`.
    draws, seed : int, optional
        Normal draws for the first stage's critical value, and their seed.

    Returns
    -------
    float
        Breakdown value to three decimals; infinite beyond `LARGEST`.
    """

    def _reaches_zero(m: float) -> bool:
        return bool(_accepts(_pieces(path, m, draws, seed), np.zeros(1))[0])

    if _reaches_zero(0.0):
        return 0.0
    low, high = 0.0, 0.25
    while not _reaches_zero(high):
        low, high = high, 2.0 * high
        if high > LARGEST:
            return float("inf")
    while high - low > 5e-4:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if _reaches_zero(middle) else (middle, high)
    return high


def _refined(pieces: list[_Piece], outside: float, inside: float) -> float:
    """Accepted value next to a rejected one, narrowed twice a hundredfold."""
    for _ in range(2):
        grid = np.linspace(outside, inside, 101)
        first = int(np.argmax(_accepts(pieces, grid)[1:])) + 1
        outside, inside = float(grid[first - 1]), float(grid[first])
    return inside


def _accepts(pieces: list[_Piece], theta: "Floats") -> "NDArray[np.bool_]":
    kept = np.zeros(len(theta), dtype=bool)
    for piece in pieces:
        rejected = np.flatnonzero(~kept)
        kept[rejected] = _accepted(piece, theta[rejected])
    return kept


def _accepted(piece: _Piece, theta: "Floats") -> "NDArray[np.bool_]":
    value = piece.level[:, None] - piece.slope[:, None] * theta
    best = value.argmax(axis=0)
    top = value.max(axis=0)
    variance = np.maximum(piece.covariance[best, best], 0.0)
    known = variance > 1e-24
    share = piece.covariance[:, best] / np.where(known, variance, 1.0)
    left = value - share * top
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = left / (1.0 - share)
    lowest = np.where(1.0 - share > 1e-10, bound, -np.inf).max(axis=0)
    highest = np.where(1.0 - share < -1e-10, bound, np.inf).min(axis=0)
    error = np.sqrt(np.where(known, variance, 1.0))
    low, high = lowest / error, np.minimum(highest, piece.first_stage) / error
    critical = np.maximum(_truncated_quantile(1.0 - SECOND_STAGE, low, high), 0.0)
    second = top / error <= critical
    kept = np.where(known, second & (top <= piece.first_stage), top <= 0.0)
    return np.asarray(kept, dtype=bool)


def _truncated_quantile(level: float, low: "Floats", high: "Floats") -> "Floats":
    """Quantile of a standard normal kept between two bounds, from its nearer tail."""
    flip = low > 0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    p = np.where(flip, 1.0 - level, level)
    below, above = stats.norm.cdf(a), stats.norm.cdf(b)
    inner = stats.norm.ppf(below + p * (above - below))
    inner = np.clip(np.where(np.isfinite(inner), inner, b), a, np.maximum(a, b))
    return np.asarray(np.where(flip, -inner, inner), dtype=float)


def _pieces(path: EventPath, m: float, draws: int, seed: int) -> list[_Piece]:
    n, n_before = len(path.time), int((path.time < 0).sum())
    normal = np.random.default_rng(seed).standard_normal((n, draws))
    values, vectors = np.linalg.eigh(path.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    found = []
    for step, sign in itertools.product(range(n_before), (1.0, -1.0)):
        moments = _moments(n_before, n - n_before, m, step, sign)
        found.append(_piece(path, moments, root, normal))
    return found


def _moments(n_before: int, n_after: int, m: float, step: int, sign: float) -> "Floats":
    """Rows A with ``A delta <= 0`` if `step` has this sign and is the largest before the date."""
    n = n_before + n_after
    differences = np.diff(np.eye(n + 1), axis=0)
    largest = sign * differences[step]
    bound = np.where(np.arange(n) < n_before, 1.0, m)[:, None] * largest
    rows = np.vstack([differences - bound, -differences - bound])
    rows = rows[np.abs(rows).max(axis=1) > 1e-10]
    return np.asarray(np.delete(rows, n_before, axis=1), dtype=float)


def _piece(path: EventPath, moments: "Floats", root: "Floats", normal: "Floats") -> _Piece:
    after = path.time > 0
    if after.sum() > 1:
        moments = moments[np.abs(moments[:, after]).max(axis=1) > 0]
    weight = path.weight[after]
    axes = np.eye(len(weight))
    axes[np.argmax(np.abs(weight))] = weight
    loads = moments[:, after] @ np.linalg.inv(axes)
    first = int(np.argmax(np.abs(weight)))
    spread = np.sqrt(np.einsum("ij,jk,ik->i", moments, path.covariance, moments))
    vertices = _vertices(spread, np.delete(loads, first, axis=1))
    rows = vertices @ moments
    worst = (rows @ root @ normal).max(axis=0)
    return _Piece(
        rows @ path.estimate,
        vertices @ loads[:, first],
        rows @ path.covariance @ rows.T,
        float(np.quantile(worst, 1.0 - FIRST_STAGE)),
    )


def _vertices(spread: "Floats", nuisance: "Floats") -> "Floats":
    """Vertices of ``{g >= 0 : spread' g = 1, nuisance' g = 0}``."""
    system = np.column_stack([spread, nuisance])
    n, k = system.shape
    chosen = np.array(list(itertools.combinations(range(n), k)))
    square = np.swapaxes(system[chosen], 1, 2)
    size = np.abs(square).max(axis=(1, 2))
    regular = np.abs(np.linalg.det(square / size[:, None, None])) > 1e-12
    chosen, square = chosen[regular], square[regular]
    unit = np.zeros((len(chosen), k, 1))
    unit[:, 0] = 1.0
    solution = np.linalg.solve(square, unit)[..., 0]
    feasible = (solution >= -1e-9 * np.abs(solution).max(axis=1, keepdims=True)).all(axis=1)
    vertices = np.zeros((int(feasible.sum()), n))
    np.put_along_axis(vertices, chosen[feasible], np.maximum(solution[feasible], 0.0), axis=1)
    rounded = np.round(vertices / np.abs(vertices).max(), 10)
    return vertices[np.unique(rounded, axis=0, return_index=True)[1]]
