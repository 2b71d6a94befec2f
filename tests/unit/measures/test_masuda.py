"""The Masuda index from projections and from cohorts."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.measures.masuda import WOMEN, cohort_masuda, masuda_years, projected_masuda
from landwatch.schemas.entities.statistics import AGE_COLUMNS

ZERO = dict.fromkeys(AGE_COLUMNS, 0)


def projection(rows: list[tuple[str, str, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {**ZERO, "town_code": town, "area_name": area, "year": year, WOMEN[0]: women}
            for town, area, year, women in rows
        ]
    )


def ages(women: dict[str, int], year: int = 2014, months: tuple[int, ...] = (12,)) -> pl.DataFrame:
    return pl.DataFrame(
        [{**ZERO, **women, "town_code": "t", "month": dt.date(year, m, 1)} for m in months]
    )


def test_areas_of_one_town_are_added_up() -> None:
    """Two halves of 100 women, one left with 20 and one with 60, make −60 %."""
    table = projection(
        [
            ("t", "一", 2019, 100),
            ("t", "二", 2019, 100),
            ("t", "一", 2049, 20),
            ("t", "二", 2049, 60),
        ]
    )
    whole = projected_masuda(table)
    assert whole["masuda_index"].to_list() == pytest.approx([-0.6])
    assert whole["n_rows"].to_list() == [4]
    halves = projected_masuda(table, by="area_name")
    assert dict(halves.select("area_name", "masuda_index").iter_rows()) == pytest.approx(
        {"一": -0.8, "二": -0.4}
    )


def test_a_base_year_needs_thirty_years_and_women() -> None:
    """No index where the projection ends too early or nobody is there to be lost."""
    assert projected_masuda(projection([("t", "t", 2019, 5), ("t", "t", 2048, 5)])).is_empty()
    assert projected_masuda(projection([("t", "t", 2019, 0), ("t", "t", 2049, 5)])).is_empty()


def test_cohorts_by_hand() -> None:
    """50 females a group: 100 girls, and 200 of 10–29 with half a daughter each: no change."""
    flat = {f"female_{a}_{a + 4}": 50 for a in range(0, 100, 5)}
    index = cohort_masuda(ages(flat))["masuda_index"].item()
    assert index == pytest.approx((100 + 200 * (100 / 200)) / 200 - 1) == pytest.approx(0)


def test_the_last_month_of_a_year_counts() -> None:
    """November and December of one year are one structure, not two added."""
    flat = {f"female_{a}_{a + 4}": 50 for a in range(0, 100, 5)}
    table = cohort_masuda(ages(flat, months=(11, 12)))
    assert table["n_rows"].to_list() == [1]


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(0, 1000), st.integers(2, 5))
def test_the_cohort_index_does_not_depend_on_scale(
    women: int, girls: int, teens: int, k: int
) -> None:
    """A town k times as large with the same ages has the same index, never below −1."""
    town = {"female_20_24": women, "female_0_4": girls, "female_10_14": teens}
    one = cohort_masuda(ages(town))["masuda_index"].item()
    more = cohort_masuda(ages({c: n * k for c, n in town.items()}))["masuda_index"].item()
    assert one == pytest.approx(more)
    assert one >= -1


def test_a_projection_goes_before_cohorts_and_says_so() -> None:
    """One row a town and year, with its basis."""
    flat = {f"female_{a}_{a + 4}": 50 for a in range(0, 100, 5)}
    both = masuda_years(
        projection([("t", "t", 2014, 100), ("t", "t", 2044, 40)]),
        pl.concat([ages(flat), ages(flat, year=2015)]),
    )
    assert both.select("year", "masuda_basis").rows() == [(2014, "projection"), (2015, "cohorts")]
    assert masuda_years(None, None).is_empty()
