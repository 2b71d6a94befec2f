"""Which share of each area urban plans zone for what, and which share a user's layer covers."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from landwatch.measures.polygon_shares import (
    Shapes,
    covered_parts,
    disjoint_parts,
    first_area,
    lengths_within,
)
from landwatch.schemas.tables import conformed

OUTSIDE = "outside_plan"
LEAST_AT_HOME = 0.1
"""Of 61 published plans the one that reaches farthest into the sea has 64 % of its area ashore."""

_PER_LAYER = ["area", "layer_name", "category"]


def zoning_shares(
    zone_ids: pl.Series, areas: Shapes, polygons: Shapes, classes: pl.Series
) -> pl.DataFrame:
    """Return what each area is zoned for.

    Parameters
    ----------
    zone_ids : polars.Series, shape (n_areas,)
        Names of the areas.
    areas, polygons : ndarray of shapely.Geometry
        In one plane with metres. Where polygons overlap the last one counts.
    classes : polars.Series, shape (n_polygons,)
        Class of each polygon; missing is ``unknown``.

    Returns
    -------
    polars.DataFrame
        ``zone_id, covered_class, covered_area_m2, covered_share, n_polygons``; besides the classes
        present a row ``all`` for every area: the urban plan, without what a plan's own drawing
        marks as outside of it. Ordered.
    """
    parts = disjoint_parts(polygons[::-1])[::-1]
    pairs = covered_parts(areas, parts)
    named = classes.fill_null("unknown").gather(pairs["part"]).alias("covered_class")
    pairs = pairs.with_columns(named)
    by_class = _summed(pairs, ["area", "covered_class"])
    in_plan = pairs.filter(pl.col("covered_class") != OUTSIDE)
    every = pl.DataFrame({"area": np.arange(len(areas)), "covered_class": "all"})
    total = every.join(_summed(in_plan, ["area"]), on="area", how="left").with_columns(
        pl.col("covered_area_m2").fill_null(0.0), pl.col("n_polygons").fill_null(0)
    )
    rows = pl.concat([total, by_class.select(total.columns)])
    return _shared(rows, zone_ids, areas).drop("area").sort("zone_id", "covered_class")


def _summed(pairs: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return pairs.group_by(by).agg(
        pl.col("covered_area_m2").sum(), pl.len().cast(pl.Int64).alias("n_polygons")
    )


def _shared(rows: pl.DataFrame, zone_ids: pl.Series, areas: Shapes) -> pl.DataFrame:
    extent = pl.Series(shapely.area(areas)).gather(rows["area"])
    share = (pl.col("covered_area_m2") / extent).clip(0, 1)
    return rows.with_columns(
        zone_ids.gather(rows["area"]).alias("zone_id"), share.alias("covered_share")
    )


def plans_elsewhere(
    polygons: pl.DataFrame, shapes: Shapes, towns: Shapes, town_counties: pl.Series
) -> list[str]:
    """Return the plans that do not lie in the county their code names.

    Coordinates of one zone of TM2 declared as the other lie two degrees aside, still in Taiwan.

    Parameters
    ----------
    polygons : polars.DataFrame
        ``plan_code, county_code, area_m2`` of each shape.
    shapes, towns : ndarray of shapely.Geometry
        In one plane with metres.
    town_counties : polars.Series, shape (n_towns,)
        County code of each town.

    Returns
    -------
    list of str
        Codes of plans with less than `LEAST_AT_HOME` of their area in polygons whose inner point
        lies in the county. Harbour and coast plans reach into the sea.
    """
    town = pl.Series(first_area(towns, shapely.point_on_surface(shapes)))
    found = town_counties.gather(town.clip(0)).set(town < 0, None)
    at_home = (pl.col("_found") == pl.col("county_code")).fill_null(False)
    home = pl.col("area_m2").filter(at_home).sum() / pl.col("area_m2").sum()
    shares = polygons.with_columns(found.alias("_found")).group_by("plan_code").agg(home)
    return shares.filter(pl.col("area_m2") < LEAST_AT_HOME)["plan_code"].sort().to_list()


def accounted_plans(
    shares: pl.DataFrame,
    counties: Mapping[str, frozenset[str]],
    read: Mapping[str, frozenset[str]],
    known: Mapping[str, frozenset[str]],
) -> pl.DataFrame:
    """Say of each share whether the plans it needs were read.

    Parameters
    ----------
    shares : polars.DataFrame
        From `zoning_shares`.
    counties : mapping of str to frozenset of str
        County codes by area.
    read, known : mapping of str to frozenset of str
        Plan codes by county: those with polygons, and those that exist.

    Returns
    -------
    polars.DataFrame
        Table ``zoning_shares``. An area without any polygon is in no plan only if every plan of
        its counties was read; otherwise its share is missing and the status ``no_data``.
    """
    ids = shares["zone_id"].unique().sort()
    plans = [_plan_counts(counties.get(i, frozenset()), read, known) for i in ids]
    counts = pl.DataFrame(
        {
            "zone_id": ids,
            "n_plans_read": [r for r, _ in plans],
            "n_plans_known": [k for _, k in plans],
        },
        schema={"zone_id": pl.String, "n_plans_read": pl.Int64, "n_plans_known": pl.Int64},
    )
    joined = shares.join(counts, on="zone_id", how="left", maintain_order="left")
    complete = (pl.col("n_plans_known") > 0) & (pl.col("n_plans_read") >= pl.col("n_plans_known"))
    any_polygon = pl.col("n_polygons").sum().over("zone_id") > 0
    shown = any_polygon | complete.fill_null(False)
    return conformed(
        joined.with_columns(
            pl.when(shown).then(pl.lit("shown")).otherwise(pl.lit("no_data")).alias("status"),
            *(
                pl.when(shown).then(pl.col(c)).alias(c)
                for c in ("covered_area_m2", "covered_share")
            ),
        ),
        "zoning_shares",
    )


def _plan_counts(
    counties: frozenset[str],
    read: Mapping[str, frozenset[str]],
    known: Mapping[str, frozenset[str]],
) -> tuple[int, int | None]:
    have = sum(len(read.get(c, ())) for c in counties)
    if not counties or any(c not in known for c in counties):
        return have, None
    there = {p for c in counties for p in known[c] | read.get(c, frozenset())}
    return have, len(there)


def layer_shares(
    zone_ids: pl.Series, areas: Shapes, features: pl.DataFrame, shapes: Shapes
) -> pl.DataFrame:
    """Return what each area holds of each layer.

    Parameters
    ----------
    zone_ids : polars.Series, shape (n_areas,)
        Names of the areas.
    areas : ndarray of shapely.Geometry
        Polygons in a plane with metres.
    features : polars.DataFrame
        ``layer_name, category, effective_date, geometry_kind`` of each shape.
    shapes : ndarray of shapely.Geometry
        In the same plane. Where polygons of one layer overlap the last one counts.

    Returns
    -------
    polars.DataFrame
        Table ``layer_shares``: a row for each area, layer and category that meet. A feature is
        counted where its inner point lies, once; its area and length where they lie.
    """
    numbered = features.with_row_index("part").cast({"part": pl.Int64})
    covered = [
        _within_layer(areas, shapes, rows["part"].to_numpy())
        for _, rows in sorted(numbered.filter(_is("polygon")).group_by("layer_name"))
    ]
    lines = numbered.filter(_is("line"))["part"].to_numpy()
    run = lengths_within(areas, shapes[lines]) if len(lines) else None
    counted = first_area(areas, shapely.point_on_surface(shapes))
    found = [
        *covered,
        *([] if run is None else [_renumbered(run, lines)]),
        pl.DataFrame({"area": counted, "part": np.arange(len(shapes)), "n_features": 1})
        .cast(pl.Int64)
        .filter(pl.col("area") >= 0),
    ]
    rows = pl.concat(found, how="diagonal_relaxed").join(numbered, on="part", how="left")
    totals = ("covered_area_m2", "length_in_zone_m", "n_features")
    missing = [pl.lit(0.0).alias(c) for c in totals[:2] if c not in rows.columns]
    summed = (
        rows.with_columns(missing)
        .group_by(_PER_LAYER)
        .agg(
            *(pl.col(c).sum() for c in totals),
            pl.col("effective_date").min().alias("first_effective"),
            pl.col("effective_date").max().alias("last_effective"),
        )
    )
    shared = conformed(_shared(summed, zone_ids, areas), "layer_shares")
    return shared.sort("zone_id", "layer_name", "category")


def _is(kind: str) -> pl.Expr:
    return pl.col("geometry_kind") == kind


def _within_layer(areas: Shapes, shapes: Shapes, own: npt.NDArray[np.int64]) -> pl.DataFrame:
    own = own[::-1]
    return _renumbered(covered_parts(areas, disjoint_parts(shapes[own])), own)


def _renumbered(rows: pl.DataFrame, own: npt.NDArray[np.int64]) -> pl.DataFrame:
    return rows.with_columns(pl.Series("part", own[rows["part"].to_numpy()], pl.Int64))
