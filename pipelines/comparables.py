"""From core sales to an index of located deals in space and time, beside the table it is of."""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from landwatch.measures.comparables import (
    Likeness,
    Search,
    index_points,
    nearest_comparables,
)
from landwatch.measures.located_deals import comparable_deals, located_deals
from landwatch.schemas.point_index import (
    SUFFIXES,
    file_hash,
    opened_point_index,
    write_point_index,
)
from landwatch.schemas.study import Study
from pipelines.graph import Files, Step

TABLE: Final = "lvr__sales"
_PACKAGES: Final = ("landwatch.measures", "pipelines.comparables")


def comparable_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the step that indexes the located sales.

    Parameters
    ----------
    study : Study
        The study.
    core : mapping of str to pathlib.Path
        Core tables of the run.
    work, build : pathlib.Path
        Folders of intermediate files and of results.

    Returns
    -------
    list of Step
        One step, products ``core/lvr__sales`` with `SUFFIXES`; none without sales.
    """
    del study, work
    if TABLE not in core:
        return []
    products = {suffix: build / "core" / f"{TABLE}{suffix}" for suffix in SUFFIXES}
    options = {"metres_per_day": Likeness().metres_per_day, "max_error_m": 0.0}
    return [
        Step("index 成交索引", _write_index, {"sales": core[TABLE]}, products, options, _PACKAGES)
    ]


def _write_index(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    likeness = Likeness(metres_per_day=options["metres_per_day"])
    stem = products[SUFFIXES[0]].with_suffix("")
    placed = inputs.get("placed")
    rows = comparable_deals(_located(inputs["sales"], placed, options["max_error_m"]))
    write_point_index(
        stem,
        index_points(rows, likeness),
        rows["position"].to_numpy(),
        table_hash=_hash(inputs["sales"], placed),
        scales={k: float(options[k]) for k in ("metres_per_day", "max_error_m")},
    )


def _located(sales: Path, placed: Path | None, max_error_m: float) -> pl.DataFrame:
    side = pl.read_parquet(placed) if placed is not None else None
    return located_deals(pl.read_parquet(sales), side, max_error_m=max_error_m)


def _hash(sales: Path, placed: Path | None) -> str:
    one = file_hash(sales)
    if placed is None:
        return one
    return hashlib.sha256((one + file_hash(placed)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Comparables:
    """An open index with the deals it is of.

    Attributes
    ----------
    index : rtree.index.Index
        Points in space and time.
    located : polars.DataFrame
        Every located deal, see `landwatch.measures.located_deals.located_deals`.
    pool : polars.DataFrame
        Those of them that may be comparables.
    likeness : Likeness
        Weights; the scale of time is that of the index.
    """

    index: Any
    located: pl.DataFrame
    pool: pl.DataFrame
    likeness: Likeness

    def nearest(self, subjects: pl.DataFrame, search: Search) -> pl.DataFrame:
        """Return `nearest_comparables` of subjects.

        Parameters
        ----------
        subjects : polars.DataFrame
            Rows of ``located``.
        search : Search
            How many, from how far.

        Returns
        -------
        polars.DataFrame
            Comparables by subject and rank.
        """
        return nearest_comparables(
            self.index, self.pool, subjects, search=search, likeness=self.likeness
        )


@contextlib.contextmanager
def opened_comparables(core: Path, placed: Path | None = None) -> Iterator[Comparables]:
    """Open the index of a finished run.

    Parameters
    ----------
    core : pathlib.Path
        Folder ``core`` of the results.
    placed : pathlib.Path, optional
        The table of placed rows the index was made with, if it was.

    Yields
    ------
    Comparables
        Ready to be asked.

    Raises
    ------
    InputError
        If the index is missing, damaged or stale.
    """
    sales = core / f"{TABLE}.parquet"
    with opened_point_index(core / TABLE, _hash(sales, placed)) as (index, about):
        scales = about["scales"]
        located = _located(sales, placed, scales["max_error_m"])
        likeness = Likeness(metres_per_day=scales["metres_per_day"])
        yield Comparables(index, located, comparable_deals(located), likeness)
