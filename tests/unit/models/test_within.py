"""Algebra inside groups against plain regressions."""

import numpy as np
import pytest

from landwatch.models.within import (
    codes,
    free_directions,
    period_index,
    profiled_effects,
    within_demeaned,
    within_slopes,
)


def _dummies(code: np.ndarray) -> np.ndarray:
    return (code[:, None] == np.unique(code)).astype(float)


@pytest.fixture
def places() -> dict[str, np.ndarray]:
    """Draw forty rows of two units with three places each."""
    rng = np.random.default_rng(4)
    place = rng.integers(0, 6, 40)
    return {
        "place": place,
        "unit": place // 3,
        "x": rng.integers(0, 2, 40).astype(float),
        "y": rng.normal(size=40),
        "period": rng.integers(0, 4, 40),
    }


def test_slopes_are_least_squares_slopes_with_place_dummies(places: dict[str, np.ndarray]) -> None:
    """Each unit's slope equals the dummy-variable regression of that unit alone."""
    found = within_slopes(
        places["y"], places["x"], group=places["place"], unit=places["unit"], n_units=2
    )
    for unit in range(2):
        kept = places["unit"] == unit
        design = np.column_stack([places["x"][kept], _dummies(places["place"][kept])])
        slope = np.linalg.lstsq(design, places["y"][kept])[0][0]
        assert found.slope[unit] == pytest.approx(slope, abs=1e-12)


def test_slope_is_missing_where_the_regressor_is_constant_in_every_place() -> None:
    """Places seen on one side of a date only carry no information about the change."""
    place = np.array([0, 0, 1, 1])
    found = within_slopes(
        np.arange(4.0), np.array([0.0, 0, 1, 1]), group=place, unit=place * 0, n_units=1
    )
    assert np.isnan(found.slope[0])
    assert found.information[0] == 0.0


def test_profiled_effects_explain_what_dummies_explain(places: dict[str, np.ndarray]) -> None:
    """Differences of factor effects equal those of the full dummy regression."""
    (effects,), rank = profiled_effects(places["y"], [places["period"]], places["place"])
    design = np.column_stack([_dummies(places["period"]), _dummies(places["place"])])
    full = np.linalg.lstsq(design, places["y"])[0][:4]
    np.testing.assert_allclose(np.diff(effects), np.diff(full), atol=1e-10)
    assert rank == 3


def test_period_index_is_the_dummy_regression_of_each_unit(places: dict[str, np.ndarray]) -> None:
    """The stacked solution equals separate regressions, and keeps each unit's mean."""
    index = period_index(
        places["y"],
        group=places["place"],
        unit=places["unit"],
        period=places["period"],
        shape=(2, 4),
    )
    for unit in range(2):
        kept = places["unit"] == unit
        period = places["period"][kept]
        design = np.column_stack([_dummies(period), _dummies(places["place"][kept])])
        full = np.linalg.lstsq(design, places["y"][kept])[0][: len(np.unique(period))]
        np.testing.assert_allclose(np.diff(index[unit][np.unique(period)]), np.diff(full))
        assert index[unit][period].mean() == pytest.approx(places["y"][kept].mean())


def test_constant_groups_demean_to_zero() -> None:
    """A constant inside each group leaves nothing."""
    group = np.array([0, 1, 0, 1])
    assert not within_demeaned(np.array([3.0, 5, 3, 5]), group).any()


def test_codes_do_not_depend_on_the_order_of_rows() -> None:
    """Equal combinations get equal codes wherever they stand."""
    left, right = np.array(["b", "a", "b"]), np.array([1, 1, 0])
    forward = codes(left, right)
    assert forward.tolist() == [2, 0, 1]
    np.testing.assert_array_equal(codes(left[::-1], right[::-1]), forward[::-1])


def test_only_bridged_levels_are_identified() -> None:
    """Quarters 0–1 of year 0 and 2–3 of year 1 share no row: a row of year 0 and quarter 2 floats.

    Each year's own rows may be compared; between them only what a row bridges.
    """
    year = np.array([0, 0, 0, 1, 1, 1])
    quarter = np.array([0, 1, 1, 2, 3, 3])
    group = np.zeros(6, dtype=np.int64)
    free = free_directions([year, quarter], group)
    marks = free[0][year] + free[1][quarter]
    assert np.allclose(marks, marks[0], atol=1e-12)
    assert not np.allclose(free[0][0] + free[1][2], marks[0], atol=1e-3)
    bridged = [np.append(year, 0), np.append(quarter, 2)]
    now = free_directions(bridged, np.zeros(7, dtype=np.int64))
    assert np.allclose(now[0][0] + now[1][2], now[0][1] + now[1][3], atol=1e-12)
