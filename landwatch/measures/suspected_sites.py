"""Sites suspected of a factory on farmland: the same parcel once, and counts by area and year.

Absence is never inferred. An area is counted only where a source looked: an office that compiles a
county looked at all of its towns; a civic report tells of its own town alone. Elsewhere the count
is missing, not 0.
"""

import datetime as dt
from typing import Final

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from landwatch.vocabulary.factories import COVERED_BY_COUNTY, EVIDENCE_KINDS

ALL_YEARS: Final = "all"
"""Period that also counts sites without any date."""

CELL_DEGREES: Final = 0.01
"""Side of the cells in which sites are published, about one kilometre."""


def site_groups(parcel_keys: pl.Series) -> pl.Series:
    """Number sites so that those naming a common parcel have the same number.

    Parameters
    ----------
    parcel_keys : polars.Series
        Keys joined by ``;``, missing where a site names no parcel.

    Returns
    -------
    polars.Series
        Int64, in the order of first appearance; a site without parcels is alone.

    Notes
    -----
    Sites are joined through chains: one that names parcels of two others joins all three.
    Two points near each other are not joined.

    Examples
    --------
    >>> site_groups(pl.Series(["a;b", None, "b;c", "d"])).to_list()
    [0, 1, 0, 2]
    """
    rows = pl.DataFrame({"key": parcel_keys.str.split(";")}).with_row_index("row")
    pairs = rows.explode("key", empty_as_null=True, keep_nulls=True).drop_nulls("key")
    codes = pairs["key"].rank("dense").cast(pl.Int64).to_numpy() - 1
    size = rows.height + (int(codes.max()) + 1 if codes.size else 0)
    edges = (np.ones(codes.size, np.int8), (pairs["row"].to_numpy(), rows.height + codes))
    _, label = connected_components(coo_array(edges, shape=(size, size)), directed=False)
    labels = pl.Series(label[: rows.height], dtype=pl.Int64)
    return labels.rank("dense").cast(pl.Int64) - 1 if rows.is_empty() else _renumbered(labels)


def _renumbered(labels: pl.Series) -> pl.Series:
    order = labels.unique(maintain_order=True)
    return labels.replace_strict(order, pl.Series(range(len(order)), dtype=pl.Int64)).rename("")


def left_censored(sites: pl.DataFrame) -> pl.DataFrame:
    """Mark sites that were there when their source began to look.

    Parameters
    ----------
    sites : polars.DataFrame
        Table ``factories__sites``.

    Returns
    -------
    polars.DataFrame
        Also ``is_left_censored``: an enforcement case of the list's first month, which may have
        stood for decades. A land change is new by what it is; a site without ``first_seen``
        is neither.
    """
    listed = pl.col("evidence_kind") == "enforcement_case"
    first = pl.col("first_seen").min().over("publisher", "county_code")
    begun = pl.col("first_seen").min().over("publisher")
    return sites.with_columns(
        (listed & ((pl.col("first_seen") == begun) | (pl.col("first_seen") == first)))
        .fill_null(value=False)
        .alias("is_left_censored")
    )


def merged_sites(sites: pl.DataFrame) -> pl.DataFrame:
    """Return suspected sites, those of a common parcel once.

    Parameters
    ----------
    sites : polars.DataFrame
        Table ``factories__sites`` with ``zone_id`` and ``is_left_censored``.

    Returns
    -------
    polars.DataFrame
        One row a group of `site_groups` that some source suspects, unless a source that speaks
        of it at least as late clears it (removed, not pursued). ``n_reports`` rows of the core
        table were merged; ``known_since`` is the earliest day any of them shows the site.
    """
    grouped = sites.with_columns(site_groups(sites["parcel_keys"]).alias("group")).sort(
        "group", "site_id"
    )
    suspected, last = pl.col("is_suspected"), pl.col("last_seen").fill_null(dt.date.min)
    standing = grouped.with_columns(
        suspected.any().over("group").alias("_any"),
        last.filter(~suspected).max().over("group").alias("_cleared"),
        last.filter(suspected).max().over("group").alias("_told"),
    )
    cleared = (pl.col("_cleared") >= pl.col("_told")).fill_null(value=False)
    kept = standing.filter(pl.col("_any") & ~cleared)
    located = pl.col("longitude").is_not_null()
    merged = kept.group_by("group", maintain_order=True).agg(
        pl.col("site_id").filter(suspected).first(),
        pl.len().cast(pl.Int64).alias("n_reports"),
        _words("evidence_kind"),
        _words("publisher"),
        *(_first(c) for c in ("zone_id", "county_code", "town_code", "masked_address")),
        pl.col("longitude").filter(located).first(),
        pl.col("latitude").filter(located).first(),
        _words("rural_zoning"),
        _words("rural_use"),
        pl.col("first_seen").min(),
        pl.col("first_seen_precision").sort_by("first_seen", nulls_last=True).first(),
        pl.min_horizontal("first_seen", "last_seen").min().alias("known_since"),
        pl.col("last_seen").max(),
        pl.col("last_status").sort_by("last_seen").drop_nulls().last(),
        pl.col("is_left_censored").any(),
    )
    return merged.join(_areas(kept), on="group", how="left", maintain_order="left").drop("group")


def _first(column: str) -> pl.Expr:
    return pl.col(column).drop_nulls().first()


def _words(column: str) -> pl.Expr:
    words = pl.col(column).drop_nulls().str.split(";").explode(empty_as_null=True, keep_nulls=True)
    return words.drop_nulls().unique().sort().str.join(";").replace("", None)


def _areas(sites: pl.DataFrame) -> pl.DataFrame:
    known = sites.filter(pl.col("parcel_area_m2").is_not_null())
    once = known.unique(["group", "parcel_keys", "parcel_area_m2"], maintain_order=True)
    return once.group_by("group").agg(pl.col("parcel_area_m2").sum())


def published_cells(sites: pl.DataFrame) -> pl.DataFrame:
    """Replace coordinates by the middle of their cell.

    Parameters
    ----------
    sites : polars.DataFrame
        Rows with ``longitude, latitude`` [degree].

    Returns
    -------
    polars.DataFrame
        ``cell_longitude, cell_latitude`` [degree] instead, see `CELL_DEGREES`.

    Examples
    --------
    >>> published_cells(pl.DataFrame({"longitude": [121.0873], "latitude": [22.7634]})).row(0)
    (121.085, 22.765)
    """
    middles = [
        ((pl.col(c) / CELL_DEGREES).floor() * CELL_DEGREES + CELL_DEGREES / 2)
        .round(3)
        .alias(f"cell_{c}")
        for c in ("longitude", "latitude")
    ]
    return sites.with_columns(middles).drop("longitude", "latitude")


def kind_coverage(sites: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Tell which kind of evidence looked at which area, and since when.

    Parameters
    ----------
    sites : polars.DataFrame
        Table ``factories__sites``, cleared and lawful rows included, with ``zone_id``.
    areas : polars.DataFrame
        ``zone_id, county_code``.

    Returns
    -------
    polars.DataFrame
        ``zone_id, evidence_kind, since``: the first year of the kind, missing where it tells no
        dates; one row for each area that was looked at.
    """
    year = pl.min_horizontal("first_seen", "last_seen").dt.year()
    since = sites.group_by("evidence_kind").agg(year.min().alias("since"))
    whole = sites.filter(pl.col("evidence_kind").is_in(list(COVERED_BY_COUNTY)))
    counties = whole.select("evidence_kind", "county_code").drop_nulls().unique()
    by_county = areas.join(counties, on="county_code").select("zone_id", "evidence_kind")
    by_site = sites.select("zone_id", "evidence_kind").drop_nulls("zone_id")
    covered = pl.concat([by_county, by_site]).unique()
    return covered.join(since, on="evidence_kind", how="left").sort("zone_id", "evidence_kind")


def counts_by_kind(
    sites: pl.DataFrame, coverage: pl.DataFrame, areas: pl.DataFrame
) -> pl.DataFrame:
    """Count rows by area and kind of evidence.

    Parameters
    ----------
    sites : polars.DataFrame
        ``zone_id, evidence_kind`` of what is to be counted.
    coverage : polars.DataFrame
        From `kind_coverage`.
    areas : polars.DataFrame
        ``zone_id``.

    Returns
    -------
    polars.DataFrame
        ``zone_id, evidence_kind, count`` for every area and kind; missing where the kind did
        not look.
    """
    counts = sites.group_by("zone_id", "evidence_kind").agg(pl.len().cast(pl.Int64).alias("n"))
    kinds = pl.DataFrame({"evidence_kind": list(EVIDENCE_KINDS)}).join(
        coverage.select("evidence_kind").unique(), on="evidence_kind", how="semi"
    )
    key = ["zone_id", "evidence_kind"]
    every = areas.select("zone_id").join(kinds, how="cross")
    looked = coverage.select(*key, pl.lit(value=True).alias("looked"))
    joined = every.join(looked, on=key, how="left").join(counts, on=key, how="left")
    count = pl.when("looked").then(pl.col("n").fill_null(0)).alias("count")
    return joined.select(*key, count).sort(key)


def farmland_factories(
    merged: pl.DataFrame, coverage: pl.DataFrame, areas: pl.DataFrame
) -> pl.DataFrame:
    """Return suspected factories by area and year, counted from when they are known.

    Parameters
    ----------
    merged : polars.DataFrame
        From `merged_sites`.
    coverage : polars.DataFrame
        From `kind_coverage`.
    areas : polars.DataFrame
        ``zone_id, effective``: the day of the policy, missing for other areas.

    Returns
    -------
    polars.DataFrame
        ``zone_id, period, factory_count, factory_area_m2, factory_share_of_farmland,
        new_since_effective`` for each year in which a source speaks, and for `ALL_YEARS`. A site
        is new since the effective day where the month or year it was first seen in begins after
        that day and its source had looked before. The share stays missing here: it needs
        farmland from land cover.
    """
    years = _years(merged, coverage)
    grid = areas.select("zone_id", "effective").join(years, how="cross")
    dated = coverage.group_by("zone_id").agg(pl.col("since").min(), pl.len().alias("kinds"))
    grid = grid.join(dated, on="zone_id", how="left")
    is_all = pl.col("year").is_null()
    looked = (is_all | (pl.col("since") <= pl.col("year"))) & (pl.col("kinds") > 0)
    sites = merged.drop_nulls("zone_id").select(
        "zone_id",
        pl.col("known_since").dt.year().alias("known"),
        pl.col("first_seen"),
        "is_left_censored",
        "parcel_area_m2",
    )
    pairs = grid.filter(looked).join(sites, on="zone_id")
    counted = pairs.filter(is_all | (pl.col("known") <= pl.col("year")))
    new = (pl.col("first_seen") > pl.col("effective")) & ~pl.col("is_left_censored")
    sums = counted.group_by("zone_id", "period").agg(
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("parcel_area_m2").drop_nulls().sum().alias("area"),
        pl.col("parcel_area_m2").count().alias("with_area"),
        new.sum().cast(pl.Int64).alias("new"),
    )
    joined = grid.with_columns(looked.fill_null(value=False).alias("looked")).join(
        sums, on=["zone_id", "period"], how="left"
    )
    since = pl.col("looked") & pl.col("effective").is_not_null() & pl.col("since").is_not_null()
    return joined.select(
        "zone_id",
        "period",
        pl.when("looked").then(pl.col("n").fill_null(0)).alias("factory_count"),
        pl.when(pl.col("with_area") > 0).then("area").alias("factory_area_m2"),
        pl.lit(None, pl.Float64).alias("factory_share_of_farmland"),
        pl.when(since).then(pl.col("new").fill_null(0)).alias("new_since_effective"),
    ).sort("zone_id", "period")


def _years(merged: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    first = coverage["since"].min()
    last = merged.select(pl.col("last_seen").max().dt.year()).item()
    schema = {"period": pl.String, "year": pl.Int32}
    years: list[tuple[str, int | None]] = [(ALL_YEARS, None)]
    if isinstance(first, int) and isinstance(last, int):
        years += [(str(y), y) for y in range(first, last + 1)]
    return pl.DataFrame(years, schema=schema, orient="row")
