"""Small line plots as numbers in pixels; the page draws them as inline SVG."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landwatch.cartography.numbers import count_text, round_text

WIDTH, HEIGHT = 340, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 12, 14, 34


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with every position already in pixels.

    Attributes
    ----------
    width, height : int
        Size [px].
    x, y : list of int
        Points [px].
    low, high : list of int
        Ends of the intervals [px]; empty when there are none.
    zero : int or None
        Height of the line of no difference [px].
    start : int or None
        Where the start date lies [px].
    x_ticks, y_ticks : list of (int, str)
        Positions [px] with labels.
    """

    width: int
    height: int
    x: list[int]
    y: list[int]
    low: list[int]
    high: list[int]
    zero: int | None
    start: int | None
    x_ticks: list[tuple[int, str]]
    y_ticks: list[tuple[int, str]]

    def to_payload(self) -> dict[str, Any]:
        """Return the fields as a dictionary for the page."""
        return asdict(self)


def event_study_plot(
    period: NDArray[np.float64],
    percent: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> Plot:
    """Plot differences by period with their intervals.

    Parameters
    ----------
    period : ndarray, shape (n,)
        Periods from the start date, ascending.
    percent, low, high : ndarray, shape (n,)
        Difference and its interval [%].

    Returns
    -------
    Plot
        With the line of zero always inside, and the start drawn just before period 0.
    """
    ends = np.concatenate([low, high, percent, [0.0]])
    ticks = round_ticks(float(ends.min()), float(ends.max()))
    to_x, to_y = _scale_x(period.min(), period.max()), _scale_y(ticks[0], ticks[-1])
    return Plot(
        WIDTH,
        HEIGHT,
        _pixels(to_x, period),
        _pixels(to_y, percent),
        _pixels(to_y, low),
        _pixels(to_y, high),
        to_y(0.0),
        to_x(-0.5) if period.min() < 0 <= period.max() else None,
        [
            (to_x(tick), f"{tick:.0f}".replace("-", "−"))
            for tick in _whole_ticks(period.min(), period.max())
        ],
        [(to_y(tick), _tick_text(tick)) for tick in ticks],
    )


def series_plot(
    year: NDArray[np.float64], value: NDArray[np.float64], start_year: float | None
) -> Plot:
    """Plot a yearly series.

    Parameters
    ----------
    year, value : ndarray, shape (n,)
        Ascending years and finite values.
    start_year : float or None
        Start date in years, drawn as a line when it lies inside.

    Returns
    -------
    Plot
        Without intervals and without a line of zero.
    """
    ticks = round_ticks(float(value.min()), float(value.max()))
    to_x, to_y = _scale_x(year.min(), year.max()), _scale_y(ticks[0], ticks[-1])
    inside = start_year is not None and year.min() <= start_year <= year.max()
    return Plot(
        WIDTH,
        HEIGHT,
        _pixels(to_x, year),
        _pixels(to_y, value),
        [],
        [],
        None,
        to_x(start_year) if inside and start_year is not None else None,
        [
            (to_x(tick), f"{tick:.0f}".replace("-", "−"))
            for tick in _whole_ticks(year.min(), year.max())
        ],
        [(to_y(tick), count_text(tick)) for tick in ticks],
    )


def _tick_text(tick: float) -> str:
    return f"{round_text(tick)}%"


def _scale_x(low: float, high: float) -> Any:
    span = (high - low) or 1.0
    inset = 8.0
    room = WIDTH - _LEFT - _RIGHT - 2 * inset
    return lambda value: round(_LEFT + inset + room * (float(value) - low) / span)


def _scale_y(low: float, high: float) -> Any:
    room = HEIGHT - _TOP - _BOTTOM
    return lambda value: round(HEIGHT - _BOTTOM - room * (float(value) - low) / (high - low))


def _pixels(scale: Any, values: NDArray[np.float64]) -> list[int]:
    return [scale(value) for value in values]


def round_ticks(low: float, high: float) -> list[float]:
    """Round numbers that span a range.

    Parameters
    ----------
    low, high : float
        The range.

    Returns
    -------
    list of float
        Ascending; the first is at most `low`, the last at least `high`.
    """
    if high <= low:
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


def _whole_ticks(low: float, high: float) -> list[float]:
    step = next(s for s in (1, 2, 4, 5, 10, 20, 50, 100, 1000) if (high - low) / s <= 6)
    first = math.ceil(low / step)
    return [float(index * step) for index in range(first, math.floor(high / step) + 1)]
