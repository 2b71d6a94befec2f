"""Official statistics as figures of areas, and every town in every year accounted for."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import polars as pl

from landwatch.measures.figures import figure_rows
from landwatch.measures.livelihood import yearly_births
from landwatch.measures.masuda import HORIZON_YEARS, masuda_years
from landwatch.measures.town_coverage import town_coverage
from landwatch.measures.vital import birth_rates, mid_year_population, village_shares
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study
from landwatch.schemas.tables import empty_table
from pipelines.figures import FIGURES
from pipelines.graph import Files, Step

SERIES: Final[Mapping[str, str]] = {
    "population": "population__town_months",
    "town_ages": "population__town_ages",
    "village_ages": "population__village_ages",
    "ageing": "population__town_ageing",
    "education": "population__village_education",
    "projection": "population__town_projections",
    "births": "vital__village_months",
    "births_yearly": "vital__town_years",
    "income_villages": "income__village_years",
    "income_towns": "income__town_years",
}
"""Series of ``mart/statistics_coverage.csv`` and their core tables."""

MASUDA_FIGURES: Final[Mapping[str, str]] = {
    "projection": "masuda_index_share",
    "cohorts": "masuda_index_cohorts_share",
}
"""Figures of the Masuda index by what it was computed from."""

_PACKAGES: Final = ("landwatch.measures", "pipelines.statistics")
_NOT_FOR_FIGURES: Final = ("income_villages", "income_towns", "ageing")


def statistics_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the steps of official statistics.

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
        ``statistics_coverage.csv``, and figures; none where no input feeds a series.
    """
    del study
    given = {series: core[table] for series, table in SERIES.items() if table in core}
    if not given:
        return []
    towns = {"towns": work / "towns.parquet"}
    coverage = Step(
        "coverage of statistics 統計涵蓋",
        _write_coverage,
        given | towns,
        {"coverage": build / "mart" / "statistics_coverage.csv"},
        {},
        _PACKAGES,
    )
    used = {s: p for s, p in given.items() if s not in _NOT_FOR_FIGURES}
    if not used:
        return [coverage]
    figures = Step(
        "figures of statistics 統計數字",
        _write_figures,
        {**used, "zones": build / "mart" / "zones.parquet"},
        {FIGURES: work / "figures" / "statistics.parquet"},
        {},
        _PACKAGES,
    )
    return [coverage, figures]


def _write_coverage(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    towns = pl.read_parquet(inputs["towns"])
    parts = []
    for series in (s for s in SERIES if s in inputs):
        period = "month" if "month" in pl.read_parquet_schema(inputs[series]) else "year"
        rows = pl.read_parquet(inputs[series], columns=["town_code", period])
        parts.append(town_coverage(rows, towns, series=series))
    table = pl.concat(parts).join(
        towns.select("town_code", "county_name", "town_name"), on="town_code", how="left"
    )
    first = ["town_code", "county_name", "town_name"]
    table = table.select(*first, pl.exclude(first)).sort("town_code", "series", "year")
    write_csv(table, products["coverage"])


def _write_figures(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    tables = {s: pl.read_parquet(inputs[s]) for s in SERIES if s in inputs}
    areas = gpd.read_parquet(inputs["zones"])
    zones = pl.from_pandas(pd.DataFrame(areas[["zone_id", "town_code"]].astype("string")))
    zones = zones.cast(pl.String).drop_nulls("town_code")
    parts = [empty_table(FIGURES)]
    for frame, figure in _town_figures(tables):
        rows = frame.join(zones, on="town_code", how="inner")
        parts.append(figure_rows(rows, figure, value=figure, n_rows="n_rows", least=0))
    write_parquet(pl.concat(parts), products[FIGURES])


def _town_figures(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[pl.DataFrame, str]]:
    masuda = masuda_years(tables.get("projection"), tables.get("town_ages"))
    later = pl.col("year") + HORIZON_YEARS
    span = pl.concat_str("year", later, separator="-").alias("period")
    for basis, figure in MASUDA_FIGURES.items():
        rows = masuda.filter(pl.col("masuda_basis") == basis).with_columns(span)
        # later base years of a projection are projected themselves
        first = rows.filter(pl.col("year") == pl.col("year").min())
        yield first.rename({"masuda_index": figure}), figure
    births = yearly_births(tables.get("births"), tables.get("births_yearly"))
    people = mid_year_population(
        tables.get("population"), tables.get("village_ages"), tables.get("births_yearly")
    )
    yield birth_rates(births, people), "births_per_1000_persons"
    if "village_ages" in tables:
        old, figure = pl.col("population_65_up"), "population_65_up_share"
        ages = tables["village_ages"]
        yield village_shares(ages, old, "population", share=figure, period="month"), figure
    if "education" in tables:
        known = tables["education"].drop_nulls(["tertiary_graduated", "tertiary_attended"])
        part = pl.col("tertiary_graduated") + pl.col("tertiary_attended")
        figure = "tertiary_15_up_share"
        yield village_shares(known, part, "population_15_up", share=figure, period="year"), figure
