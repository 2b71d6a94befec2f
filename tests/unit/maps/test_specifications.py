"""The page of specifications."""

import pandas as pd
import pytest

from landwatch.models.choices import base_choices
from maps.mart import Mart
from maps.specifications import curve_sentence, specifications_payload, threat_rows

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def lines() -> pd.DataFrame:
    """Five specifications of land prices, one without a number."""
    own = base_choices("deals")
    rows = [
        {**own, "spec_id": "base", "estimate_log": 0.10, "is_base": "true"},
        {**own, "spec_id": "a", "estimate_log": 0.20, "date": "2018-05-21"},
        {**own, "spec_id": "b", "estimate_log": -0.05, "window": "four_years"},
        {**own, "spec_id": "c", "estimate_log": None, "window": "no_pandemic"},
        {**own, "spec_id": "d", "estimate_log": 0.02, "date": HOSTILE},
    ]
    table = pd.DataFrame(rows).fillna({"is_base": "false"}).assign(outcome="land_price", breaks="")
    half = pd.Series([0.05, 0.3, 0.1, None, 0.1])
    return table.assign(ci_low=table["estimate_log"] - half, ci_high=table["estimate_log"] + half)


def mart(**tables: pd.DataFrame) -> Mart:
    names = ("zones", "effects", "pooled", "event_study", "verdicts", "kpi", "figures")
    return Mart(info=None, **dict.fromkeys(names), **tables)  # type: ignore[arg-type]


def test_sentence_counts_what_the_table_holds(lines) -> None:
    """Five tried, four with a number, three of the study's sign, one seen."""
    zh, en = curve_sentence(lines)
    assert en.startswith("5 specifications tried, 4 with a number; 75% have the study's sign, 25%")
    assert "共試 5 種設定，其中 4 種算得出；75% 與本研究同號，25% 的區間不含零" in zh
    assert "−4.9%" in en
    assert "{" not in zh + en


def test_unknown_choices_never_enter_the_page(lines) -> None:
    """Names of choices come from our table: a text of the file that is none is not shown."""
    payload = specifications_payload(mart(specifications=lines))
    assert payload is not None
    assert HOSTILE not in str(payload)
    names = [row["name"][1] for row in payload["curves"][0]["plot"]["rows"]]
    assert names == ["effective date", "the study's", "first board meeting",
                     "window", "all years", "four years each side"]  # fmt: skip


def test_without_numbers_there_is_no_page(lines) -> None:
    """No table, or no estimate in it, draws nothing."""
    assert specifications_payload(mart()) is None
    empty = lines.assign(estimate_log=float("nan"))
    assert specifications_payload(mart(specifications=empty)) is None


def test_a_threat_is_seen_if_one_of_its_parts_is() -> None:
    """Parts of a threat are told together; zones and unnamed threats are not told."""
    rows = [
        ("", "composition_shift", "a", "true"), ("", "composition_shift", "b", "false"),
        ("", "spillover", "n", "true"), ("", HOSTILE, "x", "false"),
        ("Z", "placebo_date", "y", "false"), ("", "placebo_date", "y", ""),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["zone_id", "threat", "choice", "survives"])
    found = threat_rows(table.assign(outcome="rent"))
    assert [(name[1], seen) for name, seen in found[0]["rows"]] == [
        ("Mix of deals shifts", True), ("Spillover onto neighbours", False),
    ]  # fmt: skip
