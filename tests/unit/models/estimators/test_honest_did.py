"""`honest_did` against the published Medicaid example, and on tables that cannot be used."""

import warnings

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from landwatch.cli import app
from landwatch.models.estimators.honest_panel import fit_path
from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError

PERIODS = [-6, -5, -4, -3, -2, 0, 1]


@pytest.fixture(scope="module")
def medicaid():
    """Health insurance by state and year (ACS), as moderndid ships it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moderndid.core.data import load_ehec

        frame = load_ehec().to_pandas()
    return frame[["stfips", "year", "dins", "yexp2"]]


@pytest.fixture(scope="module")
def early(medicaid):
    """The published sample: years to 2015, states that expanded in 2015 left out."""
    return medicaid[(medicaid["year"] < 2016) & (medicaid["yexp2"] != 2015)]


def _panel(frame, **roles):
    return EstimationTable(frame, "dins", "stfips", "year", "yexp2", **roles)


def _terms(table, **options):
    return fit_estimator("honest_did", table, options).terms.set_index("term")


@pytest.fixture(scope="module")
def coefficients(early):
    """The published event study as a table of coefficients with its covariance."""
    found = fit_path(_panel(early), "two_way")
    table = pd.DataFrame({"when": found.period.astype(int), "b": found.estimate})
    columns = zip(table["when"], found.covariance.T, strict=True)
    return table.assign(**{f"cov_{p}": c for p, c in columns})


@pytest.mark.reference
def test_relative_magnitude_is_the_published_one(early):
    """README of HonestDiD, Medicaid: C-LF at M̄ = 0.5, 1, 1.5, 2.

    Published ends are accepted points of a grid of step 0.0004 with a simulated critical value,
    hence 5e-4; another run of the same table (in the models issue) gives [−0.00107, 0.0883].
    """
    found = _terms(_panel(early), path="two_way", family="rm")
    published = {
        "rm=0.5": (0.0240, 0.0672), "rm=1": (0.0170, 0.0720), "rm=1.5": (0.00824, 0.0797),
        "rm=2": (-0.000916, 0.0881),
    }  # fmt: skip
    for term, ends in published.items():
        assert tuple(found.loc[term, ["ci_low", "ci_high"]]) == pytest.approx(ends, abs=5e-4)
    assert found.loc["breakdown_rm", "estimate"] == pytest.approx(2.0, abs=0.1)


@pytest.mark.reference
def test_smoothness_is_the_published_one(early):
    """README of HonestDiD, Medicaid: FLCI at M = 0 … 0.05, rounded to three digits there.

    R looks for the shortest interval on a grid of 100 standard errors: 1e-4 besides rounding.
    """
    found = _terms(_panel(early), path="two_way", family="sd", sd="0,0.01,0.02,0.03,0.04,0.05")
    published = {
        "sd=0": (0.0259, 0.0607), "sd=0.01": (0.0132, 0.0787), "sd=0.02": (0.00286, 0.0907),
        "sd=0.03": (-0.00714, 0.101), "sd=0.04": (-0.0171, 0.111), "sd=0.05": (-0.0271, 0.121),
    }  # fmt: skip
    for term, (low, high) in published.items():
        assert found.loc[term, "ci_low"] == pytest.approx(low, abs=1e-4)
        assert found.loc[term, "ci_high"] == pytest.approx(high, abs=5e-4)


@pytest.mark.reference
def test_smoothness_agrees_with_the_library(early):
    """moderndid's fixed-length interval, at its solver's accuracy."""
    from moderndid.didhonest import create_sensitivity_results_sm

    path = fit_path(_panel(early), "two_way")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = create_sensitivity_results_sm(
            path.estimate, path.covariance, 5, 2, m_vec=np.array([0.005, 0.02]), method="FLCI"
        )
    ours = _terms(_panel(early), path="two_way", family="sd", sd="0.005,0.02")
    ends = ours.loc[["sd=0.005", "sd=0.02"], ["ci_low", "ci_high"]].to_numpy()
    np.testing.assert_allclose(ends, theirs[["lb", "ub"]].to_numpy(), atol=2e-5)


def test_table_of_coefficients_gives_what_the_panel_gives(early, coefficients, tmp_path):
    """One CSV with covariance columns, semicolons between and an odd name, through the command."""
    panel = _terms(_panel(early), path="two_way", method="union")
    data, out = tmp_path / "c.csv", tmp_path / "r.csv"
    odd = coefficients.rename(columns={"when": "relative year"})
    odd.sample(frac=1.0, random_state=1).to_csv(data, sep=";", index=False)
    done = CliRunner().invoke(app, [
        "estimate", "honest_did", str(data), "--outcome", "b", "--period", "relative year",
        "--options", "method=union", "--out", str(out),
    ])  # fmt: skip
    assert done.exit_code == 0, done.output
    told = pd.read_csv(out).set_index("term")
    columns = ["estimate", "ci_low", "ci_high"]
    np.testing.assert_allclose(told[columns], panel[columns], atol=1e-7)


def test_covariance_may_stand_in_the_order_of_the_rows(coefficients):
    """Columns v1 … v7, and calendar years with a reference, say the same."""
    plain = _terms(EstimationTable(coefficients, "b", period="when"), family="rm", method="union")
    other = coefficients.set_axis(["when", "b", *[f"v{i}" for i in range(1, 8)]], axis=1)
    other["when"] += 2014
    given = EstimationTable(other, "b", period="when")
    for covariance in ("v", ",".join(f"v{i}" for i in range(1, 8))):
        found = _terms(given, family="rm", method="union", covariance=covariance, reference=2013)
        pd.testing.assert_frame_equal(found.drop(columns="notes"), plain.drop(columns="notes"))


def test_row_of_the_reference_period_is_known_by_its_zeros(coefficients):
    """A row 2013 with estimate 0 and variance 0 need not be named, nor need it have a column."""
    calendar = coefficients.rename(columns={f"cov_{p}": f"cov_{p + 2014}" for p in PERIODS})
    calendar["when"] += 2014
    zero = pd.DataFrame({"when": [2013], "b": [0.0]})
    table = pd.concat([calendar, zero], ignore_index=True)
    found = _terms(EstimationTable(table, "b", period="when"), family="rm", method="union")
    plain = _terms(EstimationTable(coefficients, "b", period="when"), family="rm", method="union")
    np.testing.assert_allclose(found[["ci_low", "ci_high"]], plain[["ci_low", "ci_high"]])


def test_standard_errors_alone_are_a_diagonal(coefficients):
    """`std_error` equals a covariance with nothing off its diagonal."""
    diagonal = coefficients.copy()
    names = [f"cov_{p}" for p in PERIODS]
    variance = np.diag(diagonal[names])
    diagonal[names] = np.diag(variance)
    table = coefficients[["when", "b"]].assign(se=np.sqrt(variance))
    ours = _terms(EstimationTable(table, "b", period="when"), std_error="se", method="union")
    full = _terms(EstimationTable(diagonal, "b", period="when"), method="union")
    np.testing.assert_allclose(ours["ci_low"], full["ci_low"], atol=1e-9)


def test_target_is_the_weighted_mean_after_the_date(coefficients):
    """Average and weights 0.5, 0.5 agree; the estimate is the mean of the two coefficients."""
    table = EstimationTable(coefficients, "b", period="when")
    mean = _terms(table, target="average", method="union")
    given = _terms(table, target="0.5,0.5", method="union")
    np.testing.assert_array_equal(mean["ci_low"], given["ci_low"])
    assert mean.loc["original", "estimate"] == pytest.approx(coefficients["b"].iloc[-2:].mean())


def test_staggered_panel_has_the_library_covariance(medicaid):
    """Event coefficients and covariance equal those from moderndid's influence functions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import polars as pl
        from moderndid import aggte, att_gt

        frame = medicaid.assign(yexp2=medicaid["yexp2"].fillna(0))
        cells = att_gt(data=pl.from_pandas(frame), yname="dins", tname="year", gname="yexp2",
                       idname="stfips", control_group="notyettreated", base_period="universal",
                       boot=False)  # fmt: skip
        event = aggte(cells, type="dynamic")
    kept = np.asarray(event.event_times) != -1
    influence = np.asarray(event.influence_func)[:, kept]
    found = fit_path(_panel(medicaid, control="notyet"), "group_time")
    np.testing.assert_allclose(found.estimate, np.asarray(event.att_by_event)[kept], atol=1e-12)
    expected = influence.T @ influence / len(influence) ** 2
    np.testing.assert_allclose(found.covariance, expected, atol=1e-14)


def test_order_of_rows_and_names_of_units_do_not_matter(early):
    """Shuffled rows and text names give the same numbers to the last bits."""
    renamed = early.assign(stfips="state " + early["stfips"].astype(str).str.zfill(2))
    shuffled = renamed.sample(frac=1.0, random_state=3)
    for path in ("group_time", "two_way"):
        plain = _terms(_panel(early), path=path, family="rm", method="union")
        other = _terms(_panel(shuffled), path=path, family="rm", method="union")
        np.testing.assert_allclose(other["ci_low"], plain["ci_low"], rtol=1e-8)


def test_units_treated_later_and_always_are_counted(medicaid):
    """Expansions after the last year count as never, in the first year they leave the state out."""
    frame = medicaid[medicaid["year"] < 2016].copy()
    frame.loc[frame["stfips"] == 1, "yexp2"] = 2008
    found = fit_estimator("honest_did", _panel(frame), {"family": "rm", "method": "union"})
    assert found.conventions["rows_dropped_always_treated"] == 8
    later = frame.loc[frame["yexp2"] > 2015, "stfips"].nunique()
    assert found.conventions["units_treated_later_as_never"] == later > 0


def test_two_periods_a_step_apart_are_one_step(coefficients):
    """Periods every second year are numbered by their spacing: the same bounds."""
    double = coefficients.set_axis(
        ["when", "b", *[f"cov_{2 * p + 1}" for p in PERIODS]], axis=1
    ).assign(when=2 * coefficients["when"] + 1)
    plain = _terms(EstimationTable(coefficients, "b", period="when"), method="union")
    found = fit_estimator("honest_did", EstimationTable(double, "b", period="when"),
                          {"method": "union"})  # fmt: skip
    assert found.conventions["spacing"] == 2
    np.testing.assert_allclose(found.terms["ci_low"], plain["ci_low"])


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        (lambda t: t.drop(columns="cov_0"), {}, "expected a covariance column"),
        (lambda t: t[["when", "b"]], {}, "std_error=COLUMN"),
        (lambda t: t.assign(cov_0=-t["cov_0"]), {}, "symmetric"),
        (lambda t: pd.concat([t, t.iloc[:1]]), {}, "one row per period"),
        (lambda t: t[t["when"] >= 0], {}, "before and after the reference"),
        (lambda t: t.assign(when=t["when"] + 0.5), {"reference": -0.5, "covariance":
         "cov_-6,cov_-5,cov_-4,cov_-3,cov_-2,cov_0,cov_1", "method": "union"}, None),
        (lambda t: t.assign(b="x"), {}, "expected numbers, found 'x'"),
        (lambda t: t[t["when"] != -4].drop(columns="cov_-4"), {}, "method=union"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_used_are_refused(coefficients, change, options, told):
    """Each message names what is wrong; half periods with their reference are whole steps."""
    table = EstimationTable(change(coefficients), "b", period="when")
    if told is None:
        assert "original" in _terms(table, **options).index
        return
    with pytest.raises(InputError, match=told):
        fit_estimator("honest_did", table, options)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"m": "1,x"}, "m: 不是數字"),
        ({"m": "-1"}, "not below 0"),
        ({"target": "1,2,3"}, "2 weights"),
        ({"method": "exact"}, "found 'exact'"),
    ],
)
def test_options_that_cannot_be_read_are_refused(coefficients, options, told):
    """The option is named with what was expected."""
    with pytest.raises(StudyError, match=told):
        fit_estimator("honest_did", EstimationTable(coefficients, "b", period="when"), options)


def test_panels_without_an_event_study_are_refused(early):
    """No treated unit, a repeated row, fractions of periods, a missing role."""
    with pytest.raises(EstimationError, match="no unit is first treated"):
        fit_estimator("honest_did", _panel(early.assign(yexp2=0)))
    with pytest.raises(InputError, match="1 repeated"):
        fit_estimator("honest_did", _panel(pd.concat([early, early.iloc[:1]])))
    with pytest.raises(InputError, match="whole periods"):
        fit_estimator("honest_did", _panel(early.assign(year=early["year"] + 0.25)))
    with pytest.raises(StudyError, match="needs --unit"):
        fit_estimator("honest_did", EstimationTable(early, "dins", "stfips", "year"))
    with pytest.raises(StudyError, match="takes no --weights"):
        fit_estimator("honest_did", _panel(early.assign(w=1.0), weights="w"))
    with pytest.raises(EstimationError):
        fit_estimator("honest_did", _panel(early[early["yexp2"] == 2014]))
