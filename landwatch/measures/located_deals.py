"""Where and what each deal was: the rows that searches among deals work on."""

import numpy as np
import numpy.typing as npt
import polars as pl
from pyproj import Transformer

from landwatch.measures.samples import age_class, urban_class
from landwatch.vocabulary.crs import TWD97_TM2


def comparable_deals(located: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that may be comparables, in the order a search needs.

    Parameters
    ----------
    located : polars.DataFrame
        Rows of `described_deals`.

    Returns
    -------
    polars.DataFrame
        Completed sales at arm's length with a unit price, ordered by ``position``.
    """
    return located.filter("is_comparable").sort("position").rechunk()


def described_deals(sales: pl.DataFrame) -> pl.DataFrame:
    """Return what each deal was, and where if it has coordinates.

    Parameters
    ----------
    sales : polars.DataFrame
        Table ``lvr__sales``, with ``place_error_m`` where its places are not all printed points.

    Returns
    -------
    polars.DataFrame
        ``position`` (row of `sales`), ``easting_m, northing_m`` (EPSG:3826; missing without
        coordinates), ``place_error_m`` (0 for printed points), ``location_id``, ``day`` (days
        since 1970-01-01), ``deal_id``, ``property_kind``, ``price_twd``, ``unit_price_twd_m2``,
        ``log_area`` (of the area the price is for; missing where unknown), ``use_class``,
        ``property_type``, ``age_class``, ``target``, ``source_file, source_line``, and
        ``is_comparable``: a completed sale at arm's length with a unit price.
    """
    east, north = Transformer.from_crs("EPSG:4326", TWD97_TM2, always_xy=True).transform(
        sales["longitude"].fill_null(float("nan")).to_numpy(),
        sales["latitude"].fill_null(float("nan")).to_numpy(),
    )
    error = pl.col("place_error_m") if "place_error_m" in sales.columns else pl.lit(0.0)
    area = pl.when(pl.col("target") == "land").then("land_area_m2").otherwise("building_area_m2")
    return sales.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("position"),
        _finite("easting_m", east),
        _finite("northing_m", north),
        error.alias("place_error_m"),
        "location_id",
        pl.col("deal_date").cast(pl.Int32).cast(pl.Int64).alias("day"),
        "deal_id",
        "property_kind",
        "price_twd",
        "unit_price_twd_m2",
        pl.when(area > 0).then(area.log()).alias("log_area"),
        pl.coalesce("rural_use", urban_class()).alias("use_class"),
        pl.col("building_type").str.extract(r"^([^(（]*)", 1).alias("property_type"),
        age_class().alias("age_class"),
        "target",
        _is_comparable().alias("is_comparable"),
        "source_file",
        "source_line",
    )


def _finite(name: str, values: npt.NDArray[np.float64]) -> pl.Series:
    known = np.isfinite(values)
    return pl.Series(name, np.where(known, values, np.nan), pl.Float64).fill_nan(None)


def with_places(sales: pl.DataFrame, placed: pl.DataFrame, max_error_m: float) -> pl.DataFrame:
    """Give coordinates to rows that the register printed without them.

    Parameters
    ----------
    sales : polars.DataFrame
        Table ``lvr__sales``.
    placed : polars.DataFrame
        ``source_file, source_line, longitude, latitude, place_error_m``.
    max_error_m : float
        Largest error [m] with which a placed row is taken in; 0 takes only exact ones.

    Returns
    -------
    polars.DataFrame
        The same rows in the same order; ``place_error_m`` is 0 where the register printed a point
        and missing where there is none.
    """
    near = placed.filter(pl.col("place_error_m") <= max_error_m).select(
        "source_file",
        "source_line",
        pl.col("longitude").alias("_longitude"),
        pl.col("latitude").alias("_latitude"),
        pl.col("place_error_m").alias("_error"),
    )
    joined = sales.join(
        near.unique(["source_file", "source_line"], keep="first", maintain_order=True),
        on=["source_file", "source_line"],
        how="left",
        maintain_order="left",
    )
    printed = pl.col("longitude").is_finite().fill_null(value=False)
    return joined.with_columns(
        pl.when(printed).then("longitude").otherwise("_longitude").alias("longitude"),
        pl.when(printed).then("latitude").otherwise("_latitude").alias("latitude"),
        pl.when(printed).then(0.0).otherwise("_error").alias("place_error_m"),
    )


def _is_comparable() -> pl.Expr:
    return (
        pl.col("is_arms_length").fill_null(value=False)
        & (pl.col("register") == "sale")
        & (pl.col("unit_price_twd_m2") > 0).fill_null(value=False)
        & ~pl.col("flags").fill_null("").str.contains("one_dollar")
    )
