"""Descriptive maps: one page a subject, one layer a figure, every town on them."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from landwatch.cartography.catalogue import bilingual
from landwatch.cartography.figure_layer import figure_layer
from landwatch.cartography.figure_styles import FIGURE_PAGES, FIGURE_STYLES
from maps.draft import MapDraft
from maps.mart import Mart


def figure_maps() -> tuple[Callable[[Mart], MapDraft], ...]:
    """Return a drawing function for every page of `FIGURE_PAGES`.

    Returns
    -------
    tuple of callable
        Each takes the mart and returns a draft.
    """
    return tuple(partial(draw_figures, name=name) for name in FIGURE_PAGES)


def draw_figures(mart: Mart, name: str) -> MapDraft:
    """Draft one descriptive map.

    Parameters
    ----------
    mart : Mart
        The tables.
    name : str
        A key of `FIGURE_PAGES`.

    Returns
    -------
    MapDraft
        One layer for every figure with a number or a suppressed one, or the reason why none.
    """
    if mart.zones is None:
        return MapDraft(name, reason=bilingual("missing_zones"))
    if mart.figures is None:
        return MapDraft(name, reason=bilingual("missing_figures"))
    treated = set(mart.zones.loc[mart.zones["is_zone"], "zone_id"])
    every = mart.zones["zone_id"]
    layers = [
        figure_layer(_latest(rows, every), FIGURE_STYLES[figure], figure, treated)
        for figure in FIGURE_PAGES[name]
        if (rows := mart.figures[mart.figures["figure"] == figure])["status"].ne("no_data").any()
    ]
    reason = None if layers else bilingual("missing_figures")
    return MapDraft(name, tuple(layers), reason)


def _latest(rows: pd.DataFrame, areas: pd.Series) -> pd.DataFrame:
    """Each area's row of the latest period; areas without a row are ``no_data``."""
    last = rows.sort_values("period").drop_duplicates("zone_id", keep="last")
    full = last.set_index("zone_id").reindex(areas)
    full["status"] = full["status"].fillna("no_data")
    full["period"] = full["period"].fillna("")
    full["n_rows"] = full["n_rows"].fillna(0)
    return full.reset_index()
