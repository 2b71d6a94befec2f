"""Text as the registers write it, brought to one spelling."""

import unicodedata
from typing import Final

import polars as pl

_VARIANTS: Final = {"台": "臺", "巿": "市"}
_FULL_WIDTH: Final = {chr(c): unicodedata.normalize("NFKC", chr(c)) for c in range(0xFF01, 0xFF5F)}


def folded(text: pl.Expr) -> pl.Expr:
    """Return text with full-width forms narrowed and outer blanks removed.

    Parameters
    ----------
    text : polars.Expr
        Strings.

    Returns
    -------
    polars.Expr
        Strings; missing stays missing.

    Examples
    --------
    >>> pl.select(folded(pl.lit("安和路５７號　"))).item()
    '安和路57號'
    """
    return text.str.replace_many(_FULL_WIDTH).str.strip_chars(" \t\r\n\u3000\u00a0")


def place_spelling(text: pl.Expr) -> pl.Expr:
    """Return place names in one spelling: 臺 for 台, 市 for 巿, narrow forms, no blanks.

    Parameters
    ----------
    text : polars.Expr
        Names of counties, towns, villages or sections.

    Returns
    -------
    polars.Expr
        Strings fit for comparison, not for display.

    Examples
    --------
    >>> pl.select(place_spelling(pl.lit("台東巿 "))).item()
    '臺東市'
    """
    return folded(text).str.replace_many(_VARIANTS).str.replace_all(r"\s", "")


def spelled(name: str) -> str:
    """Return one place name as `place_spelling` does.

    Parameters
    ----------
    name : str
        Name of a place.

    Returns
    -------
    str
        The name in the spelling used for comparison.

    Examples
    --------
    >>> spelled("台東縣")
    '臺東縣'
    """
    narrow = unicodedata.normalize("NFKC", name)
    return "".join(_VARIANTS.get(c, c) for c in narrow if not c.isspace())
