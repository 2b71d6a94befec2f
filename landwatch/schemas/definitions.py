"""What a column and a table are."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds.

    Attributes
    ----------
    dtype : polars.DataType class
        Type on disk.
    meaning : str
        What the value says, in English with the register's term.
    unit : str
        Unit; empty for names, codes and flags.
    low, high : float or None
        Closed bounds of values that can be true.
    allowed : tuple of str
        Closed list of values; empty when open.
    """

    dtype: Any
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()


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
    repeats : tuple of str
        Columns in which two rows of different files (or of one) are the same record; the last read
        is kept and the others are counted as duplicates. Empty where the records of a table are
        matched by a rule of their own, or never repeat.
    layer : {"core", "mart", "account"}
        Rows of sources, results made from them, or the account of what was read.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    key: tuple[str, ...]
    repeats: tuple[str, ...] = ()
    layer: Literal["core", "mart", "account"] = "core"
