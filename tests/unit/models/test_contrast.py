"""Variation between towns and contrasts with few of them."""

import numpy as np
import pytest
from scipy import stats

from landwatch.models.adjustments import benjamini_hochberg
from landwatch.models.contrast import fit_contrast, fit_town_variation


def test_without_noise_tau_is_the_pooled_variance_between_towns() -> None:
    """tau² is the sum of squares around county means over towns − counties."""
    change = np.array([0.1, 0.3, -0.2, 0.0, 0.4])
    county = np.array([0, 0, 1, 1, 1])
    found = fit_town_variation(change, np.zeros(5), county, 2)
    squares = sum(((change[county == c] - change[county == c].mean()) ** 2).sum() for c in (0, 1))
    assert found.dof == 3
    assert found.tau2 == pytest.approx(squares / 3)
    assert found.mean_variance[1] == pytest.approx(found.tau2 / 3)


def test_one_zone_with_equal_controls_is_the_two_sample_t_test() -> None:
    """One zone against one county's towns gives the classical pooled t statistic."""
    change = np.array([0.1, 0.3, -0.2, 0.05])
    found = fit_town_variation(change, np.zeros(4), np.zeros(4, dtype=np.int64), 1)
    result = fit_contrast(np.array([0.6]), np.zeros(1), (found.mean, found.mean_variance), found)
    # with one observation on one side the pooled variance is that of the other side
    spread = change.std(ddof=1) * np.sqrt(1 + 1 / 4)
    t_value = (0.6 - change.mean()) / spread
    assert result.p_value[0] == pytest.approx(2 * stats.t.sf(t_value, 3))
    assert result.ci_low[0] == pytest.approx(0.6 - change.mean() - stats.t.ppf(0.975, 3) * spread)


def test_towns_closer_than_their_noise_have_no_variance_of_their_own() -> None:
    """tau² is never negative."""
    change = np.array([0.1, 0.1001, 0.0999])
    found = fit_town_variation(change, np.full(3, 0.04), np.zeros(3, dtype=np.int64), 1)
    assert found.tau2 == 0.0


def test_a_single_control_gives_no_degrees_of_freedom_and_no_number() -> None:
    """Without two towns in a county nothing is said."""
    found = fit_town_variation(np.array([0.1]), np.zeros(1), np.zeros(1, dtype=np.int64), 1)
    result = fit_contrast(np.array([0.6]), np.ones(1), (found.mean, found.mean_variance), found)
    assert found.dof == 0
    assert np.isnan([result.estimate, result.std_error, result.p_value, result.mde]).all()


def test_equal_changes_without_noise_give_no_number() -> None:
    """No variation at all is no certainty."""
    found = fit_town_variation(np.zeros(3), np.zeros(3), np.zeros(3, dtype=np.int64), 1)
    result = fit_contrast(np.zeros(1), np.zeros(1), (found.mean, found.mean_variance), found)
    assert np.isnan(result.std_error).all()


def test_smallest_detectable_effect_is_found_four_times_in_five() -> None:
    """mde/se is the sum of the 97.5 % and 80 % points of t."""
    found = fit_town_variation(
        np.array([0.1, 0.3, -0.2]), np.zeros(3), np.zeros(3, dtype=np.int64), 1
    )
    result = fit_contrast(np.zeros(1), np.zeros(1), (found.mean, found.mean_variance), found)
    ratio = stats.t.ppf(0.975, 2) + stats.t.ppf(0.8, 2)
    assert result.mde[0] / result.std_error[0] == pytest.approx(ratio)


@pytest.mark.parametrize("law", ["normal", "t3", "rare and wild"])
def test_flags_stay_rare_when_towns_stray_more_than_a_normal_law_allows(law: str) -> None:
    """134 zones without effect: worlds with any flag are at most 10 % even under heavy tails.

    Plain t inference flags something in two worlds of three under t3; the bound is the nominal
    5 % with the binomial slack of 150 worlds at 1 in 1,000.
    """
    rng = np.random.default_rng(5)

    def draw(n: int) -> np.ndarray:
        if law == "normal":
            return rng.normal(size=n)
        if law == "t3":
            return rng.standard_t(3, n)
        return rng.normal(size=n) * np.where(rng.random(n) < 0.05, 5.0, 1.0)

    worlds, zones, county = 150, 134, np.repeat(np.arange(20), 9)
    flagged, covered = 0, []
    for _ in range(worlds):
        found = fit_town_variation(draw(len(county)), np.full(len(county), 1e-4), county, 20)
        home = rng.integers(0, 20, zones)
        control = (found.mean[home], found.mean_variance[home])
        result = fit_contrast(draw(zones), np.full(zones, 1e-4), control, found)
        flagged += bool((benjamini_hochberg(result.p_value) <= 0.05).any())
        covered.append(float(((result.ci_low <= 0) & (result.ci_high >= 0)).mean()))
    assert flagged <= stats.binom.ppf(0.999, worlds, 0.05)
    slack = stats.t.ppf(0.999, worlds - 1) * np.std(covered, ddof=1) / np.sqrt(worlds)
    assert np.mean(covered) + slack >= 0.95


def test_tails_of_a_normal_law_cost_little() -> None:
    """With 180 normal towns the interval is at most a tenth wider than the plain t interval."""
    rng = np.random.default_rng(6)
    county = np.repeat(np.arange(20), 9)
    found = fit_town_variation(rng.normal(size=180), np.full(180, 1e-4), county, 20)
    ratio = stats.t.ppf(0.975, found.tail) * found.unit / stats.t.ppf(0.975, found.dof)
    assert 0.95 < ratio < 1.1
