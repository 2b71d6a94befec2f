"""The verdict table."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from landwatch.models.verdict_rules import VERDICTS, matching_rule
from landwatch.models.verdicts import fit_verdicts
from landwatch.vocabulary.errors import InputError

STATES = ("up", "not_up", "unseen", "missing")


def _row(outcome: str, estimate: float, q: float, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "zone_id": "Z1",
        "zone_name": "太麻里鄉",
        "outcome": outcome,
        "estimate_log": estimate,
        "ci_low": estimate - 0.05,
        "ci_high": estimate + 0.05,
        "p_value": q,
        "q_value": q,
        "mde_log": 0.1,
        "breakdown_m": 0.3,
        "breakdown_drift": 1.2,
        "status": "estimated",
        "attacks_tried": 4,
        "attacks_failed": "",
        "disagreement": "",
        "pre_trend_p": 0.6,
    }
    return row | changes


def _missing(outcome: str) -> dict[str, object]:
    nan = {
        k: np.nan
        for k in ("ci_low", "ci_high", "p_value", "mde_log", "breakdown_m", "breakdown_drift")
    }
    return _row(outcome, np.nan, np.nan, status="insufficient_data: no control in county", **nan)


LAND_UP, LAND_FLAT = _row("land_price", 0.2, 0.001), _row("land_price", 0.01, 0.9)
PEOPLE_UP, PEOPLE_FLAT = _row("population", 0.02, 0.001), _row("population", 0.0, 0.9)
BLUNT = _row("land_price", 0.01, 0.9, mde_log=0.3)


@pytest.mark.parametrize(
    ("rows", "verdict", "confidence"),
    [
        ([LAND_UP, PEOPLE_UP], "both", "strong"),
        ([LAND_UP, PEOPLE_FLAT], "price_rise", "strong"),
        ([LAND_FLAT, PEOPLE_UP], "revitalised", "strong"),
        ([LAND_FLAT, PEOPLE_FLAT], "no_change", ""),
        ([BLUNT, PEOPLE_FLAT], "insufficient", ""),
        ([BLUNT | {"mde_log": 0.25}, PEOPLE_FLAT], "no_change", ""),
        ([BLUNT | {"mde_log": 0.2501}, PEOPLE_FLAT], "insufficient", ""),
        ([BLUNT, PEOPLE_UP], "revitalised", "strong"),
        ([LAND_UP], "price_rise", "moderate"),
        ([LAND_UP, _missing("population")], "price_rise", "moderate"),
        ([_missing("land_price"), PEOPLE_UP], "revitalised", "moderate"),
        ([LAND_FLAT], "insufficient", ""),
        ([PEOPLE_FLAT], "insufficient", ""),
        ([_missing("land_price"), _missing("births")], "insufficient", ""),
        ([LAND_UP, PEOPLE_UP, _row("income", -0.03, 0.01)], "price_rise", "strong"),
        ([_row("land_price", -0.2, 0.001), PEOPLE_FLAT], "no_change", ""),
        ([_row("rent", 0.2, 0.001), PEOPLE_FLAT], "price_rise", "weak"),
        ([_row("rent", 0.2, 0.001, breakdown_drift=9.0)], "price_rise", "weak"),
        ([_row("rent", 0.2, 0.001), LAND_UP, PEOPLE_FLAT], "price_rise", "strong"),
        (
            [_row("land_price", 0.2, 0.02, breakdown_drift=0.7), PEOPLE_FLAT],
            "price_rise",
            "moderate",
        ),
        ([_row("land_price", 0.2, 0.001, breakdown_drift=0.4), PEOPLE_FLAT], "price_rise", "weak"),
        ([_row("land_price", 0.2, 0.001, breakdown_drift=np.nan), PEOPLE_UP], "both", "weak"),
        ([_row("land_price", 0.2, 0.051), PEOPLE_FLAT], "no_change", ""),
        ([LAND_UP | {"attacks_failed": "donut"}, PEOPLE_FLAT], "price_rise", "moderate"),
        ([LAND_UP | {"attacks_failed": "donut,window"}, PEOPLE_FLAT], "price_rise", "weak"),
        ([LAND_UP | {"breakdown_m": 0.2}, PEOPLE_FLAT], "price_rise", "moderate"),
        ([LAND_UP | {"attacks_tried": 3}, PEOPLE_FLAT], "price_rise", "moderate"),
        ([LAND_UP | {"attacks_tried": 1}, PEOPLE_FLAT], "price_rise", "weak"),
        ([LAND_UP | {"disagreement": "synthetic_did"}, PEOPLE_FLAT], "price_rise", "weak"),
        ([LAND_UP | {"pre_trend_p": 0.04}, PEOPLE_FLAT], "price_rise", "weak"),
    ],
)
def test_rules(rows: list[dict[str, object]], verdict: str, confidence: str) -> None:
    """Each combination of effects gives the verdict and confidence the rules promise."""
    found = fit_verdicts(pd.DataFrame(rows)).iloc[0]
    assert (found["verdict"], found["confidence"]) == (verdict, confidence)


def test_a_price_that_is_sure_among_its_own_zones_only_is_not_flagged() -> None:
    """The best of several outcomes is taken, so the axis has a test of its own."""
    quiet = [_row(o, 0.01, 0.9) for o in ("farmland_price", "house_price", "population")]
    rows = [_row("land_price", 0.2, 0.05), *quiet]
    assert fit_verdicts(pd.DataFrame(rows))["verdict"].tolist() == ["no_change"]
    rows[0]["p_value"] = 0.008
    assert fit_verdicts(pd.DataFrame(rows))["verdict"].tolist() == ["price_rise"]


def test_outcomes_that_tell_one_story_count_together() -> None:
    """Three land outcomes at p = 0.04 are one claim, not three tests at 0.12."""
    land = [_row(o, 0.2, 0.04) for o in ("land_price", "farmland_price", "house_price")]
    assert fit_verdicts(pd.DataFrame([*land, PEOPLE_FLAT]))["verdict"].tolist() == ["price_rise"]


def test_effects_without_attacks_carry_little_confidence() -> None:
    """A table whose effects nobody attacked cannot be more than weak."""
    rows = pd.DataFrame([LAND_UP, PEOPLE_FLAT]).drop(columns=["attacks_tried", "disagreement"])
    assert fit_verdicts(rows)["confidence"].tolist() == ["weak"]


def test_reasons_tell_failed_attacks_and_disagreement() -> None:
    """What speaks against an effect stands beside its numbers."""
    row = LAND_UP | {"attacks_failed": "donut,window", "disagreement": "synthetic_did"}
    said = fit_verdicts(pd.DataFrame([row, PEOPLE_FLAT]))["reasons"].iloc[0]
    assert said.startswith(
        "land_price:+0.200[0.150,0.250] q=0.001 d=1.20 m=0.30 attacks=4 fails=donut,window "
        "disagrees=synthetic_did;"
    )


def test_every_pair_of_states_has_a_rule() -> None:
    """No combination of axes is left without a verdict."""
    given = {matching_rule(land, people).verdict for land, people in product(STATES, STATES)}
    assert given == set(VERDICTS)


def test_an_unknown_state_is_refused() -> None:
    """A state outside the four is a fault, not a verdict."""
    with pytest.raises(InputError, match="sideways"):
        matching_rule("sideways", "up")


def test_reasons_carry_the_numbers() -> None:
    """Codes name estimate, interval, q and breakdown, or why there are none, then the rule."""
    found = fit_verdicts(pd.DataFrame([LAND_UP, _missing("population")])).iloc[0]
    assert found["reasons"].split(";") == [
        "land_price:+0.200[0.150,0.250] q=0.001 d=1.20 m=0.30 attacks=4",
        "population:insufficient_data: no control in county",
        "livelihood:not_observed",
    ]


def test_insufficient_says_which_axis_could_not_have_shown_it() -> None:
    """Too large a detectable effect is named as the reason."""
    found = fit_verdicts(pd.DataFrame([BLUNT, PEOPLE_FLAT])).iloc[0]
    assert found["reasons"].endswith(";land:not_detectable")


def test_zones_are_judged_apart_and_in_order() -> None:
    """Order of rows does not matter; one row per zone."""
    rows = pd.DataFrame([LAND_UP, PEOPLE_FLAT, LAND_FLAT | {"zone_id": "A"}])
    found = fit_verdicts(rows)
    assert found["zone_id"].tolist() == ["A", "Z1"]
    pd.testing.assert_frame_equal(fit_verdicts(rows[::-1]), found)


def test_a_stricter_rate_flags_less() -> None:
    """The threshold is the false discovery rate asked for."""
    rows = pd.DataFrame([_row("land_price", 0.2, 0.03), PEOPLE_FLAT])
    assert fit_verdicts(rows, fdr=0.01)["verdict"].tolist() == ["no_change"]


def test_unknown_outcomes_and_repeats_are_refused_together() -> None:
    """All faults of the table are in one error."""
    rows = pd.DataFrame([LAND_UP, LAND_UP, _row("mood", 0.1, 0.5)])
    with pytest.raises(InputError, match="neither axis: mood; 1 rows repeat"):
        fit_verdicts(rows)


def test_missing_columns_are_named() -> None:
    """The error names them."""
    with pytest.raises(InputError, match="q_value"):
        fit_verdicts(pd.DataFrame([LAND_UP]).drop(columns="q_value"))


def test_an_outcome_that_fell_is_said_beside_the_verdict() -> None:
    """'No change' never hides that a price or a livelihood figure significantly fell."""
    effects = pd.DataFrame(
        [
            _row("land_price", -0.3, 0.001),
            _row("population", -0.05, 0.001),
        ]
    )
    judged = fit_verdicts(effects).iloc[0]
    assert judged["verdict"] == "no_change"
    assert judged["reasons"].endswith("land:fell;livelihood:fell")


def test_a_drift_before_the_date_makes_evidence_weak() -> None:
    """A zone that had drifted apart from its controls before its date is never more than weak."""
    row = _row("land_price", 0.2, 0.001)
    judged = [
        fit_verdicts(pd.DataFrame([row | {"pre_trend_p": p}, PEOPLE_FLAT | {"pre_trend_p": 0.5}]))
        for p in (0.001, 0.4)
    ]
    assert [j["confidence"].item() for j in judged] == ["weak", "strong"]


def test_no_change_seen_only_in_houses_says_what_it_could_not_see() -> None:
    """Sharp house prices carry 'no change'; blunt land beside them is named, sharp land is not."""
    house = _row("house_price", 0.01, 0.9)
    blunt = fit_verdicts(pd.DataFrame([house, BLUNT, PEOPLE_FLAT])).iloc[0]
    sharp = fit_verdicts(pd.DataFrame([house, LAND_FLAT, PEOPLE_FLAT])).iloc[0]
    assert blunt["verdict"] == sharp["verdict"] == "no_change"
    assert blunt["reasons"].endswith("land:seen_in_buildings_only")
    assert "seen_in_buildings_only" not in sharp["reasons"]
