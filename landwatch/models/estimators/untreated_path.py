"""The untreated path: unit and period effects from untreated rows, and what is left after them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landwatch.models.estimators.adoption import Adoption, clustered
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_RANK = 1e-9
_ALONE = 1e-9


@dataclass(frozen=True, slots=True)
class UntreatedPath:
    """A path fitted on untreated rows and carried on to treated ones.

    Attributes
    ----------
    data : Adoption
        Rows whose path is identified.
    treated : ndarray of bool, shape (n,)
        Treated rows (and rows within the anticipation window).
    gap : ndarray, shape (n,)
        Outcome less path: effects of treated rows, residuals of untreated ones.
    design : ndarray, shape (n, k)
        Period effects and covariates less the unit's mean over its untreated rows.
    spread : ndarray, shape (k, k)
        Pseudo-inverse of the weighted cross-product of untreated rows of the design.
    """

    data: Adoption
    treated: "Flags"
    gap: "Floats"
    design: "Floats"
    spread: "Floats"

    def influence(
        self, targets: "Floats", centred: "Floats", *, leverage: bool = False
    ) -> "Floats":
        """Contribution of every cluster to weighted sums of gaps.

        Parameters
        ----------
        targets : ndarray, shape (n, t)
            Weight of each row in each sum.
        centred : ndarray, shape (n, t)
            Deviation attributed to each row with a weight of its own.
        leverage : bool, optional
            Divide residuals of untreated rows by √(1 − leverage) in the period effects.

        Returns
        -------
        ndarray, shape (G, t)
            Contributions; the covariance is their cross-product.
        """
        weights, residual = self.projected(targets), self.gap
        if leverage:
            hat = np.einsum("ij,jk,ik->i", self.design, self.spread, self.design)
            hat = np.where(self.treated, 0.0, self.data.weight * hat)
            residual = residual / np.sqrt(np.where(hat < 1 - _ALONE, 1 - hat, 1.0))
        own = targets * centred + weights * residual[:, None]
        return clustered(own, self.data.cluster)

    def projected(self, targets: "Floats") -> "Floats":
        """Weights of untreated outcomes in the fitted path of weighted rows, with minus sign.

        Parameters
        ----------
        targets : ndarray, shape (n, t)
            Weight of each row in each sum.

        Returns
        -------
        ndarray, shape (n, t)
            Weights; zero on treated rows. A sum of gaps is (targets + weights)ᵀ outcome.
        """
        data, base = self.data, np.where(self.treated, 0.0, self.data.weight)
        total = np.bincount(data.unit, base)
        by_unit = np.zeros((data.n_units, targets.shape[1]))
        np.add.at(by_unit, data.unit, targets)
        slopes = self.design @ (self.spread @ (self.design.T @ targets))
        return np.asarray(-base[:, None] * ((by_unit / total[:, None])[data.unit] + slopes))


def fit_untreated_path(data: Adoption, *, anticipation: int = 0) -> UntreatedPath:
    """Fit unit effects, period effects (by stratum) and covariates on untreated rows.

    Parameters
    ----------
    data : Adoption
        Rows by unit and period.
    anticipation : int, optional
        Periods before treatment that count as treated.

    Returns
    -------
    UntreatedPath
        Gaps of all rows whose path is identified; the other rows are counted in ``data.dropped``.

    Raises
    ------
    EstimationError
        If no treated row has an identified path.

    Notes
    -----
    Least squares with the weights of the table. A treated row has no identified path if its unit
    has no untreated row, if no unit is untreated in its period, if units and periods of untreated
    rows fall into parts without a link, or if its covariates lie outside their span.
    """
    treated = data.relative >= -anticipation
    has_path = np.bincount(data.unit, ~treated) > 0
    data = data.kept(has_path[data.unit], "unit_never_untreated")
    treated = data.relative >= -anticipation
    design, spread, basis = _design(data, treated)
    inside = np.abs(design - design @ basis @ basis.T).max(axis=1, initial=0.0) < 1e-6
    if not (inside & treated).any():
        raise EstimationError(
            "沒有可推估的處理列 no treated row has an untreated path: give units with rows before "
            "treatment, and untreated units in the periods after it."
        )
    if not inside.all():
        return fit_untreated_path(
            data.kept(inside | ~treated, "path_not_identified"), anticipation=anticipation
        )
    base = np.where(treated, 0.0, data.weight)
    level = np.bincount(data.unit, base * data.outcome) / np.bincount(data.unit, base)
    deviation = data.outcome - level[data.unit]
    gap = deviation - design @ (spread @ (design.T @ (base * deviation)))
    return UntreatedPath(data, treated, gap, design, spread)


def _design(data: Adoption, treated: "Flags") -> tuple["Floats", "Floats", "Floats"]:
    columns = period_effects(data)
    base = np.where(treated, 0.0, data.weight)
    total = np.bincount(data.unit, base)
    means = np.column_stack([np.bincount(data.unit, base * c) / total for c in columns.T])
    design = columns - means[data.unit]
    values, vectors = np.linalg.eigh((base[:, None] * design).T @ design)
    kept = values > max(float(values.max(initial=0.0)) * _RANK, 1e-300)
    basis = vectors[:, kept]
    return design, basis / values[kept] @ basis.T, basis


def period_effects(data: Adoption) -> "Floats":
    """Indicators of stratum × period, and standardised covariates.

    Parameters
    ----------
    data : Adoption
        Rows by unit and period.

    Returns
    -------
    ndarray, shape (n, k)
        Columns; more than full rank beside unit effects.
    """
    when = np.unique(data.period, return_inverse=True)[1]
    cell = np.unique(data.stratum * (int(when.max()) + 1) + when, return_inverse=True)[1]
    dummies = np.eye(int(cell.max()) + 1)[cell]
    values = data.covariates.to_numpy(dtype=float)
    centred = values - values.mean(axis=0)
    scale = np.abs(centred).max(axis=0, initial=0.0)
    return np.column_stack([dummies, centred / np.where(scale > 0, scale, 1.0)])
