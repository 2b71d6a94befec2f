"""Tables on disk: a file under its final name is always whole."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

_FORMULA = r"^[=+\-@\t\r＝＋－＠]"


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary name to write to; on success it replaces ``path`` at once.

    Parameters
    ----------
    path : pathlib.Path
        Final name; its folder is made.

    Yields
    ------
    pathlib.Path
        Temporary name in the same folder, with the same ending. If the block fails, it is removed
        and an earlier ``path`` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield draft
        with draft.open("rb+") as stream:
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a table as Parquet, whole or not at all.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    path : pathlib.Path
        Final name.
    """
    with whole_file(path) as draft:
        frame.write_parquet(draft, compression="zstd")


def write_csv(frame: pl.DataFrame, path: Path, *, mark: bool = False) -> None:
    """Write a table as CSV in UTF-8, formulas in text made harmless.

    Text that a spreadsheet would run (beginning with ``=``, ``+``, ``-``, ``@``, tab or return,
    full width included) gets a leading apostrophe; numbers are untouched.

    Parameters
    ----------
    frame : polars.DataFrame
        The table.
    path : pathlib.Path
        Final name.
    mark : bool, optional
        Begin with a byte-order mark, which spreadsheets need to recognise UTF-8.
    """
    text = [c for c, t in frame.schema.items() if t == pl.String]
    safe = frame.with_columns(
        pl.when(pl.col(c).str.contains(_FORMULA))
        .then(pl.concat_str(pl.lit("'"), pl.col(c)))
        .otherwise(pl.col(c))
        .alias(c)
        for c in text
    )
    with whole_file(path) as draft:
        safe.write_csv(draft, include_bom=mark, line_terminator="\n")
