"""Union, hybrid and smoothness bounds against brute force, theory and the libraries' own tests."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize, stats

from landwatch.models.estimators.honest_bounds import (
    EventPath,
    breakdown,
    path_weight,
    steps_before,
    union_breakdown,
    union_interval,
)
from landwatch.models.estimators.honest_hybrid import (
    FIRST_STAGE,
    SIZE,
    _accepted,
    _moments,
    _piece,
    hybrid_breakdown,
    hybrid_interval,
)
from landwatch.models.estimators.honest_smoothness import SmoothFrontier, folded_quantile


def _path(seed, before=4, after=3, target="average", level=1.0):
    rng = np.random.default_rng(seed)
    n = before + after
    time = np.array([*range(-before, 0), *range(1, after + 1)])
    factor = rng.normal(size=(n, n + 2))
    weight = np.where(time > 0, 1.0 / after, 0.0)
    if target == "first":
        weight = (time == 1).astype(float)
    estimate = rng.normal(size=n) * 0.3 + level * (time > 0)
    return EventPath(time, estimate, factor @ factor.T * 0.01, weight)


def _truth_drawn(path, delta, draws, seed):
    """Estimates around a difference in trend without any effect."""
    rng = np.random.default_rng(seed)
    return [
        replace(path, estimate=e) for e in rng.multivariate_normal(delta, path.covariance, draws)
    ]


@pytest.mark.parametrize(("target", "weight"), [("first", 1.0), ("average", 2.0)])
def test_weight_of_steps_is_the_number_of_steps_passed(target, weight):
    """First period: one step. Mean of three periods: (1 + 2 + 3) / 3 steps."""
    assert path_weight(_path(0, target=target)) == pytest.approx(weight)


def test_step_over_a_gap_is_the_mean_step():
    """From period −4 (value 6) to −2 (value 2) each of two periods falls by 2."""
    path = EventPath(np.array([-4, -2, 1]), np.array([6.0, 2, 5]), np.eye(3), np.array([0.0, 0, 1]))
    assert (steps_before(path) @ path.estimate).tolist() == [-2.0, -1.0]


def test_union_without_noise_is_the_identified_set():
    """Published definition: l'beta ± M̄ w max |step| (Rambachan and Roth 2023, section 2.4)."""
    path = _path(1)
    exact = replace(path, covariance=np.zeros_like(path.covariance))
    reach = 1.5 * 2.0 * np.abs(steps_before(path) @ path.estimate).max()
    assert union_interval(exact, 1.5) == pytest.approx((path.target - reach, path.target + reach))


@pytest.mark.parametrize("seed", range(6))
def test_union_breakdown_is_where_the_interval_reaches_zero(seed):
    """At the closed-form value one end of the interval is zero, for effects of either sign."""
    path = _path(seed, level=1.5 if seed % 2 else -1.5)
    found = union_breakdown(path)
    assert 0 < found < np.inf
    assert min(np.abs(union_interval(path, found))) < 1e-9


def test_breakdown_has_three_cases():
    """Inside from the start 0, bias never large enough infinite, missing input missing."""
    value = breakdown([1.0, 5.0, np.nan], [1.0, 1.0, 1.0], [1.0, 0.0, 1.0], 0.0)
    assert value.tolist()[:2] == [0.0, np.inf]
    assert np.isnan(value[2])


@pytest.mark.parametrize("bound", [union_interval, hybrid_interval])
@pytest.mark.parametrize("step", [0, 3])
def test_intervals_cover_where_the_bias_is_as_large_as_allowed(bound, step):
    """Zero effect, and steps after the date as large as the one before it allows: zero is inside.

    The largest step is the first one, or the one into the reference; the slack is the 0.1 %
    quantile of a binomial of 95 %.
    """
    path, size = _path(2), 0.5
    jumps = np.array([size * (s == step) for s in range(4)] + [0.8 * size] * 3)
    levels = np.concatenate([[0.0], np.cumsum(jumps)])
    delta = np.delete(levels - levels[4], 4)
    options = {} if bound is union_interval else {"draws": 2000}
    inside = [
        low <= 0.0 <= high
        for low, high in (
            bound(drawn, 0.8, **options)
            for drawn in _truth_drawn(path, delta, 400 if bound is union_interval else 60, 3)
        )
    ]
    assert sum(inside) >= stats.binom.ppf(0.001, len(inside), 0.95)


@pytest.mark.parametrize("seed", range(3))
def test_union_holds_the_hybrid_interval(seed):
    """The union, with two-sided quantiles and no use of the other steps, is the wider one."""
    path = _path(seed)
    for m in (0.5, 2.0):
        union, hybrid = union_interval(path, m), hybrid_interval(path, m)
        slack = 0.02 * (union[1] - union[0])
        assert union[0] - slack <= hybrid[0]
        assert hybrid[1] <= union[1] + slack
    assert union_breakdown(path) <= hybrid_breakdown(path) + 0.02


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize("step", [0, 2, 3])
def test_every_candidate_is_accepted_as_by_the_library(after, step):
    """moderndid's tests by linear programmes, given our critical value, decide alike."""
    from moderndid.didhonest import lp_conditional_test, test_in_identified_set_lf_hybrid

    path = _path(5 + after, after=after)
    sign = float(np.sign(steps_before(path) @ path.estimate)[step])
    moments = _moments(4, after, 1.0, step, sign)
    values, vectors = np.linalg.eigh(path.covariance)
    normal = np.random.default_rng(0).standard_normal((len(values), 500))
    piece = _piece(path, moments, vectors * np.sqrt(values), normal)
    theta = np.linspace(path.target - 4, path.target + 4, 25)
    ours = _accepted(piece, theta)
    post = path.weight > 0
    options = {"hybrid_kappa": FIRST_STAGE, "lf_cv": piece.first_stage}
    axes = np.eye(after)
    axes[0] = path.weight[post]
    loads = moments[:, post] @ np.linalg.inv(axes)
    theirs = []
    for value in theta:
        if after == 1:
            shifted = path.estimate - value * post
            theirs.append(test_in_identified_set_lf_hybrid(
                y=shifted, sigma=path.covariance, A=moments, d=np.zeros(len(moments)), alpha=SIZE,
                **options,
            ))  # fmt: skip
            continue
        told = lp_conditional_test(
            y_t=moments @ path.estimate - loads[:, 0] * value, x_t=loads[:, 1:],
            sigma=moments @ path.covariance @ moments.T, alpha=SIZE, hybrid_flag="LF",
            hybrid_list=options, rows_for_arp=np.flatnonzero(np.abs(moments[:, post]).max(axis=1)),
        )  # fmt: skip
        theirs.append(not told["reject"])
    assert ours.tolist() == theirs
    assert 0 < ours.sum() < len(theta)


def test_earliest_step_before_the_date_counts():
    """A jump long before the date widens the bound; moderndid 0.2 leaves it out and is too sure."""
    from moderndid.didhonest import create_sensitivity_results_rm

    path = _path(0, before=3, after=2, target="first")
    levels = np.array([0.6, 0.02, 0.0, 1.0, 1.0])
    jump = replace(path, estimate=levels, covariance=np.eye(5) * 1e-4)
    low, _ = hybrid_interval(jump, 1.5)
    assert low <= 1.0 - 1.5 * 0.58
    theirs = create_sensitivity_results_rm(
        levels, jump.covariance, 3, 2, method="Conditional", m_bar_vec=[1.5], grid_points=100,
        grid_lb=-2.0, grid_ub=4.0,
    )  # fmt: skip
    assert theirs["lb"][0] > 0.8


def test_folded_normal_quantile_holds_95_percent():
    """|N(b, 1)| stays within the quantile with probability 0.95 (exact by the normal law)."""
    for bias in (0.0, 0.3, 1.0, 4.0, 30.0):
        half = folded_quantile(bias)
        assert stats.norm.cdf(half - bias) - stats.norm.cdf(-half - bias) == pytest.approx(0.95)


@pytest.mark.parametrize("m", [0.0, 0.05, 0.3, 3.0])
@pytest.mark.parametrize("seed", range(2))
def test_smoothness_interval_is_the_shortest(seed, m):
    """No other linear estimator found by a general optimiser has a shorter interval.

    The worst bias of an estimator is found anew, by a linear programme over trends.
    """
    path = _path(seed, before=3, after=2, target="first")
    low, high = SmoothFrontier(path).interval(m)
    before = path.time < 0

    def _length(v_free):
        v = path.weight.copy()
        v[before] = np.append(v_free, 0.0)
        v[2] = v @ path.time  # the reference is one period on: extrapolates a line exactly
        error = np.sqrt(v @ path.covariance @ v)
        return 2 * error * folded_quantile(_worst_bias(v, path.time, m) / error)

    starts = [np.zeros(2), np.array([0.3, -0.3])]
    best = min(
        optimize.minimize(_length, s, method="Nelder-Mead",
                          options={"xatol": 1e-7, "fatol": 1e-9, "maxfev": 600}).fun
        for s in starts
    )  # fmt: skip
    assert high - low == pytest.approx(best, rel=2e-4)


def _worst_bias(v, time, m):
    """Largest v'delta over trends that bend by at most m and are zero at the reference."""
    if m == 0.0:
        return 0.0
    grid = np.arange(time.min(), time.max() + 1)
    bends = np.zeros((len(grid) - 2, len(grid)))
    for row in range(len(bends)):
        bends[row, row : row + 3] = [1.0, -2.0, 1.0]
    cost = np.zeros(len(grid))
    cost[np.searchsorted(grid, time)] = v
    zero = (grid == 0).astype(float)[None]
    slope = (grid == 1).astype(float)[None]
    found = optimize.linprog(
        -cost, A_ub=np.vstack([bends, -bends]), b_ub=np.full(2 * len(bends), m),
        A_eq=np.vstack([zero, slope]), b_eq=[0.0, 0.0], bounds=(None, None),
    )  # fmt: skip
    return -found.fun


def test_linear_trend_is_taken_off_whatever_its_slope():
    """Adding a line through the reference moves no bound: only bends count."""
    path = _path(3)
    tilted = replace(path, estimate=path.estimate + 7.0 * path.time)
    plain, moved = (SmoothFrontier(p).interval(0.1) for p in (path, tilted))
    assert moved == pytest.approx(plain, abs=1e-5)


def test_smoothness_breakdown_is_where_the_interval_reaches_zero():
    """At the value found one end is zero."""
    frontier = SmoothFrontier(_path(4, level=3.0))
    found = frontier.breakdown()
    assert 0 < found < np.inf
    assert min(np.abs(frontier.interval(found))) < 1e-4


def test_smoothness_interval_covers_a_bending_trend():
    """A trend that bends by M at every period, no effect: zero inside at least 95 % of the time."""
    path = _path(6, after=2)
    delta = 0.05 * path.time**2 / 2 + 0.4 * path.time
    inside = []
    for drawn in _truth_drawn(path, delta, 40, 1):
        low, high = SmoothFrontier(drawn).interval(0.05)
        inside.append(low <= 0.0 <= high)
    assert sum(inside) >= stats.binom.ppf(0.001, 40, 0.95)
