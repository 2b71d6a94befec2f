"""The whole way, once: a study file in, results and a site out."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from landwatch.schemas.storage import whole_file
from landwatch.schemas.study import Study, read_study
from landwatch.schemas.tables import dtypes
from landwatch.vocabulary.errors import LandwatchError
from landwatch.vocabulary.places import Places, places_from
from pipelines.area_counts import area_count_steps
from pipelines.attacks import attack_steps
from pipelines.comparables import comparable_steps
from pipelines.core import core_step
from pipelines.effects import effect_steps, result_step
from pipelines.export import export_steps
from pipelines.factories import factory_steps
from pipelines.figures import figures_step
from pipelines.graph import Files, Step, StepReport, run_steps
from pipelines.ingest import part_steps, place_step
from pipelines.landcover import landcover_steps
from pipelines.listings import listing_steps
from pipelines.places import place_steps
from pipelines.polygons import polygon_steps
from pipelines.projects import dose_response_steps, project_steps
from pipelines.publish import publish_tables, site_step, write_provenance
from pipelines.samples import sample_steps
from pipelines.shops import shop_steps
from pipelines.statistics import statistics_steps
from pipelines.zoning import zone_step

WORK = ".landwatch"

Story = Callable[[Study, Files, Path, Path], list[Step]]
"""``story(study, core, work, build)``: steps from core tables to tables of the mart."""

STORIES: tuple[Story, ...] = (
    place_steps,
    area_count_steps,
    comparable_steps,
    statistics_steps,
    listing_steps,
    factory_steps,
    polygon_steps,
    shop_steps,
    landcover_steps,
    project_steps,
)
"""What is told besides effects and verdicts; each takes part where the study feeds it."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did.

    Attributes
    ----------
    out : pathlib.Path
        Folder of results.
    index : pathlib.Path
        Start page of the site.
    steps : tuple of StepReport
        One per step.
    """

    out: Path
    index: Path
    steps: tuple[StepReport, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check_study` found.

    Attributes
    ----------
    ledger, rejects, coverage : polars.DataFrame
        Tables of those names.
    places : Places
        Towns of the study.
    kinds : tuple of str
        Kinds of its inputs.
    """

    ledger: pl.DataFrame
    rejects: pl.DataFrame
    coverage: pl.DataFrame
    places: Places
    kinds: tuple[str, ...]


def run_study(
    study_file: Path,
    out: Path,
    *,
    report: Callable[[StepReport], None] = lambda _: None,
    planned: Callable[[int], None] = lambda _: None,
) -> RunReport:
    """Run a study; only what changed since the last run in `out` is done again.

    Parameters
    ----------
    study_file : pathlib.Path
        The study.
    out : pathlib.Path
        Folder of results. Earlier results stay untouched until the whole run has succeeded.
    report : callable, optional
        Called after each step that ran.
    planned : callable, optional
        Called once with the number of steps.

    Returns
    -------
    RunReport
        Paths and steps.

    Raises
    ------
    LandwatchError
        If the study or an input cannot be used, or another run holds `out`.
    """
    study = read_study(study_file)
    with held_folder(out / WORK):
        build = out / WORK / "build"
        steps = study_steps(study, out / WORK / "parts", build)
        planned(len(steps))
        reports = run_steps(steps, out / WORK, report=report)
        publish_tables(build, out)
        write_provenance(study, study_file, out / "core" / "ledger.csv", out / "provenance.json")
    return RunReport(out, out / "site" / "index.html", tuple(reports))


def check_study(
    study_file: Path, out: Path, *, report: Callable[[StepReport], None] = lambda _: None
) -> Checked:
    """Read every input of a study and write only the core tables; nothing is modelled.

    Parameters
    ----------
    study_file : pathlib.Path
        The study.
    out : pathlib.Path
        Folder of intermediate files; a later run in it starts from them.
    report : callable, optional
        Called after each step that ran.

    Returns
    -------
    Checked
        What was read, what was not, and where and when the rows speak of.
    """
    study = read_study(study_file)
    with held_folder(out / WORK):
        work, build = out / WORK / "parts", out / WORK / "build"
        parts = part_steps(study, work)
        steps = [place_step(study, work), *parts, core_step(parts, work, build)]
        run_steps(steps, out / WORK, report=report)
    core = build / "core"
    return Checked(
        ledger=pl.read_csv(core / "ledger.csv", infer_schema_length=None),
        rejects=pl.read_parquet(core / "rejects.parquet"),
        coverage=pl.read_csv(core / "coverage.csv", schema=dtypes("coverage")),
        places=places_from(pl.read_parquet(work / "towns.parquet")),
        kinds=tuple(sorted({i.kind for i in study.inputs} | {"boundaries"})),
    )


def study_steps(study: Study, work: Path, build: Path) -> list[Step]:
    """Return every step of a study: towns → parts → core → zones → samples → effects → site.

    Parameters
    ----------
    study : Study
        The study.
    work, build : pathlib.Path
        Folders of intermediate files and of results.

    Returns
    -------
    list of Step
        Steps in the order of the data.
    """
    parts = part_steps(study, work)
    core = core_step(parts, work, build)
    zones = zone_step(study, work, build)
    samples = sample_steps(study, core.products, work, build)
    effects = effect_steps(study, samples, work)
    stories = [step for story in STORIES for step in story(study, core.products, work, build)]
    figures = figures_step(stories, build)
    towns = place_step(study, work)
    attacks = attack_steps(study, samples, towns.products, work, build)
    results = result_step(study, effects, samples, build)
    exports = export_steps(study, samples, results, build)
    site = site_step(study, results, figures, attacks[-1], build)
    doses = dose_response_steps(stories, build)
    models = [*samples, attacks[0], *effects, *attacks[1:], results]
    return [towns, *parts, core, zones, *models, *exports, *stories, *doses, figures, site]


@contextlib.contextmanager
def held_folder(folder: Path) -> Iterator[None]:
    """Keep a second run out of a folder; a lock left by a killed run is taken over.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the run's state.

    Raises
    ------
    LandwatchError
        If a living process holds the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "lock"
    holder = _living_holder(lock)
    if holder is not None and holder != os.getpid():
        raise LandwatchError(
            f"{folder.parent}: another run (process {holder}) is writing here. Wait for it, or "
            "choose another --out."
        )
    with whole_file(lock) as draft:
        draft.write_text(str(os.getpid()), encoding="ascii")
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _living_holder(lock: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        process = int(lock.read_text(encoding="ascii"))
        os.kill(process, 0)
        return process
    return None
