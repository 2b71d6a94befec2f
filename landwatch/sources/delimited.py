"""Comma-separated tables with a Chinese header: lines to text rows, nothing interpreted."""

import csv
from collections.abc import Mapping, Sequence

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.lvr import decoded
from landwatch.vocabulary.errors import InputError

_BLANKS = " \t\r\u3000"


def header_of(member: Member) -> list[str]:
    """Return the names in a file's first line.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    list of str
        Names without outer blanks; one meaningless name for a file that is no table.

    Examples
    --------
    >>> header_of(Member("a.csv", "變異點編號, 權責單位\\r\\n1,2".encode()))
    ['變異點編號', '權責單位']
    """
    end = member.content.find(b"\n")
    line = decoded(member.content[: end if end >= 0 else None][:8192])
    names: list[str] = next(csv.reader([line.replace("\0", "")]), [])
    return [name.strip(" \ufeff\t\u3000\r\n") for name in names]


def read_delimited(
    member: Member, columns: Mapping[str, str], *, needed: Sequence[str], what: str
) -> RawTable:
    """Read a table in which one line is one row.

    Parameters
    ----------
    member : Member
        The file: UTF-8 or Big5, any order of columns.
    columns : mapping of str to str
        Our names by published name.
    needed : sequence of str
        Published names without which a row means nothing.
    what : str
        What the file should be, for messages.

    Returns
    -------
    RawTable
        Our columns as text; absent ones are empty. Lines whose quotes do not pair, whose number
        of fields differs from the header's, or that hold a NUL are rejected.

    Raises
    ------
    InputError
        If a needed column is missing or one is there twice.
    """
    header = header_of(member)
    if missing := [c for c in needed if c not in header]:
        raise InputError(
            f"{member.source_file}: expected {what} with the columns {', '.join(needed)}; missing "
            f"{', '.join(missing)}; found {', '.join(header)[:300]}. Correct the header or leave "
            "the file out."
        )
    known = [c for c in header if c in columns]
    if twice := sorted({c for c in known if known.count(c) > 1}):
        raise InputError(
            f"{member.source_file}: expected each column once, found {', '.join(twice)} twice. "
            "Correct the header."
        )
    rows, rejects = _rows(decoded(member.content).split("\n")[1:], header)
    chosen = [
        (pl.col(f"#{header.index(c)}") if c in header else pl.lit("")).alias(name)
        for c, name in columns.items()
    ]
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        rows=rows.select("source_line", "raw", *chosen),
        rejects=rejects,
        unknown_columns=tuple(c for c in header if c not in columns),
    )


def _rows(lines: list[str], header: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    raw = pl.col("raw")
    frame = (
        pl.DataFrame({"raw": lines}, schema={"raw": pl.String})
        .with_row_index("source_line", offset=2)
        .with_columns(pl.col("source_line").cast(pl.Int64))
        .filter(raw.str.strip_chars(_BLANKS) != "")
    )
    outside = raw.str.replace_all(r'"[^"]*"', "")
    fault = (
        pl.when(raw.str.contains("\0", literal=True))
        .then(pl.lit("nul_byte"))
        .when(raw.str.count_matches('"') % 2 == 1)
        .then(pl.lit("unclosed_quote"))
        .when(outside.str.count_matches(",") + 1 != len(header))
        .then(pl.lit("field_count"))
    )
    frame = frame.with_columns(fault.alias("reason"))
    kept = frame.filter(pl.col("reason").is_null()).drop("reason")
    schema = {f"#{i}": pl.String for i in range(len(header))}
    if kept.is_empty():
        values = pl.DataFrame(schema=schema)
    else:
        text = "\n".join(kept["raw"]).encode()
        values = pl.read_csv(text, has_header=False, schema=schema, empty_string_is_null=False)
    if values.height != kept.height:
        raise InputError(
            f"expected {kept.height} rows after splitting, found {values.height}: quotes inside "
            "fields are not paired as CSV requires. Correct the file or download it again."
        )
    rejects = frame.filter(pl.col("reason").is_not_null())
    return kept.hstack(values), rejects.select("source_line", "reason", "raw")
