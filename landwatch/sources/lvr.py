"""實價登錄 seasons: CSV members decoded and split into rows, nothing interpreted yet.

Publisher: Ministry of the Interior, Department of Land Administration (內政部地政司).
"""

import codecs
import re
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.lvr import (
    CHILD_COLUMN_NAMES,
    COLUMN_NAMES,
    REQUIRED,
    normalised_header,
)

MEMBER: Final = r"[a-z]_lvr_land_[abc](_(land|build|park))?\.csv"
"""Names of the register's tables, letter case aside."""

REGISTERS: Final = {"a": "sale", "b": "presale", "c": "rental"}

_NAME = re.compile(r"(?P<county>[a-z])_lvr_land_(?P<register>[abc])(_(?P<child>\w+))?\.csv")
_REPLACED = "\ufffd"


def read_table(member: Member) -> RawTable:
    """Split one member into rows.

    One line is one row: the register never breaks a line inside a field. A line whose quotes do
    not pair, whose number of fields differs from the header's, or that holds a NUL is rejected.

    Parameters
    ----------
    member : Member
        A file of the register.

    Returns
    -------
    RawTable
        Its rows; none for an empty file.

    Raises
    ------
    InputError
        If the name is not one of the register's, or a column without which the table means
        nothing is missing.
    """
    found = _NAME.fullmatch(member.name.lower())
    if found is None or found["child"] not in {None, *CHILD_COLUMN_NAMES}:
        raise InputError(
            f"{member.source_file}: expected a name such as v_lvr_land_a.csv (county letter, "
            "register, child table), which tells what the rows are. Keep the published names."
        )
    child = found["child"] or ""
    lines = decoded(member.content).split("\n")
    header = _columns(lines[0], child, member.source_file) if lines[0].strip() else []
    rows, rejects = _rows(lines[1:], header)
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        register=REGISTERS[found["register"]],
        child=child,
        county_id=found["county"].upper(),
        rows=rows,
        rejects=rejects,
        unknown_columns=tuple(c[1:] for c in header if c.startswith("?")),
    )


def decoded(content: bytes) -> str:
    """Return a file's text: UTF-8 with or without mark, else Big5 as Taiwan's offices write it.

    A Big5 pair that CP950 lacks is read as HKSCS; a pair in neither becomes U+FFFD, both bytes
    together, so that the text after it stays in step.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    str
        Text with ``\\n`` line ends.

    Examples
    --------
    >>> decoded("裏碁".encode("cp950"))
    '裏碁'
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp950", errors="landwatch-big5")
    return text.replace("\r\n", "\n")


def _pair(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    try:
        return pair.decode("big5hkscs"), error.start + 2
    except UnicodeDecodeError:
        return _REPLACED, error.start + len(pair)


codecs.register_error("landwatch-big5", _pair)


def _columns(line: str, child: str, source_file: str) -> list[str]:
    known = CHILD_COLUMN_NAMES[child] if child else COLUMN_NAMES
    seen: dict[str, int] = {}
    columns = []
    for name in map(normalised_header, line.split(",")):
        seen[name] = seen.get(name, 0) + 1
        key = name if seen[name] == 1 else f"{name}#{seen[name]}"
        columns.append(known.get(key, f"?{key}"))
    wanted = ("deal_id",) if child else REQUIRED
    if missing := [c for c in wanted if c not in columns]:
        published = [k for k, v in known.items() if v in missing]
        raise InputError(
            f"{source_file}: the header lacks {', '.join(missing)} (published as "
            f"{' or '.join(published)}); found {line.strip()[:300]}. "
            "Is it a file of the register, whole and of a known season?"
        )
    if repeated := sorted({c for c in columns if columns.count(c) > 1}):
        raise InputError(
            f"{source_file}: the header names {', '.join(repeated)} twice. "
            "Correct the file or download it again."
        )
    return columns


def _rows(lines: list[str], columns: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    frame = pl.DataFrame({"raw": lines}, schema={"raw": pl.String}).with_row_index(
        "source_line", offset=2
    )
    raw = pl.col("raw")
    outside_quotes = raw.str.replace_all(r'"[^"]*"', "")
    fault = (
        pl.when(raw.str.contains("\0", literal=True))
        .then(pl.lit("nul_byte"))
        .when(raw.str.count_matches('"') % 2 == 1)
        .then(pl.lit("unclosed_quote"))
        .when(outside_quotes.str.count_matches(",") + 1 != len(columns))
        .then(pl.lit("field_count"))
    )
    english = raw.str.starts_with("The villages and towns") | raw.str.contains(
        r"(?i)^\"?(the )?serial number,"
    )
    frame = frame.filter(raw.str.strip_chars() != "").filter(~english)
    frame = frame.with_columns(pl.col("source_line").cast(pl.Int64), fault.alias("reason"))
    kept = frame.filter(pl.col("reason").is_null())
    values = _split(kept["raw"], columns)
    rejects = frame.filter(pl.col("reason").is_not_null()).select("source_line", "reason", "raw")
    return kept.select("source_line", "raw").hstack(values), rejects


def _split(lines: pl.Series, columns: list[str]) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String)
    if lines.is_empty():
        frame = pl.DataFrame(schema=schema)
    else:
        frame = pl.read_csv(
            "\n".join(lines).encode(),
            has_header=False,
            schema=schema,
            empty_string_is_null=False,
        )
    if frame.height != len(lines):
        raise InputError(
            f"expected {len(lines)} rows after splitting, found {frame.height}: quotes inside "
            "fields are not paired as CSV requires. Correct the file or download it again."
        )
    return frame.select(c for c in columns if not c.startswith("?"))
