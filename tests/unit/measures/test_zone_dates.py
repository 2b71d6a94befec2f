"""Zones treated more than once."""

import datetime as dt

import geopandas as gpd
import pytest
from shapely.geometry import box

from landwatch.measures.zone_dates import first_treatments
from landwatch.vocabulary.errors import InputError

D19, D20, D23 = dt.date(2019, 1, 3), dt.date(2020, 10, 5), dt.date(2023, 1, 1)


def _zones(rows):
    ids, dates, shapes = zip(*rows, strict=True)
    data = {"zone_id": ids, "effective": dates, "town_code": ids}
    return gpd.GeoDataFrame(data, geometry=list(shapes), crs="EPSG:4326")


def test_a_plan_that_is_extended_keeps_its_first_and_its_next_date():
    square, other = box(0, 0, 1, 1), box(2, 2, 3, 3)
    found = first_treatments(
        _zones([("a", D23, square), ("b", D20, other), ("a", D19, square), ("a", D20, square)])
    )
    assert found["zone_id"].tolist() == ["a", "b"]
    assert found["effective"].tolist() == [D19, D20]
    assert found["next_date"].tolist() == [D20, None]


def test_the_same_outline_drawn_from_another_corner_is_the_same():
    turned = box(0, 0, 1, 1, ccw=False)
    found = first_treatments(_zones([("a", D20, box(0, 0, 1, 1)), ("a", D19, turned)]))
    assert found["next_date"].tolist() == [D20]


def test_a_zone_listed_twice_with_one_date_has_no_next_one():
    square = box(0, 0, 1, 1)
    found = first_treatments(_zones([("a", D19, square), ("a", D19, square)]))
    assert found["next_date"].tolist() == [None]


def test_a_part_added_later_under_the_same_id_is_refused():
    with pytest.raises(InputError, match="another outline: a"):
        first_treatments(_zones([("a", D19, box(0, 0, 1, 1)), ("a", D20, box(1, 0, 2, 1))]))


def test_shapes_of_one_zone_and_date_are_its_parts():
    found = first_treatments(_zones([("a", D19, box(0, 0, 1, 1)), ("a", D19, box(2, 0, 3, 1))]))
    assert [len(shape.geoms) for shape in found.geometry] == [2]
    assert found.crs == "EPSG:4326"
