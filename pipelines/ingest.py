"""From published files to parts: one part a file, so that a new season reads only itself."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_without_rows, united
from landwatch.schemas.storage import write_parquet
from landwatch.schemas.study import KEYS_OF_KINDS, Input, Study
from landwatch.schemas.tables import empty_table
from landwatch.sources import boundaries
from landwatch.sources.archives import companions, published_files, read_members
from landwatch.sources.vectors import SHAPEFILE_COMPANIONS
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import Places, places_from
from pipelines.formats import KINDS, Context
from pipelines.graph import Files, Step


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
        Products ``towns`` (codes and names), ``shapes`` (GeoParquet, EPSG:4326) and, where an
        input of kind boundaries holds villages, ``villages`` (GeoParquet, EPSG:4326).

    Raises
    ------
    InputError
        If an input holds no boundaries, or two inputs hold the same kind of area.
    """
    sources: dict[str, Path] = {}
    for given in (i.path for i in study.inputs if i.kind == "boundaries"):
        path = boundaries.boundary_file(given)
        for area in boundaries.boundary_contents(path):
            if area in sources:
                raise InputError(
                    f"expected one input of kind boundaries with {area}, found {sources[area]} "
                    f"and {path}. Remove one."
                )
            sources[area] = path
    products = {"towns": work / "towns.parquet", "shapes": work / "shapes.parquet"}
    if "villages" in sources:
        products["villages"] = work / "villages.parquet"
    return Step(
        "towns 鄉鎮市區",
        _write_towns,
        {**sources, **{f"{p}": p for path in sources.values() for p in _beside(path).values()}},
        products,
        {area: str(path) for area, path in sources.items()},
        ("landwatch.sources", "landwatch.standardise", "landwatch.reference"),
    )


def _write_towns(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del inputs
    if "towns" in options:
        places, shapes = boundaries.read_towns(Path(options["towns"]))
    else:
        places, shapes = boundaries.embedded_towns()
    write_parquet(places.towns, products["towns"])
    shapes.to_parquet(products["shapes"])
    if "villages" in options:
        villages = boundaries.read_villages(Path(options["villages"]), places)
        villages.to_parquet(products["villages"])


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
        if source.kind not in KINDS:
            continue
        kind = KINDS[source.kind]
        for path in published_files(source.path, kind.suffixes):
            label = _label(source, path, _shared_name(study, position))
            part = work / f"{position}-{source.kind}" / label.replace("/", "__")
            names = (*kind.tables, "rejects", "ledger")
            options = {
                "kind": source.kind,
                "label": label,
                "latest": study.study.end.isoformat(),
                "input": source.model_dump(mode="json", include=set(KEYS_OF_KINDS)),
            }
            steps.append(
                Step(
                    f"read {source.kind} {label}",
                    _write_part,
                    {"file": path, "towns": work / "towns.parquet", **_beside(path)},
                    {name: part / f"{name}.parquet" for name in names},
                    options,
                    (*kind.packages, "pipelines.formats"),
                )
            )
    return steps


def _beside(path: Path) -> dict[str, Path]:
    """Files a shapefile consists of: a change in one is a change of the layer."""
    if path.suffix.lower() != ".shp":
        return {}
    return {p.suffix.lower(): p for p in companions(path, SHAPEFILE_COMPANIONS)}


def _shared_name(study: Study, position: int) -> str:
    """Tell apart inputs whose last folder has one name: ledgers name every file once."""
    source = study.inputs[position]
    same = [i for i in study.inputs if i.path.name == source.path.name]
    if len(same) == 1:
        return ""
    twice = [i for i in same if i.kind == source.kind]
    return f"{source.kind}:" if len(twice) == 1 else f"{source.kind}-{position + 1}:"


def _label(source: Input, path: Path, prefix: str) -> str:
    below = path.relative_to(source.path) if path != source.path else Path()
    return prefix + (Path(source.path.name) / below).as_posix().rstrip("/.")


def _write_part(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    places = places_from(pl.read_parquet(inputs["towns"]))
    latest = dt.date.fromisoformat(options["latest"])
    part = standardised_file(
        inputs["file"],
        places,
        kind=options["kind"],
        label=options["label"],
        latest=latest,
        options=options["input"],
    )
    tables = {**part.tables, "rejects": part.rejects, "ledger": part.ledger}
    for name, path in products.items():
        write_parquet(tables.get(name, empty_table(name)), path)


def standardised_file(
    path: Path,
    places: Places,
    *,
    kind: str,
    label: str,
    latest: dt.date,
    options: Mapping[str, Any] | None = None,
) -> Standardised:
    """Read one published file and bring it to core rows.

    Parameters
    ----------
    path : pathlib.Path
        A zip or a single file.
    places : Places
        Towns of the study.
    kind : str
        A key of `pipelines.formats.KINDS`.
    label : str
        Name of the file in ledgers.
    latest : datetime.date
        Last believable day where a file does not tell its season.
    options : mapping, optional
        Further keys of the input in the study file.

    Returns
    -------
    Standardised
        Core rows, rejects and ledger; files that hold no table of the kind are in the ledger too.
    """
    formats = KINDS[kind].formats
    raws: dict[str, list[RawTable]] = {form.name: [] for form in formats}
    others = []
    for member in read_members(path, label):
        form = next((f for f in formats if f.recognises(member)), None)
        if form is None:
            others.append((member.source_file, member.sha256, "not a table of this kind"))
        else:
            raws[form.name].append(form.read(member))
    context = Context(places, latest, options or {})
    read = [form.standardise(raws[form.name], context) for form in formats if raws[form.name]]
    none = Standardised({}, empty_table("rejects"), ledger_without_rows(others))
    return united([*read, none])
