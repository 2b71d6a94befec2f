"""What a reader hands to the standardiser, and what the standardiser hands back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from landwatch.schemas.tables import TABLES, empty_table
from landwatch.vocabulary.errors import InputError


def no_rejects() -> pl.DataFrame:
    """Return rejects of a reader that rejected nothing.

    Returns
    -------
    polars.DataFrame
        ``source_line, reason, raw``, no rows.
    """
    return pl.DataFrame(schema={"source_line": pl.Int64, "reason": pl.String, "raw": pl.String})


@dataclass(frozen=True, slots=True)
class RawTable:
    """One published table, every value still text.

    Attributes
    ----------
    source_file, sha256 : str
        Where it came from.
    rows : polars.DataFrame
        Our column names, ``source_line`` (1-based line of the file) and ``raw`` (the line).
    rejects : polars.DataFrame
        ``source_line, reason, raw`` of lines that are not rows.
    unknown_columns : tuple of str
        Published columns that have no place in the vocabulary.
    register : str
        What the rows are, where the file or its name tells: ``sale``, ``presale``, ``rental``, or
        a word of the reader.
    child : str
        ``""`` for the main table, else ``land``, ``build`` or ``park`` (實價登錄).
    county_id : str
        The register's county letter, upper case (實價登錄).
    """

    source_file: str
    sha256: str
    rows: pl.DataFrame
    rejects: pl.DataFrame = field(default_factory=no_rejects)
    unknown_columns: tuple[str, ...] = ()
    register: str = ""
    child: str = ""
    county_id: str = ""


@dataclass(frozen=True, slots=True)
class Standardised:
    """Core rows, rejects and the ledger of the files they came from.

    Attributes
    ----------
    tables : mapping of str to polars.DataFrame
        Core tables by name, see `landwatch.schemas.tables.TABLES`.
    rejects : polars.DataFrame
        Table ``rejects``.
    ledger : polars.DataFrame
        Table ``ledger``: one row per file, also for files that hold no table.
    """

    tables: Mapping[str, pl.DataFrame]
    rejects: pl.DataFrame
    ledger: pl.DataFrame


def ledger_of(
    files: Iterable[tuple[RawTable, str]], accepted: pl.DataFrame, rejects: pl.DataFrame
) -> pl.DataFrame:
    """Account, file by file, for every row that was read.

    Parameters
    ----------
    files : iterable of (RawTable, str)
        Every table read, with a remark for the reader of the ledger.
    accepted, rejects : polars.DataFrame
        Rows with ``source_file``; duplicates are found later and are still among the accepted.

    Returns
    -------
    polars.DataFrame
        Table ``ledger``.

    Raises
    ------
    InputError
        If the rows of a file are not exactly its accepted and rejected ones.
    """
    counts = pl.DataFrame(
        [(r.source_file, r.sha256, r.rows.height + r.rejects.height, note) for r, note in files],
        schema={
            "source_file": pl.String,
            "sha256": pl.String,
            "rows_read": pl.Int64,
            "remark": pl.String,
        },
        orient="row",
    )
    for name, frame in (("rows_accepted", accepted), ("rows_rejected", rejects)):
        per_file = frame.group_by("source_file").agg(pl.len().cast(pl.Int64).alias(name))
        counts = counts.join(per_file, on="source_file", how="left", maintain_order="left")
    counts = counts.with_columns(
        pl.col("rows_accepted", "rows_rejected").fill_null(0),
        pl.lit(0, pl.Int64).alias("rows_duplicate"),
    )
    accounted = pl.col("rows_accepted") + pl.col("rows_rejected")
    if (lost := counts.filter(pl.col("rows_read") != accounted)).height:
        file, _, read, *_ = lost.row(0)
        raise InputError(
            f"{file}: {read} rows read but {lost.select(accounted).item(0, 0)} accounted for. "
            "This is a fault of the program: please report it with the file."
        )
    return counts.select(TABLES["ledger"].columns)


def ledger_without_rows(files: Iterable[tuple[str, str, str]]) -> pl.DataFrame:
    """Return ledger lines of files that hold no table.

    Parameters
    ----------
    files : iterable of (source_file, sha256, remark)
        The files.

    Returns
    -------
    polars.DataFrame
        Table ``ledger``, all counts 0.
    """
    named = pl.DataFrame(
        list(files),
        schema={"source_file": pl.String, "sha256": pl.String, "remark": pl.String},
        orient="row",
    )
    zeros = [pl.lit(0, pl.Int64).alias(c) for c in TABLES["ledger"].columns if c.startswith("rows")]
    return named.with_columns(zeros).select(TABLES["ledger"].columns)


def united(parts: Iterable[Standardised]) -> Standardised:
    """Put parts together in the order given.

    Parameters
    ----------
    parts : iterable of Standardised
        Results of any standardisers.

    Returns
    -------
    Standardised
        All tables, rejects and ledgers stacked.
    """
    kept = list(parts)
    names = sorted({name for part in kept for name in part.tables})
    return Standardised(
        tables={
            n: pl.concat([empty_table(n), *(p.tables[n] for p in kept if n in p.tables)])
            for n in names
        },
        rejects=pl.concat([empty_table("rejects"), *(p.rejects for p in kept)]),
        ledger=pl.concat([empty_table("ledger"), *(p.ledger for p in kept)]),
    )
