"""One deal, published several times: which row is kept, and how many were the same.

Between season files a deal is its 編號. The query service prints none, so its rows are matched
by town, day and price, and by area within each such group.
"""

import datetime as dt
from typing import Final

import polars as pl

from landwatch.schemas.raw import Standardised
from landwatch.schemas.tables import TABLES
from landwatch.standardise.prices import priced_area_m2
from landwatch.vocabulary.calendar import season_end

AREA_TOLERANCE: Final = 0.01
"""Areas of one deal in two publications differ at most by this share (坪 has two decimals)."""

_GROUP: Final = ["town_code", "deal_date", "price_twd", "target"]
_SOURCE: Final = ["source_file", "source_line"]
_FILLED_FROM_SEASONS: Final = (
    "deal_id",
    "land_area_m2",
    "building_area_m2",
    "parking_area_m2",
    "parking_price_twd",
    "parking_type",
    "rural_zoning",
    "material",
    "completion_year",
    "age_years",
)


def without_duplicates(parts: Standardised) -> Standardised:
    """Keep one row a deal and count the others as duplicates of their file.

    Parameters
    ----------
    parts : Standardised
        All inputs together.

    Returns
    -------
    Standardised
        Keys unique; in the ledger every dropped row has moved from accepted to duplicate. Of two
        rows the one with an exact address wins, then the one with more columns filled, then the
        later season, then the later path. A located row of the query service wins over the
        season row it matches and takes from it what the service does not print.
    """
    tables = dict(parts.tables)
    dropped = []
    for name in ("lvr__sales", "lvr__rentals"):
        if name in tables:
            tables[name], lost = _unique_deals(tables[name])
            dropped.append(lost)
    if "lvr__sales" in tables:
        tables["lvr__sales"], lost = _located_deals(tables["lvr__sales"])
        dropped.append(lost)
    for name in ("lvr__parcels", "lvr__buildings", "lvr__parkings"):
        if name in tables:
            tables[name], lost = _unique_children(tables[name])
            dropped.append(lost)
    repeating = [name for name in parts.tables if TABLES[name].repeats]
    lost_rows = []
    for name in repeating:
        tables[name], lost = _unique_rows(parts.tables[name], TABLES[name].repeats)
        lost_rows.append(lost)
    if lost_rows:
        # one source row may feed several tables: it repeats only where nothing of it is kept
        kept = pl.concat([tables[name].select(_SOURCE) for name in repeating])
        dropped.append(pl.concat(lost_rows).unique().join(kept, on=_SOURCE, how="anti"))
    return Standardised(tables, parts.rejects, _recounted(parts.ledger, dropped))


def unit_ratio(sales: pl.DataFrame) -> tuple[float, int]:
    """Return how many printed units of the season files make one of the query service's.

    Parameters
    ----------
    sales : polars.DataFrame
        Table ``lvr__sales`` before duplicates are dropped, areas as this program read them.

    Returns
    -------
    tuple of (float, int)
        Median ratio of the areas (season file / query service) over bare-land deals that are
        alone under their town, day and price in both publications, and their number. 1 where the
        unit of the service was read rightly; 3.3 or 0.3 where it was not; NaN without such deals.
    """
    land = sales.filter((pl.col("target") == "land") & pl.col("town_code").is_not_null())
    sides = [
        land.filter(pl.col("publisher") == p)
        .filter(pl.len().over(_GROUP) == 1)
        .select(*_GROUP, pl.col("land_area_m2").alias(p))
        for p in ("lvr", "lvr_query")
    ]
    pairs = sides[0].join(sides[1], on=_GROUP)
    ratio = pairs.select((pl.col("lvr") / pl.col("lvr_query")).median()).item()
    return (float("nan") if ratio is None else float(ratio)), pairs.height


def _unique_deals(deals: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    filled = pl.sum_horizontal(pl.all().is_not_null())
    files = deals["source_file"].unique().to_list()
    seasons = {file: season_end(file) or dt.date.min for file in files}
    ranked = deals.with_row_index("_order").with_columns(
        filled.alias("_filled"),
        pl.col("source_file").replace_strict(seasons, return_dtype=pl.Date).alias("_season"),
    )
    ranked = ranked.sort(
        ["is_exact_address", "_filled", "_season", "source_file", "source_line"], descending=True
    )
    kept = ranked.unique("deal_id", keep="first", maintain_order=True).sort("_order")
    lost = ranked.join(kept.select("_order"), on="_order", how="anti").select(_SOURCE)
    return kept.drop("_order", "_filled", "_season"), lost


def _unique_children(children: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep the children of a deal from one file only: the last file that has them."""
    last = children.group_by("deal_id").agg(pl.col("source_file").max().alias("kept_file"))
    marked = children.join(last, on="deal_id", how="left", maintain_order="left")
    same = pl.col("source_file") == pl.col("kept_file")
    return marked.filter(same).drop("kept_file"), marked.filter(~same).select(_SOURCE)


def _unique_rows(rows: pl.DataFrame, key: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    kept = rows.unique(key, keep="last", maintain_order=True)
    return kept, rows.join(kept, on=_SOURCE, how="anti").select(_SOURCE)


def _located_deals(sales: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    sales = sales.with_columns(priced_area_m2().alias("_area"))
    season = sales.filter((pl.col("publisher") == "lvr") & (pl.col("register") == "sale"))
    query = sales.filter(pl.col("publisher") == "lvr_query")
    pairs = matched_deals(season, query)
    lost = season.join(pairs, left_on=_SOURCE, right_on=["lvr_file", "lvr_line"], how="semi")
    twins = season.select(
        pl.col("source_file").alias("lvr_file"),
        pl.col("source_line").alias("lvr_line"),
        *(pl.col(c).alias(f"_{c}") for c in _FILLED_FROM_SEASONS),
    )
    found = pairs.join(twins, on=["lvr_file", "lvr_line"])
    merged = query.join(found, on=_SOURCE, how="left", maintain_order="left").with_columns(
        pl.coalesce(f"_{c}", c).alias(c) for c in _FILLED_FROM_SEASONS
    )
    rest = sales.filter(pl.col("publisher") == "lvr").join(
        lost, on=_SOURCE, how="anti", maintain_order="left"
    )
    columns = TABLES["lvr__sales"].columns
    return pl.concat([rest.select(columns), merged.select(columns)]), lost.select(_SOURCE)


def matched_deals(season: pl.DataFrame, query: pl.DataFrame) -> pl.DataFrame:
    """Pair season rows with query rows that are the same deal.

    Within one town, day, price and target: first rows of equal area (k-th with k-th), then the
    nearest areas within `AREA_TOLERANCE`, then what is alone on both sides.

    Parameters
    ----------
    season, query : polars.DataFrame
        Sales with ``_area`` [m²]; a row pairs at most once.

    Returns
    -------
    polars.DataFrame
        ``lvr_file, lvr_line, source_file, source_line``.
    """
    left = season.filter(pl.col("town_code").is_not_null()).select(
        *_GROUP,
        "_area",
        pl.col("source_file").alias("lvr_file"),
        pl.col("source_line").alias("lvr_line"),
    )
    right = query.filter(pl.col("town_code").is_not_null()).select(*_GROUP, "_area", *_SOURCE)
    found = []
    for rule in (_equal_area, _nearest_area, _alone):
        pairs = rule(left, right).select("lvr_file", "lvr_line", *_SOURCE)
        found.append(pairs)
        left = left.join(pairs, on=["lvr_file", "lvr_line"], how="anti")
        right = right.join(pairs, on=_SOURCE, how="anti")
    return pl.concat(found)


def _equal_area(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    ping = (pl.col("_area") * 121 / 400).round(2).alias("_ping")
    key = [*_GROUP, "_ping"]
    sides = [
        side.with_columns(ping)
        .sort(*key, *order)
        .with_columns(pl.int_range(pl.len()).over(key).alias("_k"))
        for side, order in ((left, ["lvr_file", "lvr_line"]), (right, _SOURCE))
    ]
    return sides[0].join(sides[1], on=[*key, "_k"])


def _nearest_area(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    pairs = left.join(right, on=_GROUP, suffix="_query")
    apart = (pl.col("_area") / pl.col("_area_query") - 1).abs().alias("_apart")
    near = pairs.with_columns(apart).filter(pl.col("_apart") <= AREA_TOLERANCE)
    near = near.sort("_apart", "lvr_file", "lvr_line", *_SOURCE)
    once = near.unique(["lvr_file", "lvr_line"], keep="first", maintain_order=True)
    return once.unique(_SOURCE, keep="first", maintain_order=True)


def _alone(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    sides = [side.filter(pl.len().over(_GROUP) == 1) for side in (left, right)]
    return sides[0].join(sides[1], on=_GROUP)


def _recounted(ledger: pl.DataFrame, dropped: list[pl.DataFrame]) -> pl.DataFrame:
    if not dropped:
        return ledger
    counts = pl.concat(dropped).group_by("source_file").agg(pl.len().cast(pl.Int64).alias("_n"))
    joined = ledger.join(counts, on="source_file", how="left", maintain_order="left")
    moved = pl.col("_n").fill_null(0)
    return joined.with_columns(
        (pl.col("rows_accepted") - moved).alias("rows_accepted"),
        (pl.col("rows_duplicate") + moved).alias("rows_duplicate"),
    ).drop("_n")
