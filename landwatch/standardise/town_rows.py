"""Rows of official statistics under today's town codes: what every such table has in common."""

import html
from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.vocabulary.calendar import statistic_month
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling

Fault = tuple[str, pl.Expr]
"""Code of a reason to reject a row, and where it applies."""

_TOTALS: Final = ("全國", "全臺", "臺灣地區", "總計", "合計", "臺灣省", "福建省", "金馬地區")
_REMAINDER: Final = r"(其他|其它)$"
_LETTER_CODE: Final = r"[A-Z]\d\d$"


def stacked(raws: Sequence[RawTable], columns: Sequence[str]) -> pl.DataFrame:
    """Put the rows of several files under each other.

    Parameters
    ----------
    raws : sequence of RawTable
        Files of one publication.
    columns : sequence of str
        Columns wanted; one that a file lacks is missing in its rows.

    Returns
    -------
    polars.DataFrame
        The columns, ``raw``, ``source_file`` and ``source_line``.
    """
    schema: dict[str, type[pl.DataType]] = dict.fromkeys((*columns, "raw"), pl.String)
    schema |= {"source_file": pl.String, "source_line": pl.Int64}
    frames = [pl.DataFrame(schema=schema)]
    for raw in raws:
        present = {*raw.rows.columns, "source_file"}
        absent = [c for c in schema if c not in present]
        added = [pl.lit(None, schema[c]).alias(c) for c in absent]
        frame = raw.rows.with_columns(pl.lit(raw.source_file).alias("source_file"), *added)
        frames.append(frame[list(schema)])
    return pl.concat(frames)


def placed(frame: pl.DataFrame, name: pl.Expr, places: Places) -> pl.DataFrame:
    """Give every row the code its town has today.

    Parameters
    ----------
    frame : polars.DataFrame
        Any rows.
    name : polars.Expr
        County and town as published; character references such as ``&#38682;`` are resolved.
    places : Places
        Towns of the study; past names are understood.

    Returns
    -------
    polars.DataFrame
        Added: ``area_name`` (in comparison spelling) and ``town_code``, missing where no town
        answers to the name.
    """
    frame = frame.with_columns(name.alias("area_name"))
    names = frame["area_name"].unique().drop_nulls()
    spelling = pl.DataFrame(
        {"area_name": names, "_plain": [html.unescape(n) for n in names]},
        schema={"area_name": pl.String, "_plain": pl.String},
    ).with_columns(place_spelling(pl.col("_plain")).alias("full_key"))
    known = spelling.join(places.by_full_name(), on="full_key", how="left")
    joined = frame.join(known, on="area_name", how="left", maintain_order="left")
    return joined.with_columns(pl.col("full_key").alias("area_name")).drop("full_key", "_plain")


def town_faults(places: Places) -> tuple[Fault, ...]:
    """Return the reasons for which a row names no town.

    Parameters
    ----------
    places : Places
        Towns of the study.

    Returns
    -------
    tuple of (str, polars.Expr)
        Over ``area_name`` and ``town_code``: totals of a county or the country, what remains of a
        county, a register's letter code in place of the name, and names nobody answers to.
    """
    counties = places.towns.select(place_spelling(pl.col("county_name"))).to_series()
    unknown = pl.col("town_code").is_null()
    area = pl.col("area_name")
    total = area.is_in([*counties.unique().sort(), *_TOTALS]) | area.str.contains("總計|合計$")
    return (
        ("total_row", unknown & total),
        ("county_remainder", unknown & area.str.contains(_REMAINDER)),
        ("town_is_a_code", unknown & area.str.contains(_LETTER_CODE)),
        ("unknown_town", unknown),
    )


def whole_numbers(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Read columns of counts.

    Parameters
    ----------
    frame : polars.DataFrame
        Text, blanks around it removed; full-width digits and thousands commas are understood.
    columns : sequence of str
        The columns.

    Returns
    -------
    polars.DataFrame
        The columns as Int64; missing where the text is no whole number.

    Examples
    --------
    >>> whole_numbers(pl.DataFrame({"n": ["12", "１,２３４", "-", None]}), ["n"])["n"].to_list()
    [12, 1234, None, None]
    """
    read = frame.with_columns(pl.col(columns).cast(pl.Int64, strict=False))
    unread = [c for c in columns if read[c].null_count() > frame[c].null_count()]
    if not unread:
        return read
    text = frame.select(folded(pl.col(c)).str.replace_all(",", "") for c in unread)
    return read.with_columns(text.with_columns(pl.all().cast(pl.Int64, strict=False)))


def months(frame: pl.DataFrame) -> pl.DataFrame:
    """Read the column ``month``.

    Parameters
    ----------
    frame : polars.DataFrame
        With ``month`` as text.

    Returns
    -------
    polars.DataFrame
        ``month`` as first day of the month; missing where the text is no month.
    """
    known = frame.select(pl.col("month").unique()).with_columns(
        statistic_month(pl.col("month")).alias("_month")
    )
    joined = frame.join(known, on="month", how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(pl.col("_month").alias("month")).drop("_month")


def decimal_number(column: str) -> pl.Expr:
    """Read a column of decimal numbers.

    Parameters
    ----------
    column : str
        Its name.

    Returns
    -------
    polars.Expr
        Float64 under the same name; missing where the text is no number.
    """
    text = folded(pl.col(column)).str.replace_all(",", "")
    return pl.when(text.str.contains(r"^[-+]?(\d+\.?\d*|\.\d+)$")).then(text).cast(pl.Float64)


def sorted_out(
    raws: Sequence[RawTable],
    frame: pl.DataFrame,
    faults: Sequence[Fault],
    table: str,
) -> Standardised:
    """Part accepted from rejected rows and account for all of them.

    Parameters
    ----------
    raws : sequence of RawTable
        The files.
    frame : polars.DataFrame
        Their rows, standardised.
    faults : sequence of (str, polars.Expr)
        Reasons, the first that applies is told.
    table : str
        Core table of the accepted rows.

    Returns
    -------
    Standardised
        Lines the reader could not split are among the rejects; the ledger names columns that have
        no place in the vocabulary.
    """
    reason = pl.coalesce(pl.when(fault).then(pl.lit(code)) for code, fault in faults)
    frame = frame.with_columns(reason.alias("reason"))
    kept = conformed(frame.filter(pl.col("reason").is_null()), table)
    unread = [r.rejects.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    rejected = [frame.filter(pl.col("reason").is_not_null()), *unread]
    rejects = pl.concat([conformed(part, "rejects") for part in rejected])
    files = [(r, _remark(r)) for r in raws]
    return Standardised({table: kept}, rejects, ledger_of(files, kept, rejects))


def _remark(raw: RawTable) -> str:
    if not raw.unknown_columns:
        return ""
    return f"columns not in the vocabulary: {', '.join(raw.unknown_columns)}"
