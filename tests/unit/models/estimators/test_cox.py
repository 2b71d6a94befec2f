"""Cox's model: published tables, hand sums over risk sets, two libraries, and what it refuses."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import Estimate, EstimationTable
from landwatch.vocabulary.errors import EstimationError, InputError

ROOT = Path(__file__).resolve().parents[4]
SHARED = Path(os.environ.get("LANDWATCH_SHARED", ROOT.parent / "shared" / "data"))
ROSSI = SHARED / "reference" / "rossi_cox"
NAMES = ("fin", "age", "race", "wexp", "mar", "paro", "prio")
R_NAMES = {"race_other": "race=other", "mar_not": "mar=not married"}


def _shared(name: str) -> Path:
    if not (ROSSI / name).exists():
        pytest.skip(f"reference table not found: {ROSSI / name}; set LANDWATCH_SHARED")
    return ROSSI / name


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(_shared(name))


def _expected() -> dict:
    return json.loads(_shared("expected.json").read_text())


def _term(published: str) -> str:
    return R_NAMES.get(published, published + "=yes" * (published in ("fin", "wexp", "paro")))


def _cox(frame: pd.DataFrame, outcome: str, covariates, roles=None, **options) -> Estimate:
    table = EstimationTable(frame, outcome, covariates=tuple(covariates), **(roles or {}))
    return fit_estimator("cox", table, options)


def _world(seed: int = 0, n: int = 80, *, late: bool = True) -> pd.DataFrame:
    """Draw tied durations with late entry, strata, weights and two covariates."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=n), rng.choice(["a", "b", "c"], n)
    length = np.ceil(rng.exponential(6 * np.exp(-0.5 * x)))
    entry = rng.integers(0, 5, n) * float(late)
    censor = rng.integers(2, 12, n)
    return pd.DataFrame(
        {
            "in": entry,
            "out": entry + np.minimum(length, censor),
            "end": length <= censor,
            "x": x,
            "z": z,
            "street": rng.integers(0, 9, n),
            "side": rng.choice(["n", "s"], n),
            "w": rng.uniform(0.5, 2.0, n),
        }
    )


@pytest.mark.reference
@pytest.mark.shared
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_rossi_coefficients_are_the_published_ones(ties):
    """R survival prints six decimals; half a unit of the last is the tolerance."""
    found = _cox(_read("rossi.csv"), "week", NAMES, event="arrest", ties=ties)
    terms = found.terms.set_index("term")
    for name, (value, error) in _expected()[ties].items():
        row = terms.loc[_term(name)]
        assert row["estimate"] == pytest.approx(value, abs=5e-7), name
        assert row["std_error"] == pytest.approx(error, abs=5e-7), name


@pytest.mark.reference
@pytest.mark.shared
def test_rossi_tests_and_concordance_are_the_published_ones():
    """Log-likelihoods to four decimals, chi-squares to two, concordance to six, as printed."""
    facts, wanted = _cox(_read("rossi.csv"), "week", NAMES, event="arrest").conventions, _expected()
    fitted = [facts["log_likelihood_null"], facts["log_likelihood"]]
    assert fitted == pytest.approx(wanted["efron_loglik"], abs=5e-5)
    for name, key in (("likelihood_ratio", "lr"), ("wald", "wald"), ("score", "score")):
        assert facts[name]["chi2"] == pytest.approx(wanted[key], abs=5e-3)
    assert facts["concordance"] == pytest.approx(wanted["concordance"], abs=5e-7)
    breslow = _cox(_read("rossi.csv"), "week", NAMES, event="arrest", ties="breslow").conventions
    assert breslow["log_likelihood"] == pytest.approx(wanted["breslow_loglik"], abs=5e-5)


@pytest.mark.reference
@pytest.mark.shared
def test_rossi_proportional_hazards_test_is_that_of_r():
    """R's cox.zph, score test, KM transform: chi-squares to four decimals, p to three."""
    terms = _cox(_read("rossi.csv"), "week", NAMES, event="arrest").terms.set_index("term")
    for name, value in _expected()["zph_km"].items():
        assert terms.loc[f"zph:{name}", "estimate"] == pytest.approx(value, abs=5e-5), name
    told = terms.loc[["zph:age", "zph:wexp", "zph:GLOBAL"], "p_value"]
    assert told.round(3).tolist() == [0.015, 0.040, 0.013]


@pytest.mark.reference
@pytest.mark.shared
def test_lung_is_read_in_its_own_coding_with_gaps_counted():
    """R's coxph on lung (status 1/2): six decimals; the one row without ph.ecog is left out."""
    found = _cox(_read("lung.csv"), "time", ["age", "sex", "ph.ecog"], event="status")
    terms = found.terms.set_index("term")
    for name, (value, error) in _expected()["lung_cox"].items():
        assert terms.loc[name, ["estimate", "std_error"]].tolist() == pytest.approx(
            [value, error], abs=5e-7
        )
    assert found.conventions["rows_dropped_missing"] == 1
    assert "event=status=2 (coded 1/2)" in terms.loc["age", "notes"]


@pytest.mark.reference
@pytest.mark.shared
def test_lung_errors_clustered_by_institution_are_the_published_ones():
    """R's coxph(cluster = inst): robust .1398503 against .1674212 of the model."""
    wanted, lung = _expected()["lung_cluster_inst_sex"], _read("lung.csv")
    robust = _cox(lung, "time", ["sex"], {"cluster": ("inst",)}, event="status").terms.iloc[0]
    model = _cox(lung.dropna(subset="inst"), "time", ["sex"], event="status").terms.iloc[0]
    assert robust["estimate"] == pytest.approx(wanted["coef"], abs=5e-8)
    assert robust["std_error"] == pytest.approx(wanted["robust_se"], abs=5e-8)
    assert model["std_error"] == pytest.approx(wanted["se"], abs=5e-8)


@pytest.mark.reference
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # lifelines' own
def test_heart_transplants_in_counting_process_form_are_those_of_lifelines():
    """Stanford heart transplants, exposure that changes with time: two rows for those operated.

    Data and fitter of lifelines (wheel); its documentation prints .03 (.01), −.15 (.07), −.64
    (.37), −.01 (.31) for age, year, surgery, transplant, as R survival does.
    """
    lifelines = pytest.importorskip("lifelines")
    from lifelines.datasets import load_stanford_heart_transplants

    heart, names = load_stanford_heart_transplants(), ["age", "year", "surgery", "transplant"]
    found = _cox(heart, "stop", names, {"unit": "id"}, event="event", entry="start").terms[:4]
    told = found[["estimate", "std_error"]].round(2).to_numpy().tolist()
    assert told == [[0.03, 0.01], [-0.15, 0.07], [-0.64, 0.37], [-0.01, 0.31]]
    other = lifelines.CoxTimeVaryingFitter().fit(heart, "event", "start", "stop", id_col="id")
    # lifelines stops when its step is below 1e-7 on its own scale
    assert found["estimate"].tolist() == pytest.approx(other.params_[names].tolist(), rel=1e-4)
    errors = other.standard_errors_[names].tolist()
    assert found["std_error"].tolist() == pytest.approx(errors, rel=1e-4)


@pytest.mark.reference
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # lifelines' own
def test_leukaemia_remission_is_that_of_the_textbook():
    """Kleinbaum and Klein, Survival Analysis (2012), ch. 3, model 2: Breslow ties.

    Rx 1.294 (0.422), log WBC 1.604 (0.329), −2 log L 144.559. Data from lifelines' wheel.
    """
    pytest.importorskip("lifelines")
    from lifelines.datasets import load_leukemia

    found = _cox(load_leukemia(), "t", ["Rx", "logWBC"], event="status", ties="breslow")
    told = found.terms[["estimate", "std_error"]][:2].round(3).to_numpy().tolist()
    assert told == [[1.294, 0.422], [1.604, 0.329]]
    assert -2 * found.conventions["log_likelihood"] == pytest.approx(144.559, abs=5e-4)


def _log_likelihood(
    frame: pd.DataFrame, x: np.ndarray, beta: np.ndarray, ties: str, drift: float = 0.0
) -> float:
    """Sum the partial likelihood moment by moment; the first coefficient drifts with time."""
    total, w = 0.0, frame["w"].to_numpy()
    for side in frame["side"].unique():
        here = (frame["side"] == side).to_numpy()
        for t in frame.loc[here & frame["end"], "out"].unique():
            risk = here & (frame["in"] < t).to_numpy() & (frame["out"] >= t).to_numpy()
            dead = here & frame["end"].to_numpy() & (frame["out"] == t).to_numpy()
            eta = x @ beta + drift * t * x[:, 0]
            r = w * np.exp(eta)
            total += float(w[dead] @ eta[dead])
            for k in range(dead.sum()):
                part = k / dead.sum() if ties == "efron" else 0.0
                total -= w[dead].mean() * np.log(r[risk].sum() - part * r[dead].sum())
    return total


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_maximum_with_ties_late_entry_strata_and_weights_is_the_one_summed_by_hand(ties):
    """A general optimiser on the likelihood summed by loops finds the same value and place."""
    frame = _world()
    x = np.column_stack([frame["x"], frame["z"] == "b", frame["z"] == "c"]).astype(float)
    found = _cox(frame, "out", ["x", "z"], {"weights": "w"},
                 event="end", entry="in", strata="side", ties=ties, se="model")  # fmt: skip
    by_hand = minimize(lambda b: -_log_likelihood(frame, x, b, ties), np.zeros(3), tol=1e-12)
    beta = found.terms["estimate"][:3].to_numpy()
    assert _log_likelihood(frame, x, beta, ties) == pytest.approx(
        found.conventions["log_likelihood"],
        rel=1e-12,  # rounding of sums
    )
    # BFGS stops where its numerical gradient vanishes: about the root of machine precision
    assert beta == pytest.approx(by_hand.x, abs=1e-4)
    assert found.conventions["log_likelihood"] >= -by_hand.fun - 1e-9


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_errors_are_those_of_the_curvature_taken_numerically(ties):
    """Second differences of the likelihood summed by loops give the covariance."""
    frame = _world(3)
    x = frame[["x"]].to_numpy()
    found = _cox(frame, "out", ["x"], {"weights": "w"},
                 event="end", entry="in", strata="side", ties=ties, se="model")  # fmt: skip
    b, h = found.terms["estimate"].iloc[0], 1e-3
    value = [_log_likelihood(frame, x, np.array([b + k * h]), ties) for k in (-1, 0, 1)]
    curvature = -(value[0] - 2 * value[1] + value[2]) / h**2
    # a second difference with step h is off by terms of order h² = 1e-6
    assert found.terms["std_error"].iloc[0] == pytest.approx(curvature**-0.5, rel=1e-5)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_statsmodels_agrees_with_late_entry_and_strata(ties):
    """Two independent maximisers; both stop within 1e-8 of the maximum.

    statsmodels 0.15 counts a row as at risk at the very moment it enters (R and we: only after),
    so it is given entries half a unit later; times are whole numbers.
    """
    hazard = pytest.importorskip("statsmodels.duration.hazard_regression")
    frame = _world(1)
    found = _cox(frame, "out", ["x"], event="end", entry="in", strata="side", ties=ties)
    model = hazard.PHReg(frame["out"], frame[["x"]], status=frame["end"].astype(int),
                         entry=frame["in"] + 0.5, strata=frame["side"], ties=ties)  # fmt: skip
    other = model.fit()
    row = found.terms.iloc[0]
    assert [row["estimate"], row["std_error"]] == pytest.approx(
        [other.params[0], other.bse[0]], rel=1e-6
    )


def test_statsmodels_clustered_errors_agree_where_it_knows_the_ties():
    """With Breslow its score residuals are right: the same sandwich, no small-sample factor."""
    hazard = pytest.importorskip("statsmodels.duration.hazard_regression")
    frame = _world(1, late=False)
    found = _cox(frame, "out", ["x"], {"cluster": ("street",)}, event="end", ties="breslow")
    model = hazard.PHReg(frame["out"], frame[["x"]], status=frame["end"].astype(int),
                         ties="breslow")  # fmt: skip
    other = model.fit(groups=frame["street"].to_numpy())
    assert found.terms["std_error"].iloc[0] == pytest.approx(other.bse[0], rel=1e-6)


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # lifelines' own
def test_lifelines_agrees_with_late_entry_and_weights():
    """Another library, other code: whole-number weights, Efron, late entry."""
    lifelines = pytest.importorskip("lifelines")
    frame = _world(2).assign(w=lambda f: np.ceil(f["w"]))
    found = _cox(frame, "out", ["x"], {"weights": "w"}, event="end", entry="in").terms.iloc[0]
    other = lifelines.CoxPHFitter().fit(
        frame[["in", "out", "end", "x", "w"]], "out", "end", entry_col="in", weights_col="w"
    )
    # lifelines stops when its step is below 1e-7 on its own scale
    assert found["estimate"] == pytest.approx(other.params_["x"], rel=1e-5)
    assert found["std_error"] == pytest.approx(other.standard_errors_["x"], rel=1e-5)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_score_test_is_that_of_a_coefficient_drifting_with_time(ties):
    """With ties, late entry, strata and weights: derivatives of the likelihood summed by loops."""
    frame = _world(5)
    x = frame[["x"]].to_numpy()
    found = _cox(frame, "out", ["x"], {"weights": "w"}, event="end", entry="in", strata="side",
                 ties=ties, se="model", transform="identity").terms.set_index("term")  # fmt: skip
    b, h = found.loc["x", "estimate"], 1e-3

    def at(step: int, drift: int) -> float:
        return _log_likelihood(frame, x, np.array([b + step * h]), ties, drift * h / 10)

    score = (at(0, 1) - at(0, -1)) / (2 * h)
    own = -(at(1, 0) - 2 * at(0, 0) + at(-1, 0)) / h**2
    new = -(at(0, 1) - 2 * at(0, 0) + at(0, -1)) / h**2
    cross = -(at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h**2)
    # differences with step h are off by terms of order h² = 1e-6, and by rounding 1e-14 / h²
    assert found.loc["zph:x", "estimate"] == pytest.approx(
        score**2 / (new - cross**2 / own), rel=1e-4
    )


def test_subject_split_into_intervals_changes_nothing():
    """Counting process: cutting a spell in two at any time leaves every number the same."""
    frame = _world(4, late=False).assign(id=lambda f: [f"s{i}" for i in f.index])
    middle = frame["out"] / 2
    pieces = pd.concat([
        frame.assign(out=middle, end=False), frame.assign(**{"in": middle}),
    ])  # fmt: skip
    one = _cox(frame, "out", ["x", "z"], {"unit": "id"}, event="end", entry="in", se="robust")
    two = _cox(pieces, "out", ["x", "z"], {"unit": "id"}, event="end", entry="in", se="robust")
    columns = ["estimate", "std_error"]
    assert two.terms[columns][:3].to_numpy() == pytest.approx(one.terms[columns][:3].to_numpy())
    assert two.conventions["subjects"] == len(frame)


def test_order_of_rows_shift_and_scale_do_not_matter():
    """Neither a shuffle nor other units of a covariate change the tests; coefficients rescale."""
    frame = _world(6)
    one = _cox(frame, "out", ["x", "z"], event="end", entry="in", strata="side")
    moved = frame.sample(frac=1, random_state=1).assign(x=lambda f: 1e6 + 1e3 * f["x"])
    two = _cox(moved, "out", ["x", "z"], event="end", entry="in", strata="side")
    scale = np.array([1e3, 1.0, 1.0])
    ours, theirs = one.terms["estimate"].to_numpy(), two.terms["estimate"].to_numpy()
    assert theirs[:3] * scale == pytest.approx(ours[:3], rel=1e-8)
    assert theirs[3:] == pytest.approx(ours[3:], rel=1e-6)


def test_whole_number_weights_are_copies_of_rows_with_breslow():
    """A weight of two is two rows (Efron would take the copies for ties of their own)."""
    frame = _world(7).assign(w=lambda f: np.ceil(f["w"]))
    copies = frame.loc[frame.index.repeat(frame["w"].astype(int))]
    one = _cox(frame, "out", ["x"], {"weights": "w"}, event="end", entry="in", ties="breslow")
    two = _cox(copies, "out", ["x"], event="end", entry="in", ties="breslow")
    columns = ["estimate", "std_error"]
    assert one.terms.loc[0, columns].tolist() == pytest.approx(two.terms.loc[0, columns].tolist())


def test_known_hazard_ratio_is_recovered_under_late_entry():
    """4,000 exponential spells seen only after entry: within four standard errors of log 2."""
    rng = np.random.default_rng(11)
    x = rng.integers(0, 2, 8000)
    life, entry = rng.exponential(1.0 / 2.0**x), rng.uniform(0, 0.5, 8000)
    seen = life > entry
    frame = pd.DataFrame({"in": entry, "out": life, "x": x})[seen]
    row = _cox(frame, "out", ["x"], entry="in").terms.iloc[0]
    assert abs(row["estimate"] - np.log(2)) < 4 * row["std_error"]


@pytest.mark.parametrize(
    ("change", "covariates", "roles", "options", "told"),
    [
        ({"end": 3}, ["x"], {}, {"event": "end"}, "event_value"),
        ({"end": 0}, ["x"], {}, {"event": "end"}, "at least one event"),
        ({}, ["x"], {}, {"event": "end", "event_value": "x"}, "no row has the value"),
        ({}, ["x"], {}, {"event_value": "1"}, "event=COLUMN"),
        ({"out": -1.0}, ["x"], {}, {}, "durations ≥ 0"),
        ({"in": 99.0}, ["x"], {}, {"entry": "in"}, "80 rows that leave before they enter"),
        ({"x": 1.0}, ["x"], {}, {}, "do not vary in 80 rows: x"),
        ({"w": 0.0}, ["x"], {"weights": "w"}, {}, "80 rows at or below 0"),
        ({"id": 1}, ["x"], {"unit": "id"}, {"entry": "in"}, "do not overlap"),
        ({}, ["x"], {"cluster": ("street", "side")}, {}, "one column of clusters"),
        ({"one": 1}, ["x"], {"cluster": ("one",)}, {}, "2 or more clusters, found 1"),
        ({}, ["x"], {}, {"strata": "nowhere"}, "missing columns: nowhere"),
        ({}, ["x"], {}, {"strata": "x"}, "1 without: x"),
        ({"x": np.inf}, ["x"], {}, {}, "x: 不是數字"),
    ],
)
def test_what_cannot_be_fitted_is_told(change, covariates, roles, options, told):
    with pytest.raises((InputError, EstimationError), match=told):
        _cox(_world(8).assign(**change), "out", covariates, roles, **options)


def test_few_clusters_are_told():
    notes = _cox(_world(8), "out", ["x"], {"cluster": ("street",)}, event="end").terms["notes"]
    assert "se=robust;clusters=9 (street);few_clusters=10" in notes.iloc[0]


def test_copies_are_named():
    frame = _world(8).assign(y=lambda f: 3 - 2 * f["x"])
    with pytest.raises(EstimationError, match="1 without: x, y"):
        _cox(frame, "out", ["x", "y", "z"], event="end")


def test_separating_covariate_is_told():
    frame = _world(8).assign(dead=lambda f: f["end"].astype(int))
    with pytest.raises(EstimationError, match="first suspect: dead"):
        _cox(frame, "out", ["x", "dead"], event="end")


def test_spell_that_ends_when_it_begins_is_counted():
    frame = pd.concat([_world(9), _world(9).iloc[:2].assign(out=lambda f: f["in"])])
    found = _cox(frame, "out", ["x"], event="end", entry="in")
    assert found.conventions["rows_dropped_empty_interval"] == 2
    assert "rows_dropped_empty_interval=2" in found.terms["notes"].iloc[0]


def test_times_apart_by_rounding_are_tied():
    """0.1 + 0.2 and 0.3 are one time, as in R survival."""
    frame = pd.DataFrame({"t": [0.1 + 0.2, 0.3, 0.5, 0.7, 0.2], "x": [1.0, 2, 0, 1, 3]})
    rounded = frame.assign(t=frame["t"].round(6))
    one, two = (_cox(f, "t", ["x"]).terms["estimate"].iloc[0] for f in (frame, rounded))
    assert one == pytest.approx(two, rel=1e-12)
