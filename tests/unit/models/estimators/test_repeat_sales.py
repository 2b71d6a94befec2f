"""Repeat-sales indices against numbers worked by hand, published examples and known truth."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from typer.testing import CliRunner

from landwatch.cli import app
from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.sale_periods import read_periods
from landwatch.models.estimators.table import EstimationTable
from landwatch.models.sale_pairs import paired_sales
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError


def _fit(frame, options=None, **roles):
    roles = {"outcome": "price", "unit": "id", "period": "date", **roles}
    return fit_estimator("repeat_sales", EstimationTable(frame, **roles), options or {})


def _terms(frame, options=None, **roles):
    return _fit(frame, options, **roles).terms.set_index("term")


def _sold(*pairs):
    rows = [(i, t, p) for i, pair in enumerate(pairs) for t, p in zip(*pair, strict=True)]
    return pd.DataFrame(rows, columns=["id", "date", "price"])


def _market(seed=0, units=300, periods=8, noise=0.05):
    rng = np.random.default_rng(seed)
    truth = np.concatenate([[0.0], rng.normal(0.03, 0.05, periods - 1).cumsum()])
    unit = np.repeat(np.arange(units), 3)
    date = rng.integers(0, periods, len(unit))
    quality = rng.normal(12, 1, units)[unit]
    price = np.exp(quality + truth[date] + rng.normal(0, noise, len(unit)))
    return pd.DataFrame({"id": unit, "date": date, "price": price}), truth


# Four houses, pairs (1,2), (2,3), (1,3), (1,3); log ratios .2, .1, .4, .2, base period 1.
# Z'Z = [[2, −1], [−1, 3]], Z'y = [.2 − .1, .1 + .4 + .2] = [.1, .7], det 5:
# b2 = (3 × .1 + .7)/5 = .2, b3 = (.1 + 2 × .7)/5 = .3.
# Residuals 0, 0, .1, −.1: s² = .02/(4 − 2) = .01; Var b = .01 × [[3, 1], [1, 2]]/5,
# so errors √.006 and √.004.
HAND = _sold(
    ((1, 2), np.exp([0, 0.2])),
    ((2, 3), np.exp([1, 1.1])),
    ((1, 3), np.exp([2, 2.4])),
    ((1, 3), np.exp([0.5, 0.7])),
)


@pytest.mark.reference
def test_bailey_muth_nourse_on_a_table_worked_by_hand():
    """Estimates and classic errors, worked out above the table."""
    terms = _terms(HAND)
    index = terms.loc[["index[1]", "index[2]", "index[3]"]]
    np.testing.assert_allclose(index["estimate"], [0, 0.2, 0.3], atol=1e-14)
    np.testing.assert_allclose(index["std_error"], [np.nan, 0.006**0.5, 0.004**0.5], rtol=1e-12)
    assert terms.index[0] == "index"
    assert terms.loc["index", "estimate"] == terms.loc["index[3]", "estimate"]
    np.testing.assert_allclose(
        terms.loc[["level[1]", "level[2]"], "estimate"], [100, 100 * np.exp(0.2)], rtol=1e-13
    )


# Stage one: residuals 0, 0, .1, −.1 over gaps 1, 1, 2, 2, so squares 0, 0, .01, .01 lie on the line
# −.01 + .01 × gap, which is 0 for a gap of 1: no weight can be made of it, and that is said.
def test_second_stage_without_positive_variance_is_refused():
    with pytest.raises(EstimationError, match=r"not positive for 2 of 4 pairs"):
        _fit(HAND, {"method": "case_shiller"})


# Two pairs a way: (1,2) ±.1 about .2, (2,3) ±.1 about .1, (1,3) ±.2 about .3. Stage one: .2, .3,
# with residuals ±.1 (gap 1), ±.2 (gap 2); squares .01 and .04 lie on −.02 + .03 × gap: variance .01
# and .04. Weights 4 : 4 : 1 leave .2 and .3. Z'WZ (weights 100, 100, 25, two pairs each) =
# [[400, −200], [−200, 250]], inverse /60,000: [250, 400]; the weighted residuals are ±1, so
# s² = 6/(6 − 2) = 1.5.
def test_case_shiller_stages_on_a_table_worked_by_hand():
    """Weights, estimates and weighted errors, worked out above."""
    terms = _fit(
        _sold(
            ((1, 2), np.exp([0, 0.3])), ((1, 2), np.exp([1, 1.1])),
            ((2, 3), np.exp([0, 0.2])), ((2, 3), np.exp([3, 3.0])),
            ((1, 3), np.exp([0, 0.5])), ((1, 3), np.exp([5, 5.1])),
        ),
        {"method": "case_shiller"},
    )  # fmt: skip
    index = terms.terms.set_index("term").loc[["index[2]", "index[3]"]]
    np.testing.assert_allclose(index["estimate"], [0.2, 0.3], rtol=1e-12)
    expected = np.sqrt(1.5 * np.array([250, 400]) / 60_000)
    np.testing.assert_allclose(index["std_error"], expected, rtol=1e-10)
    constant, slope = (float(x.split()[0]) for x in terms.conventions["stage_two"].split("+ "))
    assert (constant, slope) == pytest.approx((-0.02, 0.03), rel=1e-9)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("method", "index"), [("bmn", ["238.1102", "125.9921"]), ("shiller", ["240.0000", "133.3333"])]
)
def test_indices_are_those_of_the_rsmatrix_example(method, index):
    """README of R's rsmatrix (Martin): one house sold three times, one twice."""
    frame = pd.DataFrame({"id": [1, 1, 1, 2, 2], "date": [1, 2, 3, 1, 3], "price": [1, 3, 2, 1, 1]})
    terms = _terms(frame, {"method": method})
    assert [f"{x:.4f}" for x in terms.loc[["level[2]", "level[3]"], "estimate"]] == index


@pytest.mark.reference
@pytest.mark.parametrize(
    ("method", "index", "errors"),
    [
        ("bmn", ["235.0755", "403.5654"], ["111.0797", "257.6581"]),
        ("shiller", ["310.5263", "491.6667"], ["100.0316", "232.3111"]),
    ],
)
def test_indices_and_errors_are_those_of_rs_matrix(method, index, errors):
    """Reference page of rs_matrix in R's rsmatrix: six pairs, robust errors by the delta method."""
    spans = zip([1, 1, 2, 1, 2, 1], [3, 2, 3, 2, 3, 3], range(6, 0, -1), strict=True)
    frame = _sold(*(((start, end), (1, price)) for start, end, price in spans))
    terms = _terms(frame, {"method": method, "se": "robust"}).loc[["level[2]", "level[3]"]]
    assert [f"{x:.4f}" for x in terms["estimate"]] == index
    assert [f"{x:.4f}" for x in terms["std_error"]] == errors


@pytest.mark.parametrize("method", ["bmn", "shiller"])
def test_prices_that_all_double_give_a_doubled_index_without_error(method):
    """Every price doubles from each period to the next, whatever the house."""
    frame = _sold(((1, 2), (3, 6)), ((2, 3), (5, 10)), ((1, 3), (7, 28)), ((1, 2), (100, 200)))
    terms = _terms(frame, {"method": method, "base": "1"})
    levels = terms.loc[["level[1]", "level[2]", "level[3]"], "estimate"]
    np.testing.assert_allclose(levels, [1, 2, 4], rtol=1e-12)
    assert terms.loc["index[2]", "std_error"] == 0
    assert np.isnan(terms.loc["index[2]", "p_value"])


def test_arithmetic_index_of_two_periods_is_the_ratio_of_sums():
    """Shiller's index weighs by value: (30 + 90)/(10 + 90); the logarithmic one by house: √3."""
    frame = _sold(((1, 2), (10, 30)), ((1, 2), (90, 90)))
    assert _terms(frame, {"method": "shiller"}).loc["level[2]", "estimate"] == pytest.approx(120)
    found = _terms(frame, {"method": "bmn"}).loc["level[2]", "estimate"]
    assert found == pytest.approx(100 * 3**0.5)


@pytest.mark.parametrize("method", ["bmn", "case_shiller", "shiller"])
def test_choice_of_base_shifts_the_index_and_nothing_else(method):
    frame, _ = _market()
    one = _terms(frame, {"method": method}).filter(like="index[", axis=0)["estimate"]
    two = _terms(frame, {"method": method, "base_period": "4"})
    two = two.filter(like="index[", axis=0)["estimate"]
    np.testing.assert_allclose(two - two["index[0]"], one, atol=1e-10)


@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("se", ["classic", "robust"])
def test_estimates_and_errors_are_those_of_dense_least_squares(se, clustered):
    """statsmodels on the design written out: OLS, HC1, and CRV1 by house."""
    frame, _ = _market(seed=3, units=80)
    found = _fit(frame, {"se": se}, cluster=("id",) if clustered else ())
    pairs = found.detail["pairs"]
    design = np.zeros((len(pairs), 8))
    design[np.arange(len(pairs)), pairs["second_period"].astype(int)] += 1
    design[np.arange(len(pairs)), pairs["first_period"].astype(int)] -= 1
    kind = {"cov_type": "HC1"} if se == "robust" else {}
    if clustered:
        kind = {"cov_type": "cluster", "cov_kwds": {"groups": pairs["unit"].to_numpy()}}
    ratio = np.log(pairs["second_price"] / pairs["first_price"]).to_numpy()
    theirs = sm.OLS(ratio, design[:, 1:]).fit(use_t=True, **kind)
    ours = found.terms.set_index("term").filter(like="index[", axis=0).iloc[1:]
    np.testing.assert_allclose(ours["estimate"], theirs.params, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours["std_error"], theirs.bse, rtol=1e-9)
    np.testing.assert_allclose(ours["p_value"], theirs.pvalues, rtol=1e-6)


@pytest.mark.parametrize("method", ["bmn", "case_shiller", "shiller"])
def test_known_index_is_recovered(method):
    """2,000 houses, noise 5 %: each period within 5 standard errors of the truth."""
    frame, truth = _market(seed=5, units=2000)
    index = _terms(frame, {"method": method}).filter(like="index[", axis=0).iloc[1:]
    assert (np.abs(index["estimate"] - truth[1:]) <= 5 * index["std_error"]).all()
    assert index["std_error"].max() < 0.01


@pytest.mark.parametrize("method", ["bmn", "case_shiller", "shiller"])
@pytest.mark.parametrize("pairs", ["consecutive", "first_last", "all"])
def test_rows_in_another_order_give_the_same_bytes(method, pairs):
    frame, _ = _market(seed=1, units=60)
    frame["id"] = "parcel " + frame["id"].astype(str)
    frame = frame.rename(columns={"id": "house no. (old)", "date": "when?", "price": "NT$ ; k"})
    roles = {"outcome": "NT$ ; k", "unit": "house no. (old)", "period": "when?"}
    options = {"method": method, "pairs": pairs}
    one = _fit(frame, options, **roles).terms
    two = _fit(frame.sample(frac=1, random_state=2), options, **roles).terms
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_scale_of_prices_does_not_matter_and_logs_are_read_as_logs():
    frame, _ = _market(seed=2, units=60)
    plain = _terms(frame)["estimate"]
    scaled = _terms(frame.assign(price=frame["price"] * 1e6))["estimate"]
    logs = _terms(frame.assign(price=np.log(frame["price"])), {"log": "true"})["estimate"]
    np.testing.assert_allclose(scaled, plain, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(logs, plain, rtol=1e-9, atol=1e-12)


def test_periods_no_pair_connects_are_named_and_carry_no_number():
    """Pairs 1–2 and 2–3 make one group, 4–5 another; 6 has a house sold once only."""
    frame = _sold(
        ((1, 2), (1, 2)), ((2, 3), (2, 3)), ((1, 3), (1, 4)), ((4, 5), (1, 9)), ((6,), (5,))
    )  # fmt: skip
    found = _fit(frame)
    terms = found.terms.set_index("term")
    assert terms.loc[["index[4]", "index[5]", "index[6]"], "estimate"].isna().all()
    assert "not identified" in terms.loc["index[6]", "notes"]
    assert found.conventions["periods_not_identified"] == "4, 5, 6"
    assert found.conventions["pairs_not_connected"] == 1
    assert found.conventions["units_sold_once"] == 1
    assert "last_period=3" in terms.loc["index", "notes"]
    alone = _terms(frame[frame["date"] <= 3])
    assert terms.loc["index[3]", "estimate"] == alone.loc["index[3]", "estimate"]


def test_base_follows_the_largest_group_of_periods():
    """1–2 stand apart from 3, 4, 5; the index is that of the larger group."""
    frame = _sold(((1, 2), (1, 2)), ((3, 4), (2, 3)), ((4, 5), (1, 4)), ((3, 5), (1, 9)))
    found = _fit(frame)
    assert found.conventions["base_period"] == "3"
    assert found.conventions["periods_not_identified"] == "1, 2"


def test_sales_of_a_house_on_one_day_count_once_at_their_geometric_mean():
    """4 and 9 on one day are 6; listed twice at one price they are that price."""
    dates = ["2012-03-01", "2012-03-01", "2014-05-02", "2014-05-02"]
    frame = pd.DataFrame({"id": 1, "date": dates, "price": [4, 9, 12, 12]})
    found = _fit(frame)
    assert found.conventions["merged_same_time"] == 2
    value = found.terms.set_index("term").loc["level[2014]", "estimate"]
    assert value == pytest.approx(200)


def test_pairs_inside_a_period_say_nothing_and_are_counted():
    dates = ["2012-01-05", "2012-11-05", "2013-02-01", "2013-06-01"]
    frame = pd.DataFrame({"id": 1, "date": dates, "price": [1, 2, 4.0, 8]})
    found = _fit(frame)
    assert found.conventions["pairs_within_period"] == 2
    value = found.terms.set_index("term").loc["level[2013]", "estimate"]
    assert value == pytest.approx(200)
    with pytest.raises(EstimationError, match="two different periods"):
        _fit(frame.iloc[:2])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("consecutive", [(1, 2), (2, 3)]),
        ("first_last", [(1, 3)]),
        ("all", [(1, 2), (1, 3), (2, 3)]),
    ],
)
def test_pairing_rules(rule, expected):
    frame = pd.DataFrame({"u": list("aaab"), "t": [3, 1, 2, 1], "p": [1.0, 2, 3, 4]})
    pairs = paired_sales(frame, unit="u", price="p", time="t", rule=rule).pairs
    assert list(zip(pairs["first_time"], pairs["second_time"], strict=True)) == expected
    assert frame["t"].iloc[pairs["second_row"]].tolist() == [second for _, second in expected]


def test_limits_on_pairs_are_counted_one_by_one():
    """Gaps of 100, 1,000 and 3,000 days, and a change by e³."""
    days = pd.Timestamp("2010-01-01") + pd.to_timedelta([0, 100, 0, 1000, 0, 3000, 0, 1000], "D")
    frame = pd.DataFrame({"id": np.repeat(range(4), 2), "date": days.astype(str), "price": 1.0})
    frame.loc[7, "price"] = np.exp(3)
    found = _fit(frame, {"min_days": "365", "max_days": "2000", "max_change": "2"})
    told = found.conventions
    assert (told["pairs_too_close"], told["pairs_too_far"]) == (1, 1)
    assert (told["pairs_change_too_large"], len(found.detail["pairs"])) == (1, 1)


@pytest.mark.parametrize(
    ("values", "by", "labels"),
    [
        (["2012-09-30", "2013/1/5"], "auto", ["2012", "2013"]),
        (["2012-09-30", "2013/1/5"], "quarter", ["2012Q3", "2013Q1"]),
        (["2012-09", "2013-01"], "month", ["2012-09", "2013-01"]),
        ([20120930, 20130105], "quarter", ["2012Q3", "2013Q1"]),
        (["2012Q3", "2013-Q1"], "auto", ["2012Q3", "2013Q1"]),
        (["2012Q3", "2013Q1"], "year", ["2012", "2013"]),
        ([2012, 2013], "year", ["2012", "2013"]),
        (["1", "2.5"], "auto", ["1", "2.5"]),
        (pd.to_datetime(["2012-12-31", "2013-01-01"]), "year", ["2012", "2013"]),
        (["2012-12-31T23:59:59", "2013-01-01"], "year", ["2012", "2013"]),
    ],
)
def test_periods_are_read_as_written(values, by, labels):
    read = read_periods(pd.Series(values, name="t"), by)
    assert [read.label(value) for value in read.ordinal] == labels


@pytest.mark.parametrize(
    ("values", "by", "error", "told"),
    [
        (["2012-09-31", "2013-01-01"], "auto", InputError, "found '2012-09-31' in 1 rows"),
        (["before", "after"], "auto", InputError, "found 'before', 'after'"),
        ([1, 2], "quarter", StudyError, "found numbers such as 1"),
        ([1, 2], "year", StudyError, "found numbers such as 1"),
        (["2012-09-30", "2013-01-01"], "period", StudyError, "holds dates"),
    ],
)
def test_periods_that_cannot_be_read_are_refused(values, by, error, told):
    with pytest.raises(error, match=told):
        read_periods(pd.Series(values, name="t"), by)


@pytest.mark.parametrize(
    ("change", "options", "error", "told"),
    [
        ({"price": 0}, {}, InputError, "prices > 0, found 8"),
        ({"price": 1e4}, {"log": "true"}, InputError, "logarithms"),
        ({"id": range(8)}, {}, EstimationError, "units_sold_once 8"),
        ({}, {"base_period": "9"}, StudyError, "expected one of 1, 2, 3"),
        ({}, {"min_days": "1"}, StudyError, "expected dates"),
        ({}, {"base": "0"}, StudyError, "base must be > 0"),
        ({"price": "x"}, {}, InputError, "expected numbers"),
    ],
)
def test_tables_and_options_that_carry_no_index_are_refused(change, options, error, told):
    with pytest.raises(error, match=told):
        _fit(HAND.assign(**change), options)


def test_command_reads_dates_and_counts_rows_left_out(tmp_path):
    """Semicolons, names with spaces, a missing price; the specification tells every count."""
    data, out = tmp_path / "sales.csv", tmp_path / "index.csv"
    rows = ["parcel no;sold on;price (NT$)", "甲 1;2012-03-01;100", "甲 1;2014/7/1;200"]
    data.write_text("\n".join([*rows, "乙;2012-01-01;", "乙;2014-01-01;5", ""]), encoding="utf-8")
    told = ["estimate", "repeat_sales", str(data), "--outcome", "price (NT$)"]
    told += ["--unit", "parcel no", "--period", "sold on", "--options", "by=quarter"]
    done = CliRunner().invoke(app, [*told, "--out", str(out)])
    assert done.exit_code == 0, done.output
    terms = pd.read_csv(out).set_index("term")
    assert terms.loc["level[2014Q3]", "estimate"] == pytest.approx(200)
    assert np.isnan(terms.loc["level[2014Q1]", "estimate"])
    specification = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert specification["conventions"]["rows_dropped_missing"] == 1
    assert specification["conventions"]["base_period"] == "2012Q1"


def test_prices_that_never_change_have_no_variance_to_weigh_by():
    """A perfect fit: rounding is not taken for a variance."""
    with pytest.raises(EstimationError, match="not positive for 4 of 4"):
        _fit(HAND.assign(price=5.0), {"method": "case_shiller"})


def test_one_pair_gives_an_index_without_error():
    """Nothing is left to estimate a variance from; no warning, no made-up error."""
    terms = _terms(_sold(((2012, 2015), (1, 2))))
    assert terms.loc["level[2015]", "estimate"] == pytest.approx(200)
    assert terms.loc["index", ["std_error", "p_value"]].isna().all()
