"""Restricted wild cluster bootstrap against direct enumeration and wildboottest."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable
from landwatch.models.estimators.wild import sign_vectors, wild_p_value
from landwatch.vocabulary.errors import EstimationError, StudyError


def _shares(y, x, code, null=0.0):
    """Enumerate all sign vectors on a full design, the column tested first: p with ≥ and with >."""
    clusters, solve, bread = code.max() + 1, np.linalg.pinv(x), np.linalg.pinv(x.T @ x)

    def _t(response, value):
        beta = solve @ response
        scores = x * (response - x @ beta)[:, None]
        sums = np.array([scores[code == g].sum(axis=0) for g in range(clusters)])
        return (beta[0] - value) / np.sqrt(((sums @ bread[0]) ** 2).sum())

    others = x[:, 1:]
    restricted = y - null * x[:, 0]
    residual = restricted - others @ np.linalg.pinv(others) @ restricted
    size = abs(_t(y, null))
    signs = itertools.product([1.0, -1.0], repeat=clusters)
    drawn = np.abs([_t(y - residual + np.array(v)[code] * residual, null) for v in signs])
    return (drawn >= size * (1 - 1e-9)).mean(), (drawn > size * (1 + 1e-9)).mean()


@pytest.fixture
def towns() -> pd.DataFrame:
    """Rows in six towns and four years; towns of unequal size, every year in several towns."""
    draw = np.random.default_rng(11)
    n = 90
    code = np.concatenate([np.arange(6), draw.integers(0, 6, n - 6)])
    frame = pd.DataFrame({"town": [f"t{c}" for c in code], "year": draw.integers(0, 4, n)})
    x = draw.normal(size=n) + draw.normal(size=6)[code]
    y = 0.3 * x + draw.normal(size=6)[code] + draw.normal(size=n) + frame["year"] / 5
    return frame.assign(x=x, z=draw.normal(size=n), y=y, w=draw.uniform(1, 3, n))


def _design(towns, absorb):
    pieces = [pd.get_dummies(towns[name]) for name in absorb] or [np.ones(len(towns))]
    return np.column_stack([towns["x"], towns["z"], *pieces]).astype(float)


@pytest.mark.parametrize("absorb", [[], ["town"], ["year"], ["town", "year"]])
def test_enumeration_equals_the_direct_one(towns, absorb) -> None:
    """With no, nested, crossing and both kinds of absorbed factors: the same share of 64 draws."""
    code = towns["town"].str[1:].astype(int).to_numpy()
    expected = _shares(towns["y"].to_numpy(), _design(towns, absorb), code)
    found = wild_p_value(towns["y"], towns[["x", "z"]], towns[absorb], towns["town"])
    assert found.enumerated
    assert found.n_draws == 64
    assert (found.p_value, found.p_value_strict) == expected


def test_weighted_enumeration_equals_the_direct_one(towns) -> None:
    """Weighted least squares is least squares on rows times the root of the weight."""
    code, root = towns["town"].str[1:].astype(int).to_numpy(), np.sqrt(towns["w"].to_numpy())
    x = _design(towns, ["year"]) * root[:, None]
    table = EstimationTable(towns, "y", covariates=("x", "z"), weights="w", cluster=("town",))
    found = fit_estimator("wild_bootstrap", table, {"absorb": "year"})
    expected = _shares(towns["y"].to_numpy() * root, x, code)
    assert found.terms["p_value"].iloc[0] == expected[0]
    assert found.terms["notes"].str.contains("draws=64").all()


def test_interval_holds_what_the_test_does_not_reject(towns) -> None:
    """p by direct enumeration lies above 5 % just inside each bound and not above just outside."""
    code, y = towns["town"].str[1:].astype(int).to_numpy(), towns["y"].to_numpy()
    found = wild_p_value(towns["y"], towns[["x", "z"]], towns[["year"]], towns["town"])
    x = _design(towns, ["year"])
    step = 1e-4 * (found.ci_high - found.ci_low)
    for bound, inwards in ((found.ci_low, step), (found.ci_high, -step)):
        assert _shares(y, x, code, bound + inwards)[0] > 0.05
        assert _shares(y, x, code, bound - inwards)[0] <= 0.05


@pytest.mark.reference
def test_wildboottest_counts_the_same_draws() -> None:
    """wildboottest 0.3.2 on Grunfeld's ten firms, enumerated: its p leaves out ties.

    It has no absorbed factors, so the comparison is with an intercept only.
    """
    from wildboottest.wildboottest import wildboottest

    frame = sm.datasets.grunfeld.load_pandas().data
    frame = frame[frame["firm"] != "American Steel"].reset_index(drop=True)
    design = sm.add_constant(frame[["capital", "value"]])
    firm = pd.Series(pd.factorize(frame["firm"])[0])
    for column in ("capital", "value"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = wildboottest(sm.OLS(frame["invest"], design), param=column, cluster=firm,
                                  B=9999, bootstrap_type="11", show=False, seed=1)  # fmt: skip
        table = EstimationTable(frame, "invest", covariates=("capital", "value"), cluster=("firm",))
        ours = fit_estimator("wild_bootstrap", table, {"term": column})
        strict = ours.conventions["p_value_strict"]
        # theirs decides ties by rounding: a draw and its mirror image may count or not
        assert strict <= theirs["p-value"].iloc[0] <= ours.terms["p_value"].iloc[0]


def test_treatment_is_tested_by_default_and_clustered_by_unit() -> None:
    """A dated treatment absorbs unit and period; the direct enumeration gives the same p."""
    draw = np.random.default_rng(2)
    frame = pd.DataFrame({"unit": np.repeat(list("abcdef"), 5), "t": np.tile(np.arange(5), 6)})
    frame["g"] = frame["unit"].map({"a": 2, "b": 2, "c": 3}).fillna(0)
    on = (frame["g"] > 0) & (frame["t"] >= frame["g"])
    frame["y"] = on + draw.normal(size=30)
    found = fit_estimator("wild_bootstrap", EstimationTable(frame, "y", "unit", "t", "g"), {})
    x = np.column_stack([on, pd.get_dummies(frame["unit"]), pd.get_dummies(frame["t"])])
    code = pd.factorize(frame["unit"])[0]
    expected = _shares(frame["y"].to_numpy(), x.astype(float), code)
    assert found.terms["term"].tolist() == ["ATT"]
    assert found.terms["p_value"].iloc[0] == expected[0]
    assert found.conventions["treated_clusters"] == 3


def test_draws_repeat_and_follow_no_order_of_rows(towns) -> None:
    """With 14 clusters signs are drawn: the same seed and shuffled rows give the same p."""
    wide = towns.assign(town=[f"k{i % 14}" for i in range(len(towns))])
    arguments = (["x", "z"], ["year"])
    results = []
    for frame in (wide, wide.sample(frac=1, random_state=5)):
        design, absorbed = (frame[names] for names in arguments)
        results.append(wild_p_value(frame["y"], design, absorbed, frame["town"], reps=999))
    assert results[0].p_value == results[1].p_value
    assert (results[0].n_draws, results[0].enumerated) == (999, False)


def test_drawn_share_comes_near_the_enumerated_one(towns) -> None:
    """Webb draws and Rademacher enumeration of the same test, and the signs themselves."""
    signs, enumerated = sign_vectors(13, "rademacher", 20_000, 1)
    assert (set(np.unique(signs)), enumerated) == ({-1.0, 1.0}, False)
    # mean of 260,000 signs: 4 standard errors are 0.0078
    assert abs(signs.mean()) < 0.0078
    every, enumerated = sign_vectors(6, "rademacher", 99, 1)
    assert (len({tuple(column) for column in every.T}), enumerated) == (64, True)
    arguments = towns["y"], towns[["x", "z"]], towns[["year"]], towns["town"]
    again = [wild_p_value(*arguments, draws="webb", reps=9_999, seed=s).p_value for s in (1, 2)]
    # 4 standard errors of a difference of two shares of 9,999 draws: at most 0.0283
    assert abs(again[0] - again[1]) < 0.0283


def test_webb_weights_have_six_points_and_variance_one() -> None:
    """±√½, ±1, ±√(3/2), drawn even for few clusters."""
    points, enumerated = sign_vectors(5, "webb", 999, 3)
    assert not enumerated
    expected = np.sqrt([0.5, 1, 1.5])
    np.testing.assert_allclose(np.unique(points), [*-expected[::-1], *expected])
    assert (np.unique(points) ** 2).mean() == pytest.approx(1.0)


def test_too_few_clusters_reject_nothing(towns) -> None:
    """With four clusters p is at least 2/16, so the interval has no end and says so."""
    few = towns.assign(town=towns["town"].map(lambda t: f"t{int(t[1:]) % 4}"))
    table = EstimationTable(few, "y", covariates=("x",), cluster=("town",))
    found = fit_estimator("wild_bootstrap", table, {})
    row = found.terms.iloc[0]
    assert row["p_value"] >= 0.125
    assert (row["ci_low"], row["ci_high"]) == (-np.inf, np.inf)
    assert "unbounded" in row["notes"]


@pytest.mark.parametrize(
    ("roles", "options", "error", "told"),
    [
        ({"covariates": ("x",)}, {}, StudyError, "needs one --cluster"),
        ({"cluster": ("town",)}, {}, StudyError, "needs --covariates"),
        ({"covariates": ("x",), "cluster": ("town",)}, {"term": "q"}, StudyError, "no such term"),
        ({"covariates": ("x",), "unit": "town", "period": "year"}, {}, StudyError, "--period"),
        ({"covariates": ("z", "z2"), "cluster": ("town",)}, {"term": "z2"}, EstimationError, "z2"),
    ],
)
def test_what_cannot_be_tested_is_said(towns, roles, options, error, told) -> None:
    """One message that names the fault."""
    table = EstimationTable(towns.assign(z2=2 * towns["z"]), "y", **roles)
    with pytest.raises(error, match=told):
        fit_estimator("wild_bootstrap", table, options)
