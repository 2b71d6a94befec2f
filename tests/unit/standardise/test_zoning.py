"""Zoning of urban plans: classes, counties, ratios, and every polygon accounted for."""

import json
from typing import Any

import polars as pl
import pytest
import shapely

from landwatch.schemas.raw import united
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member
from landwatch.sources.zoning import read_plan_list, read_zoning
from landwatch.standardise.duplicates import without_duplicates
from landwatch.standardise.zoning import standardise_plans, standardise_zoning
from landwatch.vocabulary.errors import InputError, UnknownCodeError
from landwatch.vocabulary.places import embedded_places

PLACES = embedded_places()
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3826"}}
SQUARE = shapely.box(300_000, 2_600_000, 300_100, 2_600_100)


def feature(shape: Any = SQUARE, **changed: Any) -> dict[str, Any]:
    properties = {
        "計畫區": "U0101",
        "計畫_1": "花蓮市都市計畫",
        "計畫_12": None,
        "使用分": "住宅區(附)",
        "建蔽率": "60%",
        "容積率": "200",
        "分區代": "A01000",
        "分區類": "住宅區",
        "分區次": "住宅區",
    } | changed
    geometry = None if shape is None else shapely.geometry.mapping(shape)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def member(*features: dict[str, Any], crs: Any = CRS, name: str = "U0101.json") -> Member:
    layer = {"type": "FeatureCollection", "crs": crs, "features": list(features)}
    if crs is None:
        del layer["crs"]
    return Member(f"z.zip/{name}", json.dumps(layer, ensure_ascii=False).encode())


def polygons(*features: dict[str, Any], **options: Any) -> pl.DataFrame:
    result = standardise_zoning([read_zoning(member(*features, **options))], PLACES)
    return check_table(result.tables["zoning__polygons"], "zoning__polygons")


def test_a_polygon_keeps_what_the_plan_says() -> None:
    """Plan, county by the code's letter, zone, class, ratios as shares, area in the plane."""
    row = polygons(feature()).row(0, named=True)
    assert row["plan_name"] == "花蓮市都市計畫"
    assert row["county_code"] == "10015"
    assert row["zone_use"] == "住宅區(附)"
    assert row["zoning_class"] == "residential"
    assert row["building_coverage_share"] == pytest.approx(0.6)
    assert row["floor_area_ratio"] == pytest.approx(2.0)
    assert row["area_m2"] == pytest.approx(10_000)
    assert row["plan_case"] is None
    assert row["flags"] is None
    assert shapely.from_wkb(row["geometry"]).equals(SQUARE)


def test_unknown_words_are_kept_flagged_and_listed() -> None:
    """No class is made up; the ledger names the word."""
    raw = read_zoning(member(feature(使用分="鯉魚潭", 分區類="奇想區", 分區次=None)))
    result = standardise_zoning([raw], PLACES)
    row = result.tables["zoning__polygons"].row(0, named=True)
    assert row["zone_use"] == "鯉魚潭"
    assert row["zoning_class"] is None
    assert row["flags"] == "unknown_zoning"
    assert "鯉魚潭" in result.ledger["remark"].item()


def test_a_polygon_outside_the_plan_is_not_in_it() -> None:
    """都市計畫區外 is drawn in plans and is no zone of them, whatever its group says."""
    assert polygons(feature(使用分="都市計畫區外", 分區類="其他使用分區"))[
        "zoning_class"
    ].item() == ("outside_plan")


def test_ratios_without_unit_below_one_are_unclear() -> None:
    """0.7 may be 70 % or 0.7 %: missing and flagged; words are missing only."""
    rows = polygons(feature(建蔽率="0.7"), feature(建蔽率="尚無資料", 容積率="不予規定"))
    assert rows["building_coverage_share"].to_list() == [None, None]
    assert rows["flags"].to_list() == ["unclear_ratio", None]


def test_rejects_have_reasons_and_rows_add_up() -> None:
    """Crossed, absent, flat and mistaken shapes, and a plan without code, are not kept."""
    crossed = shapely.Polygon([(3e5, 26e5), (3.1e5, 26.1e5), (3.1e5, 26e5), (3e5, 26.1e5)])
    line = shapely.LineString([(3e5, 26e5), (3.1e5, 26e5)])
    raw = read_zoning(
        member(feature(), feature(crossed), feature(None), feature(line), feature(計畫區=" "))
    )
    result = standardise_zoning([raw], PLACES)
    assert result.rejects["reason"].to_list() == [
        "repair_changes_area",
        "no_geometry",
        "not_a_polygon",
        "no_plan_code",
    ]
    assert result.ledger.select("rows_read", "rows_accepted", "rows_rejected").row(0) == (5, 1, 4)
    assert json.loads(result.rejects["raw"][0])["zone_use"] == "住宅區(附)"


def test_whole_and_cut_names_are_the_same_columns() -> None:
    """A file that never was a shapefile has the names uncut; unknown columns are told."""
    cut = {
        "計畫區": "計畫區代碼",
        "計畫_1": "計畫區名稱",
        "使用分": "使用分區",
        "分區類": "分區類別",
    }
    entry = feature()
    entry["properties"] = {cut.get(k, k): v for k, v in entry["properties"].items()} | {"新欄": "1"}
    raw = read_zoning(member(entry))
    assert raw.rows["plan_name"].to_list() == ["花蓮市都市計畫"]
    assert raw.unknown_columns == ("新欄",)
    assert "新欄" in standardise_zoning([raw], PLACES).ledger["remark"].item()


def test_a_needed_column_is_named() -> None:
    """A layer without zones is no zoning, and the message says what to do."""
    entry = feature()
    del entry["properties"]["使用分"]
    with pytest.raises(InputError, match=r"使用分區.*kind layer"):
        read_zoning(member(entry))


def test_an_unknown_county_letter_is_named() -> None:
    """No plan is put into a county by guess."""
    with pytest.raises(UnknownCodeError, match="'Y'"):
        polygons(feature(計畫區="Y0101"))


def test_counties_before_their_merger() -> None:
    """Plans of 臺中縣, 臺南縣 and 高雄縣 lie in the cities of today."""
    rows = polygons(*(feature(計畫區=f"{letter}0101") for letter in "LRS"))
    assert rows["county_code"].to_list() == ["66000", "67000", "64000"]


def test_undeclared_metres_of_the_main_island_are_tm2() -> None:
    """GeoJSON without crs is degrees by its standard; metres of Taiwan are EPSG:3826."""
    assert polygons(feature(), crs=None)["area_m2"].item() == pytest.approx(10_000)
    west = shapely.box(90_000, 2_600_000, 90_100, 2_600_100)
    with pytest.raises(InputError, match="declares no coordinate system"):
        read_zoning(member(feature(west), crs=None))


def test_declared_degrees_that_are_metres_are_refused() -> None:
    """A wrong declaration is contradicted by the coordinates."""
    wrong = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    with pytest.raises(InputError, match="declare EPSG:3826"):
        polygons(feature(), crs=wrong)


def test_the_same_polygon_in_two_files_counts_once() -> None:
    """Rows equal in plan, zone and shape are one; the ledger has moved the other."""
    raws = [read_zoning(member(feature(), name=f"{n}.json")) for n in "ab"]
    core = without_duplicates(united([standardise_zoning(raws, PLACES)]))
    assert core.tables["zoning__polygons"]["source_file"].to_list() == ["z.zip/b.json"]
    assert core.ledger["rows_duplicate"].to_list() == [1, 0]


def test_list_of_plans() -> None:
    """Codes of the form letter and four digits are kept under their county; others rejected."""
    entries = [
        {"計畫區代碼": "U0101", "計畫區名稱": "花蓮市都市計畫"},
        {"計畫區代碼": "U01", "計畫區名稱": "?"},
        {"計畫區名稱": "無碼"},
    ]
    content = json.dumps(entries, ensure_ascii=False).encode()
    result = standardise_plans([read_plan_list(Member("c.zip/HUA.json", content))], PLACES)
    plans = check_table(result.tables["zoning__plans"], "zoning__plans")
    assert plans.select("plan_code", "county_code").rows() == [("U0101", "10015")]
    assert result.rejects["reason"].to_list() == ["bad_plan_code"] * 2


def test_a_plan_without_polygons_is_a_file_of_no_rows() -> None:
    """Nothing was drawn: nothing is wrong."""
    assert polygons().height == 0
    assert polygons(crs=None).height == 0
