"""The start page: verdicts, false flags to expect, pooled estimates, event studies, limits."""

import math
from typing import Any

import pandas as pd

from landwatch.cartography.catalogue import VERDICTS, bilingual, estimator_label, measure_label
from landwatch.cartography.numbers import count_text, percent_change, percent_text
from landwatch.cartography.palette import VERDICT_FILLS
from landwatch.cartography.plots import event_study_plot
from landwatch.cartography.site_info import Text
from landwatch.vocabulary.errors import InputError
from maps.draft import MapDraft, flagged_count
from maps.mart import Mart

FOILS = ("twfe", "two_way_fixed_effects")
POOLED_COLUMNS = (
    "row_outcome",
    "row_estimator",
    "row_change",
    "row_interval",
    "row_n_obs",
    "row_treated",
    "row_controls",
)
_LIGHT_INK = ("revitalised", "price_rise", "both")


def start_payload(mart: Mart, drafts: list[MapDraft]) -> dict[str, Any]:
    """Everything the start page shows.

    Parameters
    ----------
    mart : Mart
        The tables.
    drafts : list of MapDraft
        Every map, drawn or not.

    Returns
    -------
    dict
        JSON types only.
    """
    counts = verdict_counts(mart)
    return {
        "page": "index",
        "counts": _tiles(counts) if counts else None,
        "flags": flags_sentence(flagged_count(counts), mart.info.fdr),
        "missing": [[draft.name, draft.reason] for draft in drafts if draft.reason is not None],
        "pooled": pooled_rows(mart.pooled),
        "pooled_columns": list(POOLED_COLUMNS),
        "events": event_plots(mart.event_study),
        "limits": list(mart.info.limits),
        "absent": [[item.what, item.reason] for item in mart.info.absent],
    }


def verdict_counts(mart: Mart) -> dict[str, int]:
    """Zones by verdict.

    Parameters
    ----------
    mart : Mart
        The tables.

    Returns
    -------
    dict of str to int
        All five verdicts, or empty without a verdict table and without counts.

    Raises
    ------
    InputError
        If ``site.json`` and the verdict table disagree.
    """
    stated = dict(mart.info.counts)
    if mart.verdicts is None:
        return {key: stated.get(key, 0) for key in VERDICTS} if stated else {}
    found = mart.verdicts["verdict"].value_counts()
    counts = {key: int(found.get(key, 0)) for key in VERDICTS}
    wrong = {key: n for key, n in stated.items() if counts[key] != n}
    if wrong:
        found_there = {key: counts[key] for key in wrong}
        raise InputError(
            f"site.json counts {wrong}, verdicts.csv holds {found_there}: make both in the same run"
        )
    return counts


def flags_sentence(flagged: int, fdr: float) -> Text:
    """How many flags to expect to be false.

    Parameters
    ----------
    flagged : int
        Zones that carry a flag.
    fdr : float
        False discovery rate.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.
    """
    if flagged == 0:
        return bilingual("flags_none")
    expected = f"{math.ceil(10 * fdr * flagged - 1e-9) / 10:.1f}"
    zh, en = bilingual("flags")
    parts = {"{flagged}": str(flagged), "{fdr}": f"{100 * fdr:g}%", "{false}": expected}
    for mark, value in parts.items():
        zh, en = zh.replace(mark, value), en.replace(mark, value)
    return zh, en


def pooled_rows(pooled: pd.DataFrame | None) -> list[list[Any]]:
    """Cells of the pooled table, in the order of the file.

    Parameters
    ----------
    pooled : DataFrame or None
        Pooled estimates.

    Returns
    -------
    list of list
        One list of cells per row that has an estimate.
    """
    if pooled is None:
        return []
    known = pooled.dropna(subset=["estimate_log", "ci_low", "ci_high"])
    return [_pooled_cells(row) for row in known.itertuples()]


def event_plots(events: pd.DataFrame | None) -> list[dict[str, Any]]:
    """One event study per outcome, with the first estimator that is not a foil.

    Parameters
    ----------
    events : DataFrame or None
        Event studies.

    Returns
    -------
    list of dict
        Title, estimator and plot.
    """
    if events is None:
        return []
    known = events.dropna(subset=["relative_period", "estimate_log", "ci_low", "ci_high"])
    plots = []
    for outcome in known["outcome"].unique():
        rows = known[known["outcome"] == outcome]
        serious = rows[~rows["estimator"].str.lower().isin(FOILS)]
        rows = serious if len(serious) else rows
        estimator = rows["estimator"].iloc[0]
        rows = rows[rows["estimator"] == estimator].sort_values("relative_period")
        changes = [
            rows[column].map(percent_change).to_numpy(dtype=float)
            for column in ("estimate_log", "ci_low", "ci_high")
        ]
        plots.append(
            {
                "title": measure_label(str(outcome)),
                "estimator": estimator_label(str(estimator)),
                "plot": event_study_plot(
                    rows["relative_period"].to_numpy(dtype=float), *changes
                ).to_payload(),
            }
        )
    return plots


def _pooled_cells(row: Any) -> list[Any]:
    low, high = percent_text(percent_change(row.ci_low)), percent_text(percent_change(row.ci_high))
    estimator = estimator_label(str(row.estimator))
    if str(row.estimator).lower() in FOILS:
        zh, en = bilingual("pooled_foil")
        estimator = (f"{estimator[0]}（{zh}）", f"{estimator[1]} ({en})")
    return [
        measure_label(str(row.outcome)),
        estimator,
        percent_text(percent_change(row.estimate_log)),
        (f"{low} 至 {high}", f"{low} to {high}"),
        count_text(row.n_obs),
        count_text(row.n_treated_units),
        count_text(row.n_control_units),
    ]


def _tiles(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "count": counts[verdict],
            "fill": VERDICT_FILLS[verdict] if verdict != "insufficient" else "#eceff1",
            "ink": "#ffffff" if verdict in _LIGHT_INK else "#1d2b36",
            "symbol": bilingual(f"symbol_{verdict}"),
            "label": bilingual(f"verdict_{verdict}"),
            "meaning": bilingual(f"meaning_{verdict}"),
        }
        for verdict in VERDICTS
    ]
