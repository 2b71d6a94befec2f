"""Zones the user brings: town lists and polygons."""

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from landwatch.vocabulary.errors import InputError
from pipelines.study_run import run_study
from tests.integration.conftest import Finished


def with_zones(small: Finished, folder: Path, zones: str) -> Path:
    world = folder / "world"
    shutil.copytree(small.study.parent, world)
    text = (world / "study.toml").read_text(encoding="utf-8")
    head, rest = text.split("[zones]", 1)
    tail = rest[rest.index("\n[[inputs]]") :]
    (world / "study.toml").write_text(f"{head}[zones]\n{zones}\n{tail}", encoding="utf-8")
    return world


def test_the_same_towns_listed_give_the_same_effects(small: Finished, tmp_path: Path) -> None:
    """A CSV of the towns that the criteria chose reproduces every number."""
    world = with_zones(small, tmp_path, 'source = "file"\npath = "zones.csv"\neffective = "date"\n')
    codes = sorted(small.effects["zone_id"].unique())
    pd.DataFrame({"town_code": codes, "date": "2019-01-03"}).to_csv(
        world / "zones.csv", index=False
    )
    run_study(world / "study.toml", tmp_path / "out")
    ours, theirs = (
        pd.read_csv(out / "mart" / "effects.csv", dtype=str)
        for out in (tmp_path / "out", small.out)
    )
    # a file of zones has no ranks around the cut, so fewer attacks can be tried
    tried = ["attacks_tried", "attacks_failed"]
    pd.testing.assert_frame_equal(ours.drop(columns=tried), theirs.drop(columns=tried))


def test_polygons_take_located_rows_and_doubt_the_others(small: Finished, tmp_path: Path) -> None:
    """A polygon over a town counts its located deals; unlocated rows there take no part."""
    world = with_zones(
        small,
        tmp_path,
        'source = "file"\npath = "zones.gpkg"\neffective = 2019-01-03\nid = "key"\nname = "title"',
    )
    areas = gpd.read_parquet(small.out / "mart" / "zones.parquet")
    zone = areas[areas["is_zone"]].iloc[[0]]
    layer = gpd.GeoDataFrame(
        {"key": ["p1"], "title": ["<b>範圍</b>"]}, geometry=zone.geometry.to_list(), crs=areas.crs
    )
    layer.to_crs("EPSG:3826").to_file(world / "zones.gpkg", engine="pyogrio")
    run_study(world / "study.toml", tmp_path / "out")
    effects = pd.read_csv(tmp_path / "out" / "mart" / "effects.csv")
    assert set(effects["zone_id"]) == {"p1"}
    flow = pd.read_csv(tmp_path / "out" / "mart" / "sample_flow.csv")
    step = flow[flow["step"] == "in or out of a zone for certain"]
    assert step["rows_dropped"].sum() > 0
    page = (tmp_path / "out" / "site" / "maps" / "verdict.html").read_text(encoding="utf-8")
    assert "<b>範圍</b>" not in page


def test_a_layer_without_a_coordinate_system_is_refused(small: Finished, tmp_path: Path) -> None:
    """Nothing is guessed about where a polygon lies."""
    world = with_zones(
        small, tmp_path, 'source = "file"\npath = "zones.shp"\neffective = 2019-01-03'
    )
    areas = gpd.read_parquet(small.out / "mart" / "zones.parquet")
    layer = areas[areas["is_zone"]][["zone_id", "geometry"]].rename(columns={"zone_id": "id"})
    layer.to_file(world / "zones.shp", engine="pyogrio")
    (world / "zones.prj").unlink()
    with pytest.raises(InputError, match="no coordinate system"):
        run_study(world / "study.toml", tmp_path / "out")


def test_metres_declared_as_degrees_are_refused(small: Finished, tmp_path: Path) -> None:
    """TM2 coordinates under a WGS84 label lie nowhere near Taiwan, and the message says where."""
    world = with_zones(
        small, tmp_path, 'source = "file"\npath = "zones.gpkg"\neffective = 2019-01-03'
    )
    areas = gpd.read_parquet(small.out / "mart" / "zones.parquet")
    layer = areas[areas["is_zone"]][["zone_id", "geometry"]].rename(columns={"zone_id": "id"})
    metres = layer.to_crs("EPSG:3826").set_crs("EPSG:4326", allow_override=True)
    metres.to_file(world / "zones.gpkg", engine="pyogrio")
    with pytest.raises(InputError, match="expected Taiwan"):
        run_study(world / "study.toml", tmp_path / "out")
