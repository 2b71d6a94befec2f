"""What every command shares: the application, its options, progress, JSON."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
)

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


@contextmanager
def progress(quiet: bool) -> Iterator[tuple[Any, Any]]:
    """Show a bar on the error stream while steps run.

    Parameters
    ----------
    quiet : bool
        Show nothing.

    Yields
    ------
    tuple of callable
        To be called after each step, and once with the number of steps.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
    )
    errors = Console(stderr=True, no_color="NO_COLOR" in os.environ)
    with Progress(*columns, console=errors, disable=quiet, transient=True) as bar:
        task = bar.add_task("準備 preparing", total=None)

        def report(step: "StepReport") -> None:
            """Move the bar on by one step."""
            bar.update(task, advance=1, description=step.name[:60])

        yield report, lambda total: bar.update(task, total=total)


def print_json(content: dict[str, Any]) -> None:
    """Print one JSON object.

    Parameters
    ----------
    content : dict
        JSON types.
    """
    typer.echo(json.dumps(content, ensure_ascii=False))
