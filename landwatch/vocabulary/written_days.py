"""Days as people write them in the tables of offices: ISO or 民國, with or without a day."""

import polars as pl

from landwatch.vocabulary.calendar import ROC_EPOCH
from landwatch.vocabulary.text import folded

_PARTS = (
    r"^(?:民國\s*(?<roc>\d{1,3})|(?<y>\d{2,4}))\s*[-/.年]\s*(?<m>\d{1,2})\s*"
    r"(?:[-/.月]\s*(?<d>\d{1,2})?\s*日?)?(?:[T ]\d{2}:\d{2}.*)?$"
)
_SOLID = r"^(?<y>\d{2,4})(?<m>\d{2})(?<d>\d{2})$"


def written_day(text: pl.Expr) -> pl.Expr:
    """Parse days of either calendar; what is no day of it becomes missing.

    Years of four digits are Gregorian, years of two or three are ROC years, as is any year after
    民國. Parts are set apart by ``-``, ``/``, ``.`` or 年月日, or not at all (``1080103``,
    ``20190103``). A month without day is its first day.

    Parameters
    ----------
    text : polars.Expr
        Strings.

    Returns
    -------
    polars.Expr
        Dates (Gregorian) from 1912 to 2100, otherwise missing.

    Examples
    --------
    >>> told = ["2019-01-03", "108/1/3", "民國108年1月3日", "1080103", "108年2月", "108/02/30"]
    >>> frame = pl.DataFrame({"d": told})
    >>> frame.select(written_day(pl.col("d")).cast(pl.String)).to_series().to_list()
    ['2019-01-03', '2019-01-03', '2019-01-03', '2019-01-03', '2019-02-01', None]
    """
    clean = folded(text)
    apart, solid = clean.str.extract_groups(_PARTS), clean.str.extract_groups(_SOLID)
    year, month, day = (
        pl.coalesce(apart.struct.field(p), solid.struct.field(p)) for p in ("y", "m", "d")
    )
    year = pl.coalesce(apart.struct.field("roc"), year)
    roc = year.str.len_chars() < 4
    number = year.cast(pl.Int32, strict=False)
    gregorian = pl.when(roc).then(number + ROC_EPOCH).otherwise(number)
    iso = pl.concat_str(
        gregorian.cast(pl.String),
        month.str.pad_start(2, "0"),
        day.fill_null("01").str.pad_start(2, "0"),
        separator="-",
    )
    found = iso.str.to_date("%Y-%m-%d", strict=False)
    return pl.when(found.dt.year().is_between(ROC_EPOCH + 1, 2100)).then(found)
