"""From zoning and user layers to what share of each zone and town they cover."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import polars as pl
import shapely

from landwatch.measures.figures import figure_rows
from landwatch.measures.layer_shares import (
    accounted_plans,
    layer_shares,
    plans_elsewhere,
    zoning_shares,
)
from landwatch.measures.polygon_shares import Shapes
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study
from landwatch.schemas.tables import check_table
from landwatch.standardise.projection import plane_shapes
from landwatch.vocabulary.crs import TWD97_TM2, WGS84
from landwatch.vocabulary.errors import InputError
from pipelines.figures import FIGURES
from pipelines.graph import Files, Step

UNDATED: Final = "undated"
"""Period of what plans say: their layers tell no day."""

_PACKAGES: Final = ("landwatch.measures", "landwatch.standardise", "pipelines.polygons")


def polygon_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the steps that measure what zoning and layers cover.

    Parameters
    ----------
    study : Study
        The study.
    core : mapping of str to pathlib.Path
        Core tables of the run.
    work, build : pathlib.Path
        Folders of intermediate files and of results.

    Returns
    -------
    list of Step
        Products ``zoning.csv`` and figures, where there is zoning; ``layers.csv``, where there
        are layers.
    """
    del study
    areas = {
        "zones": build / "mart" / "zones.parquet",
        "shapes": work / "shapes.parquet",
        "towns": work / "towns.parquet",
    }
    steps = []
    if "zoning__polygons" in core:
        tables = {name: core[name] for name in ("zoning__polygons", "zoning__plans")}
        products = {
            "zoning.csv": build / "mart" / "zoning.csv",
            FIGURES: work / "figures" / "zoning.parquet",
        }
        steps.append(
            Step("zoning 使用分區", _write_zoning, {**tables, **areas}, products, {}, _PACKAGES)
        )
    if "layers__features" in core:
        given = {"features": core["layers__features"], "zones": areas["zones"]}
        products = {"layers.csv": build / "mart" / "layers.csv"}
        steps.append(Step("layers 圖層", _write_layers, given, products, {}, _PACKAGES))
    return steps


def _write_zoning(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    polygons = pl.read_parquet(inputs["zoning__polygons"])
    plans = pl.read_parquet(inputs["zoning__plans"])
    ids, areas = _plane_areas(inputs["zones"])
    shapes = shapely.from_wkb(polygons["geometry"].to_numpy())
    _check_counties(inputs, polygons, shapes)
    shares = zoning_shares(ids, areas, shapes, polygons["zoning_class"])
    counties = _zone_counties(inputs)
    table = accounted_plans(shares, counties, _plans_by_county(polygons), _plans_by_county(plans))
    write_csv(check_table(table, "zoning_shares"), products["zoning.csv"])
    write_parquet(_figures(table), products[FIGURES])


def _check_counties(inputs: Files, polygons: pl.DataFrame, shapes: Shapes) -> None:
    towns = gpd.read_parquet(inputs["shapes"])
    codes = pl.Series("town_code", towns["town_code"].astype(str).tolist(), pl.String)
    county = dict(pl.read_parquet(inputs["towns"]).select("town_code", "county_code").iter_rows())
    plane = plane_shapes(towns.geometry.to_numpy(), WGS84, "towns", to=TWD97_TM2).geometry
    if lost := plans_elsewhere(polygons, shapes, plane, codes.replace_strict(county)):
        raise InputError(
            f"{len(lost)} plans do not lie in the county their code names: {', '.join(lost[:5])}. "
            "Is their coordinate system the one declared (EPSG:3825 west of 120° E, otherwise "
            "EPSG:3826)?"
        )


def _figures(table: pl.DataFrame) -> pl.DataFrame:
    whole = table.filter(pl.col("covered_class") == "all").with_columns(
        pl.lit(UNDATED).alias("period")
    )
    farm = table.filter(pl.col("covered_class") == "agricultural").select(
        "zone_id", pl.col("covered_share").alias("_share"), pl.col("n_polygons").alias("_n")
    )
    both = whole.join(farm, on="zone_id", how="left").with_columns(
        pl.when(pl.col("status") == "shown").then(pl.col("_share").fill_null(0.0)).alias("_share")
    )
    columns = (
        ("urban_plan_share", "covered_share", "n_polygons"),
        ("agricultural_zoning_share", "_share", "_n"),
    )
    return pl.concat(figure_rows(both, f, value=v, n_rows=n, least=0) for f, v, n in columns)


def _write_layers(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    features = pl.read_parquet(inputs["features"])
    ids, areas = _plane_areas(inputs["zones"])
    shapes = shapely.from_wkb(features["geometry"].to_numpy())
    zone = gpd.read_parquet(inputs["zones"])["is_zone"].to_numpy(bool)
    parts = [
        layer_shares(ids.filter(pl.Series(chosen)), areas[chosen], features, shapes)
        for chosen in (zone, ~zone)
        if chosen.any()
    ]
    table = pl.concat(parts).sort("zone_id", "layer_name", "category")
    write_csv(check_table(table, "layer_shares"), products["layers.csv"])


def _plane_areas(path: Path) -> tuple[pl.Series, Shapes]:
    zones = gpd.read_parquet(path)
    done = plane_shapes(zones.geometry.to_numpy(), WGS84, path.name, to=TWD97_TM2)
    ids = pl.Series("zone_id", zones["zone_id"].astype(str).tolist(), pl.String)
    if faulty := ids.filter(pl.Series(done.fault != "")).to_list():
        raise InputError(
            f"{len(faulty)} zones have no usable shape in {TWD97_TM2}: {', '.join(faulty[:5])}. "
            "Correct them in a GIS."
        )
    return ids, done.geometry


def _plans_by_county(rows: pl.DataFrame) -> dict[str, frozenset[str]]:
    grouped = rows.group_by("county_code").agg(pl.col("plan_code").unique())
    return {county: frozenset(codes) for county, codes in grouped.iter_rows()}


def _zone_counties(inputs: Files) -> dict[str, frozenset[str]]:
    """Counties each zone or town lies in: of its town, or of the towns its polygon meets."""
    zones, towns = gpd.read_parquet(inputs["zones"]), gpd.read_parquet(inputs["shapes"])
    county = dict(pl.read_parquet(inputs["towns"]).select("town_code", "county_code").iter_rows())
    whole = zones["town_code"].notna().to_numpy()
    drawn, town = towns.sindex.query(zones.geometry[~whole], predicate="intersects")
    pairs = [
        *zip(zones["zone_id"][whole], zones["town_code"][whole], strict=True),
        *zip(zones["zone_id"][~whole].iloc[drawn], towns["town_code"].iloc[town], strict=True),
    ]
    found: dict[str, set[str]] = {}
    for zone_id, code in pairs:
        found.setdefault(str(zone_id), set()).add(county[code])
    return {zone_id: frozenset(codes) for zone_id, codes in found.items()}
