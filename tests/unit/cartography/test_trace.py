"""The trace on a terminal: both languages, and nothing from data that steers it."""

import datetime as dt
from dataclasses import replace

import pytest
from rich.console import Console

from landwatch.cartography.trace import draw_trace
from landwatch.cartography.trace_wording import COLUMNS, FLOW, TRACE
from landwatch.measures.samples import SAMPLES, sample_rules
from landwatch.schemas.explanation import (
    Case,
    ContextLine,
    Deal,
    EffectLine,
    Explanation,
    FlowLine,
    Ratios,
    SourceFile,
    YearLine,
)

NAN = float("nan")
DEAL = Deal(
    dt.date(2020, 5, 1),
    "某縣某鄉某段1~30地號",
    100.0,
    2500.0,
    "a.zip/b.csv",
    7,
    ratio=1.5,
    distance_m=NAN,
    is_named=True,
    near_km=(250, 2544),
)
NEAR = replace(DEAL, date=dt.date(2018, 5, 1), distance_m=0.0, ratio=1.25)
TOLD = Explanation(
    study="s",
    date="2026-01-01",
    zone_id="1",
    zone_name="某縣某鄉",
    effective="2019-01-03",
    verdict="price_rise",
    confidence="weak",
    reasons="",
    meaning=("意義", "meaning"),
    reasons_text=("理由", "reasons"),
    fdr=0.05,
    effects=(
        EffectLine(
            "land_price", "estimated", 0.2, 0.1, 0.3, 0.001, 0.04, 0.15, 1.0, 0.5, 30, 31, 4,
            ("土地單價", "land price"), ("句", "sentence"),
        ),
        EffectLine(
            "rent", "insufficient_data: no deals", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0, 0,
            ("登錄租金", "registered rent"), ("無", "none"),
        ),
    ),
    outcome="land_price",
    chosen=("依指定", "as asked"),
    pooled=(ContextLine("twfe", None, 0.01, -0.1, 0.1, 99),),
    event_study=(
        ContextLine("twfe", -1, 0.0, NAN, NAN, 9),
        ContextLine("twfe", 2, NAN, NAN, NAN, 0),
    ),
    flow=(FlowLine("core rows", 50, 0), FlowLine("within the study period", 45, 5)),
    years=(),
    search={"k": 5, "radius_m": 2000.0, "months_before_start": 60.0},
    zone_ratios=Ratios(31, 20, 10, 4, 1.5),
    control_ratios=Ratios(9, 0, 0, 0, NAN),
    cases=(Case("carries", 0.02, DEAL, (NEAR,)),),
    sources=(SourceFile("a.zip/b.csv", "ab" * 32, 9, 8, 1, 0, tuple(range(1, 20))),),
    notes=(("註", "note"),),
)  # fmt: skip


def shown(told: Explanation) -> str:
    console = Console(width=160, record=True, force_terminal=False, color_system=None)
    with console.capture() as captured:
        console.print(draw_trace(told))
    return captured.get()


def test_a_reader_finds_numbers_deals_lines_and_hashes() -> None:
    """Estimate, q, flow, ratios, the deal and its comparable, file, lines and hash are there."""
    text = shown(TOLD)
    for wanted in (
        "創升 Price rise", "證據弱 weak evidence", "+22.1%", "0.040", "30/31", "1.50",
        "某段1~30地號", "a.zip/b.csv:7", "< 50 m", "abababababababab…", "+7", "意義",
        "meaning", "註",
    ):  # fmt: skip
        assert wanted in text
    assert "+2 " not in text.split("before and after the start date")[1].split("三、")[0]


def test_years_take_the_place_of_the_flow() -> None:
    """A yearly outcome shows its years, and which were not compared."""
    told = replace(
        TOLD, flow=(), cases=(), zone_ratios=None, control_ratios=None,
        years=(YearLine(2018, 1234.0, NAN, NAN, False), YearLine(2019, 999.0, -0.2, 0.0, True)),
    )  # fmt: skip
    text = shown(told)
    assert "1,234" in text
    assert "不比較 not compared" in text
    assert "四、" not in text


@pytest.mark.parametrize(
    "hostile", ["[red]x[/red]", "x\x1b[31m", "x\u202ey", "x\x9b2J", ":warning:"]
)
def test_text_from_data_steers_nothing(hostile: str) -> None:
    """Markup stays literal; escape, control and direction characters never reach the terminal."""
    told = replace(
        TOLD,
        zone_name=hostile,
        notes=((hostile, hostile),),
        cases=(Case("carries", 0.0, replace(DEAL, place=hostile, source_file=hostile), ()),),
    )
    text = shown(told)
    assert not any(c in text for c in "\x1b\u202e\x9b")
    if hostile.isprintable():
        assert hostile in text


def test_every_rule_and_text_has_both_languages() -> None:
    """No rule of a sample is without Chinese words; no text lacks a language."""
    start, end = dt.date(2012, 1, 1), dt.date(2025, 1, 1)
    rules = {step for o in SAMPLES for step, _ in sample_rules(o, start=start, end=end)}
    assert rules <= set(FLOW)
    assert all(zh.strip() and en.strip() for zh, en in [*TRACE.values(), *COLUMNS.values()])
