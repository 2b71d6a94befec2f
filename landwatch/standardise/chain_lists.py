"""Lists of a chain's stores: raw rows to stores of a brand at a door."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.addresses import narrowed
from landwatch.standardise.doors import keyed_hash, with_door, with_town_of_address
from landwatch.standardise.points import with_point
from landwatch.vocabulary.brands import (
    brand_in_name,
    brand_of_file,
    company_aliases,
    known_brands,
    store_aliases,
)
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.shops import STORE_KEYS
from landwatch.vocabulary.text import folded, place_spelling

LEAST_NAMED: Final = 0.8
"""Share of a list's stores whose names must begin with one brand for it to be the list's."""


def standardise_chain_lists(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn lists of stores into table ``shops__stores``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.chain_lists.read_store_list`.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        The brand is the one a row tells, else the one stores' names begin with, else the one the
        file is named after, which the ledger remarks; else it is missing, which the ledger remarks
        too. A store with neither a known town nor coordinates in Taiwan is rejected. The same
        store number of one brand at one door in two lists is one store.
    """
    branded = [_branded(raw) for raw in raws]
    frame = pl.concat([_empty(), *(f for f, _ in branded)], how="diagonal_relaxed")
    frame = with_door(with_town_of_address(_addressed(frame), "full_address", places))
    frame = with_point(frame)
    name, number = narrowed(pl.col("name")), narrowed(pl.col("store_id"))
    frame = frame.with_columns(
        pl.lit("chain_lists").alias("publisher"),
        name.alias("store_name"),
        pl.coalesce(number, name).alias("store_id"),
        pl.lit(value=True).alias("is_chain"),
        pl.lit("chain_list").alias("chain_reason"),
        folded(pl.col("opened"))
        .str.extract(r"^(\d{4}[-/]\d{2}[-/]\d{2})", 1)
        .str.replace_all("/", "-")
        .str.to_date("%Y-%m-%d", strict=False)
        .alias("opened_date"),
    )
    frame = with_premises_at_points(frame)
    reason = (
        pl.when(pl.col("store_id").is_null())
        .then(pl.lit("no_name"))
        .when(pl.col("premises_id").is_null())
        .then(pl.lit("no_place"))
    )
    frame = frame.with_columns(reason.alias("reason"), _told().alias("raw"))
    kept = conformed(frame.filter(pl.col("reason").is_null()), "shops__stores")
    rejects = conformed(frame.filter(pl.col("reason").is_not_null()), "rejects")
    files = [(raw, remark) for raw, (_, remark) in zip(raws, branded, strict=True)]
    return Standardised({"shops__stores": kept}, rejects, ledger_of(files, kept, rejects))


def with_premises_at_points(frame: pl.DataFrame) -> pl.DataFrame:
    """Give rows without a door a premises of their own at their point.

    Parameters
    ----------
    frame : polars.DataFrame
        ``premises_id, longitude, latitude``.

    Returns
    -------
    polars.DataFrame
        Missing premises filled by a hash of the point to a metre; still missing without a point.
    """
    place = pl.concat_str(
        pl.lit("point|"),
        pl.col("longitude").round(5).cast(pl.String),
        pl.lit("|"),
        pl.col("latitude").round(5).cast(pl.String),
    )
    doorless = frame.select(pl.when(pl.col("premises_id").is_null()).then(place)).to_series()
    return frame.with_columns(
        pl.coalesce(pl.col("premises_id"), keyed_hash(doorless)).alias("premises_id")
    )


def _empty() -> pl.DataFrame:
    text = dict.fromkeys((*STORE_KEYS, "titles", "source_file", "brand_name"), pl.String)
    return pl.DataFrame(schema={**text, "source_line": pl.Int64, "brand_wikidata": pl.String})


def _branded(raw: RawTable) -> tuple[pl.DataFrame, str]:
    rows = raw.rows.with_columns(pl.lit(raw.source_file).alias("source_file"))
    told = brand_in_name(pl.coalesce(narrowed(pl.col("brand")), pl.lit("")), company_aliases())
    rows = rows.with_columns(pl.coalesce(told, narrowed(pl.col("brand"))).alias("brand_name"))
    remark = ""
    if rows["brand_name"].null_count():
        brand, remark = _brand_of_list(rows, raw.source_file)
        rows = rows.with_columns(pl.col("brand_name").fill_null(pl.lit(brand, pl.String)))
    identity = {b.name: b.wikidata or None for b in known_brands()}
    wikidata = pl.col("brand_name").replace_strict(identity, default=None, return_dtype=pl.String)
    return rows.with_columns(wikidata.alias("brand_wikidata")), remark


def _brand_of_list(rows: pl.DataFrame, source_file: str) -> tuple[str | None, str]:
    for source, column in (("names of the stores", "name"), ("titles in the file", "titles")):
        found = rows.select(brand_in_name(pl.col(column), store_aliases())).to_series()
        common = found.drop_nulls().value_counts(sort=True).head(1)
        if common.height and common["count"].item() >= LEAST_NAMED * max(rows.height, 1):
            brand = str(common.to_series(0).item())
            return brand, f"brand {brand}, from the {source}"
    brand_from_file = brand_of_file(source_file.rsplit("/", 1)[-1])
    if brand_from_file is not None:
        return brand_from_file, f"brand {brand_from_file}, from the file's name only"
    return None, "brand not told by the file: name the file after the brand, or add a key brand"


def _addressed(frame: pl.DataFrame) -> pl.DataFrame:
    """County and town before the address where the list keeps them apart."""
    city, area, rest = (
        place_spelling(pl.col(c).fill_null("")) for c in ("city", "area", "address")
    )
    bare = rest.str.replace(r"^\d{3,6}", "")
    full = (
        pl.when((city != "") & bare.str.starts_with(city))
        .then(bare)
        .when((area != "") & bare.str.starts_with(area))
        .then(city + bare)
        .otherwise(city + area + bare)
    )
    return frame.with_columns(full.alias("full_address"))


def _told() -> pl.Expr:
    """What of a rejected row may be kept: its number and name, no telephone, no door."""
    return pl.concat_str(
        pl.col("store_id").fill_null(""), pl.lit(" "), pl.col("store_name").fill_null("")
    ).str.strip_chars()
