"""Counts in a panel: their sampling noise is known, and zero is a number."""

import numpy as np
import pandas as pd
import pytest

from landwatch.models.specification import specification
from landwatch.models.zone_effects import fit_zone_effects


def panel(zone_births: list[int], control_births: int = 2_000) -> pd.DataFrame:
    """One zone and twelve large towns of one county, 2015–2022; the zone begins in 2019."""
    rng = np.random.default_rng(1)
    rows = []
    for town in range(13):
        for position, year in enumerate(range(2015, 2023)):
            births = zone_births[position] if town == 0 else rng.poisson(control_births)
            rows.append((f"{town:08d}", year, np.log(births + 0.5), 1 / (births + 0.5)))
    frame = pd.DataFrame(rows, columns=["town_code", "year", "log_value", "log_variance"])
    is_zone = frame["town_code"] == "00000000"
    frame["county_code"] = "00000"
    frame["zone_id"] = frame["town_code"].where(is_zone, None)
    frame["effective_date"] = pd.to_datetime(pd.Series("2019-01-03", frame.index).where(is_zone))
    return frame


def test_a_small_zone_is_not_judged_by_the_quiet_of_large_towns() -> None:
    """Some twenty births a year, steady by luck: the error is that of a count of twenty."""
    frame = panel([20, 21] * 4)
    spec = specification("births")
    known = fit_zone_effects(frame, spec).iloc[0]
    unknown = fit_zone_effects(frame.drop(columns="log_variance"), spec).iloc[0]
    assert known["estimate_log"] == pytest.approx(unknown["estimate_log"], abs=0.01)
    assert known["std_error"] > 1.5 * unknown["std_error"]


def test_years_without_births_neither_crash_nor_vanish() -> None:
    """A zone with zeros is estimated with all of its years."""
    effect = fit_zone_effects(panel([3, 0, 2, 1, 0, 2, 0, 1]), specification("births")).iloc[0]
    assert effect["status"] == "estimated"
    assert (effect["n_before"], effect["n_after"]) == (3, 4)
    assert effect["ci_low"] < 0 < effect["ci_high"]
