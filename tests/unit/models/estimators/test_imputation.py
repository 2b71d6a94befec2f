"""Imputation and two-stage estimators against published tables, and by hand."""

import numpy as np
import pandas as pd
import pytest

from landwatch.vocabulary.errors import EstimationError, StudyError
from tests.unit.models.estimators.staggered_tables import (
    JWDID_NOTYET,
    SINGLE,
    castle_terms,
    mpdta_terms,
    random_panel,
    terms,
)

NAME = "imputation"


@pytest.mark.reference
def test_castle_doctrine_effects_are_the_published_ones():
    """Not-yet-treated effects of jwdid (Stata) and etwfe (R), the same without covariates."""
    found = castle_terms(NAME)
    for term, value in JWDID_NOTYET.items():
        assert found.loc[term, "estimate"] == pytest.approx(value, abs=SINGLE)


@pytest.mark.reference
@pytest.mark.shared
def test_county_employment_effect_is_the_published_one():
    """R etwfe and Stata jwdid, not-yet-treated: −0.047709918 (as statspai's notes print it)."""
    found = mpdta_terms(NAME)
    assert found.loc["simple", "estimate"] == pytest.approx(-0.047709918, abs=5e-10)


def _by_hand(frame: pd.DataFrame, term) -> tuple[float, float]:
    """Weights v of Borusyak, Jaravel and Spiess from dummies for everything; unit clusters."""
    treated = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).to_numpy()
    units = pd.get_dummies(frame["town name"]).to_numpy(float)
    years = pd.get_dummies(frame["year"]).to_numpy(float)
    design = np.column_stack([units, years[:, 1:], frame["x"]])
    w = frame["size"].to_numpy()
    y = frame["y"].to_numpy()
    inside = design[~treated]
    cross = np.linalg.pinv((w[~treated, None] * inside).T @ inside)
    gap = y - design @ (cross @ (inside.T @ (w * y)[~treated]))
    target = np.where(term(frame, treated), w, 0.0)
    target = target / target.sum()
    v = target.copy()
    v[~treated] = -w[~treated] * (inside @ (cross @ (design.T @ target)))
    np.testing.assert_allclose(v @ y, target @ gap, atol=1e-9)
    rest = gap.copy()
    for _, at in frame[treated].groupby(["first", "year"]).groups.items():
        square = target[at] ** 2
        if square.sum() > 0:
            rest[at] = gap[at] - (square @ gap[at]) / square.sum()
    sums = pd.Series(v * rest).groupby(frame["town name"].to_numpy()).sum()
    return float(target @ gap), float(np.sqrt((sums**2).sum()))


@pytest.mark.parametrize("gaps", [0.0, 0.15])
@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("simple", lambda _, on: on),
        ("event=2", lambda f, on: on & (f["year"] - f["first"] == 2)),
        ("group=2006", lambda f, on: on & (f["first"] == 2006)),
    ],
)
def test_effects_and_conservative_errors_equal_a_calculation_by_hand(gaps, name, term):
    """Weights, a covariate and gaps."""
    frame = random_panel(9, gaps=gaps)
    early = frame["year"] < frame["first"].replace(0, 3000)
    frame = frame[early.groupby(frame["town name"]).transform("any")].reset_index(drop=True)
    value, error = _by_hand(frame, term)
    found = terms(NAME, frame, weights="size", covariates=("x",)).loc[name]
    assert found["estimate"] == pytest.approx(value, abs=1e-9)
    assert found["std_error"] == pytest.approx(error, rel=1e-8)


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_library_agrees_without_weights(gaps):
    """diff-diff's imputation: the same effect and conservative error."""
    diff_diff = pytest.importorskip("diff_diff")
    frame = random_panel(12, gaps=gaps).rename(columns={"town name": "unit"})
    fit = diff_diff.ImputationDiD().fit(
        frame, outcome="y", unit="unit", time="year", first_treat="first"
    )
    found = terms(NAME, frame, unit="unit").loc["simple"]
    assert found["estimate"] == pytest.approx(fit.overall_att, abs=1e-9)
    assert found["std_error"] == pytest.approx(fit.overall_se, rel=1e-7)


def test_leave_one_out_centres_at_the_other_units():
    """Two treated units: centring at the other doubles each deviation from their mean."""
    frame = random_panel(2)
    keep = frame["first"].eq(0) | frame["town name"].isin(
        frame.loc[frame["first"] == 2006, "town name"].unique()[:2]
    )
    plain = terms(NAME, frame[keep]).loc["att(2006,2006)"]
    other = terms(NAME, frame[keep], {"correction": "leave_out"}).loc["att(2006,2006)"]
    half = terms(NAME, frame[keep], {"correction": "hc2"}).loc["att(2006,2006)"]
    assert plain["std_error"] < half["std_error"] < other["std_error"]


def test_a_group_of_one_unit_has_no_leave_out_error():
    """What cannot be centred has a missing error, not a zero."""
    frame = random_panel(2)
    first = frame.loc[frame["first"] == 2008, "town name"].min()
    keep = frame["first"].ne(2008) | frame["town name"].eq(first)
    found = terms(NAME, frame[keep], {"correction": "leave_out"})
    assert np.isnan(found.loc["group=2008", "std_error"])
    assert np.isfinite(found.loc["group=2006", "std_error"])


def test_leads_equal_a_regression_of_untreated_rows():
    """Leads −3…−1 against earlier periods and untreated units, CRV1, by dummies."""
    frame = random_panel(5)
    found = terms(NAME, frame, {"leads": "3"})
    rows = frame[(frame["first"] == 0) | (frame["year"] < frame["first"])].reset_index(drop=True)
    since = np.where(rows["first"] > 0, rows["year"] - rows["first"], 99)
    design = np.column_stack(
        [
            *[(since == k).astype(float) for k in (-3, -2, -1)],
            pd.get_dummies(rows["town name"]).to_numpy(float),
            pd.get_dummies(rows["year"]).to_numpy(float)[:, 1:],
        ]
    )
    bread = np.linalg.inv(design.T @ design)
    beta = bread @ (design.T @ rows["y"])
    score = design * (rows["y"] - design @ beta).to_numpy()[:, None]
    sums = np.array([score[rows["town name"] == u].sum(axis=0) for u in rows["town name"].unique()])
    units, n = 40, len(rows)
    factor = units / (units - 1) * (n - 1) / (n - (design.shape[1] - units + 1))
    errors = np.sqrt(np.diag(factor * bread @ sums.T @ sums @ bread))
    leads = [f"event={k}" for k in (-3, -2, -1)]
    np.testing.assert_allclose(found.loc[leads, "estimate"], beta[:3], atol=1e-9)
    np.testing.assert_allclose(found.loc[leads, "std_error"], errors[:3], rtol=1e-8)
    assert 0 < found.loc["pretest", "p_value"] < 1


def test_rows_without_an_untreated_path_are_left_out_and_counted():
    """Units always treated and periods in which all are treated have no path."""
    frame = random_panel(4).query("first > 0")
    frame = frame.assign(first=frame["first"].mask(frame["town name"].eq("t001"), 1999))
    found = terms(NAME, frame)
    told = found["notes"].iloc[0]
    assert "rows_dropped_unit_never_untreated=10" in told
    later = ((frame["year"] >= 2008) & (frame["first"] > 1999)).sum()
    assert f"rows_dropped_path_not_identified={later}" in told
    assert not any(",2008)" in term for term in found.index)


def test_strata_have_period_effects_of_their_own():
    """Region × year shocks of any size leave the estimate and its error alone."""
    frame = random_panel(13)
    region = frame["region"].str[1:].astype(int) % 2
    frame = frame.assign(region=region)
    shocked = frame.assign(y=frame["y"] + region * (frame["year"] - 2000) ** 2)
    for name in (NAME, "two_stage", "sun_abraham"):
        plain = terms(name, frame, {"stratum": "region"})
        moved = terms(name, shocked, {"stratum": "region"})
        np.testing.assert_allclose(plain["estimate"], moved["estimate"], atol=1e-8)
        np.testing.assert_allclose(plain["std_error"], moved["std_error"], rtol=1e-6)


@pytest.mark.parametrize("name", [NAME, "two_stage"])
def test_order_of_rows_and_units_of_measure_do_not_matter(name):
    """Shuffled rows, a shifted covariate and another currency give the same numbers."""
    frame = random_panel(5, gaps=0.1)
    other = frame.sample(frac=1.0, random_state=2)
    other = other.assign(x=other["x"] * 1e4 + 3e6, y=other["y"] + 100)
    roles = {"covariates": ("x",), "weights": "size"}
    plain, moved = terms(name, frame, **roles), terms(name, other, **roles)
    np.testing.assert_allclose(plain["estimate"], moved["estimate"], atol=1e-7)
    np.testing.assert_allclose(plain["std_error"], moved["std_error"], rtol=1e-6)


def test_true_effects_are_recovered():
    """The mean of the true effects lies within four standard errors."""
    frame = random_panel(11, units=200)
    found = terms(NAME, frame, covariates=("x",)).loc["simple"]
    truth = frame.loc[frame["effect"] > 0, "effect"].mean()
    assert abs(found["estimate"] - truth) < 4 * found["std_error"]


@pytest.mark.parametrize(
    ("change", "options", "roles", "error", "told"),
    [
        (lambda f: f.assign(first=1990), {}, {}, EstimationError, "no row is left"),
        (lambda f: f.query("first == 2006"), {}, {}, EstimationError, "no treated row has"),
        (lambda f: f.assign(all=1), {}, {"cluster": ("all",)}, EstimationError, "one cluster"),
        (lambda f: f, {"leads": "-2"}, {}, StudyError, "0 or more"),
    ],
)
def test_what_cannot_be_used_is_said(change, options, roles, error, told):
    """One message each."""
    with pytest.raises(error, match=told):
        terms(NAME, change(random_panel(1)), options, **roles)


def test_covariates_that_units_absorb_are_named():
    """A covariate constant within units changes nothing and is told."""
    frame = random_panel(3)
    plain, more = terms(NAME, frame), terms(NAME, frame, covariates=("size",))
    np.testing.assert_allclose(plain["estimate"], more["estimate"], atol=1e-9)
    assert "covariates_absorbed_by_units=size" in more["notes"].iloc[0]
    assert "absorbed" not in plain["notes"].iloc[0]
