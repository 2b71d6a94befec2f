"""Villages in official statistics: their codes and names."""

from typing import Final

import polars as pl

from landwatch.standardise.town_rows import Fault

VILLAGE_COLUMNS: Final = ("village_code", "village_name")
_PLACEHOLDERS: Final = ("總計", "合計", "小計")


def village_code() -> pl.Expr:
    """Read a village's code: eleven digits, however they are parted.

    Returns
    -------
    polars.Expr
        ``village_code``, text; missing where none is published or it is not eleven digits.

    Examples
    --------
    >>> frame = pl.DataFrame({"village_code": ["65000010001   ", "09007010-005", "7", None]})
    >>> frame.select(village_code()).to_series().to_list()
    ['65000010001', '09007010005', None, None]
    """
    digits = pl.col("village_code").str.replace_all(r"[\s\-]", "")
    return digits.str.extract(r"^(\d{11})$").alias("village_code")


def village_faults() -> tuple[Fault, ...]:
    """Return the reasons for which a row names no village.

    Returns
    -------
    tuple of (str, polars.Expr)
        Over ``village_name``: none, or the total of a town.
    """
    name = pl.col("village_name")
    return (
        ("total_row", name.is_in(_PLACEHOLDERS)),
        ("no_village", name.is_null() | (name == "")),
    )
