"""Population by town and month, income by village and year: published files as text tables.

Publishers: Department of Household Registration (內政部戶政司); Fiscal Information Agency
(財政部財政資訊中心), both as republished by the kiang/tw_population and kiang/salary projects.
"""

import io
import json
import re
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.lvr import decoded
from landwatch.vocabulary.errors import InputError

POPULATION_MEMBER: Final = r"(19|20)\d\d-\d\d\.json"
INCOME_MEMBER: Final = r"(19|20)\d\d\.csv"

INCOME_COLUMNS: Final = {
    "縣市": "county_name",
    "鄉鎮市區": "town_name",
    "村里": "village_name",
    "納稅單位": "tax_units",
    "綜合所得總額": "income_total",
    "平均數": "income_mean",
    "中位數": "income_median",
}
_NO_REJECTS: Final = {"source_line": pl.Int64, "reason": pl.String, "raw": pl.String}


def read_population_month(member: Member) -> RawTable:
    """Read the population of every town in one month.

    Parameters
    ----------
    member : Member
        ``YYYY-MM.json``: an object of town code to ``area, households, population``.

    Returns
    -------
    RawTable
        Rows ``area, households, population, month``, all text.

    Raises
    ------
    InputError
        If the file is not such an object.
    """
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
        pl.lit(member.name[:7]).alias("month"),
        pl.Series("raw", [json.dumps(r, ensure_ascii=False) for r in rows], pl.String),
    )
    return _table(member, frame, "population")


def read_income_year(member: Member) -> RawTable:
    """Read the income statistics of every village in one tax year.

    Parameters
    ----------
    member : Member
        ``YYYY.csv`` with the columns `INCOME_COLUMNS`, amounts in thousand NTD.

    Returns
    -------
    RawTable
        Those columns and ``year``, all text.

    Raises
    ------
    InputError
        If a column is missing.
    """
    text = decoded(member.content)
    frame = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False, truncate_ragged_lines=True)
    if missing := [c for c in INCOME_COLUMNS if c not in frame.columns]:
        raise InputError(
            f"{member.source_file}: expected the columns {', '.join(INCOME_COLUMNS)}; missing "
            f"{', '.join(missing)}; found {', '.join(frame.columns[:12])}."
        )
    found = re.search(r"(\d{4})\.csv$", member.name)
    lines = [line for line in text.split("\n")[1:] if line.strip()]
    frame = frame.select(pl.col(c).alias(n) for c, n in INCOME_COLUMNS.items()).with_columns(
        pl.lit(found[1] if found else None, pl.String).alias("year")
    )
    if len(lines) != frame.height:
        raise InputError(
            f"{member.source_file}: {len(lines)} lines but {frame.height} rows: quotes span lines. "
            "Download it again."
        )
    return _table(member, frame.with_columns(pl.Series("raw", lines, pl.String)), "income")


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
