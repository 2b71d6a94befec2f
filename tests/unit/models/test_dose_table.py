"""Money against effects: which zones take part, and a slope that is known."""

import numpy as np
import pandas as pd
import pytest

from landwatch.models.dose_table import fit_doses


def _tables(slope=0.0, noise=0.01, zones=12):
    rng = np.random.default_rng(3)
    ids = [f"{county}{town:03d}" for county in (10002, 10004) for town in range(zones // 2)]
    log_money = rng.normal(8, 1, zones)
    money = pd.DataFrame(
        {
            "zone_id": ids,
            "town_code": ids,
            "year": 2023,
            "n_without_amount": 0,
            "dose_twd_per_head": np.exp(log_money),
        }
    )
    effects = pd.DataFrame(
        {
            "zone_id": ids,
            "outcome": "income",
            "estimate_log": slope * log_money + rng.normal(0, noise, zones),
            "std_error": noise,
            "status": "estimated",
        }
    )
    return effects, money


def test_a_planted_slope_is_found():
    found = fit_doses(*_tables(slope=0.05)).iloc[0]
    assert found["status"] == "estimated"
    assert found["ci_low"] < 0.05 < found["ci_high"]
    assert found["slope"] == pytest.approx(0.05, abs=0.01)


def test_zones_whose_money_is_not_known_take_no_part():
    effects, money = _tables(slope=0.05)
    money.loc[0, "n_without_amount"] = 1
    money.loc[1, "dose_twd_per_head"] = 0.0
    earlier = money.assign(year=2022, dose_twd_per_head=1e9)
    found = fit_doses(effects, pd.concat([earlier, money])).iloc[0]
    assert found["n_zones"] == 10


def test_too_few_zones_are_a_status_and_no_error():
    effects, money = _tables()
    found = fit_doses(effects, money.head(1)).iloc[0]
    assert found["status"].startswith("insufficient_data")
    assert np.isnan(found["slope"])
