"""Interaction-weighted event studies against published tables and a saturated regression."""

import numpy as np
import pandas as pd
import pytest

from landwatch.vocabulary.errors import EstimationError, StudyError
from tests.unit.models.estimators.staggered_tables import (
    JWDID_NEVER,
    SINGLE,
    castle_terms,
    mpdta_terms,
    random_panel,
    terms,
)

NAME = "sun_abraham"


@pytest.mark.reference
def test_castle_doctrine_effects_and_errors_are_the_published_ones():
    """The saturated regression of jwdid (never-treated, K = 61) in Stata, errors included."""
    found = castle_terms(NAME)
    for term, (value, error) in JWDID_NEVER.items():
        assert found.loc[term, "estimate"] == pytest.approx(value, abs=SINGLE)
        assert found.loc[term, "std_error"] == pytest.approx(error, abs=SINGLE)
    assert "parameters=61" in found["notes"].iloc[0]


@pytest.mark.reference
@pytest.mark.shared
def test_county_employment_equals_group_time_effects_with_a_universal_base():
    """Without covariates every cell, leads included, is Callaway–Sant'Anna's with base −1."""
    found = mpdta_terms(NAME)
    other = mpdta_terms("callaway_santanna", base="universal")
    same = [t for t in found.index if t in other.index and t != "pretest"]
    assert {"simple", "event=-4", "event=3", "att(2006,2007)"} <= set(same)
    np.testing.assert_allclose(found.loc[same, "estimate"], other.loc[same, "estimate"], atol=1e-12)
    # Published simple effect: README of the package did, −0.0400; 6 decimals in expected.json.
    assert found.loc["simple", "estimate"] == pytest.approx(-0.039951275, abs=1e-9)


def _saturated(frame: pd.DataFrame) -> tuple[dict, np.ndarray, list]:
    """Weighted dummies for everything, solved at once; clusters of units by hand."""
    own = (frame["first"] > 0) & (frame["year"] != frame["first"] - 1)
    cells = sorted(set(zip(frame["first"][own], frame["year"][own], strict=True)))
    member = [((frame["first"] == g) & (frame["year"] == t)).to_numpy(float) for g, t in cells]
    design = np.column_stack(
        [
            *member,
            frame["x"],
            pd.get_dummies(frame["town name"]).to_numpy(float),
            pd.get_dummies(frame["year"]).to_numpy(float)[:, 1:],
        ]
    )
    root = np.sqrt(frame["size"].to_numpy())[:, None]
    bread = np.linalg.inv((root * design).T @ (root * design))
    beta = bread @ (design.T @ (frame["size"] * frame["y"]))
    score = design * (frame["size"] * (frame["y"] - design @ beta)).to_numpy()[:, None]
    sums = np.array(
        [score[(frame["town name"] == u)].sum(axis=0) for u in frame["town name"].unique()]
    )
    units, n = frame["town name"].nunique(), len(frame)
    counted = design.shape[1] - units + 1
    factor = units / (units - 1) * (n - 1) / (n - counted)
    return dict(zip(cells, beta, strict=False)), factor * bread @ sums.T @ sums @ bread, cells


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_cells_averages_and_errors_equal_a_regression_by_hand(gaps):
    """Weights, a covariate and gaps: coefficients, their averages and CRV1 errors."""
    frame = random_panel(7, gaps=gaps)
    frame = frame[frame.groupby("town name")["y"].transform("size") > 1].reset_index(drop=True)
    found = terms(NAME, frame, weights="size", covariates=("x",))
    beta, covariance, cells = _saturated(frame)
    for g, t in [(2005, 2005), (2006, 2010), (2008, 2009)]:
        assert found.loc[f"att({g},{t})", "estimate"] == pytest.approx(beta[g, t], abs=1e-9)
    after = np.array([t >= g for g, t in cells])
    rows = [(frame["first"] == g) & (frame["year"] == t) for g, t in cells]
    share = np.array([frame["size"][r].sum() for r in rows]) * after
    share /= share.sum()
    k = len(cells)
    error = np.sqrt(share @ covariance[:k, :k] @ share)
    value = share @ np.array([beta[c] for c in cells])
    assert found.loc["simple", "estimate"] == pytest.approx(value, abs=1e-9)
    assert found.loc["simple", "std_error"] == pytest.approx(error, rel=1e-7)
    assert found.loc["x", "std_error"] == pytest.approx(np.sqrt(covariance[k, k]), rel=1e-7)


def test_random_shares_add_to_the_error_of_averages_over_groups_only():
    """The share of one group in itself is one: its error does not change."""
    fixed, drawn = (terms(NAME, random_panel(1), {"shares": s}) for s in ("fixed", "random"))
    np.testing.assert_allclose(fixed["estimate"], drawn["estimate"])
    cells = [t for t in fixed.index if t.startswith("att(")]
    np.testing.assert_allclose(fixed.loc[cells, "std_error"], drawn.loc[cells, "std_error"])
    assert drawn.loc["simple", "std_error"] != pytest.approx(fixed.loc["simple", "std_error"])


def test_without_never_treated_the_last_group_is_the_reference():
    """The last group's rows from its treatment on are left out and counted."""
    frame = random_panel(4).query("first > 0")
    found = terms(NAME, frame)
    assert "reference=last_treated=2008" in found["notes"].iloc[0]
    assert f"rows_dropped_no_control_left={(frame.year >= 2008).sum()}" in found["notes"].iloc[0]
    as_never = frame.query("year < 2008").assign(first=lambda f: f["first"].replace(2008, 0))
    np.testing.assert_allclose(found["estimate"], terms(NAME, as_never)["estimate"])


def test_groups_treated_from_the_start_are_left_out_and_counted():
    """Rows of a group without a period before treatment carry no effect."""
    frame = random_panel(8)
    early = frame.assign(first=frame["first"].replace(2005, 2001))
    found = terms(NAME, early)
    assert not any(t.startswith("att(2001") for t in found.index)
    assert f"rows_dropped_always_treated={(early['first'] == 2001).sum()}" in found.notes.iloc[0]


def test_true_effects_are_recovered():
    """The mean of the true effects lies within four standard errors."""
    frame = random_panel(11, units=200)
    found = terms(NAME, frame, covariates=("x",)).loc["simple"]
    truth = frame.loc[frame["effect"] > 0, "effect"].mean()
    assert abs(found["estimate"] - truth) < 4 * found["std_error"]


@pytest.mark.parametrize(
    ("change", "options", "error", "told"),
    [
        (lambda f: f.query("first == 2006"), {}, EstimationError, "no treated group has a control"),
        (lambda f: f.query("first == 2006 or year < 2003"), {}, EstimationError, "no effect"),
        (lambda f: f, {"anticipation": "-1"}, StudyError, "0 or more"),
    ],
)
def test_what_cannot_be_used_is_said(change, options, error, told):
    """One message each."""
    with pytest.raises(error, match=told):
        terms(NAME, change(random_panel(1)), options)


def test_constant_and_repeated_covariates_do_no_harm():
    """A constant covariate has no coefficient, a repeated one counts once; effects stay."""
    frame = random_panel(3).assign(one=1.0, again=lambda f: f["x"] * 2)
    plain = terms(NAME, frame, covariates=("x",))
    more = terms(NAME, frame, covariates=("x", "one", "again"))
    assert more.loc["x", "estimate"] == pytest.approx(plain.loc["x", "estimate"])
    assert more.loc[["one", "again"], "estimate"].isna().all()
    assert more.loc["simple", "std_error"] == pytest.approx(plain.loc["simple", "std_error"])


def test_a_perfect_fit_has_no_error_and_a_group_of_one_is_told():
    """One treated unit, one control: nothing is left to judge by; no error near zero is printed."""
    frame = random_panel(1)
    found = terms(NAME, frame[frame["town name"] < "t002"])
    assert found["std_error"].isna().all()
    assert found["p_value"].isna().all()
    assert "groups_of_one_unit_without_variance_of_their_own=1" in found["notes"].iloc[0]
