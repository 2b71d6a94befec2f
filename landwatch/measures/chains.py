"""Which businesses belong to a chain, and what tells."""

from typing import Final

import polars as pl

from landwatch.vocabulary.brands import alias_key, brand_in_name, company_aliases

LEAST_BRANCHES: Final = 2
"""Branches under one head office, in one file, from which on it is a chain; the head office itself
does not count."""

_DAY: Final = "register_date"


def chain_marks(register: pl.DataFrame, brands: pl.DataFrame, stores: pl.DataFrame) -> pl.DataFrame:
    """Tell which rows of the register belong to chains, and why.

    Parameters
    ----------
    register : polars.DataFrame
        Table ``businesses__register``.
    brands : polars.DataFrame
        Table ``shops__brands``; names of it tell chains besides those the program knows.
    stores : polars.DataFrame
        Table ``shops__stores``.

    Returns
    -------
    polars.DataFrame
        The rows with ``is_chain``, ``chain_reason``, ``n_branches`` and ``brand_name``. The first
        reason that holds is told: ``head_office_link`` (one of `LEAST_BRANCHES` or more branches
        of a head office in one file, or that head office), ``brand_name``, ``chain_list`` (the
        only shopfront of the latest file at a door where a list has a store of a chain; lists tell
        no day, so earlier occupants are not judged by them), ``none``.
    """
    marked = _with_branches(register)
    marked = marked.with_columns(
        pl.coalesce("brand_name", _known_brand(brands)).alias("brand_name")
    )
    marked = _with_listed(marked, stores)
    by_list = pl.col("_listed")
    reason = (
        pl.when(pl.col("n_branches") >= LEAST_BRANCHES)
        .then(pl.lit("head_office_link"))
        .when(pl.col("brand_name").is_not_null())
        .then(pl.lit("brand_name"))
        .when(by_list)
        .then(pl.lit("chain_list"))
        .otherwise(pl.lit("none"))
    )
    marked = marked.with_columns(reason.alias("chain_reason"))
    named = pl.when(pl.col("chain_reason") == "chain_list").then(pl.col("_listed_brand"))
    return marked.with_columns(
        (pl.col("chain_reason") != "none").alias("is_chain"),
        pl.coalesce("brand_name", named).alias("brand_name"),
    ).drop("_listed", "_listed_brand")


def _with_branches(register: pl.DataFrame) -> pl.DataFrame:
    linked = register.filter(
        pl.col("head_office_id").is_not_null() & (pl.col("head_office_id") != pl.col("business_id"))
    )
    counts = (
        linked.group_by("head_office_id", _DAY, "register_status")
        .agg(pl.col("business_id").n_unique().cast(pl.Int64).alias("_n"))
        .group_by("head_office_id")
        .agg(pl.col("_n").max())
    )
    as_head = counts.rename({"head_office_id": "business_id", "_n": "_n_own"})
    return (
        register.join(counts, on="head_office_id", how="left", maintain_order="left")
        .join(as_head, on="business_id", how="left", maintain_order="left")
        .with_columns(pl.max_horizontal(pl.col("_n", "_n_own").fill_null(0)).alias("n_branches"))
        .drop("_n", "_n_own")
    )


def _known_brand(brands: pl.DataFrame) -> pl.Expr:
    names = brands.select("brand_name", "brand_name_zh", "brand_name_en").rows()
    found = {alias_key(a): name for name, *others in names for a in (name, *others) if a}
    distinct = {a: name for a, name in sorted(found.items()) if len(a) >= 3 and not a.isdigit()}
    return brand_in_name(pl.col("business_name"), distinct | company_aliases())


def _with_listed(register: pl.DataFrame, stores: pl.DataFrame) -> pl.DataFrame:
    """Mark businesses at doors of listed stores; lists are of today, so latest files count."""
    front = ~pl.col("is_office").fill_null(value=True)
    fronts = register.filter((pl.col("register_status") == "open") & front)
    latest = fronts.filter(
        pl.col(_DAY).is_null() | (pl.col(_DAY) == pl.col(_DAY).max().over("county_code"))
    )
    found = latest.join(_listed_brands(stores), on="premises_id", how="inner")
    alone = found.filter(pl.col("business_id").n_unique().over("premises_id") == 1)
    stays = alone.select("business_id", "premises_id", "_listed_brand", "_listed").unique(
        ["business_id", "premises_id"], keep="first", maintain_order=True
    )
    return register.join(
        stays, on=["business_id", "premises_id"], how="left", maintain_order="left"
    ).with_columns(pl.col("_listed").fill_null(value=False) & front)


def _listed_brands(stores: pl.DataFrame) -> pl.DataFrame:
    return (
        stores.filter("is_chain")
        .sort("brand_name", "source_file", "source_line", nulls_last=True)
        .group_by("premises_id", maintain_order=True)
        .agg(pl.col("brand_name").first().alias("_listed_brand"))
        .with_columns(pl.lit(value=True).alias("_listed"))
    )
