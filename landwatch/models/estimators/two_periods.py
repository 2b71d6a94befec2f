"""Difference in differences of two periods: adjusted by regression, weighting, or both."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Method = Literal["dr", "ipw", "reg"]
_OVERLAP = 0.999
_TRIM = 0.995
_STEPS = 50


@dataclass(frozen=True, slots=True)
class TwoPeriodEffect:
    """Effect on the treated between two periods.

    Attributes
    ----------
    effect : float
        Average effect on the treated.
    influence : ndarray, shape (n,)
        Influence of every unit; the variance of the effect is the sum of squares / n².
    """

    effect: float
    influence: "Floats"


def two_period_effect(
    change: "Floats",
    treated: "Floats",
    design: "Floats",
    weight: "Floats",
    *,
    method: Method = "dr",
    leverage: bool = False,
) -> TwoPeriodEffect:
    """Compare changes of treated units with changes of controls of the same covariates.

    Parameters
    ----------
    change : ndarray, shape (n,)
        Outcome after less outcome before.
    treated : ndarray, shape (n,)
        1 for treated units, 0 for controls.
    design : ndarray, shape (n, k)
        Covariates, the constant included.
    weight : ndarray, shape (n,)
        Weights.
    method : {"dr", "ipw", "reg"}, optional
        Doubly robust (logit and least squares), weighting by odds normalised to one, or outcome
        regression.
    leverage : bool, optional
        Divide residuals by √(1 − leverage), as HC2 does; with ``reg`` only.

    Returns
    -------
    TwoPeriodEffect
        Effect and influence.

    Raises
    ------
    EstimationError
        If controls do not span the treated units' covariates, or propensities reach 0.999.

    References
    ----------
    Sant'Anna, P. and Zhao, J. (2020). Doubly robust difference-in-differences estimators. Journal
    of Econometrics 219; the traditional estimators of its package DRDID.
    """
    w = weight / weight.mean()
    on, off = w * treated, w * (1.0 - treated)
    fitted, spread = _outcome_model(change, design, off)
    residual = change - (0.0 if method == "ipw" else fitted)
    if method != "ipw":
        _check_span(design, off, on)
    mean = float(np.average(residual, weights=on))
    inf_on = on * (residual - mean)
    if method == "reg":
        return _regression(design, on, mean, inf_on, off * residual, spread, leverage)
    odds, score, hessian = _odds(treated, design, w)
    controls = off * odds
    mean_off = float(np.average(residual, weights=controls))
    gradient = ((controls * (residual - mean_off))[:, None] * design).mean(axis=0)
    inf_off = controls * (residual - mean_off) + score @ (hessian @ gradient)
    influence = inf_on / on.mean() - inf_off / controls.mean()
    if method == "dr":
        gap = (on[:, None] * design).mean(axis=0) / on.mean()
        gap = gap - (controls[:, None] * design).mean(axis=0) / controls.mean()
        influence = influence - (off * residual)[:, None] * design @ (spread @ gap)
    return TwoPeriodEffect(mean - mean_off, influence)


def _outcome_model(change: "Floats", design: "Floats", off: "Floats") -> tuple["Floats", "Floats"]:
    root = np.sqrt(off)[:, None]
    slopes = np.linalg.lstsq(root * design, root[:, 0] * change, rcond=None)[0]
    spread = np.linalg.pinv((off[:, None] * design).T @ design / len(change), hermitian=True)
    return np.asarray(design @ slopes), np.asarray(spread)


def _check_span(design: "Floats", off: "Floats", on: "Floats") -> None:
    scale = np.abs(design).max(axis=0)
    scaled = design / np.where(scale > 0, scale, 1.0)
    controls = scaled[off > 0]
    basis = np.linalg.svd(controls, full_matrices=False)
    rows = basis.Vh[basis.S / max(float(basis.S[0]), 1e-300) > 1e-10]
    wanted = np.average(scaled, axis=0, weights=on)
    if np.abs(wanted - rows.T @ (rows @ wanted)).max() > 1e-7:
        raise EstimationError("controls do not span the covariates of the treated")


def _regression(
    design: "Floats",
    on: "Floats",
    mean: float,
    inf_on: "Floats",
    error: "Floats",
    spread: "Floats",
    leverage: bool,
) -> TwoPeriodEffect:
    centre = (on[:, None] * design).mean(axis=0) / on.mean()
    inf_off = error[:, None] * design @ (spread @ centre)
    if leverage:
        off = np.where(on > 0, 0.0, 1.0)
        hat = off * np.einsum("ij,jk,ik->i", design, spread, design) / len(on)
        share = on / on.sum()
        # A unit alone in its cell leaves no residual to enlarge.
        inf_off = inf_off / np.sqrt(np.where(hat < 1 - 1e-9, 1 - hat, 1.0))
        inf_on = inf_on / np.sqrt(np.where(share < 1 - 1e-9, 1 - share, 1.0))
    return TwoPeriodEffect(mean, inf_on / on.mean() - inf_off)


def _odds(treated: "Floats", design: "Floats", w: "Floats") -> tuple["Floats", "Floats", "Floats"]:
    """Odds of treatment, scores and inverse information of the logit by Newton steps."""
    beta = np.zeros(design.shape[1])
    deviance = np.inf
    for _ in range(_STEPS):
        chance = special.expit(design @ beta)
        information = (w * chance * (1 - chance))[:, None] * design
        inverse = np.linalg.pinv(design.T @ information, hermitian=True)
        beta = beta + inverse @ (design.T @ (w * (treated - chance)))
        line = design @ beta
        now = -2.0 * float(w @ (treated * line - np.logaddexp(0.0, line)))
        if abs(deviance - now) < 1e-13 * (abs(now) + 0.1):
            break
        deviance = now
    chance = np.minimum(special.expit(design @ beta), 1 - 1e-6)
    if not np.isfinite(beta).all() or chance.max() >= _OVERLAP:
        raise EstimationError("no overlap: a propensity reaches 0.999")
    information = (w * chance * (1 - chance))[:, None] * design
    inverse = np.linalg.pinv(design.T @ information / len(w), hermitian=True)
    score = (w * (treated - chance))[:, None] * design
    return np.where(chance < _TRIM, chance / (1 - chance), 0.0), score, inverse
