"""Steps and how they are run: only what changed, one failure told as one error."""

import contextlib
import hashlib
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Final

import pytask
from pytask import Product, PythonNode
from sqlalchemy import event
from sqlalchemy.engine import Engine

from landwatch.vocabulary.errors import LandwatchError

GROUND: Final = ("landwatch.vocabulary", "landwatch.schemas")
Files = Mapping[str, Path]
Action = Callable[[Files, Files, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run.

    Attributes
    ----------
    name : str
        Unique in the run; shown to people.
    action : callable
        ``action(inputs, products, options)``; reads only inputs, writes only products.
    inputs, products : mapping of str to pathlib.Path
        Files by the role they play.
    options : mapping
        Anything JSON can hold; a change reruns the step.
    packages : tuple of str
        Packages whose source the step depends on, besides `GROUND`.
    """

    name: str
    action: Action
    inputs: Files
    products: Files
    options: Mapping[str, Any] = field(default_factory=dict)
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepReport:
    """What became of a step: its name, whether it ran, and for how long [s]."""

    name: str
    ran: bool
    seconds: float


def run_steps(
    steps: Sequence[Step], folder: Path, *, report: Callable[[StepReport], None]
) -> list[StepReport]:
    """Run the steps whose inputs, options, code or products changed.

    Parameters
    ----------
    steps : sequence of Step
        In any order; their files tell which comes first.
    folder : pathlib.Path
        Where the state of earlier runs is kept.
    report : callable
        Called after each step.

    Returns
    -------
    list of StepReport
        One per step.

    Raises
    ------
    LandwatchError
        The first error a step raised on purpose; any other failure is raised as it came.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text("[tool.pytask.ini_options]\n", encoding="utf-8")
    done: list[StepReport] = []
    seconds: dict[str, float] = {}
    tasks = [_task(step, seconds, done, report) for step in steps]
    with _quiet(), _few_syncs():
        session = pytask.build(
            tasks=tasks,
            paths=folder,
            config=folder / "pyproject.toml",
            database_url=f"sqlite:///{folder / 'pytask.sqlite3'}",
            capture="no",
            verbose=0,
            show_traceback=False,
            stop_after_first_failure=True,
        )
    _raise_failures(session)
    ran = {r.name for r in done}
    return done + [StepReport(s.name, ran=False, seconds=0.0) for s in steps if s.name not in ran]


def code_state(packages: Sequence[str]) -> str:
    """Return a hash over the source of packages, so that an edit reruns what depends on it.

    Parameters
    ----------
    packages : sequence of str
        Importable package or module names.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    digest = hashlib.sha256()
    for package in sorted({*GROUND, *packages}):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(package)
        origin = Path(spec.origin)
        is_package = origin.name == "__init__.py"
        for path in sorted(origin.parent.rglob("*")) if is_package else [origin]:
            if path.is_file() and path.suffix in {".py", ".js", ".css", ".csv", ".geojson"}:
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _task(
    step: Step,
    seconds: dict[str, float],
    done: list[StepReport],
    report: Callable[[StepReport], None],
) -> Callable[..., None]:
    state = json.dumps(
        {"options": dict(step.options), "code": code_state(step.packages)}, sort_keys=True
    )

    def run(inputs: Any, state: Any, products: Annotated[Any, Product]) -> None:
        """Run the step as a pytask task; `state` is there so that its change reruns it."""
        began = time.perf_counter()
        step.action(inputs, products, json.loads(state)["options"])
        seconds[step.name] = time.perf_counter() - began
        done.append(StepReport(step.name, ran=True, seconds=seconds[step.name]))
        report(done[-1])

    decorated: Callable[..., None] = pytask.task(
        name=step.name,
        kwargs={
            "inputs": dict(step.inputs),
            "state": PythonNode(value=state, hash=True),
            "products": dict(step.products),
        },
    )(run)
    return decorated


@contextlib.contextmanager
def _few_syncs() -> Iterator[None]:
    """Let the state of steps reach the disk in batches; a crash loses states, never the file."""

    def relax(connection: Any, record: Any) -> None:
        """Set a fresh connection to write-ahead logging."""
        del record
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(Engine, "connect", relax)
    try:
        yield
    finally:
        event.remove(Engine, "connect", relax)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def _raise_failures(session: pytask.Session) -> None:
    failed = {pytask.TaskOutcome.FAIL, pytask.CollectionOutcome.FAIL}
    reports: list[Any] = [*session.execution_reports, *session.collection_reports]
    failures = [r.exc_info[1] for r in reports if r.outcome in failed and r.exc_info]
    told = [f for f in failures if isinstance(f, LandwatchError)]
    if told:
        raise told[0]
    real = [f for f in failures if isinstance(f, Exception)]
    if real:
        raise real[0]
    if session.exit_code != pytask.ExitCode.OK:
        raise LandwatchError(f"the run stopped without a reason ({session.exit_code!r}).")
