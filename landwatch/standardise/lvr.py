"""實價登錄 seasons: raw rows to sales, presales, rentals and their child tables."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed, empty_table
from landwatch.standardise.addresses import (
    is_exact,
    masked_address,
    narrowed,
    street_or_section,
)
from landwatch.standardise.deals import faults_of_deal, finished_deals
from landwatch.vocabulary.calendar import roc_date, roc_year, season_end
from landwatch.vocabulary.lvr import CHILD_COLUMN_NAMES, COLUMN_NAMES, TARGETS
from landwatch.vocabulary.notes import note_codes
from landwatch.vocabulary.numerals import STOREYS
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling

CHILD_TABLES: Final = {"land": "lvr__parcels", "build": "lvr__buildings", "park": "lvr__parkings"}
_NUMBERS: Final = (
    "land_area_m2",
    "building_area_m2",
    "parking_area_m2",
    "parking_price_twd",
    "total_price_twd",
    "stated_unit_price_twd_m2",
)
_CHILD_NUMBERS: Final = (
    *_NUMBERS,
    "share_numerator",
    "share_denominator",
)


def standardise_lvr(raws: Sequence[RawTable], places: Places, *, latest: dt.date) -> Standardised:
    """Turn tables of the register into core rows and rejects.

    Parameters
    ----------
    raws : sequence of RawTable
        Main and child tables, any county and season.
    places : Places
        Towns of the study.
    latest : datetime.date
        A deal after the end of its file's season is rejected; where the path names no season,
        one after this day.

    Returns
    -------
    Standardised
        ``lvr__sales`` (sales and presales), ``lvr__rentals``, ``lvr__parcels``,
        ``lvr__buildings``, ``lvr__parkings``; rejects; the ledger of all files. Deals published
        twice are still all there, see `landwatch.standardise.duplicates`.
    """
    tables: dict[str, pl.DataFrame] = {}
    rejects = [empty_table("rejects")]
    for table, registers in (("lvr__sales", ("sale", "presale")), ("lvr__rentals", ("rental",))):
        main = [r for r in raws if not r.child and r.register in registers]
        tables[table], rejected = _deals(main, places, latest, table)
        rejects.append(rejected)
    for child, table in CHILD_TABLES.items():
        tables[table], rejected = _children([r for r in raws if r.child == child], child, table)
        rejects.append(rejected)
    rejects += [_rejected(r.rejects, r.source_file) for r in raws]
    accepted = pl.concat([t.select("source_file") for t in tables.values()])
    rejected = pl.concat(rejects)
    files = [(r, _remark(r)) for r in raws]
    return Standardised(tables, rejected, ledger_of(files, accepted, rejected))


def _remark(raw: RawTable) -> str:
    return (
        f"columns not in the vocabulary: {', '.join(raw.unknown_columns)}"
        if raw.unknown_columns
        else ""
    )


def _rejected(rejects: pl.DataFrame, source_file: str) -> pl.DataFrame:
    return conformed(rejects.with_columns(pl.lit(source_file).alias("source_file")), "rejects")


def _stacked(raws: Sequence[RawTable], columns: set[str]) -> pl.DataFrame:
    schema = dict.fromkeys(sorted(columns), pl.String) | {
        "source_line": pl.Int64,
        "raw": pl.String,
        "source_file": pl.String,
        "register": pl.String,
        "county_id": pl.String,
        "season_end": pl.Date,
    }
    frames = [
        raw.rows.with_columns(
            pl.lit(raw.source_file).alias("source_file"),
            pl.lit(raw.register).alias("register"),
            pl.lit(raw.county_id).alias("county_id"),
            pl.lit(season_end(raw.source_file), pl.Date).alias("season_end"),
        )
        for raw in raws
    ]
    return pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal_relaxed")


def _number(name: str) -> pl.Expr:
    return folded(pl.col(name)).str.replace_all(",", "").cast(pl.Float64, strict=False)


def _deals(
    raws: Sequence[RawTable], places: Places, latest: dt.date, table: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    frame = _stacked(raws, set(COLUMN_NAMES.values()))
    total = "price_twd" if table == "lvr__sales" else "rent_twd_month"
    frame = _placed(frame, places)
    frame = frame.with_columns(_interpreted(total)).with_columns(
        pl.lit(None, pl.Float64).alias("longitude"),
        pl.lit(None, pl.Float64).alias("latitude"),
        pl.lit("lvr").alias("publisher"),
        pl.lit(value=False).alias("is_separated_by_register"),
        pl.lit(value=False).alias("lacks_coordinates"),
    )
    frame = frame.with_columns(
        masked_address(pl.col("standard")).alias("masked_address"),
        is_exact(pl.col("standard")).alias("is_exact_address"),
        pl.lit(latest).alias("latest"),
        pl.any_horizontal(
            pl.col(f"_{c}").is_null() & (pl.col(c).fill_null("").str.strip_chars() != "")
            for c in _NUMBERS
        ).alias("has_bad_number"),
    )
    frame = frame.drop(_NUMBERS).rename({f"_{c}": c for c in _NUMBERS if c != "total_price_twd"})
    frame = frame.with_columns(
        street_or_section(
            pl.col("masked_address"),
            place_spelling(pl.col("county_name")),
            pl.col("town_key"),
        ).alias("street")
    )
    frame = frame.with_columns(
        pl.col("masked_address").str.strip_prefix(place_spelling(pl.col("county_name"))),
        faults_of_deal(total).alias("reason"),
    )
    rejects = frame.filter(pl.col("reason").is_not_null())
    kept = finished_deals(frame.filter(pl.col("reason").is_null()), total)
    return conformed(kept, table), conformed(rejects, "rejects")


def _interpreted(total: str) -> list[pl.Expr]:
    return [
        *(_number(c).alias(f"_{c}") for c in _NUMBERS),
        _number("total_price_twd").alias(total),
        folded(pl.col("deal_id")).alias("deal_id"),
        folded(pl.col("target"))
        .replace_strict(TARGETS, default=None, return_dtype=pl.String)
        .alias("target"),
        roc_date(folded(pl.col("deal_date"))).alias("deal_date"),
        roc_year(folded(pl.col("completion_date"))).alias("completion_year"),
        folded(pl.col("storeys"))
        .replace_strict(STOREYS, default=None, return_dtype=pl.Int32)
        .alias("storeys"),
        note_codes(folded(pl.col("note").fill_null(""))).alias("note_codes"),
        (folded(pl.col("has_furniture")) == "有").alias("has_furniture"),
        *(
            narrowed(pl.col(c)).alias(c)
            for c in (
                "urban_zoning",
                "rural_zoning",
                "rural_use",
                "building_type",
                "main_use",
                "material",
                "floor",
                "parking_type",
                "rental_type",
                "rental_service",
            )
        ),
    ]


def _placed(frame: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Add county and town codes.

    A town name the county does not know is read from the row's own address, or, where that names
    no town, from the other rows of the file under the same name, if all of them name one town.
    """
    counties = places.towns.select("county_id", "county_code", "county_name").unique()
    frame = frame.with_columns(
        place_spelling(pl.col("town_name")).alias("town_key"),
        place_spelling(pl.col("address")).alias("standard"),
    ).join(counties, on="county_id", how="left", maintain_order="left")
    frame = frame.join(
        places.by_name(), on=["county_id", "town_key"], how="left", maintain_order="left"
    )
    county = place_spelling(pl.col("county_name"))
    frame = frame.with_columns(
        ((pl.col("town_key") == county) | (pl.col("town_key") == "")).alias("is_county_only")
    )
    lost = frame.filter(pl.col("town_code").is_null())
    read = _named_in_address(lost.with_columns(county.alias("county")), places)
    frame = frame.join(
        read, on=["source_file", "source_line"], how="left", maintain_order="left"
    ).with_columns(
        pl.coalesce("town_code", "read_code").alias("town_code"),
        pl.coalesce("read_key", "town_key").alias("town_key"),
        pl.col("read_code").is_not_null().alias("is_town_from_address"),
    )
    return frame.drop("read_code", "read_key")


def _named_in_address(lost: pl.DataFrame, places: Places) -> pl.DataFrame:
    names = places.by_name().rename({"town_key": "read_key", "town_code": "read_code"})
    rest = pl.col("standard").str.strip_prefix(pl.col("county"))
    own = (
        lost.join(names, on="county_id", how="inner")
        .filter(rest.str.starts_with(pl.col("read_key")))
        .select("source_file", "source_line", "town_key", "read_key", "read_code")
        .unique(["source_file", "source_line"], keep="first", maintain_order=True)
    )
    label = ["source_file", "town_key"]
    agreed = (
        own.filter(pl.col("town_key") != "")
        .group_by(label)
        .agg(pl.col("read_key", "read_code").first(), pl.col("read_code").n_unique().alias("n"))
        .filter(pl.col("n") == 1)
        .drop("n")
    )
    silent = lost.join(own, on=["source_file", "source_line"], how="anti").join(agreed, on=label)
    columns = ["source_file", "source_line", "read_key", "read_code"]
    return pl.concat([own.select(columns), silent.select(columns)])


def _children(
    raws: Sequence[RawTable], child: str, table: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    columns = set(CHILD_COLUMN_NAMES[child].values())
    frame = _stacked(raws, columns).with_columns(folded(pl.col("deal_id")).alias("deal_id"))
    numbers = [c for c in _CHILD_NUMBERS if c in columns]
    bad = pl.any_horizontal(
        _number(c).is_null() & (pl.col(c).fill_null("").str.strip_chars() != "") for c in numbers
    )
    frame = frame.with_columns(
        pl.when(pl.col("deal_id").fill_null("") == "")
        .then(pl.lit("no_deal_id"))
        .when(bad)
        .then(pl.lit("bad_number"))
        .alias("reason")
    )
    text = [c for c in columns - set(numbers) if c not in {"storeys", "completion_date"}]
    kept = frame.filter(pl.col("reason").is_null()).with_columns(
        *(_number(c).alias(c) for c in numbers),
        *(narrowed(pl.col(c)).alias(c) for c in text),
        *_child_years(columns),
    )
    rejects = frame.filter(pl.col("reason").is_not_null())
    return conformed(kept, table), conformed(rejects, "rejects")


def _child_years(columns: set[str]) -> list[pl.Expr]:
    if "completion_date" not in columns:
        return []
    storeys = folded(pl.col("storeys")).replace_strict(STOREYS, default=None, return_dtype=pl.Int32)
    return [
        roc_year(folded(pl.col("completion_date"))).alias("completion_year"),
        storeys.alias("storeys"),
    ]
