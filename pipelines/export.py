"""From results to files for a GIS: price surfaces and a styled GeoPackage."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import polars as pl

from landwatch.cartography.qgis import write_geopackage
from landwatch.cartography.rasters import write_geotiff
from landwatch.measures.samples import SAMPLES
from landwatch.measures.surfaces import CELL_M, price_surface
from landwatch.schemas.storage import whole_file
from landwatch.schemas.study import Study
from pipelines.graph import Files, Step

_PACKAGES: Final = ("landwatch.cartography", "landwatch.measures", "pipelines.export")
_NUMBERS: Final = ("estimate_log", "ci_low", "ci_high", "q_value", "mde_log")


def export_steps(study: Study, samples: Sequence[Step], results: Step, out: Path) -> list[Step]:
    """Return the steps that write for a GIS what the inputs can feed.

    Parameters
    ----------
    study : Study
        The study.
    samples : sequence of Step
        Drawing steps.
    results : Step
        The step that wrote the mart.
    out : pathlib.Path
        Folder of results.

    Returns
    -------
    list of Step
        ``landwatch.gpkg``; and, where an input has coordinates, ``rasters/`` with its catalogue.
    """
    tables = {name: results.products[name] for name in ("verdicts.parquet", "effects.parquet")}
    steps = [
        Step(
            "geopackage",
            _write_geopackage,
            {**tables, "zones": out / "mart" / "zones.parquet"},
            {"gpkg": out / "landwatch.gpkg"},
            {},
            _PACKAGES,
        )
    ]
    if any(i.kind == "lvr_query" for i in study.inputs):
        rows = {
            s.products["rows"].stem: s.products["rows"] for s in samples if "rows" in s.products
        }
        dated = {"dated": next(s.inputs["dated"] for s in samples)}
        catalog = {"catalog": out / "rasters" / "catalog.json"}
        steps.append(Step("surfaces", _write_surfaces, rows | dated, catalog, {}, _PACKAGES))
    return steps


def _write_geopackage(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    zones = gpd.read_parquet(inputs["zones"])
    zones = zones[zones["is_zone"]]
    verdicts = pd.read_parquet(inputs["verdicts.parquet"])
    effects = pd.read_parquet(inputs["effects.parquet"])
    wide = effects.pivot(index="zone_id", columns="outcome", values=list(_NUMBERS))
    wide.columns = ["__".join(reversed(pair)) for pair in wide.columns.to_flat_index()]
    table = zones.merge(verdicts.drop(columns="zone_name"), on="zone_id", how="left")
    write_geopackage(table.merge(wide, on="zone_id", how="left"), products["gpkg"])


def _write_surfaces(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    folder = products["catalog"].parent
    shutil.rmtree(folder, ignore_errors=True)
    date = pl.lit(pl.read_parquet(inputs["dated"])["effective_date"].min())
    entries = []
    for outcome in (name for name in SAMPLES if name in inputs):
        surface = price_surface(pl.read_parquet(inputs[outcome]), date)
        if surface is None:
            continue
        per_month = "/month" if SAMPLES[outcome].response == "rent_twd_m2_month" else ""
        bands = {
            "before": (surface.before, f"NTD/m2{per_month}"),
            "after": (surface.after, f"NTD/m2{per_month}"),
            "change": (surface.change, "log ratio after/before"),
        }
        for name, (values, unit) in bands.items():
            path = folder / f"{outcome}_{name}.tif"
            corner = (surface.west_m, surface.north_m)
            write_geotiff(values, path, corner_m=corner, cell_m=CELL_M, unit=unit)
            entries.append({"file": path.name, "unit": unit, "crs": "EPSG:3826", "cell_m": CELL_M})
    with whole_file(products["catalog"]) as draft:
        draft.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
