"""What was read, what was kept, what was not."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table

COLUMNS: Final[dict[str, Column]] = {
    "reason": Column(pl.String, "reason code of a rejection"),
    "raw": Column(pl.String, "the row as published"),
    "sha256": Column(pl.String, "hash of the published file"),
    "rows_read": Column(pl.Int64, "rows below the headers", "", 0),
    "rows_accepted": Column(pl.Int64, "rows kept", "", 0),
    "rows_rejected": Column(pl.Int64, "rows not kept, each with a reason", "", 0),
    "rows_duplicate": Column(pl.Int64, "rows of a deal kept from another file", "", 0),
    "table_name": Column(pl.String, "core table"),
    "rows_kept": Column(pl.Int64, "rows of the table", "", 1),
    "remark": Column(pl.String, "what a reader of the ledger should know"),
}

_SOURCE: Final = ("source_file", "source_line")

TABLES: Final = (
    Table(
        "rejects",
        (*_SOURCE, "reason", "raw"),
        (*_SOURCE, "reason", "raw"),
        _SOURCE,
        layer="account",
    ),
    Table(
        "ledger",
        (
            "source_file",
            "sha256",
            "rows_read",
            "rows_accepted",
            "rows_rejected",
            "rows_duplicate",
            "remark",
        ),
        ("source_file", "sha256", "rows_read"),
        ("source_file",),
        layer="account",
    ),
    Table(
        "coverage",
        ("table_name", "county_code", "year", "rows_kept"),
        ("table_name", "rows_kept"),
        ("table_name", "county_code", "year"),
        layer="account",
    ),
)
