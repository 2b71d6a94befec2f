"""Kaplan–Meier: published tables, hand counts with late entry, two libraries, refusals."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import Estimate, EstimationTable
from landwatch.vocabulary.errors import EstimationError, InputError

ROOT = Path(__file__).resolve().parents[4]
SHARED = Path(os.environ.get("LANDWATCH_SHARED", ROOT.parent / "shared" / "data"))
ROSSI = SHARED / "reference" / "rossi_cox"


def _shared(name: str) -> Path:
    if not (ROSSI / name).exists():
        pytest.skip(f"reference table not found: {ROSSI / name}; set LANDWATCH_SHARED")
    return ROSSI / name


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(_shared(name))


def _expected() -> dict:
    return json.loads(_shared("expected.json").read_text())


def _curve(frame: pd.DataFrame, outcome: str, **options) -> Estimate:
    return fit_estimator("kaplan_meier", EstimationTable(frame, outcome), options)


def _world(seed: int = 0, n: int = 90) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    entry, length = rng.integers(0, 4, n), np.ceil(rng.exponential(6, n))
    frame = pd.DataFrame({"in": entry, "out": entry + length, "end": rng.random(n) < 0.7})
    return frame.assign(g=rng.choice(["a", "b", "c"], n))


@pytest.mark.reference
@pytest.mark.shared
def test_rossi_survival_is_the_published_one():
    """R's survfit: survival to six decimals, Greenwood's error at 52 weeks to five."""
    wanted = _expected()
    found = _curve(_read("rossi.csv"), "week", event="arrest", at=",".join(wanted["km"]))
    terms = found.terms.set_index("term")
    for week, value in wanted["km"].items():
        assert terms.loc[f"survival={week}", "estimate"] == pytest.approx(value, abs=5e-7)
    assert terms.loc["survival=52", "std_error"] == pytest.approx(wanted["km_se"]["52"], abs=5e-6)


@pytest.mark.reference
@pytest.mark.shared
def test_rossi_logrank_is_the_published_one():
    """R's survdiff by fin: 3.83757, p .050116."""
    row = _curve(_read("rossi.csv"), "week", event="arrest", group="fin").terms.iloc[0]
    assert row["term"] == "logrank"
    assert row["estimate"] == pytest.approx(_expected()["logrank_fin"], abs=5e-6)
    assert row["p_value"] == pytest.approx(_expected()["logrank_p"], abs=5e-7)


@pytest.mark.reference
@pytest.mark.shared
def test_lung_medians_and_their_intervals_are_the_published_ones():
    """R's survfit by sex, log intervals: 270 (212, 310) and 426 (348, 550), exactly."""
    found = _curve(_read("lung.csv"), "time", event="status", group="sex")
    terms = found.terms.set_index("term")
    for sex, wanted in _expected()["lung_km_median"].items():
        row = terms.loc[f"median[{sex}]", ["estimate", "ci_low", "ci_high"]]
        assert row.tolist() == wanted


@pytest.mark.reference
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # lifelines' own
def test_leukaemia_remission_is_that_of_the_textbook():
    """Kleinbaum and Klein, Survival Analysis (2012), ch. 2: log-rank 16.79; medians 23 and 8.

    Survival of the treated past 10 weeks .7529 (their table). Data from lifelines' wheel.
    """
    pytest.importorskip("lifelines")
    from lifelines.datasets import load_leukemia

    found = _curve(load_leukemia(), "t", event="status", group="Rx", at="10")
    terms = found.terms.set_index("term")["estimate"]
    assert terms["logrank"] == pytest.approx(16.79, abs=5e-3)
    assert terms[["median[0]", "median[1]"]].tolist() == [23, 8]
    assert terms["survival=10[0]"] == pytest.approx(0.7529, abs=5e-5)


def test_late_entry_is_counted_by_hand():
    """Five shops; at risk just before 3, 5, 8: {a, b}, {b, c, d}, {c, e}."""
    frame = pd.DataFrame(
        {
            "in": [0, 0, 3, 4, 5],
            "out": [3, 6, 8, 5, 9],
            "end": [1, 0, 1, 1, 0],
        }
    )
    found = _curve(frame, "out", event="end", entry="in", interval="plain")
    curve = found.detail["curves"]
    assert curve["time"].tolist() == [3, 5, 8]
    assert curve["at_risk"].tolist() == [2, 3, 2]
    # 1/2, times 2/3, times 1/2; Greenwood: 1/(2·1) + 1/(3·2) + 1/(2·1)
    assert curve["survival"].tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 6], rel=1e-14)
    rows = found.terms.set_index("term")
    error = (1 / 6) * np.sqrt(1 / 2 + 1 / 6 + 1 / 2)
    assert rows.loc["survival=8", "std_error"] == pytest.approx(error, rel=1e-14)
    assert rows.loc["survival=8", "notes"] == "at_risk=2"


@pytest.mark.parametrize("kind", ["log", "plain", "log-log"])
def test_intervals_are_symmetric_on_their_scale(kind):
    """Back on its own scale the estimate is the middle of its interval."""
    scale = {"log": np.log, "plain": np.asarray, "log-log": lambda s: np.log(-np.log(s))}[kind]
    rows = _curve(_world(), "out", event="end", interval=kind).terms.iloc[1:]
    rows = rows[(rows["ci_low"] > 0) & (rows["ci_high"] < 1)]
    assert len(rows) > 5
    middle = (scale(rows["ci_low"].to_numpy()) + scale(rows["ci_high"].to_numpy())) / 2
    assert middle == pytest.approx(scale(rows["estimate"].to_numpy()), rel=1e-9)


def test_statsmodels_agrees_on_curve_and_logrank_with_late_entry():
    """SurvfuncRight and survdiff take entries: same survival, errors and chi-square."""
    survfunc = pytest.importorskip("statsmodels.duration.survfunc")
    frame = _world(1)
    found = _curve(frame, "out", event="end", entry="in", group="g")
    parts = [
        survfunc.SurvfuncRight(p["out"], p["end"].astype(int), entry=p["in"])
        for _, p in frame.groupby("g")
    ]
    rows = found.terms[found.terms["term"].str.startswith("survival")]
    assert rows["estimate"].to_numpy() == pytest.approx(
        np.concatenate([p.surv_prob for p in parts])
    )
    last = np.concatenate([p.surv_prob_se for p in parts])
    known = rows["std_error"].notna().to_numpy()
    assert rows["std_error"].to_numpy()[known] == pytest.approx(last[known])
    chi2, p = survfunc.survdiff(frame["out"], frame["end"].astype(int), frame["g"],
                                entry=frame["in"])  # fmt: skip
    first = found.terms.iloc[0]
    assert [first["estimate"], first["p_value"]] == pytest.approx([chi2, p], rel=1e-9)


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # lifelines' own
def test_lifelines_agrees_on_median_and_logrank():
    """Another library, log-log interval (its only one), no late entry."""
    lifelines = pytest.importorskip("lifelines")
    from lifelines.statistics import multivariate_logrank_test
    from lifelines.utils import median_survival_times

    frame = _world(2)
    found = _curve(frame, "out", event="end", interval="log-log", group="g").terms
    for name, part in frame.groupby("g"):
        other = lifelines.KaplanMeierFitter().fit(part["out"], part["end"])
        bounds = median_survival_times(other.confidence_interval_).to_numpy().ravel()
        row = found.set_index("term").loc[f"median[{name}]"]
        assert row["estimate"] == other.median_survival_time_
        assert row[["ci_low", "ci_high"]].tolist() == bounds.tolist()
    other = multivariate_logrank_test(frame["out"], frame["g"], frame["end"])
    assert found["estimate"].iloc[0] == pytest.approx(other.test_statistic, rel=1e-9)


def test_level_stretch_at_one_half_has_its_middle_as_median():
    """R: four spells that end at 1, 2, 3, 4 have the median 2.5."""
    row = _curve(pd.DataFrame({"t": [1, 2, 3, 4]}), "t").terms.iloc[0]
    assert (row["term"], row["estimate"]) == ("median", 2.5)


def test_time_after_the_last_exit_is_missing_and_told():
    frame = pd.DataFrame({"t": [1, 2, 3], "d": [1, 1, 0]})
    row = _curve(frame, "t", event="d", at="0, 5").terms.set_index("term")
    assert row.loc["survival=0", "estimate"] == 1.0
    assert np.isnan(row.loc["survival=5", "estimate"])
    assert "after_last_exit=3" in row.loc["survival=5", "notes"]


def test_curve_that_dies_out_before_the_late_enter_is_told():
    """One shop at risk until 2, another from 3: zero from 2 on says nothing about the second."""
    frame = pd.DataFrame({"in": [0, 3], "out": [2, 5], "end": [1, 1]})
    row = _curve(frame, "out", event="end", entry="in").terms.iloc[0]
    assert row["notes"].endswith("nobody_at_risk_after=2")


def test_group_without_events_keeps_its_median_missing():
    frame = pd.DataFrame({"t": [1, 2, 3, 4], "d": [1, 1, 0, 0], "g": ["a", "a", "b", "b"]})
    found = _curve(frame, "t", event="d", group="g").terms.set_index("term")
    assert np.isnan(found.loc["median[b]", "estimate"])
    assert list(found.index) == ["logrank", "median[a]", "median[b]", "survival=1[a]",
                                 "survival=2[a]"]  # fmt: skip


def test_order_of_rows_does_not_matter():
    frame = _world(3)
    one = _curve(frame, "out", event="end", entry="in", group="g")
    two = _curve(frame.sample(frac=1, random_state=0), "out", event="end", entry="in", group="g")
    pd.testing.assert_frame_equal(one.terms, two.terms)


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        ({"g": "a"}, {"group": "g"}, "two or more groups"),
        ({}, {"at": "1,x"}, "numbers joined by commas"),
        ({"end": 0}, {"event": "end"}, "at least one event"),
        ({"end": 7}, {"event": "end"}, "event_value"),
        ({}, {"group": "h"}, "missing columns: h"),
    ],
)
def test_what_cannot_be_read_is_told(change, options, told):
    with pytest.raises((InputError, EstimationError), match=told):
        _curve(_world(4).assign(**change), "out", **options)
