"""Covariances of a linear fit: classical, robust (HC0–HC3) and clustered (CR0–CR3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import pandas as pd

from landwatch.models.estimators.absorbed import LinearFit, absorbed_rank
from landwatch.vocabulary.errors import EstimationError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

ErrorKind = Literal["iid", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1", "CR2", "CR3"]
TwoWay = Literal["own", "min"]
FactorCount = Literal["nested", "full"]
CLUSTERED: Final = ("CR0", "CR1", "CR2", "CR3")
DENSE: Final = 50_000_000
"""Most cells (rows times absorbed levels) for which leverages, CR2 and CR3 are computed."""


@dataclass(frozen=True, slots=True)
class Covariance:
    """Covariance of the estimates.

    Attributes
    ----------
    matrix : ndarray, shape (p, p)
        Covariance of the columns used.
    dof : ndarray, shape (p,)
        Degrees of freedom of the reference t law.
    n_parameters : int
        Parameters counted in the small-sample factor.
    n_clusters : tuple of int
        Clusters by cluster column; empty without clusters.
    """

    matrix: "Floats"
    dof: "Floats"
    n_parameters: int
    n_clusters: tuple[int, ...] = ()


def cluster_codes(clusters: "Sequence[pd.Series]") -> "list[Codes]":
    """Number clusters in sorted order, and the pairs of a two-way clustering.

    Parameters
    ----------
    clusters : sequence of Series, shape (m,)
        One or two cluster columns on the rows used.

    Returns
    -------
    list of ndarray of int64, shape (m,)
        One code, or three: first, second, both.

    Raises
    ------
    StudyError
        If there are more than two.
    EstimationError
        If a column has fewer than two clusters.
    """
    if len(clusters) > 2:
        raise StudyError(f"--cluster: expected one or two columns, found {len(clusters)}.")
    found = [pd.factorize(c.to_numpy(), sort=True)[0].astype(np.int64) for c in clusters]
    for column, code in zip(clusters, found, strict=True):
        if code.max(initial=-1) < 1:
            raise EstimationError(
                f"{column.name}: 群集不足 expected two clusters or more among the rows used, found "
                f"{int(code.max(initial=-1)) + 1}. Cluster by another column."
            )
    if len(found) == 2:
        pair = found[0] * (found[1].max() + 1) + found[1]
        found.append(pd.factorize(pair, sort=True)[0].astype(np.int64))
    return found


def covariance(
    fit: LinearFit,
    kind: ErrorKind,
    clusters: Sequence[pd.Series] = (),
    *,
    two_way: TwoWay = "own",
    factor_count: FactorCount = "nested",
) -> Covariance:
    """Estimate the covariance of a fit.

    Parameters
    ----------
    fit : LinearFit
        The fit.
    kind : {"iid", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1", "CR2", "CR3"}
        Estimator.
    clusters : sequence of Series, shape (m,), optional
        One or two cluster columns on the rows used; needed by CR kinds only.
    two_way : {"own", "min"}, optional
        Two-way clusters: each component its own G/(G−1) (Cameron–Gelbach–Miller, R sandwich,
        statsmodels), or that of the smaller clustering for all (fixest, pyfixest, ivreg2).
    factor_count : {"nested", "full"}, optional
        Whether absorbed factors nested in clusters cost no parameters (fixest, reghdfe), or all
        factors are counted (as dummies in R's ``lm``).

    Returns
    -------
    Covariance
        Covariance, degrees of freedom, parameters and clusters.

    Raises
    ------
    StudyError
        If a CR kind has no cluster, or another kind has one.
    EstimationError
        If a cluster column has fewer than two clusters or the kind cannot be computed.

    Notes
    -----
    With k parameters and ``e`` the residuals: HC1 has n/(n−k), CR1 has (n−1)/(n−k)·G/(G−1), HC2
    and HC3 divide by (1−h) and (1−h)², CR2 and CR3 multiply residuals of a cluster by
    ``(I−H_gg)`` to the power −1/2 and −1 (clubSandwich; no further factor). Reference t law: n−k;
    clustered G−1, the smaller of two; CR2 Satterthwaite under a homoscedastic working model.

    References
    ----------
    Cameron, A., Gelbach, J. and Miller, D. (2011). Robust inference with multiway clustering. JBES
    29. Bell, R. and McCaffrey, D. (2002). Bias reduction in standard errors for linear regression.
    Survey Methodology 28. Pustejovsky, J. and Tipton, E. (2018). JBES 36.
    """
    if (kind in CLUSTERED) != bool(clusters):
        told = "needs --cluster" if kind in CLUSTERED else "makes no use of --cluster"
        raise StudyError(f"se={kind}: {told}; kinds: {', '.join(get_args(ErrorKind))}.")
    if kind in ("CR2", "CR3"):
        return _bias_reduced(fit, kind, clusters)
    if kind in CLUSTERED:
        return _clustered(fit, kind, clusters, two_way, factor_count)
    n_parameters = fit.n_columns + absorbed_rank(fit.factors)
    dof = _residual_dof(fit, n_parameters)
    if kind == "iid":
        matrix = fit.inverse * float(fit.residuals @ fit.residuals) / dof
    else:
        matrix = _sandwich(fit, fit.x * (fit.residuals * _robust_factor(fit, kind, dof))[:, None])
    return Covariance(matrix, np.full(fit.n_columns, float(dof)), n_parameters)


def _residual_dof(fit: LinearFit, n_parameters: int) -> int:
    if fit.n_obs <= n_parameters:
        raise EstimationError(
            f"沒有自由度 no degrees of freedom: {fit.n_obs} rows, {n_parameters} parameters."
        )
    return fit.n_obs - n_parameters


def _sandwich(fit: LinearFit, scores: "Floats") -> "Floats":
    return np.asarray(fit.inverse @ (scores.T @ scores) @ fit.inverse, dtype=float)


def _robust_factor(fit: LinearFit, kind: ErrorKind, dof: int) -> "Floats":
    if kind == "HC0":
        return np.ones(fit.n_obs)
    if kind == "HC1":
        return np.full(fit.n_obs, np.sqrt(fit.n_obs / dof))
    left = 1.0 - leverage(fit)
    if (left < 1e-9).any():
        raise EstimationError(
            f"se={kind}: {int((left < 1e-9).sum())} 列被完全配適 rows are fitted exactly (leverage "
            "1). Use HC1, or drop the column or level that only they have."
        )
    return np.asarray(1.0 / (np.sqrt(left) if kind == "HC2" else left), dtype=float)


def leverage(fit: LinearFit) -> "Floats":
    """Compute the leverage of every row used, absorbed factors included.

    Parameters
    ----------
    fit : LinearFit
        The fit.

    Returns
    -------
    ndarray, shape (m,)
        Diagonal of the projection on columns and factors.
    """
    own: Floats = np.einsum("ij,jk,ik->i", fit.x, fit.inverse, fit.x)
    if fit.factors.shape[1] == 1:
        code = fit.factors.iloc[:, 0].to_numpy()
        return np.asarray(own + fit.weights / np.bincount(code, weights=fit.weights)[code])
    dummies = _dummies(fit)
    if not dummies.shape[1]:
        return own
    pseudo = np.linalg.pinv(dummies.T @ dummies, hermitian=True)
    return np.asarray(own + np.einsum("ij,jk,ik->i", dummies, pseudo, dummies))


def _dummies(fit: LinearFit) -> "Floats":
    """Indicators of every absorbed level, times the root of the weight."""
    levels = sum(int(code.nunique()) for _, code in fit.factors.items())
    if levels * fit.n_obs > DENSE:
        raise EstimationError(
            f"固定效果太多 {levels} absorbed levels for {fit.n_obs} rows, too many for HC2, HC3, "
            "CR2 and CR3. Use HC1 or CR1."
        )
    pieces = [np.eye(int(code.max()) + 1)[code.to_numpy()] for _, code in fit.factors.items()]
    root = np.sqrt(fit.weights)[:, None]
    return np.hstack(pieces) * root if pieces else np.empty((fit.n_obs, 0))


def _clustered(
    fit: LinearFit,
    kind: ErrorKind,
    clusters: Sequence[pd.Series],
    two_way: TwoWay,
    factor_count: FactorCount,
) -> Covariance:
    codes = cluster_codes(clusters)
    sizes = [int(code.max()) + 1 for code in codes]
    n_parameters = fit.n_columns + clustered_rank(fit.factors, codes[: len(clusters)], factor_count)
    inner = (fit.n_obs - 1) / _residual_dof(fit, n_parameters) if kind == "CR1" else 1.0
    matrix = np.zeros_like(fit.inverse)
    for code, size, sign in zip(codes, sizes, (1.0, 1.0, -1.0), strict=False):
        outer = size if two_way == "own" else min(sizes)
        factor = inner * outer / (outer - 1) if kind == "CR1" else 1.0
        matrix += sign * factor * _sandwich(fit, cluster_scores(fit, code))
    dof = float(min(sizes) - 1)
    counts = tuple(sizes[: len(clusters)])
    return Covariance(matrix, np.full(fit.n_columns, dof), n_parameters, counts)


def cluster_scores(fit: LinearFit, code: "Codes") -> "Floats":
    """Sum the scores of each cluster.

    Parameters
    ----------
    fit : LinearFit
        The fit.
    code : ndarray of int64, shape (m,)
        Clusters.

    Returns
    -------
    ndarray, shape (G, p)
        Sums of ``x·residual``.
    """
    scores = fit.x * fit.residuals[:, None]
    return np.column_stack([np.bincount(code, weights=column) for column in scores.T])


def clustered_rank(
    factors: pd.DataFrame, codes: "Sequence[Codes]", factor_count: FactorCount
) -> int:
    """Count the parameters that absorbed factors cost under clustering.

    Parameters
    ----------
    factors : DataFrame, shape (m, f)
        Codes of the factors.
    codes : sequence of ndarray of int64, shape (m,)
        Clusters.
    factor_count : {"nested", "full"}
        With ``nested`` a factor whose levels each lie in one cluster costs nothing, but one
        parameter stays for the mean.

    Returns
    -------
    int
        Parameters.
    """
    count = absorbed_rank(factors)
    if factor_count == "full":
        return count
    for _, factor in factors.items():
        if any((pd.Series(c).groupby(factor.to_numpy()).nunique() == 1).all() for c in codes):
            count -= int(factor.nunique()) - 1
    return count


def _bias_reduced(fit: LinearFit, kind: ErrorKind, clusters: Sequence[pd.Series]) -> Covariance:
    codes = cluster_codes(clusters)
    if len(codes) > 1 or not np.all(fit.weights == fit.weights[0]):
        raise StudyError(f"se={kind}: takes one cluster column and no weights. Use CR1.")
    code, size = codes[0], int(codes[0].max()) + 1
    left, values, _ = np.linalg.svd(_dummies(fit), full_matrices=False)
    spanned = left[:, values > 1e-9 * values.max(initial=1.0)]
    basis = np.hstack([spanned, np.linalg.qr(fit.x)[0]])
    scores, own = np.zeros((size, fit.n_columns)), np.zeros((size, fit.n_columns))
    across = np.zeros((size, basis.shape[1], fit.n_columns))
    for g in range(size):
        mine = np.flatnonzero(code == g)
        lifted = _lifted(basis[mine], fit.x[mine], -0.5 if kind == "CR2" else -1.0)
        scores[g] = lifted.T @ fit.residuals[mine]
        direction = lifted @ fit.inverse
        own[g], across[g] = (direction**2).sum(axis=0), basis[mine].T @ direction
    matrix = _sandwich(fit, scores)
    dof = np.full(fit.n_columns, size - 1.0)
    if kind == "CR2":
        dof = np.array([_satterthwaite(own[:, j], across[:, :, j]) for j in range(fit.n_columns)])
    return Covariance(matrix, dof, fit.n_columns + spanned.shape[1], (size,))


def _lifted(basis: "Floats", x: "Floats", power: float) -> "Floats":
    """Multiply rows of a cluster by ``I − H_gg`` to a (pseudo-)power, H_gg = basis·basis'."""
    vectors, singular, _ = np.linalg.svd(basis, full_matrices=False)
    left = 1.0 - singular**2
    factor = np.zeros_like(left)
    np.power(left, power, out=factor, where=left > 1e-10)
    return np.asarray(x + (vectors * (factor - 1.0)) @ (vectors.T @ x), dtype=float)


def _satterthwaite(own: "Floats", across: "Floats") -> float:
    products = np.diag(own) - across @ across.T
    return float(np.trace(products) ** 2 / (products**2).sum())
