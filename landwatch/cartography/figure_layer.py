"""Layer of one descriptive figure: every town a class, suppressed and unknown ones told apart."""

import math
from typing import Any

import numpy as np
import pandas as pd

from landwatch.cartography.catalogue import bilingual
from landwatch.cartography.classes import (
    class_colours,
    plain_labels,
    sequential_breaks,
    sequential_colours,
    sequential_scale,
    symmetrical_breaks,
)
from landwatch.cartography.figure_styles import FigureStyle
from landwatch.cartography.layers import Layer, Zone, legend_key
from landwatch.cartography.numbers import count_text, figure_text
from landwatch.cartography.palette import DIVERGING, HATCH, LAND
from landwatch.cartography.site_info import Text

FIGURE_COLUMNS = ("row_value", "row_period", "row_n_rows")


def figure_layer(rows: pd.DataFrame, style: FigureStyle, key: str, treated: set[str]) -> Layer:
    """Layer of one figure.

    Parameters
    ----------
    rows : DataFrame
        Rows of one figure, one an area: ``zone_id, period, value, n_rows, status``.
    style : FigureStyle
        How the figure is shown.
    key : str
        Name of the figure.
    treated : set of str
        Areas that are zones; they get a heavier outline.

    Returns
    -------
    dict
        The layer. Its areas have no rows and notes of their own: the page shows the cells under
        the names of the columns, and the legend's note.
    """
    shown = rows["value"].to_numpy(dtype=float) * style.factor
    colours, labels = _scale(shown, style)
    fills = _fills(shown, style)
    zones = {
        str(row.zone_id): _zone(row, value, fill, style, treated)
        for row, value, fill in zip(rows.itertuples(), shown, fills, strict=True)
    }
    return {
        "key": key,
        "title": style.title,
        "legend": {
            "kind": "scale",
            "labels": labels,
            "colours": list(colours),
            "items": _keys(colours),
            "title": _with_unit(style),
            "note": style.note,
        },
        "columns": list(FIGURE_COLUMNS),
        "zones": zones,
    }


def period_text(period: str) -> str | Text:
    """Say the period of a figure; the two that are no time are said in words.

    Parameters
    ----------
    period : str
        As the table of figures has it.

    Returns
    -------
    str or tuple of (str, str)
        Text in one or both languages.
    """
    if period in {"all", "undated", ""}:
        return bilingual(f"period_{period or 'none'}")
    return period


def _with_unit(style: FigureStyle) -> Text:
    return (f"{style.title[0]}（{style.unit[0]}）", f"{style.title[1]} ({style.unit[1]})")


def _keys(colours: tuple[str, ...]) -> list[dict[str, Any]]:
    middle = colours[len(colours) // 2]
    return [
        legend_key(middle, "zone", "sign_zone"),
        legend_key(middle, "town", "sign_town"),
        legend_key(HATCH, "suppressed", "sign_suppressed"),
        legend_key(LAND, "no_data", "sign_no_data"),
    ]


def _scale(shown: np.ndarray[Any, Any], style: FigureStyle) -> tuple[tuple[str, ...], list[str]]:
    breaks, is_change = _breaks(shown, style), style.scale == "diverging"
    colours = DIVERGING if is_change else sequential_scale(breaks)
    return colours, plain_labels(breaks, signed=is_change)


def _breaks(shown: np.ndarray[Any, Any], style: FigureStyle) -> tuple[float, ...]:
    known = shown[np.isfinite(shown)]
    return symmetrical_breaks(known) if style.scale == "diverging" else sequential_breaks(known)


def _fills(shown: np.ndarray[Any, Any], style: FigureStyle) -> list[str]:
    known = np.isfinite(shown)
    colours = class_colours if style.scale == "diverging" else sequential_colours
    fills = np.full(shown.shape, LAND, dtype=object)
    fills[known] = colours(shown[known], _breaks(shown, style))
    return [str(fill) for fill in fills]


def _zone(row: Any, value: float, fill: str, style: FigureStyle, treated: set[str]) -> Zone:
    known = math.isfinite(value)
    sign = str(row.status) if not known else "zone" if str(row.zone_id) in treated else "town"
    text = figure_text(value, style.decimals, signed=style.scale == "diverging")
    told: str | Text = text if known else bilingual(f"sign_{row.status}")
    count = count_text(float(row.n_rows))
    return {
        "fill": fill if known else HATCH if row.status == "suppressed" else LAND,
        "sign": sign,
        "cells": [told, period_text(str(row.period)), count],
    }
