"""Commands that make or fetch files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from landwatch.cli.common import Json, Quiet, app, print_json
from landwatch.vocabulary.errors import StudyError


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
        print_json({"folder": str(done.folder), **names})
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
