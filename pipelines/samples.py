"""From core rows and zones to the rows each model takes."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import polars as pl

from landwatch.measures.livelihood import (
    livelihood_panel,
    series_breaks,
    town_years,
    yearly_births,
)
from landwatch.measures.masuda import masuda_years
from landwatch.measures.membership import likeliest_zones
from landwatch.measures.placement import own_places
from landwatch.measures.samples import (
    SAMPLES,
    ZONE_COLUMNS,
    drawn_sample,
    rows_to_draw_from,
    zoned_deals,
)
from landwatch.measures.zone_assignment import partly_covered
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study
from pipelines.graph import Files, Step
from pipelines.places import placed_inputs

PANELS: Final[Mapping[str, str]] = {
    "population": "population",
    "income": "income_median_twd",
    "births": "births",
}
"""Yearly outcomes, and the key figure each is made of."""

TABLES_OF_PANELS: Final[Mapping[str, str]] = {
    "population": "population__town_months",
    "income": "income__village_years",
    "births": "vital__village_months",
}
FURTHER_TABLES: Final = (
    "vital__town_years",
    "population__town_ages",
    "population__town_projections",
)
"""Tables the key figures need besides."""

FLOW_COUNTS: Final = ("rows_left", "rows_dropped")
_PACKAGES: Final = ("landwatch.measures", "pipelines.samples")


def sample_steps(study: Study, core: Files, work: Path, out: Path) -> list[Step]:
    """Return one drawing step for every outcome the core tables can feed.

    Parameters
    ----------
    study : Study
        The study.
    core : mapping of str to pathlib.Path
        Core tables of the run.
    work, out : pathlib.Path
        Folders of intermediate files and of results.

    Returns
    -------
    list of Step
        Products ``rows`` and, for outcomes of deals, ``flow``; and ``years`` for the key figures.
    """
    options = {"start": study.study.start.isoformat(), "end": study.study.end.isoformat()}
    shared = {
        "dated": work / "dated_zones.parquet",
        "zones": out / "mart" / "zones.parquet",
        "towns": work / "towns.parquet",
    }
    steps = [
        Step(
            f"sample {outcome}",
            _write_sample,
            {
                "deals": core[rule.table],
                **placed_inputs(rule.table, work),
                **shared,
            },
            {
                "rows": work / "samples" / f"{outcome}.parquet",
                "flow": work / "samples" / f"{outcome}__flow.parquet",
            },
            {"outcome": outcome, **options},
            _PACKAGES,
        )
        for outcome, rule in SAMPLES.items()
        if rule.table in core
    ]
    given = {kind: core[table] for kind, table in TABLES_OF_PANELS.items() if table in core}
    if given:
        steps.append(
            Step(
                "sample livelihood",
                _write_livelihood,
                {**given, **{t: core[t] for t in FURTHER_TABLES if t in core}, **shared},
                {
                    "years": work / "samples" / "years.parquet",
                    **{kind: work / "samples" / f"{kind}.parquet" for kind in given},
                    **{f"{k}__breaks": work / "samples" / f"{k}__breaks.parquet" for k in given},
                },
                options,
                _PACKAGES,
            )
        )
    return steps


def _write_sample(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    deals = rows_to_draw_from(pl.read_parquet(inputs["deals"]), options["outcome"])
    dated = pl.read_parquet(inputs["dated"])
    places = pl.read_parquet(inputs["places"]) if "places" in inputs else None
    cloud = pl.read_parquet(inputs["cloud"])
    deals = placed_rows(deals, places)
    placed = zoned_rows(deals, dated, gpd.read_parquet(inputs["zones"]), cloud)
    start, end = (dt.date.fromisoformat(options[k]) for k in ("start", "end"))
    rows, flow = drawn_sample(placed, options["outcome"], start=start, end=end)
    write_parquet(rows, products["rows"])
    write_parquet(flow, products["flow"])


def placed_rows(deals: pl.DataFrame, places: pl.DataFrame | None) -> pl.DataFrame:
    """Add where each row is placed; its own columns keep only what the source prints.

    Parameters
    ----------
    deals : polars.DataFrame
        Core rows.
    places : polars.DataFrame or None
        Table ``places__rows`` of the same rows; None for a table without addresses, whose rows
        have no place but their own coordinate.

    Returns
    -------
    polars.DataFrame
        The rows with ``placed_longitude``, ``placed_latitude`` and the columns of the place.
    """
    if places is None:
        places = own_places(deals)
    known = places.rename({"longitude": "placed_longitude", "latitude": "placed_latitude"})
    both = deals.join(known, on=["source_file", "source_line"], how="left", maintain_order="left")
    return both.with_columns(pl.coalesce("place_level", "place_precision").alias("place_precision"))


def zoned_rows(
    deals: pl.DataFrame, dated: pl.DataFrame, areas: gpd.GeoDataFrame, cloud: pl.DataFrame
) -> pl.DataFrame:
    """Tell the zone of every deal, by town or by its place as the zones ask.

    Parameters
    ----------
    deals : polars.DataFrame
        Rows of `placed_rows`.
    dated : polars.DataFrame
        ``zone_id, town_code, effective_date, next_date``.
    areas : geopandas.GeoDataFrame
        Zones and all other towns.
    cloud : polars.DataFrame
        Spots of `landwatch.measures.placement.location_cloud`.

    Returns
    -------
    polars.DataFrame
        The rows with the columns of `landwatch.measures.samples.zoned_deals`.
    """
    if dated["town_code"].null_count() == 0:
        return zoned_deals(deals, dated, [], None)
    zones = areas[areas["is_zone"]].reset_index(drop=True)
    towns = areas[~areas["is_zone"]]
    touched = partly_covered(towns, zones)["town_code"].astype(str).tolist()
    is_exact = pl.col("longitude").is_not_null()
    may_be_inside = is_exact | pl.col("town_code").is_in(touched)
    places = deals.select(
        pl.when(may_be_inside).then(f"placed_{axis}").alias(axis)
        for axis in ("longitude", "latitude")
    )
    rest = deals.select("place_error_m", "place_error_p90_m", "cloud_key")
    likely = likeliest_zones(pl.concat([places, rest], how="horizontal"), zones, cloud)
    elsewhere = deals.select(~may_be_inside & pl.col("town_code").is_not_null()).to_series()
    membership = likely.with_columns(
        pl.when(elsewhere).then(0.0).otherwise(name).alias(name)
        for name in ("zone_probability", "inside_probability")
    )
    return zoned_deals(deals, dated, touched, membership)


def _write_livelihood(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    end = dt.date.fromisoformat(options["end"])
    kinds = [kind for kind in PANELS if kind in inputs]
    years = _town_years(inputs)
    years = years.filter(pl.col("year") <= end.year)
    write_parquet(years, products["years"])
    dated = pl.read_parquet(inputs["dated"]).filter(pl.col("town_code").is_not_null())
    zone = dated.select("town_code", *ZONE_COLUMNS).unique("town_code", keep="first")
    county = pl.read_parquet(inputs["towns"]).select("town_code", "county_code")
    for kind in kinds:
        breaks = series_breaks(years, PANELS[kind], figure=kind)
        write_parquet(breaks, products[f"{kind}__breaks"])
        panel = livelihood_panel(years, PANELS[kind], breaks)
        panel = panel.join(county, on="town_code", how="inner")
        panel = panel.join(zone, on="town_code", how="left").sort("town_code", "year")
        write_parquet(panel, products[kind])


def _town_years(inputs: Files) -> pl.DataFrame:
    wanted = (*PANELS, *FURTHER_TABLES)
    tables = {name: pl.read_parquet(inputs[name]) for name in wanted if name in inputs}
    births = None
    if "births" in tables:
        births = yearly_births(tables["births"], tables.get("vital__town_years"))
    years = town_years(tables.get("population"), tables.get("income"), births)
    masuda = masuda_years(
        tables.get("population__town_projections"), tables.get("population__town_ages")
    )
    key = ["town_code", "year"]
    years = years.join(masuda.drop("n_rows"), on=key, how="full", coalesce=True)
    return years.sort(key)


def flow_table(flows: list[Path], target: Path) -> None:
    """Put the flows of all outcomes in one table.

    Parameters
    ----------
    flows : list of pathlib.Path
        Products ``flow`` of the drawing steps.
    target : pathlib.Path
        ``mart/sample_flow.csv``.
    """
    counts = dict.fromkeys(FLOW_COUNTS, pl.Int64)
    empty = pl.DataFrame(schema={"outcome": pl.String, "step": pl.String, **counts})
    casts = [pl.col(c).cast(dtype) for c, dtype in empty.schema.items()]
    parts = [pl.read_parquet(p).select(casts) for p in flows]
    write_csv(pl.concat([empty, *parts]), target)
