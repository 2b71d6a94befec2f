"""The layer of verdicts."""

from typing import Any

import pandas as pd
import pytest

from landwatch.cartography.catalogue import VERDICTS, bilingual
from landwatch.cartography.judgement import verdict_layer
from landwatch.cartography.palette import HATCH
from landwatch.cartography.site_info import SiteInfo

INFO = SiteInfo(("研", "S"), "", "", "", ("甲",), ("重算", "reproduced"), 0.05)
EFFECTS = pd.DataFrame(
    {
        "zone_id": ["a", "a"],
        "outcome": ["land_price", "population"],
        "estimate_log": [0.2, float("nan")],
        "ci_low": [0.1, float("nan")],
        "ci_high": [0.3, float("nan")],
        "q_value": [0.01, float("nan")],
        "mde_log": [0.1, float("nan")],
        "status": ["estimated", "insufficient_data: no years"],
    }
)


def _layer(effects: pd.DataFrame | None = EFFECTS) -> dict[str, Any]:
    verdicts = {
        "a": ("price_rise", "weak", "land_price:+0.200[0.100,0.300] q=0.010 m=1.00"),
        "b": ("insufficient", "", ""),
        "c": ("no_change", "", "NA"),
    }
    return verdict_layer(verdicts, effects, INFO)


def test_only_flagged_zones_carry_a_symbol() -> None:
    """A zone without a flag is quiet, an insufficient one hatched."""
    zones = _layer()["zones"]
    assert zones["a"]["symbol"] == bilingual("symbol_price_rise")
    assert (zones["b"]["symbol"], zones["b"]["fill"], zones["c"]["symbol"]) == ("", HATCH, "")


def test_the_legend_holds_every_verdict_with_the_fill_of_the_map() -> None:
    """Five verdicts and the controls; the strong colour of a verdict is the legend's."""
    layer = _layer()
    items = layer["legend"]["items"]
    assert [item["label"] for item in items[:5]] == [bilingual(f"verdict_{v}") for v in VERDICTS]
    strengths = {entry["label"]: entry["fill"] for entry in layer["legend"]["strengths"]}
    assert layer["zones"]["a"]["fill"] == strengths[bilingual("confidence_weak")]
    assert items[1]["fill"] == strengths[bilingual("confidence_strong")]


def test_reasons_and_evidence_hold_the_same_number() -> None:
    """The table and the panel show +22.1 % for 0.2; a missing outcome is said to be missing."""
    zone = _layer()["zones"]["a"]
    assert zone["cells"][2] == ("土地單價 +22.1%", "land price +22.1%")
    assert [line[1] for line in zone["evidence"]] == ["+22.1%", ""]
    assert zone["evidence"][1][0] == ("人口（每年）", "population (per year)")
    assert zone["evidence"][1][3] == bilingual("reading_insufficient")


@pytest.mark.parametrize("zone", ["a", "b", "c"])
def test_without_effects_the_reasons_stand_alone(zone: str) -> None:
    """No effects table means no evidence, not an error; unknown reasons stay literal."""
    found = _layer(None)["zones"][zone]
    assert found["evidence"] == []
    assert (
        found["cells"][2]
        == {
            "a": ("土地單價 +22.1%", "land price +22.1%"),
            "b": "",
            "c": ("NA", "NA"),
        }[zone]
    )
