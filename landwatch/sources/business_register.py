"""全國營業（稅籍）登記: BGMOPEN1 and its companions, split into rows block by block.

Publisher: Fiscal Information Agency, Ministry of Finance (財政部財政資訊中心). The file has 1.7
million rows, so lines are split and counted in blocks and no line is kept beside its fields.
"""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.lvr import decoded
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.lvr import normalised_header
from landwatch.vocabulary.shops import REGISTER_COLUMNS, REGISTER_REQUIRED

BLOCK_BYTES: Final = 32 * 1024**2
NOT_KEPT: Final = "(not kept: the line may hold a name and a door number)"
_READ: Final = (
    "address",
    "tax_id",
    "head_office_tax_id",
    "business_name",
    "capital",
    "established",
    "organisation",
    "uses_invoice",
    "industry_code",
    "industry_name",
    "suspended",
    "ended",
)
_UNUSED: Final = "\x1f"
_FIELD: Final = r'(?:"(?:[^"]|"")*"|[^",]*)'
_WELL_QUOTED: Final = rf"^{_FIELD}(?:,{_FIELD})*$"


def is_register(member: Member) -> bool:
    """Tell the register and its companions by their header.

    Parameters
    ----------
    member : Member
        A file.

    Returns
    -------
    bool
        True where the first line names at least four of its columns.
    """
    first = _first_line(member.content)
    names = {normalised_header(c.strip().strip('"')) for c in _text(first).split(",")}
    return len(names & REGISTER_COLUMNS.keys()) >= 4


def read_register(member: Member) -> RawTable:
    """Split the register into rows.

    Parameters
    ----------
    member : Member
        ``BGMOPEN1.csv``, ``BGMOPEN1X.csv`` (停業) or ``BGMOPEN1Y.csv`` (非營業中), UTF-8 or Big5.

    Returns
    -------
    RawTable
        Text columns as in `landwatch.vocabulary.shops.REGISTER_COLUMNS` and ``file_date``, what
        the first row says of the file's day (empty where it is a business); ``register`` is one of
        ``open``, ``suspended``, ``not_operating``. Lines whose quotes do not pair or whose fields
        are more or fewer than the header's are rejects; their text is not kept.

    Raises
    ------
    InputError
        If a column without which a row means nothing is missing.
    """
    content = member.content.removeprefix(b"\xef\xbb\xbf")
    if not _is_utf8(content):
        content = decoded(content).encode()
    header, body = content.partition(b"\n")[::2]
    columns = _columns(_text(header), member)
    file_date, lines_before = _file_date(body)
    parts = [_rows(block, columns) for block in _blocks(body)]
    rows, rejects = _numbered(parts, columns, lines_before)
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        rows=rows.with_columns(pl.lit(file_date).alias("file_date")),
        rejects=rejects,
        unknown_columns=tuple(c[1:] for c in columns if c.startswith("?")),
        register=_status(columns, member.name),
    )


def _first_line(content: bytes) -> bytes:
    return content[:8192].removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0]


def _text(line: bytes) -> str:
    return (line.decode() if _is_utf8(line) else line.decode("cp950", errors="replace")).strip()


def _is_utf8(content: bytes) -> bool:
    """Judge by the header: a stray bad byte further down must not turn the whole file to Big5."""
    try:
        _first_line(content).decode()
    except UnicodeDecodeError:
        return False
    return True


def _columns(header: str, member: Member) -> list[str]:
    names = [normalised_header(c.strip().strip('"')) for c in header.split(",")]
    columns = [REGISTER_COLUMNS.get(n, f"?{n}") for n in names]
    if missing := [c for c in REGISTER_REQUIRED if c not in columns]:
        published = [k for k, v in REGISTER_COLUMNS.items() if v in missing]
        raise InputError(
            f"{member.source_file}: expected the header of the business register; it lacks "
            f"{', '.join(published)}; found {header[:200]}. Is the file whole and its header kept?"
        )
    if repeated := sorted({c for c in columns if columns.count(c) > 1}):
        raise InputError(
            f"{member.source_file}: the header names {', '.join(repeated)} twice. "
            "Correct the file or download it again."
        )
    return columns


def _file_date(body: bytes) -> tuple[str, int]:
    """Text of the row that tells the file's day, and the number of lines it takes (0 or 1)."""
    first = body[:4096].partition(b"\n")[0].decode(errors="replace").strip()
    only = first.strip('",')
    is_date = bool(re.fullmatch(r"[0-9A-Za-z年月日民國/:.\s-]{6,24}", only)) and any(
        c.isdigit() for c in only
    )
    return (only, 1) if is_date else ("", 0)


def _blocks(body: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(body):
        end = start + BLOCK_BYTES
        end = len(body) if end >= len(body) else body.find(b"\n", end) + 1 or len(body)
        yield body[start:end]
        start = end


def _rows(block: bytes, columns: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fields of the lines of a block; per line, 1-based within the block, its fault."""
    text = block.decode(errors="replace").replace("\r", "").replace(_UNUSED, " ")
    lines = pl.read_csv(
        text.encode(),
        has_header=False,
        separator=_UNUSED,
        quote_char=None,
        schema={"line": pl.String},
        empty_string_is_null=False,
    ).with_row_index("place", offset=1)
    plain = lines.with_columns(_unquoted(len(columns)).alias("line"))
    untouched = plain["line"].equals(lines["line"])
    lines = plain.with_columns(_fault(len(columns)).alias("reason"))
    good = lines.filter(pl.col("reason").is_null())
    whole = text if untouched and good.height == lines.height else None
    fields = _split(good["line"], whole, columns)
    return good.select("place").hstack(fields), lines.select("place", "reason")


def _unquoted(width: int) -> pl.Expr:
    """Take off quotes that pair but stand inside a field, as people write names: 好"好"店."""
    line = pl.col("line")
    inside = (
        line.str.contains('"', literal=True)
        & ~line.str.contains(_WELL_QUOTED)
        & (line.str.count_matches('"', literal=True) % 2 == 0)
        & (line.str.count_matches(",", literal=True) + 1 == width)
    )
    return pl.when(inside).then(line.str.replace_all('"', "", literal=True)).otherwise(line)


def _fault(width: int) -> pl.Expr:
    line = pl.col("line")
    quoted = line.str.contains('"', literal=True)
    bare = pl.when(quoted).then(line.str.replace_all(r'"[^"]*"', "")).otherwise(line)
    return (
        pl.when(line.str.strip_chars(" ,") == "")
        .then(pl.lit("blank"))
        .when(line.str.contains("\0", literal=True))
        .then(pl.lit("nul_byte"))
        .when(line.str.contains("\ufffd", literal=True))
        .then(pl.lit("undecodable"))
        .when(quoted & ~line.str.contains(_WELL_QUOTED))
        .then(pl.lit("unclosed_quote"))
        .when(bare.str.count_matches(",", literal=True) + 1 != width)
        .then(pl.lit("field_count"))
    )


def _split(lines: pl.Series, whole: str | None, columns: list[str]) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String)
    wanted = [c for c in _READ if c in columns]
    if lines.is_empty():
        return pl.DataFrame(schema=schema).select(wanted)
    text = "\n".join(lines) if whole is None else whole
    try:
        fields = pl.read_csv(
            text.encode(), has_header=False, schema=schema, empty_string_is_null=False
        )
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"the register's lines do not split into {len(columns)} fields although each has as "
            f"many ({str(error)[:120]}). Please report it with the file."
        ) from error
    if fields.height != len(lines):
        raise InputError(
            f"expected {len(lines)} rows after splitting, found {fields.height}: quotes inside "
            "fields are not paired as CSV requires. Correct the file or download it again."
        )
    return fields.select(wanted)


def _numbered(
    parts: list[tuple[pl.DataFrame, pl.DataFrame]], columns: list[str], lines_before: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    wanted = [c for c in _READ if c in columns]
    rows = [pl.DataFrame(schema={"source_line": pl.Int64} | dict.fromkeys(wanted, pl.String))]
    faults = [pl.DataFrame(schema={"source_line": pl.Int64, "reason": pl.String})]
    before = 1
    for fields, lines in parts:
        line = (pl.col("place") + before).cast(pl.Int64).alias("source_line")
        rows.append(fields.select(line, *wanted))
        faults.append(lines.filter(pl.col("reason").is_not_null()).select(line, "reason"))
        before += lines.height
    below = pl.col("source_line") > 1 + lines_before
    rejects = pl.concat(faults).filter(below & (pl.col("reason") != "blank"))
    absent = [pl.lit("").alias(c) for c in _READ if c not in wanted]
    return (
        pl.concat(rows).filter(below).with_columns(absent),
        rejects.with_columns(pl.lit(NOT_KEPT).alias("raw")),
    )


def _status(columns: list[str], name: str) -> str:
    if "ended" in columns or re.search(r"BGMOPEN1Y|非營業", name, re.IGNORECASE):
        return "not_operating"
    if "suspended" in columns or re.search(r"BGMOPEN1X|停業", name, re.IGNORECASE):
        return "suspended"
    return "open"
