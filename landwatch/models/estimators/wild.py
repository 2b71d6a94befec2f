"""The restricted wild cluster bootstrap of one coefficient of a linear fit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from landwatch.models.estimators.absorbed import LinearFit, fit_absorbed
from landwatch.models.estimators.covariance import cluster_codes, covariance
from landwatch.models.estimators.table import LEVEL
from landwatch.vocabulary.errors import EstimationError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

Draws = Literal["rademacher", "webb"]
ENUMERATED: Final = 4_096
"""Most sign vectors that are enumerated instead of drawn."""
TIE: Final = 1e-9
"""Relative difference below which two statistics count as equal (a draw and its mirror image)."""
CHUNK: Final = 64
STEPS: Final = 60


@dataclass(frozen=True, slots=True)
class WildTest:
    """Result of a restricted wild cluster bootstrap.

    Attributes
    ----------
    estimate, std_error : float
        Coefficient and its CR1 standard error.
    statistic : float
        t statistic of the null.
    p_value : float
        Share of statistics at least as large in size; where drawn, the sample counts as a draw.
    p_value_strict : float
        Share of draws that are strictly larger (Stata's and R's boottest).
    ci_low, ci_high : float
        Interval by test inversion; infinite where no value can be rejected.
    n_clusters, n_draws : int
        Clusters; sign vectors used.
    enumerated : bool
        Whether these are all sign vectors there are.
    """

    estimate: float
    std_error: float
    statistic: float
    p_value: float
    p_value_strict: float
    ci_low: float
    ci_high: float
    n_clusters: int
    n_draws: int
    enumerated: bool


def wild_p_value(
    response: pd.Series,
    design: pd.DataFrame,
    absorbed: pd.DataFrame,
    cluster: pd.Series,
    *,
    reps: int = 9_999,
    seed: int = 20190103,
    draws: Draws = "rademacher",
) -> WildTest:
    """Test the first column of a design, in one call.

    Parameters
    ----------
    response : Series, shape (n,)
        Response.
    design : DataFrame, shape (n, k)
        Regressors, the one tested first.
    absorbed : DataFrame, shape (n, f)
        Factors to absorb.
    cluster : Series, shape (n,)
        Clusters.
    reps, seed, draws : optional
        See `landwatch.models.estimators.wild_bootstrap.WildBootstrapOptions`.

    Returns
    -------
    WildTest
        Test of no effect.

    Raises
    ------
    EstimationError
        If the column is not identified or there are fewer than two clusters.
    """
    fit = fit_absorbed(response, design, absorbed)
    column = str(design.columns[0])
    return wild_test(fit, cluster[fit.rows], column, reps=reps, seed=seed, draws=draws)


def wild_test(
    fit: LinearFit,
    cluster: pd.Series,
    column: str,
    *,
    null: float = 0.0,
    reps: int = 9_999,
    seed: int = 20190103,
    draws: Draws = "rademacher",
) -> WildTest:
    """Run a restricted wild cluster bootstrap-t on a fit.

    Parameters
    ----------
    fit : LinearFit
        The fit.
    cluster : Series, shape (m,)
        Clusters on the rows used.
    column : str
        Column tested.
    null : float, optional
        Its value under the null hypothesis, imposed on the residuals drawn from.
    reps, seed, draws : optional
        See `landwatch.models.estimators.wild_bootstrap.WildBootstrapOptions`.

    Returns
    -------
    WildTest
        Test and interval.

    Raises
    ------
    EstimationError
        If the column is not identified or there are fewer than two clusters.

    Notes
    -----
    With ``z`` the column less what other columns and factors explain and ``u`` restricted
    residuals, the bootstrap estimate is ``Σ v_g z_g'u_g / z'z`` and the score of cluster g is row g
    of a G × G matrix times v, linear in the null: every draw and every null costs a few sums
    (Roodman et al. 2019). Factors that cut across clusters are partialled out of each cluster's
    part of z once. wildboottest 0.3.2 agrees to the last draw but takes no absorbed factors.

    References
    ----------
    Cameron, A., Gelbach, J. and Miller, D. (2008). Bootstrap-based improvements for inference with
    clustered errors. REStat 90. Roodman, D., MacKinnon, J., Nielsen, M. and Webb, M. (2019). Fast
    and wild. Stata Journal 19. Webb, M. (2023). Reworking wild bootstrap-based inference for
    clustered errors. Canadian Journal of Economics 56.
    """
    code = cluster_codes([cluster])[0]
    position = _position(fit, column)
    result = covariance(fit, "CR1", [cluster])
    estimate = float(fit.estimates[fit.columns][position])
    error = float(np.sqrt(result.matrix[position, position]))
    if not error > 1e-12 * max(abs(estimate), 1e-300):
        raise EstimationError(f"{column}: 沒有變異 no variation left to judge the effect by.")
    vectors, enumerated = sign_vectors(int(code.max()) + 1, draws, reps, seed)
    law = _bootstrap_law(fit, code, position, vectors)

    def _share(value: float) -> float:
        size, drawn = abs(estimate - value) / error, np.abs(law(value)) * scale
        count = float((drawn >= size * (1 - TIE)).sum())
        return count / len(drawn) if enumerated else (count + 1.0) / (len(drawn) + 1.0)

    scale = _scale(fit, code, position, error)
    size = abs(estimate - null) / error
    drawn = np.abs(law(null)) * scale
    low, high = (_bound(_share, estimate, side * error) for side in (-1.0, 1.0))
    return WildTest(
        estimate, error, (estimate - null) / error, _share(null),
        float((drawn > size * (1 + TIE)).mean()), low, high,
        int(code.max()) + 1, len(drawn), enumerated,
    )  # fmt: skip


def _position(fit: LinearFit, column: str) -> int:
    kept = [name for name, used in zip(fit.names, fit.columns, strict=True) if used]
    if column not in fit.names:
        raise StudyError(f"term={column}: 沒有這一項 no such term; there are {', '.join(kept)}.")
    if column not in kept:
        raise EstimationError(f"{column}: 無法識別 explained by other columns or absorbed effects.")
    return kept.index(column)


def sign_vectors(n_clusters: int, draws: Draws, reps: int, seed: int) -> "tuple[Floats, bool]":
    """Draw or enumerate weights of clusters.

    Parameters
    ----------
    n_clusters : int
        Number of clusters G.
    draws : {"rademacher", "webb"}
        Law: ±1, or Webb's six points ±√½, ±1, ±√(3/2).
    reps, seed : int
        Number of draws and their seed.

    Returns
    -------
    tuple of (ndarray, bool)
        Weights, shape (G, B); whether they are all 2^G sign vectors.

    Raises
    ------
    StudyError
        If `reps` is below 99.
    """
    if draws == "rademacher" and 2**n_clusters <= ENUMERATED:
        bits = (np.arange(2**n_clusters)[None, :] >> np.arange(n_clusters)[:, None]) & 1
        return np.asarray(1.0 - 2.0 * bits, dtype=np.float64), True
    if reps < 99:
        raise StudyError(f"reps={reps}: 次數太少 expected 99 draws or more.")
    points = np.array([-1.0, 1.0])
    if draws == "webb":
        points = np.sqrt([0.5, 1.0, 1.5])
        points = np.concatenate([-points, points])
    drawn = np.random.default_rng(seed).choice(points, size=(n_clusters, reps))
    return np.asarray(drawn, dtype=np.float64), False


def _bootstrap_law(
    fit: LinearFit, code: "Codes", position: int, vectors: "Floats"
) -> "Callable[[float], Floats]":
    """Return the function from a null value to bootstrap statistics (uncorrected CR0 scale)."""
    others = np.delete(fit.x, position, axis=1)
    tested = fit.x[:, position]
    if others.shape[1]:
        tested = tested - others @ np.linalg.lstsq(others, tested, rcond=None)[0]
        free = fit.y - others @ np.linalg.lstsq(others, fit.y, rcond=None)[0]
    else:
        free = fit.y
    crossed = _crossed(fit, code, tested, (free, tested))
    pieces = [
        _scores(fit, code, tested, u) - c for u, c in zip((free, tested), crossed, strict=True)
    ]
    top = [np.bincount(code, weights=tested * u) @ vectors for u in (free, tested)]
    rows = [piece @ vectors for piece in pieces]
    squares = [(rows[0] ** 2).sum(axis=0), (rows[0] * rows[1]).sum(axis=0),
               (rows[1] ** 2).sum(axis=0)]  # fmt: skip
    largest = float(squares[0].max(initial=0.0))

    def _law(null: float) -> "Floats":
        below = squares[0] - 2.0 * null * squares[1] + null**2 * squares[2]
        below = np.maximum(below, 1e-20 * max(largest, null**2 * float(squares[2].max())))
        return np.asarray((top[0] - null * top[1]) / np.sqrt(below), dtype=float)

    return _law


def _crossed(
    fit: LinearFit, code: "Codes", tested: "Floats", responses: "tuple[Floats, Floats]"
) -> "list[Floats]":
    """Share of each cluster's score that absorbed factors take across clusters; 0 where nested."""
    size = int(code.max()) + 1
    found = [np.zeros((size, size)) for _ in responses]
    nested = all(
        (pd.Series(code).groupby(factor.to_numpy()).nunique() == 1).all()
        for _, factor in fit.factors.items()
    )
    for start in range(0, 0 if nested else size, CHUNK):
        chosen = np.arange(start, min(start + CHUNK, size))
        parts = np.where(code[:, None] == chosen, tested[:, None], 0.0)
        explained = parts - fit.partial_out(parts)
        for matrix, u in zip(found, responses, strict=True):
            matrix[chosen] = _sums(code, explained * u[:, None]).T
    return found


def _scores(fit: LinearFit, code: "Codes", tested: "Floats", u: "Floats") -> "Floats":
    """Matrix whose product with signs gives each cluster's score of the bootstrap residuals.

    Row g, column h: how the residuals of cluster h, drawn, move the score of cluster g: its own
    part, less what the regression on all columns fits of it.
    """
    own = np.diag(np.bincount(code, weights=tested * u))
    left = _sums(code, fit.x * tested[:, None])
    right = _sums(code, fit.x * u[:, None])
    return np.asarray(own - left @ fit.inverse @ right.T, dtype=float)


def _sums(code: "Codes", values: "Floats") -> "Floats":
    return np.column_stack([np.bincount(code, weights=column) for column in values.T])


def _scale(fit: LinearFit, code: "Codes", position: int, error: float) -> float:
    """Return CR0 over CR1 standard error: bootstrap statistics carry the same correction."""
    scores = _sums(code, fit.x * fit.residuals[:, None]) @ fit.inverse[:, position]
    return float(np.sqrt(scores @ scores)) / error


def _bound(share: "Callable[[float], float]", estimate: float, step: float) -> float:
    """Find where p falls to 1 − level, outwards from the estimate; infinite if it never does."""
    alpha = 1.0 - LEVEL
    inside, outside = 0.0, 0.5
    while share(estimate + outside * step) > alpha:
        inside, outside = outside, outside * 1.25
        if outside > 1e6:
            return float(np.inf * step)
    for _ in range(STEPS):
        middle = (inside + outside) / 2.0
        if share(estimate + middle * step) > alpha:
            inside = middle
        else:
            outside = middle
    return estimate + inside * step
