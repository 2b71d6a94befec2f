"""User layers: title, day, category, and nothing else of the properties."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import polars as pl
import pytest
import shapely

from landwatch.schemas.raw import Standardised
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member, read_members
from landwatch.sources.layer import is_layer, read_layer
from landwatch.standardise.layer import standardise_layer
from landwatch.vocabulary.errors import InputError

SQUARE = shapely.box(121, 23, 121.01, 23.01)


def layer(*rows: tuple[Any, dict[str, Any]]) -> Member:
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for shape, properties in rows
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return Member("layer/renewal.geojson", text.encode())


def standardised(member: Member, **options: Any) -> Standardised:
    result = standardise_layer([read_layer(member)], options)
    check_table(result.tables["layers__features"], "layers__features")
    return result


def test_points_lines_and_polygons_keep_their_measures() -> None:
    """Areas and lengths are in metres of EPSG:3826; a point has neither."""
    line = shapely.LineString([(121, 23), (121, 23.009)])
    rows = standardised(layer((SQUARE, {}), (line, {}), (shapely.Point(121, 23), {})))
    table = rows.tables["layers__features"]
    assert table["geometry_kind"].to_list() == ["polygon", "line", "point"]
    assert table["area_m2"].to_list() == pytest.approx([1_135_000, 0, 0], rel=2e-3)
    assert table["length_m"].to_list() == pytest.approx([0, 997, 0], rel=2e-3)
    assert table["layer_name"].unique().to_list() == ["renewal"]
    assert table["effective_date"].null_count() == 3
    assert table["flags"].null_count() == 3


def test_day_and_category_by_column() -> None:
    """ROC and ISO days are read; none is missing and flagged; no day of the calendar rejects."""
    days = ["108/01/03", "2019-01-03", None, "108/02/30"]
    rows = [
        (SQUARE, {"公告日": day, "類別": kind}) for day, kind in zip(days, "甲乙丙丁", strict=True)
    ]
    result = standardised(layer(*rows), name="更新", effective="公告日", category="類別")
    table = result.tables["layers__features"]
    assert table["effective_date"].cast(pl.String).to_list() == ["2019-01-03"] * 2 + [None]
    assert table["flags"].to_list() == [None, None, "no_date"]
    assert table["category"].to_list() == ["甲", "乙", "丙"]
    assert result.rejects["reason"].to_list() == ["bad_date"]
    assert "108/02/30" in result.rejects["raw"].item()


def test_one_day_and_one_category_for_all() -> None:
    """A day and a text that name no column hold for every feature."""
    table = standardised(
        layer((SQUARE, {"a": "1"})), effective="2020-05-01", category="徵收"
    ).tables["layers__features"]
    assert str(table["effective_date"].item()) == "2020-05-01"
    assert table["category"].item() == "徵收"


def test_other_properties_never_leave_the_reader() -> None:
    """An owner's name is in no table, no reject and no remark."""
    owner = {"所有權人": "王小明", "電話": "0912345678"}
    result = standardised(layer((SQUARE, owner), (None, owner)), effective="2020-05-01")
    told = [*result.tables.values(), result.rejects, result.ledger]
    written = "".join(frame.drop("geometry", strict=False).write_csv() for frame in told)
    assert "王小明" not in written
    assert "0912345678" not in written
    assert result.rejects["reason"].to_list() == ["no_geometry"]


def test_an_absent_column_of_days_is_named() -> None:
    """The message names the columns there are."""
    with pytest.raises(InputError, match=r"公告日.*found a"):
        standardised(layer((SQUARE, {"a": "1"})), effective="公告日")


def test_a_layer_without_properties_or_features() -> None:
    """Shapes alone are a layer; none at all is a file of no rows."""
    assert standardised(layer((SQUARE, {}))).tables["layers__features"].height == 1
    assert standardised(layer()).ledger["rows_read"].to_list() == [0]


def shapefile(folder: Path, encoding: str) -> Path:
    frame = gpd.GeoDataFrame(
        {"類別": ["閒置館舍", "徵收區段"], "公告日": ["1080103", "民國109年5月"]},
        geometry=[SQUARE, shapely.box(121.1, 23, 121.2, 23.1)],
        crs="EPSG:4326",
    ).to_crs("EPSG:3826")
    folder.mkdir()
    frame.to_file(folder / "idle.shp", encoding=encoding)
    return folder / "idle.shp"


@pytest.mark.parametrize("encoding", ["utf-8", "cp950"])
@pytest.mark.parametrize("declared", [True, False])
def test_shapefiles_in_either_encoding(tmp_path: Path, encoding: str, declared: bool) -> None:
    """Big5 names are read with and without a .cpg, alone and in a zip."""
    path = shapefile(tmp_path / "s", encoding)
    if not declared:
        path.with_suffix(".cpg").unlink()
    (member,) = read_members(path, "s/idle.shp")
    options = {"effective": "公告日", "category": "類別"}
    table = standardised(member, **options).tables["layers__features"]
    assert table["category"].to_list() == ["閒置館舍", "徵收區段"]
    assert table["effective_date"].cast(pl.String).to_list() == ["2019-01-03", "2020-05-01"]
    assert table["area_m2"][0] == pytest.approx(1_135_000, rel=2e-3)


@pytest.mark.parametrize("lost", [".shx", ".dbf", ".prj"])
def test_a_shapefile_without_companion_is_refused(tmp_path: Path, lost: str) -> None:
    """The missing part is named."""
    path = shapefile(tmp_path / "s", "utf-8")
    path.with_suffix(lost).unlink()
    (member,) = read_members(path, "s/idle.shp")
    assert is_layer(member)
    with pytest.raises(InputError, match=lost.replace(".", r"\.")):
        standardised(member)
