"""Layers: told apart by how they begin, and nothing hostile opened."""

import json
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import shapely

from landwatch.sources.archives import Member, read_members
from landwatch.sources.vectors import layer_format, read_features
from landwatch.vocabulary.errors import InputError

KML = (
    '<?xml version="1.0"?>{}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>'
    "<name>站</name><Point><coordinates>121.5,25.0,0</coordinates></Point></Placemark></Document>"
    "</kml>"
)


def frame(n: int = 2) -> gpd.GeoDataFrame:
    shapes = [shapely.box(121 + i, 23, 121.01 + i, 23.01) for i in range(n)]
    return gpd.GeoDataFrame({"名稱": [f"第{i}區" for i in range(n)]}, geometry=shapes, crs=4326)


def member(path: Path) -> Member:
    (found,) = read_members(path, path.name)
    return found


@pytest.mark.parametrize(
    ("name", "told"),
    [("a.gpkg", "geopackage"), ("a.geojson", "geojson"), ("a.shp", "shapefile"), ("a.kml", "kml")],
)
def test_formats_are_told_by_content(tmp_path: Path, name: str, told: str) -> None:
    """The same two areas are read from every format, under a wrong name as well."""
    path = tmp_path / name
    frame().to_file(path, driver="KML" if told == "kml" else None)
    found = member(path)
    assert layer_format(found) == told
    assert layer_format(Member("no_such.txt", found.content)) == told
    features = read_features(found)
    assert pyproj.CRS(features.crs).equals("EPSG:4326", ignore_axis_order=True)
    assert shapely.area(features.geometry).tolist() == pytest.approx([1e-4] * 2)
    assert "第1區" in features.properties.row(1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n1,2\n",
        b'{"a": 1}',
        b"<html>503</html>",
        b'{"type": "gdal_streamed_alg", "x": "FeatureCollection"}',
        b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>",
        b"\x89PNG",
    ],
)
def test_other_files_are_no_layers(content: bytes) -> None:
    """Tables, error pages, GDAL pipelines and virtual layers are not opened at all."""
    assert layer_format(Member("a.json", content)) is None
    with pytest.raises(InputError, match="expected one of"):
        read_features(Member("a.json", content))


def test_kml_is_read_and_entities_are_refused() -> None:
    """A document type may name a file or grow without bound."""
    plain = read_features(Member("a.kml", KML.format("").encode()))
    assert shapely.get_coordinates(plain.geometry).tolist() == [[121.5, 25.0]]
    bomb = '<!DOCTYPE k [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(InputError, match="entities"):
        read_features(Member("a.kml", KML.format(bomb).encode()))


def test_gpx_tracks_are_lines() -> None:
    """A track is one line; its points are not told once more."""
    points = "".join(f'<trkpt lat="23.{i}" lon="121.{i}"/>' for i in range(1, 4))
    text = (
        '<?xml version="1.0"?><gpx version="1.1" creator="t" '
        'xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="23.1" lon="121.1"/>'
        f"<trk><trkseg>{points}</trkseg></trk></gpx>"
    )
    features = read_features(Member("a.gpx", text.encode()))
    kinds = sorted(g.geom_type for g in features.geometry)
    assert kinds == ["MultiLineString", "Point"]


def test_views_in_a_geopackage_are_refused(tmp_path: Path) -> None:
    """A view runs a statement of whoever wrote the file."""
    path = tmp_path / "a.gpkg"
    frame().to_file(path)
    with sqlite3.connect(path) as base:
        base.execute("CREATE VIEW v AS SELECT * FROM a")
    base.close()
    with pytest.raises(InputError, match="views"):
        read_features(member(path))


def test_damaged_files_are_one_clear_error(tmp_path: Path) -> None:
    """A cut GeoPackage and cut GeoJSON name the file and what to do."""
    path = tmp_path / "a.gpkg"
    frame(50).to_file(path)
    with pytest.raises(InputError, match=r"a\.gpkg"):
        read_features(Member("a.gpkg", path.read_bytes()[:20_000]))
    text = json.dumps({"type": "FeatureCollection", "features": []})
    with pytest.raises(InputError, match=r"a\.geojson"):
        read_features(Member("a.geojson", text[:-4].encode()))


def test_several_layers_need_a_choice(tmp_path: Path) -> None:
    """Layers are named; a styled file of one layer is read."""
    path = tmp_path / "a.gpkg"
    frame().to_file(path, layer="one")
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, style TEXT)")
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles')"
        )
    base.close()
    assert len(read_features(member(path)).geometry) == 2
    frame().to_file(path, layer="two", mode="a")
    with pytest.raises(InputError, match="one, two"):
        read_features(member(path))
    assert len(read_features(member(path), "two").geometry) == 2


def test_a_roc_day_in_geojson_stays_text(tmp_path: Path) -> None:
    """GDAL alone would make the year 108 of it."""
    path = tmp_path / "a.geojson"
    frame(1).assign(d="108/01/03").to_file(path)
    assert read_features(member(path)).properties["d"].to_list() == ["108/01/03"]


def test_a_zipped_shapefile_is_found_with_its_companions(tmp_path: Path) -> None:
    """Folders and capitals in the zip do not matter; another layer's parts are left alone."""
    frame().to_file(tmp_path / "b.shp")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for part in tmp_path.glob("b.*"):
            archive.write(part, f"資料/Ünter/B{part.suffix.upper()}")
        archive.writestr("資料/B.dbf", b"not this one")
    found = [m for m in read_members(tmp_path / "z.zip", "x/z.zip") if layer_format(m)]
    (layer,) = found
    assert read_features(layer).properties["名稱"].to_list() == ["第0區", "第1區"]


def geojson(crs: object) -> Member:
    square = shapely.geometry.mapping(shapely.box(121, 23, 121.1, 23.1))
    feature = {"type": "Feature", "properties": {"a": {"n": 1}, "b": [1, 2]}, "geometry": square}
    layer = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    return Member("a.geojson", json.dumps(layer).encode())


@pytest.mark.parametrize(
    ("crs", "told"),
    [
        (
            {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3826"}},
            "urn:ogc:def:crs:EPSG::3826",
        ),
        ({"type": "name", "properties": {"name": "EPSG:999999"}}, "EPSG:999999"),
        (None, ""),
    ],
)
def test_what_geojson_declares_is_told_as_it_is(crs: object, told: str) -> None:
    """GDAL alone takes an unknown or a null coordinate system for WGS84."""
    assert read_features(geojson(crs)).crs == told


def test_a_linked_coordinate_system_is_refused() -> None:
    """Following it would open an address of the file's choice."""
    with pytest.raises(InputError, match="link"):
        read_features(geojson({"type": "link", "properties": {"href": "http://x.invalid/crs"}}))


def test_nested_properties_are_text() -> None:
    """Objects stay JSON, lists are joined."""
    assert read_features(geojson(None)).properties.row(0) == ('{ "n": 1 }', "1;2")
