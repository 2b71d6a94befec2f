"""Unregistered factories on farmland that counties acted on: the ministry's monthly lists.

Publisher: Ministry of Economic Affairs (經濟部), as gathered by the Disfactory project in three
forms: the workbook with one sheet a month, the same with keys, and JSON of cases and updates.

In the JSON an update prints only what differs from the case's first entry; of the steps only those
that came on top. Steps that were withdrawn cannot be told from it, but can from the workbook.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import fastexcel
import polars as pl

from landwatch.schemas.raw import RawTable, no_rejects
from landwatch.sources.archives import Member
from landwatch.vocabulary.errors import InputError

CASES: Final = "cases"
ENTRIES: Final = "entries"
"""Value of column ``part``: a row that states a case, and a row of a month's list."""

COLUMNS: Final = {
    "市縣": "county_name",
    "地號": "place",
    "使用分區": "zoning",
    "使用地": "use",
    "市縣政府查處情形": "steps",
    "編號": "list_number",
}
_FIELDS: Final = {
    "city": "county_name",
    "sectname": "place",
    "usage_zone": "zoning",
    "use": "use",
    "status": "steps",
    "number": "list_number",
    "year": "roc_year",
    "month": "roc_month",
}
_SHEET: Final = re.compile(r"(1\d\d)(0[1-9]|1[0-2])")
MAX_BYTES: Final = 256 * 1024**2
"""A workbook that unpacks to more is refused."""

_MAGIC: Final = b"PK\x03\x04"
_ENOUGH_NAMES: Final = 3


def is_moea_json(member: Member) -> bool:
    """Tell the JSON of cases and updates.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True for an object that holds either list.
    """
    content = member.content
    opened = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    return opened and (b'"violations"' in content or b'"updates"' in content)


def is_moea_workbook(member: Member) -> bool:
    """Tell the workbook: an XLSX with a sheet headed by at least three of `COLUMNS`.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True for such a workbook, also one that lacks a column.

    Raises
    ------
    InputError
        If the file is a workbook that cannot be opened.
    """
    if not member.content.startswith(_MAGIC) or b"xl/workbook" not in member.content:
        return False
    book = _opened(member)
    heads = [book.load_sheet(n, header_row=None, n_rows=1, dtypes="string") for n in _names(book)]
    tops = [head.to_polars().cast(pl.String) for head in heads]
    written = [{str(v).strip() for v in top.row(0)} for top in tops if not top.is_empty()]
    return any(len(COLUMNS.keys() & names) >= _ENOUGH_NAMES for names in written)


def _opened(member: Member) -> fastexcel.ExcelReader:
    try:
        with zipfile.ZipFile(io.BytesIO(member.content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size <= MAX_BYTES:
            return fastexcel.read_excel(member.content)
    except (zipfile.BadZipFile, fastexcel.FastExcelError) as error:
        raise InputError(
            f"{member.source_file}: expected a whole workbook, found a damaged one "
            f"({str(error)[:200]}). Download it again."
        ) from error
    raise InputError(
        f"{member.source_file}: unpacks to {size:,} bytes; a workbook of at most {MAX_BYTES:,} "
        "is accepted. Check where the file came from."
    )


def _names(book: fastexcel.ExcelReader) -> list[str]:
    return list(book.sheet_names)


def read_moea_json(member: Member) -> RawTable:
    """Read cases and updates, every update completed from its case.

    Parameters
    ----------
    member : Member
        An object of the lists ``violations`` and ``updates``.

    Returns
    -------
    RawTable
        ``part, case, roc_year, roc_month`` and the columns `COLUMNS`, all text; several steps are
        joined by ``|``. ``source_line`` counts the cases, then the updates. Updates of a case
        that is not in the file are rejected.

    Raises
    ------
    InputError
        If the file is not such an object.
    """
    try:
        data = json.loads(member.content)
        cases = [_texts(row) for row in data["violations"]]
        updates = [_texts(row) for row in data["updates"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{member.source_file}: expected an object with the lists violations and updates, "
            f"each of objects with {', '.join(_FIELDS)}; found something else ({error!r}). "
            "Download it again or leave the file out."
        ) from error
    schema = dict.fromkeys(("case", *_FIELDS.values(), "raw"), pl.String)
    stated = pl.DataFrame(cases, schema=schema).with_columns(pl.lit(CASES).alias("part"))
    entered = pl.DataFrame(updates, schema=schema).with_columns(pl.lit(ENTRIES).alias("part"))
    rows = pl.concat([stated, entered]).with_row_index("source_line", offset=1)
    rows = rows.with_columns(pl.col("source_line").cast(pl.Int64))
    whole = _completed(rows)
    lost = whole.filter(pl.col("is_lost")).with_columns(pl.lit("unknown_case").alias("reason"))
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        rows=whole.filter(~pl.col("is_lost")).drop("is_lost"),
        rejects=lost.select("source_line", "reason", "raw"),
        register="json",
    )


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    texts = {name: _text(row[field]) for field, name in _FIELDS.items()}
    raw = json.dumps(dict(row), ensure_ascii=False)
    return {"case": _text(row["id"]), "raw": raw, **texts}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(str(v) for v in value)
    return "" if value is None else str(value)


def _completed(rows: pl.DataFrame) -> pl.DataFrame:
    names = [n for n in _FIELDS.values() if n != "steps"]
    first = rows.filter(pl.col("part") == CASES).unique("case", keep="first", maintain_order=True)
    first = first.select("case", *(pl.col(n).alias(f"_{n}") for n in (*names, "steps")))
    joined = rows.join(first, on="case", how="left", maintain_order="left")
    is_entry = pl.col("part") == ENTRIES
    filled = [
        pl.when(is_entry & (pl.col(n) == "")).then(f"_{n}").otherwise(n).alias(n) for n in names
    ]
    on_top = pl.concat_str("_steps", pl.lit("|"), "steps").str.strip_chars("|")
    return joined.with_columns(
        *filled,
        pl.when(is_entry).then(on_top).otherwise("steps").alias("steps"),
        pl.col("_steps").is_null().alias("is_lost"),
    ).drop(f"_{n}" for n in (*names, "steps"))


def read_moea_workbook(member: Member) -> RawTable:
    """Read every sheet named after a ROC month (``11201``).

    Parameters
    ----------
    member : Member
        An XLSX.

    Returns
    -------
    RawTable
        ``part`` is always `ENTRIES`, ``case`` empty; the rest as from `read_moea_json`.
        ``source_line`` counts rows below the headers through all sheets. Rows of sheets without
        a month in their name are rejected: they tell no month.

    Raises
    ------
    InputError
        If the workbook cannot be read, has no sheet of a month, or such a sheet lacks a column.
    """
    book = _opened(member)
    sheets = {name: _sheet(book, name) for name in _names(book)}
    if not any(_SHEET.fullmatch(name.strip()) for name in sheets):
        raise InputError(
            f"{member.source_file}: expected sheets named after a ROC year and month such as "
            f"11201, found {', '.join(sheets)}. Keep the published names: they tell the month."
        )
    rows = pl.concat(
        [_month_rows(name, sheet, member.source_file) for name, sheet in sheets.items()]
    ).with_row_index("source_line", offset=1)
    rows = rows.with_columns(pl.col("source_line").cast(pl.Int64))
    dated = pl.col("roc_month") != ""
    lost = rows.filter(~dated).with_columns(pl.lit("sheet_without_month").alias("reason"))
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        rows=rows.filter(dated),
        rejects=lost.select("source_line", "reason", "raw") if lost.height else no_rejects(),
        register="workbook",
    )


def _sheet(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    grid = book.load_sheet(name, header_row=None, dtypes="string").to_polars()
    grid = grid.cast(pl.String).fill_null("")
    if grid.is_empty():
        return pl.DataFrame()
    header = [str(value).strip() for value in grid.row(0)]
    names = [h if h and header.index(h) == i else f"#{i}" for i, h in enumerate(header)]
    body = grid.slice(1).rename(dict(zip(grid.columns, names, strict=True)))
    written = pl.any_horizontal(pl.all().str.strip_chars() != "")
    return body.filter(written) if body.height else body


def _month_rows(name: str, sheet: pl.DataFrame, source_file: str) -> pl.DataFrame:
    month = _SHEET.fullmatch(name.strip())
    missing = [c for c in COLUMNS if c not in sheet.columns]
    if month and missing:
        raise InputError(
            f"{source_file}: sheet {name}: expected the columns {', '.join(COLUMNS)}; missing "
            f"{', '.join(missing)}; found {', '.join(sheet.columns)[:200]}. Correct the header."
        )
    given = [(pl.col(c) if c in sheet.columns else pl.lit("")).alias(n) for c, n in COLUMNS.items()]
    raw = pl.concat_str(pl.all(), separator=",") if sheet.width else pl.lit("")
    texts = {
        "part": ENTRIES,
        "case": "",
        "roc_year": month[1] if month else "",
        "roc_month": month[2] if month else "",
    }
    columns = ("raw", *texts, *COLUMNS.values())
    if sheet.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    fixed = [pl.lit(text).alias(n) for n, text in texts.items()]
    return sheet.select(raw.alias("raw"), *given, *fixed).select(columns)
