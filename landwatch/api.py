"""The Python interface: run a study, open its results, place points in zones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from landwatch.measures.zone_assignment import assign_zones
from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import Base, Control, EstimationTable
from landwatch.schemas.explanation import Explanation
from landwatch.synthetic import write_world
from landwatch.vocabulary.errors import InputError
from pipelines.explain import explain_zone
from pipelines.graph import StepReport
from pipelines.study_run import Checked, RunReport, check_study, run_study

__all__ = [
    "Results",
    "assign_zones",
    "check",
    "estimate",
    "explain",
    "open_results",
    "run",
    "simulate",
]


@dataclass(frozen=True, slots=True)
class Results:
    """The tables of a finished run.

    Attributes
    ----------
    out : pathlib.Path
        Folder of results.
    """

    out: Path

    @property
    def effects(self) -> pd.DataFrame:
        """Return ``mart/effects``: one row per zone and outcome."""
        return pd.read_parquet(self.out / "mart" / "effects.parquet")

    @property
    def verdicts(self) -> pd.DataFrame:
        """Return ``mart/verdicts``: one row per zone."""
        return pd.read_parquet(self.out / "mart" / "verdicts.parquet")

    @property
    def pooled(self) -> pd.DataFrame:
        """Return ``mart/pooled``: one row per outcome and estimator."""
        return pd.read_csv(self.out / "mart" / "pooled.csv")

    @property
    def event_study(self) -> pd.DataFrame:
        """Return ``mart/event_study``: one row per outcome, estimator and relative period."""
        return pd.read_csv(self.out / "mart" / "event_study.csv")

    @property
    def ledger(self) -> pd.DataFrame:
        """Return ``core/ledger``: one row per published file."""
        return pd.read_csv(self.out / "core" / "ledger.csv")

    @property
    def rejects(self) -> pd.DataFrame:
        """Return ``core/rejects``: one row per source row not kept."""
        return pd.read_parquet(self.out / "core" / "rejects.parquet")

    def map(self, name: str) -> Path:
        """Return the page of a map.

        Parameters
        ----------
        name : str
            Name of the map, such as ``verdict`` or ``farmland_price``.

        Returns
        -------
        pathlib.Path
            An HTML file that opens by itself.

        Raises
        ------
        InputError
            If the run drew no such map.
        """
        page = self.out / "site" / "maps" / f"{name}.html"
        if not page.is_file():
            drawn = sorted(p.stem for p in page.parent.glob("*.html"))
            raise InputError(f"no map {name!r} in {self.out}; drawn are {', '.join(drawn)}.")
        return page


def run(
    study: str | Path,
    out: str | Path,
    *,
    report: Callable[[StepReport], None] = lambda _: None,
    planned: Callable[[int], None] = lambda _: None,
) -> RunReport:
    """Run a study; see `pipelines.study_run.run_study`.

    Parameters
    ----------
    study : str or pathlib.Path
        Study file.
    out : str or pathlib.Path
        Folder of results.
    report, planned : callable, optional
        Progress: after each step, and once with their number.

    Returns
    -------
    RunReport
        Paths and steps.
    """
    return run_study(Path(study), Path(out).resolve(), report=report, planned=planned)


def check(
    study: str | Path, out: str | Path, *, report: Callable[[StepReport], None] = lambda _: None
) -> Checked:
    """Read every input of a study, model nothing; see `pipelines.study_run.check_study`.

    Parameters
    ----------
    study : str or pathlib.Path
        Study file.
    out : str or pathlib.Path
        Folder of intermediate files.
    report : callable, optional
        Called after each step.

    Returns
    -------
    Checked
        Ledger, rejects and coverage.
    """
    return check_study(Path(study), Path(out).resolve(), report=report)


def explain(
    study: str | Path, zone: str, outcome: str | None = None, out: str | Path | None = None
) -> Explanation:
    """Go from a verdict back to its numbers, deals and source lines.

    Parameters
    ----------
    study : str or pathlib.Path
        Study file of a finished run.
    zone : str
        Id or name of a zone.
    outcome : str, optional
        Outcome to follow to its rows; by default the flagged one, else the clearest.
    out : str or pathlib.Path, optional
        Folder of results; by default ``out/<study id>``.

    Returns
    -------
    Explanation
        Verdict, effects, context, flow, deals with comparables, sources.
    """
    return explain_zone(Path(study), zone, outcome, None if out is None else Path(out))


def estimate(
    name: str,
    frame: pd.DataFrame,
    *,
    outcome: str,
    unit: str | None = None,
    period: str | None = None,
    first_treated: str | None = None,
    treated_units: Sequence[str] = (),
    covariates: Sequence[str] = (),
    weights: str | None = None,
    cluster: Sequence[str] = (),
    control: Control = "never",
    base: Base = "varying",
    options: Mapping[str, object] | None = None,
) -> pd.DataFrame:
    """Run any estimator of the pipelines on any table.

    Parameters
    ----------
    name : str
        Estimator, such as ``callaway_santanna``; see docs/estimators.md.
    frame : DataFrame
        Rows.
    outcome, unit, period, first_treated : str, optional
        Columns; see `landwatch.models.estimators.table.EstimationTable`.
    treated_units : sequence of str, optional
        Treated values of the unit column.
    covariates : sequence of str, optional
        Columns of covariates.
    weights : str, optional
        Column of weights.
    cluster : sequence of str, optional
        One or two columns of clusters.
    control : {"never", "notyet"}, optional
        Which units stand for the untreated path.
    base : {"varying", "universal"}, optional
        Base period before treatment.
    options : mapping, optional
        Options of the estimator.

    Returns
    -------
    DataFrame
        ``term``, ``estimate``, ``std_error``, ``ci_low``, ``ci_high``, ``p_value``, ``n_obs``,
        ``notes``; the headline first. ``attrs["conventions"]`` says how it was computed.

    Raises
    ------
    StudyError
        If the estimator, a role or an option does not exist or is missing.
    InputError
        If the table cannot be used.
    EstimationError
        If it cannot carry the model.
    """
    table = EstimationTable(
        frame, outcome, unit, period, first_treated, _listed(treated_units), _listed(covariates),
        weights, _listed(cluster), control, base,
    )  # fmt: skip
    found = fit_estimator(name, table, options)
    terms = found.terms.copy()
    terms.attrs["conventions"] = dict(found.conventions)
    return terms


def _listed(value: Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def open_results(out: str | Path) -> Results:
    """Open the results of a finished run.

    Parameters
    ----------
    out : str or pathlib.Path
        Folder of results.

    Returns
    -------
    Results
        Tables as properties.

    Raises
    ------
    InputError
        If the folder holds no finished run.
    """
    folder = Path(out)
    if not (folder / "provenance.json").is_file():
        raise InputError(f"{folder}: expected the results of a run, found no provenance.json.")
    return Results(folder)


def simulate(
    directory: str | Path, *, seed: int, scenario: str = "price_rise", size: str = "county"
) -> Any:
    """Write a world with known truth; see `landwatch.synthetic.write_world`.

    Parameters
    ----------
    directory : str or pathlib.Path
        Where to write.
    seed : int
        Same seed, same bytes.
    scenario, size : str, optional
        What is planted, and how much.

    Returns
    -------
    WorldFiles
        Paths and counts.
    """
    return write_world(Path(directory), seed=seed, scenario=scenario, size=size)
