"""Specification curve as numbers in pixels: estimates in order above a matrix of choices."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landwatch.cartography.numbers import round_text
from landwatch.cartography.plots import round_ticks
from landwatch.cartography.site_info import Text

LEFT, RIGHT, TOP = 168, 10, 14
STEP, ROOM, GAP, ROW = 8, 190, 20, 15


@dataclass(frozen=True, slots=True)
class CurvePlot:
    """A curve with every position already in pixels.

    Attributes
    ----------
    width, height : int
        Size [px].
    x, y, low, high : list of int
        Estimates and the ends of their intervals [px], in order of the estimates.
    is_seen : list of bool
        Interval without zero.
    base : int or None
        Place of the study's own specification in these lists.
    zero : int
        Height of the line of no difference [px].
    y_ticks : list of (int, str)
        Positions [px] with labels.
    rows : list of dict
        The matrix: ``y`` [px], ``name`` (pair of texts), ``x`` of its dots [px]; a row without
        ``x`` is the heading of a family.
    """

    width: int
    height: int
    x: list[int]
    y: list[int]
    low: list[int]
    high: list[int]
    is_seen: list[bool]
    base: int | None
    zero: int
    y_ticks: list[tuple[int, str]]
    rows: list[dict[str, Any]]

    def to_payload(self) -> dict[str, Any]:
        """Return the fields as a dictionary for the page."""
        return asdict(self)


def curve_plot(
    percent: NDArray[np.float64],
    interval: tuple[NDArray[np.float64], NDArray[np.float64]],
    is_base: NDArray[np.bool_],
    matrix: Sequence[tuple[Text, NDArray[np.bool_] | None]],
) -> CurvePlot:
    """Plot a specification curve.

    Parameters
    ----------
    percent : ndarray, shape (n,)
        Estimates [%], ascending.
    interval : tuple of ndarray, shape (n,)
        Ends of the intervals [%].
    is_base : ndarray of bool, shape (n,)
        The study's own specification.
    matrix : sequence of (text, ndarray of bool or None)
        Rows below the curve: the name of a choice and who made it, or a heading.

    Returns
    -------
    CurvePlot
        With the line of zero always inside; the scale follows the middle nine tenths of interval
        ends, and intervals that reach beyond it are cut at its border.
    """
    low, high = interval
    ends = np.concatenate([np.quantile(low, [0.05, 0.95]), np.quantile(high, [0.05, 0.95])])
    ticks = round_ticks(
        float(min(ends.min(), percent.min(), 0.0)), float(max(ends.max(), percent.max(), 0.0))
    )
    bottom, top = ticks[0], ticks[-1]

    def _height(values: NDArray[np.float64]) -> list[int]:
        inside = np.clip(values, bottom, top)
        return [round(TOP + ROOM * (top - v) / (top - bottom)) for v in inside.tolist()]

    across = [LEFT + STEP * i + STEP // 2 for i in range(len(percent))]
    rows = [
        {
            "y": TOP + ROOM + GAP + ROW * i,
            "name": name,
            "x": None if made is None else [across[k] for k in np.flatnonzero(made)],
        }
        for i, (name, made) in enumerate(matrix)
    ]
    seen = ((low > 0) | (high < 0)).tolist()
    return CurvePlot(
        width=LEFT + STEP * len(across) + RIGHT,
        height=TOP + ROOM + GAP + ROW * len(rows),
        x=across,
        y=_height(percent),
        low=_height(low),
        high=_height(high),
        is_seen=seen,
        base=int(np.flatnonzero(is_base)[0]) if is_base.any() else None,
        zero=_height(np.zeros(1))[0],
        y_ticks=[(_height(np.array([t]))[0], f"{round_text(t)}%") for t in ticks],
        rows=rows,
    )
