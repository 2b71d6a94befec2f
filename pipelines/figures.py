"""From the stories' figures to one table that descriptive maps read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from landwatch.schemas.storage import write_csv
from landwatch.schemas.tables import check_table, empty_table
from pipelines.graph import Files, Step

FIGURES = "figures"
"""Role of a step's product that holds rows of table ``figures``."""


def figures_step(stories: Sequence[Step], out: Path) -> Step:
    """Return the step that puts the figures of all stories together.

    Parameters
    ----------
    stories : sequence of Step
        Steps of any story; those with a product of role `FIGURES` take part.
    out : pathlib.Path
        Folder of results.

    Returns
    -------
    Step
        Product ``figures.csv``; without rows where no input feeds any figure.
    """
    parts = {s.name: s.products[FIGURES] for s in stories if FIGURES in s.products}
    products = {"figures.csv": out / "mart" / "figures.csv"}
    return Step("figures 數字", _write_figures, parts, products, {}, ("pipelines.figures",))


def _write_figures(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    table = pl.concat([empty_table("figures"), *(pl.read_parquet(p) for p in inputs.values())])
    write_csv(
        check_table(table, "figures").sort("figure", "zone_id", "period"), products["figures.csv"]
    )
