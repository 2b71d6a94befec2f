"""Comparables beside a k-d tree and beside a search over all pairs; nothing is asserted on time."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rtree import index as rtree_index
from scipy.spatial import cKDTree

from landwatch.measures.comparables import index_points, nearest_comparables
from landwatch.measures.likeness import Likeness, Search, asked_subjects, ranked_pairs
from landwatch.schemas.point_index import opened_point_index, write_point_index

pytestmark = pytest.mark.benchmark
N = 570_000
SEARCH = Search(k=5, radius_m=2000, months=60)


@pytest.fixture(scope="module")
def deals() -> pl.DataFrame:
    """As many located deals as the seven counties hold, clustered like towns."""
    rng = np.random.default_rng(1)
    centre = rng.uniform([150e3, 2.42e6], [340e3, 2.79e6], (300, 2))[rng.integers(0, 300, N)]
    place = centre + rng.normal(0, 2500, (N, 2))
    return pl.DataFrame(
        {
            "position": np.arange(N),
            "easting_m": place[:, 0],
            "northing_m": place[:, 1],
            "day": rng.integers(15_600, 20_200, N),
            "deal_id": [f"d{i}" for i in range(N)],
            "property_kind": rng.choice(["farmland", "building_land", "house"], N),
            "price_twd": rng.uniform(1e5, 1e7, N),
            "unit_price_twd_m2": rng.lognormal(8, 1, N),
            "log_area": rng.normal(5.5, 1, N),
            "use_class": rng.choice(["農牧用地", "住"], N),
            "property_type": pl.Series([None] * N, dtype=pl.String),
            "age_class": "new or untold",
            "target": "land",
        }
    )


@pytest.fixture(scope="module")
def index(deals: pl.DataFrame) -> Any:
    points = index_points(deals, Likeness())
    arrays = (deals["position"].to_numpy(), points, points)
    return rtree_index.Index(arrays, properties=rtree_index.Property(dimension=3))


@pytest.fixture(scope="module")
def subjects(deals: pl.DataFrame) -> pl.DataFrame:
    return deals.sample(1000, seed=1)


@pytest.mark.benchmark(group="index of 570 k deals")
def test_writing(benchmark, deals: pl.DataFrame, tmp_path: Path) -> None:
    """Bulk-loaded and written whole."""
    points, ids = index_points(deals, Likeness()), deals["position"].to_numpy()

    def written() -> int:
        write_point_index(tmp_path / "i", points, ids, table_hash="t", scales={})
        return (tmp_path / "i.dat").stat().st_size

    benchmark.extra_info["MB"] = round(benchmark.pedantic(written, rounds=3) / 1e6, 1)


@pytest.mark.benchmark(group="index of 570 k deals")
def test_opening(benchmark, deals: pl.DataFrame, tmp_path: Path) -> None:
    """Checked against its hash and opened, without building."""
    points, ids = index_points(deals, Likeness()), deals["position"].to_numpy()
    write_point_index(tmp_path / "i", points, ids, table_hash="t", scales={})

    def opened() -> int:
        with opened_point_index(tmp_path / "i", "t") as (_, about):
            return int(about["points"])

    assert benchmark.pedantic(opened, rounds=5) == N


@pytest.mark.benchmark(group="one subject")
def test_one_subject(benchmark, index, deals, subjects) -> None:
    """Ours; minimum, median and spread over subjects are printed."""
    several = iter([subjects[i : i + 1] for i in range(300)])
    benchmark.pedantic(
        lambda one: nearest_comparables(index, deals, one, search=SEARCH),
        setup=lambda: ((next(several),), {}),
        rounds=300,
    )


@pytest.mark.benchmark(group="1000 subjects")
def test_batch(benchmark, index, deals, subjects) -> None:
    """Ours, and the answer of the peers to compare with."""
    table = benchmark.pedantic(
        lambda: nearest_comparables(index, deals, subjects, search=SEARCH), rounds=3
    )
    assert table.equals(with_tree(deals, subjects, tree_of(deals)))


@pytest.mark.benchmark(group="1000 subjects")
def test_kd_tree(benchmark, deals, subjects) -> None:
    """The peer: scipy's k-d tree of places in memory, times and kinds filtered afterwards."""
    tree = tree_of(deals)
    benchmark.pedantic(lambda: with_tree(deals, subjects, tree), rounds=3)


@pytest.mark.benchmark(group="1000 subjects")
def test_all_pairs(benchmark, deals, subjects) -> None:
    """The peer: every deal against every subject, 20 subjects scaled to 1000 by the reader."""
    few = subjects[:20]
    got = benchmark.pedantic(lambda: with_pairs(deals, few), rounds=1)
    benchmark.extra_info["subjects"] = 20
    assert got.equals(with_tree(deals, few, tree_of(deals)))


def tree_of(deals: pl.DataFrame) -> cKDTree:
    return cKDTree(deals.select("easting_m", "northing_m").to_numpy())


def with_tree(deals: pl.DataFrame, subjects: pl.DataFrame, tree: cKDTree) -> pl.DataFrame:
    found = tree.query_ball_point(
        subjects.select("easting_m", "northing_m").to_numpy(), SEARCH.radius_m + 1
    )
    subject = np.repeat(np.arange(len(found)), [len(f) for f in found])
    return ranked(deals, subjects, subject, np.concatenate(found).astype(np.int64))


def with_pairs(deals: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    parts = [
        ranked(deals, subjects, np.full(deals.height, i), np.arange(deals.height))
        for i in range(subjects.height)
    ]
    return pl.concat(parts)


def ranked(deals: pl.DataFrame, subjects: pl.DataFrame, subject: Any, row: Any) -> pl.DataFrame:
    parts = [pl.DataFrame({"subject": subject}), asked_subjects(subjects)[subject], deals[row]]
    pairs = pl.concat(parts, how="horizontal")
    east = pl.col("s_easting_m") - pl.col("easting_m")
    north = pl.col("s_northing_m") - pl.col("northing_m")
    apart = (east**2 + north**2).sqrt().alias("distance_m")
    return ranked_pairs(pairs.with_columns(apart), SEARCH, Likeness())
