"""The rule of repair: what it changes, what it refuses, what it leaves alone."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from landwatch.standardise.geometry import geometry_kinds, repaired

corner = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


@st.composite
def valid_polygons(draw: st.DrawFn) -> shapely.Geometry:
    """Hulls of three or more points that do not lie on one line."""
    hull = shapely.MultiPoint(draw(st.lists(corner, min_size=3, max_size=9))).convex_hull
    return hull if hull.geom_type == "Polygon" else shapely.box(0, 0, 1, 1)


@settings(max_examples=50, deadline=None)
@given(st.lists(valid_polygons(), min_size=1, max_size=6))
def test_valid_polygons_keep_their_area(polygons: list[shapely.Geometry]) -> None:
    """What was valid is returned as it was, to the last bit of its area."""
    done = repaired(polygons)
    assert shapely.area(done.geometry).tolist() == shapely.area(np.array(polygons)).tolist()
    assert done.repair_share.tolist() == [0.0] * len(polygons)
    assert done.was_invalid == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(corner, min_size=3, max_size=8), min_size=1, max_size=5))
def test_repair_is_idempotent_and_total(rings: list[list[tuple[int, int]]]) -> None:
    """Any ring is returned valid or refused with a reason, and a second repair changes nothing."""
    done = repaired([shapely.Polygon(ring) for ring in rings])
    kept = done.fault == ""
    assert shapely.is_missing(done.geometry).tolist() == (~kept).tolist()
    assert shapely.is_valid(done.geometry[kept]).all()
    assert set(shapely.get_dimensions(done.geometry[kept])) <= {2}
    again = repaired(done.geometry[kept])
    assert (again.fault == "").all()
    assert shapely.equals(again.geometry, done.geometry[kept]).all()
    assert (done.repair_share[kept] <= 0.01).all()


@pytest.mark.parametrize(
    ("wkt", "fault"),
    [
        ("POLYGON((0 0,1 1,1 0,0 1,0 0))", "repair_changes_area"),
        ("POLYGON EMPTY", "no_geometry"),
        ("POLYGON((0 0,5 0,0 0))", "no_extent"),
        ("LINESTRING(1 1,1 1)", "no_extent"),
        ("GEOMETRYCOLLECTION(POINT(0 0),POLYGON((0 0,1 0,1 1,0 0)))", "mixed_geometry"),
        (
            "GEOMETRYCOLLECTION(POLYGON((0 0,4 0,4 4,0 0)),POLYGON((0 0,4 0,4 4,0 0)))",
            "repair_changes_area",
        ),
        ("POLYGON Z((0 0 5,1 0 5,1 1 5,0 0 5))", ""),
        ("POLYGON((0 0,2 0,2 2,1 2,1 3,1 2,0 2,0 0))", ""),
        ("POLYGON((0 0,0 0,1 0,1 1,1 1,0 0))", ""),
        ("POINT(1 2)", ""),
    ],
)
def test_each_fault_has_its_name(wkt: str, fault: str) -> None:
    """Crossed, empty, flat and mixed shapes are refused; spikes, doubled corners and Z are not."""
    done = repaired([shapely.from_wkt(wkt)])
    assert done.fault.tolist() == [fault]
    assert not shapely.has_z(done.geometry).any()


def test_null_and_infinite_shapes_are_told_apart() -> None:
    """No shape is not a shape at no place."""
    infinite = shapely.points(np.array([[np.inf, 1.0]]))[0]
    assert repaired([None, infinite]).fault.tolist() == ["no_geometry", "bad_coordinates"]


def test_small_change_of_area_is_kept_and_told() -> None:
    """A ring that overlaps itself by half a per cent is repaired and says so."""
    ring = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0), (5, 0), (5, -5), (0, -5), (0, 0)]
    crossed = shapely.Polygon([(0, 0), (100, 0), (100, 100), (-1, 100), (-1, 99), (0, 101)])
    done = repaired([shapely.Polygon(ring), crossed])
    assert done.fault.tolist() == ["", ""]
    assert 0 < done.repair_share[1] < 0.01
    assert done.was_invalid == 2


def test_kinds_of_shapes() -> None:
    """Multi-parts are of the kind of their parts."""
    shapes = ["MULTIPOINT((0 0))", "LINESTRING(0 0,1 1)", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))"]
    told = geometry_kinds(np.array([*shapely.from_wkt(shapes), None], dtype=object))
    assert told.tolist() == ["point", "line", "polygon", ""]
