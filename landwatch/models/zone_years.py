"""Year effects of never-treated towns, and of a zone before its date, from gappy panels."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PeriodEffects:
    """Year effects with mean zero.

    Attributes
    ----------
    periods : ndarray of float, shape (t,)
        Effects.
    is_identified : bool
        Whether the units connect all years.
    """

    periods: "Floats"
    is_identified: bool


def fit_period_effects(donors: "Floats", zone: "Floats", after: "Bools") -> PeriodEffects:
    """Fit unit and year effects to untreated cells by least squares.

    Parameters
    ----------
    donors : ndarray of float, shape (n, t)
        Never-treated units; NaN where there is no value.
    zone : ndarray of float, shape (t,)
        The treated unit, complete; only its years before take part.
    after : ndarray of bool, shape (t,)
        Treated years.

    Returns
    -------
    PeriodEffects
        Year effects. The zone's effect is its mean distance from them after less that before,
        which equals the imputation estimate of Borusyak, Jaravel and Spiess for one treated unit.

    Examples
    --------
    >>> towns = np.array([[0.0, 1.0, 3.0], [2.0, 3.0, 5.0]])
    >>> fit = fit_period_effects(towns, np.array([5.0, 6.0, 9.0]), np.array([False, False, True]))
    >>> fit.periods.round(6).tolist(), fit.is_identified
    ([-1.333333, -0.333333, 1.666667], True)
    """
    cells = np.vstack([donors, np.where(after, np.nan, zone)])
    seen = np.isfinite(cells)
    value, weight = np.where(seen, cells, 0.0), seen.astype(float)
    count = np.maximum(weight.sum(axis=1), 1.0)
    normal = np.diag(weight.sum(axis=0)) - (weight / count[:, None]).T @ weight
    mean = value.sum(axis=1) / count
    moment = (value - weight * mean[:, None]).sum(axis=0)
    roots, base = np.linalg.eigh(normal)
    kept = roots > 1e-9 * max(float(roots[-1]), 1.0)
    coordinates = base[:, kept].T @ moment / roots[kept]
    return PeriodEffects(base[:, kept] @ coordinates, int(kept.sum()) == len(zone) - 1)
