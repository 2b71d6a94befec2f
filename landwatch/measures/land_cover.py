"""Area of land-cover classes within zones, by exact coverage of cells, and its change."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import polars as pl
from exactextract import exact_extract
from exactextract.raster import RasterSource

from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.land_cover import GROUPS

AREA_SCHEMA: Final = {
    "zone_id": pl.String,
    "class": pl.String,
    "area_m2": pl.Float64,
    "covered_m2": pl.Float64,
    "n_cells": pl.Float64,
}
MAX_COVERED: Final = 1.01
"""Share of a zone that rasters may cover together; more is two rasters of one place."""

LEAST_COVERED: Final = 0.5
"""Share of a zone that must have data for its shares to be shown."""


def class_areas(
    rasters: Mapping[str, RasterSource], zones: gpd.GeoDataFrame, *, cell_size_m: float
) -> pl.DataFrame:
    """Return the area of each class in each zone, from rasters whose cells hold areas.

    A cell that a zone covers in part counts by the part, as if the class lay evenly in it.

    Parameters
    ----------
    rasters : mapping of str to exactextract.raster.RasterSource
        One grid, by class; cells in m², read in windows.
    zones : geopandas.GeoDataFrame
        ``zone_id`` and polygons in the coordinate system of the rasters [m].
    cell_size_m : float
        Side of a cell [m].

    Returns
    -------
    polars.DataFrame
        ``zone_id, class, area_m2, covered_m2`` (part of the zone on cells with data), ``n_cells``
        (cells with data, parts counted as parts). A zone without data has missing area, not 0.

    Examples
    --------
    >>> from exactextract.raster import NumPyRasterSource
    >>> from shapely import box
    >>> cells = np.array([[50.0, 100.0]])
    >>> zones = gpd.GeoDataFrame({"zone_id": ["a"]}, geometry=[box(5, 0, 15, 10)], crs=3826)
    >>> grid = NumPyRasterSource(cells, 0, 0, 20, 10, srs_wkt=zones.crs.to_wkt())
    >>> class_areas({"FF": grid}, zones, cell_size_m=10).select("area_m2", "covered_m2").row(0)
    (75.0, 100.0)
    """
    sources = []
    for name, raster in rasters.items():
        raster.set_name(name)
        sources.append(raster)
    found = _extracted(sources, zones, ["sum", "count"])
    parts = []
    for name in rasters:
        lead = f"{name}_" if len(rasters) > 1 else ""
        parts.append(
            _areas(found["zone_id"], name, found[f"{lead}sum"], found[f"{lead}count"], cell_size_m)
        )
    return pl.concat([pl.DataFrame(schema=AREA_SCHEMA), *parts])


def code_areas(
    raster: RasterSource, zones: gpd.GeoDataFrame, codes: Mapping[str, Sequence[int]]
) -> pl.DataFrame:
    """Return the area of groups of classes in each zone, from a raster of class codes.

    Parameters
    ----------
    raster : exactextract.raster.RasterSource
        Whole numbers, read in windows; in metres or degrees.
    zones : geopandas.GeoDataFrame
        ``zone_id`` and polygons in the coordinate system of the raster.
    codes : mapping of str to sequence of int
        Codes of each group.

    Returns
    -------
    polars.DataFrame
        As `class_areas`, ``class`` being the group. A group none of whose codes occurs in a zone
        with data has area 0 there.

    Notes
    -----
    In degrees, cells are weighted by their area on the sphere (0.3 % of error at most); in metres
    by their area in the plane.
    """
    crs = zones.crs
    weight = "area_spherical_m2" if crs is not None and crs.is_geographic else "area_cartesian"
    raster.set_name("codes")
    weighted = f"coverage_weight={weight}"
    found = _extracted([raster], zones, [f"unique({weighted})", f"frac({weighted})", "count"])
    covered = _extracted([raster], zones, [f"count({weighted})"])["count"]
    parts = []
    for group, wanted in sorted(codes.items()):
        pairs = zip(found["unique"], found["frac"], strict=True)
        share = np.array([float(f[np.isin(u, list(wanted))].sum()) for u, f in pairs])
        parts.append(
            pl.DataFrame(
                {
                    "zone_id": found["zone_id"].astype(str).to_numpy(),
                    "class": group,
                    "area_m2": share * covered.to_numpy(),
                    "covered_m2": covered.to_numpy(),
                    "n_cells": found["count"].to_numpy(),
                },
                schema=AREA_SCHEMA,
            ).with_columns(_known(pl.col("area_m2")))
        )
    return pl.concat([pl.DataFrame(schema=AREA_SCHEMA), *parts])


def _extracted(
    rasters: list[RasterSource], zones: gpd.GeoDataFrame, operations: list[str]
) -> pd.DataFrame:
    if zones.crs is None:
        raise InputError("the zones have no coordinate system; declare it with set_crs first.")
    found: Any = exact_extract(
        rasters,
        zones[["zone_id", "geometry"]],
        operations,
        include_cols=["zone_id"],
        output="pandas",
    )
    return pd.DataFrame(found)


def _areas(
    zone_id: "pd.Series[Any]",
    name: str,
    area: "pd.Series[Any]",
    count: "pd.Series[Any]",
    cell_size_m: float,
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "zone_id": zone_id.astype(str).to_numpy(),
            "class": name,
            "area_m2": area.to_numpy(np.float64),
            "covered_m2": count.to_numpy(np.float64) * cell_size_m**2,
            "n_cells": count.to_numpy(np.float64),
        },
        schema=AREA_SCHEMA,
    ).with_columns(_known(pl.col("area_m2")))


def _known(area: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("n_cells") > 0).then(area).alias("area_m2")


def land_cover(areas: pl.DataFrame, zone_area_m2: Mapping[str, float]) -> pl.DataFrame:
    """Put the rasters of an era together and take shares.

    Parameters
    ----------
    areas : polars.DataFrame
        ``era`` and the columns of `class_areas`; several rasters may cover parts of a zone.
    zone_area_m2 : mapping of str to float
        Area of each zone [m²].

    Returns
    -------
    polars.DataFrame
        ``zone_id, era, class, area_m2, share`` (of the part with data), ``covered_share`` (part of
        the zone with data), ``no_data_m2`` (the rest), ``n_cells``; the groups `GROUPS` are added
        where all of their classes are there. Ordered by zone, era and class.

    Raises
    ------
    InputError
        If the rasters of a class cover more than a zone's own area: two of them show one place.
    """
    key = ["zone_id", "era", "class"]
    some = pl.col("area_m2").is_not_null().any()
    ordered = areas.sort(*key, "covered_m2", "area_m2")
    summed = ordered.group_by(key, maintain_order=True).agg(
        pl.when(some).then(pl.col("area_m2").sum()).alias("area_m2"),
        pl.col("covered_m2").sum(),
        pl.col("n_cells").sum(),
    )
    whole = pl.col("zone_id").replace_strict(dict(zone_area_m2), return_dtype=pl.Float64)
    table = pl.concat([summed, *(_group(summed, g, m) for g, m in GROUPS.items())], how="diagonal")
    table = table.with_columns(
        pl.when(pl.col("covered_m2") > 0)
        .then(pl.col("area_m2") / pl.col("covered_m2"))
        .alias("share"),
        (pl.col("covered_m2") / whole).alias("covered_share"),
        (whole - pl.col("covered_m2")).clip(0).alias("no_data_m2"),
    )
    if (bad := table.filter(pl.col("covered_share") > MAX_COVERED).sort(key)).height:
        row = bad.row(0, named=True)
        raise InputError(
            f"land cover {row['era']} {row['class']}: rasters cover {row['covered_share']:.2f} "
            f"times the area of zone {row['zone_id']}; two of them show the same place. Keep one."
        )
    columns = (*key, "area_m2", "share", "covered_share", "no_data_m2", "n_cells")
    return table.select(columns).sort(key)


def _group(summed: pl.DataFrame, group: str, members: Sequence[str]) -> pl.DataFrame:
    """Sum of the members where all are there; a group given as such stays as it is."""
    found = summed.filter(pl.col("class").is_in(members))
    return (
        found.group_by("zone_id", "era")
        .agg(
            pl.len().alias("_n"),
            pl.when(pl.col("area_m2").is_not_null().all()).then(pl.col("area_m2").sum()),
            pl.col("covered_m2").min(),
            pl.col("n_cells").min(),
        )
        .filter(pl.col("_n") == len(members))
        .with_columns(pl.lit(group).alias("class"))
        .select(summed.columns)
    )


def land_cover_change(cover: pl.DataFrame) -> pl.DataFrame:
    """Return the change of each class from era to era, and from the first to the last.

    Decades are compared with decades and years with years: they come from different products.

    Parameters
    ----------
    cover : polars.DataFrame
        From `land_cover`.

    Returns
    -------
    polars.DataFrame
        ``zone_id, class, era_from, era_to, area_change_m2, share_change`` (difference of shares).
        Missing where one of the two is.
    """
    keys = ["zone_id", "class"]
    sides = cover.select(*keys, "era", "area_m2", "share")
    parts = [
        sides.filter(pl.col("era") == start)
        .join(sides.filter(pl.col("era") == end), on=keys, suffix="_to")
        .select(
            *keys,
            pl.col("era").alias("era_from"),
            pl.col("era_to"),
            (pl.col("area_m2_to") - pl.col("area_m2")).alias("area_change_m2"),
            (pl.col("share_to") - pl.col("share")).alias("share_change"),
        )
        for start, end in _spans(sides["era"].unique().sort().to_list())
    ]
    schema = {
        **dict.fromkeys((*keys, "era_from", "era_to"), pl.String),
        **dict.fromkeys(("area_change_m2", "share_change"), pl.Float64),
    }
    return pl.concat([pl.DataFrame(schema=schema), *parts]).sort(*keys, "era_from", "era_to")


def _spans(eras: Sequence[str]) -> Iterable[tuple[str, str]]:
    for family in _families(eras):
        yield from itertools.pairwise(family)
        if len(family) > 2:
            yield family[0], family[-1]


def _families(eras: Sequence[str]) -> tuple[list[str], list[str]]:
    decades = [era for era in eras if era.endswith("s")]
    return decades, [era for era in eras if not era.endswith("s")]


def shares_to_show(cover: pl.DataFrame, group: str) -> pl.DataFrame:
    """Return a group's share by zone and era, as `landwatch.measures.figures` takes it.

    Parameters
    ----------
    cover : polars.DataFrame
        From `land_cover`.
    group : str
        ``farmland`` or ``built_up``.

    Returns
    -------
    polars.DataFrame
        ``zone_id, period, share, n_rows`` (whole cells); share missing where less than
        `LEAST_COVERED` of the zone has data.
    """
    enough = pl.col("covered_share") >= LEAST_COVERED
    return cover.filter(pl.col("class") == group).select(
        "zone_id",
        pl.col("era").alias("period"),
        pl.when(enough).then(pl.col("share")).alias("share"),
        pl.col("n_cells").floor().cast(pl.Int64).alias("n_rows"),
    )


def share_changes_to_show(cover: pl.DataFrame, group: str) -> pl.DataFrame:
    """Return the change of a group's share from the first era to the last, by zone.

    Parameters
    ----------
    cover : polars.DataFrame
        From `land_cover`.
    group : str
        ``farmland`` or ``built_up``.

    Returns
    -------
    polars.DataFrame
        As `shares_to_show`, ``share`` being the difference and ``period`` both eras;
        without rows where there is only one.
    """
    shares = shares_to_show(cover, group)
    eras = shares["period"].unique().sort().to_list()
    parts = [shares.clear()]
    for start, end in ((f[0], f[-1]) for f in _families(eras) if len(f) > 1):
        first, last = (shares.filter(pl.col("period") == era) for era in (start, end))
        both = first.join(last, on="zone_id", suffix="_to")
        parts.append(
            both.select(
                "zone_id",
                pl.lit(f"{start}–{end}").alias("period"),
                (pl.col("share_to") - pl.col("share")).alias("share"),
                pl.min_horizontal("n_rows", "n_rows_to").alias("n_rows"),
            )
        )
    return pl.concat(parts)
