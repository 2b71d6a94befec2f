"""Boundaries for display."""

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import MultiPolygon, Point, Polygon, box
from test_compact import _decode

from landwatch.cartography.geometry import (
    GRID_DEG,
    check_zones,
    display_rings,
    grid_error_m,
    view_bounds,
)
from landwatch.vocabulary.errors import InputError


def _zones(shapes: list, crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"zone_id": [f"z{i}" for i in range(len(shapes))]}, geometry=shapes, crs=crs
    )


def _polygon(rings: list[str]) -> Polygon:
    points = [np.cumsum(np.array(_decode(r)).reshape(-1, 2), axis=0) * GRID_DEG for r in rings]
    return Polygon(points[0], points[1:])


def test_rectangles_come_back() -> None:
    """A rectangle with a hole survives within the grid."""
    shape = box(121, 23, 121.2, 23.1).difference(box(121.05, 23.02, 121.1, 23.06))
    (polygons,) = display_rings(_zones([shape]))
    assert _polygon(polygons[0]).symmetric_difference(shape).area < 1e-9


def test_neighbours_stay_neighbours() -> None:
    """A wavy shared border is simplified the same way on both sides."""
    y = np.linspace(23, 23.2, 400)
    wave = np.c_[121.1 + 0.0008 * np.sin(np.arange(400)), y]
    west = Polygon([*wave, (121, 23.2), (121, 23)])
    east = Polygon([*wave, (121.2, 23.2), (121.2, 23)])
    left, right = (_polygon(p[0]) for p in display_rings(_zones([west, east])))
    assert left.intersection(right).area == pytest.approx(0, abs=1e-10)
    assert left.union(right).area == pytest.approx(0.04, rel=1e-3)
    assert len(left.exterior.coords) < 50


def test_overlapping_zones_are_drawn_too() -> None:
    """Zones that overlap are no coverage and are simplified one by one."""
    shapes = [box(121, 23, 121.2, 23.1), box(121.1, 23, 121.3, 23.1)]
    areas = [_polygon(p[0]).area for p in display_rings(_zones(shapes))]
    assert areas == pytest.approx([0.02, 0.02], abs=1e-9)


def test_islets_vanish_but_never_a_whole_town() -> None:
    """Specks are dropped beside a larger part, and kept when they are all there is."""
    speck = box(121, 23, 121.0003, 23.0003)
    with_speck, alone = display_rings(
        _zones([MultiPolygon([box(122, 23, 122.1, 23.1), speck]), speck]), tolerance=1e-3
    )
    assert (len(with_speck), len(alone)) == (1, 1)


def test_faults_of_a_layer_are_listed_together() -> None:
    """Wrong coordinate system, repeated ids and points are named in one message."""
    zones = _zones([Point(121, 23), box(0, 0, 1, 1)], crs="EPSG:3826")
    zones["zone_id"] = "same"
    with pytest.raises(InputError, match=r"EPSG:4326.*unique.*no polygon"):
        check_zones(zones)
    with pytest.raises(InputError, match="found None"):
        check_zones(_zones([box(0, 0, 1, 1)], crs=None))


def test_longitude_first_variant_of_the_same_system_is_taken() -> None:
    """OGC:CRS84, the default of GeoParquet, is the same system."""
    check_zones(_zones([box(121, 23, 122, 24)], crs="OGC:CRS84"))


def test_view_is_the_treated_counties() -> None:
    """Towns of the zone's county are in view; other counties and far islets are not."""
    islet = box(124, 26, 124.01, 26.01)
    zones = _zones(
        [
            box(121, 23, 121.2, 23.2),
            MultiPolygon([box(121.2, 23, 121.4, 23.2), islet]),
            box(121.4, 23, 121.6, 23.2),
        ]
    )
    zones["county_name"] = ["虛構縣", "虛構縣", "別縣"]
    treated = np.array([True, False, False])
    assert view_bounds(zones, treated) == [121.0, 23.0, 121.4, 23.2]
    assert view_bounds(zones, np.zeros(3, dtype=bool)) == [121.0, 23.0, 121.6, 23.2]


def test_zones_without_county_are_the_view() -> None:
    """A zone whose county is unknown does not draw in every other unknown county."""
    zones = _zones([box(121, 23, 121.2, 23.2), box(121.2, 23, 121.4, 23.2)])
    zones["county_name"] = ""
    assert view_bounds(zones, np.array([True, False])) == [121.0, 23.0, 121.2, 23.2]


def test_grid_is_finer_than_a_street() -> None:
    """The grid moves a point by less than 6 m along an axis."""
    assert grid_error_m() == pytest.approx(5.56, abs=0.01)
