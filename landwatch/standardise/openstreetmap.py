"""OpenStreetMap extracts: raw features to shops, chains told by brand."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.addresses import narrowed
from landwatch.standardise.chain_lists import with_premises_at_points
from landwatch.standardise.doors import with_door, with_town_of_address
from landwatch.standardise.points import with_point
from landwatch.vocabulary.brands import brand_in_name, company_aliases, known_brands
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import place_spelling

SHOP_AMENITIES: Final = (
    "bank",
    "bar",
    "biergarten",
    "cafe",
    "car_rental",
    "cinema",
    "fast_food",
    "food_court",
    "fuel",
    "ice_cream",
    "internet_cafe",
    "karaoke_box",
    "marketplace",
    "money_transfer",
    "pharmacy",
    "pub",
    "restaurant",
)
"""Values of ``amenity`` that receive customers; schools, parking and the like are no shops."""

_TEXT: Final = (
    *("feature_id", "feature_id_2", "name", "brand", "brand_wikidata", "shop", "amenity"),
    *("timestamp", "address", "city", "district", "street", "number", "source_file"),
)


def standardise_openstreetmap(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn features into table ``shops__stores``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.openstreetmap.read_shop_layer`.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        A feature without brand, ``shop`` or a shop's ``amenity`` is rejected as ``not_a_shop``.
        A chain is told by ``brand:wikidata``, else by ``brand``, else by its name; the absence of
        a brand tag is weak evidence that a shop is independent.
    """
    schema = {**dict.fromkeys(_TEXT, pl.String), "source_line": pl.Int64}
    schema |= dict.fromkeys(("longitude", "latitude"), pl.Float64)
    frames = [r.rows.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    frame = pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal_relaxed")
    frame = with_town_of_address(frame.with_columns(_address().alias("full")), "full", places)
    frame = with_premises_at_points(with_point(with_door(frame))).with_columns(_chain())
    frame = frame.with_columns(*_described())
    is_shop = pl.col("shop_tag").is_not_null() | pl.col("is_chain")
    reason = (
        pl.when(~is_shop)
        .then(pl.lit("not_a_shop"))
        .when(pl.col("premises_id").is_null())
        .then(pl.lit("no_place"))
    )
    frame = frame.with_columns(reason.alias("reason"), pl.col("store_id").alias("raw"))
    kept = conformed(frame.filter(pl.col("reason").is_null()), "shops__stores")
    rejects = conformed(frame.filter(pl.col("reason").is_not_null()), "rejects")
    files = [(r, "") for r in raws]
    return Standardised({"shops__stores": kept}, rejects, ledger_of(files, kept, rejects))


def _address() -> pl.Expr:
    parts = [pl.col(c).fill_null("") for c in ("city", "district", "street")]
    number = pl.col("number").str.extract(r"^(\d+(?:[-之]\d+)?)", 1) + "號"
    tagged = pl.when(pl.col("street").is_not_null()).then(pl.concat_str(*parts, number))
    return place_spelling(pl.coalesce(narrowed(pl.col("address")), tagged).fill_null(""))


def _chain() -> list[pl.Expr]:
    wikidata = pl.col("brand_wikidata").str.extract(r"(Q\d+)", 1)
    names = {b.wikidata: b.name for b in known_brands() if b.wikidata}
    identity = {b.name: b.wikidata or None for b in known_brands()}
    told = narrowed(pl.col("brand"))
    from_name = brand_in_name(pl.col("name"), company_aliases())
    brand = pl.coalesce(
        wikidata.replace_strict(names, default=None, return_dtype=pl.String),
        brand_in_name(told, company_aliases()),
        told,
        from_name,
    )
    reason = (
        pl.when(wikidata.is_not_null())
        .then(pl.lit("brand_wikidata"))
        .when(brand.is_not_null())
        .then(pl.lit("brand_name"))
        .otherwise(pl.lit("none"))
    )
    return [
        brand.alias("brand_name"),
        pl.coalesce(
            wikidata, brand.replace_strict(identity, default=None, return_dtype=pl.String)
        ).alias("brand_wikidata"),
        reason.alias("chain_reason"),
        (wikidata.is_not_null() | brand.is_not_null()).alias("is_chain"),
    ]


def _described() -> list[pl.Expr]:
    shop = pl.col("shop").str.extract(r"^([a-z0-9_:;-]+)$", 1)
    amenity = pl.when(pl.col("amenity").is_in(SHOP_AMENITIES)).then(pl.col("amenity"))
    identity = pl.coalesce(
        "feature_id",
        pl.lit("way/") + pl.col("feature_id_2"),
        pl.lit("feature/") + pl.col("source_line").cast(pl.String),
    )
    day = (
        pl.col("timestamp").str.extract(r"^(\d{4}[-/]\d{2}[-/]\d{2})", 1).str.replace_all("/", "-")
    )
    return [
        pl.lit("openstreetmap").alias("publisher"),
        identity.alias("store_id"),
        pl.when("is_chain").then(narrowed(pl.col("name"))).alias("store_name"),
        pl.coalesce(pl.lit("shop=") + shop, pl.lit("amenity=") + amenity).alias("shop_tag"),
        day.str.to_date("%Y-%m-%d", strict=False).alias("observed_date"),
        pl.lit(None, pl.Date).alias("opened_date"),
    ]
