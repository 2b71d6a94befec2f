"""False discovery rate adjustment."""

import numpy as np
from statsmodels.stats.multitest import multipletests

from landwatch.models.adjustments import benjamini_hochberg


def test_the_four_test_example_by_hand() -> None:
    """q(i) is the smallest p(j)·m/j over j ≥ i: 0.01·4, 0.03·4/3 and 0.04·4/4, 0.5."""
    q_values = benjamini_hochberg([0.04, 0.01, 0.5, 0.03])
    np.testing.assert_allclose(q_values, [0.16 / 3, 0.04, 0.5, 0.16 / 3])


def test_missing_values_are_no_tests() -> None:
    """NaN stays NaN and leaves the other q-values as statsmodels gives them alone."""
    p_values = np.array([0.2, np.nan, 0.001, 0.03, np.nan])
    q_values = benjamini_hochberg(p_values)
    known = ~np.isnan(p_values)
    np.testing.assert_array_equal(
        q_values[known], multipletests(p_values[known], method="fdr_bh")[1]
    )
    assert np.isnan(q_values[~known]).all()


def test_a_family_without_tests_is_empty() -> None:
    """No tested zone, no q-value."""
    assert np.isnan(benjamini_hochberg([np.nan, np.nan])).all()
    assert benjamini_hochberg([]).shape == (0,)
