"""Both sides are told what the numbers carry, and no more."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.cartography.conclusions import (
    Evidence,
    conclusion_table,
    conclusions,
    evidence_of,
)
from landwatch.cartography.numbers import percent_change, percent_text


def _evidence(outcome="land_price", low=-0.05, high=0.08, up=0, down=0):
    return Evidence(outcome, 10, 6, up, down, low, high, 0.3)


def _english(told):
    return " ".join(text[1] for text in told)


def test_an_interval_around_zero_leaves_both_sides_their_bound():
    told = conclusions(_evidence())
    assert _english(told.critic) == "An average rise of up to +8.3% is not excluded."
    assert _english(told.supporter) == "An average fall of up to −4.9% is not excluded."


def test_a_rise_by_every_estimator_is_the_critics():
    told = conclusions(_evidence(low=0.02, high=0.08, up=2))
    assert "2 of 6 zones" in _english(told.critic)
    assert "at least +2.0%" in _english(told.critic)
    assert _english(told.supporter) == "On average there is no fall of land price."


def test_for_livelihood_the_sides_change_and_numbers_are_per_year():
    told = conclusions(_evidence("population", low=0.01, high=0.02))
    assert "at least +1.0% a year" in _english(told.supporter)
    assert "no fall of population" in _english(told.critic)


def test_an_outcome_without_any_estimate_carries_nothing():
    told = conclusions(Evidence("rent", 10, 0, 0, 0, math.nan, math.nan, math.nan))
    assert (told.critic, told.supporter) == ((), ())
    assert "none of 10 zones" in _english(told.neither)


@given(st.floats(-0.5, 0.5), st.floats(0.001, 0.5), st.integers(0, 6))
def test_neither_side_is_given_the_others_claim(middle, half, up):
    evidence = _evidence(low=middle - half, high=middle + half, up=up)
    critic, supporter = (
        _english(conclusions(evidence).critic),
        _english(conclusions(evidence).supporter),
    )
    assert ("every estimator" in critic) == (evidence.low > 0)
    assert ("every estimator" in supporter) == (evidence.high < 0)
    assert ("after adjusting" in critic) == (up > 0)
    if evidence.low <= 0 < evidence.high:
        assert percent_text(percent_change(evidence.high)) in critic


def test_numbers_come_from_the_widest_interval_and_both_families():
    effects = pd.DataFrame(
        {
            "outcome": ["land_price"] * 3,
            "status": ["estimated", "estimated", "insufficient_data: few"],
            "q_value": [0.01, 0.01, math.nan],
            "q_axis": [0.02, 0.2, math.nan],
            "estimate_log": [0.3, 0.3, math.nan],
            "mde_log": [0.1, 0.3, math.nan],
            "alarms": "composition",
        }
    )
    pooled = pd.DataFrame(
        {"outcome": ["land_price"] * 2, "ci_low": [-0.1, 0.0], "ci_high": [0.1, 0.3]}
    )
    found = evidence_of("land_price", effects, pooled, fdr=0.05)
    assert (found.n_zones, found.n_estimated, found.n_up, found.n_down) == (3, 2, 1, 0)
    assert (found.low, found.high, found.mde) == pytest.approx((-0.1, 0.3, 0.2))
    table = conclusion_table(effects, pooled, fdr=0.05)
    assert table["side"].tolist() == ["critic", "critic", "supporter", *["neither"] * 4]
    assert "the mix of deals changed with it" in " ".join(table["text_en"])
