"""Plots as numbers."""

import numpy as np

from landwatch.cartography.plots import HEIGHT, WIDTH, event_study_plot, series_plot


def test_event_study_keeps_everything_inside_and_in_order() -> None:
    """Intervals hold their points, zero is drawn, the start lies between −1 and 0."""
    period = np.arange(-3.0, 4.0)
    change = period * 2
    plot = event_study_plot(period, change, change - 3, change + 3)
    assert all(high <= y <= low for y, low, high in zip(plot.y, plot.low, plot.high, strict=True))
    assert plot.x == sorted(plot.x)
    assert plot.y == sorted(plot.y, reverse=True)
    assert plot.x[2] < plot.start < plot.x[3]
    assert plot.zero == plot.y[3]
    assert min(plot.high) >= 0
    assert max(plot.low) <= HEIGHT
    assert max(plot.x) <= WIDTH
    assert [label for _, label in plot.x_ticks] == ["−3", "−2", "−1", "0", "1", "2", "3"]


def test_one_period_and_equal_values_do_not_fail() -> None:
    """A single point and a flat series still give a plot with rising ticks."""
    one = np.array([0.0])
    assert event_study_plot(one, one, one, one).start is None
    flat = series_plot(np.array([2019.0, 2020.0]), np.array([5.0, 5.0]), 2019.5)
    assert flat.y[0] == flat.y[1]
    assert flat.x[0] < flat.start < flat.x[1]
    heights = [height for height, _ in flat.y_ticks]
    assert heights == sorted(heights, reverse=True)


def test_start_outside_the_years_is_not_drawn() -> None:
    """A start date before the series leaves no line."""
    plot = series_plot(np.array([2019.0, 2020.0]), np.array([5.0, 6.0]), 2010.0)
    assert plot.start is None
    assert plot.to_payload()["zero"] is None
