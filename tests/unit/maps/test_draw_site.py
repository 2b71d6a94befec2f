"""The site as files."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mart_world import HOSTILE, write_world

import maps
from landwatch.cartography.compact import expand_text
from landwatch.vocabulary.errors import InputError
from maps import draw_site

ALLOWED_ADDRESSES = {
    "https://data.gov.tw/license",
    "http://www.w3.org/2000/svg",
    "https://leafletjs.com",
    "https://bugs.chromium.org/p/chromium/issues/detail?id=600120",
    "https://bugzilla.mozilla.org/show_bug.cgi?id=888319",
}
DRAWN = ["verdict", "land_price", "rent", "kpi", "shops"]


def _data(page: Path) -> dict[str, Any]:
    found = re.search(r'id="lw-data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def _zones(page: Path, layer: int = 0) -> dict[str, Any]:
    return _data(page)["layers"][layer]["zones"]


def test_pages_exist_for_what_was_estimated(mart: Path, tmp_path: Path) -> None:
    """Maps with rows are written, the others are explained on the start page."""
    index = draw_site(mart, tmp_path / "site")
    assert index == tmp_path / "site" / "index.html"
    assert sorted(p.stem for p in (tmp_path / "site/maps").iterdir()) == sorted(DRAWN)
    missing = dict(_data(index)["missing"])
    assert missing["farmland_price"][0] == "估計結果中沒有這個項目：農地單價"
    undrawn = {"asking_rent", "factories", "land_cover", "people", "planning"}
    assert set(missing) == {"farmland_price", "house_price"} | undrawn
    assert 'href="maps/rent.html"' in index.read_text(encoding="utf-8")
    assert 'href="maps/house_price.html"' not in index.read_text(encoding="utf-8")


def test_same_tables_give_the_same_bytes(mart: Path, tmp_path: Path) -> None:
    """Two builds are identical, file by file."""
    digests = []
    for name in ("one", "two"):
        draw_site(mart, tmp_path / name)
        files = sorted((tmp_path / name).rglob("*.html"))
        digests.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
    assert digests[0] == digests[1]
    assert len(digests[0]) == 6


def test_no_page_holds_an_address_that_could_be_loaded(mart: Path, tmp_path: Path) -> None:
    """Every http address is a licence, a name space or a comment; nothing has src or a sheet."""
    draw_site(mart, tmp_path / "site")
    for page in (tmp_path / "site").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        addresses = set(re.findall(r"https?://[A-Za-z0-9._~/?=&%#:-]+", text))
        assert addresses <= ALLOWED_ADDRESSES, page
        markup = re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.DOTALL)
        assert not re.search(r"\bsrc\s*=|rel=\"stylesheet\"|https?://", markup), page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stand_in_the_data_only(tmp_path: Path, text: str) -> None:
    """Outside the data element a page is the same whatever the texts say."""
    pages = []
    for number, name in enumerate((text, "平常的名字")):
        site = {"title": name, "attribution": [name], "limits": [name], "zone_source": name}
        mart = write_world(
            tmp_path / f"mart{number}", names={"A1": name}, reason=name.replace("\0", ""), site=site
        )
        draw_site(mart, tmp_path / f"site{number}")
        page = tmp_path / f"site{number}/maps/land_price.html"
        assert _data(page)["site"]["title"] == [name, name]
        pages.append(re.sub(r'(id="lw-data">).*?(</script>)', r"\1\2", page.read_text("utf-8")))
    assert pages[0] == pages[1]


def test_signs_follow_the_numbers(mart: Path, tmp_path: Path) -> None:
    """Clear, unclear and insufficient zones are drawn as what they are; controls are not zones."""
    draw_site(mart, tmp_path / "site")
    zones = _zones(tmp_path / "site/maps/land_price.html")
    signs = {name: zone["sign"] for name, zone in zones.items()}
    assert signs == {"A1": "clear", "A2": "unclear", "A3": "clear", "A4": "insufficient"}
    assert zones["A4"]["fill"] == "url(#lw-hatch)"
    assert zones["A1"]["cells"][0] == "+22.1%"


def test_every_town_is_on_a_descriptive_map(mart: Path, tmp_path: Path) -> None:
    """Zones, other towns, suppressed ones, and those no source covers have signs of their own."""
    draw_site(mart, tmp_path / "site")
    zones = _zones(tmp_path / "site/maps/shops.html")
    signs = {name: zone["sign"] for name, zone in zones.items()}
    assert signs == {
        "A1": "zone",
        "A2": "zone",
        "A3": "suppressed",
        "A4": "no_data",
        "C1": "town",
        "C2": "no_data",
    }
    assert [zones[name]["cells"][0] for name in ("A1", "A2", "C1")] == ["7", "0", "31"]


def test_a_zone_without_a_row_is_hatched_and_said_so(mart: Path, tmp_path: Path) -> None:
    """A treated zone that the results forgot does not look like a control."""
    effects = pd.read_csv(mart / "effects.csv", dtype=str)
    kept = effects[(effects["zone_id"] != "A2") | (effects["outcome"] != "land_price")]
    kept.to_csv(mart / "effects.csv", index=False)
    draw_site(mart, tmp_path / "site")
    data = _data(tmp_path / "site/maps/land_price.html")
    zone = data["layers"][0]["zones"]["A2"]
    assert zone["sign"] == "insufficient"
    templates = [tuple(pair) for pair in data["templates"]]
    assert expand_text(zone["notes"][0], templates)[0] == "結果表沒有這個地區"


def test_without_results_the_start_page_says_why(mart: Path, tmp_path: Path) -> None:
    """Only site.json is needed; every map is then explained."""
    for path in mart.iterdir():
        if path.name != "site.json":
            path.unlink()
    data = _data(draw_site(mart, tmp_path / "site"))
    assert {name for name, _ in data["missing"]} >= {"verdict", "rent", "shops", "factories"}
    assert not (tmp_path / "site/maps").exists()
    assert (data["pooled"], data["events"]) == ([], [])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("effects.csv", "missing_effects"), ("verdicts.csv", None), ("kpi.csv", None)],
)
def test_each_table_may_be_absent(
    mart: Path, tmp_path: Path, name: str, expected: str | None
) -> None:
    """A missing table removes its own maps only."""
    (mart / name).unlink()
    data = _data(draw_site(mart, tmp_path / "site"))
    names = [page for page, _ in data["missing"]]
    assert ("rent" in names) == (expected is not None)
    assert ("verdict" in names) == (name == "verdicts.csv")


def test_a_fault_leaves_the_earlier_site(mart: Path, tmp_path: Path) -> None:
    """A table that turned bad is an error, and the published site stays."""
    index = draw_site(mart, tmp_path / "site")
    before = index.read_bytes()
    (mart / "effects.csv").write_text("zone_id\nA1\n")
    with pytest.raises(InputError, match="lacks the columns"):
        draw_site(mart, tmp_path / "site")
    assert index.read_bytes() == before


def test_kpi_carries_yearly_series_and_rent_two_kinds(tmp_path: Path) -> None:
    """The livelihood map has a plot per zone; the rent map a layer per kind of rent."""
    mart = write_world(tmp_path / "mart", outcomes=("rent", "asking_rent", "population"))
    draw_site(mart, tmp_path / "site")
    zones = _zones(tmp_path / "site/maps/kpi.html")
    assert len(zones["A1"]["series"][0]["plot"]["x"]) == 7
    assert "series" not in zones["A4"]
    keys = [layer["key"] for layer in _data(tmp_path / "site/maps/rent.html")["layers"]]
    assert keys == ["rent", "asking_rent"]


def test_the_package_offers_one_name() -> None:
    """draw_site is loaded when asked for; other names are errors."""
    with pytest.raises(AttributeError, match="nothing"):
        maps.__getattr__("nothing")
