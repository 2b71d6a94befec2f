"""The tidy tables: which columns each has, which may be missing, what identifies a row."""

from dataclasses import dataclass
from typing import Final

import pandera.polars as pa
import polars as pl

from landwatch.schemas.columns import COLUMNS, Column
from landwatch.vocabulary.errors import InputError

_SOURCE: Final = ("source_file", "source_line")
_DEAL: Final = (
    "deal_id",
    "register",
    "publisher",
    "town_code",
    "county_code",
    "deal_date",
    "target",
    "property_kind",
    "land_area_m2",
    "building_area_m2",
    "parking_area_m2",
    "parking_price_twd",
    "parking_type",
    "unit_price_basis",
    "stated_unit_price_twd_m2",
    "urban_zoning",
    "rural_zoning",
    "rural_use",
    "building_type",
    "main_use",
    "material",
    "storeys",
    "floor",
    "completion_year",
    "age_years",
    "note_codes",
    "is_arms_length",
    "flags",
    "masked_address",
    "location_id",
    "is_exact_address",
    "longitude",
    "latitude",
    "place_precision",
)


@dataclass(frozen=True, slots=True)
class Table:
    """One tidy table.

    Attributes
    ----------
    name : str
        ``publisher__entity``; the file is ``core/<name>.parquet``.
    columns : tuple of str
        Names defined in `landwatch.schemas.columns`.
    required : tuple of str
        Columns that are never missing.
    key : tuple of str
        Columns that together identify a row.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def dtypes(self) -> dict[str, pl.DataType]:
        """Return the table's columns and types in order."""
        return {name: COLUMNS[name].dtype for name in self.columns}


_NEVER_MISSING = ("deal_id", "register", "county_code", "deal_date", "target", *_SOURCE)

TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        Table(
            "lvr__sales",
            (*_DEAL, "price_twd", "unit_price_twd_m2", *_SOURCE),
            (*_NEVER_MISSING, "price_twd", "property_kind"),
            ("deal_id",),
        ),
        Table(
            "lvr__rentals",
            (
                *_DEAL,
                "rental_type",
                "rental_service",
                "has_furniture",
                "rent_twd_month",
                "rent_twd_m2_month",
                *_SOURCE,
            ),
            (*_NEVER_MISSING, "rent_twd_month", "property_kind"),
            ("deal_id",),
        ),
        Table(
            "lvr__parcels",
            (
                "deal_id",
                "register",
                "land_area_m2",
                "zoning_or_use",
                "share_numerator",
                "share_denominator",
                "transfer_kind",
                *_SOURCE,
            ),
            ("deal_id", *_SOURCE),
            _SOURCE,
        ),
        Table(
            "lvr__buildings",
            (
                "deal_id",
                "register",
                "building_area_m2",
                "main_use",
                "material",
                "completion_year",
                "storeys",
                "floor",
                "transfer_kind",
                *_SOURCE,
            ),
            ("deal_id", *_SOURCE),
            _SOURCE,
        ),
        Table(
            "lvr__parkings",
            (
                "deal_id",
                "register",
                "parking_type",
                "parking_price_twd",
                "parking_area_m2",
                "floor",
                *_SOURCE,
            ),
            ("deal_id", *_SOURCE),
            _SOURCE,
        ),
        Table(
            "population__town_months",
            ("town_code", "month", "population", "households", *_SOURCE),
            ("town_code", "month", "population", *_SOURCE),
            ("town_code", "month"),
        ),
        Table(
            "income__village_years",
            (
                "town_code",
                "village_name",
                "year",
                "tax_units",
                "income_total_twd",
                "income_mean_twd",
                "income_median_twd",
                *_SOURCE,
            ),
            ("town_code", "year", "tax_units", *_SOURCE),
            _SOURCE,
        ),
        Table("rejects", (*_SOURCE, "reason", "raw"), (*_SOURCE, "reason", "raw"), _SOURCE),
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
        ),
    )
}


def empty_table(name: str) -> pl.DataFrame:
    """Return a table without rows.

    Parameters
    ----------
    name : str
        A key of `TABLES`.

    Returns
    -------
    polars.DataFrame
        Columns and types of the table.

    Examples
    --------
    >>> empty_table("rejects").columns
    ['source_file', 'source_line', 'reason', 'raw']
    """
    return pl.DataFrame(schema=TABLES[name].dtypes)


def conformed(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return a frame with exactly a table's columns: absent ones are added as missing.

    Parameters
    ----------
    frame : polars.DataFrame
        Any rows.
    name : str
        A key of `TABLES`.

    Returns
    -------
    polars.DataFrame
        Same rows, the table's columns and types in order.
    """
    columns = TABLES[name].dtypes
    present = set(frame.columns)
    return frame.select(
        (pl.col(c) if c in present else pl.lit(None)).cast(dtype).alias(c)
        for c, dtype in columns.items()
    )


def check_table(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Check a frame against its table; all faults are told at once.

    Parameters
    ----------
    frame : polars.DataFrame
        Candidate rows.
    name : str
        A key of `TABLES`.

    Returns
    -------
    polars.DataFrame
        The same frame.

    Raises
    ------
    InputError
        If a column, type, bound or key is violated; the message lists every violation.
    """
    table = TABLES[name]
    try:
        _schema(table).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        faults = errors.failure_cases.select("column", "check").unique().sort("column", "check")
        told = "; ".join(f"{c}: {k}" for c, k in faults.iter_rows())
        raise InputError(f"table {name}: expected its schema, found {told}.") from errors
    if repeated := frame.height - frame.select(table.key).n_unique():
        raise InputError(
            f"table {name}: {' + '.join(table.key)} must identify a row; {repeated} rows repeat."
        )
    return frame


def _schema(table: Table) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {name: _rule(COLUMNS[name], name in table.required) for name in table.columns},
        strict=True,
        ordered=True,
    )


def _rule(column: Column, required: bool) -> pa.Column:
    checks = []
    if column.low is not None:
        checks.append(pa.Check.ge(column.low))
    if column.high is not None:
        checks.append(pa.Check.le(column.high))
    if column.allowed:
        checks.append(pa.Check.isin(column.allowed))
    return pa.Column(column.dtype, checks, nullable=not required)
