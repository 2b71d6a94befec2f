"""The selection cut: known jumps are found, places where none may be are shown beside them."""

import numpy as np
import pandas as pd
import pytest

from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable
from landwatch.models.selection import DETECTABLE, fit_selection_jumps, town_changes
from landwatch.vocabulary.errors import InputError


def _world(jump: float, seed: int = 0, towns: int = 352, zones: int = 134):
    """Draw towns ranked by need, whose outcome moves with rank and jumps for the chosen."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "town_code": [f"{t:08d}" for t in range(towns)],
        "ranks_from_cut": np.arange(1.0, towns + 1) - zones,
        "county": rng.integers(0, 18, towns),
        "size": rng.normal(size=towns),
    })  # fmt: skip
    frame.loc[towns] = ["x", np.nan, 1, 0.0]  # a town that is not ranked
    moved = 0.001 * frame["ranks_from_cut"] + jump * (frame["ranks_from_cut"] <= 0)
    change = pd.DataFrame({
        "town_code": frame["town_code"],
        "effect": moved + rng.normal(0, 0.02, towns + 1),
        "before": rng.normal(0, 0.02, towns + 1),
    })  # fmt: skip
    return frame, change


def test_known_jump_at_the_cut_is_found_and_not_before_the_date():
    """A jump of ten standard deviations of the towns' noise, counted by kind."""
    towns, change = _world(0.2)
    found = fit_selection_jumps(towns, {"income": change}, criteria=["size"], cluster="county")
    rows = found.jumps.set_index("kind")
    assert (found.n_zones, found.n_others) == (134, 218)
    assert rows.loc["effect", "ci_low"] < 0.2 < rows.loc["effect", "ci_high"]
    assert rows.loc["effect", "ci_low"] > 0.1
    assert rows.loc["before", "ci_low"] < 0 < rows.loc["before", "ci_high"]
    assert rows.index.tolist() == ["effect", "before", "criterion"]


def test_numbers_are_those_of_the_estimator_on_the_command_line():
    """Same rows, same function: ``rd`` with the cut between ranks 0 and 1, chosen below."""
    towns, change = _world(0.05)
    row = fit_selection_jumps(towns, {"income": change}).jumps.iloc[0]
    table = EstimationTable(towns.merge(change, on="town_code"), "effect")
    options = {"running": "ranks_from_cut", "cutoff": 0.5, "treated": "below"}
    head = fit_estimator("rd", table, options).terms.iloc[0]
    columns = ["estimate", "std_error", "ci_low", "p_value"]
    assert row[columns].tolist() == pytest.approx(head[columns].tolist(), rel=1e-12)
    assert row["mde"] == pytest.approx(DETECTABLE * head["std_error"])


def test_smallest_effect_found_is_that_of_the_power_formula():
    """z(.975) + z(.8) = 1.960 + 0.842 (tables of the normal law)."""
    assert pytest.approx(2.802, abs=5e-4) == DETECTABLE


def test_changes_are_means_of_years_by_hand():
    """Before 2019: 1, 2, 9, 4, 5 (the middle one of an odd number in neither half); after: 7."""
    rows = pd.DataFrame({
        "town_code": "a", "year": [2014, 2015, 2016, 2017, 2018, 2019, 2020],
        "log_value": [1.0, 2, 9, 4, 5, 6, 8],
    })  # fmt: skip
    found = town_changes(rows, 2019).iloc[0]
    assert found["effect"] == pytest.approx(7 - 21 / 5)
    assert found["before"] == pytest.approx(4.5 - 1.5)


def test_order_of_towns_does_not_matter():
    towns, change = _world(0.0)
    one = fit_selection_jumps(towns, {"income": change}, cluster="county").jumps
    mixed = towns.sample(frac=1, random_state=0)
    two = fit_selection_jumps(mixed, {"income": change[::-1]}, cluster="county").jumps
    pd.testing.assert_frame_equal(one, two)


def test_outcome_of_too_few_towns_is_not_estimated():
    towns, change = _world(0.0)
    found = fit_selection_jumps(towns, {"rent": change.iloc[:5]}).jumps
    assert found["status"].str.startswith("insufficient_data").all()
    assert found["estimate"].isna().all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.drop(columns="ranks_from_cut"), "missing columns: ranks_from_cut"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "found 00000000 twice"),
        (lambda t: t[t["ranks_from_cut"] > 0], "0 chosen and 218 others"),
    ],
)
def test_towns_that_cannot_be_compared_are_told(change, told):
    towns, moves = _world(0.0)
    with pytest.raises(InputError, match=told):
        fit_selection_jumps(change(towns), {"income": moves})
