"""From core sales to an index of located deals in space and time, beside the table it is of."""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from landwatch.measures.comparables import index_points, nearest_comparables, section_comparables
from landwatch.measures.likeness import Likeness, Search
from landwatch.measures.located_deals import comparable_deals, described_deals, with_places
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
    deals = described_deals(_placed(inputs["sales"], placed, options["max_error_m"]))
    rows = comparable_deals(deals.filter(pl.col("easting_m").is_not_null()))
    write_point_index(
        stem,
        index_points(rows, likeness),
        rows["position"].to_numpy(),
        table_hash=_hash(inputs["sales"], placed),
        scales={k: float(options[k]) for k in ("metres_per_day", "max_error_m")},
    )


def _placed(sales: Path, placed: Path | None, max_error_m: float) -> pl.DataFrame:
    rows = pl.read_parquet(sales)
    return rows if placed is None else with_places(rows, pl.read_parquet(placed), max_error_m)


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
    deals : polars.DataFrame
        Every sale, see `landwatch.measures.located_deals.described_deals`.
    pool : polars.DataFrame
        The located ones that may be comparables.
    likeness : Likeness
        Weights; the scale of time is that of the index.
    """

    index: Any
    deals: pl.DataFrame
    pool: pl.DataFrame
    likeness: Likeness

    def nearest(self, subjects: pl.DataFrame, search: Search) -> pl.DataFrame:
        """Return comparables nearby, or in the same section for subjects without coordinates.

        Parameters
        ----------
        subjects : polars.DataFrame
            Rows of ``deals``.
        search : Search
            How many, from how far.

        Returns
        -------
        polars.DataFrame
            Comparables by subject and rank, see
            `landwatch.measures.comparables.nearest_comparables`.
        """
        rows = subjects.with_row_index("row").cast({"row": pl.Int64})
        located = pl.col("easting_m").is_not_null()
        near, far = rows.filter(located), rows.filter(~located)
        options: dict[str, Any] = {"search": search, "likeness": self.likeness}
        found = [(near, nearest_comparables(self.index, self.pool, near, **options))]
        if far.height:
            found.append((far, section_comparables(comparable_deals(self.deals), far, **options)))
        parts = [
            f.with_columns(part["row"].gather(f["subject"]).alias("subject")) for part, f in found
        ]
        return pl.concat(parts).sort("subject", "rank")


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
        deals = described_deals(_placed(sales, placed, scales["max_error_m"]))
        pool = comparable_deals(deals.filter(pl.col("easting_m").is_not_null()))
        yield Comparables(index, deals, pool, Likeness(metres_per_day=scales["metres_per_day"]))
