"""Layer of the five verdicts, each zone with the estimates that stand beside its verdict."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from landwatch.cartography.catalogue import FLAGGED, VERDICTS, bilingual, measure_label
from landwatch.cartography.layers import (
    Layer,
    Zone,
    estimate_of,
    legend_key,
)
from landwatch.cartography.numbers import percent_change, percent_text
from landwatch.cartography.palette import CONFIDENCE_STRENGTH, LAND, VERDICT_FILLS, faded
from landwatch.cartography.reasons import verdict_reasons
from landwatch.cartography.sentences import interval_text, reading, verdict_sentence
from landwatch.cartography.site_info import SiteInfo, Text

VERDICT_COLUMNS = ("row_verdict", "row_confidence", "row_reasons")


def verdict_layer(
    verdicts: Mapping[str, tuple[str, str, str]], effects: pd.DataFrame | None, info: SiteInfo
) -> Layer:
    """Layer of the five verdicts, with the estimates of each zone beside its verdict.

    Parameters
    ----------
    verdicts : Mapping
        Zone to verdict, confidence and reasons.
    effects : DataFrame or None
        The effects table, any outcome, column ``zone_id``.
    info : SiteInfo
        The false discovery rate is used.

    Returns
    -------
    dict
        The layer.
    """
    evidence = _evidence(effects, info) if effects is not None else {}
    changes = _changes(effects) if effects is not None else {}
    return {
        "key": "verdict",
        "title": bilingual("page_verdict"),
        "legend": {
            "kind": "labels",
            "items": [
                *(
                    legend_key(
                        VERDICT_FILLS[verdict],
                        _verdict_sign(verdict),
                        f"verdict_{verdict}",
                        _symbol(verdict),
                    )
                    for verdict in VERDICTS
                ),
                legend_key(LAND, "control", "sign_control"),
            ],
            "strengths": [
                legend_key(
                    faded(VERDICT_FILLS["price_rise"], CONFIDENCE_STRENGTH[level]),
                    "clear",
                    f"confidence_{level}",
                )
                for level in ("strong", "moderate", "weak")
            ],
            "note": bilingual("legend_confidence"),
        },
        "columns": list(VERDICT_COLUMNS),
        "zones": {
            zone: _verdict_zone(verdict, evidence.get(zone, []), changes.get(zone, {}))
            for zone, verdict in verdicts.items()
        },
    }


def _symbol(verdict: str) -> str | Text:
    return bilingual(f"symbol_{verdict}") if verdict in FLAGGED else ""


def _verdict_sign(verdict: str) -> str:
    return "insufficient" if verdict == "insufficient" else "clear"


def _verdict_zone(
    row: tuple[str, str, str], evidence: list[Any], changes: Mapping[str, float]
) -> Zone:
    verdict, confidence, reasons = row
    level = confidence or "none"
    told = verdict_reasons(reasons, changes) if reasons else ""
    return {
        "fill": faded(VERDICT_FILLS[verdict], CONFIDENCE_STRENGTH[confidence]),
        "sign": _verdict_sign(verdict),
        "symbol": _symbol(verdict),
        "cells": [bilingual(f"verdict_{verdict}"), bilingual(f"confidence_{level}"), told],
        "rows": [
            [bilingual("row_verdict"), bilingual(f"verdict_{verdict}")],
            [bilingual("row_confidence"), bilingual(f"confidence_{level}")],
            [bilingual("row_reasons"), told or bilingual("not_available")],
        ],
        "notes": [verdict_sentence(verdict, confidence)],
        "evidence": evidence,
    }


def _changes(effects: pd.DataFrame) -> dict[str, dict[str, float]]:
    known = effects[effects["status"] == "estimated"]
    groups = known.groupby("zone_id")
    return {
        str(zone): dict(zip(rows["outcome"], rows["estimate_log"], strict=True))
        for zone, rows in groups
    }


def _evidence(effects: pd.DataFrame, info: SiteInfo) -> dict[str, list[Any]]:
    lines: dict[str, list[Any]] = {}
    for row in effects.itertuples():
        estimate = estimate_of(row)
        kind = reading(estimate, info.fdr)
        known = kind != "insufficient"
        lines.setdefault(str(row.zone_id), []).append(
            [
                measure_label(str(row.outcome)),
                percent_text(percent_change(estimate.estimate_log)) if known else "",
                interval_text(estimate) if known else "",
                bilingual(f"reading_{kind}"),
            ]
        )
    return lines
