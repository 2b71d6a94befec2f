"""Least squares with absorbed factors: the fit that every regression of this package rests on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from pyfixest.core.demean import demean
from scipy import linalg
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from landwatch.vocabulary.errors import EstimationError, InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

INTERCEPT: Final = "(Intercept)"
COLLINEAR: Final = 1e-9
"""Share of a column's variation (about its mean) below which it counts as explained by others."""
TOLERANCE: Final = 1e-10
"""Stopping rule of demeaning, in standard deviations of the column."""
ITERATIONS: Final = 100_000


@dataclass(frozen=True, slots=True)
class LinearFit:
    """Weighted least squares with absorbed factors, and what its covariances need.

    Attributes
    ----------
    names : tuple of str
        Columns of the design, the intercept first where there is one.
    estimates : ndarray, shape (k,)
        By column of the design; NaN for a column that others explain.
    rows : ndarray of bool, shape (n,)
        Rows used: singletons and rows without weight left out.
    columns : ndarray of bool, shape (k,)
        Columns used.
    x : ndarray, shape (m, p)
        Columns used, absorbed factors partialled out, times the root of the weight.
    y, residuals : ndarray, shape (m,)
        Response and residual, likewise.
    inverse : ndarray, shape (p, p)
        Inverse of ``x'x``.
    factors : DataFrame, shape (m, f)
        Codes of the absorbed factors.
    weights : ndarray, shape (m,)
        Weights; ones where none were given.
    r2, r2_within : float
        Share of variation explained: about the mean, and inside the absorbed levels.
    """

    names: tuple[str, ...]
    estimates: "Floats"
    rows: "Flags"
    columns: "Flags"
    x: "Floats"
    y: "Floats"
    residuals: "Floats"
    inverse: "Floats"
    factors: pd.DataFrame
    weights: "Floats"
    r2: float
    r2_within: float

    @property
    def n_obs(self) -> int:
        """Rows used."""
        return len(self.y)

    @property
    def n_columns(self) -> int:
        """Columns used."""
        return int(self.x.shape[1])

    def partial_out(self, values: "Floats") -> "Floats":
        """Remove the absorbed factors from columns that carry the root of the weight.

        Parameters
        ----------
        values : ndarray, shape (m, q)
            Columns on the rows used.

        Returns
        -------
        ndarray, shape (m, q)
            What the factors do not explain.
        """
        root = np.sqrt(self.weights)[:, None]
        return partialled_out(values / root, self.factors, self.weights) * root


def fit_absorbed(
    response: pd.Series,
    design: pd.DataFrame,
    absorbed: pd.DataFrame,
    *,
    weights: "Floats | None" = None,
    intercept: bool = True,
) -> LinearFit:
    """Fit least squares with absorbed factors.

    Parameters
    ----------
    response : Series, shape (n,)
        Response.
    design : DataFrame, shape (n, k)
        Regressors, any names.
    absorbed : DataFrame, shape (n, f)
        Factors to absorb, any values without gaps; no column for none.
    weights : ndarray, shape (n,), optional
        Analytic weights (variance inversely proportional, as in R's ``lm``).
    intercept : bool, optional
        Put an intercept first where nothing is absorbed.

    Returns
    -------
    LinearFit
        The fit.

    Raises
    ------
    InputError
        If a weight is negative.
    EstimationError
        If rows do not exceed parameters, no column is left, or demeaning does not settle.

    Notes
    -----
    A row alone in a level of a factor is left out (it would be fitted exactly), repeatedly until
    none is left. Factors are absorbed in the order of their columns by pyfixest's alternating
    projections (its formula interface would take them from a ``set``, ADR 7, and stop at 1e-6 of
    the column's own unit; here 1e-10 of its standard deviation). A column is collinear when the
    factors and the columns before it leave less than 1e-9 of its variation. LAPACK's QR sums in
    another order on more threads; it runs on one, so that results have the same bytes everywhere.
    """
    weight = _checked_weights(weights, len(response))
    absorbed, design = absorbed.reset_index(drop=True), design.reset_index(drop=True).astype(float)
    rows = weight > 0
    rows[rows] = paired_rows(absorbed[rows]).to_numpy()
    if intercept and not absorbed.shape[1]:
        design = pd.concat([pd.Series(1.0, design.index, name=INTERCEPT), design], axis=1)
    factors = _coded(absorbed[rows])
    weight, y, x = weight[rows], response.to_numpy(dtype=float)[rows], design.to_numpy()[rows]
    if not len(y):
        raise EstimationError(
            "沒有可用資料列 too few rows: 0 usable; every row is alone in an absorbed level. "
            "Absorb coarser factors."
        )
    root = np.sqrt(weight)
    inner = partialled_out(np.column_stack([y, x]), factors, weight) * root[:, None]
    spread = _variation(x, weight, centred=bool(factors.shape[1]) or intercept)
    with threadpool_limits(limits=1, user_api="blas"):
        columns = independent_columns(inner[:, 1:], spread)
    if not columns.any():
        raise EstimationError("沒有可估計的變項 no column varies inside the absorbed levels.")
    n_parameters = int(columns.sum()) + absorbed_rank(factors)
    if len(y) <= n_parameters:
        raise EstimationError(
            f"資料列不足 too few rows: {len(y)} usable rows for {n_parameters} parameters. "
            "Use fewer columns or factors."
        )
    kept = inner[:, 1:][:, columns]
    with threadpool_limits(limits=1, user_api="blas"):
        beta, inverse = _least_squares(kept, inner[:, 0])
        residuals = inner[:, 0] - kept @ beta
    estimates = np.full(x.shape[1], np.nan)
    estimates[columns] = beta
    rss = float(residuals @ residuals)
    total = float(_variation(y[:, None], weight, centred=bool(factors.shape[1]) or intercept)[0])
    within = float(inner[:, 0] @ inner[:, 0])
    return LinearFit(
        tuple(map(str, design.columns)), estimates, rows, columns, kept, inner[:, 0], residuals,
        inverse, factors, weight, _explained(rss, total), _explained(rss, within),
    )  # fmt: skip


def _coded(absorbed: pd.DataFrame) -> pd.DataFrame:
    codes = {name: pd.factorize(column, sort=True)[0] for name, column in absorbed.items()}
    return pd.DataFrame(codes, index=pd.RangeIndex(len(absorbed)))


def _explained(rss: float, total: float) -> float:
    return 1.0 - rss / total if total > 0 else float("nan")


def _checked_weights(weights: "Floats | None", n_rows: int) -> "Floats":
    if weights is None:
        return np.ones(n_rows)
    weight = np.asarray(weights, dtype=float)
    if (weight < 0).any() or not (weight > 0).any():
        raise InputError(
            f"權重須為正 expected weights ≥ 0, not all zero; found {int((weight < 0).sum())} "
            "negative ones. Name another column or repair it."
        )
    return weight


def _variation(x: "Floats", weight: "Floats", *, centred: bool) -> "Floats":
    """Sum of squares by column, about the mean unless the column is constant or not centred."""
    raw = np.asarray(weight @ x**2, dtype=float)
    if not centred:
        return raw
    about = np.asarray(weight @ (x - weight @ x / weight.sum()) ** 2, dtype=float)
    return np.where(about > 1e-24 * raw, about, raw)


def independent_columns(inner: "Floats", spread: "Floats") -> "Flags":
    """Find the columns that those before them do not explain.

    Parameters
    ----------
    inner : ndarray, shape (m, k)
        Columns, factors partialled out.
    spread : ndarray, shape (k,)
        Sum of squares of each column to compare with.

    Returns
    -------
    ndarray of bool, shape (k,)
        False where less than `COLLINEAR` of `spread` is left.
    """
    basis = np.empty((len(inner), 0))
    kept = np.zeros(inner.shape[1], dtype=bool)
    for j, column in enumerate(inner.T):
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)
        size = float(left @ left)
        kept[j] = size > COLLINEAR * spread[j]
        if kept[j]:
            basis = np.column_stack([basis, left / np.sqrt(size)])
    return kept


def _least_squares(x: "Floats", y: "Floats") -> "tuple[Floats, Floats]":
    """Solve by QR on columns of unit length; also return the inverse of ``x'x``."""
    scale = np.sqrt((x**2).sum(axis=0))
    q, r = np.linalg.qr(x / scale)
    inverse_r = linalg.solve_triangular(r, np.eye(len(scale)))
    beta = inverse_r @ (q.T @ y) / scale
    return beta, (inverse_r @ inverse_r.T) / np.outer(scale, scale)


def partialled_out(values: "Floats", factors: pd.DataFrame, weights: "Floats") -> "Floats":
    """Remove what absorbed factors explain.

    Parameters
    ----------
    values : ndarray, shape (m, q)
        Columns.
    factors : DataFrame, shape (m, f)
        Codes 0 … of each factor.
    weights : ndarray, shape (m,)
        Positive weights.

    Returns
    -------
    ndarray, shape (m, q)
        Weighted least-squares residuals on the factors.

    Raises
    ------
    EstimationError
        If alternating projections do not settle.
    """
    if not factors.shape[1] or not values.shape[1]:
        return np.asarray(values, dtype=float)
    spread = values.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    codes = np.ascontiguousarray(factors.to_numpy(), dtype=np.uint64)
    centred = np.ascontiguousarray((values - values.mean(axis=0)) / spread)
    inner, settled = demean(centred, codes, weights, TOLERANCE, ITERATIONS)
    if not settled:
        raise EstimationError(
            f"固定效果無法收斂 absorbed factors ({', '.join(map(str, factors.columns))}) did not "
            f"settle in {ITERATIONS} steps; their levels are hardly connected. Absorb fewer."
        )
    return np.asarray(inner * spread, dtype=float)


def paired_rows(absorbed: pd.DataFrame) -> pd.Series:
    """Find the rows that share every absorbed level with another row.

    Parameters
    ----------
    absorbed : DataFrame, shape (n, f)
        Absorbed factors.

    Returns
    -------
    Series of bool, shape (n,)
        False where a row would be fitted exactly by an effect of its own (a singleton, found
        repeatedly until none is left).
    """
    level = [pd.factorize(absorbed[name])[0] for name in absorbed]
    kept = np.ones(len(absorbed), dtype=bool)
    while True:
        alone = np.zeros(len(absorbed), dtype=bool)
        for code in level:
            size = np.bincount(code[kept], minlength=int(code.max(initial=-1)) + 1)
            alone |= kept & (size[code] == 1)
        if not alone.any():
            return pd.Series(kept, index=absorbed.index)
        kept &= ~alone


def absorbed_rank(factors: pd.DataFrame) -> int:
    """Count the parameters that absorbed factors cost.

    Parameters
    ----------
    factors : DataFrame, shape (m, f)
        Codes.

    Returns
    -------
    int
        Levels, less one for every factor after the first (as fixest and pyfixest count).
    """
    levels = sum(int(code.nunique()) for _, code in factors.items())
    return levels - max(factors.shape[1] - 1, 0)
