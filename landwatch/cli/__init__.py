"""Commands. Exit codes: 0 done, 1 a problem in data or run, 2 wrong usage."""

import sys

from rich.console import Console
from rich.markup import escape

from landwatch.cli import data_commands, model_commands, study_commands
from landwatch.cli.common import app
from landwatch.vocabulary.errors import LandwatchError

__all__ = ["app", "data_commands", "main", "model_commands", "study_commands"]


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
