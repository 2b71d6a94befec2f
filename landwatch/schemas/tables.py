"""The tidy tables: which columns each has, which may be missing, what identifies a row."""

from typing import Any, Final

import pandera.polars as pa
import polars as pl

from landwatch.schemas.columns import COLUMNS, TOPICS
from landwatch.schemas.definitions import Column, Table
from landwatch.vocabulary.errors import InputError

TABLES: Final[dict[str, Table]] = {
    t.name: t for topic in TOPICS for t in getattr(topic, "TABLES", ())
}
"""Every tidy table by name."""


def dtypes(name: str) -> dict[str, Any]:
    """Return a table's columns and types in order.

    Parameters
    ----------
    name : str
        A key of `TABLES`.

    Returns
    -------
    dict of str to polars.DataType class
        Types on disk by column.
    """
    return {column: COLUMNS[column].dtype for column in TABLES[name].columns}


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
    return pl.DataFrame(schema=dtypes(name))


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
    columns = dtypes(name)
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
