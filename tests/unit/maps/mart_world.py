"""An invented mart: four rectangles for zones, two for controls, every reading once."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

EFFECT_COLUMNS = [
    "zone_id",
    "outcome",
    "estimator",
    "estimate_log",
    "std_error",
    "ci_low",
    "ci_high",
    "p_value",
    "q_value",
    "n_before",
    "n_after",
    "n_controls",
    "mde_log",
    "breakdown_m",
    "status",
]
READINGS: dict[str, tuple[Any, ...]] = {
    "A1": (0.20, 0.05, 0.10, 0.30, 0.001, 0.01, 90, 120, 2, 0.14, 1.2, "estimated"),
    "A2": (0.02, 0.05, -0.08, 0.12, 0.7, 0.8, 60, 70, 2, 0.15, 0.1, "estimated"),
    "A3": (-0.15, 0.06, -0.27, -0.03, 0.02, 0.2, 50, 44, 2, 0.17, 0.3, "estimated"),
}
SITE = {
    "title": {"zh": "測試研究", "en": "Test study"},
    "data_start": "2012-08-01",
    "data_end": "2025-06-30",
    "built": "2026-01-02",
    "attribution": ["內政部，2025，測試資料；政府資料開放授權條款 https://data.gov.tw/license"],
    "zone_source": {
        "zh": "依公開指標重算，並非官方名單",
        "en": "reproduced, not the official list",
    },
    "fdr": 0.05,
    "counts": {"price_rise": 1, "no_change": 1, "revitalised": 1, "insufficient": 1},
    "absent": [{"what": "店家", "reason": "沒有資料"}],
    "limits": ["沒有居民遷移資料"],
}


def write_zones(folder: Path, names: Mapping[str, str]) -> None:
    """Write four zones and two controls, side by side."""
    ids = ["A1", "A2", "A3", "A4", "C1", "C2"]
    treated = [zone.startswith("A") for zone in ids]
    gpd.GeoDataFrame(
        {
            "zone_id": ids,
            "zone_name": [names.get(zone, f"虛構縣{zone}鄉") for zone in ids],
            "zone_name_en": [names.get(zone, f"Town {zone}") for zone in ids],
            "county_name": "虛構縣",
            "is_zone": treated,
            "effective": ["2019-01-03" if zone else None for zone in treated],
            "category": ["農山漁村" if zone else None for zone in treated],
        },
        geometry=[box(121 + 0.1 * i, 23, 121.1 + 0.1 * i, 23.2) for i in range(6)],
        crs="EPSG:4326",
    ).to_parquet(folder / "zones.parquet")


def write_effects(folder: Path, outcomes: tuple[str, ...], reason: str) -> None:
    """Write one row per zone and outcome; the fourth zone has too few records."""
    rows = []
    for outcome in outcomes:
        rows += [(zone, outcome, "callaway_santanna", *row) for zone, row in READINGS.items()]
        empty = ("",) * 6
        rows.append(
            ("A4", outcome, "none", *empty, 3, 4, 2, "", "", f"insufficient_data: {reason}")
        )
    table = pd.DataFrame(rows, columns=EFFECT_COLUMNS)
    table = table.assign(q_axis=table["q_value"], attacks_failed="", disagreement="")
    table.to_csv(folder / "effects.csv", index=False)


def write_tables(folder: Path, reason: str) -> None:
    """Write verdicts, pooled estimates, event study and yearly numbers."""
    pd.DataFrame(
        {
            "zone_id": ["A1", "A2", "A3", "A4"],
            "verdict": ["price_rise", "no_change", "revitalised", "insufficient"],
            "confidence": ["strong", "moderate", "weak", ""],
            "reasons": [reason] * 4,
        }
    ).to_csv(folder / "verdicts.csv", index=False)
    pd.DataFrame(
        [
            ("land_price", "callaway_santanna", 0.04, 0.01, 0.02, 0.06, 0.001, 900, 4, 2),
            ("land_price", "twfe", 0.01, 0.01, -0.01, 0.03, 0.4, 900, 4, 2),
        ],
        columns=[
            "outcome",
            "estimator",
            "estimate_log",
            "std_error",
            "ci_low",
            "ci_high",
            "p_value",
            "n_obs",
            "n_treated_units",
            "n_control_units",
        ],
    ).to_csv(folder / "pooled.csv", index=False)
    pd.DataFrame(
        [
            ("land_price", "callaway_santanna", k, 0.01 * k, 0.01, 0.01 * k - 0.02, 0.01 * k + 0.02)
            for k in range(-3, 4)
        ],
        columns=[
            "outcome",
            "estimator",
            "relative_period",
            "estimate_log",
            "std_error",
            "ci_low",
            "ci_high",
        ],
    ).to_csv(folder / "event_study.csv", index=False)
    pd.DataFrame(
        [
            (zone, year, 9000 - 10 * year, 400_000, 50)
            for zone in READINGS
            for year in range(2015, 2022)
        ],
        columns=["zone_id", "year", "population", "income_median_twd", "births"],
    ).to_csv(folder / "kpi.csv", index=False)


def write_figures(folder: Path, period: str) -> None:
    """Write one figure: two towns shown, one zero, one suppressed, one no data, one without row."""
    pd.DataFrame(
        [
            ("A1", "shops_chain_count", period, 7, 9, "shown"),
            ("A2", "shops_chain_count", period, 0, 6, "shown"),
            ("A3", "shops_chain_count", period, "", 2, "suppressed"),
            ("A4", "shops_chain_count", period, "", 0, "no_data"),
            ("C1", "shops_chain_count", period, 31, 40, "shown"),
        ],
        columns=["zone_id", "figure", "period", "value", "n_rows", "status"],
    ).to_csv(folder / "figures.csv", index=False)


def write_world(
    folder: Path,
    *,
    names: Mapping[str, str] | None = None,
    reason: str = "起始前只有 3 筆",
    site: Mapping[str, Any] | None = None,
    outcomes: tuple[str, ...] = ("land_price", "rent", "population", "income"),
) -> Path:
    """Write a whole mart."""
    folder.mkdir(parents=True, exist_ok=True)
    write_zones(folder, names or {})
    write_effects(folder, outcomes, reason)
    write_tables(folder, reason)
    write_figures(folder, reason)
    (folder / "site.json").write_text(json.dumps({**SITE, **(site or {})}), encoding="utf-8")
    return folder


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "{{7*7}}",
    "{% raw %}{{ 7*7 }}",
    "${alert(1)}",
    "`${7*7}`",
    "line\u2028separator\u2029end",
    "javascript:alert(1)",
    "https://evil.example/x?<b>",
    "C:\\2019\\0\\x3cscript",
    "\u202egnirts\u202c \u200f",
    "<!-- --> & &lt; &#60; \x01 \x00 '\"",
    "toString __proto__ NA",
)
