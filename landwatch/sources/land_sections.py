"""Names and codes of land sections (段) by land office and town.

Publisher: Ministry of the Interior, Department of Land Administration (內政部地政司), as gathered
by the Disfactory project (``land_section_file.json``).
"""

import json
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.vocabulary.errors import InputError

FIELDS: Final = ("office", "sectcode", "sectstr", "town_code", "city_name", "town_name")


def is_land_sections(member: Member) -> bool:
    """Tell the code table by the names of its fields.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True for a JSON list that names sections.
    """
    head = member.head.lstrip()
    return head[:1] == "[" and '"sectstr"' in head


def read_land_sections(member: Member) -> RawTable:
    """Read the code table.

    Parameters
    ----------
    member : Member
        A list of objects with `FIELDS`.

    Returns
    -------
    RawTable
        Those fields as text.

    Raises
    ------
    InputError
        If the file is not such a list.
    """
    try:
        entries = json.loads(member.content)
        rows = [{f: str(entry[f]) for f in FIELDS} for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{member.source_file}: expected a list of sections with {', '.join(FIELDS)}, found "
            f"something else ({error!r}). Download it again."
        ) from error
    raw = pl.Series("raw", [",".join(row.values()) for row in rows], pl.String)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String)).hstack([raw])
    numbered = frame.with_row_index("source_line", offset=1)
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        rows=numbered.with_columns(pl.col("source_line").cast(pl.Int64)),
    )
