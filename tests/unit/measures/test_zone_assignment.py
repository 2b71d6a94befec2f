"""Points in zones: the raster shortcut never changes an answer."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from landwatch.measures.zone_assignment import assign_zones
from landwatch.vocabulary.errors import InputError


def brute_force(lon: np.ndarray, lat: np.ndarray, shapes: list[shapely.Geometry]) -> list[int]:
    points = shapely.points(lon, lat)
    hits = np.array([shapely.intersects(shape, points) for shape in shapes])
    return np.where(hits.any(axis=0), hits.argmax(axis=0), -1).tolist()


def star(seed: int) -> shapely.Geometry:
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 12))
    radius = rng.uniform(0.02, 0.5, 12)
    center = rng.uniform([120.5, 23], [121.5, 24])
    ring = center + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    polygon = shapely.make_valid(shapely.Polygon(ring))
    return polygon.difference(shapely.Point(*center).buffer(0.02))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6), st.integers(0, 10_000))
def test_equal_to_testing_every_point_against_every_zone(seeds: list[int], seed: int) -> None:
    """Holes, overlaps, slivers, vertices and points on borders: as shapely's intersects."""
    shapes = [star(s) for s in seeds]
    rng = np.random.default_rng(seed)
    vertices = shapely.get_coordinates(shapes)
    lon = np.r_[rng.uniform(120, 122, 300), vertices[:, 0]]
    lat = np.r_[rng.uniform(22.5, 24.5, 300), vertices[:, 1]]
    zones = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")
    assert assign_zones(lon, lat, zones).tolist() == brute_force(lon, lat, shapes)


def test_the_lowest_of_overlapping_zones_answers() -> None:
    """Order decides; the border belongs to the zone."""
    boxes = [shapely.box(121, 23, 122, 24), shapely.box(120, 23, 122, 24)]
    zones = gpd.GeoDataFrame(geometry=boxes, crs="EPSG:4326")
    assert assign_zones([121.5, 120.5, 121.0, 122.0, 122.01], [23.5] * 5, zones).tolist() == [
        0,
        1,
        0,
        0,
        -1,
    ]


def test_zones_in_another_declared_system_are_understood() -> None:
    """TWD97 TM2 zones answer for degrees."""
    zones = gpd.GeoDataFrame(geometry=[shapely.box(121, 23, 121.1, 23.1)], crs="EPSG:4326")
    tm2 = zones.to_crs("EPSG:3826")
    assert assign_zones([121.05, 121.2], [23.05, 23.05], tm2).tolist() == [0, -1]


def test_zones_without_a_system_are_refused() -> None:
    """A missing coordinate system is an error, not a warning."""
    with pytest.raises(InputError, match="coordinate system"):
        assign_zones([121.0], [23.0], gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)]))


def test_points_that_are_not_there_lie_nowhere() -> None:
    """NaN and empty input have no zone."""
    zones = gpd.GeoDataFrame(geometry=[shapely.box(121, 23, 122, 24)], crs="EPSG:4326")
    assert assign_zones([np.nan], [23.5], zones).tolist() == [-1]
    assert assign_zones([], [], zones).tolist() == []
