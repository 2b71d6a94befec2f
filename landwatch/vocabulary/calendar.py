"""民國 (ROC) calendar and the seasons of the register."""

import datetime as dt
import re
from typing import Final

import polars as pl

ROC_EPOCH: Final = 1911
"""ROC year 1 is 1912."""

_SEASON = re.compile(r"(?<!\d)(1\d\d|20\d\d)S([1-4])(?!\d)", re.IGNORECASE)
_ISSUE = re.compile(r"(?<!\d)(10[1-9]|1[1-9]\d)(0[1-9]|1[0-2])(?!\d)")


def roc_date(text: pl.Expr) -> pl.Expr:
    """Parse ROC dates; anything that is not a day of the calendar becomes missing.

    Accepted are ``yyymmdd`` and ``yymmdd`` (1080715, 990108) and ``yyy/mm/dd`` (114/05/13).

    Parameters
    ----------
    text : polars.Expr
        Strings.

    Returns
    -------
    polars.Expr
        Dates (Gregorian), missing where the text is not a date of the ROC calendar.

    Examples
    --------
    >>> frame = pl.DataFrame({"d": ["1080715", "990108", "114/05/13", "1130230", "104/00/.8"]})
    >>> frame.select(roc_date(pl.col("d")).cast(pl.String)).to_series().to_list()
    ['2019-07-15', '2010-01-08', '2025-05-13', None, None]
    """
    parts = text.str.strip_chars().str.extract_groups(
        r"^(?<y>\d{2,3})(?:/(?<m>\d{1,2})/(?<d>\d{1,2})|(?<mm>\d{2})(?<dd>\d{2}))$"
    )
    year = parts.struct.field("y").cast(pl.Int32, strict=False) + ROC_EPOCH
    month = pl.coalesce(parts.struct.field("m"), parts.struct.field("mm"))
    day = pl.coalesce(parts.struct.field("d"), parts.struct.field("dd"))
    iso = pl.concat_str(
        year.cast(pl.String), month.str.pad_start(2, "0"), day.str.pad_start(2, "0"), separator="-"
    )
    return iso.str.to_date("%Y-%m-%d", strict=False)


def roc_year(text: pl.Expr) -> pl.Expr:
    """Return the Gregorian year of a completion date, however much of it is written.

    ``yyymmdd``, ``yymmdd``, ``yyymm`` and ``yyy`` are accepted; other lengths are missing.

    Parameters
    ----------
    text : polars.Expr
        Strings such as ``0860623``, ``07501`` or ``069``.

    Returns
    -------
    polars.Expr
        Int32 years, missing where the text has no year.

    Examples
    --------
    >>> frame = pl.DataFrame({"d": ["0860623", "07501", "069", "06008-", ""]})
    >>> frame.select(roc_year(pl.col("d"))).to_series().to_list()
    [1997, 1986, 1980, None, None]
    """
    clean = text.str.strip_chars()
    digits = clean.str.extract(r"^(\d+)$")
    length = digits.str.len_chars()
    year = (
        pl.when(length.is_in([3, 5, 7]))
        .then(digits.str.slice(0, 3))
        .when(length == 6)
        .then(digits.str.slice(0, 2))
        .cast(pl.Int32, strict=False)
    )
    return pl.when(year > 0).then(year + ROC_EPOCH)


def statistic_month(text: pl.Expr) -> pl.Expr:
    """Return the first day of a month as the statistics offices write it, ROC or Gregorian.

    Parameters
    ----------
    text : polars.Expr
        Strings such as ``10304``, ``9912``, ``113Y12M``, ``民國103年4月``, ``2014-04``, ``201404``.

    Returns
    -------
    polars.Expr
        Dates; missing where the text is no month between 1950 and 2100.

    Examples
    --------
    >>> frame = pl.DataFrame({"m": ["10304", "113Y12M", "2014-04", "201404", "10313", "9912"]})
    >>> frame.select(statistic_month(pl.col("m")).cast(pl.String)).to_series().to_list()
    ['2014-04-01', '2024-12-01', '2014-04-01', '2014-04-01', None, '2010-12-01']
    """
    parts = text.str.strip_chars().str.extract_groups(
        r"(?i)^(?:民國)?(?:(?<y>\d{2,4})[-/年Y](?<m>\d{1,2})|(?<yy>\d{2,4})(?<mm>\d{2}))[月M]?$"
    )
    year = pl.coalesce(parts.struct.field("y"), parts.struct.field("yy"))
    month = pl.coalesce(parts.struct.field("m"), parts.struct.field("mm"))
    iso = pl.concat_str(
        _statistic_year(year).cast(pl.String), month.str.pad_start(2, "0"), separator="-"
    )
    return (iso + "-01").str.to_date("%Y-%m-%d", strict=False)


def statistic_year(text: pl.Expr) -> pl.Expr:
    """Return a year as the statistics offices write it, ROC or Gregorian.

    Parameters
    ----------
    text : polars.Expr
        Strings such as ``102``, ``民國102年``, ``2013``.

    Returns
    -------
    polars.Expr
        Int32 years; missing where the text is no year between 1950 and 2100.

    Examples
    --------
    >>> frame = pl.DataFrame({"y": ["102", "2013", "民國99年", "3935", "12"]})
    >>> frame.select(statistic_year(pl.col("y"))).to_series().to_list()
    [2013, 2013, 2010, None, None]
    """
    return _statistic_year(text.str.strip_chars().str.extract(r"^(?:民國)?(\d{2,4})年?$"))


def _statistic_year(digits: pl.Expr) -> pl.Expr:
    year = digits.cast(pl.Int32, strict=False)
    year = pl.when(digits.str.len_chars() < 4).then(year + ROC_EPOCH).otherwise(year)
    return pl.when(year.is_between(1950, 2100)).then(year)


def season_end(path: str) -> dt.date | None:
    """Return the last day a file's season or issue can speak of.

    Parameters
    ----------
    path : str
        Path or name holding a season (``108S2``, ``2015S3``) or an issue month (``10905``).

    Returns
    -------
    datetime.date or None
        Last day of the season or month; None where the path names none.

    Examples
    --------
    >>> season_end("sales/sale_a_rural_108S2.zip")
    datetime.date(2019, 6, 30)
    >>> season_end("issue_10905/all.zip")
    datetime.date(2020, 5, 31)
    >>> season_end("mine.zip") is None
    True
    """
    if found := _last(_SEASON, path):
        year, quarter = int(found[1]), int(found[2])
        return month_end(year if year > 1000 else year + ROC_EPOCH, 3 * quarter)
    if found := _last(_ISSUE, path):
        return month_end(int(found[1]) + ROC_EPOCH, int(found[2]))
    return None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    matches = list(pattern.finditer(text))
    return matches[-1] if matches else None


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month.

    Parameters
    ----------
    year, month : int
        Gregorian year; month 1 to 12.

    Returns
    -------
    datetime.date
        The day.

    Examples
    --------
    >>> month_end(2020, 2)
    datetime.date(2020, 2, 29)
    """
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)
