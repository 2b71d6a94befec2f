"""How many rows of a table lie in each area, those with an imprecise place by their probability."""

from typing import Final

import geopandas as gpd
import polars as pl

from landwatch.measures.membership import zone_probabilities
from landwatch.schemas.tables import conformed

_PLACE: Final = ("longitude", "latitude", "place_error_m", "place_error_p90_m", "cloud_key")

SURE: Final = 0.9
"""Probability from which a row counts as surely in an area (ADR 8)."""


def town_pieces(areas: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cut areas and what lies around them by towns, so that a row's known town can be used.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        ``area_id`` and disjoint polygons in a declared CRS.
    towns : geopandas.GeoDataFrame
        ``town_code`` and outlines.

    Returns
    -------
    geopandas.GeoDataFrame
        ``area_id`` (missing outside every area), ``town_code`` and polygons, EPSG:4326; only of
        towns that some area reaches into.
    """
    outlines = towns[["town_code", "geometry"]].to_crs("EPSG:4326")
    shapes = areas[["area_id", "geometry"]].to_crs("EPSG:4326")
    touched = outlines[outlines.intersects(shapes.union_all())]
    inside = gpd.overlay(touched, shapes, how="intersection", keep_geom_type=True)
    outside = gpd.overlay(touched, shapes, how="difference", keep_geom_type=True)
    pieces = gpd.GeoDataFrame(
        {
            "area_id": [*inside["area_id"], *[None] * len(outside)],
            "town_code": [*inside["town_code"].astype(str), *outside["town_code"].astype(str)],
        },
        geometry=[*inside.geometry, *outside.geometry],
        crs="EPSG:4326",
    )
    return pieces.reset_index(drop=True)


def area_counts(rows: pl.DataFrame, pieces: gpd.GeoDataFrame, cloud: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each table in each area.

    Parameters
    ----------
    rows : polars.DataFrame
        ``table_name``, ``town_code`` and the columns of table ``places__rows``.
    pieces : geopandas.GeoDataFrame
        ``area_id``, ``town_code`` and disjoint polygons that cover the towns they belong to:
        villages, or pieces of `town_pieces`.
    cloud : polars.DataFrame
        Spots of `landwatch.measures.placement.location_cloud`.

    Returns
    -------
    polars.DataFrame
        Table ``area_counts``. An imprecise row counts in each area by its probability given its
        town: what falls outside the row's own town is spread over the pieces inside it. A row with
        a coordinate counts where that lies, whatever its town. Imprecise rows of an unknown town
        and rows without a place are in no area.
    """
    towns = pieces["town_code"].unique().tolist()
    is_here = pl.col("town_code").is_in(towns) | (pl.col("place_error_m") == 0)
    own = rows.filter(is_here.fill_null(value=False))
    alike = own.group_by("table_name", "town_code", *_PLACE).agg(pl.len().alias("n"))
    inside = _own_pieces(alike, zone_probabilities(alike, pieces, cloud), pieces)
    by_area = inside.group_by("area_id", "row").agg(
        pl.col("probability").sum(), pl.col("place_error_m", "table_name", "n").first()
    )
    n = pl.col("n")
    counts = by_area.group_by("area_id", "table_name").agg(
        n.filter(pl.col("place_error_m") == 0).sum().alias("rows_at_point"),
        n.filter(pl.col("probability") >= SURE).sum().alias("rows_sure"),
        (pl.col("probability") * n).sum().alias("rows_expected"),
        n.sum().alias("rows_possible"),
    )
    return conformed(counts, "area_counts").sort("area_id", "table_name")


def _own_pieces(rows: pl.DataFrame, shares: pl.DataFrame, pieces: gpd.GeoDataFrame) -> pl.DataFrame:
    """Keep the pieces in each row's own town, an exact row where it lies; shares sum to 1 again."""
    areas = pieces["area_id"].astype(object).where(pieces["area_id"].notna(), None)
    columns = {"area_id": areas.to_list(), "piece_town": pieces["town_code"].to_list()}
    schema = {"area_id": pl.String, "piece_town": pl.String}
    named = pl.DataFrame(columns, schema=schema).with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("zone")
    )
    told = rows.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"))
    is_own = (pl.col("piece_town") == pl.col("town_code")) | (pl.col("place_error_m") == 0)
    kept = shares.join(named, on="zone").join(told, on="row").filter(is_own)
    whole = pl.col("probability").sum().over("row")
    return kept.with_columns(pl.col("probability") / whole).filter(pl.col("area_id").is_not_null())
