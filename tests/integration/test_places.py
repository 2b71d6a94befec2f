"""A whole run on an invented country: every addressed row has a place, its error stated."""

import numpy as np
import polars as pl
import pytest
from pyproj import Transformer

from tests.integration.conftest import Finished


def test_every_core_row_is_placed_once(small: Finished) -> None:
    """As many places as rows, in the same files and lines; printed coordinates untouched."""
    for table in ("lvr__sales", "lvr__rentals"):
        core = pl.read_parquet(small.out / "core" / f"{table}.parquet")
        places = pl.read_parquet(small.out / ".landwatch" / "parts" / "placed" / f"{table}.parquet")
        source = ["source_file", "source_line"]
        assert places.select(source).equals(core.select(source))
        assert places["longitude"].null_count() == 0
        printed = core["longitude"].is_not_null()
        assert places.filter(printed)["longitude"].equals(core.filter(printed)["longitude"])
        assert (places.filter(printed)["place_level"] == "point").all()
        assert (places.filter(~printed)["place_error_p90_m"] > 0).all()


def test_hidden_coordinates_are_found_within_the_stated_error(small: Finished) -> None:
    """Both tests are told, shares sum to one, and stated errors are right within a factor of 2.

    How well they are calibrated is measured on real rows (ADR 8), not on a small invented county.
    """
    table = pl.read_csv(small.out / "mart" / "place_accuracy.csv")
    levels = table.filter((pl.col("county_code") == "all") & (pl.col("place_level") != "all"))
    sums = levels.group_by("test").agg(pl.col("share").sum()).sort("test")
    assert sums["test"].to_list() == ["later", "spots"]
    assert sums["share"].to_list() == pytest.approx([1, 1], abs=1e-3)
    whole = table.filter((pl.col("county_code") == "all") & (pl.col("place_level") == "all"))
    for kind in ("median", "p90"):
        ratio = whole[f"{kind}_error_m"] / whole[f"stated_{kind}_m"]
        assert ratio.is_between(0.5, 2).all()
    assert (whole["share_within_median"] < whole["share_within_p90"]).all()
    assert whole["median_error_m"].max() < 300


def test_unlocated_rows_lie_in_their_own_town(small: Finished) -> None:
    """No place is farther from its town's other rows than its own stated errors allow."""
    core = pl.read_parquet(small.out / "core" / "lvr__sales.parquet").select("town_code")
    places = pl.read_parquet(small.out / ".landwatch" / "parts" / "placed" / "lvr__sales.parquet")
    rows = pl.concat([core, places], how="horizontal").drop_nulls("town_code")
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:3826", always_xy=True).transform(
        rows["longitude"].to_numpy(), rows["latitude"].to_numpy()
    )
    rows = rows.with_columns(pl.Series("x", x), pl.Series("y", y))
    fine = rows.filter(pl.col("place_level").is_in(["number_range", "near_numbers", "section"]))
    points = rows.filter(pl.col("place_level") == "point").group_by("town_code")
    box = points.agg(
        pl.col("x").min().alias("west"),
        pl.col("x").max().alias("east"),
        pl.col("y").min().alias("south"),
        pl.col("y").max().alias("north"),
    )
    joined = fine.join(box, on="town_code")
    inside = joined.select(
        pl.col("x").is_between("west", "east") & pl.col("y").is_between("south", "north")
    ).to_series()
    assert joined.height > 0
    assert np.mean(inside.to_numpy()) > 0.99


def test_villages_hold_every_sale_and_only_suspected_factories(small: Finished) -> None:
    """Rows of a known town are spread over its villages, none lost; lawful changes do not count."""
    counts = pl.read_csv(small.out / "mart" / "village_counts.csv")
    held = dict(counts.group_by("table_name").agg(pl.col("rows_expected").sum()).iter_rows())
    sales = pl.read_parquet(small.out / "core" / "lvr__sales.parquet")
    assert held["lvr__sales"] == pytest.approx(sales["town_code"].count(), rel=0.01)
    sites = pl.read_parquet(small.out / "core" / "factories__sites.parquet")
    suspected = sites["is_suspected"].sum()
    assert 0 < held["factories__sites"] <= suspected + 0.5 < sites.height
