"""Calibration runs from one command, can be resumed, and does not depend on who runs what."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from landwatch.cli import app
from pipelines.calibrate import CalibrationPlan, chunk_findings, scenario_findings

PLAN = CalibrationPlan(worlds=2, scenarios=("few_treated",), pooled_every=2, checks_every=2)


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory):
    """Two worlds of one scenario, run by the command."""
    folder = tmp_path_factory.mktemp("calibration")
    told = ["calibrate", "--worlds", "2", "--scenario", "few_treated", "--checks-every", "2"]
    told += ["--pooled-every", "2"]
    told += ["--out", str(folder / "docs"), "--work", str(folder / "work"), "--json"]
    result = CliRunner().invoke(app, told)
    assert result.exit_code == 0, result.output
    return folder, json.loads(result.stdout)


@pytest.mark.slow
def test_command_writes_page_tables_and_figures(calibrated):
    folder, told = calibrated
    assert told["scenarios"] == ["few_treated"]
    page = (folder / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert "landwatch calibrate --worlds 2 --seed 1 --scenario few_treated" in page
    table = pd.read_csv(folder / "docs" / "calibration" / "calibration.csv")
    caught = table.query("measure == 'caught' and estimator == 'few_treated'")
    assert caught["value"].tolist() == [1.0, 1.0]
    for name in ("false_flags", "coverage", "power", "caught"):
        assert (folder / "docs" / "calibration" / f"{name}.png").stat().st_size > 5_000
        assert f"calibration/{name}.png" in page


@pytest.mark.slow
def test_world_is_the_same_whoever_draws_it_and_is_not_run_again(calibrated):
    folder, _ = calibrated
    chunks = []
    kept = scenario_findings(PLAN, folder / "work", workers=1, report=chunks.append)
    assert not chunks
    alone = chunk_findings(PLAN, "few_treated", (1,)).zones
    of_run = kept.zones[kept.zones["world"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_run, alone, check_dtype=False, rtol=1e-9)


def test_scenario_of_no_such_name_is_refused_before_anything_runs(tmp_path):
    result = CliRunner().invoke(
        app, ["calibrate", "--scenario", "nil", "--out", str(tmp_path / "docs")]
    )
    assert "no scenario 'nil'" in str(result.exception)
    assert not (tmp_path / "docs").exists()
