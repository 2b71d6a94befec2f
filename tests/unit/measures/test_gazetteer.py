"""The gazetteer: planted positions are recovered within the stated error."""

import datetime as dt

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
from pyproj import Transformer
from shapely import box

from landwatch.measures.gazetteer import gazetteer, located_spots
from landwatch.measures.place_accuracy import place_accuracy
from landwatch.measures.place_keys import place_keys
from landwatch.measures.place_levels import area_places
from landwatch.measures.placement import location_cloud, placed

TOWNS = pl.DataFrame(
    {"town_code": ["10014010"], "county_name": ["臺東縣"], "town_name": ["臺東市"]}
)
WEST, SOUTH = 260_000.0, 2_510_000.0
SHAPES = gpd.GeoDataFrame(
    {"town_code": ["10014010"], "county_code": ["10014"]},
    geometry=[box(WEST, SOUTH, WEST + 10_000, SOUTH + 10_000)],
    crs="EPSG:3826",
)


def rows(addresses: list[str], x: np.ndarray, y: np.ndarray) -> pl.DataFrame:
    back = Transformer.from_crs("EPSG:3826", "EPSG:4326", always_xy=True)
    lon, lat = back.transform(x, y)
    days = [dt.date(2012, 1, 1) + dt.timedelta(days=int(i)) for i in range(len(addresses))]
    frame = pl.DataFrame(
        {"masked_address": addresses, "longitude": lon, "latitude": lat, "deal_date": days}
    )
    road = pl.col("masked_address").str.extract(r"^(\D+[路段])", 1)
    return frame.with_columns(
        pl.lit("10014010").alias("town_code"),
        pl.lit("10014").alias("county_code"),
        pl.concat_str(pl.lit("10014010:"), road).alias("location_id"),
    )


def street_world(seed: int = 1, n: int = 6_000) -> pl.DataFrame:
    """Forty sections of 40 ranges laid in a line; a range is 60 m long and as wide."""
    rng = np.random.default_rng(seed)
    section, k = rng.integers(0, 40, n), rng.integers(0, 40, n)
    x = WEST + 1_000 + k * 60 + rng.uniform(0, 60, n)
    y = SOUTH + 500 + section * 220 + rng.uniform(0, 60, n)
    names = "甲乙丙丁戊己庚辛壬癸"
    return rows(
        [
            f"{names[s // 10]}{names[s % 10]}段{30 * i + 1}~{30 * i + 30}地號"
            for s, i in zip(section.tolist(), k.tolist(), strict=True)
        ],
        x,
        y,
    )


def hidden(frame: pl.DataFrame) -> pl.DataFrame:
    none = pl.lit(None, pl.Float64)
    return frame.with_columns(none.alias("longitude"), none.alias("latitude"))


def test_planted_positions_are_recovered_within_the_stated_error() -> None:
    """Rows of a world seen before lie as far off as is said, and not farther than a range."""
    spots, _ = located_spots(street_world(), TOWNS, SHAPES)
    accuracy = place_accuracy(spots, area_places(SHAPES, "town", "town_code"))
    whole = accuracy.filter(
        (pl.col("county_code") == "all") & (pl.col("place_level") == "all")
    ).sort("test")
    assert whole["test"].to_list() == ["later", "spots"]
    assert whole["median_error_m"].max() < 60
    assert whole["share_within_median"].to_list() == pytest.approx([0.5, 0.5], abs=0.08)
    assert whole["share_within_p90"].to_list() == pytest.approx([0.9, 0.9], abs=0.05)


def test_a_row_is_placed_at_the_level_that_errs_least() -> None:
    """Known range, unknown range beside it, known section, nothing but the town, nothing."""
    spots, _ = located_spots(street_world(), TOWNS, SHAPES)
    table = gazetteer(spots, area_places(SHAPES, "town", "town_code"))
    missing = "甲乙段31~60地號"
    table = table.filter(
        ~(
            (pl.col("place_key") == f"10014010:{missing}")
            & (pl.col("place_level") == "number_range")
        )
    )
    frame = hidden(
        rows(
            ["甲乙段1~30地號", missing, "甲乙段9001~9030地號", "新段1~30地號"],
            np.zeros(4),
            np.zeros(4),
        )
    )
    unknown = frame.head(1).with_columns(
        pl.lit("10015010").alias("town_code"),
        pl.lit("10015").alias("county_code"),
        pl.lit("10015010:").alias("location_id"),
    )
    found = placed(pl.concat([frame, unknown]), table, TOWNS)
    assert found["place_level"].to_list() == [
        "number_range",
        "near_numbers",
        "section",
        "town",
        None,
    ]
    errors = found["place_error_m"].to_list()
    assert max(errors[:2]) < errors[2] < errors[3]
    assert found["longitude"].null_count() == 1


def test_a_printed_coordinate_stays() -> None:
    """A row with coordinates is a point with error 0 and keeps its numbers."""
    frame = street_world(n=50)
    spots, _ = located_spots(frame, TOWNS, SHAPES)
    found = placed(frame, gazetteer(spots), TOWNS)
    assert found["longitude"].equals(frame["longitude"])
    assert set(found["place_level"]) == {"point"}
    assert found["place_error_p90_m"].max() == 0.0


def test_a_coordinate_far_outside_its_town_teaches_nothing() -> None:
    """Three kilometres outside is left out and counted; one kilometre is a border drawn twice."""
    frame = rows(
        ["甲路1~30號"] * 3,
        np.array([WEST + 5_000, WEST - 1_000, WEST - 3_000]),
        np.full(3, SOUTH + 5_000),
    )
    spots, far = located_spots(frame, TOWNS, SHAPES)
    assert (spots.height, far) == (2, 1)


def test_a_spot_sold_often_counts_once_and_does_not_vouch_for_itself() -> None:
    """Nine sales of one flat and one of its neighbour: the place is between, the error seen."""
    x = np.array([WEST + 5_000.0] * 9 + [WEST + 5_100.0])
    frame = rows(["甲路1~30號"] * 10, x, np.full(10, SOUTH + 5_000))
    spots, _ = located_spots(frame, TOWNS, SHAPES)
    table = gazetteer(spots).filter(pl.col("place_level") == "number_range")
    assert table["n_spots"].item() == 2
    assert table["easting_m"].item() == pytest.approx(WEST + 5_050, abs=1)
    assert table["place_error_m"].item() == pytest.approx(100, rel=0.05)


def test_without_located_rows_outlines_serve() -> None:
    """No coordinates at all: the town's disc, half of it within 0.71 of its radius."""
    none = street_world(n=5).clear()
    spots, far = located_spots(none, TOWNS, SHAPES)
    table = gazetteer(spots, area_places(SHAPES, "town", "town_code"))
    radius = (1e8 / np.pi) ** 0.5
    assert far == 0
    assert table["place_error_m"].item() == pytest.approx(radius * 0.5**0.5)
    assert location_cloud(spots).is_empty()
    assert place_accuracy(spots).is_empty()


def test_the_order_of_rows_does_not_matter() -> None:
    """A shuffled register gives the same gazetteer."""
    spots, _ = located_spots(street_world(n=800), TOWNS, SHAPES)
    again = gazetteer(spots.sample(fraction=1.0, shuffle=True, seed=5))
    first = gazetteer(spots)
    numbers = [c for c, t in first.schema.items() if t == pl.Float64]
    assert first.drop(numbers).equals(again.drop(numbers))
    assert np.allclose(first.select(numbers).to_numpy(), again.select(numbers).to_numpy())


def test_a_parcel_has_a_section_and_a_door_a_road() -> None:
    """Keys by kind; lanes and villages only of doors."""
    frame = pl.DataFrame(
        {
            "town_code": ["10014010"] * 2,
            "county_code": ["10014"] * 2,
            "masked_address": ["三義段151~180地號", "臺東市豐樂里中華路二段782巷1~30號"],
            "location_id": ["10014010:三義段", "10014010:中華路二段"],
        }
    )
    keys = place_keys(frame, TOWNS)
    assert keys["section"].to_list() == ["10014010:三義段", None]
    assert keys["road"].to_list() == [None, "10014010:中華路二段"]
    assert keys["lane"].to_list() == [None, "10014010:中華路二段782巷"]
    assert keys["village"].to_list() == [None, "10014010:豐樂里"]
    assert keys["low"].to_list() == [151, 1]
