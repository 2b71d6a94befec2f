"""Placebo tests against enumeration by hand, and their size under no effect."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from landwatch.models.estimators.placebo import p_value, unit_statistics
from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable
from landwatch.vocabulary.errors import EstimationError


def _frame(value, first):
    n, t = value.shape
    return pd.DataFrame(
        {
            "u": np.repeat([f"u{i:03d}" for i in range(n)], t),
            "t": np.tile(np.arange(1, t + 1), n),
            "y": value.ravel(),
            "g": np.repeat(first, t),
        }
    )


def _fit(value, first, **options):
    table = EstimationTable(_frame(value, first), "y", "u", "t", "g")
    found = fit_estimator("placebo", table, options)
    return found.terms.set_index("term"), found


def _noise(n=9, t=8, seed=0):
    return np.random.default_rng(seed).normal(size=(n, t)).cumsum(axis=1)


def test_p_is_the_rank_among_all_sets_of_never_treated_units():
    """Two treated, seven never treated: 21 pairs by hand and the real one."""
    value, first = _noise(), np.r_[5, 5, np.zeros(7)]
    terms, found = _fit(value, first)
    change = value[:, 4:].mean(axis=1) - value[:, :4].mean(axis=1)
    never = change[2:]
    real = change[:2].mean() - never.mean()
    pairs = [never[list(p)].mean() - np.delete(never, p).mean() for p in combinations(range(7), 2)]
    assert terms.loc["ATT", "estimate"] == pytest.approx(real)
    assert terms.loc["ATT", "p_value"] == (1 + sum(abs(np.array(pairs)) >= abs(real))) / 22
    assert found.conventions["assignments"] == "all"
    np.testing.assert_allclose(np.sort(found.detail["placebos"]["placebo"]), np.sort(pairs))


def test_shuffled_labels_are_the_exact_permutation_test_of_scipy():
    """pool=all equals scipy's exact test of two means on the changes."""
    value, first = _noise(seed=3), np.r_[5, 5, 5, np.zeros(6)]
    change = value[:, 4:].mean(axis=1) - value[:, :4].mean(axis=1)
    known = stats.permutation_test(
        (change[:3], change[3:]), lambda a, b: a.mean() - b.mean(), n_resamples=np.inf,
        alternative="greater",
    )  # fmt: skip
    terms, _ = _fit(value, first, pool="all", alternative="greater")
    assert terms.loc["ATT", "p_value"] == pytest.approx(known.pvalue)
    assert np.isnan(terms.loc["ATT", "ci_low"])


def test_two_dates_are_placed_together():
    """One unit at each of two dates among five never treated: 20 ordered pairs by hand."""
    value, first = _noise(n=7, seed=1), np.r_[4, 6, np.zeros(5)]
    terms, found = _fit(value, first)
    at = {d: value[:, d - 1 :].mean(axis=1) - value[:, : d - 1].mean(axis=1) for d in (4, 6)}

    def statistic(i, j, rest):
        return (at[4][i] - at[4][rest].mean() + at[6][j] - at[6][rest].mean()) / 2

    real = statistic(0, 1, [2, 3, 4, 5, 6])
    placebos = [
        statistic(i, j, [k for k in range(2, 7) if k not in (i, j)])
        for i, j in permutations(range(2, 7), 2)
    ]
    assert terms.loc["ATT", "estimate"] == pytest.approx(real)
    np.testing.assert_allclose(np.sort(found.detail["placebos"]["placebo"]), np.sort(placebos))


def test_interval_holds_exactly_the_effects_the_test_keeps():
    """Taking an effect off the treated units: p above 5 % inside the interval, below outside."""
    value, first = _noise(n=26, seed=2), np.r_[5, np.zeros(25)]
    terms, _ = _fit(value, first)
    for bound, inward in (("ci_low", 1), ("ci_high", -1)):
        p = []
        for shift in (1e-6 * inward, -1e-6 * inward):
            changed = value.copy()
            changed[0, 4:] -= terms.loc["ATT", bound] + shift
            p.append(_fit(changed, first)[0].loc["ATT", "p_value"])
        assert p[0] > 0.05 >= p[1]


def test_false_dates_use_periods_before_treatment_only():
    """Whatever happens after treatment, false dates stay; the estimate at one is a double mean."""
    value, first = _noise(seed=5), np.r_[6, np.zeros(8)]
    changed = value.copy()
    changed[0, 5:] += 100.0
    base, moved = _fit(value, first)[0], _fit(changed, first)[0]
    false = [t for t in base.index if t.startswith("placebo_time:")]
    assert false == ["placebo_time:3", "placebo_time:4", "placebo_time:5"]
    pd.testing.assert_frame_equal(base.loc[false], moved.loc[false])
    early = value[:, 2:5].mean(axis=1) - value[:, :2].mean(axis=1)
    by_hand = early[0] - early[1:].mean()
    assert base.loc["placebo_time:3", "estimate"] == pytest.approx(by_hand)
    assert moved.loc["placebo_time", "p_value"] == 0.25  # first of four dates


def test_false_alarms_keep_their_level():
    """Labels at random, no effect: exact at 10 % (100 worlds; 99.9 % of binomials lie below 21)."""
    hits = 0
    for seed in range(100):
        value = np.random.default_rng(seed).normal(size=(10, 4))
        terms, _ = _fit(value, np.r_[3, 3, np.zeros(8)], pool="all", false_dates=False)
        hits += terms.loc["ATT", "p_value"] <= 0.10
    assert hits < 21


def test_draws_follow_the_seed_and_not_the_order_of_rows():
    value, first = _noise(n=40, seed=6), np.r_[np.full(5, 5), np.zeros(35)]
    table = _frame(value, first)
    terms = [
        fit_estimator(
            "placebo", EstimationTable(frame, "y", "u", "t", "g"), {"draws": 500, "seed": seed}
        ).terms
        for frame, seed in ((table, 1), (table.sample(frac=1.0, random_state=0), 1), (table, 2))
    ]
    pd.testing.assert_frame_equal(terms[0], terms[1])
    assert terms[0].loc[0, "std_error"] != terms[2].loc[0, "std_error"]
    # 500 draws of a spread: relative error about 1 / sqrt(1000)
    assert terms[0].loc[0, "std_error"] == pytest.approx(terms[2].loc[0, "std_error"], rel=0.15)


def test_units_without_both_sides_are_left_out_and_counted():
    value, first = _noise(n=12), np.r_[5, np.zeros(11)]
    value[3, 4:] = np.nan
    terms, found = _fit(value, first)
    assert found.conventions["units_dropped_gaps"] == 1
    assert terms.loc["ATT", "n_obs"] == 11 * 8


def test_detrended_change_is_the_distance_from_the_own_line():
    """A straight line has none, whatever its gaps; polyfit gives the rest."""
    time = np.arange(1.0, 9.0)
    value = np.vstack([3 + 2 * time, np.random.default_rng(0).normal(size=8)])
    value[0, 2] = np.nan
    found = unit_statistics(value, time, 6.0, "detrended_change")
    line = np.polyval(np.polyfit(time[:5], value[1, :5], 1), time[5:])
    np.testing.assert_allclose(found, [0.0, (value[1, 5:] - line).mean()], atol=1e-12)


def test_rounding_decides_no_rank():
    """A placebo equal up to the last digit counts as extreme."""
    assert p_value(0.3, np.array([0.1 + 0.2, 0.1])) == p_value(0.1 + 0.2, np.array([0.3, 0.1]))


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (np.zeros(9), "found 0 and 9"),
        (np.r_[np.full(8, 5), 0], "found 8 and 1"),
        (np.r_[np.full(6, 5), np.zeros(3)], "more never-treated"),
    ],
)
def test_nothing_to_permute_is_said(first, told):
    with pytest.raises(EstimationError, match=told):
        _fit(_noise(), first)
