"""A run as a user sees it: results, reruns, bad input."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import landwatch
from landwatch.schemas.study import read_study
from landwatch.vocabulary.rejects import REJECT_WORDS
from pipelines.formats import KINDS
from pipelines.study_run import run_study
from tests.integration.conftest import Finished

CONTRACT = {
    "effects": "zone_id zone_name outcome estimator estimate_log std_error ci_low ci_high p_value "
    "q_value n_before n_after n_controls mde_log breakdown_m status",
    "pooled": "outcome estimator estimate_log std_error ci_low ci_high p_value n_obs "
    "n_treated_units n_control_units",
    "event_study": "outcome estimator relative_period estimate_log std_error ci_low ci_high",
    "verdicts": "zone_id zone_name verdict confidence reasons",
    "kpi": "zone_id zone_name year population income_median_twd births masuda_index rent_to_income",
}


def command(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from landwatch.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | environment,
    )


def mart_bytes(out: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((out / "mart").glob("*.csv"))}


@pytest.mark.parametrize("table", list(CONTRACT))
def test_result_tables_have_their_columns(small: Finished, table: str) -> None:
    """Every column of the interface exists."""
    columns = pd.read_csv(small.out / "mart" / f"{table}.csv").columns
    assert set(CONTRACT[table].split()) <= set(columns)


def test_every_row_of_every_file_is_accounted_for(small: Finished) -> None:
    """read = accepted + rejected + duplicate; rejects and core rows are as many as that."""
    ledger = pl.read_csv(small.out / "core" / "ledger.csv")
    parts = ledger["rows_accepted"] + ledger["rows_rejected"] + ledger["rows_duplicate"]
    assert ledger["rows_read"].to_list() == parts.to_list()
    core = {p.stem: pl.read_parquet(p) for p in (small.out / "core").glob("*.parquet")}
    rejects = core.pop("rejects")
    assert rejects.height == ledger["rows_rejected"].sum() > 0
    assert sum(table.height for table in core.values()) == ledger["rows_accepted"].sum()
    given = {i.kind for i in read_study(small.study).inputs} & set(KINDS)
    assert set(core) == {table for kind in given for table in KINDS[kind].tables}


def test_rejects_are_the_planted_faults(small: Finished) -> None:
    """Each planted fault is rejected under its reason, in its file."""
    planted = pl.read_csv(small.study.parent / "faults.csv")
    rejects = pl.read_parquet(small.out / "core" / "rejects.parquet")
    counted = rejects.group_by("source_file", "reason").len()
    kinds = counted["reason"].unique()
    planted = planted.filter(pl.col("kind").is_in(kinds.implode()))
    joined = counted.join(
        planted, left_on=["source_file", "reason"], right_on=["source_file", "kind"], how="full"
    )
    assert (joined["len"] == joined["rows"]).all()


def test_what_is_absent_is_said(small: Finished) -> None:
    """Results that no input feeds are not written, and the reason is."""
    record = json.loads((small.out / "provenance.json").read_text(encoding="utf-8"))
    told = {entry["what"] for entry in record["absent"]}
    assert any("displacement" in what for what in told)
    assert not (small.out / "mart" / "displacement.csv").exists()
    assert all(entry["reason"] for entry in record["absent"])
    assert len(record["inputs"]) == pl.read_csv(small.out / "core" / "ledger.csv").height


def test_the_site_opens_by_itself(small: Finished) -> None:
    """The start page and its maps are there and name no other host's script, style or image."""
    index = (small.out / "site" / "index.html").read_text(encoding="utf-8")
    assert 'lang="zh-Hant"' in index
    for page in (small.out / "site").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "Content-Security-Policy" in text
        assert 'src="http' not in text
        assert 'rel="stylesheet" href="http' not in text
    assert landwatch.open(small.out).map("verdict").is_file()


def test_a_rerun_with_nothing_changed_runs_no_step(small: Finished) -> None:
    """Every step is skipped and every result stays as it is."""
    before = mart_bytes(small.out)
    report = run_study(small.study, small.out)
    assert [s.name for s in report.steps if s.ran] == []
    assert mart_bytes(small.out) == before


def test_the_same_inputs_give_the_same_bytes(small: Finished, tmp_path: Path) -> None:
    """A second run from scratch, elsewhere, writes byte-identical CSVs."""
    run_study(small.study, tmp_path / "again")
    assert mart_bytes(tmp_path / "again") == mart_bytes(small.out)
    ledgers = [(o / "core" / "ledger.csv").read_bytes() for o in (small.out, tmp_path / "again")]
    assert ledgers[0] == ledgers[1]


def test_a_changed_rule_reruns_only_what_depends_on_it(small: Finished, tmp_path: Path) -> None:
    """Another minimum count models again and reads nothing again."""
    world = tmp_path / "world"
    shutil.copytree(small.study.parent, world)
    run_study(world / "study.toml", tmp_path / "out")
    text = (world / "study.toml").read_text(encoding="utf-8")
    changed = (
        text.replace("[models]", "[models]\nmin_before = 29")
        if "[models]" in text
        else (text + "\n[models]\nmin_before = 29\n")
    )
    (world / "study.toml").write_text(changed, encoding="utf-8")
    ran = {
        s.name.split()[0] for s in run_study(world / "study.toml", tmp_path / "out").steps if s.ran
    }
    assert "model" in ran
    assert "read" not in ran
    assert "core" not in ran


def test_a_damaged_download_leaves_earlier_results_untouched(
    small: Finished, tmp_path: Path
) -> None:
    """A truncated zip: exit code 1, one message with file and remedy, results as before."""
    world, out = tmp_path / "world", tmp_path / "out"
    shutil.copytree(small.study.parent, world)
    run_study(world / "study.toml", out)
    before = mart_bytes(out)
    season = sorted((world / "raw" / "lvr").rglob("*.zip"))[0]
    season.write_bytes(season.read_bytes()[:200])
    result = command("run", str(world / "study.toml"), "--out", str(out), "--quiet")
    assert result.returncode == 1
    assert season.name in result.stderr
    assert "Download it again" in result.stderr
    assert "Traceback" not in result.stderr
    assert mart_bytes(out) == before
    assert (out / "site" / "index.html").is_file()


def test_a_missing_column_is_told(small: Finished, tmp_path: Path) -> None:
    """A file without 總價元 names itself, the column and what was found."""
    world = tmp_path / "world"
    shutil.copytree(small.study.parent, world)
    path = sorted((world / "raw" / "lvr").rglob("*.zip"))[-1]
    with zipfile.ZipFile(path) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace("總價元,".encode(), "沒有的欄,".encode(), 1))
    result = command("check", str(world / "study.toml"), "--out", str(tmp_path / "o"), "--quiet")
    assert result.returncode == 1
    assert "total_price_twd" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("edit", "code", "told"),
    [
        (('kind = "lvr_query"', 'kind = "lvr_qery"'), 2, "did you mean 'lvr_query'"),
        (('source = "criteria"', 'source = "file"\npath = "none.gpkg"'), 1, "none.gpkg"),
        (("effective = ", "efective = "), 2, "efective"),
    ],
)
def test_a_wrong_study_is_told_in_one_message(
    small: Finished, tmp_path: Path, edit: tuple[str, str], code: int, told: str
) -> None:
    """Typos exit with 2, data that is not there with 1; no traceback."""
    world = tmp_path / "world"
    shutil.copytree(small.study.parent, world)
    text = (world / "study.toml").read_text(encoding="utf-8")
    assert edit[0] in text
    (world / "study.toml").write_text(text.replace(*edit), encoding="utf-8")
    result = command("run", str(world / "study.toml"), "--out", str(tmp_path / "o"), "--quiet")
    assert result.returncode == code
    assert told in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("town,date\n示範縣無此鄉,2019-01-03\n", "unknown"),
        ("town,date\n{town},\n", "no date"),
        ("place,date\n{town},2019-01-03\n", "expected a column"),
    ],
)
def test_a_zone_list_with_faults_is_told(
    small: Finished, tmp_path: Path, rows: str, told: str
) -> None:
    """An unknown town, a missing date and a missing column are each one message."""
    world = tmp_path / "world"
    shutil.copytree(small.study.parent, world)
    effects = pd.read_csv(small.out / "mart" / "effects.csv")
    (world / "zones.csv").write_text(
        rows.format(town=effects["zone_name"].iloc[0]), encoding="utf-8"
    )
    text = (world / "study.toml").read_text(encoding="utf-8")
    head, rest = text.split("[zones]", 1)
    tail = rest[rest.index("\n[[inputs]]") :]
    zones = '[zones]\nsource = "file"\npath = "zones.csv"\neffective = "date"\n'
    (world / "study.toml").write_text(head + zones + tail, encoding="utf-8")
    result = command("run", str(world / "study.toml"), "--out", str(tmp_path / "o"), "--quiet")
    assert result.returncode == 1
    assert told in result.stderr
    assert "zones.csv" in result.stderr


def test_two_runs_in_one_folder_do_not_mix(small: Finished, tmp_path: Path) -> None:
    """A folder held by a living process is refused; a lock left by a dead one is taken over."""
    out = tmp_path / "o"
    lock = out / ".landwatch" / "lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("1")
    result = command("check", str(small.study), "--out", str(out), "--quiet")
    assert result.returncode == 1
    assert "another run" in result.stderr
    lock.write_text("999999999")
    assert command("check", str(small.study), "--out", str(out), "--quiet").returncode == 0


def test_init_writes_a_study_that_only_lacks_its_data(tmp_path: Path) -> None:
    """The template is a valid study; running it says that raw/lvr is not there."""
    assert command("init", str(tmp_path / "w")).returncode == 0
    result = command("check", str(tmp_path / "w" / "study.toml"), "--out", str(tmp_path / "o"))
    assert result.returncode == 1
    assert "raw/lvr" in result.stderr.replace("\n", "")


def test_wrong_usage_exits_with_two() -> None:
    """A command that does not exist and a missing argument are wrong usage."""
    assert command("runn").returncode == 2
    assert command("run").returncode == 2
    assert command("--help").returncode == 0


def test_numbers_of_results_are_numbers(small: Finished) -> None:
    """An outcome without any event study does not turn the others' numbers into text."""
    study = pd.read_csv(small.out / "mart" / "event_study.csv")
    for column in ("relative_period", "estimate_log", "ci_low", "ci_high"):
        assert pd.api.types.is_numeric_dtype(study[column]), column
    effects = pd.read_csv(small.out / "mart" / "effects.csv")
    assert (effects["status"] == "estimated").any()
    assert pd.api.types.is_numeric_dtype(effects["estimate_log"])


def test_an_input_without_a_single_readable_file_is_told(small: Finished, tmp_path: Path) -> None:
    """Files under other names than the published ones are not silently nothing."""
    world = tmp_path / "world"
    shutil.copytree(small.study.parent, world)
    for path in (world / "raw" / "population").iterdir():
        path.unlink()
    (world / "raw" / "population" / "people.json").write_text("{}", encoding="utf-8")
    result = command("check", str(world / "study.toml"), "--out", str(tmp_path / "o"), "--quiet")
    assert result.returncode == 1
    assert "kind population" in result.stderr
    assert "2018-12.json" in result.stderr


def test_workers_and_hash_seed_change_no_byte(small: Finished, tmp_path: Path) -> None:
    """One thread under another PYTHONHASHSEED writes the same CSVs as all threads under this."""
    out = tmp_path / "one"
    result = command(
        "run", str(small.study), "--out", str(out), "--workers", "1", "--json", PYTHONHASHSEED="7"
    )
    assert result.returncode == 0
    assert json.loads(result.stdout)["index"].endswith("index.html")
    assert mart_bytes(out) == mart_bytes(small.out)


@pytest.mark.slow
def test_the_demo_prints_the_path_of_its_site(tmp_path: Path) -> None:
    """World, results and site lie in the folder given; the last line names a page that is there."""
    result = command("demo", "--out", str(tmp_path / "d"), "--seed", "4", "--quiet")
    assert result.returncode == 0, result.stderr
    page = Path(result.stdout.strip().splitlines()[-1].split(": ", 1)[1])
    assert page == (tmp_path / "d" / "site" / "index.html").resolve()
    assert page.is_file()
    assert (tmp_path / "d" / "mart" / "effects.csv").is_file()
    assert (tmp_path / "d" / "world" / "truth.csv").is_file()


def test_every_reason_of_a_reject_has_words(small: Finished) -> None:
    """A reader of the page that ``check`` prints meets no bare code."""
    reasons = set(pl.read_parquet(small.out / "core" / "rejects.parquet")["reason"])
    assert reasons - REJECT_WORDS.keys() == set()
