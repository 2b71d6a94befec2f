"""One estimator on one table of a reader's own: read, fit, write result and specification."""

import csv
import hashlib
import io
import json
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pandas as pd

from landwatch import __version__
from landwatch.models.estimators.registry import estimator, fit_estimator, read_options
from landwatch.models.estimators.table import ROLES, Estimate, EstimationTable
from landwatch.schemas.storage import whole_file
from landwatch.vocabulary.errors import InputError

DELIMITERS: Final = (",", ";", "\t", "|")
ENCODINGS: Final = ("utf-8-sig", "cp950")


def read_table(path: Path) -> pd.DataFrame:
    """Read a delimited table with a header, whatever its delimiter.

    Parameters
    ----------
    path : pathlib.Path
        UTF-8 or Big5 text; comma, semicolon, tab or bar between fields.

    Returns
    -------
    DataFrame
        Rows; empty fields and ``NA`` are missing.

    Raises
    ------
    InputError
        If the file is missing, empty, not such a text, or a column name occurs twice.
    """
    if not path.is_file():
        raise InputError(f"{path}: 找不到檔案 expected a CSV table, found no file.")
    text = _decoded(path)
    header = text.partition("\n")[0]
    if not header.strip():
        raise InputError(f"{path}: 空白檔案 expected a header line, found none.")
    delimiter = max(DELIMITERS, key=lambda d: len(next(csv.reader([header], delimiter=d))))
    names = [n.strip() for n in next(csv.reader([header.rstrip("\r")], delimiter=delimiter))]
    if repeated := sorted({n for n in names if names.count(n) > 1}):
        raise InputError(f"{path}: 欄名重複 column names occur twice: {', '.join(repeated)}.")
    try:
        with warnings.catch_warnings():
            # rows longer than the header would be cut, and their values stand in wrong columns
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(io.StringIO(text), sep=delimiter, index_col=False, low_memory=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning) as error:
        raise InputError(f"{path}: 無法讀取 cannot be read as a table: {error}") from None
    return frame.set_axis(names, axis=1)


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path}: expected UTF-8 or Big5 text, found neither. Save it as UTF-8.")


def estimate_file(
    name: str, table: EstimationTable, options: Mapping[str, object], source: Path, out: Path
) -> Estimate:
    """Run an estimator and write its result with the specification beside it.

    Parameters
    ----------
    name : str
        Estimator.
    table : EstimationTable
        Rows of `source` and their roles.
    options : mapping
        Options by name.
    source, out : pathlib.Path
        Table read; CSV to write. The specification takes the same name with ``.json``.

    Returns
    -------
    Estimate
        What was found.

    Raises
    ------
    LandwatchError
        See `landwatch.models.estimators.registry.fit_estimator`; nothing is written then.
    """
    if out.suffix.lower() == ".json":
        raise InputError(f"{out}: expected a name for a CSV, found .json, which the "
                         "specification takes. Choose another name.")  # fmt: skip
    found = fit_estimator(name, table, options)
    known = estimator(name)
    used = {role for role in known.needs | known.takes if getattr(table, role)}
    told = {
        "estimator": name,
        "data": {"file": source.name, "sha256": hashlib.sha256(source.read_bytes()).hexdigest()},
        "rows_read": len(table.frame),
        "roles": {role: getattr(table, role) for role in ROLES if role in used},
        "options": asdict(read_options(known, options)),
        "conventions": dict(found.conventions),
        "landwatch": __version__,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as draft:
        draft.write_text(as_csv(found.terms), encoding="utf-8")
    with whole_file(out.with_suffix(".json")) as draft:
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return found


def as_csv(terms: pd.DataFrame) -> str:
    """Write terms with 17 significant digits.

    Parameters
    ----------
    terms : DataFrame
        Terms of an estimate.

    Returns
    -------
    str
        CSV text; missing numbers are empty.
    """
    return str(terms.to_csv(index=False, float_format="%.17g", lineterminator="\n"))
