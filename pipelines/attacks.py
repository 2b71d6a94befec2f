"""From model rows to the attacks on every effect: specification curves and threats."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import polars as pl

from landwatch.measures.neighbours import neighbouring_towns
from landwatch.measures.zone_assignment import assign_zones
from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study
from landwatch.schemas.tables import check_table, conformed, empty_table
from pipelines.graph import Files, Step

TABLES: Final = ("specifications", "threats", "specification_shares")
_PACKAGES: Final = ("landwatch.models", "landwatch.measures", "pipelines.attacks")


def attack_steps(
    study: Study, samples: Sequence[Step], towns: Files, work: Path, build: Path
) -> list[Step]:
    """Return the steps that attack every effect.

    Parameters
    ----------
    study : Study
        The study.
    samples : sequence of Step
        Drawing steps (`sample_steps`).
    towns : mapping of str to pathlib.Path
        Products of the step that reads boundaries: ``shapes`` and, where given, ``villages``.
    work, build : pathlib.Path
        Folders of intermediate files and of results.

    Returns
    -------
    list of Step
        The table of neighbours, one step an outcome, and the step that puts the tables of the mart
        together: ``specifications.csv``, ``threats.csv`` and ``specification_shares.csv``.
    """
    neighbours = work / "neighbours.parquet"
    shared = {"neighbours": neighbours}
    shared |= {"villages": towns["villages"]} if "villages" in towns else {}
    if study.zones.source == "criteria":
        shared["criteria"] = build / "mart" / "criteria.csv"
    least = {"min_before": study.models.min_before, "min_after": study.models.min_after}
    attacks = [
        Step(
            f"attack {outcome}",
            _write_attacks,
            {"rows": path, **shared},
            {name: work / "attacks" / f"{outcome}__{name}.parquet" for name in TABLES},
            {"outcome": outcome, **least},
            _PACKAGES,
        )
        for outcome, path in _rows_of(samples).items()
    ]
    first = Step(
        "neighbours 鄰接鄉鎮市區",
        _write_neighbours,
        {"shapes": towns["shapes"]},
        {"neighbours": neighbours},
        {},
        ("landwatch.measures", "pipelines.attacks"),
    )
    parts = {path.stem: path for step in attacks for path in step.products.values()}
    tables = {f"{name}.csv": build / "mart" / f"{name}.csv" for name in TABLES}
    return [first, *attacks, Step("specifications 模型設定", _write_tables, parts, tables)]


def _rows_of(samples: Sequence[Step]) -> dict[str, Path]:
    return {
        path.stem: path
        for step in samples
        for role, path in step.products.items()
        if role not in {"flow", "years"} and not role.endswith("__breaks")
    }


def _write_neighbours(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    write_parquet(neighbouring_towns(gpd.read_parquet(inputs["shapes"])), products["neighbours"])


def _write_attacks(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    from landwatch.models.attacks import fit_attacks
    from landwatch.models.hedonic import fit_hedonic
    from landwatch.models.specification import specification

    spec = specification(options["outcome"])
    rows = pl.read_parquet(inputs["rows"]).to_pandas()
    rows["effective_date"] = pd.to_datetime(rows["effective_date"])
    if spec.kind == "deals":
        spec = replace(spec, **{k: options[k] for k in ("min_before", "min_after")})
        rows["deal_date"] = pd.to_datetime(rows["deal_date"])
        rows["adjusted_log_price"] = fit_hedonic(rows, spec).adjusted_log_price
        if "villages" in inputs:
            rows["village_code"] = _villages_of(rows, gpd.read_parquet(inputs["villages"]))
    found = fit_attacks(
        rows,
        spec,
        neighbours=pl.read_parquet(inputs["neighbours"]).to_pandas(),
        criteria=_criteria(inputs["criteria"]) if "criteria" in inputs else None,
    )
    for name, table in zip(
        TABLES, (found.specifications, found.threats, found.shares), strict=True
    ):
        write_parquet(_told(pl.from_pandas(table), name), products[name])


def _villages_of(rows: pd.DataFrame, villages: gpd.GeoDataFrame) -> pd.Series:
    """Village of the rows whose source prints a coordinate; missing for the others."""
    position = assign_zones(rows["longitude"].to_numpy(), rows["latitude"].to_numpy(), villages)
    code = villages["village_code"].astype("str").to_numpy(dtype=object)
    return pd.Series(code[position], index=rows.index).where(position >= 0)


def _criteria(path: Path) -> pd.DataFrame:
    texts = {"town_code": pl.String, "is_zone": pl.Boolean}
    ranks = {c: pl.Float64 for c in ("population", "position", "ranks_from_cut")}
    table = pl.read_csv(path, schema_overrides={**texts, **ranks})
    return table.select(*texts, *ranks).to_pandas()


def _told(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """Rows as their table declares them; the pooled rows of threats have no zone."""
    if "zone_id" in table.columns:
        table = table.with_columns(pl.col("zone_id").replace("", None))
    told = conformed(table, name).with_columns(pl.col(pl.Float64).fill_nan(None))
    return check_table(told, name)


def _write_tables(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    for name in TABLES:
        parts = [pl.read_parquet(p) for stem, p in inputs.items() if stem.endswith(f"__{name}")]
        write_csv(pl.concat([empty_table(name), *parts]), products[f"{name}.csv"])
