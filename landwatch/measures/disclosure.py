"""How much of a deal's place may be told."""

from typing import Final

import polars as pl
from pyproj import Transformer

from landwatch.vocabulary.crs import TWD97_TM2

MIN_SECTION_DEALS: Final = 5
"""A section of land with fewer deals in a year is not named: the owner could be."""

ROUNDED_M: Final = 1000.0
DISTANCE_STEP_M: Final = 100.0
"""Distances between deals are told in this step, so that places cannot be found from them."""


def disclosed_places(deals: pl.DataFrame, market: pl.DataFrame) -> pl.DataFrame:
    """Return the place of each deal as far as it may be shown.

    Parameters
    ----------
    deals : polars.DataFrame
        Rows to show: ``location_id``, ``deal_date``, ``target``, ``masked_address``,
        ``town_name`` (county and town), ``longitude``, ``latitude``.
    market : polars.DataFrame
        All rows of the table they come from: ``location_id``, ``deal_date``.

    Returns
    -------
    polars.DataFrame
        ``place``, ``is_named``, ``east_km`` and ``north_km`` (EPSG:3826, whole kilometres), row by
        row. Bare
        land stands with its section and range of numbers only where the section had
        `MIN_SECTION_DEALS` deals in the year; else, and where no place is known, with the town
        alone and without kilometres.

    Examples
    --------
    >>> import datetime as dt
    >>> rows = pl.DataFrame({
    ...     "location_id": ["1:山段", "1:海段"], "deal_date": [dt.date(2020, 5, 1)] * 2,
    ...     "target": ["land", "land"], "masked_address": ["山段1~30地號", "海段1~30地號"],
    ...     "town_name": ["某某縣某鄉"] * 2, "longitude": [121.0] * 2, "latitude": [23.0] * 2})
    >>> market = pl.concat([rows[:1]] * 5 + [rows[1:]])
    >>> disclosed_places(rows, market).rows()
    [('某某縣某鄉山段1~30地號', True, 250, 2544), ('某某縣某鄉', False, None, None)]
    """
    keys = ["location_id", "year"]
    year = pl.col("deal_date").dt.year().alias("year")
    counts = market.with_columns(year).group_by(keys).agg(pl.len().alias("deals"))
    joined = deals.with_columns(year).join(counts, on=keys, how="left", maintain_order="left")
    address = pl.col("masked_address").fill_null("")
    enough = (pl.col("target") != "land") | (pl.col("deals") >= MIN_SECTION_DEALS)
    named = (enough & (address != "")).fill_null(value=False)
    town = pl.col("town_name").fill_null("")
    rest = address.str.strip_prefix(town).str.strip_prefix(town.str.slice(3))
    east, north = Transformer.from_crs("EPSG:4326", TWD97_TM2, always_xy=True).transform(
        joined["longitude"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        joined["latitude"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
    )
    kilometres = [
        pl.when(named & pl.Series(values).is_finite())
        .then((pl.Series(values) / ROUNDED_M).round())
        .cast(pl.Int64)
        .alias(name)
        for name, values in (("east_km", east), ("north_km", north))
    ]
    return joined.select(
        pl.when(named).then(town + rest).otherwise(town).alias("place"),
        named.alias("is_named"),
        *kilometres,
    )


def disclosed_distance(distance_m: pl.Expr) -> pl.Expr:
    """Return distances as far as they may be told.

    Parameters
    ----------
    distance_m : polars.Expr
        Distances [m].

    Returns
    -------
    polars.Expr
        Rounded to `DISTANCE_STEP_M`.
    """
    return (distance_m / DISTANCE_STEP_M).round() * DISTANCE_STEP_M
