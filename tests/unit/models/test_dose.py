"""Slope of changes on money: a published meta-regression, known truth, and what is refused."""

import itertools

import numpy as np
import pytest

from landwatch.models.dose import between_variance, fit_dose
from landwatch.vocabulary.errors import EstimationError, InputError

# Colditz et al. (1994), 13 trials of BCG vaccine: cases and others among those vaccinated and among
# those not, latitude; dat.bcg of R's metafor.
BCG = np.array(
    [
        [4, 119, 11, 128, 44], [6, 300, 29, 274, 55], [3, 228, 11, 209, 42],
        [62, 13536, 248, 12619, 52], [33, 5036, 47, 5761, 13], [180, 1361, 372, 1079, 44],
        [8, 2537, 10, 619, 19], [505, 87886, 499, 87892, 13], [29, 7470, 45, 7232, 27],
        [17, 1699, 65, 1600, 42], [186, 50448, 141, 27197, 18], [5, 2493, 3, 2338, 33],
        [27, 16886, 29, 17825, 33],
    ],
    dtype=float,
)  # fmt: skip


def _bcg():
    a, b, c, d, latitude = BCG.T
    risk = np.log(a / (a + b)) - np.log(c / (c + d))
    return risk, 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d), latitude


def _zones(seed, slope, tau, counties=6, size=8):
    rng = np.random.default_rng(seed)
    county = np.repeat(np.arange(counties), size)
    dose = rng.normal(7, 1, len(county))
    variance = rng.uniform(0.01, 0.04, len(county)) ** 2
    shock = rng.normal(0, 0.1, counties)[county]
    noise = rng.normal(0, np.sqrt(variance + tau**2))
    return shock + slope * dose + noise, variance, dose, county


@pytest.mark.reference
def test_slope_and_variance_between_are_those_metafor_prints():
    """rma(yi, vi, mods = ~ ablat): tau² 0.0764, slope −0.0291, plain standard error 0.0072."""
    risk, variance, latitude = _bcg()
    fit = fit_dose(risk, variance, latitude, np.zeros(13), permutations=0)
    # half a printed digit, and metafor's default threshold of convergence
    assert abs(fit.tau2 - 0.0764) <= 5e-5 + 1e-5
    assert f"{fit.slope:.4f}" == "-0.0291"
    weight = 1 / (variance + fit.tau2)
    apart = latitude - weight @ latitude / weight.sum()
    plain = 1 / np.sqrt(weight @ apart**2)
    assert f"{plain:.4f}" == "0.0072"
    left_over = risk - weight @ risk / weight.sum() - fit.slope * apart
    factor = weight @ left_over**2 / 11
    assert fit.std_error == pytest.approx(plain * max(1, factor) ** 0.5, rel=1e-10)
    assert (fit.dof, fit.n_zones, fit.n_groups) == (11, 13, 1)


def test_variance_between_solves_the_score_equation_of_restricted_likelihood():
    """At its maximum tr(P) = y'PPy, with P written out; relative to tr(P), where tau² is small."""
    risk, variance, latitude = _bcg()
    x = np.column_stack([np.ones(13), latitude])
    w = np.diag(1 / (variance + between_variance(risk, variance, x)))
    p = w - w @ x @ np.linalg.solve(x.T @ w @ x, x.T @ w)
    assert risk @ p @ p @ risk == pytest.approx(np.trace(p), rel=1e-5)


@pytest.mark.reference
def test_variance_between_without_regressors_is_the_one_metafor_prints():
    """rma(yi, vi), same trials: tau² 0.3132."""
    risk, variance, _ = _bcg()
    assert f"{between_variance(risk, variance, np.ones((13, 1))):.4f}" == "0.3132"


def test_no_variance_between_is_found_where_estimates_scatter_by_their_errors_or_less():
    """Equal values: tau² is 0, not a small positive number."""
    assert between_variance(np.full(6, 0.3), np.full(6, 0.01), np.ones((6, 1))) == 0.0


def test_slope_of_known_size_is_recovered_whatever_the_levels_of_counties():
    fit = fit_dose(*_zones(seed=1, slope=0.05, tau=0.01))
    assert abs(fit.slope - 0.05) <= 5 * fit.std_error
    assert fit.p_permutation == pytest.approx(0.002)
    change, variance, dose, county = _zones(seed=1, slope=0.05, tau=0.01)
    shifted = fit_dose(change + 3.0 * county, variance, dose, county)
    assert shifted.slope == pytest.approx(fit.slope, rel=1e-8)
    assert shifted.p_permutation == fit.p_permutation


def test_money_that_does_nothing_is_seldom_called_an_effect():
    """200 worlds without a slope: rejections at 5 % stay within 3 binomial errors above it."""
    fits = [
        fit_dose(*_zones(s, 0.0, 0.02, counties=4, size=5), permutations=99) for s in range(200)
    ]
    most = 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert np.mean([fit.p_value < 0.05 for fit in fits]) <= most
    assert np.mean([fit.p_permutation < 0.05 for fit in fits]) <= most


def test_permutation_agrees_with_all_orders_inside_groups():
    """Two counties of three: 36 orders; the sampled p is within 5 standard errors of the exact."""
    change = np.array([0.1, 0.3, 0.2, 0.5, 0.4, 0.9])
    dose = np.array([1.0, 2.0, 4.0, 1.0, 3.0, 5.0])
    county = np.repeat([0, 1], 3)
    fit = fit_dose(change, np.full(6, 0.01), dose, county, permutations=4999)
    centred = change - np.repeat([change[:3].mean(), change[3:].mean()], 3)
    orders = itertools.product(itertools.permutations(dose[:3]), itertools.permutations(dose[3:]))
    slopes = np.array([np.concatenate(o) @ centred for o in orders])
    above = (slopes >= slopes[0] - 1e-12).mean()
    exact = min(1.0, 2 * min(above, (slopes <= slopes[0] + 1e-12).mean()))
    assert abs(fit.p_permutation - exact) <= 5 * np.sqrt(exact / 4999) + 2 / 5000


def test_order_of_zones_does_not_matter_and_lone_zones_are_counted():
    change, variance, dose, county = _zones(seed=2, slope=0.02, tau=0.02)
    one = fit_dose(change, variance, dose, county)
    mixed = np.random.default_rng(0).permutation(len(change))
    two = fit_dose(change[mixed], variance[mixed], dose[mixed], county[mixed])
    assert one == two
    alone = fit_dose(
        np.append(change, 9.0),
        np.append(variance, 0.01),
        np.append(dose, 99),
        np.append(county, 99),
    )
    assert (alone.n_alone, alone.slope, alone.n_zones) == (1, one.slope, one.n_zones)


@pytest.mark.parametrize(
    ("change", "variance", "dose", "county", "error", "told"),
    [
        ([1, 2, np.nan, 4], [1] * 4, [1, 2, 3, 4], [0] * 4, InputError, "1 zones with a gap"),
        ([1, 2, 3, 4], [1, 1, 1, 0], [1, 2, 3, 4], [0] * 4, InputError, "1 variances"),
        ([1, 2, 3, 4], [1] * 4, [1, 1, 2, 2], [0, 0, 1, 1], EstimationError, "varies inside"),
        ([1, 2, 3, 4], [1] * 4, [1, 2, 3, 4], [0, 1, 2, 3], EstimationError, "0 zones in 0"),
    ],
)
def test_data_that_carry_no_slope_are_refused(change, variance, dose, county, error, told):
    with pytest.raises(error, match=told):
        fit_dose(change, variance, dose, county)
