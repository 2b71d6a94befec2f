"""From lists of projects to dates and doses by town or zone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import polars as pl

from landwatch.measures.dose import project_dose
from landwatch.measures.figures import figure_rows
from landwatch.measures.livelihood import town_years
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study
from landwatch.schemas.tables import conformed
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.text import place_spelling
from pipelines.figures import FIGURES
from pipelines.graph import Files, Step

_PACKAGES: Final = ("landwatch.measures", "pipelines.projects")


def project_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the step from awards to doses.

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
        Product ``projects.csv``; none without a list of projects.
    """
    del study
    if "projects__awards" not in core:
        return []
    inputs = {"awards": core["projects__awards"], "zones": build / "mart" / "zones.parquet"}
    if "population__town_months" in core:
        inputs["population"] = core["population__town_months"]
    products = {
        "projects.csv": build / "mart" / "projects.csv",
        FIGURES: work / "projects" / "figures.parquet",
    }
    return [Step("projects 地方創生計畫", _write_dose, inputs, products, {}, _PACKAGES)]


def _write_dose(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    zones = gpd.read_parquet(inputs["zones"])[["zone_id", "zone_name", "town_code"]]
    areas = pl.from_pandas(zones).with_columns(pl.all().cast(pl.String))
    awards = _placed(pl.read_parquet(inputs["awards"]), areas)
    population = None
    if "population" in inputs:
        years = town_years(pl.read_parquet(inputs["population"]), None)
        population = years.join(areas.drop_nulls("town_code"), on="town_code")
    dose = project_dose(awards, population)
    names = areas.unique("zone_id", keep="first", maintain_order=True)
    named = dose.join(names, on="zone_id", how="left", maintain_order="left")
    columns = ("zone_id", "zone_name", "town_code", *dose.columns[1:])
    write_csv(named.select(columns), products["projects.csv"])
    write_parquet(_figures(dose), products[FIGURES])


def dose_response_steps(stories: Sequence[Step], build: Path) -> list[Step]:
    """Return the step that relates effects to project money, where there is a list of projects.

    Parameters
    ----------
    stories : sequence of Step
        Steps of the stories.
    build : pathlib.Path
        Folder of results.

    Returns
    -------
    list of Step
        Product ``dose.csv``; none without a list of projects.
    """
    made = [step.products["projects.csv"] for step in stories if "projects.csv" in step.products]
    mart = build / "mart"
    return [
        Step(
            "dose 補助與效果",
            _write_response,
            {"money": money, "effects": mart / "effects.parquet"},
            {"dose.csv": mart / "dose.csv"},
            {},
            ("landwatch.models", "pipelines.projects"),
        )
        for money in made
    ]


def _write_response(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    from landwatch.models.dose_table import fit_doses

    del options
    texts = {"zone_id": pl.String, "town_code": pl.String}
    money = pl.read_csv(inputs["money"], schema_overrides=texts).to_pandas()
    found = fit_doses(pl.read_parquet(inputs["effects"]).to_pandas(), money)
    write_csv(conformed(pl.from_pandas(found), "dose"), products["dose.csv"])


def _placed(awards: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Awards of towns under the area that is the town; those of zones by id or name."""
    towns = areas.drop_nulls("town_code").unique("town_code", keep="first", maintain_order=True)
    by_town = towns.select("town_code", pl.col("zone_id").alias("_of_town"))
    keys = [
        areas.select(place_spelling(pl.col(c)).alias("_key"), pl.col("zone_id").alias("_named"))
        for c in ("zone_id", "zone_name")
    ]
    by_name = pl.concat(keys).unique("_key", keep="first", maintain_order=True)
    joined = (
        awards.with_columns(place_spelling(pl.col("zone_name")).alias("_key"))
        .join(by_town, on="town_code", how="left", maintain_order="left")
        .join(by_name, on="_key", how="left", maintain_order="left")
    )
    # a town may lie outside every area of a study whose zones are its own polygons
    area = pl.coalesce("_of_town", "_named", "town_code")
    placed = joined.with_columns(area.alias("zone_id"))
    if (lost := placed.filter(pl.col("zone_id").is_null())).height:
        row = lost.row(0, named=True)
        raise UnknownCodeError(
            f"{row['source_file']} line {row['source_line']}: zone {row['zone_name']!r} is neither "
            "id nor name of a zone of the study; correct it, or give county and town."
        )
    return placed


def _figures(dose: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("year")
    period = pl.concat_str(year.min().cast(pl.String), pl.lit("–"), year.max().cast(pl.String))
    final = dose.with_columns(period.alias("period")).filter(year == year.max())
    return pl.concat(
        figure_rows(final, name, value=value, n_rows="n_projects", least=0)
        for name, value in (("projects", "n_projects"), ("project_subsidy_twd", "dose_twd"))
    )
