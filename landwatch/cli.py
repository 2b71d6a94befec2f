"""Commands. Exit codes: 0 done, 1 a problem in data or run, 2 wrong usage."""

import json
import os
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
)
from rich.table import Table

from landwatch.console import breaks_table, console, coverage_table, ledger_table, rejects_table
from landwatch.vocabulary.errors import LandwatchError, StudyError
from landwatch.vocabulary.sources import known_sources

if TYPE_CHECKING:
    from pipelines.graph import StepReport

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Land, rent and livelihood before and after revitalization (地方創生 × 地價創升).",
)
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results only (只印結果).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object (機器可讀).")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Threads for reading and tables (執行緒數).")
]
Out = Annotated[Path | None, typer.Option("--out", help="Folder of results (結果資料夾).")]


def main() -> None:
    """Run the command line; errors of ours become one message and an exit code."""
    try:
        app()
    except LandwatchError as error:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]錯誤 error[/]: {escape(str(error))}")
        sys.exit(error.exit_code)
    except OSError as error:
        Console(stderr=True, soft_wrap=True).print(
            f"[bold red]錯誤 error[/]: 無法寫入或讀取 cannot read or write "
            f"{escape(str(error.filename))}: {escape(str(error.strerror))}"
        )
        sys.exit(1)


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
    with _progress(quiet or json_) as (report, planned):
        done = api.run(study, target, report=report, planned=planned)
    results = api.open_results(done.out)
    counts = {str(k): int(v) for k, v in results.verdicts["verdict"].value_counts().items()}
    if json_:
        ran = sum(s.ran for s in done.steps)
        _print_json({"index": str(done.index), "verdicts": counts, "steps_run": ran})
        return
    _print_summary(results, counts)
    typer.echo(f"網站 site: {done.index}")


@app.command()
def check(study: Path, out: Out = None, quiet: Quiet = False, json_: Json = False) -> None:
    """Read every input (檢查資料): files, rows, rejects, coverage, known breaks; model nothing."""
    from landwatch import api

    target = out or Path("out") / _study_id(study)
    with _progress(quiet or json_) as (report, _):
        found = api.check(study, target, report=report)
    if json_:
        rows = [c for c in found.ledger.columns if c.startswith("rows_")]
        _print_json(
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
        _print_json(told.as_json())
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


@app.command()
def simulate(
    directory: Path,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes (亂數種子).")],
    scenario: Annotated[str, typer.Option(help="price_rise, null or revitalised.")] = "price_rise",
    size: Annotated[str, typer.Option(help="town or county.")] = "county",
) -> None:
    """Write official-format files of a synthetic world with known truth (模擬資料)."""
    from landwatch import api

    world = api.simulate(directory, seed=seed, scenario=scenario, size=size)
    typer.echo(f"研究檔 study: {world.study}")


@app.command()
def init(directory: Path) -> None:
    """Make a workspace (工作資料夾) with a commented study.toml."""
    target = directory / "study.toml"
    if target.exists():
        raise StudyError(f"{target} exists already; choose another folder or edit it.")
    (directory / "data" / "raw").mkdir(parents=True, exist_ok=True)
    target.write_bytes(files("landwatch.schemas").joinpath("study_template.toml").read_bytes())
    typer.echo(f"研究檔 study: {target}")


@app.command()
def fetch(
    source: Annotated[str, typer.Argument(help="lvr, listings, businesses, … (資料來源).")],
    start: Annotated[
        str | None, typer.Option("--from", help="First period: 107S1, 2021-03, 2018 (起).")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last period (迄).")] = None,
    county: Annotated[
        list[str] | None, typer.Option(help="County, for factories; may be repeated (縣市).")
    ] = None,
    workspace: Annotated[Path, typer.Option(help="Folder of the study (工作資料夾).")] = Path(),
    base_url: Annotated[str | None, typer.Option(help="A mirror (鏡像站).")] = None,
    only_missing: Annotated[
        bool, typer.Option("--only-missing", help="Skip files already here (略過已有).")
    ] = False,
    quiet: Quiet = False,
    json_: Json = False,
) -> None:
    """Download official files (下載官方資料) into data/raw, resumed, each with its hash."""
    from pipelines.fetch import Order, fetch_source

    order = Order(source, start, end, tuple(county or ()), base_url, only_missing)
    with _transfers(quiet or json_) as progress:
        done = fetch_source(order, workspace, progress=progress)
    if json_:
        names = {"new": done.new, "unchanged": done.unchanged, "notes": done.notes}
        _print_json({"folder": str(done.folder), **names})
        return
    for note in done.notes:
        typer.echo(note)
    counts = f"new 新 {len(done.new)}, unchanged 未變 {len(done.unchanged)}"
    typer.echo(f"資料 files: {counts} → {done.folder}")


@contextmanager
def _transfers(quiet: bool) -> Iterator[Any]:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    with Progress(*columns, console=console, disable=quiet, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def report(name: str, done: int, total: int | None) -> None:
            """Show how far one file has come."""
            if name not in tasks:
                tasks[name] = bar.add_task(name)
            bar.update(tasks[name], completed=done, total=total, visible=done != total)

        yield report


def _study_id(study: Path) -> str:
    try:
        found = tomllib.loads(study.read_text(encoding="utf-8"))["study"]["id"]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return study.stem
    return Path(str(found)).name or study.stem


@contextmanager
def _progress(quiet: bool) -> Iterator[tuple[Any, Any]]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
    )
    errors = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    with Progress(*columns, console=errors, disable=quiet, transient=True) as progress:
        task = progress.add_task("準備 preparing", total=None)

        def report(step: "StepReport") -> None:
            """Move the bar on by one step."""
            progress.update(task, advance=1, description=step.name[:60])

        yield report, lambda total: progress.update(task, total=total)


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


def _print_json(content: dict[str, Any]) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False))
