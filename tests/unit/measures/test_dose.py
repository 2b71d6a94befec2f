"""Project money as dates and doses."""

import datetime as dt
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from landwatch.measures.dose import first_awards, project_dose

SCHEMA = {
    "zone_id": pl.String,
    "year": pl.Int32,
    "award_date": pl.Date,
    "is_treatment": pl.Boolean,
    "subsidy_twd": pl.Float64,
    "flags": pl.String,
}


def awards(*rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def test_a_withdrawn_project_is_never_a_treatment() -> None:
    """It gives neither a first year nor a dose, before or after others."""
    table = awards(
        ("a", 2019, None, False, 9e6, None),
        ("a", 2021, None, True, 1e6, None),
        ("b", 2020, None, False, 9e6, None),
    )
    dose = project_dose(table)
    assert first_awards(table).rows() == [("a", 2021, None)]
    assert dose.filter(pl.col("zone_id") == "a")["dose_twd"].to_list() == [0, 0, 1e6]
    assert dose.filter(pl.col("zone_id") == "b")["first_year"].null_count() == 3


def test_an_unknown_amount_makes_the_dose_unknown_and_is_counted() -> None:
    """From that year on the sum is missing; what is known is a lower bound."""
    dose = project_dose(
        awards(
            ("a", 2019, None, True, 1e6, None),
            ("a", 2020, None, True, None, None),
            ("a", 2021, None, True, 2e6, None),
        )
    )
    assert dose["dose_twd"].to_list() == [1e6, None, None]
    assert dose["dose_known_twd"].to_list() == [1e6, 1e6, 3e6]
    assert dose["n_without_amount"].to_list() == [0, 1, 1]


def test_an_amount_for_two_places_is_nobodys() -> None:
    """A subsidy flagged as joint is not counted for either."""
    dose = project_dose(awards(("a", 2020, None, True, 174e6, "joint_amount")))
    assert dose.select("dose_twd", "n_without_amount").row(0) == (None, 1)


def test_the_first_day_is_known_only_if_every_project_of_that_year_has_one() -> None:
    """A project dated by its year alone may have been earlier."""
    day = dt.date(2020, 5, 1)
    sure = awards(("a", 2020, day, True, 1.0, None), ("a", 2021, None, True, 1.0, None))
    unsure = awards(("a", 2020, day, True, 1.0, None), ("a", 2020, None, True, 1.0, None))
    assert first_awards(sure)["first_date"].to_list() == [day]
    assert first_awards(unsure)["first_date"].to_list() == [None]


def test_per_head_is_by_the_population_before() -> None:
    """The last year end before the first project, whatever population does afterwards."""
    people = pl.DataFrame(
        {"zone_id": "a", "year": [2018, 2019, 2020, 2021], "population": [900, 1000, 10, 1]},
        schema_overrides={"year": pl.Int32},
    )
    table = awards(("a", 2020, None, True, 5e5, None), ("a", 2021, None, True, 5e5, None))
    assert project_dose(table, people)["dose_twd_per_head"].to_list() == [500, 1000]


def test_without_projects_there_is_no_row() -> None:
    """An empty list gives an empty panel."""
    assert project_dose(awards()).height == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.integers(2019, 2025), st.booleans(), st.integers(0, 10**8)
        ),
        min_size=1,
        max_size=20,
    )
)
def test_doses_grow_to_the_sum_of_what_went_ahead(rows: list[tuple[str, int, bool, int]]) -> None:
    """Cumulative, never falling, and in the last year the sum of all subsidies of treatments."""
    table = awards(*((z, y, None, t, float(a), None) for z, y, t, a in rows))
    dose = project_dose(table)
    falls = dose.select((pl.col("dose_twd").diff().over("zone_id") < 0).any()).item()
    assert not falls
    last = dose.filter(pl.col("year") == pl.col("year").max())["dose_twd"].sum()
    assert last == sum(a for _, _, treated, a in rows if treated)
