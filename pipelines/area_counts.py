"""From placed rows to counts by village and by drawn zone: no row needs a coordinate of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import polars as pl

from landwatch.measures.area_counts import area_counts, town_pieces
from landwatch.schemas.storage import write_csv
from landwatch.schemas.study import Study
from landwatch.schemas.tables import TABLES, check_table
from pipelines.graph import Files, Step
from pipelines.ingest import place_step
from pipelines.places import has_addresses, placed_inputs

_PACKAGES: Final = ("landwatch.measures", "pipelines.area_counts")


def area_count_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the steps that count rows by village and by drawn zone.

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
        ``village_counts.csv`` where the boundaries hold villages, ``zone_counts.csv`` where zones
        come from a file; none without a table that can be placed.
    """
    tables = sorted(name for name in core if has_addresses(name))
    if not tables:
        return []
    towns = place_step(study, work).products
    shared = {"cloud": work / "cloud.parquet", "shapes": towns["shapes"]}
    for name in tables:
        shared |= {
            f"{name}/rows": core[name],
            f"{name}/places": placed_inputs(name, work)["places"],
        }
    steps = []
    for level, areas in _levels(study, towns, build).items():
        product = {"counts": build / "mart" / f"{level}_counts.csv"}
        options = {"level": level, "tables": tables}
        inputs = {**shared, "areas": areas}
        name = f"counts by {level}"
        steps.append(Step(name, _write_counts, inputs, product, options, _PACKAGES))
    return steps


def _levels(study: Study, towns: Files, build: Path) -> dict[str, Path]:
    levels = {"village": towns["villages"]} if "villages" in towns else {}
    if study.zones.source == "file":
        levels["zone"] = build / "mart" / "zones.parquet"
    return levels


def _write_counts(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    areas, shapes = gpd.read_parquet(inputs["areas"]), gpd.read_parquet(inputs["shapes"])
    pieces = _villages(areas) if options["level"] == "village" else _zones(areas, shapes)
    keys = ["source_file", "source_line"]
    parts = []
    for name in options["tables"]:
        places = pl.read_parquet(inputs[f"{name}/places"])
        rows = places.join(_counted(name, inputs[f"{name}/rows"]), on=keys, how="inner")
        parts.append(rows.drop(keys).with_columns(pl.lit(name).alias("table_name")))
    table = area_counts(pl.concat(parts), pieces, pl.read_parquet(inputs["cloud"]))
    rounded = table.with_columns(pl.col("rows_expected").round(2))
    write_csv(check_table(rounded, "area_counts"), products["counts"])


def _counted(table: str, path: Path) -> pl.DataFrame:
    """Rows to count: all, but of reports about factories only those that still suspect one."""
    columns = ["source_file", "source_line", "town_code"]
    if "is_suspected" not in TABLES[table].columns:
        return pl.read_parquet(path, columns=columns)
    return (
        pl.read_parquet(path, columns=[*columns, "is_suspected"])
        .filter("is_suspected")
        .drop("is_suspected")
    )


def _villages(villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    named = villages.rename(columns={"village_code": "area_id"})
    return named[["area_id", "town_code", "geometry"]].reset_index(drop=True)


def _zones(areas: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    zones = areas[areas["is_zone"]].rename(columns={"zone_id": "area_id"})
    return town_pieces(zones.assign(area_id=zones["area_id"].astype(str)), shapes)
