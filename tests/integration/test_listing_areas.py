"""Which areas a listing speaks of, where zones are drawn as polygons."""

from pathlib import Path

import geopandas as gpd
import polars as pl
import shapely

from landwatch.schemas.storage import write_parquet
from landwatch.schemas.study import Study, read_study
from landwatch.schemas.tables import check_table
from landwatch.synthetic.study import study_text
from landwatch.synthetic.world import build_world
from pipelines.figures import FIGURES
from pipelines.listings import listing_steps
from tests.unit.measures.test_spells import listings


def test_a_listing_counts_in_its_town_and_in_a_polygon_zone_that_holds_it(tmp_path: Path) -> None:
    """Six rents in the polygon and its town, one outside, one without a point: 8 and 6."""
    point = {"longitude": 120.55, "latitude": 23.70, "place_precision": "point"}
    rows = [{**point, "rent_twd_month": 10_000.0 + i} for i in range(6)]
    table = listings(*rows, {**point, "longitude": 121.5}, {"place_precision": "town"})
    areas = gpd.GeoDataFrame(
        {"zone_id": ["drawn", "10009010"], "town_code": [None, "10009010"]},
        geometry=[shapely.box(120.5, 23.6, 120.6, 23.8), shapely.box(120, 23, 121, 24)],
        crs="EPSG:4326",
    )
    (tmp_path / "mart").mkdir()
    areas.to_parquet(tmp_path / "mart" / "zones.parquet")
    core = {"g0v__listings": tmp_path / "listings.parquet"}
    write_parquet(table, core["g0v__listings"])
    (step,) = listing_steps(_study(tmp_path), core, tmp_path / "work", tmp_path)
    step.action(step.inputs, step.products, step.options)
    figures = check_table(pl.read_parquet(step.products[FIGURES]), "figures")
    counts = figures.filter(figure="listings_count").sort("zone_id")
    assert counts.select("zone_id", "value").rows() == [("10009010", 8.0), ("drawn", 6.0)]
    rents = figures.filter(figure="asking_rent_twd_m2_month", zone_id="drawn")
    assert rents["value"].item() == 200.05
    spells = pl.read_parquet(step.products["spells"])
    assert check_table(spells, "g0v__listing_spells").height == 8


def test_a_study_without_listings_has_no_such_step(tmp_path: Path) -> None:
    """Nothing is promised that no input feeds."""
    assert listing_steps(_study(tmp_path), {}, tmp_path, tmp_path) == []


def _study(folder: Path) -> Study:
    path = folder / "study.toml"
    path.write_text(study_text(build_world(seed=1, size="town")), encoding="utf-8")
    return read_study(path)
