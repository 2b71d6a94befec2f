"""Zoning and layers from the synthetic world to the mart."""

from pathlib import Path

import geopandas as gpd
import polars as pl
import pytest
import shapely

from landwatch.synthetic import build_world
from landwatch.synthetic.polygons import OVERLAP, ZONE_USES, plan_polygons, renewal_areas
from landwatch.vocabulary.zoning import zoning_class
from tests.integration.conftest import Finished

CODES = {"zone_id": pl.String}


def read(finished: Finished, name: str) -> pl.DataFrame:
    return pl.read_csv(finished.out / "mart" / name, schema_overrides=CODES)


def test_shares_of_classes_are_those_drawn(small: Finished) -> None:
    """Area by class of both plans, the overlapping green taken off what lies below it."""
    world = build_world(seed=_seed(small), size="town")
    table = read(small, "zoning.csv")
    known: dict[str, float] = {}
    for town in (0, 1):
        drawn = plan_polygons(world, town)
        for use, ring in drawn.iter_rows():
            kind = zoning_class(ZONE_USES[use][0], ZONE_USES[use][2], None) or "unknown"
            known[kind] = known.get(kind, 0) + shapely.Polygon(ring).area
        first = shapely.Polygon(drawn["ring"][0].to_list())
        below = zoning_class(ZONE_USES[drawn["use"][0]][0], ZONE_USES[drawn["use"][0]][2], None)
        green = first.buffer(-20, join_style="mitre").area
        known[below or "unknown"] -= green
        known["public_facility"] = known.get("public_facility", 0) + green
    classes = table.filter(pl.col("covered_class") != "all")
    found = dict(classes.group_by("covered_class").agg(pl.col("covered_area_m2").sum()).iter_rows())
    assert found == pytest.approx(known, rel=1e-6)
    whole = table.filter(pl.col("covered_class") == "all")["covered_area_m2"].sum()
    assert whole == pytest.approx(sum(known.values()), rel=1e-6)
    assert zoning_class(OVERLAP, None, None) == "public_facility"


def test_no_share_exceeds_its_zone_and_parts_make_the_whole(small: Finished) -> None:
    """Per town: classes add up to the plan, the plan to at most the town."""
    table = read(small, "zoning.csv")
    parts = table.filter(~pl.col("covered_class").is_in(["all", "outside_plan"]))
    summed = parts.group_by("zone_id").agg(pl.col("covered_area_m2").sum().alias("parts"))
    both = table.filter(pl.col("covered_class") == "all").join(summed, on="zone_id", how="left")
    assert both["covered_area_m2"].to_list() == pytest.approx(both["parts"].fill_null(0).to_list())
    assert both["covered_share"].max() <= 1
    assert both["status"].unique().to_list() == ["shown"]
    assert both.height == len(gpd.read_parquet(small.out / "mart" / "zones.parquet"))


def test_figures_of_plans_are_the_shares(small: Finished) -> None:
    """Every town has a share of plan and of farmland zoning; zero where there is no plan."""
    figures = read(small, "figures.csv").filter(pl.col("period") == "undated")
    plan = figures.filter(pl.col("figure") == "urban_plan_share")
    farm = figures.filter(pl.col("figure") == "agricultural_zoning_share")
    assert plan.height == farm.height == 6
    assert (plan["value"] > 0).sum() == 2
    assert (farm["value"] <= plan["value"]).all()


def test_renewal_areas_reach_the_mart(small: Finished) -> None:
    """One area a town, its day and size as drawn."""
    table = read(small, "layers.csv")
    drawn = renewal_areas(build_world(seed=_seed(small), size="town"))
    assert table["n_features"].to_list() == [1] * 6
    assert table["category"].to_list() == drawn["kind"].to_list()
    known = shapely.area([shapely.Polygon(r) for r in drawn["ring"].to_list()])
    assert table["covered_area_m2"].to_list() == pytest.approx(known.tolist())
    assert table["first_effective"].null_count() == 1


def test_villages_are_a_product_of_the_towns(small: Finished) -> None:
    """Later steps find villages beside the towns."""
    villages = gpd.read_parquet(Path(small.out) / ".landwatch" / "parts" / "villages.parquet")
    assert list(villages.columns) == ["village_code", "village_name", "town_code", "geometry"]
    assert villages.crs.to_epsg() == 4326


def _seed(finished: Finished) -> int:
    text = finished.study.read_text(encoding="utf-8")
    return int(text.split('id = "synthetic-town-')[1].split('"')[0].rsplit("-", 1)[1])
