"""Effects completed by both families of tests and by their attacks."""

import numpy as np
import pandas as pd
import pytest

from landwatch.models.adjustments import benjamini_hochberg
from landwatch.models.effect_table import completed_effects, precision_shares, with_axis_q

EFFECTS = pd.DataFrame(
    {
        "zone_id": ["A", "B", "A", "B"],
        "outcome": ["land_price", "land_price", "births", "births"],
        "p_value": [0.01, 0.2, np.nan, 0.03],
        "estimate_log": [0.2, -0.1, np.nan, 0.05],
    }
)


def _threat(zone, outcome, threat, survives, estimate=0.1):
    row = {"zone_id": zone, "outcome": outcome, "threat": threat}
    return row | {"estimate_log": estimate, "survives": survives}


def test_family_of_all_outcomes_is_adjusted_as_one():
    found = completed_effects(EFFECTS)
    np.testing.assert_array_equal(found["q_value_all"], benjamini_hochberg(EFFECTS["p_value"]))
    assert found["q_value_all"].iloc[0] == pytest.approx(0.03)


def test_axis_is_tested_in_the_direction_of_the_outcome():
    rows = pd.DataFrame(
        {
            "zone_id": ["A", "A", "A", "B"],
            "outcome": ["land_price", "house_price", "population", "land_price"],
            "p_value": [0.01, 0.02, 0.5, 0.04],
            "estimate_log": [0.2, -0.1, 0.01, 0.3],
        }
    )
    # one-sided; rises: A land 2 × 0.005, A livelihood 0.25, B land 0.02; falls: A land 2 × 0.01
    up, down = [0.01, 0.25, 0.02], [0.02, 0.75, 0.98]
    land_a, people_a, land_b = benjamini_hochberg(up)
    fall = benjamini_hochberg(down)[0]
    found = with_axis_q(rows)["q_axis"]
    np.testing.assert_allclose(found, [land_a, fall, people_a, land_b], rtol=1e-12)


def test_a_threat_fails_when_one_of_its_choices_does_and_counts_once():
    threats = pd.DataFrame(
        [
            _threat("A", "land_price", "date", True),
            _threat("A", "land_price", "date", False),
            _threat("A", "land_price", "donut", False),
            _threat("A", "land_price", "window", True),
            _threat("A", "land_price", "source", False, estimate=np.nan),
            _threat("", "land_price", "coverage", False),
            _threat("B", "births", "window", True),
            _threat("B", "births", "base", True),
            _threat("B", "births", "date", None),
        ]
    )
    found = completed_effects(EFFECTS, threats).set_index(["zone_id", "outcome"])
    assert found["attacks_tried"].tolist() == [3, 0, 0, 1]
    assert found["attacks_failed"].tolist() == ["date,donut", "", "", ""]


def test_disagreement_is_joined_by_zone_and_outcome():
    said = pd.DataFrame(
        {
            "zone_id": ["A", "B"],
            "outcome": ["land_price", "births"],
            "code": ["doubt", "disagree"],
            "beyond": ["synthetic_did", "imputation;synthetic_did"],
        }
    )
    found = completed_effects(EFFECTS, None, said)["disagreement"]
    assert found.tolist() == ["", "", "", "imputation,synthetic_did"]


def test_alarms_of_an_outcome_reach_all_its_zones_but_few_zones_do_not():
    alarms = pd.DataFrame(
        {
            "outcome": ["births", "births", "births", "land_price"],
            "alarm": ["pre_trend", "leads", "few_treated", "coverage"],
            "p_value": [0.001, 0.01, 0.0, 0.02],
        }
    )
    found = completed_effects(EFFECTS, alarms=alarms)["alarms"]
    assert found.tolist() == ["", "", "leads,pre_trend", "leads,pre_trend"]


def test_shares_by_precision_count_rows_of_the_zone_only():
    rows = pd.DataFrame(
        {
            "zone_id": ["A", "A", "A", "A", None],
            "place_precision": ["point", "point", "road", None, "town"],
        }
    )
    found = precision_shares(rows).loc["A"]
    assert found.tolist() == [0.5, 0.0, 0.25, 0.0]


def test_town_years_have_no_place():
    assert precision_shares(pd.DataFrame({"zone_id": ["A"]})).empty
