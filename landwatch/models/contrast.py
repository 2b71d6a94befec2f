"""One treated unit against a few towns: variance from how much untreated towns differ.

A zone is one cluster; its own deals cannot say how much a town's prices wander for reasons of
their own. That is learnt from the never-treated towns of all counties: the change of town i of
county c is ``mu_c + u_i + e_i`` with ``Var(u) = tau²`` common to towns and ``Var(e_i)`` known from
its deals.

References
----------
Conley, T. and Taber, C. (2011). Inference with difference in differences with a small number of
policy changes. Review of Economics and Statistics 93.
Ferman, B. and Pinto, C. (2019). Inference in differences-in-differences with few treated groups and
heteroskedasticity. Review of Economics and Statistics 101.
Paule, R. and Mandel, J. (1982). Consensus values and weighting factors. J. Res. NBS 87.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special, stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


TAILS = np.array([2.1, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100, 200])
LIKELIHOOD_DROP = float(stats.chi2.ppf(0.90, 1)) / 2
"""Log-likelihood below its maximum that bounds a one-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class TownVariation:
    """How never-treated towns vary around their county's mean.

    Attributes
    ----------
    tau2 : float
        Variance between towns beyond the noise of their deals.
    dof : int
        Control towns less counties; 0 when no county has two of them.
    tail : float
        Degrees of freedom of the heaviest t distribution that the deviations of the control towns
        do not rule out; at most `dof`.
    unit : float
        Its scale, in standard deviations.
    mean, mean_variance : ndarray, shape (n_counties,)
        Precision-weighted mean of a county's control towns and its variance; NaN without one.
    n_towns : ndarray of int64, shape (n_counties,)
        Control towns by county.
    """

    tau2: float
    dof: int
    tail: float
    unit: float
    mean: "Floats"
    mean_variance: "Floats"
    n_towns: "Codes"


@dataclass(frozen=True, slots=True)
class Contrast:
    """Zones less their counties' control towns.

    Attributes
    ----------
    estimate, std_error, ci_low, ci_high, p_value, mde : ndarray, shape (n,)
        Effect, standard error, 95 % interval, two-sided p-value and smallest effect found with
        80 % power at the 5 % level; NaN where not estimable.
    """

    estimate: "Floats"
    std_error: "Floats"
    ci_low: "Floats"
    ci_high: "Floats"
    p_value: "Floats"
    mde: "Floats"


def fit_town_variation(
    estimate: "Floats", noise: "Floats", county: "Codes", n_counties: int
) -> TownVariation:
    """Estimate tau² by the method of moments, county means removed.

    Parameters
    ----------
    estimate : ndarray, shape (n,)
        One number per never-treated town (a change, a slope).
    noise : ndarray, shape (n,)
        Its sampling variance.
    county : ndarray of int64, shape (n,)
        County codes below `n_counties`.
    n_counties : int
        Number of counties.

    Returns
    -------
    TownVariation
        tau², degrees of freedom and county means.

    Notes
    -----
    Paule–Mandel: tau² ≥ 0 such that the weighted sum of squares around county means equals its
    degrees of freedom, towns − counties. Towns that stray far more often than a normal
    law allows would otherwise be flagged by the dozen: `tail` is the lower end of a one-sided 95 %
    likelihood interval for the degrees of freedom of the standardised deviations.
    """
    n_towns = np.bincount(county, minlength=n_counties)
    dof = int(len(estimate) - (n_towns > 0).sum())
    floor = np.maximum(noise, 1e-18)

    def _excess(tau2: float) -> float:
        weight = 1.0 / (floor + tau2)
        mean, _ = _county_means(estimate, weight, county, n_counties)
        return float(np.sum(weight * (estimate - mean[county]) ** 2)) - dof

    tau2 = 0.0
    if dof > 0 and _excess(0.0) > 0.0:
        upper = max(float(np.var(estimate)) * len(estimate), 1e-12)
        tau2 = float(optimize.brentq(_excess, 0.0, upper, xtol=1e-16, rtol=1e-12))
    mean, total = _county_means(estimate, 1.0 / (floor + tau2), county, n_counties)
    variance = np.full(n_counties, np.nan)
    np.divide(1.0, total, out=variance, where=total > 0)
    weight = 1.0 / (floor + tau2)
    leverage = weight / np.where(total > 0, total, 1.0)[county]
    away = (estimate - mean[county]) * np.sqrt(weight / np.maximum(1.0 - leverage, 1e-9))
    tail, unit = _tails(away[n_towns[county] > 1], dof)
    return TownVariation(tau2, dof, tail, unit, mean, variance, n_towns)


def _tails(away: "Floats", dof: int) -> tuple[float, float]:
    """Heaviest t distribution that standardised deviations do not rule out, and its scale."""
    if dof < 1 or not len(away) or not away.any():
        return float(max(dof, 1)), 1.0
    tails = np.array([*TAILS[dof > TAILS], float(dof)])
    scales = np.exp(np.linspace(-1.5, 0.7, 111))
    scaled = away[:, None, None] / scales
    likelihood = (_log_density(scaled, tails[:, None]) - np.log(scales)).sum(axis=0)
    best = likelihood.max(axis=1)
    heaviest = int(np.argmax(best >= best.max() - LIKELIHOOD_DROP))
    if heaviest == len(tails) - 1:
        return float(dof), 1.0
    return float(tails[heaviest]), float(scales[likelihood[heaviest].argmax()])


def _log_density(x: "Floats", dof: "Floats") -> "Floats":
    """Log density of the t distribution; scipy's own is ten times slower on a grid."""
    half = (dof + 1.0) / 2.0
    constant = special.gammaln(half) - special.gammaln(dof / 2.0) - 0.5 * np.log(dof * np.pi)
    return np.asarray(constant - half * np.log1p(x * x / dof), dtype=float)


def _county_means(
    estimate: "Floats", weight: "Floats", county: "Codes", n_counties: int
) -> "tuple[Floats, Floats]":
    total = np.bincount(county, weights=weight, minlength=n_counties)
    moment = np.bincount(county, weights=weight * estimate, minlength=n_counties)
    mean = np.full(n_counties, np.nan)
    np.divide(moment, total, out=mean, where=total > 0)
    return mean, np.asarray(total, dtype=float)


def fit_contrast(
    estimate: "Floats", noise: "Floats", control: "tuple[Floats, Floats]", variation: TownVariation
) -> Contrast:
    """Compare zones with the control mean of their counties.

    Parameters
    ----------
    estimate, noise : ndarray, shape (n,)
        Number of each zone and its sampling variance.
    control : tuple of ndarray, shape (n,)
        Control mean and its variance for each zone.
    variation : TownVariation
        tau², degrees of freedom and tail.

    Returns
    -------
    Contrast
        Effects with t intervals, control towns − counties degrees of freedom, or those of the
        heavier tails of `variation` where they are wider.

    Notes
    -----
    ``std_error² = tau² + noise + Var(control mean)``. A zone of several towns keeps the whole
    tau², the cautious side.
    """
    effect = estimate - control[0]
    variance = variation.tau2 + noise + control[1]
    usable = np.isfinite(effect) & (variance > 1e-16) & (variation.dof > 0)
    error = np.sqrt(np.where(usable, variance, np.nan))
    effect = np.where(usable, effect, np.nan)
    laws = ((float(max(variation.dof, 1)), 1.0), (variation.tail, variation.unit))
    half, mde, p_value = (np.full(error.shape, low) for low in (0.0, 0.0, 0.0))
    for dof, unit in laws:
        scaled, quantile = unit * error, float(stats.t.ppf(0.975, dof))
        half = np.maximum(half, quantile * scaled)
        mde = np.maximum(mde, (quantile + float(stats.t.ppf(0.80, dof))) * scaled)
        p_value = np.maximum(p_value, 2.0 * stats.t.sf(np.abs(effect) / scaled, dof))
    return Contrast(effect, error, effect - half, effect + half, p_value, mde)
