"""Weights on the simplex are the optimum, and R's early stop is reproduced apart from it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from landwatch.models.estimators.frank_wolfe import frank_wolfe_weights
from landwatch.models.estimators.simplex import fit_simplex


def _objective(weights, target, donors, ridge, intercept):
    miss = target - donors @ weights
    miss = miss - miss.mean() if intercept else miss
    return float(miss @ miss + ridge * weights @ weights)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    shape=st.tuples(st.integers(2, 12), st.integers(2, 9)),
    ridge=st.sampled_from([0.0, 1e-8, 0.3, 50.0]),
    intercept=st.booleans(),
)
def test_no_point_of_the_simplex_fits_better(seed, shape, ridge, intercept):
    """Neither a thousand random mixes nor the corners beat it; shares are shares."""
    random = np.random.default_rng(seed)
    target, donors = random.normal(size=shape[0]) * 10, random.normal(size=shape) * 10
    fit = fit_simplex(target, donors, ridge=ridge, intercept=intercept)
    assert fit.weights.min() >= 0
    assert fit.weights.sum() == pytest.approx(1.0, abs=1e-12)
    best = _objective(fit.weights, target, donors, ridge, intercept)
    assert fit.objective == pytest.approx(best, rel=1e-8, abs=1e-8)
    rivals = np.vstack([np.eye(shape[1]), random.dirichlet(np.ones(shape[1]), size=1000)])
    # 1e-8 of the objective is the duality gap the solver promises.
    least = min(_objective(w, target, donors, ridge, intercept) for w in rivals)
    assert best <= least * (1 + 1e-8) + 1e-8


def test_a_general_minimiser_ends_at_the_same_weights():
    """With a penalty the optimum is unique; SLSQP's own tolerance is 1e-12 on the objective."""
    random = np.random.default_rng(3)
    target, donors = random.normal(size=8), random.normal(size=(8, 5))
    fit = fit_simplex(target, donors, ridge=0.5, intercept=True)
    other = minimize(
        _objective, np.full(5, 0.2), args=(target, donors, 0.5, True), method="SLSQP",
        bounds=[(0, 1)] * 5, constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-12},
    )  # fmt: skip
    np.testing.assert_allclose(fit.weights, other.x, atol=1e-5)


def test_weights_do_not_depend_on_the_order_or_scale_of_columns():
    """Permuted donors get permuted weights; a unit of measurement changes nothing."""
    random = np.random.default_rng(5)
    target, donors = random.normal(size=9), random.normal(size=(9, 6))
    order = random.permutation(6)
    fit = fit_simplex(target, donors, ridge=0.2)
    turned = fit_simplex(target, donors[:, order], ridge=0.2)
    scaled = fit_simplex(target * 1e6, donors * 1e6, ridge=0.2e12)
    np.testing.assert_allclose(turned.weights, fit.weights[order], atol=1e-10)
    np.testing.assert_allclose(scaled.weights, fit.weights, atol=1e-10)


def test_donors_alike_share_alike():
    """Columns without any variation leave nothing to choose: equal weights."""
    fit = fit_simplex(np.zeros(3), np.zeros((3, 4)))
    np.testing.assert_allclose(fit.weights, 0.25)


def test_perfect_fits_and_steep_scales_are_solved_too():
    """Zeros and ones under shares from 1e-8 to 1: the solver's own tolerance ended these early."""
    for seed in range(300):
        random = np.random.default_rng(seed)
        shape = random.integers(2, 6), random.integers(2, 9)
        root = np.sqrt(random.dirichlet(np.full(shape[0], 0.1)) + 1e-8)
        donors = root[:, None] * (random.random(shape) > 0.5)
        fit = fit_simplex(root * (random.random(shape[0]) > 0.5), donors)
        assert fit.gap <= 1e-8


def test_frank_wolfe_never_ends_below_the_optimum_and_comes_near_it():
    """It stops early by design; run to a tiny tolerance it reaches a unique optimum."""
    random = np.random.default_rng(8)
    target, donors = random.normal(size=10), random.normal(size=(10, 4))
    exact = fit_simplex(target, donors, ridge=1.0, intercept=True)
    weights = frank_wolfe_weights(target, donors, ridge=1.0, intercept=True, tolerance=1e-7)
    value = _objective(weights, target, donors, 1.0, True)
    assert value >= exact.objective - 1e-12
    # its steps end when the mean loss falls by less than 1e-14
    assert value == pytest.approx(exact.objective, rel=1e-6)
