"""Lists of brands as derived from the name-suggestion-index: one entry a brand and kind of shop."""

import io
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.lvr import decoded
from landwatch.vocabulary.errors import InputError

BRAND_COLUMNS: Final = {
    "id": "brand_id",
    "display_name": "display_name",
    "brand": "brand",
    "brand_zh": "brand_zh",
    "brand_en": "brand_en",
    "brand_wikidata": "brand_wikidata",
    "nsi_path": "nsi_path",
}
"""Published columns and ours."""

REQUIRED: Final = ("id", "display_name", "brand_wikidata")


def is_brand_list(member: Member) -> bool:
    """Tell lists of brands by their header.

    Parameters
    ----------
    member : Member
        A file.

    Returns
    -------
    bool
        True where the first line names three of `BRAND_COLUMNS`, ``brand_wikidata`` or
        ``nsi_path`` among them.
    """
    header = _header(member.head)
    known = header & BRAND_COLUMNS.keys()
    return len(known) >= 3 and bool(known & {"brand_wikidata", "nsi_path"})


def read_brand_list(member: Member) -> RawTable:
    """Read a list of brands.

    Parameters
    ----------
    member : Member
        CSV with the columns `BRAND_COLUMNS` in any order.

    Returns
    -------
    RawTable
        Those columns as text, missing ones empty; ``source_line`` is the entry's place below the
        header, from 2, which is the line where no field holds a line break.

    Raises
    ------
    InputError
        If a column without which an entry means nothing is missing.
    """
    text = decoded(member.content)
    if missing := [c for c in REQUIRED if c not in _header(text)]:
        raise InputError(
            f"{member.source_file}: expected a list of brands with the columns "
            f"{', '.join(BRAND_COLUMNS)}; missing {', '.join(missing)}. Add them."
        )
    frame = pl.read_csv(
        io.BytesIO(text.encode()),
        infer_schema=False,
        empty_string_is_null=False,
        truncate_ragged_lines=True,
    )
    frame = frame.rename({c: c.strip() for c in frame.columns})
    known = [c for c in BRAND_COLUMNS if c in frame.columns]
    absent = [pl.lit("").alias(BRAND_COLUMNS[c]) for c in BRAND_COLUMNS if c not in known]
    rows = frame.select(*(pl.col(c).alias(BRAND_COLUMNS[c]) for c in known), *absent)
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        register="brands",
        rows=rows.with_row_index("source_line", offset=2).with_columns(
            pl.col("source_line").cast(pl.Int64)
        ),
        unknown_columns=tuple(c for c in frame.columns if c not in BRAND_COLUMNS),
    )


def _header(text: str) -> set[str]:
    first = text.split("\n", 1)[0].strip("\ufeff\r")
    return {c.strip().strip('"') for c in first.split(",")}
