"""From a verdict of a finished run back to its rows."""

import itertools
import json
import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import polars as pl
import pytest

import landwatch
from landwatch.schemas.explanation import Explanation
from landwatch.schemas.point_index import index_files
from landwatch.vocabulary.errors import InputError, StudyError
from pipelines.comparables import opened_comparables
from pipelines.evidence import SEARCH
from tests.integration.conftest import Finished
from tests.integration.test_run import command
from tests.integration.test_zones_from_file import with_zones

DEALS = ("land_price", "farmland_price", "house_price")


def verdicts(world: Finished) -> pd.DataFrame:
    return pd.read_parquet(world.out / "mart" / "verdicts.parquet")


@pytest.fixture(scope="module")
def told(price_rise: Finished) -> Explanation:
    """The explanation of the first flagged zone of a county in which prices rose."""
    table = verdicts(price_rise)
    flagged = table[table["verdict"].isin(["price_rise", "both"])]
    return landwatch.explain(price_rise.study, flagged["zone_id"].iloc[0], out=price_rise.out)


def test_the_index_is_published_beside_its_table(small: Finished) -> None:
    """Three files, all of one run; every comparable deal of the table is in it."""
    assert all(path.is_file() for path in index_files(small.out / "core" / "lvr__sales"))
    with opened_comparables(small.out / "core") as comparables:
        assert len(comparables.index) == comparables.pool.height > 0


def test_numbers_are_those_of_the_mart(price_rise: Finished, told: Explanation) -> None:
    """Every estimate, q-value and count of the zone equals its row of the effects table."""
    effects = price_rise.effects.set_index(["zone_id", "outcome"])
    assert {line.outcome for line in told.effects} == set(price_rise.effects["outcome"])
    for line in told.effects:
        row = effects.loc[(told.zone_id, line.outcome)]
        for name in ("estimate_log", "ci_low", "q_value", "mde_log", "n_before", "n_after"):
            np.testing.assert_equal(float(getattr(line, name)), float(row[name]))


def test_the_flagged_outcome_is_followed(told: Explanation) -> None:
    """A flag leads to its own outcome, with all zones together beside it."""
    line = next(line for line in told.effects if line.outcome == told.outcome)
    assert line.q_value <= told.fdr
    assert line.estimate_log > 0
    assert told.pooled
    assert told.event_study


def test_the_flow_ends_at_the_rows_compared(told: Explanation) -> None:
    """Each rule leaves what the one before left less what it drops; the last are those counted."""
    left = [line.rows_left for line in told.flow]
    assert [a - b for a, b in itertools.pairwise(left)] == [
        line.rows_dropped for line in told.flow[1:]
    ]
    line = next(line for line in told.effects if line.outcome == told.outcome)
    assert left[-1] == line.n_before + line.n_after


def test_cases_lie_after_the_date_and_comparables_before(told: Explanation) -> None:
    """Each case is a deal after the start; its comparables are earlier than the start."""
    assert told.cases
    for case in told.cases:
        assert case.deal.date.isoformat() >= told.effective
        assert len(case.comparables) <= SEARCH.k
        for near in case.comparables:
            assert near.date.isoformat() < told.effective
            assert not near.distance_m > SEARCH.radius_m
            ratio = case.deal.unit_price_twd_m2 / near.unit_price_twd_m2
            assert near.ratio == pytest.approx(ratio)


def test_every_line_cited_is_a_row_of_the_core_table_and_of_the_ledger(
    price_rise: Finished, told: Explanation
) -> None:
    """Files, lines and hashes lead to the published rows; shown prices are theirs."""
    core = pl.read_parquet(price_rise.out / "core" / "lvr__sales.parquet")
    prices = {(f, n): p for f, n, p in core.select(
        "source_file", "source_line", "unit_price_twd_m2").iter_rows()}  # fmt: skip
    hashes = dict(pl.read_csv(price_rise.out / "core" / "ledger.csv").select(
        "source_file", "sha256").iter_rows())  # fmt: skip
    shown = {
        (d.source_file, d.source_line): d for c in told.cases for d in (c.deal, *c.comparables)
    }
    cited = {(s.source_file, line) for s in told.sources for line in s.lines}
    assert cited == set(shown)
    assert all(deal.unit_price_twd_m2 == prices[key] for key, deal in shown.items())
    assert all(hashes[s.source_file] == s.sha256 for s in told.sources)


def test_prices_rose_more_in_the_zone_than_in_its_controls(told: Explanation) -> None:
    """Where a rise was planted and flagged the raw ratios point the same way."""
    assert told.zone_ratios is not None
    assert told.control_ratios is not None
    assert told.zone_ratios.compared > 0
    assert told.zone_ratios.median > told.control_ratios.median


@pytest.mark.parametrize("outcome", [*DEALS, "rent", "population", "income"])
def test_every_zone_and_outcome_can_be_explained(small: Finished, outcome: str) -> None:
    """Also where nothing was estimated; the reason is then in words."""
    for zone in verdicts(small)["zone_id"]:
        told = landwatch.explain(small.study, zone, outcome, out=small.out)
        assert told.outcome == outcome
        line = next(line for line in told.effects if line.outcome == outcome)
        assert all(line.sentence)
        assert bool(told.years) == (outcome in {"population", "income"})
        assert json.dumps(told.as_json(), allow_nan=False)


def test_no_door_number_and_no_coordinates(price_rise: Finished, told: Explanation) -> None:
    """Numbers before 號 are ranges of thirty; land of thin sections stands with its town alone."""
    text = json.dumps(told.as_json(), ensure_ascii=False)
    assert not re.findall(r"(?<![~\d])\d+(?:地號|號)", text)
    assert not re.search(r"1[12]\d\.\d{3,}|\b2[2-6]\.\d{4,}", text)
    core = pl.read_parquet(price_rise.out / "core" / "lvr__sales.parquet")
    counts = core.group_by("location_id", pl.col("deal_date").dt.year().alias("year")).len()
    thin = core.with_columns(pl.col("deal_date").dt.year().alias("year")).join(
        counts.filter(pl.col("len") < 5), on=["location_id", "year"]
    ).filter(pl.col("target") == "land")  # fmt: skip
    hidden = set(thin.select("source_file", "source_line").iter_rows())
    for case in told.cases:
        for deal in (case.deal, *case.comparables):
            if (deal.source_file, deal.source_line) in hidden:
                assert "號" not in deal.place
                assert deal.near_km is None
                assert not deal.distance_m >= 0


def test_the_command_prints_and_answers_in_json(small: Finished) -> None:
    """Exit 0; one JSON object equal to the API's answer; a readable page without it."""
    zone, name = verdicts(small)[["zone_id", "zone_name"]].iloc[0]
    study, out = str(small.study), str(small.out)
    done = command("explain", study, name.replace("臺", "台"), "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    wanted = landwatch.explain(study, zone, out=out).as_json()
    assert json.loads(done.stdout) == json.loads(json.dumps(wanted))
    page = command("explain", study, zone, "land_price", "--out", out, NO_COLOR="1", COLUMNS="140")
    assert page.returncode == 0, page.stderr
    assert name in page.stdout
    assert "\x1b" not in page.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("nowhere",), 2, "nearest"),
        (("{zone}", "land"), 2, "did you mean 'land_price'"),
        (("{zone}", "--out", "{empty}"), 1, "landwatch run"),
        ((), 2, ""),
    ],
)
def test_exit_codes(
    small: Finished, tmp_path: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    """Wrong usage is 2, missing results are 1; each says what to do, none shows a traceback."""
    zone = verdicts(small)["zone_id"].iloc[0]
    given = [a.format(zone=zone, empty=tmp_path) for a in arguments]
    where = [] if "--out" in given else ["--out", str(small.out)]
    done = command("explain", str(small.study), *given, *where)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_results_of_two_runs_are_not_mixed(small: Finished, tmp_path: Path) -> None:
    """Results whose intermediate files are of another run, or whose index is stale, are refused."""
    zone = verdicts(small)["zone_id"].iloc[0]
    out = tmp_path / "results"
    shutil.copytree(small.out, out)
    table = out / "core" / "lvr__sales.parquet"
    pl.read_parquet(table)[:-1].write_parquet(table)
    with pytest.raises(InputError, match="stale"):
        landwatch.explain(small.study, zone, "land_price", out=out)
    effects = out / "mart" / "effects.parquet"
    effects.write_bytes(effects.read_bytes() + b" ")
    with pytest.raises(InputError, match="not of one run"):
        landwatch.explain(small.study, zone, out=out)


def test_a_changed_study_file_is_said(small: Finished, tmp_path: Path) -> None:
    """The results are explained as they are, with a note."""
    world = tmp_path / "world"
    shutil.copytree(small.study.parent, world)
    study = world / "study.toml"
    study.write_text(study.read_text(encoding="utf-8") + "\n# later\n", encoding="utf-8")
    zone = verdicts(small)["zone_id"].iloc[0]
    notes = landwatch.explain(study, zone, out=small.out).notes
    assert any("has changed since" in en for _, en in notes)
    with pytest.raises(StudyError):
        landwatch.explain(tmp_path / "none.toml", zone, out=small.out)


def test_a_zone_drawn_as_polygon_is_explained(small: Finished, tmp_path: Path) -> None:
    """Its deals are those inside by their places; it has no yearly figures and says so."""
    world = with_zones(
        small,
        tmp_path,
        'source = "file"\npath = "zones.gpkg"\neffective = 2019-01-03\nid = "key"\nname = "title"',
    )
    areas = gpd.read_parquet(small.out / "mart" / "zones.parquet")
    core = pl.read_parquet(small.out / "core" / "lvr__sales.parquet")
    located = core.group_by("town_code").agg(pl.col("longitude").count()).sort("longitude")
    town = areas[areas["town_code"] == located["town_code"][-1]]
    gpd.GeoDataFrame(
        {"key": ["p1"], "title": ["[red]台地[/red]"]},
        geometry=town.geometry.to_list(),
        crs=areas.crs,
    ).to_file(world / "zones.gpkg", engine="pyogrio")
    landwatch.run(world / "study.toml", tmp_path / "out")
    told = landwatch.explain(world / "study.toml", "臺地", "land_price", out=tmp_path / "out")
    assert told.zone_id == "p1"
    of_town = core.filter(pl.col("town_code") == located["town_code"][-1]).height
    assert located["longitude"][-1] < told.flow[0].rows_left <= of_town
    assert told.cases
    people = landwatch.explain(world / "study.toml", "p1", "population", out=tmp_path / "out")
    assert people.years == ()
    assert any("not a whole town" in en for _, en in people.notes)
    done = command("explain", str(world / "study.toml"), "p1", "--out", str(tmp_path / "out"))
    assert "[red]台地[/red]" in done.stdout
