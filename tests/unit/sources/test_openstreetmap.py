"""OpenStreetMap layers: tags as columns or packed, points and polygons, coordinate systems."""

import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member, read_members
from landwatch.sources.openstreetmap import is_shop_layer, read_shop_layer
from landwatch.vocabulary.errors import InputError, UnknownCodeError

POINT = Point(121.5, 25.0)


def written(path: Path, crs: str = "EPSG:4326", **columns: list[object]) -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=[POINT] * len(next(iter(columns.values()))), crs=crs)
    frame.to_file(path, engine="pyogrio")
    return path


def read(path: Path) -> RawTable:
    (member,) = (m for m in read_members(path, path.name) if is_shop_layer(m))
    return read_shop_layer(member)


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
def test_tags_as_columns(tmp_path: Path, suffix: str) -> None:
    """brand:wikidata keeps its colon; points are read in degrees."""
    columns = {"brand": ["7-ELEVEN"], "brand:wikidata": ["Q259340"], "shop": ["convenience"]}
    raw = read(written(tmp_path / f"osm{suffix}", **columns))
    assert raw.rows.select("brand", "brand_wikidata", "shop").rows() == [
        ("7-ELEVEN", "Q259340", "convenience")
    ]
    assert raw.rows.select("longitude", "latitude").rows() == [(121.5, 25.0)]


def test_packed_tags_are_unpacked(tmp_path: Path) -> None:
    """``other_tags`` with a quote and a comma inside a value."""
    packed = r'"brand"=>"Mc \"D\", Taiwan","brand:wikidata"=>"Q38076","amenity"=>"fast_food"'
    raw = read(written(tmp_path / "osm.gpkg", osm_id=["1"], other_tags=[packed]))
    assert raw.rows.select("feature_id", "brand", "brand_wikidata", "amenity").rows() == [
        ("1", 'Mc "D", Taiwan', "Q38076", "fast_food")
    ]


def test_polygons_in_metres_give_their_centroid(tmp_path: Path) -> None:
    """A building in TWD97 becomes a point in degrees."""
    frame = gpd.GeoDataFrame(
        {"shop": ["yes"]}, geometry=[box(121.49, 24.99, 121.51, 25.01)], crs="EPSG:4326"
    )
    frame.to_crs("EPSG:3826").to_file(tmp_path / "b.shp", engine="pyogrio")
    rows = read(tmp_path / "b.shp").rows
    assert rows["longitude"].item() == pytest.approx(121.5, abs=1e-4)
    assert rows["latitude"].item() == pytest.approx(25.0, abs=1e-4)


def test_layers_without_a_safe_system_are_refused(tmp_path: Path) -> None:
    """None declared, or TWD67, whose step to WGS84 would be 800 m off."""
    bare = written(tmp_path / "none.shp", shop=["yes"])
    bare.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match="no coordinate system"):
        read(bare)
    with pytest.raises(UnknownCodeError, match="3828"):
        read(written(tmp_path / "old.gpkg", crs="EPSG:3828", shop=["yes"]))


def test_a_layer_of_something_else_names_what_it_has(tmp_path: Path) -> None:
    """No column of brand, shop or amenity."""
    with pytest.raises(InputError, match="height"):
        read(written(tmp_path / "trees.gpkg", height=[3]))


def test_a_damaged_layer_is_an_error_of_ours(tmp_path: Path) -> None:
    """Text under the name of a geopackage."""
    path = tmp_path / "x.gpkg"
    path.write_text("<html>503</html>")
    with pytest.raises(InputError, match="cannot be opened"):
        read_shop_layer(Member("x.gpkg", path.read_bytes(), path))


def test_a_shapefile_in_a_zip_is_read_and_its_companions_are_no_layers(tmp_path: Path) -> None:
    """One layer in the archive, below a folder."""
    path = written(tmp_path / "s.shp", shop=["bakery"])
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(path.with_suffix(suffix), f"inner/s{suffix}")
    assert read(tmp_path / "s.zip").rows["shop"].to_list() == ["bakery"]


def test_osm_xml_is_read_with_its_day(tmp_path: Path) -> None:
    """GDAL's own driver, tags packed, as for ``.osm.pbf``."""
    path = tmp_path / "a.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" lat="25" lon="121.5" version="1">'
        '<tag k="shop" v="convenience"/><tag k="brand:wikidata" v="Q259340"/></node></osm>'
    )
    assert read(path).rows.select("feature_id", "shop", "brand_wikidata").rows() == [
        ("1", "convenience", "Q259340")
    ]
