"""From published files to parts: one part a file, so that a new season reads only itself."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_without_rows, united
from landwatch.schemas.storage import write_parquet
from landwatch.schemas.study import Input, Study
from landwatch.schemas.tables import empty_table
from landwatch.sources import boundaries, lvr, lvr_query, statistics
from landwatch.sources.archives import Member, published_files, read_members
from landwatch.standardise.lvr import standardise_lvr
from landwatch.standardise.lvr_query import standardise_lvr_query
from landwatch.standardise.statistics import standardise_income, standardise_population
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import Places, places_from
from pipelines.graph import Files, Step

LVR_TABLES: Final = (
    "lvr__sales",
    "lvr__rentals",
    "lvr__parcels",
    "lvr__buildings",
    "lvr__parkings",
)
KIND_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "lvr": LVR_TABLES,
    "lvr_query": ("lvr__sales",),
    "population": ("population__town_months",),
    "income": ("income__village_years",),
}
_SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "lvr": (".zip", ".csv"),
    "lvr_query": (".zip", ".json"),
    "population": (".zip", ".json"),
    "income": (".zip", ".csv"),
}
_PATTERNS: Final[Mapping[str, str]] = {
    "lvr": lvr.MEMBER,
    "lvr_query": lvr_query.MEMBER,
    "population": statistics.POPULATION_MEMBER,
    "income": statistics.INCOME_MEMBER,
}
EXAMPLES: Final[Mapping[str, str]] = {
    "lvr": "v_lvr_land_a.csv (county letter, register a, b or c)",
    "lvr_query": "玉里鎮.json",
    "population": "2018-12.json",
    "income": "2018.csv",
}
"""How files of a kind are named as published."""

_PACKAGES: Final = ("landwatch.sources", "landwatch.standardise", "pipelines.ingest")


def place_step(study: Study, work: Path) -> Step:
    """Return the step that fixes the towns of the study.

    Parameters
    ----------
    study : Study
        The study.
    work : pathlib.Path
        Folder of intermediate files.

    Returns
    -------
    Step
        Products ``towns`` (codes and names) and ``shapes`` (GeoParquet, EPSG:4326).
    """
    given = [i.path for i in study.inputs if i.kind == "boundaries"]
    if len(given) > 1:
        raise InputError(f"expected at most one input of kind boundaries, found {len(given)}.")
    return Step(
        "towns 鄉鎮市區",
        _write_towns,
        {"source": given[0]} if given and given[0].is_file() else {},
        {"towns": work / "towns.parquet", "shapes": work / "shapes.parquet"},
        {"path": str(given[0])} if given else {},
        ("landwatch.sources", "landwatch.reference"),
    )


def _write_towns(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del inputs
    if path := options.get("path"):
        places, shapes = boundaries.read_towns(Path(path))
    else:
        places, shapes = boundaries.embedded_towns()
    write_parquet(places.towns, products["towns"])
    shapes.to_parquet(products["shapes"])


def part_steps(study: Study, work: Path) -> list[Step]:
    """Return one reading step for every published file of the study.

    Parameters
    ----------
    study : Study
        The study.
    work : pathlib.Path
        Folder of intermediate files.

    Returns
    -------
    list of Step
        Products: a Parquet file for each table of the kind, ``rejects`` and ``ledger``.
    """
    steps = []
    for position, source in enumerate(study.inputs):
        if source.kind not in KIND_TABLES:
            continue
        for path in published_files(source.path, _SUFFIXES[source.kind]):
            label = _label(source, path)
            part = work / f"{position}-{source.kind}" / label.replace("/", "__")
            names = (*KIND_TABLES[source.kind], "rejects", "ledger")
            options = {
                "kind": source.kind,
                "label": label,
                "latest": study.study.end.isoformat(),
            }
            steps.append(
                Step(
                    f"read {source.kind} {label}",
                    _write_part,
                    {"file": path, "towns": work / "towns.parquet"},
                    {name: part / f"{name}.parquet" for name in names},
                    options,
                    _PACKAGES,
                )
            )
    return steps


def _label(source: Input, path: Path) -> str:
    below = path.relative_to(source.path) if path != source.path else Path()
    return (Path(source.path.name) / below).as_posix().rstrip("/.")


def _write_part(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    places = places_from(pl.read_parquet(inputs["towns"]))
    latest = dt.date.fromisoformat(options["latest"])
    part = standardised_file(
        inputs["file"], places, kind=options["kind"], label=options["label"], latest=latest
    )
    tables = {**part.tables, "rejects": part.rejects, "ledger": part.ledger}
    for name, path in products.items():
        write_parquet(tables.get(name, empty_table(name)), path)


def standardised_file(
    path: Path, places: Places, *, kind: str, label: str, latest: dt.date
) -> Standardised:
    """Read one published file and bring it to core rows.

    Parameters
    ----------
    path : pathlib.Path
        A zip or a single file.
    places : Places
        Towns of the study.
    kind : str
        A key of `KIND_TABLES`.
    label : str
        Name of the file in ledgers.
    latest : datetime.date
        Last believable day where a file does not tell its season.

    Returns
    -------
    Standardised
        Core rows, rejects and ledger; files that hold no table of the kind are in the ledger too.
    """
    raws, others = [], []
    for member in read_members(path, label):
        if re.fullmatch(_PATTERNS[kind], member.name, re.IGNORECASE):
            raws.append(_read(kind, member))
        else:
            others.append((member.source_file, member.sha256, "not a table of this kind"))
    standardise: dict[str, Callable[[], Standardised]] = {
        "lvr": lambda: standardise_lvr(raws, places, latest=latest),
        "lvr_query": lambda: standardise_lvr_query(raws, places, latest=latest),
        "population": lambda: standardise_population(raws, places),
        "income": lambda: standardise_income(raws, places),
    }
    none = Standardised({}, empty_table("rejects"), ledger_without_rows(others))
    return united([standardise[kind](), none])


def _read(kind: str, member: Member) -> RawTable:
    readers: Mapping[str, Callable[[Member], RawTable]] = {
        "lvr": lvr.read_table,
        "lvr_query": lvr_query.read_township,
        "population": statistics.read_population_month,
        "income": statistics.read_income_year,
    }
    return readers[kind](member)
