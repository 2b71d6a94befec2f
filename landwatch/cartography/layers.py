"""Layers of a map as plain data: fill, sign of certainty, table cells and notes for each zone.

Everything a reader can see is decided here, in Python, from the numbers; the page only shows it.
A layer has ``key``, ``title``, ``legend``, ``columns`` and ``zones``; a zone has ``fill``,
``sign`` (how its outline is drawn, see `palette.SIGNS`), ``symbol``,
``cells`` (for the table), ``rows`` (label and value) and ``notes`` (sentences). A text is a string,
when it is the same in both languages, or a pair.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from landwatch.cartography.catalogue import (
    YEARLY,
    bilingual,
    estimator_label,
    outcome_label,
)
from landwatch.cartography.classes import break_labels, class_colours
from landwatch.cartography.numbers import count_text, percent_change, percent_text, q_text
from landwatch.cartography.palette import (
    DIVERGING,
    HATCH,
    LAND,
    UNCLEAR_STRENGTH,
    faded,
)
from landwatch.cartography.sentences import (
    Estimate,
    effect_sentence,
    interval_text,
    mde_text,
    reading,
    status_reason,
)
from landwatch.cartography.site_info import SiteInfo, Text

Layer = dict[str, Any]
Zone = dict[str, Any]
NO_ROW = "insufficient_data"

EFFECT_COLUMNS = ("row_change", "row_interval", "row_n_before", "row_n_after", "row_q_short")
YEARLY_COLUMNS = (
    "row_change_yearly",
    "row_interval",
    "row_years_before",
    "row_years_after",
    "row_q_short",
)


def effect_layer(
    effects: pd.DataFrame,
    outcome: str,
    *,
    info: SiteInfo,
    breaks: tuple[float, ...],
    verdicts: Mapping[str, tuple[str, str, str]],
    note_key: str = "legend_breaks",
) -> Layer:
    """Layer of the change of one outcome.

    Parameters
    ----------
    effects : DataFrame
        Rows of one outcome, index ``zone_id``, columns of the effects table.
    outcome : str
        Code of the outcome.
    info : SiteInfo
        False discovery rate and interval level are used.
    breaks : tuple of float
        Six class breaks [%].
    verdicts : Mapping
        Zone to verdict, confidence and reasons; may be empty.
    note_key : str, optional
        Key of the sentence that explains the breaks.

    Returns
    -------
    dict
        The layer.
    """
    label, yearly = outcome_label(outcome), outcome in YEARLY
    percent = [
        percent_change(value) if status == "estimated" else math.nan
        for value, status in zip(effects["estimate_log"], effects["status"], strict=True)
    ]
    fills = dict(zip(effects.index, _fills(np.asarray(percent), breaks), strict=True))
    zones = {
        str(row.Index): _effect_zone(row, label, fills[row.Index], info, verdicts)
        for row in effects.itertuples()
    }
    return {
        "key": outcome,
        "title": label,
        "legend": {
            "kind": "scale",
            "labels": break_labels(breaks),
            "colours": list(DIVERGING),
            "items": [
                legend_key(DIVERGING[5], "clear", "sign_clear"),
                legend_key(faded(DIVERGING[5], UNCLEAR_STRENGTH), "unclear", "sign_unclear"),
                legend_key(HATCH, "insufficient", "sign_insufficient"),
                legend_key(LAND, "control", "sign_control"),
            ],
            "title": bilingual("legend_change_yearly" if yearly else "legend_change"),
            "note": bilingual(note_key),
        },
        "columns": list(YEARLY_COLUMNS if yearly else EFFECT_COLUMNS),
        "zones": zones,
    }


def absent_zone(verdict: tuple[str, str, str] | None = None) -> Zone:
    """A treated zone that has no row in the results: hatched, and said so.

    Parameters
    ----------
    verdict : tuple of (str, str, str) or None, optional
        Its verdict, confidence and reasons.

    Returns
    -------
    dict
        The zone of a layer.
    """
    rows: list[list[Any]] = [[bilingual("row_status"), bilingual("status_no_row")]]
    if verdict is not None:
        rows.append([bilingual("row_verdict"), bilingual(f"verdict_{verdict[0]}")])
    return {
        "fill": HATCH,
        "sign": "insufficient",
        "symbol": "",
        "cells": [bilingual("reading_insufficient"), "", "", "", ""],
        "rows": rows,
        "notes": [bilingual("status_no_row")],
    }


def estimate_of(row: Any) -> Estimate:
    """Numbers of one row of the effects table.

    Parameters
    ----------
    row : namedtuple
        A row with the columns of the effects table.

    Returns
    -------
    Estimate
        The numbers as floats; of the q-values of the outcome and of its axis the larger, since a
        verdict asks for both.
    """
    axis = float(getattr(row, "q_axis", row.q_value))
    return Estimate(
        float(row.estimate_log),
        float(row.ci_low),
        float(row.ci_high),
        max(float(row.q_value), axis),
        float(row.mde_log),
        str(row.status),
        str(row.outcome) in YEARLY,
    )


def legend_key(fill: str, sign: str, label: str, symbol: str | Text = "") -> dict[str, Any]:
    """One entry of a legend, drawn with the same signs as the map.

    Parameters
    ----------
    fill : str
        Colour or pattern.
    sign : str
        How the outline is drawn, a key of `palette.SIGNS`.
    label : str
        Key of the catalogue.
    symbol : str or tuple of (str, str), optional
        What is written on the fill.

    Returns
    -------
    dict
        The entry.
    """
    return {"fill": fill, "sign": sign, "symbol": symbol, "label": bilingual(label)}


def _fills(percent: np.ndarray[Any, Any], breaks: tuple[float, ...]) -> list[str]:
    known = np.isfinite(percent)
    fills = np.full(percent.shape, HATCH, dtype=object)
    fills[known] = class_colours(percent[known], breaks)
    return [str(fill) for fill in fills]


def _effect_zone(
    row: Any,
    label: Text,
    fill: str,
    info: SiteInfo,
    verdicts: Mapping[str, tuple[str, str, str]],
) -> Zone:
    estimate = estimate_of(row)
    kind = reading(estimate, info.fdr)
    sign = {"insufficient": "insufficient", "unclear": "unclear", "inconsistent": "unclear"}.get(
        kind, "clear"
    )
    counts = [count_text(float(row.n_before)), count_text(float(row.n_after))]
    return {
        "fill": faded(fill, UNCLEAR_STRENGTH) if sign == "unclear" else fill,
        "sign": sign,
        "symbol": "",
        "cells": _cells(estimate, kind, counts, info),
        "rows": _rows(row, estimate, kind, info, verdicts.get(str(row.Index))),
        "notes": [effect_sentence(estimate, label, fdr=info.fdr, level=info.interval_level)],
    }


def _cells(estimate: Estimate, kind: str, counts: list[str], info: SiteInfo) -> list[Any]:
    if kind == "insufficient":
        return [bilingual("reading_insufficient"), "", *counts, ""]
    change = percent_text(percent_change(estimate.estimate_log))
    return [change, interval_text(estimate), *counts, q_text(estimate.q_value, info.fdr)]


def _rows(
    row: Any, estimate: Estimate, kind: str, info: SiteInfo, verdict: tuple[str, str, str] | None
) -> list[list[Any]]:
    rows: list[list[Any]] = []
    yearly = estimate.yearly
    if kind == "insufficient":
        rows.append(["row_status", bilingual("reading_insufficient")])
        rows.append(["row_reasons", status_reason(estimate.status)])
    else:
        rows.append(
            [
                "row_change_yearly" if yearly else "row_change",
                percent_text(percent_change(estimate.estimate_log)),
            ]
        )
        rows.append(["row_interval", interval_text(estimate)])
        rows.append(["row_reading", bilingual(f"reading_{kind}")])
        rows.append(["row_q", q_text(estimate.q_value, info.fdr)])
    rows.append(["row_years_before" if yearly else "row_n_before", count_text(float(row.n_before))])
    rows.append(["row_years_after" if yearly else "row_n_after", count_text(float(row.n_after))])
    rows.append(["row_n_controls", count_text(float(row.n_controls))])
    rows.append(["row_mde_yearly" if yearly else "row_mde", mde_text(estimate.mde_log) or ""])
    if kind != "insufficient" and math.isfinite(float(row.breakdown_m)):
        rows.append(["row_breakdown", f"{float(row.breakdown_m):.2f}"])
    rows.append(["row_estimator", estimator_label(str(row.estimator))])
    if verdict is not None:
        rows.append(["row_verdict", bilingual(f"verdict_{verdict[0]}")])
    return [[bilingual(key), value or bilingual("not_available")] for key, value in rows]
