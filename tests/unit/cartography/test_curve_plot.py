"""Positions of a specification curve."""

import numpy as np

from landwatch.cartography.curve_plot import LEFT, ROOM, TOP, curve_plot

PERCENT = np.array([-2.0, 1.0, 4.0])
LOW, HIGH = np.array([-5.0, -1.0, 2.0]), np.array([1.0, 3.0, 8.0])
BASE = np.array([False, True, False])
ROWS = [(("家", "family"), None), (("甲", "one"), np.array([True, False, True]))]


def test_higher_estimates_stand_higher_and_intervals_stay_inside() -> None:
    """Pixels follow the order of values, and zero lies between the signs."""
    plot = curve_plot(PERCENT, (LOW, HIGH), BASE, ROWS)
    assert plot.y == sorted(plot.y, reverse=True)
    assert plot.x == sorted(plot.x)
    assert all(low >= y >= high for low, y, high in zip(plot.low, plot.y, plot.high, strict=True))
    assert plot.y[0] > plot.zero > plot.y[1]


def test_one_wide_interval_is_cut_at_the_border() -> None:
    """Of forty intervals one a hundred times as wide does not set the scale."""
    middle = np.linspace(-5, 5, 40)
    half = np.where(np.arange(40) == 7, 200.0, 2.0)
    none = np.zeros(40, dtype=bool)
    plot = curve_plot(middle, (middle - half, middle + half), none, [])
    assert (plot.high[7], plot.low[7]) == (TOP, TOP + ROOM)
    assert plot.y[0] - plot.y[-1] > ROOM / 3


def test_marks_say_which_is_seen_and_which_is_ours() -> None:
    """Dark where the interval leaves zero out; the study's own is named."""
    plot = curve_plot(PERCENT, (LOW, HIGH), BASE, ROWS)
    assert plot.is_seen == [False, False, True]
    assert plot.base == 1
    assert curve_plot(PERCENT, (LOW, HIGH), ~np.ones(3, bool), ROWS).base is None


def test_dots_stand_below_the_specifications_that_made_the_choice() -> None:
    """A heading has no dots, a choice those of its columns, inside the figure."""
    plot = curve_plot(PERCENT, (LOW, HIGH), BASE, ROWS)
    assert plot.rows[0]["x"] is None
    assert plot.rows[1]["x"] == [plot.x[0], plot.x[2]]
    assert plot.x[0] > LEFT
    assert plot.x[-1] < plot.width
    assert plot.rows[-1]["y"] < plot.height
