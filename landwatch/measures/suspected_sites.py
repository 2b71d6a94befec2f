"""Sites suspected of a factory on farmland: the same parcel once, and counts by area and year.

Absence is never inferred. An area is counted only where a source looked: an office that compiles a
county looked at all of its towns; a civic report tells of its own town alone. Elsewhere the count
is missing, not 0.
"""

import datetime as dt
from typing import Final

import polars as pl

from landwatch.vocabulary.factories import COVERED_BY_COUNTY, EVIDENCE_KINDS, TELLING_FIRST

ALL_YEARS: Final = "all"
"""Period that also counts sites without any date."""

CELL_DEGREES: Final = 0.01
"""Side of the cells in which sites are published, about one kilometre."""


def site_groups(parcel_keys: pl.Series) -> pl.Series:
    """Number sites so that reports of the same parcels have the same number.

    Parameters
    ----------
    parcel_keys : polars.Series
        Keys joined by ``;``, missing where a site names no parcel.

    Returns
    -------
    polars.Series
        Int64. A report whose parcels are all among those of another is the same site; of several
        such others it goes with the one that names most parcels, then with the first. A site
        without parcels is alone, and so are two that share some parcels and not others: fifteen
        workshops may share one lane.

    Notes
    -----
    Two points near each other are not joined.

    Examples
    --------
    >>> site_groups(pl.Series(["a;b", None, "b", "b;c", "b;a"])).to_list()
    [0, 1, 0, 3, 0]
    """
    rows = pl.DataFrame({"keys": parcel_keys.str.split(";").list.sort().list.join(";")})
    rows = rows.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    sets = rows.drop_nulls("keys").group_by("keys").agg(pl.col("row").min().alias("first"))
    named = sets.with_columns(pl.col("keys").str.split(";").alias("key"))
    named = named.with_columns(pl.col("key").list.len().alias("size"))
    each = named.explode("key", empty_as_null=True, keep_nulls=True).drop("keys")
    shared = (
        each.join(each, on="key", suffix="_other")
        .group_by("first", "size", "first_other", "size_other")
        .len()
    )
    within = shared.filter(pl.col("len") == pl.col("size"))
    parents = within.sort(["size_other", "first_other"], descending=[True, False]).unique(
        "first", keep="first", maintain_order=True
    )
    known = sets.join(parents.select("first", pl.col("first_other").alias("group")), on="first")
    joined = rows.join(known, on="keys", how="left", maintain_order="left")
    return joined.select(pl.coalesce("group", "row")).to_series().rename("")


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
        table were merged; ``known_since`` is the earliest day any of them shows the site;
        ``source_file, source_line`` are those of a suspecting row. Keys made of parcels stay
        behind: who tries every number can undo them.
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
        pl.len().cast(pl.Int64).alias("n_reports"),
        _words("evidence_kind"),
        _words("publisher"),
        *(_first(c) for c in ("zone_id", "county_code", "town_code", "masked_address")),
        pl.col("longitude").filter(located).first(),
        pl.col("latitude").filter(located).first(),
        _words("rural_zoning"),
        _words("rural_use"),
        pl.col("first_seen").min(),
        pl.col("first_seen_precision")
        .sort_by("first_seen", "first_seen_precision", nulls_last=True)
        .first(),
        pl.min_horizontal("first_seen", "last_seen").min().alias("known_since"),
        pl.col("last_seen").max(),
        pl.col("last_status").sort_by("last_seen", "site_id").drop_nulls().last(),
        pl.col("is_left_censored").any(),
        *(pl.col(c).filter(suspected).first() for c in ("source_file", "source_line")),
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
        ``zone_id, county_code, is_town``: whole towns, or other areas, of which a site known only
        by its town may or may not be part.

    Returns
    -------
    polars.DataFrame
        ``zone_id, evidence_kind, since``: the first year the kind speaks of there, missing where
        it tells no dates; one row for each area that was looked at.
    """
    year = pl.min_horizontal("first_seen", "last_seen").dt.year().min().alias("since")
    whole = sites.filter(pl.col("evidence_kind").is_in(list(COVERED_BY_COUNTY)))
    located = pl.col("longitude").is_not_null().all().alias("is_located")
    by = ["evidence_kind", "county_code"]
    counties = whole.drop_nulls("county_code").group_by(by).agg(year, located)
    by_county = areas.join(counties, on="county_code").filter(
        pl.col("is_town") | pl.col("is_located")
    )
    by_county = by_county.select("zone_id", "evidence_kind", "since")
    by_site = sites.drop_nulls("zone_id").group_by("zone_id", "evidence_kind").agg(year)
    covered = pl.concat([by_county, by_site.select(by_county.columns)])
    return (
        covered.group_by("zone_id", "evidence_kind")
        .agg(pl.col("since").min())
        .sort("zone_id", "evidence_kind")
    )


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
    merged: pl.DataFrame, coverage: pl.DataFrame, areas: pl.DataFrame, *, last_year: int
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
    last_year : int
        Last year of the study; later ones have no period of their own.

    Returns
    -------
    polars.DataFrame
        ``zone_id, period, factory_count, factory_area_m2, factory_share_of_farmland,
        new_since_effective, age_unknown_count, evidence_kind`` for each year in which a source
        speaks, and for `ALL_YEARS`. Zones also count what is new since their day: first seen in a
        month or year that begins after it, by a source that had looked before, and shown by no
        other source earlier. That is a least number: ``age_unknown_count`` further sites may be
        older or newer. The share stays missing here: it needs farmland from land cover.

    Notes
    -----
    ``evidence_kind`` names the kinds that had looked by then. Where it grows from one year to the
    next, so may the count without any new factory. ``factory_area_m2`` is land, not buildings,
    of the sites whose parcels' area is known.
    """
    grid = _grid(coverage, areas, _years(merged, coverage, last_year))
    is_all = pl.col("year").is_null()
    sites = merged.drop_nulls("zone_id").select(
        "zone_id",
        pl.col("known_since").dt.year().alias("known"),
        "known_since",
        "first_seen",
        "is_left_censored",
        "parcel_area_m2",
    )
    counted = grid.drop_nulls("evidence_kind").join(sites, on="zone_id")
    counted = counted.filter(is_all | (pl.col("known") <= pl.col("year")))
    later = (pl.col("known_since") > pl.col("effective")).fill_null(value=True)
    dated = pl.col("first_seen").is_not_null() & ~pl.col("is_left_censored")
    new, undated = later & dated, later & ~dated & pl.col("effective").is_not_null()
    sums = counted.group_by("zone_id", "period").agg(
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("parcel_area_m2").sum().alias("area"),
        pl.col("parcel_area_m2").count().alias("with_area"),
        new.sum().cast(pl.Int64).alias("new"),
        undated.sum().cast(pl.Int64).alias("undated"),
    )
    joined = grid.join(sums, on=["zone_id", "period"], how="left")
    looked = pl.col("evidence_kind").is_not_null()
    since, tells = looked & pl.col("effective").is_not_null(), pl.col("tells_first")
    return joined.select(
        "zone_id",
        "period",
        pl.when(looked).then(pl.col("n").fill_null(0)).alias("factory_count"),
        pl.when(pl.col("with_area") > 0).then("area").alias("factory_area_m2"),
        pl.lit(None, pl.Float64).alias("factory_share_of_farmland"),
        pl.when(since & tells).then(pl.col("new").fill_null(0)).alias("new_since_effective"),
        pl.when(since).then(pl.col("undated").fill_null(0)).alias("age_unknown_count"),
        "evidence_kind",
    ).sort("zone_id", "period")


def _grid(coverage: pl.DataFrame, areas: pl.DataFrame, years: pl.DataFrame) -> pl.DataFrame:
    """Every area and period, with the kinds that had looked by then; missing where none had."""
    pairs = coverage.join(years, how="cross")
    looked = pairs.filter(pl.col("year").is_null() | (pl.col("since") <= pl.col("year")))
    kinds = looked.group_by("zone_id", "period").agg(
        pl.col("evidence_kind").sort().str.join(";"),
        pl.col("evidence_kind").is_in(list(TELLING_FIRST)).any().alias("tells_first"),
    )
    grid = areas.select("zone_id", "effective").join(years, how="cross")
    return grid.join(kinds, on=["zone_id", "period"], how="left")


def _years(merged: pl.DataFrame, coverage: pl.DataFrame, last_year: int) -> pl.DataFrame:
    first = coverage["since"].min()
    last = merged.select(pl.col("last_seen").max().dt.year()).item()
    schema = {"period": pl.String, "year": pl.Int32}
    years: list[tuple[str, int | None]] = [(ALL_YEARS, None)]
    if isinstance(first, int) and isinstance(last, int):
        years += [(str(y), y) for y in range(first, min(last, last_year) + 1)]
    return pl.DataFrame(years, schema=schema, orient="row")
