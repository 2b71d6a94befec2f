"""Shops and businesses from a synthetic world's files to the mart."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import pandas as pd
import polars as pl
import pytest

from landwatch.schemas.raw import united
from landwatch.schemas.storage import write_parquet
from landwatch.schemas.study import read_study
from landwatch.schemas.tables import empty_table
from landwatch.sources.archives import published_files
from landwatch.sources.boundaries import read_towns
from landwatch.standardise.duplicates import without_duplicates
from landwatch.synthetic import WorldFiles, write_world
from pipelines.formats import KINDS
from pipelines.ingest import standardised_file
from pipelines.shops import shop_steps


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> WorldFiles:
    """Six towns on disk."""
    return write_world(tmp_path_factory.mktemp("shops"), seed=7, size="town")


def mart(written: WorldFiles, folder: Path, kinds: tuple[str, ...]) -> Path:
    """Run the step of shops over core tables of the kinds given, with one drawn zone."""
    places, shapes = read_towns(written.boundaries)
    parts = [
        standardised_file(p, places, kind=kind, label=p.name, latest=dt.date(2023, 1, 1))
        for kind in kinds
        for p in published_files(written.directory / "raw" / kind, KINDS[kind].suffixes)
    ]
    tables = without_duplicates(united(parts)).tables
    core = {}
    for name in {t for kind in kinds for t in KINDS[kind].tables}:
        core[name] = folder / "core" / f"{name}.parquet"
        write_parquet(tables.get(name, empty_table(name)), core[name])
    write_parquet(places.towns, folder / "work" / "towns.parquet")
    shapes.to_parquet(folder / "work" / "shapes.parquet")
    names = dict(places.towns.select("town_code", "county_name").iter_rows())
    towns = shapes.assign(zone_id=shapes["town_code"], county_name=shapes["town_code"].map(names))
    drawn = gpd.GeoDataFrame(
        {"zone_id": ["drawn", "sea"], "town_code": [None, None], "county_name": ["", ""]},
        geometry=[shapes.union_all(), shapes.union_all().buffer(0.1).boundary.buffer(0.001)],
        crs=shapes.crs,
    )
    areas = gpd.GeoDataFrame(pd.concat([towns, drawn], ignore_index=True), crs=shapes.crs)
    (folder / "build" / "mart").mkdir(parents=True, exist_ok=True)
    areas.to_parquet(folder / "build" / "mart" / "zones.parquet")
    study = read_study(written.study)
    (step,) = shop_steps(study, core, folder / "work", folder / "build")
    step.action(step.inputs, step.products, step.options)
    return folder


def test_a_study_without_shops_has_no_step(written: WorldFiles, tmp_path: Path) -> None:
    """Other kinds alone make nothing."""
    assert shop_steps(read_study(written.study), {}, tmp_path, tmp_path) == []


def test_shops_reach_the_mart(written: WorldFiles, tmp_path: Path) -> None:
    """Doors, occupants and figures of every town; a drawn zone has listed stores only."""
    folder = mart(written, tmp_path, ("shops", "businesses"))
    doors = pl.read_parquet(folder / "build" / "mart" / "premises.parquet")
    occupied = pl.read_parquet(folder / "build" / "mart" / "occupants.parquet")
    assert occupied["premises_id"].is_in(doors["premises_id"].implode()).all()
    assert doors["n_occupants"].sum() == occupied.height
    figures = pl.read_parquet(folder / "work" / "figures" / "shops.parquet")
    value = {(z, f, p): v for z, f, p, v, *_ in figures.iter_rows()}
    truth = pl.read_csv(written.shops_truth, schema_overrides={"zone_id": pl.String})
    for row in truth.iter_rows(named=True):
        share = value[row["zone_id"], "chain_share", "2022-12-10"]
        assert share == pytest.approx(row["chain_share_after"])
    listed = figures.filter(pl.col("figure") == "chain_stores_listed_count")
    counts = dict(listed.select("zone_id", "value").iter_rows())
    stores = pl.read_parquet(folder / "core" / "shops__stores.parquet").height
    assert counts["drawn"] == stores
    assert counts["sea"] is None
    assert sum(v for k, v in counts.items() if k not in {"drawn", "sea"}) == stores
    assert value["drawn", "chain_share", "2022-12-10"] is None


@pytest.mark.parametrize("kind", ["shops", "businesses"])
def test_either_kind_alone_is_enough(written: WorldFiles, tmp_path: Path, kind: str) -> None:
    """Lists without a register, a register without lists."""
    folder = mart(written, tmp_path, (kind,))
    occupied = pl.read_parquet(folder / "build" / "mart" / "occupants.parquet")
    assert occupied.height > 0
    publisher = {"shops": "chain_lists", "businesses": "business_register"}[kind]
    assert set(occupied["publisher"]) == {publisher}
