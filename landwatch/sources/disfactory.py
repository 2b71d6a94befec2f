"""Suspected factories reported by citizens: replies of the Disfactory service.

Publisher: Disfactory (農地違章工廠回報系統) of g0v and Citizen of the Earth, Taiwan
(地球公民基金會). Names, photographs and notes of a report never leave this reader.
"""

import json
from typing import Any, Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.vocabulary.errors import InputError

FIELDS: Final = (
    "id",
    "lat",
    "lng",
    "landcode",
    "townname",
    "sectname",
    "source",
    "cet_report_status",
    "wont_fix",
    "before_release",
    "reported_at",
    "document_display_status",
)
"""Fields that are read; all others stay in the file."""

_NEEDED: Final = ("id", "lat", "lng", "cet_report_status")
_OWN_WORDS: Final = ('"display_number"', '"cet_report_status"', '"data_complete"')


def is_disfactory(member: Member) -> bool:
    """Tell a reply of the service by the words only it uses.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True for JSON that uses one of them.
    """
    head = member.head.lstrip()
    return head[:1] in {"[", "{"} and any(word in head for word in _OWN_WORDS)


def read_disfactory(member: Member) -> RawTable:
    """Read the factories of a reply.

    Parameters
    ----------
    member : Member
        A list of factories, one factory, or a page with the list under ``results``.

    Returns
    -------
    RawTable
        `FIELDS` as text, ``raw`` made of them alone.

    Raises
    ------
    InputError
        If the file is not such a reply or lacks a field without which a report means nothing.
    """
    entries = _entries(member)
    found = {key for entry in entries for key in entry}
    if entries and (missing := [f for f in _NEEDED if f not in found]):
        raise InputError(
            f"{member.source_file}: expected factories with the fields {', '.join(_NEEDED)}; "
            f"missing {', '.join(missing)}. Is it a reply of /api/factories?"
        )
    rows = [{f: _text(entry.get(f)) for f in FIELDS} for entry in entries]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String)).with_columns(
        pl.Series("raw", [json.dumps(r, ensure_ascii=False) for r in rows], pl.String)
    )
    numbered = frame.with_row_index("source_line", offset=1)
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        rows=numbered.with_columns(pl.col("source_line").cast(pl.Int64)),
    )


def _entries(member: Member) -> list[dict[str, Any]]:
    try:
        data = json.loads(member.content)
    except ValueError as error:
        raise InputError(
            f"{member.source_file}: expected JSON, found text that is not ({error}). "
            "Download it again."
        ) from error
    listed = data.get("results", [data]) if isinstance(data, dict) else data
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise InputError(
            f"{member.source_file}: expected a list of factories, found other JSON. "
            "Is it a reply of /api/factories?"
        )
    return listed


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
