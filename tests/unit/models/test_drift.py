"""The multiple of a zone's own drift that its effect bears."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.models.drift import Drift, drift_breakdown


def _one(estimate, error, quantile, slope, noise, before, after):
    parts = [np.array([float(v)]) for v in (slope, noise, before, after)]
    numbers = (np.array([float(v)]) for v in (estimate, error, quantile))
    return float(drift_breakdown(*numbers, Drift(*parts))[0])


def _bears(m, estimate, error, quantile, slope, noise, before, after):
    """Zero lies outside both intervals, written out."""
    for k in (before + m * after, before - m * after):
        middle = estimate - slope * k
        half = quantile * np.sqrt(error**2 + k**2 * noise)
        if middle - half <= 0 <= middle + half or np.sign(middle) != np.sign(estimate):
            return False
    return True


worlds = st.tuples(
    st.floats(-1, 1),
    st.floats(0.01, 0.3),
    st.floats(1.9, 4),
    st.integers(-2000, 2000).map(lambda n: n / 1e4),
    st.integers(0, 1000).map(lambda n: n / 1e5),
    st.floats(0, 4),
    st.floats(0.5, 5),
)


@given(worlds)
def test_breakdown_is_where_the_written_out_intervals_reach_zero(numbers):
    found = _one(*numbers)
    estimate, error, quantile, *_ = numbers
    if abs(estimate) <= quantile * error:  # the effect itself is no finding
        assert found == 0
        return
    if found == 0:
        assert not _bears(1e-6, *numbers)
        return
    assert _bears(min(found, 1e6) * (1 - 1e-6), *numbers)
    if np.isfinite(found):
        assert not _bears(found * (1 + 1e-6) + 1e-9, *numbers)


def test_an_effect_that_its_drift_continued_would_have_made_bears_less_than_one():
    # 10 % a year, 3 years before and 3 after: 0.6 without any effect
    assert _one(0.6, 0.05, 2.0, 0.1, 1e-4, 3, 3) < 1


def test_an_effect_without_drift_is_limited_by_what_the_drift_may_have_been():
    sure, unsure = _one(0.5, 0.1, 2, 0, 1e-4, 3, 3), _one(0.5, 0.1, 2, 0, 4e-3, 3, 3)
    assert sure > unsure > 0


def test_what_is_not_known_stays_missing():
    assert np.isnan(_one(0.5, 0.1, 2, np.nan, 1e-4, 3, 3))


def test_an_effect_whose_interval_holds_zero_bears_nothing():
    assert _one(0.1, 0.1, 2.0, 0.0, 0.0, 1, 1) == pytest.approx(0.0)
