"""Lists of stores: where the brand comes from, what is kept, how stores are placed."""

import json

import pytest

from landwatch.schemas.raw import Standardised, united
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member
from landwatch.sources.chain_lists import read_store_list
from landwatch.standardise.chain_lists import standardise_chain_lists
from landwatch.standardise.duplicates import without_duplicates
from landwatch.vocabulary.places import embedded_places

PLACES = embedded_places()
STORE = {
    "id": "1",
    "name": "忠孝店",
    "addr": "台北市中正區忠孝東路二段132號",
    "lng": "121.5324",
    "lat": "25.0424",
    "tel": "02-12345678",
}


def listed(*stores: dict[str, str], name: str = "stores.json") -> Standardised:
    content = json.dumps(list(stores), ensure_ascii=False).encode()
    result = standardise_chain_lists([read_store_list(Member(name, content))], PLACES)
    check_table(result.tables["shops__stores"], "shops__stores")
    return result


def test_door_and_telephone_are_not_kept() -> None:
    """Range of thirty, town and point remain; of a rejected store only number and name."""
    lost = {**STORE, "addr": "某處132號", "lng": "", "lat": ""}
    result = listed(STORE, lost)
    store = result.tables["shops__stores"].row(0, named=True)
    assert store["masked_address"] == "忠孝東路二段121~150號"
    assert (store["town_code"], store["longitude"]) == ("63000050", 121.5324)
    assert result.rejects.select("reason", "raw").rows() == [("no_place", "1 忠孝店")]
    everything = result.tables["shops__stores"].write_csv() + result.rejects.write_csv()
    assert "12345678" not in everything
    assert "132" not in everything.replace("121.5324", "")


@pytest.mark.parametrize(
    ("store", "file", "brand", "remark"),
    [
        ({"brand": "7-ELEVEN"}, "stores.json", "7-ELEVEN", ""),
        ({"brand": "示範超商"}, "stores.json", "示範超商", ""),
        ({"name": "全家田中店"}, "stores.json", "全家便利商店", "names of the stores"),
        ({}, "mos_storeInfo.js", "摩斯漢堡", "file's name only"),
        ({}, "mosaic.json", None, "not told"),
    ],
)
def test_the_brand_is_told_or_said_to_be_missing(
    store: dict[str, str], file: str, brand: str | None, remark: str
) -> None:
    """From the row, the stores' names, the file's name; otherwise missing, with a remark."""
    result = listed({**STORE, **store}, name=file)
    assert result.tables["shops__stores"]["brand_name"].to_list() == [brand]
    assert remark in result.ledger["remark"].item()


def test_one_name_does_not_make_the_brand() -> None:
    """A list in which one shop in two is called 全家… is not a list of 全家."""
    result = listed({**STORE, "name": "全家福鞋店"}, {**STORE, "id": "2", "name": "甲鞋店"})
    assert result.tables["shops__stores"]["brand_name"].to_list() == [None, None]


def test_county_and_town_apart_are_put_before_the_address() -> None:
    """With city and area in keys of their own, and with both repeated in the address."""
    parts = {**STORE, "city": "台北市", "area": "中正區", "addr": "忠孝東路二段132號"}
    whole = {**parts, "id": "2", "addr": STORE["addr"]}
    found = listed(STORE, parts, whole).tables["shops__stores"]
    assert found["premises_id"].n_unique() == 1


@pytest.mark.parametrize(
    ("lng", "lat", "flag"),
    [
        ("25.04", "121.53", "swapped_coordinates"),
        ("0", "0", "bad_coordinates"),
        ("304521.2", "2770123.9", "bad_coordinates"),
        ("", "", "no_coordinates"),
    ],
)
def test_coordinates_that_are_none_are_flagged_not_mended(lng: str, lat: str, flag: str) -> None:
    """The store stays at its town."""
    store = listed({**STORE, "lng": lng, "lat": lat}).tables["shops__stores"].row(0, named=True)
    assert (store["flags"], store["longitude"], store["place_precision"]) == (flag, None, "town")


def test_the_same_list_twice_counts_once() -> None:
    """A list and its copy under another name."""
    core = without_duplicates(united([listed(STORE, name="a.json"), listed(STORE, name="b.json")]))
    assert core.tables["shops__stores"].height == 1
    assert sorted(core.ledger["rows_duplicate"].to_list()) == [0, 1]
