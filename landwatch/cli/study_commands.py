"""Commands on a study: run it, check its inputs, explain a zone, show a demo."""

import json
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from landwatch.cli.common import Json, Out, Quiet, Workers, app, print_json, progress
from landwatch.console import breaks_table, console, coverage_table, ledger_table, rejects_table
from landwatch.vocabulary.sources import known_sources


@app.command()
def run(
    study: Path,
    out: Out = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Run a study (執行研究): read, place, model, judge, draw. A rerun does only what changed."""
    if workers is not None:
        os.environ["POLARS_MAX_THREADS"] = str(workers)
    from landwatch import api

    target = out or Path("out") / _study_id(study)
    with progress(quiet or json_) as (report, planned):
        done = api.run(study, target, report=report, planned=planned)
    results = api.open_results(done.out)
    counts = {str(k): int(v) for k, v in results.verdicts["verdict"].value_counts().items()}
    if json_:
        ran = sum(s.ran for s in done.steps)
        print_json({"index": str(done.index), "verdicts": counts, "steps_run": ran})
        return
    _print_summary(results, counts)
    typer.echo(f"網站 site: {done.index}")


@app.command()
def check(study: Path, out: Out = None, quiet: Quiet = False, json_: Json = False) -> None:
    """Read every input (檢查資料): files, rows, rejects, coverage, known breaks; model nothing."""
    from landwatch import api

    target = out or Path("out") / _study_id(study)
    with progress(quiet or json_) as (report, _):
        found = api.check(study, target, report=report)
    if json_:
        rows = [c for c in found.ledger.columns if c.startswith("rows_")]
        print_json(
            {"files": found.ledger.height, **found.ledger.select(rows).sum().row(0, named=True)}
        )
        return
    sources = known_sources()
    for table in (
        ledger_table(found.ledger),
        rejects_table(found.rejects),
        coverage_table(found.coverage, found.places),
        breaks_table(sources, list(found.kinds)),
    ):
        console().print(table)


@app.command()
def explain(
    study: Path,
    zone: Annotated[str, typer.Argument(help="Id or name of a zone (地區代碼或名稱).")],
    outcome: Annotated[str | None, typer.Argument(help="Such as land_price (項目).")] = None,
    out: Out = None,
    json_: Json = False,
) -> None:
    """From a verdict (判定) back to models, comparable deals, source rows and files."""
    from landwatch import api
    from landwatch.cartography.trace import draw_trace

    told = api.explain(study, zone, outcome, out or Path("out") / _study_id(study))
    if json_:
        print_json(told.as_json())
    else:
        console().print(draw_trace(told))


@app.command()
def demo(
    out: Out = None,
    seed: Annotated[int, typer.Option(help="Same seed, same world (亂數種子).")] = 1,
    quiet: Quiet = False,
) -> None:
    """Write a synthetic county (模擬縣), run everything on it, print the path of its site."""
    from landwatch import api

    folder = out or Path("out") / "demo"
    world = api.simulate(folder / "world", seed=seed)
    run(world.study, out=folder, quiet=quiet)


def _study_id(study: Path) -> str:
    try:
        found = tomllib.loads(study.read_text(encoding="utf-8"))["study"]["id"]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return study.stem
    return Path(str(found)).name or study.stem


def _print_summary(results: Any, counts: dict[str, int]) -> None:
    ledger = results.ledger
    read, kept = int(ledger["rows_read"].sum()), int(ledger["rows_accepted"].sum())
    table = Table("outcome 結果", "estimated 可估", "zones 地區", "q<fdr ↑", "q<fdr ↓")
    fdr = json.loads((results.out / "provenance.json").read_text(encoding="utf-8"))
    level = fdr["parameters"]["models"]["fdr"]
    for outcome, part in results.effects.groupby("outcome", sort=False):
        sure = part["q_value"] <= level
        up, down = (
            (sure & (part["estimate_log"] > 0)).sum(),
            (sure & (part["estimate_log"] < 0)).sum(),
        )
        estimated = (part["status"] == "estimated").sum()
        table.add_row(str(outcome), *(str(int(v)) for v in (estimated, len(part), up, down)))
    console().print(table)
    told = ", ".join(f"{k} {v}" for k, v in sorted(counts.items()))
    typer.echo(f"資料 rows: {read:,} read, {kept:,} accepted · 判定 verdicts: {told}")
