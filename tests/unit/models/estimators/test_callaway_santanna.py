"""Group-time effects against published tables, and by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError
from tests.unit.models.estimators.staggered_tables import (
    JWDID_NEVER,
    SHARED,
    SINGLE,
    castle_terms,
    mpdta_terms,
    random_panel,
    terms,
)

NAME = "callaway_santanna"
# The published tables print six decimals: half a unit of the last one.
SIX = 5.1e-7


def _expected():
    path = SHARED / "reference" / "mpdta_cs" / "expected.json"
    if not path.exists():
        pytest.skip(f"reference table not found: {path}; set LANDWATCH_SHARED")
    return json.loads(path.read_text())


def _assert_terms(found, column, expected, name="att({})", tolerance=SIX):
    for key, value in expected.items():
        assert found.loc[name.format(key), column] == pytest.approx(value, abs=tolerance), key


@pytest.mark.reference
@pytest.mark.shared
def test_cells_and_averages_are_the_published_ones():
    """Never-treated controls: cells, their errors, all four averages and the pre-test."""
    found, expected = mpdta_terms(NAME), _expected()
    _assert_terms(found, "estimate", expected["att_never_nocov"])
    _assert_terms(found, "std_error", expected["se_analytic_never_nocov"])
    total = expected["agg_never_nocov"]
    _assert_terms(found, "estimate", total["group"], "group={}")
    _assert_terms(found, "estimate", total["dynamic"], "event={}")
    _assert_terms(found, "estimate", total["calendar"], "calendar={}")
    overall = {"simple": "simple", "group": "group_overall", "calendar": "calendar_overall"}
    overall["event"] = "dynamic_overall"
    for term, key in overall.items():
        assert found.loc[term, "estimate"] == pytest.approx(total[key], abs=SIX)
    assert found.loc["simple", "std_error"] == pytest.approx(total["simple_se"], abs=SIX)
    assert found.loc["event", "std_error"] == pytest.approx(total["dynamic_overall_se"], abs=SIX)
    assert found.loc["pretest", "estimate"] == pytest.approx(expected["pretest_wald"], abs=SIX)
    assert found.loc["pretest", "p_value"] == pytest.approx(expected["pretest_p"], abs=5e-6)
    assert found.index[0] == "simple"


@pytest.mark.reference
@pytest.mark.shared
@pytest.mark.parametrize(("method", "key"), [("dr", "dr"), ("reg", "reg"), ("ipw", "stdipw")])
def test_covariates_enter_as_in_r(method, key):
    """Doubly robust, regression and normalised weighting with log population."""
    found = mpdta_terms(NAME, {"method": method}, covariates=("lpop",))
    _assert_terms(found, "estimate", _expected()[f"att_never_{key}_lpop"])


@pytest.mark.reference
@pytest.mark.shared
def test_not_yet_treated_controls_and_balance_are_the_published_ones():
    """Not-yet-treated cells to six decimals; balanced events to the four decimals published."""
    _assert_terms(mpdta_terms(NAME, control="notyet"), "estimate", _expected()["att_notyet_nocov"])
    balanced = mpdta_terms(NAME, {"balance": "1"})
    published = _expected()["published_balance_e1"]
    assert round(balanced.loc["event", "estimate"], 4) == published.pop("overall")
    _assert_terms(balanced, "estimate", published, "event={}", 5e-5)


@pytest.mark.reference
@pytest.mark.shared
def test_effects_after_treatment_do_not_depend_on_the_kind_of_base():
    """A universal base changes leads only, and is itself exactly zero."""
    varying, universal = mpdta_terms(NAME), mpdta_terms(NAME, base="universal")
    assert universal.loc["event=-1", "estimate"] == 0.0
    after = [f"event={k}" for k in range(4)]
    np.testing.assert_allclose(
        universal.loc[after, "estimate"], varying.loc[after, "estimate"], rtol=1e-12
    )


@pytest.mark.reference
@pytest.mark.shared
def test_bootstrap_errors_lie_within_the_noise_of_their_draws():
    """1999 draws: errors by quartiles are off by 1.2/√1999 ≈ 2.6 % (one standard error)."""
    plain, drawn = mpdta_terms(NAME), mpdta_terms(NAME, {"se": "bootstrap", "reps": "1999"})
    both = plain.index.intersection(drawn.index)[:-1]
    ratio = drawn.loc[both, "std_error"] / plain.loc[both, "std_error"]
    # 4.5 standard errors: one in 1e5 for each of 30 terms.
    assert (ratio - 1).abs().max() < 4.5 * 0.026
    assert "uniform_critical_value=" in drawn["notes"].iloc[0]


@pytest.mark.reference
def test_castle_doctrine_effects_are_the_published_ones():
    """Averages of never-treated comparisons equal those of jwdid (Stata) and etwfe (R)."""
    found = castle_terms(NAME)
    for term, (value, _) in JWDID_NEVER.items():
        assert found.loc[term, "estimate"] == pytest.approx(value, abs=SINGLE)


def _two_periods(effect: float) -> pd.DataFrame:
    unit = np.repeat(np.arange(8), 2)
    period = np.tile([2018, 2019], 8)
    value = unit * 0.1 + (period == 2019) * (0.05 + 0.01 * (unit % 4) + effect * (unit < 4))
    first = np.where(unit < 4, 2019, 0)
    return pd.DataFrame({"town name": unit, "year": period, "y": value, "first": first})


def test_two_periods_give_the_double_difference_and_its_error():
    """Changes 0.05 + 0.01 × (0…3), both groups: error √(2 × 1.25e-4 / 4)."""
    found = terms(NAME, _two_periods(0.3)).loc["simple"]
    assert found["estimate"] == pytest.approx(0.3, abs=1e-12)
    assert found["std_error"] == pytest.approx(np.sqrt(2 * 1.25e-4 / 4), rel=1e-9)
    corrected = terms(NAME, _two_periods(0.3), {"method": "reg", "correction": "hc2"}).loc["simple"]
    assert corrected["std_error"] == pytest.approx(np.sqrt(2 * 1.25e-4 / 3), rel=1e-9)


def test_strata_compare_within_themselves_only():
    """Two regions with trends of their own: strata find the effect, a common control does not."""
    frame = _two_periods(0.3)
    far = frame.assign(**{"town name": frame["town name"] + 100})
    far.loc[far["year"] == 2019, "y"] += 5.0
    both = pd.concat([frame.assign(region="a"), far.assign(region="b")])
    both = both[~both["town name"].isin([0, 1, 104, 105])]
    options = {"method": "reg", "stratum": "region"}
    found = terms(NAME, both, options).loc["simple", "estimate"]
    # Left in a: treated 2, 3 against 4…7; in b: treated 100…103 against 106, 107.
    by_hand = (2 * (0.3 + 0.01) + 4 * (0.3 - 0.01)) / 6
    assert found == pytest.approx(by_hand, abs=1e-12)
    assert abs(terms(NAME, both).loc["simple", "estimate"] - 0.3) > 0.5


def test_gaps_use_units_seen_in_both_periods():
    """An unbalanced cell is the difference of means of units with both rows."""
    frame = random_panel(3, gaps=0.2)
    wide = frame.pivot(index="town name", columns="year", values="y")
    first = frame.groupby("town name")["first"].first()
    change = (wide[2007] - wide[2005]).dropna()
    group = first[change.index]
    by_hand = change[group == 2006].mean() - change[group == 0].mean()
    found = terms(NAME, frame)
    assert found.loc["att(2006,2007)", "estimate"] == pytest.approx(by_hand, abs=1e-12)
    assert f"unit_periods_missing={400 - len(frame)}" in found["notes"].iloc[0]
    whole = terms(NAME, frame, {"panel": "balanced"})
    kept = wide.dropna().index
    change, group = (wide[2007] - wide[2005])[kept], first[kept]
    by_hand = change[group == 2006].mean() - change[group == 0].mean()
    assert whole.loc["att(2006,2007)", "estimate"] == pytest.approx(by_hand, abs=1e-12)
    assert f"rows_dropped_unit_misses_periods={len(frame) - 10 * len(kept)}" in whole.notes.iloc[0]


@pytest.mark.parametrize("method", ["dr", "ipw", "reg"])
def test_order_of_rows_and_scale_do_not_matter(method):
    """Shuffled rows and another unit of the covariate give the same numbers."""
    frame = random_panel(5)
    plain = terms(NAME, frame, {"method": method}, covariates=("x",), weights="size")
    other = frame.sample(frac=1.0, random_state=1).assign(x=frame["x"] * 1000 + 7)
    moved = terms(NAME, other, {"method": method}, covariates=("x",), weights="size")
    np.testing.assert_allclose(plain["estimate"], moved["estimate"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(plain["std_error"], moved["std_error"], rtol=1e-6)


def test_weights_repeat_units():
    """A unit of weight 3 counts as three units of weight 1 in every effect."""
    frame = random_panel(6)
    number = frame["town name"].str[1:].astype(int)
    weighted = terms(NAME, frame.assign(w=np.where(number % 2, 3.0, 1.0)), weights="w")
    copies = [frame] + [
        frame[number % 2 == 1].assign(**{"town name": lambda f, k=k: f["town name"] + k})
        for k in "ab"
    ]
    repeated = terms(NAME, pd.concat(copies))
    np.testing.assert_allclose(weighted["estimate"][:-1], repeated["estimate"][:-1], atol=1e-10)


def test_anticipation_moves_the_base():
    """With one period of anticipation, effects are against two periods before treatment."""
    found = terms(NAME, random_panel(2), {"anticipation": "1"})
    wide = random_panel(2).pivot(index="town name", columns="year", values="y")
    first = random_panel(2).groupby("town name")["first"].first()
    change = wide[2006] - wide[2004]
    by_hand = change[first == 2006].mean() - change[first == 0].mean()
    assert found.loc["att(2006,2006)", "estimate"] == pytest.approx(by_hand, abs=1e-12)


def test_without_never_treated_the_last_group_is_the_control():
    """Not-yet-treated controls end before the last group's treatment; that is counted."""
    frame = random_panel(4).query("first > 0")
    found = terms(NAME, frame, control="notyet")
    assert "att(2005,2007)" in found.index
    assert not any(",2008)" in t or ",2009)" in t for t in found.index)
    assert f"rows_dropped_no_control_left={(frame.year >= 2008).sum()}" in found["notes"].iloc[0]


@pytest.mark.parametrize(
    ("change", "options", "roles", "error", "told"),
    [
        (lambda f: f.query("first > 0"), {}, {}, EstimationError, "0 never treated"),
        (lambda f: pd.concat([f, f]), {}, {}, InputError, "400 rows repeat"),
        (lambda f: f.drop(columns="first"), {}, {}, InputError, "missing columns: first"),
        (lambda f: f.assign(first=2050), {}, {}, EstimationError, "no unit is treated"),
        (lambda f: f.assign(first=1990), {}, {}, EstimationError, "no row is left"),
        (lambda f: f, {"stratum": "region"}, {}, StudyError, "stratum needs method=reg"),
        (lambda f: f, {}, {"cluster": ("region", "year")}, StudyError, "expected one column"),
        (lambda f: f, {}, {"cluster": ("year",)}, InputError, "unit changes cluster"),
        (lambda f: f.assign(size=-1.0), {}, {"weights": "size"}, InputError, "below 0"),
        (
            lambda f: f.assign(x=(f["first"] > 0) * 1.0),
            {},
            {"covariates": ("x",)},
            EstimationError,
            "no group-time effect can be estimated",
        ),
    ],
)
def test_what_cannot_be_used_is_said(change, options, roles, error, told):
    """One message each, no traceback of algebra."""
    with pytest.raises(error, match=told):
        terms(NAME, change(random_panel(1)), options, **roles)


def test_text_units_and_clusters_of_units_are_used():
    """Clusters of several units widen the degrees of freedom accordingly."""
    found = fit_estimator(
        NAME,
        EstimationTable(random_panel(1), "y", "town name", "year", "first", cluster=("region",)),
    )
    assert found.conventions["clusters"] == 8
    assert found.conventions["cluster"] == "region"
    covariance = found.detail["event_covariance"]
    event = found.terms.set_index("term").loc[covariance.index, "std_error"]
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), event, rtol=1e-12)
