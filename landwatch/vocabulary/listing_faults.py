"""Calendar of known faults of the listings, as their publisher states them.

A model of asking rents leaves out what was seen while the crawl missed listings, and never
compares across it silently; the other faults travel with the rows as flags.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

Aspect = Literal["coverage", "dates", "values", "format"]


@dataclass(frozen=True, slots=True)
class KnownFault:
    """A stretch of days in which the listings say something else than they seem to.

    Attributes
    ----------
    code : str
        Flag of the rows it touches.
    first, last : datetime.date
        First and last day, both included.
    aspect : {"coverage", "dates", "values", "format"}
        ``coverage``: listings are missing, by a rule that need not be random; ``dates``: first or
        last days are late or early; ``values``: a column is wrong; ``format``: what a row is
        changed.
    reason : str
        What happened.
    source : str
        Where the publisher says so.
    """

    code: str
    first: dt.date
    last: dt.date
    aspect: Aspect
    reason: str
    source: str


OPEN_END: Final = dt.date(9999, 12, 31)
"""Last day of a fault that has not ended."""

_STATS: Final = "g0v/tw-rental-house-data, comments of the yearly statistics"
_PRICE_RANGES: Final = "g0v/tw-rental-house-data issue 87"

KNOWN_FAULTS: Final = (
    KnownFault(
        "first_month_six_cities",
        dt.date(2018, 5, 1),
        dt.date(2018, 5, 31),
        "coverage",
        "counties outside the six municipalities were crawled from the end of May only",
        _STATS,
    ),
    KnownFault(
        "let_dates_wrong",
        dt.date(2018, 7, 1),
        dt.date(2018, 7, 31),
        "values",
        "出租所費天數 and 出租大約時間 of this month must not be used",
        _STATS,
    ),
    KnownFault(
        "crawl_gap_2018_12",
        dt.date(2018, 12, 1),
        dt.date(2018, 12, 12),
        "dates",
        "crawl interrupted: updates of these days may be dated 12 December",
        _STATS,
    ),
    KnownFault(
        "crawl_gap_2019_03",
        dt.date(2019, 3, 8),
        dt.date(2019, 3, 19),
        "dates",
        "crawl incomplete",
        _STATS,
    ),
    KnownFault(
        "crawl_gap_2019_05",
        dt.date(2019, 5, 9),
        dt.date(2019, 5, 10),
        "dates",
        "crawl incomplete",
        _STATS,
    ),
    KnownFault(
        "crawl_gap_2019_10",
        dt.date(2019, 10, 17),
        dt.date(2019, 10, 19),
        "dates",
        "crawl incomplete",
        _STATS,
    ),
    KnownFault(
        "crawl_gap_2019_11",
        dt.date(2019, 11, 1),
        dt.date(2019, 11, 1),
        "dates",
        "crawl incomplete",
        _STATS,
    ),
    KnownFault(
        "crawl_gap_2021_02",
        dt.date(2021, 2, 20),
        dt.date(2021, 2, 23),
        "dates",
        "crawl incomplete",
        _STATS,
    ),
    KnownFault(
        "crawl_loss_2021",
        dt.date(2021, 6, 17),
        dt.date(2021, 10, 30),
        "coverage",
        "39 % of the listings are estimated to be lost; October should not be used",
        _STATS,
    ),
    KnownFault(
        "rent_ranges_dropped",
        dt.date(2021, 7, 1),
        dt.date(2022, 7, 25),
        "coverage",
        "listings that print a range of rent (mostly open to rent subsidy) were ignored, 1,000 to "
        "2,000 a day",
        _PRICE_RANGES,
    ),
    KnownFault(
        "true_false_export",
        dt.date(2021, 10, 1),
        dt.date(2022, 10, 8),
        "values",
        "the export wrote T and F for the numbers 1 and 0; repaired files exist",
        "g0v/tw-rental-house-data issue 137",
    ),
    KnownFault(
        "deduplicated_format_0_3",
        dt.date(2023, 1, 1),
        OPEN_END,
        "format",
        "from version 0.3 on, other columns decide which listings count as one",
        _STATS,
    ),
    KnownFault(
        "crawl_errors_2023_03",
        dt.date(2023, 3, 1),
        dt.date(2023, 4, 30),
        "dates",
        "crawl errors",
        _STATS,
    ),
    KnownFault(
        "crawl_errors_2023_10",
        dt.date(2023, 10, 1),
        dt.date(2023, 10, 31),
        "dates",
        "crawl errors",
        _STATS,
    ),
    KnownFault(
        "not_published_2024",
        dt.date(2024, 4, 1),
        dt.date(2024, 8, 31),
        "coverage",
        "no monthly file was published",
        _STATS,
    ),
    KnownFault(
        "crawl_errors_2024_09",
        dt.date(2024, 9, 1),
        dt.date(2024, 10, 31),
        "dates",
        "system changed: crawl errors in September; 31 October is missing",
        _STATS,
    ),
    KnownFault(
        "not_published_2025",
        dt.date(2024, 11, 1),
        dt.date(2025, 9, 30),
        "coverage",
        "no monthly file was published",
        _STATS,
    ),
    KnownFault(
        "trial_crawl",
        dt.date(2025, 10, 1),
        dt.date(2026, 4, 30),
        "coverage",
        "trial crawls after a rebuild; December to February were not published",
        _STATS,
    ),
    KnownFault(
        "furniture_wrong",
        dt.date(2026, 3, 1),
        OPEN_END,
        "values",
        "提供家具 is overwritten and must not be used",
        "g0v/tw-rental-house-data, quality issues",
    ),
)
"""Known faults in the order of their first day."""


def fault_codes(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """Return the faults a listing met while it was seen, joined by ``;``.

    Parameters
    ----------
    first, last : polars.Expr
        First and last day seen; a missing last day is the first.

    Returns
    -------
    polars.Expr
        Codes in the order of `KNOWN_FAULTS`; empty where none is known.

    Examples
    --------
    >>> days = pl.DataFrame({"d": [dt.date(2021, 5, 3), dt.date(2021, 9, 3)]})
    >>> days.select(fault_codes(pl.col("d"), pl.col("d"))).to_series().to_list()
    ['', 'crawl_loss_2021;rent_ranges_dropped']
    """
    end = pl.coalesce(last, first)
    met = [
        pl.when((first <= fault.last) & (end >= fault.first)).then(pl.lit(fault.code))
        for fault in KNOWN_FAULTS
    ]
    return pl.concat_str(met, separator=";", ignore_nulls=True)


def is_within_fault(day: pl.Expr, aspect: Aspect) -> pl.Expr:
    """Tell days on which a kind of fault is known.

    Parameters
    ----------
    day : polars.Expr
        Days.
    aspect : {"coverage", "dates", "values", "format"}
        Kind of fault.

    Returns
    -------
    polars.Expr
        Booleans; missing days are False.

    Examples
    --------
    >>> days = pl.DataFrame({"d": [dt.date(2021, 6, 16), dt.date(2021, 6, 17), None]})
    >>> days.select(is_within_fault(pl.col("d"), "coverage")).to_series().to_list()
    [False, True, False]
    """
    spans = [day.is_between(f.first, f.last) for f in KNOWN_FAULTS if f.aspect == aspect]
    return pl.any_horizontal(spans).fill_null(value=False)
