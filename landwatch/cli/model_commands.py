"""Commands on models: run one estimator on any table, calibrate them on worlds of known truth."""

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer
from rich.table import Table
from rich.text import Text

from landwatch.cli.common import Json, Quiet, app, print_json, progress
from landwatch.console import console
from landwatch.vocabulary.errors import StudyError


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _pairs(options: list[str] | None) -> dict[str, str]:
    pairs = [o.partition("=") for o in options or []]
    if unread := [key for key, equals, _ in pairs if not equals]:
        raise StudyError(f"--options: expected key=value, found {', '.join(unread)}.")
    return {key.strip(): value.strip() for key, _, value in pairs}


@app.command()
def estimate(
    name: Annotated[str, typer.Argument(help="Estimator, such as callaway_santanna (估計法).")],
    data: Annotated[Path, typer.Argument(help="A CSV table (資料表).")],
    outcome: Annotated[str, typer.Option(help="Column explained (結果變項).")],
    out: Annotated[Path, typer.Option(help="Result CSV; its specification beside it (結果).")],
    unit: Annotated[str | None, typer.Option(help="Column of units (單位).")] = None,
    period: Annotated[str | None, typer.Option(help="Column of periods (期別).")] = None,
    first_treated: Annotated[
        str | None,
        typer.Option(help="Column of first treated periods, 0 = never; or a period (起始期別)."),
    ] = None,
    treated_units: Annotated[
        str | None, typer.Option(help="Treated units, joined by commas (處理單位).")
    ] = None,
    covariates: Annotated[
        str | None, typer.Option(help="Columns joined by commas (共變項).")
    ] = None,
    weights: Annotated[str | None, typer.Option(help="Column of weights (權重).")] = None,
    cluster: Annotated[
        str | None, typer.Option(help="One or two columns joined by a comma (群集).")
    ] = None,
    control: Annotated[
        Literal["never", "notyet"], typer.Option(help="Who stands for the untreated (對照組).")
    ] = "never",
    base: Annotated[
        Literal["varying", "universal"], typer.Option(help="Base period (基期).")
    ] = "varying",
    options: Annotated[
        list[str] | None, typer.Option(help="key=value, may be repeated (選項).")
    ] = None,
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Run an estimator of the pipelines (估計法) on any table; its specification lies beside."""
    from landwatch.models.estimators.table import EstimationTable
    from pipelines.estimate import estimate_file, read_table

    table = EstimationTable(
        read_table(data), outcome, unit, period, first_treated, _listed(treated_units),
        _listed(covariates), weights, _listed(cluster), control, base,
    )  # fmt: skip
    found = estimate_file(name, table, _pairs(options), data, out)
    if json_:
        print_json({"result": str(out), "terms": len(found.terms), **found.conventions})
        return
    if not quiet:
        console().print(_terms_table(found.terms.head(40)))
    typer.echo(f"結果 result: {out}")


@app.command()
def calibrate(
    worlds: Annotated[int, typer.Option(min=1, help="Worlds of every scenario (世界數).")] = 500,
    scenario: Annotated[
        list[str] | None, typer.Option(help="One scenario, may be repeated; all (情境).")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes (行程數).")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="Seed (亂數種子).")] = 1,
    pooled_every: Annotated[
        int, typer.Option(min=1, help="Pooled estimators in every n-th world (合併估計).")
    ] = 5,
    checks_every: Annotated[
        int, typer.Option(min=1, help="Checks in every n-th world (檢查).")
    ] = 5,
    out: Annotated[Path, typer.Option(help="Folder of calibration.md (結果資料夾).")] = Path(
        "docs"
    ),
    work: Annotated[
        Path, typer.Option(help="Folder of scenarios already run (暫存資料夾).")
    ] = Path("out/calibration"),
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Count false flags, power and coverage in worlds of known truth (校準); resumable."""
    from landwatch.synthetic.design_scenarios import DESIGN_SCENARIOS, design_scenario
    from pipelines.calibrate import CalibrationPlan, run_calibration

    names = tuple(design_scenario(name).name for name in scenario or DESIGN_SCENARIOS)
    plan = CalibrationPlan(worlds, seed, tuple(dict.fromkeys(names)), pooled_every, checks_every)
    with progress(quiet or json_) as (report, planned):
        page = run_calibration(
            plan, out, work=work, workers=workers, report=report, planned=planned
        )
    if json_:
        print_json({"page": str(page), "worlds": worlds, "scenarios": list(plan.scenarios)})
        return
    typer.echo(f"校準 calibration: {page}")


def _terms_table(terms: pd.DataFrame) -> Table:
    shown = Table("term", "estimate", "std_error", "95 %", "p", "n")
    for row in terms.to_dict("records"):
        interval = f"[{row['ci_low']:.4g}, {row['ci_high']:.4g}]"
        cells = [row["term"], f"{row['estimate']:.6g}", f"{row['std_error']:.4g}", interval]
        cells += [f"{row['p_value']:.3g}", row["n_obs"]]
        shown.add_row(*(Text("" if "nan" in str(cell) else str(cell)) for cell in cells))
    return shown
