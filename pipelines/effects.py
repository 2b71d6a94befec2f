"""From model rows to effects: every estimator of an outcome, then verdicts over all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
import polars as pl

from landwatch.schemas.storage import write_csv, write_parquet
from landwatch.schemas.study import Study
from landwatch.schemas.tables import dtypes
from pipelines.graph import Files, Step
from pipelines.samples import flow_table

RESULTS: Final = ("effects", "pooled", "event_study", "zone_estimates", "donor_weights", "alarms")
KPI_COLUMNS: Final = (
    "population",
    "income_median_twd",
    "births",
    "masuda_index",
    "rent_to_income",
    "income_mean_twd",
    "tax_units",
    "deaths",
    "masuda_basis",
)
"""Key figures of ``mart/kpi.csv``; ``masuda_index`` is by base year."""

_PACKAGES: Final = ("landwatch.models", "pipelines.effects")


def effect_steps(study: Study, samples: Sequence[Step], work: Path) -> list[Step]:
    """Return one modelling step for every outcome.

    Parameters
    ----------
    study : Study
        The study.
    samples : sequence of Step
        Drawing steps.
    work : pathlib.Path
        Folder of intermediate files.

    Returns
    -------
    list of Step
        Products: a part of each of `RESULTS`.
    """
    rows = {
        path.stem: path
        for step in samples
        for role, path in step.products.items()
        if role not in {"flow", "years"} and not role.endswith("__breaks")
    }
    least = {"min_before": study.models.min_before, "min_after": study.models.min_after}
    shared = {n: work / f"{n}.parquet" for n in ("dated_zones", "neighbours")}
    return [
        Step(
            f"model {outcome}",
            _write_effects,
            {"rows": path, **shared},
            {name: work / "effects" / f"{outcome}__{name}.parquet" for name in RESULTS},
            {"outcome": outcome, **least},
            _PACKAGES,
        )
        for outcome, path in rows.items()
    ]


def _write_effects(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    from landwatch.models.alarms import alarm_table
    from landwatch.models.effect_table import precision_shares
    from landwatch.models.event_study import fit_event_study
    from landwatch.models.hedonic import fit_hedonic
    from landwatch.models.pooled import fit_pooled, pooled_table
    from landwatch.models.single_zones import fit_single_zones
    from landwatch.models.specification import specification
    from landwatch.models.zone_effects import fit_zone_effects

    spec = specification(options["outcome"])
    if spec.kind == "deals":
        least = {k: options[k] for k in ("min_before", "min_after")}
        spec = replace(spec, **least)
    rows = _frame(inputs["rows"])
    if spec.kind == "deals":
        rows["deal_date"] = pd.to_datetime(rows["deal_date"])
        rows["adjusted_log_price"] = fit_hedonic(rows, spec).adjusted_log_price
    dated = pl.read_parquet(inputs["dated_zones"])
    names = dict(dated.select("zone_id", "zone_name").iter_rows())
    effects = fit_zone_effects(rows, spec, zone_names=names)
    effects = effects.join(precision_shares(rows), on="zone_id")
    singly = fit_single_zones(rows, spec)
    found = {
        "effects": effects,
        "pooled": pooled_table(fit_pooled(rows, spec)),
        "event_study": fit_event_study(rows, spec),
        "zone_estimates": singly.effects,
        "donor_weights": singly.weights,
        "alarms": alarm_table(rows, spec, pl.read_parquet(inputs["neighbours"]).to_pandas()),
    }
    for name in RESULTS:
        write_parquet(pl.from_pandas(found[name]), products[name])


def _frame(path: Path) -> pd.DataFrame:
    frame = pl.read_parquet(path).to_pandas()
    frame["effective_date"] = pd.to_datetime(frame["effective_date"])
    return frame


def result_step(study: Study, effects: Sequence[Step], samples: Sequence[Step], out: Path) -> Step:
    """Return the step that puts results together and draws the verdicts.

    Parameters
    ----------
    study : Study
        The study.
    effects, samples : sequence of Step
        Modelling and drawing steps; ``mart/threats.csv`` of the attacks is read too.
    out : pathlib.Path
        Folder of results.

    Returns
    -------
    Step
        Products: the result tables of the mart.
    """
    inputs = {path.stem: path for step in effects for path in step.products.values()}
    inputs |= {
        path.stem: path
        for step in samples
        for role, path in step.products.items()
        if role in {"flow", "years"} or role.endswith("__breaks")
    }
    inputs["zones"] = out / "mart" / "zones.parquet"
    inputs["threats"] = out / "mart" / "threats.csv"
    mart = out / "mart"
    tables = (*RESULTS, "verdicts", "zone_sentences", "conclusions", "kpi", "sample_flow")
    names = [f"{n}.csv" for n in tables]
    names += ["effects.parquet", "verdicts.parquet"]
    if "years" in inputs:
        names.append("series_breaks.csv")
    else:
        names.remove("kpi.csv")
    return Step(
        "results 結果表",
        _write_results,
        inputs,
        {name: mart / name for name in names},
        {"fdr": study.models.fdr},
        (*_PACKAGES, "landwatch.measures"),
    )


def _write_results(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    from landwatch.cartography.conclusions import conclusion_table
    from landwatch.models.disagreement import disagreement
    from landwatch.models.effect_table import completed_effects
    from landwatch.models.verdicts import fit_verdicts

    tables = {result: _joined(inputs, result) for result in RESULTS}
    effects = tables["effects"].to_pandas()
    others = tables["zone_estimates"].to_pandas()
    effects = completed_effects(
        effects,
        _threats(inputs["threats"]),
        disagreement(effects, others),
        tables["alarms"].to_pandas(),
    )
    tables["effects"] = pl.from_pandas(effects)
    verdicts = fit_verdicts(effects, fdr=options["fdr"])
    tables["verdicts"] = pl.from_pandas(verdicts)
    pooled = tables["pooled"].to_pandas()
    tables["conclusions"] = pl.from_pandas(conclusion_table(effects, pooled, fdr=options["fdr"]))
    tables["zone_sentences"] = _sentences(verdicts, effects, options["fdr"])
    for name, table in tables.items():
        write_csv(_without_nan(table), products[f"{name}.csv"])
        if f"{name}.parquet" in products:
            write_parquet(_without_nan(table), products[f"{name}.parquet"])
    flow_table([p for n, p in inputs.items() if n.endswith("__flow")], products["sample_flow.csv"])
    if "years" in inputs:
        write_csv(_key_figures(inputs), products["kpi.csv"])
        breaks = [pl.read_parquet(p) for n, p in inputs.items() if n.endswith("__breaks")]
        write_csv(pl.concat(breaks), products["series_breaks.csv"])


def _threats(path: Path) -> pd.DataFrame:
    return pl.read_csv(path, schema=dtypes("threats")).to_pandas()


def _joined(inputs: Files, result: str) -> pl.DataFrame:
    parts = [pl.read_parquet(p) for n, p in inputs.items() if n.endswith(f"__{result}")]
    filled = [part for part in parts if part.height]
    return pl.concat(filled or parts[:1], how="vertical_relaxed")


def _sentences(verdicts: pd.DataFrame, effects: pd.DataFrame, fdr: float) -> pl.DataFrame:
    from landwatch.cartography.zone_sentence import zone_sentence
    from landwatch.models.estimators.table import LEVEL

    rows = {str(zone): list(part.itertuples()) for zone, part in effects.groupby("zone_id")}
    told = [
        zone_sentence(name, judged, rows[zone], fdr=fdr, level=LEVEL)
        for zone, name, *judged in verdicts[
            ["zone_id", "zone_name", "verdict", "confidence"]
        ].itertuples(index=False)
    ]
    zh, en = zip(*told, strict=True)
    columns = {"zone_id": list(verdicts["zone_id"]), "sentence_zh": zh, "sentence_en": en}
    return pl.DataFrame(columns)


def _without_nan(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col(pl.Float64, pl.Float32).fill_nan(None))


def _key_figures(inputs: Files) -> pl.DataFrame:
    """Zone × year; figures no input feeds stay missing."""
    import geopandas as gpd

    areas = gpd.read_parquet(inputs["zones"])
    zones = pl.from_pandas(
        pd.DataFrame(areas.loc[areas["is_zone"], ["zone_id", "zone_name", "town_code"]])
    ).with_columns(pl.col("town_code").cast(pl.String))
    years = pl.read_parquet(inputs["years"])
    absent = [c for c in KPI_COLUMNS if c not in years.columns]
    years = years.with_columns(pl.lit(None, pl.Float64).alias(c) for c in absent)
    table = zones.join(years, on="town_code", how="inner")
    return table.select("zone_id", "zone_name", "year", *KPI_COLUMNS).sort("zone_id", "year")
