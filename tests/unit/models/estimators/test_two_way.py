"""Two-way fixed effects, their Goodman-Bacon weights and the event study."""

import causaldata
import numpy as np
import pandas as pd
import pytest
from diff_diff import BaconDecomposition

from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable
from landwatch.vocabulary.errors import EstimationError, InputError

NUMBERS = ["estimate", "std_error", "ci_low", "ci_high", "p_value"]


def _fit(name, frame, *, start="g", outcome="y", unit="unit", period="t", roles=None, **options):
    table = EstimationTable(frame, outcome, unit, period, start, **(roles or {}))
    found = fit_estimator(name, table, options)
    return found.terms.set_index("term"), found


def _weight(terms, term):
    return float(terms.loc[term, "notes"].removeprefix("weight="))


def _castle(shift):
    """Castle-doctrine panel; `post` of this copy begins the year after the law."""
    frame = causaldata.castle.load_pandas().data
    start = frame["year"].where(frame["post"] > 0).groupby(frame["sid"]).transform("min")
    return frame.assign(g=start + shift)


@pytest.mark.reference
def test_castle_doctrine_decomposition_is_the_published_one() -> None:
    """R bacondecomp, vignette and notebook: 0.0818116169306475 and three types.

    cran.r-project.org/web/packages/bacondecomp/vignettes/bacon.html (averages, five decimals);
    evanjflack/bacondecomp index.ipynb (TWFE estimate and weights). Its states are treated from the
    year of the law on.
    """
    terms, found = _fit("twfe", _castle(-1), outcome="l_homicide", unit="sid", period="year")
    assert terms.loc["ATT", "estimate"] == pytest.approx(0.0818116169306475, rel=1e-9)
    published = {
        "bacon:earlier_vs_later": (-0.00554, 0.05976325),
        "bacon:later_vs_earlier": (0.07032, 0.03189818),
        "bacon:treated_vs_never": (0.08796, 0.90833857),
    }
    for term, (average, weight) in published.items():
        assert round(terms.loc[term, "estimate"], 5) == average
        assert round(_weight(terms, term), 8) == weight
    assert found.conventions["bacon"] == "weights_sum_to_1"


@pytest.mark.reference
def test_diff_diff_decomposes_alike_only_with_exact_weights() -> None:
    """diff-diff 3.13 agrees with ``weights='exact'``; its 'approximate' ones miss the estimate."""
    frame = _castle(-1).assign(g=lambda d: d["g"].fillna(0))
    roles = {"outcome": "l_homicide", "unit": "sid", "time": "year", "first_treat": "g"}
    theirs = BaconDecomposition(weights="exact").fit(frame, **roles).to_dataframe()
    _, found = _fit("twfe", frame, outcome="l_homicide", unit="sid", period="year")
    ours = found.detail["bacon"].groupby("type")["weight"].sum()
    pd.testing.assert_series_equal(
        ours, theirs.groupby("comparison_type")["weight"].sum(), check_names=False, rtol=1e-9
    )
    rough = BaconDecomposition(weights="approximate").fit(frame, **roles).to_dataframe()
    assert abs((rough["weight"] * rough["estimate"]).sum() - 0.0818) > 0.05


@pytest.mark.reference
@pytest.mark.shared
def test_two_way_estimate_of_county_employment_by_hand(reference) -> None:
    """mpdta: estimate and CR1 error equal those of least squares on 500 + 4 dummies."""
    frame = reference("mpdta_cs", "mpdta.csv").rename(columns={"countyreal": "unit", "year": "t"})
    terms, _ = _fit("twfe", frame, start="first_treat", outcome="lemp")
    treated = (frame["first_treat"] > 0) & (frame["t"] >= frame["first_treat"])
    x = np.column_stack([treated, pd.get_dummies(frame["unit"]),
                         pd.get_dummies(frame["t"]).iloc[:, 1:]]).astype(float)  # fmt: skip
    bread = np.linalg.inv(x.T @ x)
    y = frame["lemp"].to_numpy()
    beta = bread @ x.T @ y
    scores = pd.DataFrame(x * (y - x @ beta)[:, None]).groupby(frame["unit"]).sum().to_numpy()
    factor = 2499 / (2500 - 6) * 500 / 499
    error = np.sqrt(factor * np.sum((scores @ bread[0]) ** 2))
    assert terms.loc["ATT", "estimate"] == pytest.approx(beta[0], rel=1e-8)
    assert terms.loc["ATT", "std_error"] == pytest.approx(error, rel=1e-8)


@pytest.mark.reference
@pytest.mark.shared
def test_proposition_99_by_named_unit(reference) -> None:
    """data/reference/prop99_sdid/expected.json (R synthdid): DiD −27.34911108, California 1989."""
    frame = reference("prop99_sdid", "california_prop99.csv", sep=";")
    roles = {"treated_units": ("California",)}
    terms, _ = _fit("twfe", frame, outcome="PacksPerCapita", unit="State", period="Year",
                    start="1989", roles=roles)  # fmt: skip
    assert terms.loc["ATT", "estimate"] == pytest.approx(-27.34911108, abs=5.1e-9)


@pytest.mark.reference
@pytest.mark.shared
def test_event_study_of_the_fixest_walkthrough(reference) -> None:
    """data/reference/base_did/expected.json: y ~ x1 + i(period, treat, ref = 5) | id + period."""
    frame = reference("base_did", "base_did.csv").assign(g=lambda d: np.where(d["treat"], 6, 0))
    terms, _ = _fit("event_study", frame, unit="id", period="period",
                    roles={"covariates": ("x1",)})  # fmt: skip
    published = {
        -5: (-1.403045, 1.110267), -4: (-1.247511, 1.093145), -3: (-0.273206, 1.106935),
        -2: (-1.795721, 1.087974), 0: (0.784452, 1.028388), 1: (3.598897, 1.101563),
        2: (3.811766, 1.247502), 3: (4.731426, 1.097113), 4: (6.606229, 1.120494),
    }  # fmt: skip
    for event, (estimate, error) in published.items():
        row = terms.loc[f"event={event}"]
        assert row["estimate"] == pytest.approx(estimate, abs=5.1e-7)
        assert row["std_error"] == pytest.approx(error, abs=5.1e-7)
    assert terms.index[0] == "ATT"
    assert terms.loc["event=-1", "estimate"] == 0
    assert terms.loc["ATT", "estimate"] == pytest.approx(
        np.mean([published[k][0] for k in range(5)]), abs=1e-6
    )


@pytest.fixture
def staggered() -> pd.DataFrame:
    """A balanced panel with an always-treated unit, three cohorts and never-treated units."""
    draw = np.random.default_rng(7)
    starts = np.repeat([0, 1, 3, 4, 6], [6, 2, 4, 3, 5])
    units = pd.DataFrame({"unit": [f"u{i:02d}" for i in range(20)], "g": starts})
    units = units.assign(level=draw.normal(size=20), w=draw.uniform(1, 3, 20))
    frame = units.merge(pd.DataFrame({"t": np.arange(1, 8)}), how="cross")
    on = (frame["g"] > 0) & (frame["t"] >= frame["g"])
    noise = draw.normal(size=len(frame))
    return frame.assign(
        y=frame["level"] + frame["t"] / 3 + on * (frame["t"] - frame["g"] + 1) + noise
    )


@pytest.mark.parametrize("weights", [None, "w"])
def test_weights_times_estimates_add_up_to_the_two_way_estimate(staggered, weights) -> None:
    """Exactly so on a balanced panel, also with weights constant within units."""
    terms, found = _fit("twfe", staggered, roles={"weights": weights})
    bacon = found.detail["bacon"]
    assert bacon["weight"].sum() == pytest.approx(1, rel=1e-12)
    total = (bacon["weight"] * bacon["estimate"]).sum()
    assert total == pytest.approx(terms.loc["ATT", "estimate"], rel=1e-8)
    assert "later_vs_always" in set(bacon["type"])


def test_each_comparison_is_its_own_two_by_two(staggered) -> None:
    """Every estimate equals a two-way regression on the two cohorts and the window alone."""
    _, found = _fit("twfe", staggered)
    for row in found.detail["bacon"].itertuples():
        control = 1.0 if row.control == -np.inf else row.control
        part = staggered[staggered["g"].isin([row.treated, control])]
        if row.type == "earlier_vs_later":
            part = part[part["t"] < row.control]
        if row.type == "later_vs_earlier":
            part = part[part["t"] >= row.control]
        alone = part.assign(g=part["g"].where(part["g"] == row.treated, 0))
        assert _fit("twfe", alone)[0].loc["ATT", "estimate"] == pytest.approx(row.estimate)


def test_two_periods_and_two_groups_are_a_difference_of_differences() -> None:
    """ATT is the change of the treated less that of the others."""
    frame = pd.DataFrame({
        "unit": list("aabbccdd"), "t": [1, 2] * 4, "g": [2, 2, 2, 2, 0, 0, 0, 0],
        "y": [1.0, 5.0, 2.0, 4.0, 0.0, 1.0, 3.0, 3.0],
    })  # fmt: skip
    terms, _ = _fit("twfe", frame)
    assert terms.loc["ATT", "estimate"] == pytest.approx(3.0 - 0.5)


@pytest.mark.parametrize(
    ("change", "roles", "told"),
    [
        (lambda d: d.drop(index=5), {}, "unbalanced"),
        (lambda d: pd.concat([d, d.head(1)]), {}, "several rows"),
        (lambda d: d.assign(x=d["y"] ** 2), {"covariates": ("x",)}, "covariates"),
        (lambda d: d.assign(w=d["t"] * 1.0), {"weights": "w"}, "weights change"),
    ],
)
def test_decomposition_is_left_out_where_it_does_not_hold(staggered, change, roles, told) -> None:
    """The estimate stays; the notes say why its parts are missing."""
    terms, found = _fit("twfe", change(staggered), roles=roles)
    assert np.isfinite(terms.loc["ATT", "estimate"])
    assert told in found.conventions["bacon"]
    assert not terms.index.str.startswith("bacon").any()


def test_event_study_recovers_effects_by_period(staggered) -> None:
    """One cohort with effects 1, 2, 3 … and no noise: leads 0, lags as made."""
    frame = staggered[staggered["g"].isin([0, 4])].copy()
    on = (frame["g"] > 0) & (frame["t"] >= 4)
    frame["y"] = frame["level"] + frame["t"] ** 2 + on * (frame["t"] - 3) + 1e-6 * frame["y"]
    terms, _ = _fit("event_study", frame)
    expected = {-3: 0, -2: 0, -1: 0, 0: 1, 1: 2, 2: 3, 3: 4}
    for event, effect in expected.items():
        # the noise is of order 1e-6
        assert terms.loc[f"event={event}", "estimate"] == pytest.approx(effect, abs=1e-5)


def test_end_bins_equal_hand_made_dummies(staggered) -> None:
    """first and last pool the periods beyond them."""
    frame = staggered[staggered["g"] != 1]
    terms, _ = _fit("event_study", frame, first=-3, last=2)
    event = (frame["t"] - frame["g"]).where(frame["g"] > 0).clip(-3, 2)
    kept = [-3, -2, 0, 1, 2]
    x = np.column_stack([*(event == k for k in kept), pd.get_dummies(frame["unit"]),
                         pd.get_dummies(frame["t"]).iloc[:, 1:]]).astype(float)  # fmt: skip
    beta = np.linalg.lstsq(x, frame["y"].to_numpy(), rcond=None)[0]
    found = terms.loc[[f"event={k}" for k in kept], "estimate"]
    np.testing.assert_allclose(found, beta[:5], rtol=1e-8)


@pytest.mark.parametrize("name", ["twfe", "event_study"])
def test_order_of_rows_and_kind_of_ids_do_not_matter(staggered, name) -> None:
    """Shuffled rows and numbers for text ids change nothing but rounding."""
    other = staggered.assign(unit=staggered["unit"].str[1:].astype(int) + 100)
    one, two = _fit(name, staggered)[0], _fit(name, other.sample(frac=1, random_state=3))[0]
    assert list(one.index) == list(two.index)
    np.testing.assert_allclose(one[NUMBERS], two[NUMBERS], rtol=1e-8)


def test_base_period_shifts_every_effect(staggered) -> None:
    """With another base all effects move by the same amount."""
    one, other = (_fit("event_study", staggered, base_period=k)[0] for k in (-1, -2))
    events = one.index[one.index.str.startswith("event")]
    moved = one.loc[events, "estimate"] - other.loc[events, "estimate"]
    np.testing.assert_allclose(moved, moved.iloc[0], atol=1e-8)


@pytest.mark.parametrize(
    ("name", "change", "options", "error", "told"),
    [
        ("twfe", {"g": 0}, {}, EstimationError, "0 of 140 rows are treated"),
        ("twfe", {"t": "first"}, {}, InputError, "expected numbers"),
        ("event_study", {}, {"base_period": -9}, InputError, "no row there"),
        ("event_study", {"g": 4}, {}, EstimationError, "no column varies"),
    ],
)
def test_what_is_not_identified_is_refused(staggered, name, change, options, error, told) -> None:
    """One message that names the fault."""
    with pytest.raises(error, match=told):
        _fit(name, staggered.assign(**change), **options)


def test_events_without_never_treated_units_need_end_bins(staggered) -> None:
    """All leads and lags are collinear with unit and period effects; bins identify them."""
    frame = staggered[staggered["g"] > 1]
    with pytest.raises(EstimationError, match=r"not identified .*end bins"):
        _fit("event_study", frame)
    terms, _ = _fit("event_study", frame, first=-3, last=2)
    assert terms.loc["event=2", "std_error"] > 0


def test_covariate_named_as_the_treatment_is_refused(staggered) -> None:
    """Two columns of one name could not be told apart."""
    with pytest.raises(InputError, match="ATT"):
        _fit("twfe", staggered.assign(ATT=1.0), roles={"covariates": ("ATT",)})
