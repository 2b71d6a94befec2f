"""Every square metre, metre and feature is counted once."""

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from landwatch.measures.polygon_shares import (
    covered_parts,
    disjoint_parts,
    first_area,
    lengths_within,
)

boxes = st.builds(
    lambda west, south, wide, high: shapely.box(west, south, west + wide, south + high),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(1, 12),
    st.integers(1, 12),
)
many = st.lists(boxes, min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(many)
def test_disjoint_parts_add_up_to_the_union(polygons: list[shapely.Geometry]) -> None:
    """Each point is counted for one polygon, the first that holds it."""
    given_ = np.array(polygons, dtype=object)
    parts = disjoint_parts(given_)
    assert shapely.area(parts).sum() == pytest.approx(shapely.area(shapely.union_all(given_)))
    assert (shapely.area(parts) <= shapely.area(given_) + 1e-9).all()
    assert shapely.area(shapely.intersection(parts[0], parts[1:])).sum() == 0
    assert parts[0] == given_[0]


@settings(max_examples=50, deadline=None)
@given(many, many)
def test_covered_area_is_that_of_the_union(
    areas: list[shapely.Geometry], polygons: list[shapely.Geometry]
) -> None:
    """Parts of an area never add up to more than it, and are exactly what is covered."""
    places, shapes = np.array(areas, dtype=object), np.array(polygons, dtype=object)
    rows = covered_parts(places, disjoint_parts(shapes))
    whole = shapely.union_all(shapes)
    for position, place in enumerate(places):
        told = rows.filter(pl.col("area") == position)["covered_area_m2"].sum()
        assert told == pytest.approx(shapely.area(shapely.intersection(place, whole)))
        assert told <= place.area + 1e-9
    assert rows.select("area", "part").is_duplicated().sum() == 0


def grid() -> np.ndarray:
    return np.array([shapely.box(x, y, x + 10, y + 10) for y in (0, 10) for x in (0, 10, 20)])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), min_size=2, max_size=6))
def test_lengths_in_a_partition_add_up_to_the_line(path: list[tuple[int, int]]) -> None:
    """A line along a shared border belongs to one side only."""
    line = shapely.unary_union(shapely.LineString(path))
    rows = lengths_within(grid(), np.array([line], dtype=object))
    assert rows["length_in_zone_m"].sum() == pytest.approx(line.length)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-2, 32), st.integers(-2, 22)), min_size=1, max_size=20))
def test_each_point_lies_in_one_area(points: list[tuple[int, int]]) -> None:
    """A point on borders is in the first area; one outside is in none."""
    found = first_area(grid(), shapely.points(points))
    outside = [not (0 <= x <= 30 and 0 <= y <= 20) for x, y in points]
    assert (found == -1).tolist() == outside


def test_nothing_covers_nothing() -> None:
    """No polygons, no areas: no rows, no error."""
    none = np.empty(0, dtype=object)
    assert len(disjoint_parts(none)) == 0
    assert covered_parts(grid(), none).height == 0
    assert covered_parts(none, grid()).height == 0
    assert lengths_within(grid(), none).height == 0
    assert lengths_within(grid(), shapely.linestrings([[[50, 50], [60, 60]]])).height == 0
