"""Shares of zones under zoning and layers: known answers."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
import shapely

from landwatch.measures.layer_shares import (
    accounted_plans,
    layer_shares,
    plans_elsewhere,
    zoning_shares,
)
from landwatch.schemas.tables import check_table

IDS = pl.Series("zone_id", ["a", "b", "c"])
AREAS = np.array([shapely.box(10 * i, 0, 10 * i + 10, 10) for i in range(3)])


def shares() -> pl.DataFrame:
    polygons = [
        shapely.box(0, 0, 10, 5),
        shapely.box(5, 0, 15, 5),
        shapely.box(0, 5, 1, 6),
        shapely.box(2, 5, 3, 6),
    ]
    classes = pl.Series(["agricultural", "residential", None, "outside_plan"])
    return zoning_shares(IDS, AREAS, np.array(polygons), classes)


def test_the_later_polygon_takes_the_overlap() -> None:
    """Half of the farmland is drawn over: shares of classes add up to the plan's share."""
    found = {
        (z, c): s for z, c, s in shares().select("zone_id", "covered_class", "covered_share").rows()
    }
    assert found == pytest.approx(
        {
            ("a", "agricultural"): 0.25,
            ("a", "residential"): 0.25,
            ("a", "unknown"): 0.01,
            ("a", "outside_plan"): 0.01,
            ("a", "all"): 0.51,
            ("b", "residential"): 0.25,
            ("b", "all"): 0.25,
            ("c", "all"): 0.0,
        }
    )


@pytest.mark.parametrize(
    ("known", "status", "share"),
    [
        ({"1": frozenset("xy")}, "no_data", None),
        ({"1": frozenset("x")}, "shown", 0.0),
        ({}, "no_data", None),
    ],
)
def test_no_polygon_is_no_plan_only_where_all_plans_were_read(
    known: dict[str, frozenset[str]], status: str, share: float | None
) -> None:
    """A town without polygons may lie in the plan that is missing: unknown is not zero."""
    counties = dict.fromkeys("abc", frozenset({"1"}))
    table = accounted_plans(shares(), counties, {"1": frozenset("x")}, known)
    check_table(table, "zoning_shares")
    town = table.filter((pl.col("zone_id") == "c") & (pl.col("covered_class") == "all"))
    assert town.select("status", "covered_share").row(0) == (status, share)
    assert set(table.filter(pl.col("zone_id") == "a")["status"]) == {"shown"}


def test_a_county_without_plans_read_is_no_data() -> None:
    """Zones of a county that no file speaks of have no share."""
    counties = {"c": frozenset({"2"})}
    table = accounted_plans(shares(), counties, {"1": frozenset("x")}, {"2": frozenset("z")})
    row = table.filter(pl.col("zone_id") == "c").row(0, named=True)
    assert (row["n_plans_read"], row["n_plans_known"], row["status"]) == (0, 1, "no_data")


def test_layers_do_not_hide_each_other() -> None:
    """Overlap counts once within a layer and in full between layers; features count once."""
    shapes = np.array(
        [
            shapely.box(0, 0, 10, 10),
            shapely.box(5, 0, 15, 10),
            shapely.box(0, 0, 10, 10),
            shapely.LineString([(2, 2), (2, 8), (12, 8)]),
            shapely.Point(10, 5),
        ],
        dtype=object,
    )
    day = dt.date(2019, 1, 3)
    features = pl.DataFrame(
        {
            "layer_name": ["x", "x", "y", "y", "y"],
            "category": ["p", "q", None, "line", "point"],
            "effective_date": [day, None, None, day, None],
            "geometry_kind": ["polygon"] * 3 + ["line", "point"],
        }
    )
    table = check_table(layer_shares(IDS, AREAS, features, shapes), "layer_shares")
    rows = {
        (r["zone_id"], r["layer_name"], r["category"]): (
            r["covered_share"],
            r["length_in_zone_m"],
            r["n_features"],
        )
        for r in table.iter_rows(named=True)
    }
    assert rows == {
        ("a", "x", "p"): (0.5, 0, 1),
        ("a", "x", "q"): (0.5, 0, 1),
        ("b", "x", "q"): (0.5, 0, 0),
        ("a", "y", None): (1.0, 0, 1),
        ("a", "y", "line"): (0, 14, 1),
        ("b", "y", "line"): (0, 2, 0),
        ("a", "y", "point"): (0, 0, 1),
    }
    assert table.filter(pl.col("category") == "p")["first_effective"].item() == day
    assert table.filter(pl.col("category") == "q")["first_effective"].null_count() == 2


def test_plans_that_lie_elsewhere_are_named() -> None:
    """A plan in another county or in no town is named; one half in the sea is not."""
    shapes = np.array(
        [
            shapely.box(1, 1, 2, 2),
            shapely.box(1, 20, 2, 21),
            shapely.box(11, 1, 12, 2),
            shapely.box(50, 1, 51, 2),
        ]
    )
    plans = pl.DataFrame(
        {"plan_code": ["A1", "A1", "A2", "A3"], "county_code": ["1"] * 4, "area_m2": [1.0] * 4}
    )
    counties = pl.Series(["1", "2", "2"])
    assert plans_elsewhere(plans, shapes, AREAS, counties) == ["A2", "A3"]


def test_no_polygons_at_all() -> None:
    """Every area has its row, without any share known."""
    none = np.empty(0, dtype=object)
    table = zoning_shares(IDS, AREAS, none, pl.Series([], dtype=pl.String))
    assert table["covered_area_m2"].to_list() == [0, 0, 0]
    told = accounted_plans(table, {}, {}, {})
    assert told["covered_share"].null_count() == 3
    plans = pl.DataFrame(
        schema={"plan_code": pl.String, "county_code": pl.String, "area_m2": float}
    )
    assert plans_elsewhere(plans, none, AREAS, pl.Series(["1"] * 3)) == []
