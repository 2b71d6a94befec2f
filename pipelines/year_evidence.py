"""From a zone and a yearly outcome to the years, and the files they were read from."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from landwatch.measures.year_paths import year_path
from landwatch.schemas.explanation import YearLine
from pipelines.evidence import CITED, KEYS, Evidence, Question

TABLES: Final[Mapping[str, str]] = {
    "population": "population__town_months",
    "income": "income__village_years",
}
"""Core table of each yearly outcome."""


_NO_YEARS: Final = (
    "這個地區不是完整的鄉鎮市區，沒有逐年數字。",
    "The zone is not a whole town, so there are no yearly figures of it.",
)


def year_evidence(question: Question) -> Evidence:
    """Follow a yearly outcome to the figures of its town.

    Parameters
    ----------
    question : Question
        Results and what is asked.

    Returns
    -------
    Evidence
        Years of the zone beside its controls; the lines of its town in the core table are cited.
    """
    panel = pl.read_parquet(question.parts / "samples" / f"{question.outcome}.parquet")
    controls = str(question.effect["controls"] or "").split(";")
    path = year_path(panel, question.zone_id, controls).with_columns(
        pl.col(pl.Float64).fill_null(float("nan"))
    )
    years = tuple(YearLine(**row) for row in path.iter_rows(named=True))
    if not years:
        return Evidence(notes=(_NO_YEARS,))
    towns = panel.filter(pl.col("zone_id") == question.zone_id)["town_code"].unique()
    table = TABLES.get(question.outcome)
    if table is None or towns.is_empty():
        return Evidence(years=years)
    core = pl.scan_parquet(question.out / "core" / f"{table}.parquet")
    cited = core.filter(pl.col("town_code").is_in(towns.implode())).select(list(CITED)).collect()
    return Evidence(years=years, cited=cited.unique().sort(KEYS))
