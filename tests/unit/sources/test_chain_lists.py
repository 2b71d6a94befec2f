"""Lists of stores: keys by meaning, nesting, what is refused."""

import json

import pytest

from landwatch.sources.archives import Member
from landwatch.sources.chain_lists import is_store_list, read_store_list
from landwatch.vocabulary.errors import InputError

FAMILY = {
    "pkeynew": "018882",
    "Name": "全家田中金斗店",
    "Tel": "04-8748349",
    "addr": "彰化縣田中鎮斗中路一段232號",
    "serid": "50398",
    "px_wgs84": "120.579956054688",
    "py_wgs84": "23.8616809844971",
}
NESTED = """
let storeInfo = [
  { "title": "台北市", "store_area_info_list": [
    { "title": "中正區", store_info_list: [
      { id: "B059", title: '忠孝二店', lat: "25.04", lng: "121.53", city: "台北市", area: "中正區",
        "addr": "忠孝東路二段132號", "tel": "(02) 2392-4364", is_Pay: true },
    ] },
  ] },
]
"""


def json_member(value: object, name: str = "stores.json") -> Member:
    return Member(name, json.dumps(value, ensure_ascii=False).encode())


def test_the_telephone_number_stays_in_the_file() -> None:
    """Neither columns nor values of the raw table hold it."""
    raw = read_store_list(json_member([FAMILY]))
    assert raw.rows.select("store_id", "longitude").rows() == [("018882", "120.579956054688")]
    assert "8748349" not in raw.rows.write_csv()


def test_a_javascript_array_is_read_through_its_cities() -> None:
    """Bare keys, single quotes and trailing commas; titles above the store are told."""
    member = Member("info.js", NESTED.encode())
    assert is_store_list(member)
    raw = read_store_list(member)
    columns = ("name", "address", "city", "titles", "store_id")
    assert raw.rows.select(columns).rows() == [
        ("忠孝二店", "忠孝東路二段132號", "台北市", "台北市 中正區", "B059")
    ]
    assert "2392" not in raw.rows.write_csv()


@pytest.mark.parametrize(
    "store",
    [
        {"StoreName": "甲", "Address": "乙", "Longitude": 121.5, "Latitude": 25},
        {"門市名稱": "甲", "門市地址": "乙", "經度": "121.5", "緯度": "25"},
        {"POIName": "甲", "Address": "乙", "X": 121.5, "Y": 25},
    ],
)
def test_other_chains_keys_mean_the_same(store: dict[str, object]) -> None:
    """Spellings differ in language, case and type."""
    raw = read_store_list(json_member({"stores": [store]}))
    row = raw.rows.select("name", "address", "longitude").row(0)
    assert row == ("甲", "乙", "121.5")


def test_what_is_missing_is_named() -> None:
    """Names and districts without any address or coordinates are refused."""
    member = json_member([{"storeName": "甲", "lat": 25}])
    assert is_store_list(member)
    with pytest.raises(InputError, match="address, or longitude and latitude"):
        read_store_list(member)


def test_stores_of_one_list_may_spell_keys_differently() -> None:
    """The first key that holds something is taken, store by store."""
    raw = read_store_list(
        json_member([{"name": "甲", "addr": "一"}, {"name": "乙", "address": "二"}])
    )
    assert raw.rows["address"].to_list() == ["一", "二"]


def test_names_and_telephones_alone_are_a_list_that_lacks_its_places() -> None:
    """Recognised, and refused by what is missing."""
    member = json_member([{"name": "甲", "tel": "1"}])
    assert is_store_list(member)
    with pytest.raises(InputError, match="missing address"):
        read_store_list(member)


@pytest.mark.parametrize("name", ["a.json", "b.js"])
def test_other_files_are_no_lists(name: str) -> None:
    """Population by town, a GeoJSON layer and a script are something else."""
    for text in ('{"1001": {"area": "x", "households": 1}}', "function f() { return 1 }", ""):
        assert not is_store_list(Member(name, text.encode()))
    layer = (
        '{"type": "FeatureCollection", "features": [{"properties": {"name": "a", "addr": "b"}}]}'
    )
    assert not is_store_list(Member(name, layer.encode()))


def test_hostile_nesting_is_an_error_of_ours() -> None:
    """A file nested a hundred thousand deep, or cut off, tells what it should have been."""
    for text in ('[{"name":"a","addr":' + "[" * 100_000, '[{"name": "a", "addr": "b"'):
        with pytest.raises(InputError, match="array of stores"):
            read_store_list(Member("s.json", text.encode()))
    deep: object = [FAMILY]
    for _ in range(60):
        deep = [deep]
    with pytest.raises(InputError, match="nested deeper"):
        read_store_list(json_member(deep))
