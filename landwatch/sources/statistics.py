"""Population by town and month, income by village and year: published files as text tables.

Publishers: Department of Household Registration (內政部戶政司); Fiscal Information Agency
(財政部財政資訊中心), both as republished by the kiang/tw_population and kiang/salary projects.
"""

import json
import re
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.headed import read_headed
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.statistics import INCOME_VILLAGES

_MONTH_IN_NAME: Final = re.compile(r"(?<!\d)((?:19|20)\d\d[-_]?\d\d|1\d\d\d\d)(?!\d)")
_NO_REJECTS: Final = {"source_line": pl.Int64, "reason": pl.String, "raw": pl.String}


def is_population_month(member: Member) -> bool:
    """Tell whether a file is an object of towns with their population.

    Parameters
    ----------
    member : Member
        A file.

    Returns
    -------
    bool
        True where its beginning reads so.
    """
    head = member.head
    return head.lstrip().startswith("{") and '"area"' in head and '"population"' in head


def read_population_month(member: Member) -> RawTable:
    """Read the population of every town in one month.

    Parameters
    ----------
    member : Member
        An object of town code to ``area, households, population``; its name tells the month, such
        as ``2018-12.json`` or ``10712.json``.

    Returns
    -------
    RawTable
        Rows ``area, households, population, month``, all text.

    Raises
    ------
    InputError
        If the file is not such an object, or its name tells no month.
    """
    found = _MONTH_IN_NAME.search(member.name)
    if found is None:
        raise InputError(
            f"{member.source_file}: holds the population of towns, but no month; expected a name "
            "such as 2018-12.json, which tells it. Keep the published names."
        )
    try:
        entries = json.loads(member.content)
        rows = [
            {k: str(v.get(k, "")) for k in ("area", "households", "population")}
            for v in entries.values()
        ]
    except (ValueError, AttributeError) as error:
        raise InputError(
            f"{member.source_file}: expected an object of town code to area, households and "
            f"population, found something else ({error}). Download it again."
        ) from error
    schema = {"area": pl.String, "households": pl.String, "population": pl.String}
    frame = pl.DataFrame(rows, schema=schema).with_columns(
        pl.lit(found[1].replace("_", "-")).alias("month"),
        pl.Series("raw", [json.dumps(r, ensure_ascii=False) for r in rows], pl.String),
    )
    return _table(member, frame, "population")


def read_income_year(member: Member) -> RawTable:
    """Read the income statistics of every village in one tax year.

    Parameters
    ----------
    member : Member
        Of layout `INCOME_VILLAGES`, its year in its name; amounts in thousand NTD.

    Returns
    -------
    RawTable
        The layout's columns and ``year``, all text.

    Raises
    ------
    InputError
        If a column is missing.
    """
    return read_headed(member, INCOME_VILLAGES)


def _table(member: Member, rows: pl.DataFrame, register: str) -> RawTable:
    first = 1 if register == "population" else 2
    numbered = rows.with_row_index("source_line", offset=first)
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        register=register,
        child="",
        county_id="",
        rows=numbered.with_columns(pl.col("source_line").cast(pl.Int64)),
        rejects=pl.DataFrame(schema=_NO_REJECTS),
        unknown_columns=(),
    )
