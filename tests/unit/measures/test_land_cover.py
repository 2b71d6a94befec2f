"""Zonal areas on rasters whose coverage is known by hand."""

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
from exactextract.raster import NumPyRasterSource
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box

from landwatch.measures.land_cover import (
    class_areas,
    code_areas,
    land_cover,
    land_cover_change,
    share_changes_to_show,
    shares_to_show,
)
from landwatch.vocabulary.errors import InputError

CRS = "EPSG:3826"


def grid(values: object, nodata: float | None = None) -> NumPyRasterSource:
    """Cells of 10 m from (0, 0)."""
    cells = np.asarray(values)
    wkt = gpd.GeoSeries(crs=CRS).crs.to_wkt()
    height, width = cells.shape
    return NumPyRasterSource(cells, 0, 0, 10 * width, 10 * height, nodata=nodata, srs_wkt=wkt)


def areas(*shapes: Polygon) -> gpd.GeoDataFrame:
    names = [f"z{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"zone_id": names}, geometry=list(shapes), crs=CRS)


def test_a_cell_counts_by_the_part_covered() -> None:
    """Half of one cell, a quarter of another, a triangle over a third: 50 + 20 + 4.5."""
    cells = [[100.0, 80.0, 9.0]]
    half, quarter = box(0, 0, 10, 5), box(10, 0, 15, 5)
    triangle = Polygon([(20, 0), (30, 0), (20, 10)])
    found = class_areas({"FF": grid(cells)}, areas(half, quarter, triangle), cell_size_m=10)
    assert found["area_m2"].to_list() == pytest.approx([50, 20, 4.5])
    assert found["covered_m2"].to_list() == pytest.approx([50, 25, 50])


def test_cells_without_data_are_not_zero() -> None:
    """A zone half on nodata is half covered; one wholly on nodata has no area, not 0."""
    cells = [[60.0, -9999.0]]
    zones = areas(box(0, 0, 20, 10), box(10, 0, 20, 10), box(50, 50, 60, 60))
    found = class_areas({"FF": grid(cells, -9999.0)}, zones, cell_size_m=10)
    assert found["area_m2"].to_list() == [60, None, None]
    whole = {"z0": 200.0, "z1": 100.0, "z2": 100.0}
    cover = land_cover(found.with_columns(pl.lit("2010s").alias("era")), whole)
    assert cover["covered_share"].to_list() == pytest.approx([0.5, 0, 0])
    assert cover["no_data_m2"].to_list() == pytest.approx([100, 100, 100])
    assert cover["share"].to_list() == [pytest.approx(0.6), None, None]


@given(
    st.lists(st.lists(st.floats(0, 100), min_size=4, max_size=4), min_size=4, max_size=4),
    st.floats(0.5, 39.5),
    st.floats(0.5, 39.5),
)
def test_parts_of_a_plane_add_up_to_its_total(
    values: list[list[float]], across: float, up: float
) -> None:
    """However four zones divide the raster, their areas sum to it (parts of cells are float32)."""
    zones = areas(
        box(0, 0, across, up),
        box(across, 0, 40, up),
        box(0, up, across, 40),
        box(across, up, 40, 40),
    )
    found = class_areas({"UB": grid(values)}, zones, cell_size_m=10)
    assert found["area_m2"].sum() == pytest.approx(np.sum(values), rel=1e-6, abs=1e-9)


def test_codes_count_by_their_area() -> None:
    """Codes 1 and 2 are farmland, 5 built-up, 255 nodata: shares of the covered part."""
    cells = np.array([[1, 2, 5, 255]], dtype=np.uint8)
    found = code_areas(
        grid(cells, 255),
        areas(box(0, 0, 40, 5), box(0, 0, 10, 10)),
        {"farmland": [1, 2], "built_up": [5]},
    )
    table = found.sort("zone_id", "class")
    assert table["class"].to_list() == ["built_up", "farmland"] * 2
    assert table["area_m2"].to_list() == pytest.approx([50, 100, 0, 100])
    assert table["covered_m2"].to_list() == pytest.approx([150, 150, 100, 100])


def test_codes_in_degrees_are_weighted_by_true_area() -> None:
    """A cell of one degree at 60° has half the area of one at the equator (on the sphere)."""
    cells = np.array([[1]], dtype=np.uint8)
    zones = gpd.GeoDataFrame({"zone_id": ["a"]}, geometry=[box(0, 59.5, 1, 60.5)], crs=4326)
    low = gpd.GeoDataFrame({"zone_id": ["a"]}, geometry=[box(0, -0.5, 1, 0.5)], crs=4326)
    wkt = zones.crs.to_wkt()
    north = code_areas(
        NumPyRasterSource(cells, 0, 59.5, 1, 60.5, srs_wkt=wkt), zones, {"farmland": [1]}
    )
    south = code_areas(
        NumPyRasterSource(cells, 0, -0.5, 1, 0.5, srs_wkt=wkt), low, {"farmland": [1]}
    )
    assert north["area_m2"].item() / south["area_m2"].item() == pytest.approx(0.5, rel=0.001)


def rows(*values: tuple[str, str, str, float | None, float]) -> pl.DataFrame:
    schema = ["zone_id", "era", "class", "area_m2", "covered_m2"]
    frame = pl.DataFrame(list(values), schema=schema, orient="row")
    return frame.with_columns(pl.lit(9.0).alias("n_cells"))


def test_farmland_is_field_and_wetland_field_or_nothing() -> None:
    """FF + FW is farmland; where one of them is not given, farmland is absent."""
    cover = land_cover(
        rows(
            ("a", "2010s", "FF", 30.0, 100.0),
            ("a", "2010s", "FW", 10.0, 100.0),
            ("a", "2010s", "MD", 20.0, 100.0),
            ("b", "2010s", "FF", 30.0, 100.0),
        ),
        {"a": 100.0, "b": 100.0},
    )
    farmland = cover.filter(pl.col("class") == "farmland")
    assert farmland.select("zone_id", "area_m2", "share").rows() == [("a", 40.0, 0.4)]


def test_two_rasters_of_one_place_are_refused() -> None:
    """Two tiles that lie apart add up; two that lie on each other would count twice."""
    apart = rows(("a", "2010s", "FF", 30.0, 50.0), ("a", "2010s", "FF", 10.0, 50.0))
    assert land_cover(apart, {"a": 100.0})["area_m2"].item() == 40
    same = rows(("a", "2010s", "FF", 30.0, 100.0), ("a", "2010s", "FF", 30.0, 100.0))
    with pytest.raises(InputError, match="same place"):
        land_cover(same, {"a": 100.0})


def test_change_is_between_eras_of_one_product() -> None:
    """Decades are compared in order and end to end; a year of another raster is not mixed in."""
    cover = land_cover(
        rows(
            ("a", "1990s", "UB", 10.0, 100.0),
            ("a", "2000s", "UB", 15.0, 100.0),
            ("a", "2010s", "UB", 30.0, 100.0),
            ("a", "2015", "built_up", 90.0, 100.0),
        ),
        {"a": 100.0},
    )
    change = land_cover_change(cover).filter(pl.col("class") == "built_up")
    assert change.select("era_from", "era_to", "area_change_m2").rows() == [
        ("1990s", "2000s", 5.0),
        ("1990s", "2010s", 20.0),
        ("2000s", "2010s", 15.0),
    ]
    shown = share_changes_to_show(cover, "built_up")
    assert shown.select("period", "share").rows() == [("1990s–2010s", pytest.approx(0.2))]


def test_half_covered_zones_show_no_share() -> None:
    """A share of less than half a zone is not shown as the zone's."""
    cover = land_cover(rows(("a", "2010s", "UB", 10.0, 49.0)), {"a": 100.0})
    assert shares_to_show(cover, "built_up")["share"].to_list() == [None]
