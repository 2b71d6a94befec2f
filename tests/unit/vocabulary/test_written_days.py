"""Days of either calendar."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landwatch.vocabulary.written_days import written_day


def read(text: str) -> dt.date | None:
    return pl.select(written_day(pl.lit(text))).item()  # type: ignore[no-any-return]


@settings(max_examples=50, deadline=None)
@given(st.dates(dt.date(1912, 1, 1), dt.date(2100, 12, 31)), st.sampled_from("-/."))
def test_every_day_reads_the_same_in_both_calendars(day: dt.date, mark: str) -> None:
    """ISO, ROC with marks, ROC in words and solid digits name one day."""
    roc = day.year - 1911
    assert read(day.isoformat()) == day
    assert read(f"民國{roc}年{day.month}月{day.day}日") == day
    assert read(f"{day:%Y%m%d}") == day
    if roc > 9:
        assert read(f"{roc}{mark}{day.month}{mark}{day.day}") == day
        assert read(f"{roc:03d}{day:%m%d}") == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "113",
        "1130230",
        "104/00/.8",
        "1130000",
        "0000-01-01",
        "2019-13-01",
        "108年",
        "3935-01-01",
    ],
)
def test_what_is_no_day_is_missing(text: str) -> None:
    """Never the year 3935, never the year 113."""
    assert read(text) is None


def test_months_and_times() -> None:
    """A month is its first day; an hour is left out; wide digits are digits."""
    assert read("109年5月") == dt.date(2020, 5, 1)
    assert read("2020-01-02T00:00:00") == dt.date(2020, 1, 2)
    assert read("１０８／０１／０３") == dt.date(2019, 1, 3)
