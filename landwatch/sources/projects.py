"""Lists of 地方創生 projects and their money: CSV split into rows, nothing interpreted yet."""

from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.lvr import decoded
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.projects import AMOUNTS, COLUMN_NAMES
from landwatch.vocabulary.text import spelled

LEAST_KNOWN: Final = 4
"""Columns of the vocabulary, status among them, that make a header a list of projects; one more
where status is missing, which is then told."""


def is_project_list(member: Member) -> bool:
    """Tell a list of projects by its header.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        Whatever its name.
    """
    known = set(_columns(_text(member).split("\n", 1)[0])) & set(COLUMN_NAMES.values())
    return len(known) >= (LEAST_KNOWN if "status" in known else LEAST_KNOWN + 1)


def read_projects(member: Member) -> RawTable:
    """Split a list of projects into rows, one line a row.

    Parameters
    ----------
    member : Member
        A CSV with the columns `landwatch.vocabulary.projects.COLUMN_NAMES` in any order.

    Returns
    -------
    RawTable
        Columns of the vocabulary, all text, empty fields missing. A line with a NUL, an unclosed
        quote or another number of fields than the header is rejected.

    Raises
    ------
    InputError
        If a column without which a row means nothing is missing or named twice.
    """
    head, *lines = _text(member).split("\n")
    columns = _columns(head)
    _check_columns(columns, member.source_file, head)
    frame = pl.DataFrame({"raw": lines}, schema={"raw": pl.String})
    frame = frame.with_row_index("source_line", offset=2).filter(
        pl.col("raw").str.replace_all(r"[,\s]", "") != ""
    )
    raw = pl.col("raw")
    fields = raw.str.replace_all(r'"[^"]*"', "").str.count_matches(",") + 1
    fault = (
        pl.when(raw.str.contains("\0", literal=True))
        .then(pl.lit("nul_byte"))
        .when(raw.str.count_matches('"') % 2 == 1)
        .then(pl.lit("unclosed_quote"))
        .when(fields != len(columns))
        .then(pl.lit("field_count"))
    )
    frame = frame.with_columns(pl.col("source_line").cast(pl.Int64), fault.alias("reason"))
    kept = frame.filter(pl.col("reason").is_null()).drop("reason")
    return RawTable(
        member.source_file,
        member.sha256,
        kept.hstack(_split(kept["raw"], columns, member.source_file)),
        frame.filter(pl.col("reason").is_not_null()).select("source_line", "reason", "raw"),
        unknown_columns=tuple(c[1:] for c in columns if c.startswith("?")),
        register="projects",
    )


def _text(member: Member) -> str:
    return decoded(member.content).replace("\r", "\n")


def _columns(head: str) -> list[str]:
    names = [spelled(name.strip().strip('"')).lower() for name in head.split(",")]
    return [COLUMN_NAMES.get(name, f"?{position} {name}") for position, name in enumerate(names)]


def _check_columns(columns: list[str], file: str, head: str) -> None:
    wanted = {
        "town and county, or zone": {"town_name", "zone_name"},
        "status": {"status"},
        "date or roc_year": {"date", "roc_year"},
        f"an amount ({', '.join(AMOUNTS)})": set(AMOUNTS),
    }
    if missing := [told for told, any_of in wanted.items() if not any_of & set(columns)]:
        raise InputError(
            f"{file}: a list of projects needs {'; '.join(missing)}; found the header "
            f"{head.strip()[:300]}. Add the column; leave a field empty where nothing is known."
        )
    if twice := sorted({c for c in columns if columns.count(c) > 1}):
        raise InputError(f"{file}: the header names {', '.join(twice)} twice. Keep one of each.")


def _split(lines: pl.Series, columns: list[str], file: str) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String)
    frame = pl.DataFrame(schema=schema)
    if lines.len():
        content = "\n".join(lines).encode()
        frame = pl.read_csv(content, has_header=False, schema=schema)
    if frame.height != lines.len():
        raise InputError(
            f"{file}: {lines.len()} lines but {frame.height} rows: quotes inside fields are not "
            "paired as CSV requires. Correct the file."
        )
    return frame.select(c for c in columns if not c.startswith("?"))
