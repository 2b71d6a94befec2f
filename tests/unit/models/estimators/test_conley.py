"""Spatial standard errors against dense sums by hand and diff-diff."""

import numpy as np
import pandas as pd
import pytest
from diff_diff.conley import _compute_conley_vcov

from landwatch.models.estimators.conley import conley_error
from landwatch.models.estimators.near_pairs import distance_km
from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable
from landwatch.vocabulary.errors import InputError, StudyError

RADIUS = 6371.01


@pytest.fixture
def places() -> pd.DataFrame:
    """Sixty places in four years, with shocks that neighbours share."""
    draw = np.random.default_rng(21)
    lat, lon = 23 + draw.random(60), 120.5 + draw.random(60)
    frame = pd.DataFrame({"id": np.repeat(np.arange(60), 4), "year": np.tile(np.arange(4), 60)})
    at = frame["id"].to_numpy()
    shock = np.sin(9 * lat)[at] + np.cos(9 * lon)[at]
    x = draw.normal(size=240) + shock
    y = 0.2 * x + shock + draw.normal(size=240)
    return frame.assign(lat=lat[at], lon=lon[at], x=x, y=y).sample(frac=1, random_state=1)


def _hand(frame, weight):
    """Sandwich with a full matrix of pair weights, on an intercept and x."""
    x = np.column_stack([frame["x"], np.ones(len(frame))])
    bread = np.linalg.inv(x.T @ x)
    scores = x * (frame["y"].to_numpy() - x @ bread @ x.T @ frame["y"].to_numpy())[:, None]
    return np.sqrt(np.diag(bread @ scores.T @ weight @ scores @ bread))


def _great_circle(frame):
    """Arc from the chord between unit vectors, another formula than the code's."""
    lat, lon = np.radians(frame["lat"].to_numpy()), np.radians(frame["lon"].to_numpy())
    unit = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    chord = np.linalg.norm(unit[:, None] - unit[None, :], axis=2)
    return 2 * RADIUS * np.arcsin(chord / 2)


def _fit(frame, roles=None, **options):
    table = EstimationTable(frame, "y", covariates=("x",), **(roles or {}))
    options = {"lat": "lat", "lon": "lon", "cutoff_km": 25.0, **options}
    return fit_estimator("conley", table, options).terms


@pytest.mark.parametrize("kernel", ["uniform", "bartlett"])
@pytest.mark.parametrize("same", [True, False])
def test_errors_equal_the_dense_sum(places, kernel, same) -> None:
    """Every pair by hand, within a period or across."""
    apart = _great_circle(places)
    weight = (apart <= 25) * (1.0 if kernel == "uniform" else 1 - apart / 25)
    if same:
        weight = weight * (places["year"].to_numpy()[:, None] == places["year"].to_numpy())
    found = _fit(places, {"period": "year"}, kernel=kernel, same_period=same)
    np.testing.assert_allclose(found["std_error"], _hand(places, weight), rtol=1e-9)


@pytest.mark.parametrize("kernel", ["uniform", "bartlett"])
def test_serial_lags_equal_diff_diff(places, kernel) -> None:
    """diff-diff 3.13: same-period pairs plus a unit's own lags, Bartlett weights."""
    x = np.column_stack([places["x"], np.ones(len(places))])
    residual = places["y"].to_numpy() - x @ np.linalg.lstsq(x, places["y"].to_numpy())[0]
    matrix = _compute_conley_vcov(
        x, residual, places[["lat", "lon"]].to_numpy(), 25.0, "haversine", kernel, x.T @ x,
        time=places["year"].to_numpy(), unit=places["id"].to_numpy(), lag_cutoff=2,
    )  # fmt: skip
    found = _fit(places, {"unit": "id", "period": "year"}, kernel=kernel, lag=2)
    np.testing.assert_allclose(found["std_error"], np.sqrt(np.diag(matrix)), rtol=1e-9)


def test_flat_degrees_and_factor_are_those_of_fixest(places) -> None:
    """fixest, src/vcov_related.cpp: 111·√(Δlat² + (cos(mean lat)·Δlon)²) and (n − 1)/(n − k)."""
    lat, lon = places["lat"].to_numpy(), places["lon"].to_numpy()
    middle = np.cos(np.radians((lat[:, None] + lat) / 2))
    apart = 111 * np.sqrt((lat[:, None] - lat) ** 2 + (middle * (lon[:, None] - lon)) ** 2)
    expected = _hand(places, (apart <= 25).astype(float)) * np.sqrt(239 / 238)
    found = _fit(places, distance="flat111", small_sample="fixest")
    np.testing.assert_allclose(found["std_error"], expected, rtol=1e-9)


def test_a_cutoff_below_every_distance_is_robust_to_heteroscedasticity(places) -> None:
    """Only each row with itself is left: HC0."""
    one = places[places["year"] == 0]
    table = EstimationTable(one, "y", covariates=("x",))
    robust = fit_estimator("hedonic", table, {"se": "HC0"}).terms
    np.testing.assert_allclose(
        _fit(one, cutoff_km=1e-6)["std_error"], robust["std_error"], rtol=1e-9
    )


def test_rows_of_one_place_make_a_cluster(places) -> None:
    """With a cut-off below every distance between places: CR0 by place."""
    table = EstimationTable(places, "y", covariates=("x",), cluster=("id",))
    clustered = fit_estimator("hedonic", table, {"se": "CR0"}).terms
    found = _fit(places, cutoff_km=1e-6)
    np.testing.assert_allclose(found["std_error"], clustered["std_error"], rtol=1e-9)


def test_metres_give_the_same_as_a_plane_by_hand(places) -> None:
    """x and y in metres: Euclid's distance."""
    flat = places.assign(e=places["lon"] * 100_000, n=places["lat"] * 110_000)
    apart = np.hypot(*(flat[c].to_numpy()[:, None] - flat[c].to_numpy() for c in ("e", "n")))
    table = EstimationTable(flat, "y", covariates=("x",))
    found = fit_estimator("conley", table, {"x": "e", "y": "n", "cutoff_km": 20.0}).terms
    expected = _hand(flat, (apart <= 20_000).astype(float))
    np.testing.assert_allclose(found["std_error"], expected, rtol=1e-9)


def test_distances_across_the_date_line_and_to_the_pole() -> None:
    """A degree of a great circle is 111.195 km everywhere, also across 180°."""
    one = np.array([[179.5, 0.0], [10.0, 89.5], [-170.0, 10.0]])
    other = np.array([[-179.5, 0.0], [190.0, 89.5], [190.0, 11.0]])
    found = distance_km(one, other, "haversine")
    np.testing.assert_allclose(found, RADIUS * np.pi / 180, rtol=1e-9)


def test_treatment_with_unit_and_period_effects(places) -> None:
    """A dated treatment gives the two-way estimate, and the one-call function the same error."""
    frame = places.assign(g=np.where(places["id"] < 20, 2, 0))
    table = EstimationTable(frame, "y", "id", "year", "g")
    options = {"lat": "lat", "lon": "lon", "cutoff_km": 25.0}
    found = fit_estimator("conley", table, options).terms
    two_way = fit_estimator("twfe", table, {}).terms
    assert found["term"].tolist() == ["ATT"]
    assert found["estimate"].iloc[0] == pytest.approx(two_way["estimate"].iloc[0], rel=1e-9)
    on = ((frame["g"] > 0) & (frame["year"] >= frame["g"])).astype(float).to_frame("on")
    estimate, error = conley_error(
        frame["y"], on, frame[["id", "year"]], frame[["lon", "lat"]].to_numpy(), cutoff_km=25.0,
        period=frame["year"].to_numpy(),
    )  # fmt: skip
    assert (estimate, error) == pytest.approx(tuple(found.loc[0, ["estimate", "std_error"]]))


@pytest.mark.parametrize(
    ("change", "roles", "options", "error", "told"),
    [
        ({}, {}, {"lat": ""}, StudyError, "lat=COLUMN"),
        ({}, {}, {"cutoff_km": 0}, StudyError, "cutoff_km above 0"),
        ({}, {}, {"lag": 2}, StudyError, "needs --unit and --period"),
        ({}, {"unit": "id"}, {}, StudyError, "makes no use of --unit"),
        ({"lat": 2_600_000.0}, {}, {}, InputError, "found 240 rows outside"),
        ({}, {}, {"lat": "latitude"}, InputError, "missing columns: latitude"),
    ],
)
def test_places_that_cannot_be_used_are_refused(
    places, change, roles, options, error, told
) -> None:
    """One message that names the fault."""
    with pytest.raises(error, match=told):
        _fit(places.assign(**change), roles, **options)
