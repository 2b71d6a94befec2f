"""Cox's partial likelihood, its maximum and its score by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landwatch.models.estimators.risk_sets import Floats, RiskSets
from landwatch.vocabulary.errors import EstimationError

MAX_STEPS: Final = 50
MAX_HALVINGS: Final = 30
COPY: Final = 1e-10
"""Eigenvalue of the information, relative to the largest or the weight of events, of a copy."""
SHARE: Final = 0.01
"""Share of a covariate in such a direction from which it is named."""
CLOSE: Final = 1e-9
"""A maximum is reached when the last Newton step moved no standardised coefficient by more."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The partial likelihood at one vector of coefficients.

    Attributes
    ----------
    value : float
        Logarithm.
    score : ndarray, shape (p,)
        First derivative.
    information : ndarray, shape (p, p)
        Minus the second.
    mean : ndarray, shape (d, p)
        Mean of the covariates in the risk set of each event.
    hazard : ndarray, shape (d,)
        Step of the baseline hazard at each event.
    relative : ndarray, shape (n,)
        Hazard relative to the baseline, without weights.
    """

    value: float
    score: Floats
    information: Floats
    mean: Floats
    hazard: Floats
    relative: Floats


def likelihood(sets: RiskSets, x: Floats, weight: Floats, beta: Floats) -> Likelihood:
    """Evaluate the partial likelihood.

    Parameters
    ----------
    sets : RiskSets
        Positions.
    x : ndarray, shape (n, p)
        Covariates.
    weight : ndarray, shape (n,)
        Case weights.
    beta : ndarray, shape (p,)
        Coefficients.

    Returns
    -------
    Likelihood
        Value and derivatives.

    Notes
    -----
    The information is Σ r x x' H − Σ m x̄ x̄', with r the weighted relative hazard and H the
    cumulative hazard of each row: no array of shape (n, p, p) is needed.
    """
    eta, row, moment = x @ beta, sets.event_row, sets.moment
    relative = np.exp(eta)
    r = weight * relative
    both = np.column_stack([r, r[:, None] * x])
    risk, tied = sets.over_risk(both), sets.by_moment(both[row])
    left = risk[moment] - sets.step[:, None] * tied[moment]
    mean, m = left[:, 1:] / left[:, :1], sets.mean_weight
    hazard = m / left[:, 0]
    value = float(weight[row] @ eta[row] - m @ np.log(left[:, 0]))
    return Likelihood(
        value,
        weight[row] @ x[row] - m @ mean,
        information(sets, x, r, mean, hazard),
        mean,
        hazard,
        relative,
    )


def information(sets: RiskSets, x: Floats, r: Floats, mean: Floats, hazard: Floats) -> Floats:
    """Sum the variances of covariates over risk sets, each with the weight in `hazard`.

    Parameters
    ----------
    sets : RiskSets
        Positions.
    x : ndarray, shape (n, p)
        Covariates.
    r : ndarray, shape (n,)
        Weighted relative hazards.
    mean : ndarray, shape (d, p)
        Means in risk sets.
    hazard : ndarray, shape (d,)
        Steps of the baseline hazard, times any function of time.

    Returns
    -------
    ndarray, shape (p, p)
        Information.
    """
    total = sets.over_risk(r)[sets.moment]
    total = total - sets.step * sets.by_moment(r[sets.event_row])[sets.moment]
    squares = (x * (r * sets.over_exposure(hazard))[:, None]).T @ x
    return np.asarray(squares - (mean * (hazard * total)[:, None]).T @ mean)


def maximise(
    sets: RiskSets, x: Floats, weight: Floats, names: Sequence[str]
) -> tuple[Floats, Likelihood, Likelihood]:
    """Maximise the partial likelihood by Newton steps, halved where they do not climb.

    Parameters
    ----------
    sets : RiskSets
        Positions.
    x : ndarray, shape (n, p)
        Covariates on a common scale (mean 0, variance 1).
    weight : ndarray, shape (n,)
        Case weights.
    names : sequence of str
        Names of the covariates, for messages.

    Returns
    -------
    tuple of (ndarray, Likelihood, Likelihood)
        Coefficients, likelihood there, likelihood at zero.

    Raises
    ------
    EstimationError
        If covariates copy one another in the risk sets, or there is no finite maximum.
    """
    beta = np.zeros(x.shape[1])
    null = here = likelihood(sets, x, weight, beta)
    _check_copies(null.information, float(sets.mean_weight.sum()), names)
    for _ in range(MAX_STEPS):
        if np.linalg.cond(here.information) > 1.0 / np.finfo(float).eps:
            break
        step: Floats = np.asarray(np.linalg.solve(here.information, here.score), np.float64)
        beta, here = _climb(sets, x, weight, beta, step, here)
        if np.abs(step).max() < CLOSE:
            return beta, here, null
    worst = names[int(np.argmax(np.abs(beta)))]
    raise EstimationError(
        "概似無有限極大值 expected a finite maximum of the partial likelihood, found none: "
        f"covariates separate events from the rest (first suspect: {worst}). Drop it or merge "
        "its levels."
    )


def _check_copies(matrix: Floats, events: float, names: Sequence[str]) -> None:
    values, vectors = np.linalg.eigh(matrix)
    flat = values <= COPY * max(values[-1], events)
    if flat.any():
        share = (vectors[:, flat] ** 2).sum(axis=1)
        told = ", ".join(n for n, s in zip(names, share, strict=True) if s > SHARE)
        raise EstimationError(
            f"共變項共線 expected covariates that vary on their own within risk sets, found "
            f"{int(flat.sum())} without: {told}. Leave some of them out (or the strata)."
        )


def _climb(
    sets: RiskSets, x: Floats, weight: Floats, beta: Floats, step: Floats, here: Likelihood
) -> tuple[Floats, Likelihood]:
    slack = 1e-10 * abs(here.value)
    for halving in range(MAX_HALVINGS):
        to = beta + step / 2.0**halving
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            there = likelihood(sets, x, weight, to)
        if np.isfinite(there.value) and there.value >= here.value - slack:
            return to, there
    return beta, here


def score_residuals(sets: RiskSets, x: Floats, at: Likelihood) -> Floats:
    """Split the score by row.

    Parameters
    ----------
    sets : RiskSets
        Positions.
    x : ndarray, shape (n, p)
        Covariates.
    at : Likelihood
        Likelihood at the coefficients.

    Returns
    -------
    ndarray, shape (n, p)
        Contributions without the row's own weight; times the weights they sum to the score.
    """
    exposed = sets.over_exposure(at.hazard)
    means = sets.over_exposure(at.hazard[:, None] * at.mean)
    out = -at.relative[:, None] * (x * exposed[:, None] - means)
    count = sets.by_moment(np.ones(len(sets.moment)))
    average = sets.by_moment(at.mean) / count[:, None]
    out[sets.event_row] += x[sets.event_row] - average[sets.moment]
    return np.asarray(out)
