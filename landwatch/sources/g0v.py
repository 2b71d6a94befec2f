"""Listings of dwellings to let: JSON and CSV of g0v 開放台灣民間租屋資料 as text tables.

Publisher: g0v tw-rental-house-data. Nothing that names or leads to an advertiser leaves this
module: their columns are not read, and the platform's number of a listing leaves as a keyed hash.
"""

import csv
import hashlib
import io
from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import HEAD_BYTES, Member
from landwatch.sources.lvr import decoded
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.listings import (
    FIELDS,
    NEEDED,
    is_known_column,
    looks_like_listings,
    spelled_header,
)

DEDUPLICATED: Final = "deduplicated"
RAW: Final = "raw"
WITHHELD: Final = "(withheld 不保存：may name an advertiser)"
"""Stands for the text of a row that cannot be taken apart."""

_HASH_KEY: Final = b"landwatch listing"
_HASH_BYTES: Final = 12
_END: Final = "\x1e"
"""Put as one more field after every record, so that fields too few or too many show."""

_IDS: Final = ("first_id", "last_id")


def is_json_listings(member: Member) -> bool:
    """Tell whether a file is a JSON list of listings.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        By the keys near its beginning.
    """
    head = member.head.lstrip()
    names = {key for names in FIELDS.values() for key in names if f'"{key}"' in head}
    return head.startswith("[") and looks_like_listings(names)


def is_csv_listings(member: Member) -> bool:
    """Tell whether a file is a CSV of listings.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        By the names in its first line.
    """
    end = member.content.find(b"\n", 0, HEAD_BYTES)
    line = member.content[: end if end >= 0 else HEAD_BYTES]
    return looks_like_listings(set(_header(decoded(line))))


def read_json_listings(member: Member) -> RawTable:
    """Read a JSON list of listings, every value as text.

    Parameters
    ----------
    member : Member
        A list of objects with the keys in `landwatch.vocabulary.listings.FIELDS`.

    Returns
    -------
    RawTable
        Columns of `FIELDS`; ``source_line`` is the element's place in the list, from 1.

    Raises
    ------
    InputError
        If the file is not such a list or lacks a needed key.
    """
    try:
        rows = pl.read_json(io.BytesIO(member.content), infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"{member.source_file}: expected a JSON list of listings, found text that is not one. "
            "Download it again."
        ) from error
    named = {spelled_header(c): c for c in rows.columns}
    chosen = _chosen(member, list(named))
    text = rows.select(_as_text(rows, named[c]).alias(name) for name, c in chosen.items())
    return _table(member, text, 1, [], list(named))


def read_csv_listings(member: Member) -> RawTable:
    """Read a CSV of listings, every value as text.

    Parameters
    ----------
    member : Member
        A CSV with the header names in `landwatch.vocabulary.listings.FIELDS`, in any order.

    Returns
    -------
    RawTable
        Columns of `FIELDS`; ``source_line`` counts records, the header being 1. A record with
        more or fewer fields than the header is rejected.

    Raises
    ------
    InputError
        If a needed column is missing, a column is named twice, or a quote is left open.
    """
    text = decoded(member.content)
    header = _header(text)
    if text.count('"') % 2:
        raise InputError(
            f"{member.source_file}: expected quotes in pairs, found an odd number: a quote is left "
            "open and would swallow rows. Download it again."
        )
    if twice := sorted({n for n in header if header.count(n) > 1}):
        raise InputError(f"{member.source_file}: columns named twice: {', '.join(twice)}.")
    chosen = _chosen(member, header)
    rows = _records(member, text, len(header)).with_row_index("_at")
    is_whole = (pl.col(f"c{len(header)}") == _END).fill_null(value=False)
    broken = rows.filter(~is_whole)["_at"].to_list()
    columns = [pl.col(f"c{header.index(c)}").alias(name) for name, c in chosen.items()]
    whole = rows.filter(is_whole).select("_at", *columns)
    return _table(member, whole, 2, broken, header)


def _header(text: str) -> list[str]:
    line = text.lstrip("\ufeff").split("\n", 1)[0].replace("\r", " ")
    return [spelled_header(name) for name in next(csv.reader([line]), [])]


def _records(member: Member, text: str, width: int) -> pl.DataFrame:
    schema = {f"c{i}": pl.String for i in range(width + 1)}
    body = text.split("\n", 1)[1] if "\n" in text else ""
    if not body.strip():
        return pl.DataFrame(schema=schema)
    marked = body.rstrip("\n").replace("\n", f",{_END}\n") + f",{_END}\n"
    try:
        return pl.read_csv(
            io.BytesIO(marked.encode()),
            schema=schema,
            has_header=False,
            empty_string_is_null=False,
            truncate_ragged_lines=True,
            missing_columns="insert",
            extra_columns="ignore",
        )
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"{member.source_file}: expected a CSV of {width} columns, found text that cannot be "
            "split into records. Download it again."
        ) from error


def _chosen(member: Member, header: Sequence[str]) -> dict[str, str]:
    present = set(header)
    found = {name: [c for c in columns if c in present] for name, columns in FIELDS.items()}
    if missing := [name for name in NEEDED if not found[name]]:
        wanted = "; ".join(" / ".join(FIELDS[name]) for name in missing)
        raise InputError(
            f"{member.source_file}: expected the columns of rental listings; missing {wanted}; "
            f"found {', '.join(header[:12])}. Use the file as g0v published it."
        )
    return {name: columns[0] for name, columns in found.items() if columns}


def _as_text(rows: pl.DataFrame, column: str) -> pl.Expr:
    if isinstance(rows.schema[column], pl.List):
        items = pl.col(column).list.eval(pl.element().cast(pl.String))
        return items.list.join(", ")
    return pl.col(column).cast(pl.String)


def _table(
    member: Member, rows: pl.DataFrame, first: int, broken: list[int], header: Sequence[str]
) -> RawTable:
    if "_at" not in rows.columns:
        rows = rows.with_row_index("_at")
    absent = [pl.lit(None, pl.String).alias(n) for n in FIELDS if n not in rows.columns]
    rows = rows.with_columns(*absent, (pl.col("_at").cast(pl.Int64) + first).alias("source_line"))
    kept = [n for n in FIELDS if n not in _IDS and n not in {a.meta.output_name() for a in absent}]
    rows = rows.with_columns(
        pl.struct(kept).struct.json_encode().alias("raw"),
        *(_hashed(rows, name).alias(name) for name in _IDS),
    )
    lines = [at + first for at in broken]
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        rows=rows.drop("_at"),
        rejects=pl.DataFrame(
            {"source_line": lines, "reason": "field_count", "raw": WITHHELD},
            schema={"source_line": pl.Int64, "reason": pl.String, "raw": pl.String},
        ),
        unknown_columns=tuple(c for c in header if not is_known_column(c)),
        register=DEDUPLICATED if {"max_house_id", "最大物件編號"} & set(header) else RAW,
    )


def _hashed(rows: pl.DataFrame, column: str) -> pl.Series:
    """Numbers of listings are public: the hash keeps them out of tables, it does not hide them."""
    ids = rows.select(
        pl.concat_str(
            pl.col("platform").fill_null(""), pl.lit("/"), pl.col(column).str.strip_chars()
        )
    ).to_series()
    return pl.Series(
        column,
        [
            None
            if i is None or i.endswith(("/", "/-"))
            else hashlib.blake2b(i.encode(), key=_HASH_KEY, digest_size=_HASH_BYTES).hexdigest()
            for i in ids
        ],
        dtype=pl.String,
    )
