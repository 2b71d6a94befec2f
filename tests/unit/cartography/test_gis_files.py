"""Files for a GIS: rasters and a styled GeoPackage."""

import sqlite3
import xml.etree.ElementTree as ET
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from landwatch.cartography.qgis import verdict_style, write_geopackage
from landwatch.cartography.rasters import write_geotiff

VERDICTS = {"revitalised", "price_rise", "both", "no_change", "insufficient"}


def test_a_raster_is_cloud_optimised_placed_and_keeps_its_gaps(tmp_path: Path) -> None:
    """Values, corner, unit and missing cells come back as written."""
    values = np.array([[1.5, np.nan], [3.0, 4.0]], np.float32)
    path = tmp_path / "p.tif"
    write_geotiff(values, path, corner_m=(250_000, 2_602_000), cell_m=1_000, unit="NTD/m2")
    with rasterio.open(path) as raster:
        np.testing.assert_array_equal(raster.read(1), values)
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert raster.crs.to_epsg() == 3826
        assert np.isnan(raster.nodata)
        assert raster.units == ("NTD/m2",)
        assert raster.bounds.left == 250_000
        assert raster.bounds.top == 2_602_000


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A GeoPackage of one zone with a hostile name."""
    zones = gpd.GeoDataFrame(
        {"zone_name": ["'); DROP TABLE zones; --"], "verdict": ["price_rise"]},
        geometry=[shapely.box(121, 23, 121.1, 23.1)],
        crs="EPSG:4326",
    )
    write_geopackage(zones, tmp_path / "landwatch.gpkg")
    return tmp_path / "landwatch.gpkg"


def test_the_package_holds_the_zones_in_taiwans_grid(package: Path) -> None:
    """One layer in EPSG:3826, text as given."""
    zones = gpd.read_file(package, layer="zones")
    assert zones.crs.to_epsg() == 3826
    assert zones["zone_name"].item() == "'); DROP TABLE zones; --"


def test_the_package_carries_its_style(package: Path) -> None:
    """The default style names the layer and is the one of `verdict_style`."""
    with sqlite3.connect(package) as connection:
        rows = connection.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
    connection.close()
    assert rows == [("zones", "geom", verdict_style(), 1)]


def test_the_style_is_xml_with_one_colour_a_verdict() -> None:
    """Every verdict has a category with a symbol, labelled in both languages."""
    root = ET.fromstring(verdict_style().split("]>")[-1])
    categories = root.findall(".//category")
    symbols = {s.get("name") for s in root.findall(".//symbols/symbol")}
    assert {c.get("value") for c in categories} == VERDICTS
    assert {c.get("symbol") for c in categories} == symbols
    assert "創升 Price rise" in {c.get("label") for c in categories}
