"""From reports of factories on farmland to sites, counts by zone and year, and figures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import polars as pl

from landwatch.measures.figures import figure_rows
from landwatch.measures.suspected_sites import (
    ALL_YEARS,
    counts_by_kind,
    farmland_factories,
    kind_coverage,
    left_censored,
    merged_sites,
    published_cells,
)
from landwatch.measures.zone_assignment import assign_zones
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study
from landwatch.vocabulary.factories import ENFORCEMENT_STEPS
from pipelines.figures import FIGURES
from pipelines.graph import Files, Step

SITES: Final = "factories__sites"

_PACKAGES: Final = ("landwatch.measures", "pipelines.factories")


def factory_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the steps from suspected sites to the mart.

    Parameters
    ----------
    study : Study
        The study.
    core : mapping of str to pathlib.Path
        Core tables by name.
    work, build : pathlib.Path
        Folders of intermediate files and of results.

    Returns
    -------
    list of Step
        None where no input feeds `SITES`. Products: ``farmland.csv``,
        ``suspected_factories.parquet`` and figures by area.
    """
    if SITES not in core:
        return []
    return [
        Step(
            "factories on farmland 農地疑似工廠",
            _write_factories,
            {
                "sites": core[SITES],
                "towns": work / "towns.parquet",
                "shapes": work / "shapes.parquet",
                "zones": build / "mart" / "zones.parquet",
            },
            {
                "farmland.csv": build / "mart" / "farmland.csv",
                "suspected_factories.parquet": build / "mart" / "suspected_factories.parquet",
                FIGURES: work / "figures_factories.parquet",
            },
            {"last_year": study.study.end.year},
            _PACKAGES,
        )
    ]


def _write_factories(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    towns = pl.read_parquet(inputs["towns"]).select("town_code", "county_code")
    shapes, zones = gpd.read_parquet(inputs["shapes"]), gpd.read_parquet(inputs["zones"])
    areas = _areas(zones, shapes, towns)
    sites = left_censored(_placed(pl.read_parquet(inputs["sites"]), shapes, zones, towns))
    coverage = kind_coverage(sites, areas)
    merged = merged_sites(sites)
    ordered = merged.sort("zone_id", "known_since", "source_file", "source_line")
    write_parquet(published_cells(ordered), products["suspected_factories.parquet"])
    farmland = farmland_factories(merged, coverage, areas, last_year=options["last_year"])
    write_csv(farmland, products["farmland.csv"])
    whole = figure_rows(
        farmland.filter(pl.col("period") == ALL_YEARS),
        "suspected_factory_count",
        value="factory_count",
        n_rows="factory_count",
        least=0,
    )
    write_parquet(pl.concat([whole, _figures(sites, coverage, areas)]), products[FIGURES])


def _areas(zones: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame, towns: pl.DataFrame) -> pl.DataFrame:
    """Zones and other towns, each in the county its middle lies in."""
    middle = zones.geometry.representative_point().to_crs("EPSG:4326")
    inside = _codes(middle.x.to_numpy(), middle.y.to_numpy(), shapes, "town_code")
    own = zones["town_code"].astype(object).where(zones["town_code"].notna(), None)
    return (
        pl.DataFrame(
            {
                "zone_id": zones["zone_id"].astype(str).to_list(),
                "effective": [v if isinstance(v, str) else None for v in zones["effective"]],
                "own_code": own.to_list(),
                "inside": inside,
            },
            schema_overrides={"effective": pl.String, "own_code": pl.String},
        )
        .with_columns(
            pl.coalesce("own_code", "inside").alias("town_code"),
            pl.col("own_code").is_not_null().alias("is_town"),
            pl.col("effective").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
        )
        .join(towns, on="town_code", how="left", maintain_order="left")
        .unique("zone_id", keep="first", maintain_order=True)
    )


def _placed(
    sites: pl.DataFrame, shapes: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, towns: pl.DataFrame
) -> pl.DataFrame:
    """Give each site its area: by its point, else by its town; its county alone gives none."""
    lon, lat = (
        sites[c].fill_null(np.nan).to_numpy().astype(np.float64) for c in ("longitude", "latitude")
    )
    by_town = pl.DataFrame(
        {
            "town_code": zones["town_code"].astype(object).where(zones["town_code"].notna(), None),
            "_by_town": zones["zone_id"].astype(str),
        },
        schema={"town_code": pl.String, "_by_town": pl.String},
    ).drop_nulls("town_code")
    located = sites.with_columns(
        pl.Series("_zone", _codes(lon, lat, zones, "zone_id")),
        pl.Series("_town", _codes(lon, lat, shapes, "town_code")),
    ).with_columns(pl.coalesce("_town", "town_code").alias("town_code"))
    first = by_town.unique("town_code", keep="first", maintain_order=True)
    return (
        located.join(first, on="town_code", how="left", maintain_order="left")
        .join(towns.rename({"county_code": "_county"}), on="town_code", how="left")
        .with_columns(
            pl.coalesce("_zone", "_by_town").alias("zone_id"),
            pl.coalesce("_county", "county_code").alias("county_code"),
        )
        .drop("_zone", "_town", "_by_town", "_county")
        .sort("source_file", "source_line")
    )


def _codes(
    longitude: np.ndarray, latitude: np.ndarray, areas: gpd.GeoDataFrame, column: str
) -> pl.Series:
    position = pl.Series(assign_zones(longitude, latitude, areas))
    names = pl.Series(areas[column].astype(str).to_list(), dtype=pl.String)
    return names.gather(position.replace(-1, None))


def _figures(sites: pl.DataFrame, coverage: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Count what each kind of evidence says of each area, and how far the cases have come."""
    rows = [
        _by_kind(sites.filter("is_suspected"), coverage, areas).with_columns(
            pl.concat_str(pl.lit("suspected_"), "evidence_kind", pl.lit("_count")).alias("figure")
        )
    ]
    cases = sites.filter(pl.col("evidence_kind") == "enforcement_case")
    steps = pl.col("last_status").fill_null("").str.split(";")
    for step in ENFORCEMENT_STEPS.values():
        taken = _by_kind(cases.filter(steps.list.contains(step)), coverage, areas)
        rows.append(
            taken.filter(pl.col("evidence_kind") == "enforcement_case").with_columns(
                pl.lit(f"enforcement_{step}_count").alias("figure")
            )
        )
    counts = pl.concat(rows).join(_spans(sites), on="evidence_kind", how="left")
    parts = [
        figure_rows(part, str(name), value="count", n_rows="count", least=0)
        for (name,), part in counts.partition_by("figure", as_dict=True).items()
    ]
    return pl.concat(parts)


def _by_kind(sites: pl.DataFrame, coverage: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    return counts_by_kind(sites.drop_nulls("zone_id"), coverage, areas)


def _spans(sites: pl.DataFrame) -> pl.DataFrame:
    first, last = (
        pl.min_horizontal("first_seen", "last_seen").min().dt.year().cast(pl.String),
        pl.col("last_seen").max().dt.year().cast(pl.String),
    )
    span = pl.when(first == last).then(first).otherwise(pl.concat_str(first, pl.lit("–"), last))
    return sites.group_by("evidence_kind").agg(span.fill_null("undated").alias("period"))
