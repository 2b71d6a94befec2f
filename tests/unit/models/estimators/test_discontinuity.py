"""Jumps at a cutoff: rdrobust's and rddensity's numbers, lines fitted by hand, refusals."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landwatch.models.estimators.local_polynomial import kernel_weights
from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import Estimate, EstimationTable
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError

ROOT = Path(__file__).resolve().parents[4]
SHARED = Path(os.environ.get("LANDWATCH_SHARED", ROOT.parent / "shared" / "data"))
SENATE = SHARED / "reference" / "rdrobust_senate" / "rdrobust_RDsenate.csv"
PRINTED = 5e-8
"""Half a unit of the last digit of the numbers below."""


def _rd(frame: pd.DataFrame, outcome: str, roles=None, **options) -> Estimate:
    return fit_estimator("rd", EstimationTable(frame, outcome, **(roles or {})), options)


def _values(found: Estimate, column: str) -> list[float]:
    terms = found.terms.set_index("term")
    return terms.loc[["conventional", "bias_corrected", "robust"], column].tolist()


@pytest.fixture
def transfers() -> pd.DataFrame:
    """Support for a government by income around a cutoff (Manacorda et al. 2011)."""
    data = pytest.importorskip("causaldata").gov_transfers.load_pandas().data
    return pd.DataFrame(data)


@pytest.fixture
def senate() -> pd.DataFrame:
    """Read the US Senate elections that rdrobust ships."""
    if not SENATE.exists():
        pytest.skip(f"reference table not found: {SENATE}; set LANDWATCH_SHARED")
    return pd.read_csv(SENATE)


def _world(seed: int = 0, n: int = 600, jump: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.uniform(-1, 1, n), rng.normal(size=n)
    y = 0.5 * x + 0.8 * x**2 + jump * (x >= 0) + 0.7 * z + rng.normal(0, 0.3, n)
    return pd.DataFrame(
        {"y": y, "score (%)": x, "z": z, "town": rng.integers(0, 25, n), "side": np.sign(z)}
    )


@pytest.mark.reference
@pytest.mark.shared
def test_senate_is_the_published_one(senate):
    """rdrobust's own example: 7.414 [4.094, 10.919], h 17.754, b 28.028, 360 and 323 rows.

    Calonico, Cattaneo, Farrell, Titiunik (2017), Stata Journal 17(2); density T −0.8753, p 0.3814,
    h 19.841 and 27.119 in Cattaneo, Jansson, Ma (2018), Stata Journal 18(1).
    """
    found = _rd(senate, "vote", running="margin")
    head, facts = found.terms.iloc[0], found.conventions
    told = head[["estimate", "ci_low", "ci_high"]].round(3).tolist()
    assert (head["term"], told) == ("ATT", [7.414, 4.094, 10.919])
    assert (facts["bandwidth"], facts["bias_bandwidth"]) == ("17.7544", "28.0281")
    assert (facts["n_left"], facts["n_right"]) == (360, 323)
    assert facts["density"]["t"] == pytest.approx(-0.8753, abs=5e-5)
    assert facts["density"]["p_value"] == pytest.approx(0.3814, abs=5e-5)
    assert "bandwidth=19.8411/27.1188" in found.terms.iloc[-1]["notes"]


@pytest.mark.reference
@pytest.mark.shared
@pytest.mark.parametrize(
    ("covariates", "point", "error", "robust"),
    [
        ((), [7.98468749, 8.26328169], 1.86876414, 2.07320591),
        (("termshouse", "termssenate", "population"), [6.63521422, 6.72957376], 1.75697343,
         1.95783361),
    ],
)  # fmt: skip
def test_senate_clustered_by_state_is_that_of_rdrobust(senate, covariates, point, error, robust):
    """rdrobust 2.1.1 (Python), h=10, b=20, cluster=state, with and without covariates."""
    roles = {"cluster": ("state",), "covariates": covariates}
    found = _rd(senate, "vote", roles, running="margin", bandwidth=10, bias_bandwidth=20)
    assert _values(found, "estimate") == pytest.approx([*point, point[1]], abs=PRINTED / 5)
    assert _values(found, "std_error") == pytest.approx([error, error, robust], abs=PRINTED / 5)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("options", "point", "error"),
    [
        ({"bandwidth": 0.00522, "bias_bandwidth": 0.010255},
         [0.024700762, 0.045468607], [0.062357455, 0.072887744]),
        ({"bandwidth": 0.005277, "bias_bandwidth": 0.008984, "kernel": "uniform", "order": 2},
         [0.044963901, 0.063777652], [0.100464746, 0.112986545]),
    ],
)  # fmt: skip
def test_transfers_are_those_of_rdrobust_at_its_bandwidths(transfers, options, point, error):
    """rdrobust 2.1.1 (Python) with the same h and b, to the nine decimals it prints."""
    found = _rd(transfers, "Support", running="Income_Centered", **options)
    assert _values(found, "estimate") == pytest.approx([*point, point[1]], abs=5e-10)
    assert _values(found, "std_error") == pytest.approx([error[0], *error], abs=5e-10)
    assert "Mass points" in found.conventions["library_notes"]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("options", "main", "bias"),
    [
        ({}, 0.005219829969780383, 0.010255301900729078),
        ({"kernel": "uniform", "order": 2}, 0.0052768389508209956, 0.008984104508301196),
        ({"selector": "cerrd"}, 0.003574184021339971, 0.010255301900729078),
    ],
)
def test_bandwidths_chosen_for_transfers_are_those_of_rdrobust(transfers, options, main, bias):
    """rdrobust 2.1.1 (Python), to four digits: it standardises the columns first, the port not.

    Where many rows share a value this moved the bias bandwidth by 3e-5 of itself, the main one
    by 8e-6.
    """
    found = _rd(transfers, "Support", running="Income_Centered", **options).conventions
    told = [float(found["bandwidth"]), float(found["bias_bandwidth"])]
    assert [f"{h:.4g}" for h in told] == [f"{main:.4g}", f"{bias:.4g}"]


@pytest.mark.reference
def test_transfers_clustered_are_those_of_rdrobust(transfers):
    """rdrobust 2.1.1 (Python), h=.01, b=.02, clusters = age in whole years."""
    frame = transfers.assign(years=transfers["Age"].round().astype(int))
    found = _rd(frame, "Support", {"cluster": ("years",)},
                running="Income_Centered", bandwidth=0.01, bias_bandwidth=0.02)  # fmt: skip
    wanted = [-0.033481754, -0.022682973, -0.022682973]
    assert _values(found, "estimate") == pytest.approx(wanted, abs=5e-9)
    wanted = [0.045551161, 0.045551161, 0.051111994]
    assert _values(found, "std_error") == pytest.approx(wanted, abs=5e-9)


@pytest.mark.reference
def test_fuzzy_ratio_is_that_of_rdrobust(transfers):
    """Take-up falls from one to zero at the cutoff: the ratio is the jump with its sign turned."""
    found = _rd(transfers, "Support", running="Income_Centered", takeup="Participation",
                bandwidth=0.01, bias_bandwidth=0.02)  # fmt: skip
    assert _values(found, "estimate") == pytest.approx([0.033481754, *[0.022682973] * 2], abs=5e-10)
    errors = [0.043070738, 0.043070738, 0.04857638]
    # neighbours equally far on both sides: the programs differ in how they compare rounded
    # distances, which moves one robust error by 2e-7 of itself (in the sharp design as well)
    assert _values(found, "std_error") == pytest.approx(errors, rel=1e-6)
    first = found.terms.set_index("term").loc["first_stage", "estimate"]
    assert first == pytest.approx(-1.0)


@pytest.mark.reference
def test_close_elections_are_those_of_lee_moretti_and_butler():
    """Cunningham, Causal Inference: The Mixtape (2021), ch. 6: 21.28 (1.95), 915 close races.

    Score by whether a Democrat won the last election, vote share within .48–.52, clusters id;
    the paper itself prints 21.2 (1.9). A gap of means is a polynomial of order 0.
    """
    races = pytest.importorskip("causaldata").close_elections_lmb.load_pandas().data
    found = _rd(races, "score", {"cluster": ("id",)}, running="lagdemvoteshare", cutoff=0.5,
                bandwidth=0.02, kernel="uniform", order=0)  # fmt: skip
    row, facts = found.terms.set_index("term").loc["conventional"], found.conventions
    assert f"{row['estimate']:.2f} ({row['std_error']:.2f})" == "21.28 (1.95)"
    assert facts["n_left"] + facts["n_right"] == 915


@pytest.mark.reference
@pytest.mark.filterwarnings("error")
def test_density_is_that_of_rddensity():
    """Baseline of the tests of rddensity (rdpackages/rddensity, Python/rddensity/tests/fixtures).

    Case rddensity_estimated: 200 points, the bandwidth chosen.
    """
    x = np.linspace(-1.5, 1.5, 200) + 0.05 * np.sin(np.arange(200.0))
    found = _rd(pd.DataFrame({"x": x, "y": x**2}), "y", running="x")
    row, facts = found.terms.iloc[-1], found.conventions["density"]
    assert row["term"] == "density"
    assert row["estimate"] == pytest.approx(0.0002818585242127525, abs=1e-12)
    assert row["std_error"] == pytest.approx(0.18028734348998238, rel=1e-9)
    assert facts["t"] == pytest.approx(0.0015633849762083487, abs=1e-9)
    assert facts["p_value"] == pytest.approx(0.9987525997730358, rel=1e-9)
    assert "bandwidth=1.50964" in row["notes"]


@pytest.mark.parametrize("kernel", ["triangular", "epanechnikov", "uniform"])
def test_conventional_jump_is_the_gap_of_two_weighted_lines(kernel):
    """Least squares by hand on each side within the bandwidth."""
    frame, h = _world(), 0.4
    x, y = frame["score (%)"].to_numpy(), frame["y"].to_numpy()
    at = []
    for side in (x < 0, x >= 0):
        root = np.sqrt(kernel_weights(x[side], h, kernel))
        line = np.column_stack([np.ones(side.sum()), x[side]]) * root[:, None]
        at.append(np.linalg.lstsq(line, y[side] * root, rcond=None)[0][0])
    found = _rd(frame, "y", running="score (%)", bandwidth=h, kernel=kernel)
    assert _values(found, "estimate")[0] == pytest.approx(at[1] - at[0], rel=1e-9)


def test_equal_bandwidths_make_the_corrected_jump_that_of_the_next_order():
    """Calonico et al. (2014), remark 7: with h = b the correction of a line is a parabola."""
    frame = _world(1)
    line = _rd(frame, "y", running="score (%)", bandwidth=0.5, order=1)
    parabola = _rd(frame, "y", running="score (%)", bandwidth=0.5, order=2)
    assert _values(line, "estimate")[2] == pytest.approx(_values(parabola, "estimate")[0], rel=1e-8)


@pytest.mark.parametrize("covariates", [(), ("z",)])
def test_each_row_a_cluster_leaves_the_estimate_and_nearly_the_error(covariates):
    """Own algebra against the library's point; errors of two kinds differ little at 600 rows."""
    frame = _world(2).assign(row=range(600))
    plain = _rd(frame, "y", {"covariates": covariates}, running="score (%)")
    rows = _rd(frame, "y", {"covariates": covariates, "cluster": ("row",)}, running="score (%)")
    assert _values(rows, "estimate") == pytest.approx(_values(plain, "estimate"), rel=1e-8)
    # residuals of a fit against differences of neighbours: a few tenths at some 200 rows
    assert _values(rows, "std_error") == pytest.approx(_values(plain, "std_error"), rel=0.3)


def test_rows_of_no_weight_do_not_count():
    """Rows just at the bandwidth have weight zero: neither the factor n nor clusters see them."""
    frame = _world(2)
    edge = frame.iloc[:4].assign(**{"score (%)": [0.5, -0.5, 0.5, -0.5], "town": 99, "y": 9.0})
    roles, options = {"cluster": ("town",)}, {"running": "score (%)", "bandwidth": 0.5}
    one = _rd(frame, "y", roles, **options)
    two = _rd(pd.concat([frame, edge]), "y", roles, **options)
    assert _values(two, "std_error") == pytest.approx(_values(one, "std_error"), rel=1e-9)
    assert two.conventions["clusters"] == one.conventions["clusters"] == "25/25"


def test_few_clusters_are_told():
    frame = _world(2).assign(town=lambda f: f["town"] % 4)
    found = _rd(frame, "y", {"cluster": ("town",)}, running="score (%)")
    assert "few_clusters=10" in found.terms["notes"].iloc[0]


def test_known_jump_is_covered():
    """Forty worlds with a jump of one: robust 95 % intervals hold it in at least 33.

    Fewer than 33 of 40 would have probability below 0.001 at true coverage 0.95.
    """
    held = 0
    for seed in range(40):
        row = _rd(_world(seed, 300), "y", {"covariates": ("z",)}, running="score (%)").terms.iloc[0]
        held += row["ci_low"] <= 1.0 <= row["ci_high"]
    assert held >= 33


def test_treated_below_turns_the_sign_and_nothing_else():
    """The same cutoff seen from the other side (no row lies on it)."""
    frame = _world(3)
    above = _rd(frame, "y", running="score (%)")
    below = _rd(frame, "y", running="score (%)", treated="below")
    assert below.terms["estimate"].to_numpy() == pytest.approx(-above.terms["estimate"].to_numpy())
    errors = above.terms["std_error"].to_numpy()
    assert below.terms["std_error"].to_numpy() == pytest.approx(errors)


def test_order_of_rows_and_origin_do_not_matter():
    frame = _world(4)
    moved = frame.sample(frac=1, random_state=0).assign(
        **{"score (%)": lambda f: f["score (%)"] + 50}
    )
    one = _rd(frame, "y", {"cluster": ("town",)}, running="score (%)")
    two = _rd(moved, "y", {"cluster": ("town",)}, running="score (%)", cutoff=50)
    columns = ["estimate", "std_error"]
    # the shift by 50 costs digits of the running variable
    assert two.terms[columns].to_numpy() == pytest.approx(one.terms[columns].to_numpy(), rel=1e-6)


def test_headline_joins_the_conventional_point_with_robust_inference():
    terms = _rd(_world(5), "y", running="score (%)").terms.set_index("term")
    assert terms.index[0] == "ATT"
    assert terms.loc["ATT", "estimate"] == terms.loc["conventional", "estimate"]
    columns = ["std_error", "ci_low", "ci_high", "p_value"]
    assert terms.loc["ATT", columns].tolist() == terms.loc["robust", columns].tolist()
    assert terms.loc["ATT", "notes"].startswith("point=conventional;inference=robust;")


def test_donut_rows_are_counted_and_stay_in_the_density():
    frame = _world(6)
    found = _rd(frame, "y", running="score (%)", donut=0.05)
    near = int((frame["score (%)"].abs() < 0.05).sum())
    assert found.conventions["rows_in_donut"] == near
    assert found.terms["n_obs"].tolist() == [600 - near] * 4 + [600]


def test_text_covariates_are_levels_and_copies_are_told():
    frame = _world(7).assign(kind=lambda f: np.where(f["z"] > 0, "a", "b"), copy=lambda f: f["z"])
    found = _rd(frame, "y", {"covariates": ("kind", "z", "copy"), "cluster": ("town",)},
                running="score (%)")  # fmt: skip
    assert "dropped redundant column" in found.conventions["library_notes"]


def test_few_rows_are_fitted_whole_and_told():
    """Under 20 rows no bandwidth is chosen; the density test says why it is missing."""
    frame = _world(8, 16)
    found = _rd(frame, "y", running="score (%)")
    assert found.conventions["selector"] == "Manual"
    assert "Not enough observations" in found.terms["notes"].iloc[0]


@pytest.mark.parametrize(
    ("options", "roles", "error", "told"),
    [
        ({}, {}, StudyError, "running=COLUMN"),
        ({"running": "y"}, {}, StudyError, "another column than the outcome"),
        ({"running": "score (%)", "cutoff": 9}, {}, InputError, "both sides of the cutoff 9"),
        ({"running": "score (%)", "donut": 0.999}, {}, EstimationError, "distinct values"),
        ({"running": "score (%)", "bandwidth": -1}, {}, StudyError, "above 0"),
        ({"running": "score (%)", "bias_bandwidth": 1}, {}, StudyError, "needs bandwidth"),
        ({"running": "score (%)", "bandwidth": 1e-4}, {}, EstimationError, "cannot be fitted"),
        ({"running": "nowhere"}, {}, InputError, "missing columns: nowhere"),
        ({"running": "score (%)", "takeup": "z"}, {"cluster": ("town",)}, StudyError, "takeup"),
        ({"running": "score (%)"}, {"cluster": ("one",)}, EstimationError, "2 or more clusters"),
        ({"running": "word"}, {}, InputError, "expected numbers"),
    ],
)  # fmt: skip
def test_what_cannot_be_estimated_is_told(options, roles, error, told):
    frame = _world(9).assign(one=1, word="x")
    with pytest.raises(error, match=told):
        _rd(frame, "y", roles, **options)
