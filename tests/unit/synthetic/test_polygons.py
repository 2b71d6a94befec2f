"""Facts of `landwatch.synthetic.polygons`: what the program's own readers make of them."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from landwatch.sources.boundaries import boundary_contents, read_towns, read_villages
from landwatch.synthetic import World, WorldFiles
from landwatch.synthetic.polygons import (
    FAULTS,
    GRID,
    OVERLAP,
    ZONE_USES,
    plan_polygons,
    renewal_areas,
)
from pipelines.ingest import standardised_file

LATEST = dt.date(2023, 6, 30)


def test_villages_make_up_their_towns(written: WorldFiles) -> None:
    """Eight villages a town, together its area but for the grid of the coordinates."""
    assert boundary_contents(written.boundaries) == ("towns", "villages")
    places, towns = read_towns(written.boundaries)
    villages = read_villages(written.boundaries, places)
    assert villages["village_code"].is_unique
    assert villages.groupby("town_code").size().to_list() == [8] * 6
    made = shapely.area(villages.dissolve("town_code").geometry.to_numpy())
    known = shapely.area(towns.sort_values("town_code").geometry.to_numpy())
    np.testing.assert_allclose(made, known, rtol=1e-4)


def test_zoning_is_read_as_drawn(world: World, written: WorldFiles) -> None:
    """Every polygon but the planted faults is kept, with its use and area; the plans are told."""
    places, _ = read_towns(written.boundaries)
    done = standardised_file(written.zoning, places, kind="zoning", label="z", latest=LATEST)
    table = done.tables["zoning__polygons"]
    assert dict(done.rejects["reason"].value_counts().iter_rows()) == {
        k: 2 * n for k, n in FAULTS.items()
    }
    assert sorted(done.tables["zoning__plans"]["plan_code"]) == sorted(table["plan_code"].unique())
    for order, (code,) in enumerate(table.select("plan_code").unique().sort("plan_code").rows()):
        drawn = plan_polygons(world, order)
        own = table.filter((pl.col("plan_code") == code) & (pl.col("zone_use") != OVERLAP))
        assert own.height == GRID[0] * GRID[1]
        assert own["zone_use"].to_list() == [ZONE_USES[u][0] for u in drawn["use"]]
        known = shapely.area([shapely.Polygon(r) for r in drawn["ring"].to_list()])
        np.testing.assert_allclose(own["area_m2"], known, rtol=1e-9)
    unknown = table.filter(pl.col("flags") == "unknown_zoning")
    assert set(unknown["zone_use"]) == {ZONE_USES[-1][0]}


def test_renewal_areas_are_read_as_drawn(world: World, written: WorldFiles) -> None:
    """Day, kind and area of every area; one without a day is flagged; faults are rejected."""
    places, _ = read_towns(written.boundaries)
    options = {"name": "更新", "effective": "公告日", "category": "類別"}
    done = standardised_file(
        written.layer, places, kind="layer", label="l", latest=LATEST, options=options
    )
    drawn, table = renewal_areas(world), done.tables["layers__features"]
    assert table["category"].to_list() == drawn["kind"].to_list()
    assert table["effective_date"].is_null().to_list() == drawn["day"].is_null().to_list()
    assert table["flags"].to_list() == ["no_date", *[None] * 5]
    known = shapely.area([shapely.Polygon(r) for r in drawn["ring"].to_list()])
    assert table["area_m2"].to_list() == pytest.approx(known.tolist())
    assert sorted(done.rejects["reason"]) == sorted(FAULTS)
    assert Path(written.layer).suffix == ".geojson"
