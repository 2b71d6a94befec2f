"""Reasons in words."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.cartography.numbers import percent_change, percent_text
from landwatch.cartography.reasons import plain_reason, verdict_reasons
from landwatch.models import zone_effects

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("why", "zh"),
    [
        ("12 comparable deals before < 30", "起始前可比較的只有 12 筆，少於 30 筆"),
        ("0 comparable deals after < 30", "起始後可比較的只有 0 筆，少於 30 筆"),
        ("2 comparable years before < 3", "起始前可比較的只有 2 年，少於 3 年"),
        ("1 comparable years after < 2", "起始後可比較的只有 1 年，少於 2 年"),
        ("no deals", "沒有成交或登錄"),
        ("no years", "沒有任何年度的資料"),
        ("no effective date", "沒有起始日"),
        ("no control in county", "同縣市可用的對照地區不足"),
        ("prices do not vary", "各筆數值相同，無法比較"),
        ("no variation to judge the effect by", "變異不足，無法判斷"),
    ],
)
def test_codes_of_the_models_are_said_in_chinese(why: str, zh: str) -> None:
    """Every reason the models give has a sentence, with its numbers, in both languages."""
    found = plain_reason(why)
    assert found[0] == zh
    assert not HAN.search(found[1])
    assert re.findall(r"\d+", found[0]) == re.findall(r"\d+", found[1]) == re.findall(r"\d+", why)


def test_every_reason_of_the_models_is_known() -> None:
    """Each status text written in the models has a sentence of its own here."""
    source = Path(zone_effects.__file__).read_text(encoding="utf-8")
    written = re.findall(r"insufficient_data: (?!why)([^\"`]+)\"", source)
    assert len(written) >= 8
    for unit in ("deals", "years"):
        for text in written:
            why = re.sub(r"\{(n|spec[^}]*)\}", "7", text.replace("{unit}", unit))
            assert HAN.search(plain_reason(why)[0]), why


@given(st.text(max_size=40))
def test_unknown_reasons_stay_as_they_are(text: str) -> None:
    """What is no code of ours is shown literally, also inside a list of codes."""
    if not re.search(r"[a-z]", text):
        assert plain_reason(text) == (text, text)
        assert verdict_reasons(text) == (text, text)


def test_codes_of_a_verdict_are_summed_up() -> None:
    """Estimates, then outcomes without one, then what the rule adds; yearly numbers say so."""
    codes = (
        "farmland_price:insufficient_data: 3 comparable deals before < 30;"
        "land_price:+0.112[0.030,0.194] q=0.012 m=1.30;"
        "population:-0.010[-0.020,0.001] q=nan m=nan;"
        "rent:insufficient_data: no deals;livelihood:not_observed"
    )
    assert verdict_reasons(codes) == (
        "土地單價 +11.9%；人口每年 −1.0%；資料不足：農地單價、登錄租金；生計面沒有可用的估計",
        "land price +11.9%; population −1.0% a year; not enough data: farmland price, "
        "registered rent; no estimate on livelihoods",
    )


def test_the_effects_table_gives_the_digits() -> None:
    """The rounded number of a code gives way to the estimate itself."""
    codes = "land_price:-0.077[-0.219,0.064] q=0.533 m=0.43"
    exact = -0.0774999
    shown = percent_text(percent_change(exact))
    assert shown != percent_text(percent_change(-0.077))
    assert verdict_reasons(codes, {"land_price": exact})[0] == f"土地單價 {shown}"
    assert math.isclose(math.log1p(float(shown[1:-1]) / -100), exact, abs_tol=1e-3)


def test_foreign_parts_survive_between_codes() -> None:
    """Hostile or unknown parts are kept word for word."""
    zh, en = verdict_reasons("land:not_observed;<img src=x>;{{7*7}};secret:+0.1[0,1] q=0 m=1")
    assert zh == "地價租金面沒有可用的估計；<img src=x>；{{7*7}}；secret:+0.1[0,1] q=0 m=1"
    assert en.endswith("; <img src=x>; {{7*7}}; secret:+0.1[0,1] q=0 m=1")


def test_what_no_change_could_not_see_is_said() -> None:
    """The rule's code becomes a sentence in both languages."""
    zh, en = verdict_reasons(
        "house_price:+0.010[-0.040,0.060] q=0.900 m=0.00;land:seen_in_buildings_only"
    )
    assert "這些資料看不出來" in zh
    assert "could have risen unseen" in en
