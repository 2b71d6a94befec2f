"""ROC dates."""

import datetime as dt

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from landwatch.vocabulary.calendar import roc_date, roc_year, season_end


def parsed(text: str) -> dt.date | None:
    return pl.DataFrame({"d": [text]}, schema={"d": pl.String}).select(roc_date(pl.col("d"))).item()


@given(st.dates(dt.date(1922, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_of_the_calendar_survives_both_spellings(day: dt.date) -> None:
    """A day written yyymmdd or yyy/mm/dd is read back as itself."""
    year = day.year - 1911
    assert parsed(f"{year:03d}{day:%m%d}") == day
    assert parsed(f"{year}/{day:%m/%d}") == day


@given(st.text(max_size=12))
def test_text_that_is_no_date_is_missing_and_never_a_far_year(text: str) -> None:
    """Whatever is written, the result is missing or lies in ROC years 0 to 999."""
    day = parsed(text)
    assert day is None or 1911 <= day.year <= 2910


def test_dates_found_in_the_registers() -> None:
    """Impossible dates are missing; a Gregorian year is not read as a ROC year."""
    for wrong in ("104/00/.8", "1130230", "01230", "00001", "20240115", "0000000", ""):
        assert parsed(wrong) is None, wrong
    assert parsed("990108") == dt.date(2010, 1, 8)
    assert parsed("1131231") == dt.date(2024, 12, 31)


def test_completion_year_needs_no_month() -> None:
    """A completion date gives its year however short it is written."""
    frame = pl.DataFrame({"d": ["0790229", "07501", "069", "076  03", "0000000", None]})
    assert frame.select(roc_year(pl.col("d"))).to_series().to_list() == [
        1990,
        1986,
        1980,
        None,
        None,
        None,
    ]


def test_season_is_read_from_names_in_use() -> None:
    """Seasons in ROC and Gregorian years, and issue months, give their last day."""
    assert season_end("lvr/season_114S3_sample/sale_a_PV.zip/p_lvr_land_a.csv") == dt.date(
        2025, 9, 30
    )
    assert season_end("sale_A_rural_2015S3.zip/V_lvr_land_A.CSV") == dt.date(2015, 9, 30)
    assert season_end("lvr/issue_10912/all.zip/a.csv") == dt.date(2020, 12, 31)
    assert season_end("lvr/mine/v_lvr_land_a.csv") is None
    assert season_end("lvr/10010/q_lvr_land_a.csv") is None  # a county code, not ROC 100-10
