"""Variation between towns and contrasts with few of them."""

import numpy as np
import pytest
from scipy import stats

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
