"""Many worlds of known truth through the models of the study, over all cores, resumable."""

import contextlib
import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.synthetic.design_scenarios import (
    DESIGN_SCENARIOS,
    DesignScenario,
    design_scenario,
)
from landwatch.vocabulary.errors import StudyError
from pipelines.graph import StepReport, code_state

if TYPE_CHECKING:
    from landwatch.models.calibration import Findings

CHUNK: Final = 10
"""Worlds a process takes at a time."""

_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS",
                   "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS")  # fmt: skip
_PACKAGES: Final = ("landwatch.models", "landwatch.synthetic")

Report = Callable[[StepReport], None]


@dataclass(frozen=True, slots=True)
class CalibrationPlan:
    """What is run.

    Attributes
    ----------
    worlds : int
        Worlds of every scenario.
    seed : int
        Seed; together with scenario and number it decides a world.
    scenarios : tuple of str
        Names; all by default.
    pooled_every, checks_every : int
        Pooled estimators and checks run in every so many worlds: they take most of the time.
    """

    worlds: int = 500
    seed: int = 1
    scenarios: tuple[str, ...] = tuple(DESIGN_SCENARIOS)
    pooled_every: int = 5
    checks_every: int = 5


def run_calibration(
    plan: CalibrationPlan,
    out: Path,
    *,
    work: Path,
    workers: int = 2,
    report: Report = lambda _: None,
    planned: Callable[[int], None] = lambda _: None,
) -> Path:
    """Run worlds, summarise them and write tables, figures and the page about them.

    Parameters
    ----------
    plan : CalibrationPlan
        What is run.
    out : pathlib.Path
        Folder: ``calibration.md`` and, in ``calibration/``, tables and figures.
    work : pathlib.Path
        Folder of scenarios already run; one whose plan and code are unchanged is not run again.
    workers : int, optional
        Processes; results do not depend on it.
    report, planned : callable, optional
        Called after each chunk of worlds, and once with their number.

    Returns
    -------
    pathlib.Path
        The page.

    Raises
    ------
    StudyError
        If a scenario does not exist or a number is below 1.
    """
    from landwatch.cartography.calibration_plots import write_calibration_plots
    from landwatch.models.calibration_summary import calibration_summary, power_table
    from pipelines.calibration_report import write_calibration_page

    found = scenario_findings(plan, work, workers=workers, report=report, planned=planned)
    summary, power = calibration_summary(found), power_table(found.zones)
    folder = out / "calibration"
    write_csv(pl.from_pandas(summary), folder / "calibration.csv")
    write_csv(pl.from_pandas(power), folder / "power.csv")
    scenarios = [design_scenario(name) for name in plan.scenarios]
    titles = {scenario.name: scenario.title for scenario in scenarios}
    figures = write_calibration_plots(summary, power, titles, folder)
    page = out / "calibration.md"
    write_calibration_page(page, plan, scenarios, summary, power, figures)
    return page


def scenario_findings(
    plan: CalibrationPlan,
    work: Path,
    *,
    workers: int,
    report: Report = lambda _: None,
    planned: Callable[[int], None] = lambda _: None,
) -> "Findings":
    """Return findings of every scenario, run now or kept from before.

    Parameters
    ----------
    plan : CalibrationPlan
        What is run.
    work : pathlib.Path
        Folder of findings kept.
    workers : int
        Processes.
    report, planned : callable, optional
        Progress.

    Returns
    -------
    Findings
        With columns ``scenario`` and ``world``, in the order of the plan.

    Raises
    ------
    StudyError
        If a scenario does not exist or a number is below 1.
    """
    from landwatch.models.calibration import joined

    least = (plan.worlds, plan.pooled_every, plan.checks_every, workers)
    if min(least) < 1 or not plan.scenarios or plan.seed < 0:
        raise StudyError(
            "校準設定有誤 calibration needs at least one scenario, one world and one worker, and "
            f"a seed ≥ 0; found {asdict(plan)}, workers={workers}."
        )
    scenarios = [design_scenario(name) for name in dict.fromkeys(plan.scenarios)]
    state = code_state(_PACKAGES)
    folders = {s.name: work / f"{s.name}-{_key(plan, s, state)}" for s in scenarios}
    todo = [s for s in scenarios if not (folders[s.name] / "whole").exists()]
    planned(len(todo) * len(_chunks(plan)))
    with _pool(workers) as pool:
        waiting = {s.name: _submitted(pool, plan, s.name) for s in todo}
        try:
            for name, futures in waiting.items():
                _keep(joined([_done(f, name, report) for f in futures]), folders[name])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return joined([_kept(folders[s.name]) for s in scenarios])


def _key(plan: CalibrationPlan, scenario: DesignScenario, state: str) -> str:
    told = {**asdict(plan), "scenarios": asdict(scenario), "code": state}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def _chunks(plan: CalibrationPlan) -> list[range]:
    return [range(a, min(a + CHUNK, plan.worlds)) for a in range(0, plan.worlds, CHUNK)]


@contextlib.contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Fresh processes of one thread each, so that sums are added in one order everywhere."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            yield pool
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _submitted(
    pool: ProcessPoolExecutor, plan: CalibrationPlan, scenario: str
) -> "list[Future[Findings]]":
    return [pool.submit(chunk_findings, plan, scenario, tuple(c)) for c in _chunks(plan)]


def _done(future: "Future[Findings]", name: str, report: Report) -> "Findings":
    start = time.perf_counter()
    found = future.result()
    report(StepReport(name, ran=True, seconds=time.perf_counter() - start))
    return found


def chunk_findings(plan: CalibrationPlan, scenario: str, worlds: Sequence[int]) -> "Findings":
    """Draw and judge some worlds of a scenario.

    Parameters
    ----------
    plan : CalibrationPlan
        Seed, and how often pooled estimators and checks run.
    scenario : str
        Name.
    worlds : sequence of int
        Numbers of the worlds.

    Returns
    -------
    Findings
        With columns ``scenario`` and ``world`` first.
    """
    from landwatch.models.calibration import PARTS, joined, world_findings
    from landwatch.synthetic.model_worlds import model_world

    found = []
    for world in worlds:
        drawn = model_world(design_scenario(scenario), seed=plan.seed, world=world)
        one = world_findings(
            {"land_price": drawn.deals, "population": drawn.panel},
            drawn.truth,
            drawn.neighbours,
            pooled=world % plan.pooled_every == 0,
            checks=world % plan.checks_every == 0,
        )
        for name in PARTS:
            getattr(one, name).insert(0, "world", world)
            getattr(one, name).insert(0, "scenario", scenario)
        found.append(one)
    return joined(found)


def _keep(found: "Findings", folder: Path) -> None:
    from landwatch.models.calibration import PARTS

    for name in PARTS:
        write_parquet(pl.from_pandas(getattr(found, name)), folder / f"{name}.parquet")
    (folder / "whole").touch()


def _kept(folder: Path) -> "Findings":
    from landwatch.models.calibration import PARTS, Findings

    return Findings(*(pl.read_parquet(folder / f"{n}.parquet").to_pandas() for n in PARTS))
