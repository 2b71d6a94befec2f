"""The page says where rates do not hold, and only there."""

import pandas as pd

from landwatch.models.calibration_summary import POWER_COLUMNS, SUMMARY_COLUMNS
from landwatch.synthetic.design_scenarios import design_scenario
from pipelines.calibrate import CalibrationPlan
from pipelines.calibration_report import write_calibration_page


def _page(tmp_path, rows):
    summary = pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))
    scenarios = [design_scenario(n) for n in ("no_effect", "pre_trend")]
    plan = CalibrationPlan(worlds=9, scenarios=("no_effect", "pre_trend"))
    power = pd.DataFrame(columns=list(POWER_COLUMNS))
    write_calibration_page(tmp_path / "p.md", plan, scenarios, summary, power, ["caught.png"])
    text = (tmp_path / "p.md").read_text(encoding="utf-8")
    return text, text.split("Where it does not hold")[1].split("## False flags")[0]


def _row(scenario, estimator, measure, value, error=0.01, outcome="land_price"):
    return (scenario, outcome, estimator, measure, value, error, 9, 9)


def test_false_discovery_above_nominal_is_said_with_its_check_and_grades(tmp_path):
    rows = [
        _row("pre_trend", "zones", "fdr", 0.31),
        _row("pre_trend", "pre_trend", "caught", 0.87),
        _row("pre_trend", "zones", "false_strong", 1.25, outcome="verdict"),
        _row("no_effect", "zones", "fdr", 0.06),
    ]
    _, found = _page(tmp_path, rows)
    assert "**pre_trend**, land price 地價: false discovery rate 31.0 ± 1.0 %" in found
    assert "pre_trend in 87.0 ± 1.0 % of worlds" in found
    assert "strong 1.25" in found
    # .06 is within two Monte Carlo errors of .05
    assert "no_effect" not in found


def test_intervals_too_short_or_too_long_are_said_where_assumptions_hold(tmp_path):
    rows = [
        _row("no_effect", "zones", "coverage", 0.995, 0.002),
        _row("no_effect", "twfe", "coverage", 0.88),
        _row("no_effect", "callaway_santanna", "coverage", 0.94),
        # an assumption is broken here: intervals are not promised
        _row("pre_trend", "twfe", "coverage", 0.10),
    ]
    _, found = _page(tmp_path, rows)
    assert "zones: intervals hold the truth in 99.5 ± 0.2 %, longer than need be" in found
    assert "twfe: intervals hold the truth in 88.0 ± 1.0 %, too short" in found
    assert "callaway" not in found
    assert "pre_trend" not in found


def test_page_names_the_command_that_makes_it_again(tmp_path):
    text, found = _page(tmp_path, [])
    assert "landwatch calibrate --worlds 9 --seed 1 --scenario no_effect --scenario pre_tr" in text
    assert "Every rate is within two Monte Carlo errors" in found
