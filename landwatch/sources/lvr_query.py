"""實價登錄 query service: one JSON list of deals per township, with coordinates.

Publisher: Ministry of the Interior, Department of Land Administration (內政部地政司).
"""

import io
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.lvr import QUERY_FIELDS

MEMBER: Final = r".*\.json"
_NEEDED: Final = ("a", "e", "s", "t", "town", "tp", "unit", "lat", "lon", "sq")


def read_township(member: Member) -> RawTable:
    """Read one township's deals, every value as text, coordinates as numbers.

    Parameters
    ----------
    member : Member
        A JSON list of objects with the fields of the service.

    Returns
    -------
    RawTable
        ``source_line`` is the element's place in the list, from 1; ``raw`` the element as JSON.

    Raises
    ------
    InputError
        If the file is not such a list or lacks a field without which a deal means nothing.
    """
    if not member.content.strip().strip(b"[]"):
        return _table(member, pl.DataFrame(schema={"source_line": pl.Int64, "raw": pl.String}), ())
    try:
        rows = pl.read_json(io.BytesIO(member.content), infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"{member.source_file}: expected a JSON list of deals, found text that is not "
            f"({str(error)[:200]}). Download it again."
        ) from error
    if missing := [f for f in _NEEDED if f not in rows.columns]:
        raise InputError(
            f"{member.source_file}: expected the fields {', '.join(_NEEDED)}; missing "
            f"{', '.join(missing)}. Is it a reply of the query service?"
        )
    raw = rows.select(pl.struct(pl.all()).struct.json_encode().alias("raw"))
    text = [pl.col(c).cast(pl.String) for c in rows.columns if c not in {"lat", "lon"}]
    place = [pl.col(c).cast(pl.Float64, strict=False) for c in ("lat", "lon")]
    absent = [pl.lit("").alias(f) for f in QUERY_FIELDS if f not in rows.columns]
    table = rows.select(*text, *place, *absent).hstack(raw).with_row_index("source_line", offset=1)
    unknown = tuple(c for c in rows.columns if c not in QUERY_FIELDS)
    return _table(member, table.with_columns(pl.col("source_line").cast(pl.Int64)), unknown)


def _table(member: Member, rows: pl.DataFrame, unknown: tuple[str, ...]) -> RawTable:
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        register="sale",
        child="",
        county_id="",
        rows=rows,
        rejects=pl.DataFrame(
            schema={"source_line": pl.Int64, "reason": pl.String, "raw": pl.String}
        ),
        unknown_columns=unknown,
    )
