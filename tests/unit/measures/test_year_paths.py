"""Yearly figures beside those of the controls."""

import math

import polars as pl
import pytest

from landwatch.measures.year_paths import year_path


def test_growth_of_zone_and_controls_and_gaps() -> None:
    """Growth is from the year before; after a gap there is none; other towns do not count."""
    panel = pl.DataFrame(
        {
            "town_code": ["a"] * 3 + ["b"] * 4 + ["c"] * 4 + ["d"] * 4,
            "year": [2018, 2019, 2021] + [2018, 2019, 2020, 2021] * 3,
            "log_value": [math.log(v) for v in [100, 110, 121]]
            + [math.log(v) for v in [10, 20, 40, 80]] * 2
            + [math.log(v) for v in [1, 100, 1, 100]],
            "is_break": [False, True, False] + [False] * 12,
            "zone_id": ["z"] * 3 + [None] * 12,
        }
    )
    path = year_path(panel, "z", ["b", "c"])
    assert path["year"].to_list() == [2018, 2019, 2021]
    assert path["value"].to_list() == pytest.approx([100, 110, 121])
    assert path["growth_log"].to_list() == [None, pytest.approx(math.log(1.1)), None]
    assert path["controls_growth_log"].to_list() == [None, *[pytest.approx(math.log(2))] * 2]
    assert path["is_break"].to_list() == [False, True, False]
