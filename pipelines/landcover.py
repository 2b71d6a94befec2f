"""From rasters to land cover by zone: areas, shares and change between eras."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import polars as pl
from exactextract.raster import RasterioRasterSource

from landwatch.measures.figures import figure_rows
from landwatch.measures.land_cover import (
    class_areas,
    code_areas,
    land_cover,
    land_cover_change,
    share_changes_to_show,
    shares_to_show,
)
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study
from landwatch.sources.landcover import opened_members
from landwatch.vocabulary.crs import TWD97_TM2
from landwatch.vocabulary.land_cover import CODES
from pipelines.figures import FIGURES
from pipelines.graph import Files, Step
from pipelines.ingest import part_steps

FIGURE_CLASSES: Final = ("farmland", "built_up")
_GRID: Final = ("era", "crs", "cell_size_m", "west", "south", "east", "north", "codes")
_PACKAGES: Final = ("landwatch.sources.landcover", "landwatch.measures", "pipelines.landcover")


def landcover_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the steps from land-cover rasters to the mart.

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
        One step a published file, and one that writes ``landcover.csv`` and
        ``landcover_change.csv``; none without rasters.
    """
    if "landcover__rasters" not in core:
        return []
    zones = build / "mart" / "zones.parquet"
    reading = [
        Step(
            f"land cover 土地覆蓋 {part.options['label']}",
            _write_areas,
            {"file": part.inputs["file"], "rasters": core["landcover__rasters"], "zones": zones},
            {"areas": part.products["landcover__rasters"].with_name("areas.parquet")},
            {"label": part.options["label"]},
            _PACKAGES,
        )
        for part in part_steps(study, work)
        if part.options["kind"] == "landcover"
    ]
    areas = {str(i): step.products["areas"] for i, step in enumerate(reading)}
    products = {
        "landcover.csv": build / "mart" / "landcover.csv",
        "landcover_change.csv": build / "mart" / "landcover_change.csv",
        FIGURES: work / "landcover" / "figures.parquet",
    }
    inputs = {**areas, "zones": zones}
    return [
        *reading,
        Step("land cover by zone 土地覆蓋", _write_cover, inputs, products, {}, _PACKAGES),
    ]


def _write_areas(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    label = options["label"]
    mine = (pl.col("source_file") == label) | pl.col("source_file").str.starts_with(f"{label}/")
    rasters = pl.read_parquet(inputs["rasters"]).filter(mine)
    zones = gpd.read_parquet(inputs["zones"])[["zone_id", "geometry"]]
    parts = list(_areas(inputs["file"], label, rasters, zones))
    schema = {"zone_id": pl.String, "era": pl.String, "class": pl.String}
    numbers = dict.fromkeys(("area_m2", "covered_m2", "n_cells"), pl.Float64)
    empty = pl.DataFrame(schema={**schema, **numbers})
    write_parquet(pl.concat([empty, *(p.select(empty.columns) for p in parts)]), products["areas"])


def _areas(
    path: Path, label: str, rasters: pl.DataFrame, zones: gpd.GeoDataFrame
) -> Iterator[pl.DataFrame]:
    with opened_members(path, label, frozenset(rasters["source_file"])) as datasets:
        for _, grid in rasters.group_by(*_GRID, maintain_order=True):
            crs = grid["crs"][0]
            # the file's own spelling of the system, which standardise found to be this one
            told = datasets[grid["source_file"][0]].crs.to_wkt()
            here = zones.to_crs(crs).set_crs(told, allow_override=True)
            sources = {
                row["class"]: RasterioRasterSource(datasets[row["source_file"]], row["source_line"])
                for row in grid.iter_rows(named=True)
            }
            if CODES in sources:
                found = code_areas(sources[CODES], here, json.loads(grid["codes"][0]))
            else:
                found = class_areas(sources, here, cell_size_m=grid["cell_size_m"][0])
            yield found.with_columns(pl.lit(grid["era"][0]).alias("era"))


def _write_cover(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    areas = pl.concat([pl.read_parquet(p) for role, p in inputs.items() if role != "zones"])
    zones = gpd.read_parquet(inputs["zones"]).to_crs(TWD97_TM2)
    whole = dict(zip(zones["zone_id"].astype(str), zones.geometry.area, strict=True))
    cover = land_cover(areas, whole)
    write_csv(cover, products["landcover.csv"])
    write_csv(land_cover_change(cover), products["landcover_change.csv"])
    figures = [
        figure_rows(frame(cover, group), name, value="share", n_rows="n_rows")
        for group in FIGURE_CLASSES
        for frame, name in (
            (shares_to_show, f"{group}_share"),
            (share_changes_to_show, f"{group}_share_change"),
        )
    ]
    write_parquet(pl.concat(figures), products[FIGURES])
