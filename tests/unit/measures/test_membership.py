"""Probabilities of lying in a zone: bounded, additive, and certain where the place is."""

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from landwatch.measures.membership import likeliest_zones, zone_probabilities

ZONES = gpd.GeoDataFrame(
    {"zone_id": ["a", "b", "c"]},
    geometry=[box(121, 23, 121.1, 23.1), box(121.1, 23, 121.2, 23.1), box(121.3, 23, 121.4, 23.1)],
    crs="EPSG:4326",
)
COLUMNS = ("longitude", "latitude", "place_error_m", "place_error_p90_m")
PLACES = st.tuples(
    st.floats(120.95, 121.45), st.floats(22.95, 23.15), st.floats(0, 8_000), st.floats(1, 5)
)


def places(rows: list[tuple[float, float, float, float]], key: str = "") -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=list(COLUMNS), orient="row").cast(pl.Float64)
    return frame.with_columns(pl.lit(key).alias("cloud_key"))


def stated(rows: list[tuple[float, float, float, float]]) -> pl.DataFrame:
    return places([(x, y, half, half * ratio) for x, y, half, ratio in rows])


@settings(max_examples=40, deadline=None)
@given(st.lists(PLACES, min_size=1, max_size=8))
def test_probabilities_are_shares(rows: list[tuple[float, float, float, float]]) -> None:
    """Each in (0, 1], those of a row together at most 1, whatever the place and its error."""
    shares = zone_probabilities(stated(rows), ZONES)
    assert shares["probability"].is_between(0, 1, closed="right").all()
    totals = shares.group_by("row").agg(pl.col("probability").sum())
    assert (totals["probability"] <= 1 + 1e-9).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(PLACES, min_size=2, max_size=8, unique=True), st.randoms())
def test_the_order_of_rows_does_not_matter(
    rows: list[tuple[float, float, float, float]], random: "np.random.Generator"
) -> None:
    """A row has the same probabilities wherever it stands."""
    order = list(range(len(rows)))
    random.shuffle(order)
    first = zone_probabilities(stated(rows), ZONES)
    again = zone_probabilities(stated([rows[i] for i in order]), ZONES)
    back = again.with_columns(pl.Series("row", order).gather(again["row"]))
    assert first.equals(back.sort("row", "zone"))


@given(st.floats(121.001, 121.099), st.floats(23.001, 23.099))
@settings(max_examples=20, deadline=None)
def test_a_small_error_leaves_no_doubt(lon: float, lat: float) -> None:
    """A hundred metres inside, an error of a metre is certainty, as is none at all."""
    rows = [(lon, lat, 1.0, 3.0), (lon, lat, 0.0, 0.0)]
    shares = zone_probabilities(places(rows), ZONES)
    assert shares.rows() == [(0, 0, 1.0), (1, 0, 1.0)]


def test_on_a_straight_border_it_is_even() -> None:
    """A place on the border of two wide zones lies in each with one half."""
    shares = zone_probabilities(places([(121.1, 23.05, 300.0, 900.0)]), ZONES)
    assert shares["probability"].to_list() == pytest.approx([0.5, 0.5], abs=0.02)


def test_located_spots_tell_the_shape_of_a_place() -> None:
    """A road all of whose spots lie west of the border is hardly east of it."""
    cloud = pl.DataFrame(
        {"cloud_key": ["k"] * 40, "longitude": np.linspace(121.09, 121.0999, 40), "latitude": 23.05}
    )
    place = places([(121.0995, 23.05, 300.0, 900.0)], key="k")
    shares = zone_probabilities(place, ZONES, cloud)
    west = shares.filter(pl.col("zone") == 0)["probability"].item()
    assert west > 0.95


def test_rows_without_a_place_have_no_probability() -> None:
    """Missing stays missing; far from every zone is a plain no."""
    rows = places([(121.05, 23.05, 50.0, 100.0), (120.0, 22.0, 50.0, 100.0)])
    gone = rows.head(1).with_columns(pl.lit(None, pl.Float64).alias("longitude"))
    found = likeliest_zones(pl.concat([rows, gone]), ZONES)
    assert found.rows() == [("a", 1.0, 1.0), (None, 0.0, 0.0), (None, None, None)]
