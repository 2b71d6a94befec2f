"""Least squares with unit and period effects absorbed, errors by cluster."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landwatch.models.estimators.adoption import Adoption, clustered
from landwatch.models.estimators.untreated_path import period_effects
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_COLLINEAR = 1e-8


@dataclass(frozen=True, slots=True)
class WithinFit:
    """Coefficients of regressors beside unit and period effects.

    Attributes
    ----------
    estimates : ndarray, shape (k,)
        Coefficients; NaN where a column is collinear with effects and earlier columns.
    influence : ndarray, shape (G, k)
        Contribution of every cluster, small-sample factor included; 0 for collinear columns. The
        covariance is the cross-product.
    n_parameters : int
        Parameters counted by the small-sample factor.
    """

    estimates: "Floats"
    influence: "Floats"
    n_parameters: int


def fit_within(data: Adoption, regressors: "Floats") -> WithinFit:
    """Regress the outcome on columns, unit effects, period effects (by stratum) and covariates.

    Parameters
    ----------
    data : Adoption
        Rows by unit and period.
    regressors : ndarray, shape (n, k)
        Columns wanted.

    Returns
    -------
    WithinFit
        Coefficients and influence.

    Raises
    ------
    EstimationError
        If there are not two clusters or no degrees of freedom.

    Notes
    -----
    Covariance CRV1 with the factor of fixest for R: G/(G − 1) × (n − 1)/(n − K); K counts
    coefficients and period effects, and unit effects as one where units lie inside clusters.
    """
    columns = period_effects(data)
    total = np.bincount(data.unit, data.weight)
    stacked = np.column_stack([data.outcome, regressors, columns])
    means = np.column_stack([np.bincount(data.unit, data.weight * c) / total for c in stacked.T])
    root = np.sqrt(data.weight)[:, None]
    within = root * (stacked - means[data.unit])
    k = regressors.shape[1]
    nuisance, n_nuisance = _basis(within[:, 1 + k :])
    rest = within[:, : 1 + k] - nuisance @ (nuisance.T @ within[:, : 1 + k])
    free = _independent(rest[:, 1:], (root * regressors))
    design, outcome = rest[:, 1:][:, free], rest[:, 0]
    inverse = np.linalg.pinv(design.T @ design, hermitian=True)
    beta = inverse @ (design.T @ outcome)
    scores = clustered(design * (outcome - design @ beta)[:, None], data.cluster)
    n_parameters = int(free.sum()) + n_nuisance + _unit_parameters(data)
    factor = _factor(len(outcome), n_parameters, len(scores))
    estimates, influence = np.full(k, np.nan), np.zeros((len(scores), k))
    estimates[free], influence[:, free] = beta, scores @ inverse * np.sqrt(factor)
    return WithinFit(estimates, influence, n_parameters)


def _basis(columns: "Floats") -> tuple["Floats", int]:
    values, vectors = np.linalg.eigh(columns.T @ columns)
    kept = values > max(float(values.max(initial=0.0)) * 1e-10, 1e-300)
    scaled = columns @ (vectors[:, kept] / np.sqrt(values[kept]))
    # A second pass removes what rounding left between the columns.
    return np.linalg.qr(scaled)[0], int(kept.sum())


def _independent(rest: "Floats", whole: "Floats") -> "Flags":
    """Tell the columns that are no combination of effects and earlier columns."""
    free = np.zeros(rest.shape[1], dtype=bool)
    basis = np.zeros((len(rest), 0))
    for j, column in enumerate(rest.T):
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)
        size = float(np.linalg.norm(left))
        if size > _COLLINEAR * max(float(np.linalg.norm(whole[:, j])), 1e-300):
            free[j] = True
            basis = np.column_stack([basis, left / size])
    return free


def _unit_parameters(data: Adoption) -> int:
    pairs = np.unique(np.column_stack([data.unit, data.cluster]), axis=0)
    return 1 if len(pairs) == data.n_units else data.n_units


def _factor(n: int, parameters: int, clusters: int) -> float:
    if clusters < 2 or n <= parameters:
        raise EstimationError(
            f"資料不足 too little data: {n} rows, {parameters} parameters, {clusters} clusters. "
            "Give more units or periods, or fewer covariates."
        )
    return clusters / (clusters - 1) * (n - 1) / (n - parameters)
