"""Unit and period weights of synthetic difference-in-differences."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from landwatch.models.estimators.frank_wolfe import frank_wolfe_weights
from landwatch.models.estimators.simplex import fit_simplex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Solver = Literal["frank_wolfe", "exact"]
ETA_SMALL: Final = 1e-6
"""Penalty per unit of noise where the method wants next to none."""
STOP: Final = 1e-5
"""R's synthdid stops when the loss falls by less than the square of this times the noise."""


@dataclass(frozen=True, slots=True)
class SyntheticWeights:
    """Weights of one cohort and what they give.

    Attributes
    ----------
    omega : ndarray of float, shape (n,)
        Shares of donors.
    lam : ndarray of float, shape (p,)
        Shares of periods before treatment.
    zeta : float
        Penalty of the unit weights.
    gap : ndarray of float, shape (t,)
        Treated mean less weighted donors.
    """

    omega: "Floats"
    lam: "Floats"
    zeta: float
    gap: "Floats"

    @property
    def effects(self) -> "Floats":
        """Gap after treatment less its weighted mean before, by period."""
        n_pre = len(self.lam)
        return np.asarray(self.gap[n_pre:] - self.gap[:n_pre] @ self.lam)


def noise_level(donors: "Floats", n_pre: int) -> float:
    """Return the standard deviation of the donors' changes between periods before treatment.

    Parameters
    ----------
    donors : ndarray of float, shape (n, t)
        Donors.
    n_pre : int
        Periods before treatment, two or more.

    Returns
    -------
    float
        Noise [unit of the outcome].
    """
    return float(np.diff(donors[:, :n_pre], axis=1).std(ddof=1))


def synthetic_weights(
    donors: "Floats",
    treated: "Floats",
    n_pre: int,
    *,
    solver: Solver = "exact",
    noise: float | None = None,
    eta: float | None = None,
) -> SyntheticWeights:
    """Find unit and period weights of synthetic DiD for units treated together.

    Parameters
    ----------
    donors : ndarray of float, shape (n, t)
        Donors.
    treated : ndarray of float, shape (k, t)
        Treated units.
    n_pre : int
        Periods before treatment.
    solver : {"exact", "frank_wolfe"}, optional
        How weights are found.
    noise : float, optional
        Noise that scales the penalties; measured on the donors by default.
    eta : float, optional
        Unit penalty per unit of noise; ``(k × periods after)^(1/4)`` by default.

    Returns
    -------
    SyntheticWeights
        Weights; the estimate is the mean of their ``effects``.
    """
    noise = noise_level(donors, n_pre) if noise is None else noise
    eta = (len(treated) * (donors.shape[1] - n_pre)) ** 0.25 if eta is None else eta
    path = treated.mean(axis=0)
    before, after = donors[:, :n_pre], donors[:, n_pre:].mean(axis=1)
    lam = penalised_weights(after, before, ETA_SMALL * noise, noise, solver)
    omega = penalised_weights(path[:n_pre], before.T, eta * noise, noise, solver)
    return SyntheticWeights(omega, lam, eta * noise, path - omega @ donors)


def penalised_weights(
    target: "Floats",
    mix: "Floats",
    zeta: float,
    noise: float,
    solver: Solver,
    *,
    intercept: bool = True,
) -> "Floats":
    """Find shares with the penalty of synthdid, by either solver.

    Parameters
    ----------
    target : ndarray of float, shape (t,)
        Path to reproduce.
    mix : ndarray of float, shape (t, n)
        Paths to mix.
    zeta : float
        Penalty: the mean squared residual plus ``zeta²`` times the sum of squared weights is least.
    noise : float
        Noise that scales the stop of the Frank–Wolfe solver.
    solver : {"exact", "frank_wolfe"}
        How.
    intercept : bool, optional
        Whether a constant may be added.

    Returns
    -------
    ndarray of float, shape (n,)
        Shares.
    """
    ridge = zeta**2 * len(target)
    if solver == "exact":
        return fit_simplex(target, mix, ridge=ridge, intercept=intercept).weights
    return frank_wolfe_weights(
        target, mix, ridge=ridge, intercept=intercept, tolerance=STOP * noise
    )
