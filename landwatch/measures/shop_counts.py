"""Shops by area: chains, independents and offices of the register, stores of the chains' lists."""

from typing import Final

import polars as pl

PER_PERSONS: Final = 10_000


def shop_counts(marked: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Count chains, independents and offices by area and file day.

    Parameters
    ----------
    marked : polars.DataFrame
        From `landwatch.measures.chains.chain_marks`.
    places : polars.DataFrame
        ``zone_id, town_code``; an area without a town has no row in the register and no data.

    Returns
    -------
    polars.DataFrame
        ``zone_id, period`` (file day), ``shops_chain``, ``shops_independent``, ``offices``,
        ``shops``, ``rows`` and ``chain_share`` (of shopfronts). Numbers are missing, not 0, for
        areas a file says nothing of.
    """
    rows = marked.filter(pl.col("register_status") == "open").with_columns(
        pl.col("register_date").cast(pl.String).fill_null("undated").alias("period")
    )
    front = ~pl.col("is_office").fill_null(value=True)
    counts = rows.group_by("town_code", "period").agg(
        (front & pl.col("is_chain")).sum().cast(pl.Int64).alias("shops_chain"),
        (front & ~pl.col("is_chain")).sum().cast(pl.Int64).alias("shops_independent"),
        (~front).sum().cast(pl.Int64).alias("offices"),
        pl.len().cast(pl.Int64).alias("rows"),
    )
    periods = rows.select("period").unique()
    areas = places.select("zone_id", "town_code").join(periods, how="cross")
    found = areas.join(counts, on=["town_code", "period"], how="left")
    shops = pl.col("shops_chain") + pl.col("shops_independent")
    return (
        found.with_columns(shops.alias("shops"))
        .with_columns(
            pl.when(pl.col("shops") > 0)
            .then(pl.col("shops_chain") / pl.col("shops"))
            .alias("chain_share")
        )
        .sort("zone_id", "period")
    )


def listed_stores(stores: pl.DataFrame) -> pl.DataFrame:
    """Return stores of chains, each once where a list and a map extract both have the chain.

    Parameters
    ----------
    stores : polars.DataFrame
        Table ``shops__stores``.

    Returns
    -------
    polars.DataFrame
        Rows of chains' own lists, and from extracts those of brands no list covers.
    """
    chains = stores.filter("is_chain")
    own = chains.filter(pl.col("publisher") == "chain_lists")
    brands = own["brand_name"].drop_nulls().unique().to_list()
    covered = pl.col("brand_name").is_in(brands).fill_null(value=False)
    return chains.filter((pl.col("publisher") == "chain_lists") | ~covered)


def listed_counts(
    listed: pl.DataFrame, areas: pl.DataFrame, population: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Count listed stores of chains by area, and by 10,000 registered persons.

    Parameters
    ----------
    listed : polars.DataFrame
        From `listed_stores`, with ``zone_id`` of the area each lies in.
    areas : polars.DataFrame
        ``zone_id, town_code, county_name``.
    population : polars.DataFrame, optional
        Table ``population__town_months``; the last month of each town counts.

    Returns
    -------
    polars.DataFrame
        ``zone_id, period, chain_stores, chain_stores_per_10000_persons``. Areas of a county in
        which no listed store lies are missing, not 0: a list may not cover it. ``period`` is the
        last year a source tells, else ``undated``: lists tell no day.
    """
    last = listed["observed_date"].max() if listed.height else None
    period = str(last)[:4] if last is not None else "undated"
    counts = listed.group_by("zone_id").agg(pl.len().cast(pl.Int64).alias("chain_stores"))
    found = areas.join(counts, on="zone_id", how="left", maintain_order="left")
    is_named = pl.col("county_name").fill_null("") != ""
    covered = (pl.col("chain_stores").sum().over("county_name") > 0) & is_named
    found = found.with_columns(
        pl.when(covered)
        .then(pl.col("chain_stores").fill_null(0))
        .otherwise("chain_stores")
        .alias("chain_stores"),
        pl.lit(period).alias("period"),
    )
    persons = pl.lit(None, pl.Int64)
    if population is not None:
        latest = population.sort("month").group_by("town_code").agg(pl.col("population").last())
        found = found.join(latest, on="town_code", how="left", maintain_order="left")
        persons = pl.col("population")
    rate = pl.when(persons > 0).then(pl.col("chain_stores") / persons * PER_PERSONS)
    return found.select(
        "zone_id",
        "period",
        "chain_stores",
        rate.cast(pl.Float64).alias(f"chain_stores_per_{PER_PERSONS}_persons"),
    ).sort("zone_id")
