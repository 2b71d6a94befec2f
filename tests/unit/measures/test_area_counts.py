"""Rows by area: exact ones where they lie, imprecise ones by their probability in their town."""

import geopandas as gpd
import polars as pl
import pytest
from shapely import box

from landwatch.measures.area_counts import area_counts, town_pieces

TOWNS = gpd.GeoDataFrame(
    {"town_code": ["1", "2"]},
    geometry=[box(121, 23, 121.2, 23.2), box(121.2, 23, 121.4, 23.2)],
    crs="EPSG:4326",
)
HALF = gpd.GeoDataFrame(
    {"area_id": ["zone"]}, geometry=[box(121, 23, 121.1, 23.2)], crs="EPSG:4326"
)
CLOUD = pl.DataFrame(
    schema={"cloud_key": pl.String, "longitude": pl.Float64, "latitude": pl.Float64}
)


def rows(*places: tuple[str, float, float, float]) -> pl.DataFrame:
    frame = pl.DataFrame(
        places, schema=["town_code", "longitude", "latitude", "place_error_m"], orient="row"
    )
    return frame.with_columns(
        (pl.col("place_error_m") * 2).alias("place_error_p90_m"),
        pl.lit("k").alias("cloud_key"),
        pl.lit("t").alias("table_name"),
    )


def test_pieces_cover_the_towns_that_are_touched() -> None:
    """The area and the rest of its town together are the town; untouched towns are left out."""
    pieces = town_pieces(HALF, TOWNS)
    assert set(pieces["town_code"]) == {"1"}
    assert sum(p.area for p in pieces.geometry) == pytest.approx(TOWNS.geometry[0].area)


def test_an_exact_row_counts_whole_and_an_imprecise_one_by_its_chance() -> None:
    """On the edge half of a row is inside; a point counts once, wherever its town is said to be."""
    table = area_counts(
        rows(("1", 121.05, 23.1, 0.0), ("1", 121.1, 23.1, 1000.0), ("1", 121.15, 23.1, 0.0)),
        town_pieces(HALF, TOWNS),
        CLOUD,
    )
    told = table.row(0, named=True)
    assert (told["rows_at_point"], told["rows_sure"], told["rows_possible"]) == (1, 1, 2)
    assert told["rows_expected"] == pytest.approx(1.5, abs=0.02)


def test_what_falls_outside_the_own_town_comes_back_into_it() -> None:
    """A row known to lie in a town loses nothing to its neighbour: villages sum to the rows."""
    villages = gpd.GeoDataFrame(
        {"area_id": ["a", "b", "c"], "town_code": ["1", "1", "2"]},
        geometry=[
            box(121, 23, 121.1, 23.2),
            box(121.1, 23, 121.2, 23.2),
            box(121.2, 23, 121.4, 23.2),
        ],
        crs="EPSG:4326",
    )
    table = area_counts(rows(("1", 121.19, 23.1, 3000.0)), villages, CLOUD)
    assert table["area_id"].to_list() == ["a", "b"]
    assert table["rows_expected"].sum() == pytest.approx(1)


def test_equal_places_are_counted_as_many_rows() -> None:
    """Ten rows of one place are ten rows, not one."""
    one = area_counts(rows(("1", 121.1, 23.1, 800.0)), town_pieces(HALF, TOWNS), CLOUD)
    ten = area_counts(rows(*[("1", 121.1, 23.1, 800.0)] * 10), town_pieces(HALF, TOWNS), CLOUD)
    assert ten["rows_possible"].item() == 10
    assert ten["rows_expected"].item() == pytest.approx(10 * one["rows_expected"].item())


def test_a_row_of_no_known_town_is_in_no_area() -> None:
    """Without a town nothing is guessed; without a place neither."""
    table = rows(("9", 121.05, 23.1, 10.0)).vstack(
        rows(("1", 121.05, 23.1, 10.0)).with_columns(pl.lit(None, pl.Float64).alias("longitude"))
    )
    assert area_counts(table, town_pieces(HALF, TOWNS), CLOUD).is_empty()


def test_a_coordinate_counts_whatever_the_town() -> None:
    """A report with a point but no town is where its point is."""
    table = rows(("1", 121.05, 23.1, 0.0)).with_columns(pl.lit(None, pl.String).alias("town_code"))
    assert area_counts(table, town_pieces(HALF, TOWNS), CLOUD)["rows_at_point"].item() == 1
