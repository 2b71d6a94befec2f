"""From parts to core tables: everything published, each deal once, each row accounted for."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from landwatch.measures.coverage import row_coverage
from landwatch.schemas.raw import Standardised
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.tables import check_table, empty_table
from landwatch.standardise.duplicates import unit_ratio, without_duplicates
from landwatch.vocabulary.errors import InputError
from pipelines.formats import KINDS, Kind
from pipelines.graph import Files, Step

UNIT_TOLERANCE: Final = 0.02
MIN_PAIRS: Final = 30


def core_step(parts: Sequence[Step], work: Path, out: Path) -> Step:
    """Return the step that unites the parts.

    Parameters
    ----------
    parts : sequence of Step
        Reading steps.
    work : pathlib.Path
        Folder of intermediate files.
    out : pathlib.Path
        Folder of results.

    Returns
    -------
    Step
        Products: every core table that an input feeds, ``rejects``, ``ledger`` and ``coverage``.
    """
    inputs = {
        f"{position}/{name}": path
        for position, part in enumerate(parts)
        for name, path in part.products.items()
    }
    names = sorted({key.split("/")[1] for key in inputs} | {"rejects", "ledger"})
    products = {n: out / "core" / f"{n}.parquet" for n in names if n != "ledger"}
    products["ledger"] = out / "core" / "ledger.csv"
    products["coverage"] = out / "core" / "coverage.csv"
    products["units"] = work / "unit_check.parquet"
    return Step(
        "core tables 核心資料表",
        _write_core,
        inputs,
        products,
        {"kinds": sorted({str(part.options["kind"]) for part in parts})},
        ("landwatch.standardise", "landwatch.measures.coverage", "pipelines.core"),
    )


def _write_core(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    parts = _united(inputs)
    for kind in options["kinds"]:
        _check_some_rows(parts, KINDS[kind])
    ratio, pairs = _checked_units(parts)
    core = without_duplicates(parts)
    for name, table in core.tables.items():
        write_parquet(check_table(table, name), products[name])
    coverage = check_table(row_coverage(core.tables), "coverage")
    write_csv(coverage, products["coverage"])
    write_parquet(core.rejects, products["rejects"])
    write_csv(check_table(core.ledger, "ledger"), products["ledger"])
    write_parquet(pl.DataFrame({"ratio": [ratio], "pairs": [pairs]}), products["units"])


def _united(inputs: Files) -> Standardised:
    frames: dict[str, list[pl.DataFrame]] = {}
    for key, path in inputs.items():
        frames.setdefault(key.split("/")[1], []).append(pl.read_parquet(path, glob=False))
    tables = {n: pl.concat([empty_table(n), *f]) for n, f in frames.items()}
    rejects = tables.pop("rejects", empty_table("rejects"))
    ledger = tables.pop("ledger", empty_table("ledger"))
    return Standardised(tables, rejects, ledger)


def _check_some_rows(parts: Standardised, kind: Kind) -> None:
    if any(parts.tables[name].height for name in kind.tables):
        return
    raise InputError(
        f"inputs of kind {kind.name}: no row could be read from any file. Expected files like "
        f"{kind.example}, alone or in zips; core/ledger.csv of an earlier run, or the names "
        "themselves, tell what was found. Keep the published names."
    )


def _checked_units(parts: Standardised) -> tuple[float, int]:
    sales = parts.tables.get("lvr__sales")
    if sales is None:
        return math.nan, 0
    ratio, pairs = unit_ratio(sales)
    if pairs >= MIN_PAIRS and abs(ratio - 1) > UNIT_TOLERANCE:
        raise InputError(
            f"areas of the query service and of the season files differ by a factor {ratio:.4f} "
            f"over {pairs} deals found in both; expected 1. One of them is not in the unit this "
            "program reads it in (坪 is 400/121 m²). Check the files' unit codes."
        )
    return ratio, pairs
