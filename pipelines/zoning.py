"""From core tables to zones, by criteria or from a file, with every other town beside them."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import polars as pl

from landwatch.measures.criteria import (
    YEARS_BEFORE,
    Selection,
    criteria_selection,
    town_criteria,
)
from landwatch.measures.zone_dates import first_treatments
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study, Zones
from landwatch.sources.zone_files import read_zone_file
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import Places, places_from
from pipelines.graph import Files, Step

_PACKAGES: Final = ("landwatch.sources", "landwatch.measures", "pipelines.zoning")


def zone_step(study: Study, work: Path, out: Path) -> Step:
    """Return the step that fixes the zones of the study.

    Parameters
    ----------
    study : Study
        The study.
    work, out : pathlib.Path
        Folders of intermediate files and of results.

    Returns
    -------
    Step
        Products: ``zones`` (GeoParquet of zones and all other towns), ``dated`` (zone, town and
        date) and, for zones by criteria, ``criteria`` and ``sensitivity``.
    """
    inputs = {"towns": work / "towns.parquet", "shapes": work / "shapes.parquet"}
    products = {"zones": out / "mart" / "zones.parquet", "dated": work / "dated_zones.parquet"}
    if study.zones.source == "criteria":
        missing = {"population", "income"} - {i.kind for i in study.inputs}
        if missing:
            raise InputError(
                f"zones by criteria need inputs of kind population and income; missing "
                f'{", ".join(sorted(missing))}. Add them, or give zones.source = "file".'
            )
        inputs["population"] = out / "core" / "population__town_months.parquet"
        inputs["income"] = out / "core" / "income__village_years.parquet"
        products["criteria"] = out / "mart" / "criteria.csv"
        products["sensitivity"] = out / "mart" / "criteria_sensitivity.csv"
    elif study.zones.path is not None:
        inputs["file"] = _existing(study.zones.path)
    options = study.zones.model_dump(mode="json")
    return Step("zones 地方創生地區", _write_zones, inputs, products, options, _PACKAGES)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise InputError(
            f"{path}: expected the layer or CSV of zones, found nothing. Correct zones.path."
        )
    return path


def _write_zones(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    zones = Zones.model_validate(options)
    places = places_from(pl.read_parquet(inputs["towns"]))
    shapes = gpd.read_parquet(inputs["shapes"])
    if zones.source == "criteria":
        selection = _selected(inputs, places, zones)
        write_csv(_criteria_table(selection, places), products["criteria"])
        write_csv(selection.sensitivity, products["sensitivity"])
        chosen = _criteria_zones(selection, places, shapes, zones)
    else:
        chosen = _file_zones(inputs["file"], places, shapes, zones)
    chosen = first_treatments(chosen)
    named = ["zone_id", "zone_name", "town_code", "effective", "next_date"]
    dated = pl.from_pandas(pd.DataFrame(chosen[named])).with_columns(
        pl.col("town_code").cast(pl.String),
        pl.col("effective").cast(pl.Date).alias("effective_date"),
        pl.col("next_date").cast(pl.Date),
    )
    write_parquet(dated.drop("effective"), products["dated"])
    _all_areas(chosen, places, shapes).to_parquet(products["zones"])


def _selected(inputs: Files, places: Places, zones: Zones) -> Selection:
    effective = _day(zones.effective)
    end = zones.window_end or effective.replace(day=1) - dt.timedelta(days=1)
    start = zones.window_start or dt.date(end.year - YEARS_BEFORE + 1, 1, 1)
    criteria = town_criteria(
        pl.read_parquet(inputs["population"]), pl.read_parquet(inputs["income"]), start, end
    )
    excluded = places.towns.filter(pl.col("county_name").is_in(zones.excluded_counties))
    weights = {
        "population_change": zones.weights.population_change,
        "population": zones.weights.population,
        "income_median_twd": zones.weights.income,
    }
    return criteria_selection(
        criteria,
        count=zones.count,
        weights=weights,
        eligible=~pl.col("town_code").is_in(excluded["town_code"].implode()),
        window=(start, end),
    )


def _criteria_table(selection: Selection, places: Places) -> pl.DataFrame:
    names = places.towns.select(
        "town_code", pl.concat_str("county_name", "town_name").alias("name")
    )
    window = [
        pl.lit(selection.window_start).alias("window_start"),
        pl.lit(selection.window_end).alias("window_end"),
    ]
    return names.join(selection.towns, on="town_code", how="inner").with_columns(window)


def _criteria_zones(
    selection: Selection, places: Places, shapes: gpd.GeoDataFrame, zones: Zones
) -> gpd.GeoDataFrame:
    codes = selection.towns.filter("is_zone")["town_code"].to_list()
    names = _full_names(places)
    return gpd.GeoDataFrame(
        {
            "zone_id": codes,
            "zone_name": [names[c] for c in codes],
            "category": ["reproduced by criteria"] * len(codes),
            "effective": [_day(zones.effective)] * len(codes),
            "town_code": codes,
        },
        geometry=shapes.set_index("town_code").geometry.loc[codes].to_numpy(),
        crs=shapes.crs,
    )


def _file_zones(
    path: Path, places: Places, shapes: gpd.GeoDataFrame, zones: Zones
) -> gpd.GeoDataFrame:
    if zones.effective is None:
        raise InputError("zones need a date: give zones.effective.")
    columns = {"id": zones.id, "name": zones.name, "category": zones.category}
    return read_zone_file(path, places, shapes, effective=zones.effective, columns=columns)


def _day(effective: dt.date | str | None) -> dt.date:
    if not isinstance(effective, dt.date):
        raise InputError(f"zones by criteria need one day as date; found {effective!r}.")
    return effective


def _full_names(places: Places) -> dict[str, str]:
    return dict(places.towns.select("town_code", pl.concat_str("county_name", "town_name")).rows())


def _all_areas(
    chosen: gpd.GeoDataFrame, places: Places, shapes: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Zones first, then every town that is not a zone itself."""
    towns = places.towns.to_pandas().set_index("town_code")
    rest = shapes[~shapes["town_code"].isin(chosen["town_code"].dropna())]
    both = pd.concat(
        [
            chosen.assign(is_zone=True, effective=chosen["effective"].astype(str)),
            rest.assign(zone_id=rest["town_code"], category="", is_zone=False, effective=None),
        ],
        ignore_index=True,
    )
    known = towns.reindex(both["town_code"])
    english = (known["town_name_en"] + ", " + known["county_name_en"]).to_numpy()
    full = (known["county_name"] + known["town_name"]).to_numpy()
    both["zone_name"] = both["zone_name"].where(both["zone_name"].notna(), full)
    both["zone_name_en"] = pd.Series(english).where(pd.notna(english), both["zone_name"])
    both["county_name"] = pd.Series(known["county_name"].to_numpy()).fillna("")
    columns = [
        "zone_id",
        "zone_name",
        "zone_name_en",
        "county_name",
        "is_zone",
        "effective",
        "category",
        "town_code",
        "geometry",
    ]
    return gpd.GeoDataFrame(both[columns], geometry="geometry", crs=shapes.crs)
