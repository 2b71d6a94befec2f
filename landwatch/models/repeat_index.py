"""Price indices from pairs of sales: Bailey–Muth–Nourse, Case–Shiller weights, arithmetic."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.csgraph import connected_components

from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

Errors = Literal["classic", "robust"]

ROUNDING = 1e-13
"""Residuals that are all smaller are rounding: the index fits every pair, its error is 0."""


@dataclass(frozen=True, slots=True)
class PairEnds:
    """Pairs of sales by period.

    Attributes
    ----------
    first, second : ndarray of int64, shape (n,)
        Codes 0 … k−1 of the periods of the earlier and the later sale, never equal.
    base : int
        Code of the base period.
    size : int
        Number of periods, k; all connected to the base by pairs.
    cluster : ndarray of int64, shape (n,), optional
        Codes of clusters.
    """

    first: "Codes"
    second: "Codes"
    base: int
    size: int
    cluster: "Codes | None" = None


@dataclass(frozen=True, slots=True)
class IndexFit:
    """An index by period.

    Attributes
    ----------
    log_index, std_error : ndarray, shape (k,)
        Log of the index relative to the base period, where it is 0 without error.
    dof : float
        Degrees of freedom of the reference t law.
    residuals : ndarray, shape (n,)
        By pair, in logs (in prices for the arithmetic index).
    variance_line : tuple of float or None
        Constant and slope on time of the variance that weights come from.
    """

    log_index: "Floats"
    std_error: "Floats"
    dof: float
    residuals: "Floats"
    variance_line: tuple[float, float] | None = None


def connected_periods(first: "Codes", second: "Codes", size: int) -> "Codes":
    """Number the groups of periods that pairs connect.

    Parameters
    ----------
    first, second : ndarray of int64, shape (n,)
        Periods of each pair.
    size : int
        Number of periods.

    Returns
    -------
    ndarray of int64, shape (size,)
        Group of each period. An index compares periods of one group only: the design has rank
        `size` minus the number of groups.
    """
    links = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(size, size))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def fit_bailey_muth_nourse(
    log_ratio: "Floats",
    ends: PairEnds,
    *,
    weights: "Floats | None" = None,
    errors: Errors = "classic",
) -> IndexFit:
    """Regress log price ratios on −1 at the period of the first sale and +1 at the second.

    Parameters
    ----------
    log_ratio : ndarray, shape (n,)
        Log of the later over the earlier price.
    ends : PairEnds
        Periods.
    weights : ndarray, shape (n,), optional
        Weights, inverse to variances.
    errors : {"classic", "robust"}
        Equal variances, or HC1; clusters of `ends` come before both.

    Returns
    -------
    IndexFit
        Index.

    Notes
    -----
    statsmodels has no least squares on a sparse design, so the normal equations are formed by
    scipy's sparse products; they are a weighted Laplacian of the graph of pairs without the row of
    the base, hence well conditioned when every period is connected.

    References
    ----------
    Bailey, M. J., Muth, R. F., Nourse, H. O. (1963). A regression method for real estate price
    index construction. Journal of the American Statistical Association 58(304), 933–942.
    """
    design = _design(ends)
    weight = np.ones(len(log_ratio)) if weights is None else weights
    scaled = sparse.csr_array(design.multiply(weight[:, None]))
    normal = (design.T @ scaled).toarray()
    estimate = linalg.solve(normal, scaled.T @ log_ratio, assume_a="pos")
    residuals = _beyond_rounding(log_ratio - design @ estimate)
    bread = linalg.inv(normal)
    square = float(weight @ residuals**2)
    covariance, dof = _covariance(bread, scaled, normal, residuals, square, ends, errors)
    error = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return IndexFit(_with_base(estimate, ends), _with_base(error, ends), dof, residuals)


def fit_case_shiller(
    log_ratio: "Floats", gap: "Floats", ends: PairEnds, *, errors: Errors = "classic"
) -> IndexFit:
    """Weight pairs by the variance that grows with the time between their sales.

    Parameters
    ----------
    log_ratio : ndarray, shape (n,)
        Log of the later over the earlier price.
    gap : ndarray, shape (n,)
        Time between the sales, in periods.
    ends : PairEnds
        Periods.
    errors : {"classic", "robust"}
        See `fit_bailey_muth_nourse`.

    Returns
    -------
    IndexFit
        Index of the third stage.

    Raises
    ------
    EstimationError
        If the second stage gives a pair a variance that is not positive.

    Notes
    -----
    Stage one: unweighted. Stage two: its squared residuals on a constant and the gap. Stage
    three: weights are the inverse of the values stage two fits.

    References
    ----------
    Case, K. E., Shiller, R. J. (1987). Prices of single-family homes since 1970. New England
    Economic Review, September/October, 45–56.
    """
    residuals = fit_bailey_muth_nourse(log_ratio, ends).residuals
    line = np.column_stack([np.ones(len(gap)), gap])
    constant, slope = np.linalg.lstsq(line, residuals**2, rcond=None)[0]
    variance = constant + slope * gap
    bad = int((variance <= np.finfo(float).eps * float((log_ratio**2).mean())).sum())
    if bad:
        raise EstimationError(
            f"第二階段變異數不為正 Case–Shiller: the variance of stage two, {constant:.3g} + "
            f"{slope:.3g} × time, is not positive for {bad} of {len(gap)} pairs. Use method=bmn."
        )
    weights = variance.mean() / variance
    found = fit_bailey_muth_nourse(log_ratio, ends, weights=weights, errors=errors)
    told = (float(constant), float(slope))
    return IndexFit(found.log_index, found.std_error, found.dof, found.residuals, told)


def fit_arithmetic(
    first_price: "Floats", second_price: "Floats", ends: PairEnds, *, errors: Errors = "robust"
) -> IndexFit:
    """Compute the value-weighted arithmetic index: prices for logs, dummies as instruments.

    Parameters
    ----------
    first_price, second_price : ndarray, shape (n,)
        Prices.
    ends : PairEnds
        Periods.
    errors : {"classic", "robust"}
        Equal variances of price errors, or HC1; clusters of `ends` come before both.

    Returns
    -------
    IndexFit
        Log of the index, its standard error by the delta method.

    Raises
    ------
    EstimationError
        If the moment conditions have no solution or an index would not be positive.

    Notes
    -----
    In every period, the sum of prices deflated by the index over pairs with a sale there equals
    the sum of the deflated prices of their other sales. The index does not depend on the base.

    References
    ----------
    Shiller, R. J. (1991). Arithmetic repeat sales price estimators. Journal of Housing Economics
    1(1), 110–126.
    """
    scale = float(np.concatenate([first_price, second_price]).mean())
    first, second = first_price / scale, second_price / scale
    design, (regressors, outcome) = _design(ends), _priced(first, second, ends)
    cross = (design.T @ regressors).toarray()
    if np.linalg.matrix_rank(cross) < len(cross):
        raise EstimationError(
            "算術指數無解 the arithmetic index is not determined by these pairs. Use method=bmn."
        )
    inverse = linalg.inv(cross)
    deflator = inverse @ (design.T @ outcome)
    if (deflator <= 0).any():
        raise EstimationError(
            f"算術指數不為正 the arithmetic index is not positive in {int((deflator <= 0).sum())} "
            "periods: few pairs with contrary prices. Use method=bmn or longer periods."
        )
    residuals = _beyond_rounding(outcome - regressors @ deflator)
    square = float(residuals @ residuals)
    normal = (design.T @ design).toarray()
    covariance, dof = _covariance(inverse, design, normal, residuals, square, ends, errors)
    error = np.sqrt(np.maximum(np.diag(covariance), 0.0)) / deflator
    log_index = _with_base(-np.log(deflator), ends)
    return IndexFit(log_index, _with_base(error, ends), dof, residuals * scale)


def _beyond_rounding(residuals: "Floats") -> "Floats":
    return residuals if np.abs(residuals).max() > ROUNDING else np.zeros_like(residuals)


def _columns(ends: PairEnds) -> "Codes":
    at = np.arange(ends.size) - (np.arange(ends.size) > ends.base)
    return np.where(np.arange(ends.size) == ends.base, -1, at)


def _spread(first: "Floats", second: "Floats", ends: PairEnds) -> sparse.csr_array:
    column = _columns(ends)
    row = np.arange(len(first))
    rows = np.concatenate([row, row])
    columns = np.concatenate([column[ends.first], column[ends.second]])
    values = np.concatenate([-first, second])
    kept = columns >= 0
    shape = (len(first), ends.size - 1)
    return sparse.csr_array((values[kept], (rows[kept], columns[kept])), shape=shape)


def _design(ends: PairEnds) -> sparse.csr_array:
    ones = np.ones(len(ends.first))
    return _spread(ones, ones, ends)


def _priced(first: "Floats", second: "Floats", ends: PairEnds) -> tuple[sparse.csr_array, "Floats"]:
    at_base = np.where(ends.first == ends.base, first, 0.0)
    return _spread(first, second, ends), at_base - np.where(ends.second == ends.base, second, 0.0)


def _covariance(
    bread: "Floats",
    instruments: sparse.csr_array,
    normal: "Floats",
    residuals: "Floats",
    square: float,
    ends: PairEnds,
    errors: Errors,
) -> tuple["Floats", float]:
    n, k = instruments.shape
    if n == k:
        return np.full((k, k), np.nan), float("nan")
    if ends.cluster is None and errors == "classic":
        return square / (n - k) * bread @ normal @ bread.T, float(n - k)
    scores = sparse.csr_array(instruments.multiply(residuals[:, None]))
    factor, dof = n / (n - k), float(n - k)
    if ends.cluster is not None:
        groups = int(ends.cluster.max()) + 1
        if groups < 2:
            return np.full((k, k), np.nan), float("nan")
        member = sparse.csr_array((np.ones(n), (ends.cluster, np.arange(n))), shape=(groups, n))
        scores = sparse.csr_array(member @ scores)
        factor, dof = groups / (groups - 1) * (n - 1) / (n - k), float(groups - 1)
    return factor * bread @ (scores.T @ scores).toarray() @ bread.T, dof


def _with_base(values: "Floats", ends: PairEnds) -> "Floats":
    return np.insert(values, ends.base, 0.0)
