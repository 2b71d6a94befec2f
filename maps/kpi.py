"""Map of people, income and births: effects with a selector, and each zone's yearly series."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from landwatch.cartography.catalogue import outcome_label
from landwatch.cartography.plots import series_plot
from maps.draft import MapDraft, draw_effects
from maps.mart import Mart

OUTCOMES = ("population", "income", "births")
SERIES = {"population": "population", "income": "income_median_twd", "births": "births"}


def draw_kpi(mart: Mart) -> MapDraft:
    """Draft the map of people, income and births.

    Parameters
    ----------
    mart : Mart
        The tables.

    Returns
    -------
    MapDraft
        One layer per outcome, or the reason why there are none.
    """
    draft = draw_effects(
        mart,
        "kpi",
        OUTCOMES,
        shared=("population", "income"),
        own=("births",),
        note_key="legend_breaks_kpi",
    )
    if mart.kpi is None or mart.zones is None:
        return draft
    starts = dict(zip(mart.zones["zone_id"], mart.zones["effective"], strict=True))
    for layer in draft.layers:
        column = SERIES[layer["key"]]
        groups = {str(zone): rows for zone, rows in mart.kpi.groupby("zone_id")}
        for zone in layer["zones"].keys() & groups.keys():
            series = zone_series(groups[zone], column, starts.get(zone, ""))
            if series is not None:
                series["title"] = outcome_label(layer["key"])
                layer["zones"][zone]["series"] = [series]
    return draft


def zone_series(rows: pd.DataFrame, column: str, effective: str) -> dict[str, Any] | None:
    """Yearly numbers of one zone as a small plot.

    Parameters
    ----------
    rows : DataFrame
        Rows of one zone of the KPI table.
    column : str
        Which number.
    effective : str
        Start date, ISO, or empty.

    Returns
    -------
    dict or None
        The plot; None with fewer than two years of data.
    """
    known = rows[np.isfinite(rows[column]) & np.isfinite(rows["year"])].sort_values("year")
    if len(known) < 2:
        return None
    plot = series_plot(
        known["year"].to_numpy(), known[column].to_numpy(), _fractional_year(effective)
    )
    return {"plot": plot.to_payload()}


def _fractional_year(day: str) -> float | None:
    try:
        start = dt.date.fromisoformat(day[:10])
    except ValueError:
        return None
    return start.year + (start.timetuple().tm_yday - 1) / 365.25
