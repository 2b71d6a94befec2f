"""The start page."""

import json
from pathlib import Path

import pandas as pd
import pytest
from mart_world import SITE

from landwatch.vocabulary.errors import InputError
from maps.draft import shared_breaks, verdict_lookup
from maps.mart import read_mart
from maps.start import event_plots, flags_sentence, pooled_rows, start_payload, verdict_counts


def test_expected_false_flags_are_rate_times_flags() -> None:
    """42 flags at 5 % leave 2.1 false ones to expect, at most."""
    zh, en = flags_sentence(42, 0.05)
    assert zh.startswith("42 個地區")
    assert "至多約 2.1 個是誤報" in zh
    assert "至多約 0.3 個是誤報" in flags_sentence(5, 0.05)[0]
    assert "at most about 2.1" in en
    assert flags_sentence(0, 0.05)[0] == "沒有地區被標示。"


def test_counts_of_both_sources_must_agree(mart: Path) -> None:
    """A site.json of another run is noticed."""
    assert verdict_counts(read_mart(mart))["both"] == 0
    site = {**SITE, "counts": {"price_rise": 7}}
    (mart / "site.json").write_text(json.dumps(site), encoding="utf-8")
    with pytest.raises(InputError, match="same run"):
        verdict_counts(read_mart(mart))


def test_pooled_rows_mark_the_foil(mart: Path) -> None:
    """Two-way fixed effects are listed and called a foil."""
    rows = pooled_rows(read_mart(mart).pooled)
    assert [row[2] for row in rows] == ["+4.1%", "+1.0%"]
    assert rows[1][1][0] == "雙向固定效果（僅供對照）"
    assert pooled_rows(None) == []


def test_event_study_prefers_a_serious_estimator(mart: Path) -> None:
    """The foil is plotted only when there is nothing else."""
    events = read_mart(mart).event_study
    assert events is not None
    both = pd.concat([events.assign(estimator="twfe"), events], ignore_index=True)
    assert [plot["estimator"][1] for plot in event_plots(both)] == ["Callaway–Sant'Anna"]
    foil = event_plots(events.assign(estimator="twfe"))
    assert foil[0]["estimator"][1] == "two-way fixed effects"


def test_payload_lists_what_is_absent(mart: Path) -> None:
    """Limits and absent data come from site.json, counts from the verdicts."""
    payload = start_payload(read_mart(mart), [])
    assert [tile["count"] for tile in payload["counts"]] == [1, 1, 0, 1, 1]
    assert payload["absent"] == [[("店家", "店家"), ("沒有資料", "沒有資料")]]


def test_unknown_verdicts_are_refused(mart: Path) -> None:
    """A verdict outside the five is an error before anything is drawn."""
    table = pd.read_csv(mart / "verdicts.csv", keep_default_na=False)
    table.assign(verdict="gentrified").to_csv(mart / "verdicts.csv", index=False)
    (mart / "site.json").write_text(json.dumps({**SITE, "counts": {}}), encoding="utf-8")
    with pytest.raises(InputError, match="gentrified"):
        verdict_lookup(read_mart(mart))


def test_price_maps_share_their_breaks(mart: Path) -> None:
    """Breaks come from all price outcomes together, insufficient rows left out."""
    effects = read_mart(mart).effects
    assert effects is not None
    assert shared_breaks(effects, ["land_price"]) == (-10.0, -5.0, -2.0, 2.0, 5.0, 10.0)
