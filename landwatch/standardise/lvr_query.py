"""實價登錄 query service: raw rows to located sales.

Areas are printed in 坪 (``unit`` 2), although nothing in the reply says so; unit prices follow.
The claim is checked against the season files wherever both hold a deal, see
`landwatch.standardise.duplicates.unit_ratio`.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.addresses import (
    is_exact,
    masked_address,
    narrowed,
    street_or_section,
)
from landwatch.standardise.deals import faults_of_deal, finished_deals
from landwatch.vocabulary.calendar import roc_date
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.lvr import QUERY_AREA_UNITS, QUERY_FIELDS, TARGETS
from landwatch.vocabulary.notes import note_codes
from landwatch.vocabulary.numerals import STOREYS
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling

TAIWAN_BOUNDS: Final = (114.0, 10.0, 123.0, 27.0)
"""West, south, east, north of every island under Taiwan's registers, degrees WGS84."""


def standardise_lvr_query(
    raws: Sequence[RawTable], places: Places, *, latest: dt.date
) -> Standardised:
    """Turn replies of the query service into core sales and rejects.

    Parameters
    ----------
    raws : sequence of RawTable
        Replies, one a township.
    places : Places
        Towns of the study.
    latest : datetime.date
        A deal after this day is rejected.

    Returns
    -------
    Standardised
        Table ``lvr__sales``; rejects; ledger. A coordinate of 0 or outside Taiwan is missing and
        flagged; the row is kept at its town.

    Raises
    ------
    UnknownCodeError
        If a row's ``unit`` is not in the vocabulary.
    """
    frame = _stacked(raws)
    _check_units(frame)
    towns = places.towns.select(
        pl.col("town_id").alias("town"), "town_code", "county_code", "county_name", "town_name"
    )
    frame = frame.join(towns, on="town", how="left", maintain_order="left")
    frame = frame.with_columns(_interpreted()).with_columns(
        masked_address(pl.col("standard")).alias("masked_address"),
        is_exact(pl.col("standard")).alias("is_exact_address"),
        pl.col("longitude").is_null().alias("lacks_coordinates"),
        pl.lit(latest).alias("latest"),
        pl.lit(None, pl.Date).alias("season_end"),
    )
    frame = frame.with_columns(*_areas()).with_columns(
        street_or_section(
            pl.col("masked_address"),
            place_spelling(pl.col("county_name")),
            place_spelling(pl.col("town_name")),
        ).alias("street"),
        (pl.col("area_m2").is_null() | pl.col("price_twd").is_null()).alias("has_bad_number"),
    )
    frame = frame.with_columns(
        pl.col("masked_address").str.strip_prefix(place_spelling(pl.col("county_name"))),
        faults_of_deal("price_twd").alias("reason"),
    )
    kept = frame.filter(pl.col("reason").is_null())
    sales = conformed(finished_deals(kept, "price_twd"), "lvr__sales")
    rejects = conformed(frame.filter(pl.col("reason").is_not_null()), "rejects")
    files = [(r, _remark(r)) for r in raws]
    return Standardised({"lvr__sales": sales}, rejects, ledger_of(files, sales, rejects))


def _remark(raw: RawTable) -> str:
    names = ", ".join(raw.unknown_columns)
    return f"fields not in the vocabulary: {names}" if names else ""


def _stacked(raws: Sequence[RawTable]) -> pl.DataFrame:
    schema: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(QUERY_FIELDS, pl.String)
    schema |= {"lat": pl.Float64, "lon": pl.Float64}
    schema |= {"source_line": pl.Int64, "raw": pl.String, "source_file": pl.String}
    frames = [r.rows.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    return pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal_relaxed")


def _check_units(frame: pl.DataFrame) -> None:
    known = list(QUERY_AREA_UNITS)
    strange = (
        frame.filter(~pl.col("unit").fill_null("").is_in(known))
        .group_by("unit", "source_file")
        .len()
    )
    if strange.height:
        unit, file, rows = strange.sort("source_file", "unit").row(0)
        raise UnknownCodeError(
            f"{file}: area unit code {unit!r} in {rows} rows; known are {', '.join(known)} (坪). "
            "Guessing would scale every price by 3.3: add the code to vocabulary/lvr.py with "
            "evidence, or leave the file out."
        )


def _number(name: str) -> pl.Expr:
    return folded(pl.col(name)).str.replace_all(",", "").cast(pl.Float64, strict=False)


def _interpreted() -> list[pl.Expr]:
    west, south, east, north = TAIWAN_BOUNDS
    inside = pl.col("lon").is_between(west, east) & pl.col("lat").is_between(south, north)
    factor = pl.col("unit").replace_strict(QUERY_AREA_UNITS, return_dtype=pl.Float64)
    floors = folded(pl.col("f")).str.split("/")
    return [
        pl.col("sq").alias("deal_id"),
        pl.lit("sale").alias("register"),
        pl.lit("lvr_query").alias("publisher"),
        folded(pl.col("t"))
        .replace_strict(TARGETS, default=None, return_dtype=pl.String)
        .alias("target"),
        roc_date(folded(pl.col("e"))).alias("deal_date"),
        _number("tp").alias("price_twd"),
        (_number("s") * factor).alias("area_m2"),
        (_number("p") / factor).alias("stated_unit_price_twd_m2"),
        (_number("cp") * 10_000).alias("parking_price_twd"),
        pl.col("msg").str.contains("車位總價").alias("is_separated_by_register"),
        place_spelling(pl.col("a").str.split("#").list.last()).alias("standard"),
        pl.when(inside).then(pl.col("lon")).alias("longitude"),
        pl.when(inside).then(pl.col("lat")).alias("latitude"),
        note_codes(folded(pl.col("note").fill_null(""))).alias("note_codes"),
        narrowed(pl.col("AA11")).alias("urban_zoning"),
        narrowed(pl.col("AA12")).alias("rural_use"),
        narrowed(pl.col("b")).alias("building_type"),
        narrowed(pl.col("pu")).alias("main_use"),
        floors.list.first().alias("floor"),
        floors.list.last()
        .replace_strict(STOREYS, default=None, return_dtype=pl.Int32)
        .alias("storeys"),
        (folded(pl.col("e")).str.extract(r"^(\d{2,3})", 1).cast(pl.Int32, strict=False) + 1911)
        .sub(_number("g").cast(pl.Int32, strict=False))
        .alias("completion_year"),
        pl.lit(value=False).alias("is_town_from_address"),
        pl.lit(value=False).alias("is_county_only"),
    ]


def _areas() -> list[pl.Expr]:
    area, target = pl.col("area_m2"), pl.col("target")
    return [
        pl.when(target == "land").then(area).alias("land_area_m2"),
        pl.when(~target.is_in(["land", "parking"])).then(area).alias("building_area_m2"),
        pl.when(target == "parking").then(area).alias("parking_area_m2"),
    ]
