"""Project money."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table
from landwatch.vocabulary.projects import NATURES, STATUSES

COLUMNS: Final[dict[str, Column]] = {
    "award_date": Column(pl.Date, "day of the decision; missing where only the year is public"),
    "date_precision": Column(
        pl.String, "how finely the decision is dated", allowed=("day", "year")
    ),
    "project_kind": Column(pl.String, "類別 of the project, as published"),
    "award_status": Column(
        pl.String, "what became of the project", allowed=tuple(sorted(set(STATUSES.values())))
    ),
    "is_treatment": Column(pl.Boolean, "the project went ahead: not withdrawn, refused or pending"),
    "subsidy_twd": Column(pl.Float64, "補助款 of the central government", "NTD", 0),
    "local_twd": Column(pl.Float64, "地方配合款", "NTD", 0),
    "private_twd": Column(pl.Float64, "民間投入", "NTD", 0),
    "total_twd": Column(pl.Float64, "總經費, as published", "NTD", 0),
    "amount_nature": Column(
        pl.String, "what the amounts are; missing where the list does not say", allowed=NATURES
    ),
    "repeat_number": Column(pl.Int64, "which of equal rows of one file this is", "", 1),
}

_WHAT: Final = (
    "town_code",
    "zone_name",
    "year",
    "award_date",
    "date_precision",
    "project_kind",
    "award_status",
    "is_treatment",
    "subsidy_twd",
    "local_twd",
    "private_twd",
    "total_twd",
    "amount_nature",
    "repeat_number",
)

TABLES: Final = (
    Table(
        "projects__awards",
        (*_WHAT, "flags", "source_file", "source_line"),
        ("year", "date_precision", "award_status", "is_treatment", "source_file", "source_line"),
        ("source_file", "source_line"),
        # two equal rows of one list are two awards; the same list read twice is one
        repeats=_WHAT,
    ),
)
