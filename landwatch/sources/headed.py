"""Published tables with a header: decoded, split into rows, columns known by their names.

Serves every official statistic that is a CSV or a tab-separated text, in UTF-8, UTF-16 or Big5,
with one header row or two (English and Chinese, in either order).
"""

import io
import re
from functools import lru_cache
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.lvr import decoded
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.layouts import Layout

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_HEAD_BYTES: Final = 16_384
_SHOWN: Final = 12
_BLANKS: Final = " \r\u3000\u00a0"


def is_of_layout(member: Member, layout: Layout) -> bool:
    """Tell by its header whether a file is of a publication.

    Parameters
    ----------
    member : Member
        A file.
    layout : Layout
        The publication.

    Returns
    -------
    bool
        True where a header row names more than half of the columns the layout requires, and one
        of its own: such a file is read, and what it lacks is told as an error.
    """
    required = set(layout.required) - set(_named_columns(layout))
    head = member.content[:_HEAD_BYTES]
    if len(member.content) > _HEAD_BYTES and head[:2] not in _UTF16:
        head = head.rpartition(b"\n")[0]
    for line in _text(head).split("\n", 2)[:2]:
        known = set(_known(line, layout))
        if len(required & known) * 2 > len(required) and known & set(layout.signature):
            return True
    return False


def read_headed(member: Member, layout: Layout) -> RawTable:
    """Split a file into rows.

    One line is one row. A line whose quotes do not pair, whose number of fields differs from the
    header's, or that holds a NUL is rejected.

    Parameters
    ----------
    member : Member
        A file of the publication.
    layout : Layout
        The publication.

    Returns
    -------
    RawTable
        The layout's columns found, all text, blanks around values removed; ``area`` and ``year``
        where only the file's name tells them.

    Raises
    ------
    InputError
        If a column without which the table means nothing is missing or named twice, or the name
        does not tell what it should.
    """
    lines = _text(member.content).split("\n")
    named = [_known(line, layout) for line in lines[:2]]
    counts = [sum(c is not None for c in names) for names in named]
    header_lines = 2 if counts[-1] > 1 and len(counts) == 2 else 1
    header = named[counts.index(max(counts[:header_lines]))]
    _check_header(member, layout, header, lines[0])
    rows, rejects = _rows(lines, header, _separator(lines[0]), header_lines)
    published = _split(lines[named.index(header)])
    unknown = tuple(p for p, n in zip(published, header, strict=True) if n is None and p)
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        rows=rows.with_columns(_named_by_file(member, layout)),
        rejects=rejects,
        unknown_columns=unknown,
        register=layout.name,
    )


def _text(content: bytes) -> str:
    if content[:2] in _UTF16:
        return content.decode("utf-16", errors="replace").replace("\r\n", "\n")
    return decoded(content)


def _separator(line: str) -> str:
    return "\t" if "\t" in line else ","


def _split(line: str) -> list[str]:
    return [p.strip().strip('"') for p in line.split(_separator(line))]


@lru_cache(maxsize=256)
def _known(line: str, layout: Layout) -> tuple[str | None, ...]:
    return tuple(layout.known(name) for name in _split(line))


def _check_header(
    member: Member, layout: Layout, header: tuple[str | None, ...], line: str
) -> None:
    found = [c for c in header if c is not None]
    given = {*found, *_named_columns(layout)}
    if missing := [c for c in layout.required if c not in given]:
        raise InputError(
            f"{member.source_file}: read as {layout.name}; the header lacks "
            f"{_list(missing)}; found {_list(_split(line))}. "
            "Download the file again, or correct the names in its header."
        )
    if twice := sorted({c for c in found if found.count(c) > 1}):
        raise InputError(
            f"{member.source_file}: read as {layout.name}; the header names {_list(twice)} twice. "
            "Correct the header or download the file again."
        )


def _list(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _named_columns(layout: Layout) -> list[str]:
    return ["year"] * layout.period_in_name + ["area"] * layout.area_in_name


def _named_by_file(member: Member, layout: Layout) -> list[pl.Expr]:
    stem = member.name.rsplit(".", 1)[0]
    columns = []
    if layout.area_in_name:
        columns.append(pl.lit(stem, pl.String).alias("area"))
    if layout.period_in_name:
        found = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)1[0-4]\d(?!\d)", stem)
        if found is None:
            raise InputError(
                f"{member.source_file}: read as {layout.name}, whose year only the file's name "
                "tells; expected a name such as 2018.csv. Keep the published names."
            )
        columns.append(pl.lit(found[0], pl.String).alias("year"))
    return columns


def _rows(
    lines: list[str], header: tuple[str | None, ...], separator: str, header_lines: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    frame = pl.DataFrame({"raw": lines[header_lines:]}, schema={"raw": pl.String})
    frame = frame.with_row_index("source_line", offset=header_lines + 1)
    raw = pl.col("raw")
    frame = frame.filter(raw.str.strip_chars() != "").with_columns(
        pl.col("source_line").cast(pl.Int64)
    )
    outside_quotes = raw.str.replace_all(r'"[^"]*"', "")
    fault = (
        pl.when(raw.str.contains("\0", literal=True))
        .then(pl.lit("nul_byte"))
        .when(raw.str.count_matches('"', literal=True) % 2 == 1)
        .then(pl.lit("unclosed_quote"))
        .when(outside_quotes.str.count_matches(separator, literal=True) + 1 != len(header))
        .then(pl.lit("field_count"))
    )
    frame = frame.with_columns(fault.alias("reason"))
    kept = frame.filter(pl.col("reason").is_null())
    values = _values(kept["raw"], header, separator)
    rejects = frame.filter(pl.col("reason").is_not_null()).select("source_line", "reason", "raw")
    return kept.select("source_line", "raw").hstack(values), rejects


def _values(lines: pl.Series, header: tuple[str | None, ...], separator: str) -> pl.DataFrame:
    names = [name or f"?{position}" for position, name in enumerate(header)]
    schema = dict.fromkeys(names, pl.String)
    if lines.is_empty():
        frame = pl.DataFrame(schema=schema)
    else:
        frame = pl.read_csv(
            io.BytesIO("\n".join(lines).encode()),
            has_header=False,
            schema=schema,
            separator=separator,
            empty_string_is_null=False,
        )
    if frame.height != len(lines):
        raise InputError(
            f"expected {len(lines)} rows after splitting, found {frame.height}: quotes inside "
            "fields are not paired as CSV requires. Correct the file or download it again."
        )
    kept = frame[[c for c in names if not c.startswith("?")]]
    if not lines.str.contains_any(list(_BLANKS)).any():
        return kept
    return kept.with_columns(pl.all().str.strip_chars(_BLANKS + "\t"))
