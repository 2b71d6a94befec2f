"""Shops and businesses: from core tables to premises, occupants and numbers by area."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import polars as pl

from landwatch.measures.chains import chain_marks
from landwatch.measures.figures import figure_rows
from landwatch.measures.premises import occupants, premises
from landwatch.measures.shop_counts import listed_counts, listed_stores, shop_counts
from landwatch.measures.zone_assignment import assign_zones
from landwatch.schemas.storage import write_parquet
from landwatch.schemas.study import Study
from landwatch.schemas.tables import check_table, empty_table
from pipelines.figures import FIGURES
from pipelines.graph import Files, Step

_TABLES: Final = ("businesses__register", "shops__stores", "shops__brands")
_COUNTS: Final = {
    "shops_chain": "shops_chain_count",
    "shops_independent": "shops_independent_count",
    "offices": "business_offices_count",
}


def shop_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the steps of shops and businesses.

    Parameters
    ----------
    study : Study
        The study.
    core : mapping of str to pathlib.Path
        Core tables.
    work, build : pathlib.Path
        Folders of intermediate files and of results.

    Returns
    -------
    list of Step
        One step, products ``premises``, ``occupants`` and the figures; none where the study has
        neither shops nor businesses.
    """
    del study
    given = {name: core[name] for name in _TABLES if name in core}
    if not given:
        return []
    if "population__town_months" in core:
        given["population__town_months"] = core["population__town_months"]
    inputs = {
        **given,
        "shapes": work / "shapes.parquet",
        "towns": work / "towns.parquet",
        "zones": build / "mart" / "zones.parquet",
    }
    products = {
        "premises": build / "mart" / "premises.parquet",
        "occupants": build / "mart" / "occupants.parquet",
        FIGURES: work / "figures" / "shops.parquet",
    }
    packages = ("landwatch.measures", "landwatch.reference", "pipelines.shops")
    return [Step("shops 商店", _write_shops, inputs, products, {}, packages)]


def _write_shops(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    tables = {
        name: pl.read_parquet(inputs[name]) if name in inputs else empty_table(name)
        for name in _TABLES
    }
    stores = _in_towns(tables["shops__stores"], inputs)
    marked = chain_marks(tables["businesses__register"], tables["shops__brands"], stores)
    occupied = occupants(marked, stores)
    doors = premises(occupied, marked, stores)
    write_parquet(check_table(doors, "premises"), products["premises"])
    write_parquet(check_table(occupied, "occupants"), products["occupants"])
    write_parquet(_figures(marked, stores, inputs), products[FIGURES])


def _in_towns(stores: pl.DataFrame, inputs: Files) -> pl.DataFrame:
    """Towns of stores that a source places by a point alone."""
    shapes = gpd.read_parquet(inputs["shapes"]).reset_index(drop=True)
    codes = shapes["town_code"].astype(str).tolist()
    at_point = _at_points(stores, shapes, codes)
    counties = pl.read_parquet(inputs["towns"]).select(
        "town_code", pl.col("county_code").alias("_county")
    )
    placed = stores.with_columns(pl.coalesce(pl.col("town_code"), at_point).alias("town_code"))
    return (
        placed.join(counties, on="town_code", how="left", maintain_order="left")
        .with_columns(pl.coalesce("county_code", "_county").alias("county_code"))
        .drop("_county")
    )


def _at_points(rows: pl.DataFrame, areas: gpd.GeoDataFrame, names: list[str]) -> pl.Series:
    x, y = (
        rows[c].cast(pl.Float64).fill_null(np.nan).to_numpy() for c in ("longitude", "latitude")
    )
    position = assign_zones(x, y, areas)
    known = pl.Series([*names, None], dtype=pl.String)
    return known.gather(pl.Series(position).cast(pl.Int64) % len(known))


def _figures(marked: pl.DataFrame, stores: pl.DataFrame, inputs: Files) -> pl.DataFrame:
    zones = gpd.read_parquet(inputs["zones"])
    columns = ["zone_id", "town_code", "county_name"]
    areas = pl.from_pandas(zones[columns].astype("object").where(zones[columns].notna(), None))
    areas = areas.with_columns(pl.all().cast(pl.String))
    parts = [empty_table("figures")]
    if marked.height:
        counts = shop_counts(marked, areas)
        parts += [
            figure_rows(counts, figure, value=column, n_rows="rows", least=0)
            for column, figure in _COUNTS.items()
        ]
        parts.append(figure_rows(counts, "chain_share", value="chain_share", n_rows="shops"))
    if stores.height:
        parts += _listed(stores, zones, areas, inputs)
    return pl.concat(parts)


def _listed(
    stores: pl.DataFrame, zones: gpd.GeoDataFrame, areas: pl.DataFrame, inputs: Files
) -> list[pl.DataFrame]:
    listed = listed_stores(stores)
    drawn = zones[zones["town_code"].isna()].reset_index(drop=True)
    towns = areas.filter(pl.col("town_code").is_not_null()).select("town_code", "zone_id")
    by_town = listed.join(towns, on="town_code", how="inner")
    in_drawn = listed.with_columns(
        _at_points(listed, drawn, drawn["zone_id"].astype(str).tolist()).alias("zone_id")
    ).filter(pl.col("zone_id").is_not_null())
    both = pl.concat([by_town.select(in_drawn.columns), in_drawn])
    name = "population__town_months"
    population = pl.read_parquet(inputs[name]) if name in inputs else None
    counts = listed_counts(both, areas, population)
    rate = "chain_stores_per_10000_persons"
    found = [
        figure_rows(
            counts,
            "chain_stores_listed_count",
            value="chain_stores",
            n_rows="chain_stores",
            least=0,
        )
    ]
    if population is not None:
        found.append(
            figure_rows(
                counts,
                f"chain_stores_listed_{rate.removeprefix('chain_stores_')}",
                value=rate,
                n_rows="chain_stores",
                least=0,
            )
        )
    return found
