"""From located core rows to the gazetteer, and from it to a place for every other row."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import polars as pl

from landwatch.measures.gazetteer import gazetteer, located_spots
from landwatch.measures.place_accuracy import place_accuracy
from landwatch.measures.place_levels import area_places
from landwatch.measures.placement import location_cloud, placed
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study
from landwatch.schemas.tables import TABLES, check_table, conformed
from landwatch.vocabulary.places import places_from
from landwatch.vocabulary.text import place_spelling
from pipelines.graph import Files, Step
from pipelines.ingest import place_step

LOCATED: Final = "lvr__sales"
"""Core table whose coordinates teach the gazetteer."""

ADDRESSED: Final = frozenset({"town_code", "masked_address", "location_id"})
"""Columns by which the rows of a core table are placed."""

_PACKAGES: Final = ("landwatch.measures", "pipelines.places")


def place_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the steps that learn where places are and place the rows of every core table.

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
        Products ``gazetteer`` and ``cloud``; ``work/placed/<table>.parquet`` for each table with
        the columns `ADDRESSED`; and ``mart/place_accuracy.csv`` where some rows have coordinates.
    """
    towns = place_step(study, work).products
    known = {k: towns[k] for k in ("towns", "shapes", "villages") if k in towns}
    located = {**known, **({"located": core[LOCATED]} if LOCATED in core else {})}
    learned = {"gazetteer": work / "gazetteer.parquet", "cloud": work / "cloud.parquet"}
    steps = [Step("gazetteer 地名", _write_gazetteer, located, learned, {}, _PACKAGES)]
    if LOCATED in core:
        report = {"place_accuracy.csv": build / "mart" / "place_accuracy.csv"}
        steps.append(Step("place accuracy", _write_accuracy, located, report, {}, _PACKAGES))
    for table, path in core.items():
        if has_addresses(table):
            steps.append(
                Step(
                    f"place {table}",
                    _write_placed,
                    {
                        "rows": path,
                        "gazetteer": learned["gazetteer"],
                        "towns": towns["towns"],
                    },
                    {"placed": work / "placed" / f"{table}.parquet"},
                    {},
                    _PACKAGES,
                )
            )
    return steps


def placed_inputs(table: str, work: Path) -> dict[str, Path]:
    """Return the files that tell where the rows of a core table lie.

    Parameters
    ----------
    table : str
        Core table.
    work : pathlib.Path
        Folder of intermediate files.

    Returns
    -------
    dict of str to pathlib.Path
        ``cloud``, and ``places`` where the table has addresses.
    """
    files = {"cloud": work / "cloud.parquet"}
    if has_addresses(table):
        files["places"] = work / "placed" / f"{table}.parquet"
    return files


def has_addresses(table: str) -> bool:
    """Tell whether a gazetteer can place the rows of a core table.

    Parameters
    ----------
    table : str
        Core table.

    Returns
    -------
    bool
        True where the table has the columns `ADDRESSED`.
    """
    return table in TABLES and set(TABLES[table].columns) >= ADDRESSED


def _write_gazetteer(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    spots = _spots(inputs)
    table = conformed(gazetteer(spots, _areas(inputs)), "places__gazetteer")
    write_parquet(check_table(table, "places__gazetteer"), products["gazetteer"])
    write_parquet(location_cloud(spots), products["cloud"])


def _write_accuracy(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    accuracy = place_accuracy(_spots(inputs), _areas(inputs))
    numbers = [c for c, t in accuracy.schema.items() if t == pl.Float64]
    write_csv(accuracy.with_columns(pl.col(numbers).round(4)), products["place_accuracy.csv"])


def _write_placed(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    towns = pl.read_parquet(inputs["towns"])
    rows = _completed(pl.read_parquet(inputs["rows"]), towns)
    places = placed(rows, pl.read_parquet(inputs["gazetteer"]), towns)
    table = pl.concat([rows.select("source_file", "source_line"), places], how="horizontal")
    table = conformed(table, "places__rows")
    write_parquet(check_table(table, "places__rows"), products["placed"])


def _completed(rows: pl.DataFrame, towns: pl.DataFrame) -> pl.DataFrame:
    """Add the columns a table without coordinates or counties lacks."""
    absent = [c for c in ("longitude", "latitude") if c not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.Float64).alias(c) for c in absent)
    if "county_code" in rows.columns:
        return rows
    counties = towns.select("town_code", "county_code")
    return rows.join(counties, on="town_code", how="left", maintain_order="left")


def _spots(inputs: Files) -> pl.DataFrame:
    towns, shapes = pl.read_parquet(inputs["towns"]), gpd.read_parquet(inputs["shapes"])
    columns = [
        "town_code",
        "county_code",
        "masked_address",
        "location_id",
        "longitude",
        "latitude",
        "deal_date",
    ]
    rows = (
        pl.read_parquet(inputs["located"], columns=columns)
        if "located" in inputs
        else pl.DataFrame(schema=dict.fromkeys(columns, pl.String)).cast(
            {"longitude": pl.Float64, "latitude": pl.Float64, "deal_date": pl.Date}
        )
    )
    return located_spots(rows, towns, shapes)[0]


def _areas(inputs: Files) -> pl.DataFrame:
    """Return outlines of towns, counties and, where the study has them, villages."""
    towns = places_from(pl.read_parquet(inputs["towns"])).towns.to_pandas()
    shapes = gpd.read_parquet(inputs["shapes"])
    county = dict(zip(towns["town_code"], towns["county_code"], strict=True))
    shapes = shapes.assign(county_code=shapes["town_code"].map(county))
    parts = [
        area_places(shapes, "town", "town_code"),
        area_places(shapes, "county", "county_code"),
    ]
    if "villages" in inputs:
        villages = gpd.read_parquet(inputs["villages"])
        name = pl.Series("n", villages["village_name"].tolist(), dtype=pl.String)
        spelled = name.to_frame().select(place_spelling(pl.col("n"))).to_series().to_list()
        key = villages["town_code"].astype(str) + ":" + pd.Series(spelled, index=villages.index)
        parts.append(area_places(villages.assign(place_key=key), "village", "place_key"))
    return pl.concat(parts)
