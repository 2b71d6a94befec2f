"""Facts of `landwatch.synthetic.files`: whole worlds, written and read back."""

import datetime as dt
import hashlib
from pathlib import Path

import polars as pl
import pytest

from landwatch.schemas.raw import RawTable
from landwatch.schemas.study import read_study
from landwatch.sources.archives import read_members
from landwatch.sources.boundaries import read_towns
from landwatch.sources.lvr import read_table
from landwatch.sources.lvr_query import read_township
from landwatch.standardise.duplicates import unit_ratio
from landwatch.standardise.lvr import standardise_lvr
from landwatch.standardise.lvr_query import standardise_lvr_query
from landwatch.synthetic import WorldFiles, build_world, write_world
from landwatch.synthetic.deals import FAULTS, draw_rentals, draw_sales

LATEST = dt.date(2023, 6, 30)


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def tables(written: WorldFiles) -> list[RawTable]:
    """Every table of the register, by the reader of the real one."""
    members = (member for path in written.lvr for member in read_members(path, f"lvr/{path.name}"))
    return [table for table in map(read_table, members) if table is not None]


def test_one_seed_one_world(written: WorldFiles, tmp_path: Path) -> None:
    """The same seed gives the same bytes, into a folder of another name."""
    again = write_world(tmp_path / "again", seed=7, size="town")
    assert _digests(again.directory) == _digests(written.directory)


def test_another_seed_another_world(written: WorldFiles, tmp_path: Path) -> None:
    """Another seed changes every file that holds drawn numbers."""
    other = write_world(tmp_path, seed=8, size="town")
    first, second = _digests(written.directory), _digests(other.directory)
    assert first.keys() == second.keys()
    assert not [name for name in first if first[name] == second[name]]


def test_every_listed_path_exists(written: WorldFiles) -> None:
    """The paths told are files, and no draft is left beside them."""
    told = {written.study, written.population, written.income, written.boundaries}
    told |= {*written.lvr, *written.lvr_query, *written.listings}
    told |= {written.truth, written.faults}
    told |= {written.zoning, written.layer, written.vital, written.ages, written.projection}
    told |= {*written.factories.paths, written.factories.truth}
    told |= {*written.shops, *written.businesses, written.shops_truth}
    told |= {*written.landcover, written.projects}
    assert told == {path for path in written.directory.rglob("*") if path.is_file()}


def test_the_study_is_valid_and_says_it_is_synthetic(written: WorldFiles) -> None:
    """The study file passes the program's own check and claims nothing real."""
    study = read_study(written.study)
    assert study.study.id.startswith("synthetic")
    assert "模擬資料" in study.study.title.zh
    assert "Synthetic" in study.study.title.en
    assert study.zones.source == "criteria"
    assert study.zones.effective == dt.date(2019, 1, 3)
    assert all(source.path.exists() for source in study.inputs)


def test_truth_is_written_as_planted(written: WorldFiles) -> None:
    """`truth.csv` is the world's truth."""
    read = pl.read_csv(written.truth, schema_overrides={"zone_id": pl.String})
    assert read.equals(build_world(seed=7, size="town").truth)


def test_the_reader_knows_every_column(tables: list[RawTable]) -> None:
    """No column of any era is unknown to the reader of the real register."""
    assert {table.unknown_columns for table in tables} == {()}
    assert {table.child for table in tables} == {"", "land", "build", "park"}


def test_rejects_are_exactly_the_planted_faults(tmp_path: Path) -> None:
    """File by file and reason by reason, what the program rejects is what was planted."""
    written = write_world(tmp_path, seed=7, size="county")
    members = (m for path in written.lvr for m in read_members(path, f"lvr/{path.name}"))
    raws = [t for t in map(read_table, members) if t is not None and not t.child]
    places, _ = read_towns(written.boundaries)
    found = standardise_lvr(raws, places, latest=LATEST).rejects
    counted = found.group_by("source_file", pl.col("reason").alias("kind")).agg(
        pl.len().cast(pl.Int64).alias("rows")
    )
    planted = pl.read_csv(written.faults).filter(pl.col("kind").is_in(FAULTS))
    assert set(planted["kind"]) == set(FAULTS) - {""}
    key = ["source_file", "kind"]
    assert counted.sort(key).equals(planted.sort(key))


def test_every_drawn_deal_is_published_once(tables: list[RawTable]) -> None:
    """The register holds every deal drawn, the season published twice counted once."""
    world = build_world(seed=7, size="town")
    for register, drawn in (("sale", draw_sales(world)), ("rental", draw_rentals(world))):
        main = [t for t in tables if t.register == register and not t.child]
        identities = {i for t in main for i in t.rows["deal_id"]}
        torn = sum(t.rejects.height for t in main if "1110311" not in t.source_file)
        assert len(identities) + torn == drawn.height


def test_query_areas_are_ping(written: WorldFiles, tables: list[RawTable]) -> None:
    """Where both publications hold a deal, the program's areas agree: the unit is 坪."""
    places, _ = read_towns(written.boundaries)
    (path,) = written.lvr_query
    replies = [read_township(m) for m in read_members(path, f"lvr_query/{path.name}")]
    located = standardise_lvr_query(replies, places, latest=LATEST).tables["lvr__sales"]
    seasons = standardise_lvr(tables, places, latest=LATEST).tables["lvr__sales"]
    ratio, pairs = unit_ratio(pl.concat([seasons, located], how="diagonal_relaxed"))
    assert ratio == pytest.approx(1, abs=1e-3)
    assert pairs > 300
