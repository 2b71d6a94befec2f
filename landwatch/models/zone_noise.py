"""How noisy a yearly path is, and where a noisy estimate ranks among placebos as noisy."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import nnls

from landwatch.models.estimators.placebo import p_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

LEVEL: Final = 0.95
PRIOR_STEPS: Final = 4.0
"""Weight of the donors' noise in a unit's own, in steps between years."""


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """Variance of a town-year: ``constant + slope × sampling``.

    Attributes
    ----------
    constant, slope : float
        Of the town itself, and of the sampling noise (one over the deals, or the stated variance).
    """

    constant: float
    slope: float

    def variance(self, sampling: "Floats") -> "Floats":
        """Return the variance of cells.

        Parameters
        ----------
        sampling : ndarray of float
            Sampling noise of cells.

        Returns
        -------
        ndarray of float
            Variances.
        """
        return np.asarray(self.constant + self.slope * sampling)


def fit_noise(value: "Floats", sampling: "Floats") -> NoiseModel:
    """Fit the noise of donors before treatment to the squares of their steps between years.

    Parameters
    ----------
    value, sampling : ndarray of float, shape (n, t)
        Values and sampling noise; NaN where there is no value.

    Returns
    -------
    NoiseModel
        Non-negative least squares; a step has the variance of both its years.
    """
    known = np.isfinite(value[:, 1:]) & np.isfinite(value[:, :-1])
    steps = np.where(known, value[:, 1:] - value[:, :-1], 0.0)
    count = np.maximum(known.sum(axis=0), 1)
    square = (steps - steps.sum(axis=0) / count) ** 2
    noise = sampling[:, 1:] + sampling[:, :-1]
    design = np.column_stack([np.full(known.sum(), 2.0), noise[known]])
    if len(design) < 2:
        return NoiseModel(float("nan"), float("nan"))
    found, _ = nnls(design, square[known])
    return NoiseModel(float(found[0]), float(found[1]))


def change_scale(gap: "Floats", sampling: "Floats", after: "Bools", noise: NoiseModel) -> float:
    """Return the noise of a mean change, the unit's own steps before treatment considered.

    Parameters
    ----------
    gap : ndarray of float, shape (t,)
        Distance of a unit from its donors.
    sampling : ndarray of float, shape (t,)
        Sampling noise of its cells.
    after : ndarray of bool, shape (t,)
        Years after.
    noise : NoiseModel
        Noise of its donors.

    Returns
    -------
    float
        Standard deviation expected if years were independent, times the root of how much larger
        its steps before were than expected (shrunk to one by `PRIOR_STEPS`).
    """
    variance = noise.variance(sampling)
    early = variance[~after]
    expected = early[1:] + early[:-1]
    if not (expected > 0).all():
        return float("nan")
    own = (np.diff(gap[~after]) ** 2 / expected).sum()
    factor = (PRIOR_STEPS + own) / (PRIOR_STEPS + len(expected))
    late = variance[after]
    return float(np.sqrt(factor * (early.mean() / len(early) + late.mean() / len(late))))


def rank_scaled(ratio: float, placebos: "Floats") -> tuple[float, float, float]:
    """Rank a scaled estimate among scaled placebos.

    Parameters
    ----------
    ratio : float
        Estimate over its scale.
    placebos : ndarray of float
        The same of placebos.

    Returns
    -------
    tuple of float
        p; half the interval of effects not rejected, and the root mean square of placebos, both in
        units of the scale.
    """
    rank = int(np.floor((1.0 - LEVEL) * (1 + len(placebos)) + 1e-9))
    half = float(np.sort(np.abs(placebos))[-rank])
    return p_value(ratio, placebos), half, float(np.sqrt((placebos**2).mean()))
