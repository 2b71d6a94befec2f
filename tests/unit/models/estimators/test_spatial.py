"""Spatial statistics against published tables, full enumeration and places nobody neighbours."""

import itertools
import json
from pathlib import Path

import esda
import geopandas as gpd
import libpysal
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from typer.testing import CliRunner

from landwatch.cli import app
from landwatch.models.autocorrelation import general_g, local_g, local_moran, moran
from landwatch.models.autocorrelation import moran_of_residuals as of_residuals
from landwatch.models.estimators.moran import residual_moran
from landwatch.models.estimators.neighbours import point_links
from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable
from landwatch.models.permutation import permuted_lags
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError

COLUMBUS = Path(libpysal.__file__).parent / "examples" / "columbus"
CRIME = EstimationTable(pd.DataFrame(), "CRIME", unit="POLYID")
SIX = pd.DataFrame(
    {"e": [10, 20, 40, 15, 30, 30], "n": [10, 10, 10, 20, 20, 30], "v": [2, 3, 3.2, 5, 8, 7]}
)
RAW = sparse.csr_array(
    np.array(
        [[0, 1, 0, 1, 0], [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 0, 1, 0, 1], [1, 0, 0, 1, 0.0]]
    )
)
"""Five places, not symmetric."""
FIVE = np.array([1.0, 4.0, 2.5, 7.0, 3.0])


def _gal(path: Path) -> dict[int, str]:
    lines = path.read_text().split("\n")[1:]
    pairs = zip(lines[::2], lines[1::2], strict=False)
    return {int(head.split()[0]): ";".join(tail.split()) for head, tail in pairs if head.strip()}


@pytest.fixture(scope="module")
def columbus() -> pd.DataFrame:
    """Neighbourhoods of Columbus, Ohio, 1980, with the queen neighbours that ship beside them."""
    told = json.loads((COLUMBUS / "columbus.json").read_text())
    frame = pd.DataFrame([feature["properties"] for feature in told["features"]])
    return frame.assign(near=frame["POLYID"].astype(int).map(_gal(COLUMBUS / "columbus.gal")))


def _fit(name, frame, outcome, options, **roles):
    table = EstimationTable(frame, outcome, **roles)
    found = fit_estimator(name, table, options)
    return found, found.terms.set_index("term")


@pytest.mark.reference
def test_moran_of_crime_is_the_one_r_prints(columbus):
    """spdep 1.x, moran.test(columbus$CRIME, queen W): 0.500188557, −0.020833333, 0.008689289."""
    found, terms = _fit("moran", columbus, "CRIME", {"adjacency": "near"}, unit="POLYID")
    assert found.terms["term"].iloc[0] == "I"
    assert f"{terms.loc['I', 'estimate']:.9f}" == "0.500188557"
    assert f"{terms.loc['I', 'std_error'] ** 2:.9f}" == "0.008689289"
    assert f"{found.conventions['expectation']:.9f}" == "-0.020833333"
    assert "z=5.58938" in terms.loc["I", "notes"]
    # one-sided p printed by R: 1.139e-08
    assert f"{terms.loc['I', 'p_value'] / 2:.3e}" == "1.139e-08"


@pytest.mark.reference
def test_moran_with_four_nearest_neighbours_is_the_one_r_prints(columbus):
    """spdep reference page of moran.test, COL.k4.nb: 0.624933667; 0.008003503 and 0.007887613."""
    terms = _fit("moran", columbus, "CRIME", {"x": "X", "y": "Y", "knn": "4"})[1]
    assert f"{terms.loc['I', 'estimate']:.9f}" == "0.624933667"
    assert f"{terms.loc['I', 'std_error'] ** 2:.9f}" == "0.008003503"
    assert f"{terms.loc['I:normality', 'std_error'] ** 2:.9f}" == "0.007887613"


@pytest.mark.reference
def test_moran_of_regression_residuals_is_the_one_spreg_prints(columbus):
    """Documentation of spreg.OLS, HOVAL on INC and CRIME: 0.20373540938, z 2.59180452208.

    Its example leaves rook weights binary; row-standardised ones would give 0.20705.
    """
    shapes = gpd.read_file(COLUMBUS / "columbus.shp").set_index("POLYID")
    rook = libpysal.graph.Graph.build_contiguity(shapes, rook=True)
    near = {i: ";".join(f"{j:g}" for j in rook[i].index) for i in shapes.index}
    frame = columbus.assign(near=columbus["POLYID"].map(near))
    roles = {"unit": "POLYID", "covariates": ("INC", "CRIME")}
    options = {"adjacency": "near", "standardise": "binary"}
    found, terms = _fit("moran", frame, "HOVAL", options, **roles)
    assert f"{terms.loc['I', 'estimate']:.11f}" == "0.20373540938"
    z = (terms.loc["I", "estimate"] - found.conventions["expectation"]) / terms.loc[
        "I", "std_error"
    ]
    assert f"{z:.10f}" == "2.5918045221"
    assert f"{terms.loc['I', 'p_value']:.14f}" == "0.00954740031251"


def test_local_parts_follow_r_and_average_to_the_global_one(columbus):
    """Row-standardised parts average to I; esda prints (n − 1)/n of ours."""
    found, terms = _fit("local_moran", columbus, "CRIME", {"adjacency": "near"}, unit="POLYID")
    parts = terms["estimate"].iloc[1:]
    assert parts.mean() == pytest.approx(terms.loc["I", "estimate"], rel=1e-12)
    near = columbus.set_index(columbus["POLYID"].astype(int))["near"].str.split(";")
    neighbours = {i: [int(j) for j in listed] for i, listed in near.items()}
    weights = libpysal.weights.W(neighbours, silence_warnings=True)
    theirs = esda.Moran_Local(columbus["CRIME"].to_numpy(), weights, permutations=0)
    ours = parts[[f"I[{i}]" for i in weights.id_order]].to_numpy()
    np.testing.assert_allclose(theirs.Is, ours * 48 / 49, rtol=1e-12)
    assert (found.detail["places"]["class"] == "HH").sum() == (theirs.q == 1).sum()


def _all_orders(values, fixed=None):
    free = [i for i in range(len(values)) if i != fixed]
    for order in itertools.permutations(free):
        mixed = values.copy()
        mixed[free] = values[list(order)]
        yield mixed


def test_moments_are_those_of_every_order_of_the_values():
    """All 120 orders: mean and variance of I and of G are exact, weights asymmetric."""
    for measure in (moran, general_g):
        found = measure(FIVE, RAW)
        all_ = np.array([measure(v, RAW).statistic for v in _all_orders(FIVE)])
        assert found.expectation == pytest.approx(all_.mean(), rel=1e-12)
        assert found.variance == pytest.approx(all_.var(), rel=1e-9)


def test_local_moments_are_those_of_every_order_of_the_others():
    """The value at a place stays, all 24 orders of the others."""
    part, mean, variance = local_moran(FIVE, RAW)
    for i in range(5):
        all_ = np.array([local_moran(v, RAW)[0][i] for v in _all_orders(FIVE, fixed=i)])
        assert part[i] == all_[0]
        assert (mean[i], variance[i]) == pytest.approx((all_.mean(), all_.var()), rel=1e-9)


@pytest.mark.parametrize("star", [False, True])
def test_local_deviates_are_standardised_over_every_order(star):
    """G: the others are permuted; G*: all values are, so the deviate has mean 0, variance 1."""
    sums = np.array([RAW @ v + (v if star else 0) for v in _all_orders(FIVE)])
    found = local_g(FIVE, RAW, star=star)
    for i in range(5):
        if star:
            all_, own = sums[:, i], (RAW @ FIVE + FIVE)[i]
        else:
            all_ = np.array([(RAW @ v)[i] for v in _all_orders(FIVE, fixed=i)])
            own = (RAW @ FIVE)[i]
        assert found[i] == pytest.approx((own - all_.mean()) / all_.std(), rel=1e-9)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("star", "published"),
    [
        # esda's documentation of G_Local, binary weights within 15
        ("false", [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]),
        ("true", [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]),
    ],
)
@pytest.mark.parametrize("standardise", ["binary", "row"])
def test_hot_spot_deviates_are_the_documented_ones_under_either_weights(
    star, published, standardise
):
    """A weight common to a row cancels; esda's row-standardised deviates do not (see local_g)."""
    frame = SIX.assign(id=list("abcdef"))
    options = {"x": "e", "y": "n", "distance": "15", "star": star, "standardise": standardise}
    terms = _fit("getis_ord", frame, "v", options, unit="id")[1]
    name = "G*" if star == "true" else "G"
    ours = terms.loc[[f"{name}[{i}]" for i in "abcdef"], "estimate"]
    np.testing.assert_allclose(ours, published, atol=5e-9)
    if standardise == "binary":
        # esda's documentation of G: 0.557, one-sided p 0.173
        assert round(terms.loc["G", "estimate"], 3) == 0.557
        assert round(terms.loc["G", "p_value"] / 2, 3) == 0.173


def test_lags_permuted_at_a_place_never_hold_its_own_value():
    """With one huge value, its own lags never contain it, all others' sometimes do."""
    values = np.array([1000.0, 1, 2, 3, 4])
    draws = permuted_lags(values, RAW, permutations=200, seed=1)
    assert draws[0].max() < 1000
    assert (draws[1:].max(axis=1) >= 1000).all()


def test_conditional_draws_have_the_exact_moments():
    """Mean and spread of 20,000 draws against Sokal's formulas; 5 standard errors of a mean."""
    centred = FIVE - FIVE.mean()
    draws = permuted_lags(centred, RAW, permutations=20_000, seed=3)
    parts = draws * (centred / centred.var())[:, None]
    _, mean, variance = local_moran(FIVE, RAW)
    assert (np.abs(parts.mean(axis=1) - mean) <= 5 * np.sqrt(variance / 20_000)).all()


def test_residual_moments_without_regressors_are_the_normal_ones(columbus):
    """A constant alone: Cliff and Ord's residual moments are those under normality."""
    links = point_links(columbus[["X", "Y"]].to_numpy(), knn=4)[0]
    crime = columbus["CRIME"].to_numpy()
    found = of_residuals(crime - crime.mean(), np.ones((49, 1)), links)
    plain = moran(crime, links)
    assert found.statistic == pytest.approx(plain.statistic, rel=1e-12)
    assert found.expectation == pytest.approx(plain.expectation, rel=1e-12)
    assert found.variance == pytest.approx(plain.variance_normal, rel=1e-10)


def test_residual_moments_are_those_of_the_projection_written_out(columbus):
    """tr(MU), tr(MUMU) with M in full, n × n."""
    links = point_links(columbus[["X", "Y"]].to_numpy(), knn=4)[0]
    x = np.column_stack([np.ones(49), columns := columbus[["INC", "HOVAL"]].to_numpy()])
    assert columns.shape == (49, 2)
    m = np.eye(49) - x @ np.linalg.solve(x.T @ x, x.T)
    u = (links.toarray() + links.toarray().T) / 2
    residual = m @ columbus["CRIME"].to_numpy()
    t, t2 = np.trace(m @ u), np.trace(m @ u @ m @ u)
    scale = 49 / links.sum()
    found = of_residuals(residual, x, links)
    assert found.expectation == pytest.approx(scale * t / 46, rel=1e-10)
    variance = scale**2 * 2 * (46 * t2 - t**2) / (46**2 * 48)
    assert found.variance == pytest.approx(variance, rel=1e-10)
    estimate = residual_moran(residual, links, design=x)
    assert estimate.terms["term"].tolist() == ["I"]


@pytest.mark.parametrize("name", ["moran", "local_moran", "getis_ord"])
@pytest.mark.parametrize("roles", [{"unit": "POLYID"}, {}])
def test_rows_in_another_order_give_the_same_numbers(columbus, name, roles):
    """Permutations included; without units only the row numbers in the names differ."""
    options = {"x": "X", "y": "Y", "knn": "5", "permutations": "99"}
    table = columbus.rename(columns={"CRIME": "crime; per 1,000"})
    one = _fit(name, table, "crime; per 1,000", options, **roles)[0].terms
    mixed = table.sample(frac=1, random_state=4)
    two = _fit(name, mixed, "crime; per 1,000", options, **roles)[0].terms
    columns = ["estimate", "std_error", "p_value"] + (["term", "notes"] if roles else [])
    pd.testing.assert_frame_equal(one[columns], two[columns], check_exact=True)


def test_places_without_neighbours_are_named_and_left_out(columbus):
    """Cut off, place 20 drops out of I, its mean and its count; nothing is set to zero."""
    cut = columbus["near"].str.split(";").map(lambda n: ";".join(j for j in n if j != "20"))
    frame = columbus.assign(near=cut.where(columbus["POLYID"] != 20))
    found, terms = _fit("moran", frame, "CRIME", {"adjacency": "near"}, unit="POLYID")
    alone = frame[frame["POLYID"] != 20]
    expected = _fit("moran", alone, "CRIME", {"adjacency": "near"}, unit="POLYID")[1]
    assert terms.loc["I", "n_obs"] == 48
    assert terms.loc["I", "estimate"] == expected.loc["I", "estimate"]
    assert found.conventions["islands"] == "20"
    with pytest.raises(EstimationError, match="1 places have no neighbour: 20"):
        _fit("moran", frame, "CRIME", {"adjacency": "near", "islands": "error"}, unit="POLYID")


def test_neighbours_listed_with_leading_zeros_meet_units_read_as_numbers():
    """A CSV reader turns unit 0101 into 101 but leaves the text of lists."""
    frame = pd.DataFrame({"id": [101, 102, 103, 104.0], "v": [1, 3, 2, 5.0]})
    lists = ["0102;0104", "0101;0103", "0102;0104;0104", "0103;0101;0104"]
    zeros = _fit("moran", frame.assign(n=lists), "v", {"adjacency": "n"}, unit="id")[0]
    plain = [text.replace("0", "", 1).replace(";0", ";") for text in lists]
    assert zeros.conventions["self_links_dropped"] == 1
    again = _fit("moran", frame.assign(n=plain), "v", {"adjacency": "n"}, unit="id")[0]
    assert zeros.terms["estimate"].tolist() == again.terms["estimate"].tolist()


def test_listed_units_outside_the_table_are_counted():
    frame = pd.DataFrame({"id": list("abcde"), "v": [1, 3, 2, 5, 9.0]})
    frame["n"] = ["b; c", "a;c", "a;b;d;zz", "c;e", "d;yy"]
    found = _fit("moran", frame, "v", {"adjacency": "n"}, unit="id")[0]
    assert found.conventions["listed_but_not_in_table"] == "2 yy, zz"


def test_command_reads_lists_of_neighbours_in_a_table_with_semicolons(tmp_path):
    """Quoted lists in a semicolon table, names with spaces, a row without a value, an island."""
    data, out = tmp_path / "towns.csv", tmp_path / "moran.csv"
    lines = ["town id;crime rate;next to", "01;1;02 03", "02;2.5;01 03", "03;4;01 02 04"]
    data.write_text("\n".join([*lines, "04;9;03 05", "05;;04", "06;3;"]) + "\n")
    told = ["estimate", "moran", str(data), "--outcome", "crime rate", "--unit", "town id"]
    options = ["adjacency=next to", "separator=space", "permutations=99"]
    for option in options:
        told += ["--options", option]
    done = CliRunner().invoke(app, [*told, "--out", str(out)])
    assert done.exit_code == 0, done.output
    terms = pd.read_csv(out).set_index("term")
    # z = (1, 2.5, 4, 9) − 4.125; rows 1–2–3 all linked, 3–4: row means of neighbours
    z = np.array([1, 2.5, 4, 9]) - 4.125
    lag = np.array([z[1] + z[2], z[0] + z[2], (z[0] + z[1] + z[3]) * 2 / 3, z[2] * 2]) / 2
    assert terms.loc["I", "estimate"] == pytest.approx(z @ lag / (z @ z), rel=1e-12)
    notes = terms.loc["I", "notes"]
    assert "islands=6" in notes
    assert "rows_dropped_missing=1" in notes
    assert "listed_but_not_in_table=1 05" in notes


def test_more_draws_than_memory_holds_are_refused_before_they_are_made():
    frame = pd.concat([SIX] * 10, ignore_index=True)
    with pytest.raises(StudyError, match=r"found 1,000,000 × 60"):
        _fit("moran", frame, "v", {"x": "e", "y": "n", "knn": "2", "permutations": "1000000"})


def test_haversine_is_in_kilometres():
    """One degree of latitude is 111.195 km on the sphere named; 111.2 reaches it, 111.1 not."""
    points = np.array([[121.0, 23.0], [121.0, 24.0], [121.0, 26.0]])
    assert point_links(points, distance=111.2, metric="haversine")[0].sum() == 2
    assert point_links(points, distance=111.1, metric="haversine")[0].sum() == 0


def test_nearest_of_many_at_one_place_leave_out_the_place_itself():
    """Thirty deals at one door: each has 3 neighbours, never itself."""
    links = point_links(np.zeros((30, 2)), knn=3)[0]
    assert np.diff(links.indptr).tolist() == [3] * 30
    assert links.diagonal().sum() == 0


def test_dependence_is_found_where_it_was_put_and_not_where_it_was_not():
    """A smooth surface against noise on a 12 × 12 grid."""
    east, north = np.meshgrid(np.arange(12.0), np.arange(12.0))
    noise = np.random.default_rng(2).normal(size=144)
    frame = pd.DataFrame({"e": east.ravel(), "n": north.ravel(), "noise": noise})
    frame["smooth"] = np.sin(frame["e"] / 4) + np.cos(frame["n"] / 4)
    options = {"x": "e", "y": "n", "distance": "1"}
    assert _fit("moran", frame, "smooth", options)[1]["p_value"].max() <= 0.002
    assert _fit("moran", frame, "noise", options)[1].loc["I", "p_value"] > 0.05


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({}, StudyError, "expected one of knn=K"),
        ({"x": "e", "y": "n"}, StudyError, "found none"),
        ({"x": "e", "y": "n", "knn": "2", "distance": "5"}, StudyError, "found knn, distance"),
        ({"x": "e", "knn": "2"}, StudyError, "y=COLUMN"),
        ({"adjacency": "n"}, StudyError, "--unit"),
        ({"x": "e", "y": "n", "knn": "6"}, InputError, "found 6"),
        ({"x": "e", "y": "nn", "knn": "2"}, InputError, "missing columns: nn"),
        ({"x": "e", "y": "n", "distance": "0.1"}, EstimationError, "found 0 of 6"),
        ({"x": "e", "y": "n", "distance": "99"}, EstimationError, "all 6 places are neighbours"),
        ({"x": "far", "y": "n", "knn": "2", "metric": "haversine"}, InputError, "degrees"),
    ],
)
def test_neighbours_that_cannot_be_told_are_refused(options, error, told):
    with pytest.raises(error, match=told):
        _fit("moran", SIX.assign(far=300_000), "v", options)


@pytest.mark.parametrize(
    ("frame", "roles", "error", "told"),
    [
        (SIX.assign(v=3), {}, EstimationError, "1 values"),
        (SIX.assign(v=1e12 + SIX["v"] * 1e-9), {}, EstimationError, "1 values"),
        (SIX.assign(u=[1, 1, 2, 3, 4, 5]), {"unit": "u"}, InputError, r"1 units in several.*\(1\)"),
        (SIX.assign(u=1), {"covariates": ("u",)}, EstimationError, "collinear"),
        (SIX.assign(u=SIX["v"] * 2), {"covariates": ("u",)}, EstimationError, "no residuals"),
        (
            SIX.assign(u=SIX["v"], v=SIX["v"] * 1e-9),
            {"covariates": ("u",)},
            EstimationError,
            "no residuals",
        ),
    ],
)
def test_values_that_carry_no_statistic_are_refused(frame, roles, error, told):
    with pytest.raises(error, match=told):
        _fit("moran", frame, "v", {"x": "e", "y": "n", "knn": "2"}, **roles)


@pytest.mark.parametrize("name", ["moran", "local_moran", "getis_ord"])
@pytest.mark.parametrize("power", [-1000, 1000])
def test_unit_of_measure_changes_no_digit(name, power):
    """Values times a power of two, near the ends of what numbers hold."""
    options = {"x": "e", "y": "n", "distance": "15", "permutations": "19"}
    one = _fit(name, SIX, "v", options)[0].terms
    two = _fit(name, SIX.assign(v=np.ldexp(SIX["v"], power)), "v", options)[0].terms
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_general_g_of_one_positive_value_is_refused():
    frame = SIX.assign(v=[1, 0, 0, 0, 0, 0])
    with pytest.raises(InputError, match="two places with values > 0"):
        _fit("getis_ord", frame, "v", {"x": "e", "y": "n", "distance": "15"})


def test_negative_values_have_local_deviates_but_no_general_g():
    frame = SIX.assign(v=SIX["v"] - 4)
    options = {"x": "e", "y": "n", "distance": "15"}
    with pytest.raises(InputError, match="3 negative"):
        _fit("getis_ord", frame, "v", options)
    shifted = _fit("getis_ord", frame, "v", {**options, "scope": "local"})[0].terms
    plain = _fit("getis_ord", SIX, "v", {**options, "scope": "local"})[0].terms
    np.testing.assert_allclose(shifted["estimate"], plain["estimate"], rtol=1e-12)


def test_place_next_to_all_others_has_no_deviate_and_is_named():
    frame = SIX.iloc[:4].assign(u=list("abcd"), n=["b;c;d", "a", "a", "a"])
    options = {"adjacency": "n", "star": "false", "scope": "local"}
    found, terms = _fit("getis_ord", frame, "v", options, unit="u")
    assert np.isnan(terms.loc["G[a]", "estimate"])
    assert found.conventions["undefined"] == "a"
