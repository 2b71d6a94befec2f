"""From a verdict back to models, deals, source lines and files."""

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd
import polars as pl

from landwatch.cartography.catalogue import YEARLY, outcome_label
from landwatch.cartography.reasons import verdict_reasons
from landwatch.cartography.sentences import Estimate, effect_sentence, verdict_sentence
from landwatch.measures.samples import SAMPLES
from landwatch.schemas.explanation import (
    ContextLine,
    EffectLine,
    Explanation,
    SourceFile,
    Text,
)
from landwatch.schemas.point_index import file_hash
from landwatch.schemas.study import read_study
from landwatch.vocabulary.errors import InputError, StudyError
from pipelines.evidence import SEARCH, Evidence, Question, deal_evidence
from pipelines.study_run import WORK
from pipelines.year_evidence import year_evidence
from pipelines.zone_names import found_zone

LAND: Final = ("land_price", "farmland_price", "house_price", "rent", "asking_rent")
_NUMBERS: Final = (
    "estimate_log",
    "ci_low",
    "ci_high",
    "p_value",
    "q_value",
    "mde_log",
    "breakdown_m",
    "pre_trend_p",
)


def explain_zone(
    study_file: Path, zone: str, outcome: str | None = None, out: Path | None = None
) -> Explanation:
    """Explain the verdict on a zone from a finished run.

    Parameters
    ----------
    study_file : pathlib.Path
        The study.
    zone : str
        Id or name of a zone; 台 and 臺 are the same, and the county may be left out where only one
        zone has the name.
    outcome : str, optional
        Outcome to follow to its rows; by default the flagged one, else the clearest.
    out : pathlib.Path, optional
        Folder of results; by default ``out/<study id>``.

    Returns
    -------
    Explanation
        Verdict, effects, context, flow, deals or years, sources.

    Raises
    ------
    StudyError
        If there is no such zone or outcome; the message names the nearest.
    InputError
        If `out` holds no finished run, or its parts are not of one run.
    """
    study = read_study(study_file)
    out = (out or Path("out") / study.study.id).resolve()
    record = _finished(out)
    effects = pl.read_parquet(out / "mart" / "effects.parquet")
    verdicts = pl.read_parquet(out / "mart" / "verdicts.parquet")
    zone_id = found_zone(_areas(out), zone)
    verdict = verdicts.row(by_predicate=pl.col("zone_id") == zone_id, named=True)
    own = effects.filter(pl.col("zone_id") == zone_id)
    fdr = float(record["parameters"]["models"]["fdr"])
    followed, chosen = _followed(own, outcome, fdr)
    effect = own.row(by_predicate=pl.col("outcome") == followed, named=True)
    question = Question(out, out / WORK / "parts", study, zone_id, followed, effect)
    evidence = _evidence(question)
    ledger = pl.read_csv(out / "core" / "ledger.csv")
    dated = pl.read_parquet(question.parts / "dated_zones.parquet")
    effective = dated.filter(pl.col("zone_id") == zone_id)["effective_date"][0]
    changes = {
        str(o): float(e)
        for o, e in own.select("outcome", "estimate_log").iter_rows()
        if e is not None
    }
    return Explanation(
        study=study.study.id,
        date=str(record["date"]),
        zone_id=zone_id,
        zone_name=verdict["zone_name"],
        effective="" if effective is None else effective.isoformat(),
        verdict=verdict["verdict"],
        confidence=verdict["confidence"] or "",
        reasons=verdict["reasons"],
        meaning=verdict_sentence(verdict["verdict"], verdict["confidence"] or ""),
        reasons_text=verdict_reasons(verdict["reasons"], changes),
        fdr=fdr,
        effects=tuple(_effect_line(row, fdr) for row in own.iter_rows(named=True)),
        outcome=followed,
        chosen=chosen,
        pooled=_context(out / "mart" / "pooled.csv", followed),
        event_study=_context(out / "mart" / "event_study.csv", followed),
        flow=evidence.flow,
        years=evidence.years,
        search=_search(),
        zone_ratios=evidence.zone_ratios,
        control_ratios=evidence.control_ratios,
        cases=evidence.cases,
        sources=_sources(evidence.cited, ledger),
        notes=(*_changed(study_file, record), *evidence.notes),
    )


def _finished(out: Path) -> Mapping[str, Any]:
    again = "Run it: landwatch run STUDY."
    path = out / "provenance.json"
    if not path.is_file():
        raise InputError(f"{out}: expected the results of a run, found no provenance.json. {again}")
    build = out / WORK / "build"
    for name in ("mart/effects.parquet", "core/ledger.csv"):
        made, kept = out / name, build / name
        if not kept.is_file() or file_hash(made) != file_hash(kept):
            raise InputError(
                f"{out}: {name} and the intermediate files in {WORK} are not of one run (a later "
                f"run did not finish, or the results were copied without them). {again}"
            )
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _changed(study_file: Path, record: Mapping[str, Any]) -> tuple[Text, ...]:
    if record["study_sha256"] == file_hash(study_file):
        return ()
    return (
        (
            "研究檔在這次結果之後有更動；以下說明的是既有的結果。",
            "The study file has changed since these results; what is explained are the results.",
        ),
    )


def _areas(out: Path) -> pd.DataFrame:
    columns = ["zone_id", "zone_name", "is_zone"]
    return pd.read_parquet(out / "mart" / "zones.parquet", columns=columns)


def _followed(own: pl.DataFrame, outcome: str | None, fdr: float) -> tuple[str, Text]:
    known = own["outcome"].to_list()
    if outcome is not None:
        if outcome not in known:
            near = difflib.get_close_matches(outcome, known, n=1, cutoff=0.0)
            raise StudyError(
                f"沒有這個項目 no outcome {outcome!r} in these results; did you mean {near[0]!r}? "
                f"Known are {', '.join(known)}."
            )
        return outcome, ("依指定", "as asked")
    ranked = own.with_columns(
        (pl.col("q_value") <= fdr).fill_null(value=False).alias("flagged"),
        pl.col("outcome").is_in(LAND).alias("land"),
        (pl.col("status") == "estimated").alias("estimated"),
        (pl.col("n_before") + pl.col("n_after")).alias("rows"),
        pl.col("p_value").fill_null(1.0).alias("p"),
    ).sort(
        "flagged", "land", "estimated", "p", "rows", "outcome",
        descending=[True, True, True, False, True, False],
    )  # fmt: skip
    first = ranked.row(0, named=True)
    if first["flagged"]:
        return first["outcome"], ("校正後可標示", "flagged after adjusting for many zones")
    if first["estimated"]:
        return first["outcome"], (
            "沒有項目可標示；取地價租金面 p 值最小者",
            "nothing is flagged; the outcome of land or rent with the smallest p-value",
        )
    return first["outcome"], (
        "地價租金面都未能估計；取資料最多者",
        "nothing on land or rent could be estimated; the outcome with most records",
    )


def _evidence(question: Question) -> Evidence:
    if question.outcome in SAMPLES:
        return deal_evidence(question)
    if (question.parts / "samples" / f"{question.outcome}.parquet").is_file():
        return year_evidence(question)
    return Evidence(
        notes=(
            ("這個項目尚不能追溯到資料列。", "This outcome cannot be followed to its rows yet."),
        )
    )


def _effect_line(row: Mapping[str, Any], fdr: float) -> EffectLine:
    numbers = {n: float("nan") if row[n] is None else float(row[n]) for n in _NUMBERS}
    outcome, label = row["outcome"], outcome_label(row["outcome"])
    estimate = Estimate(
        numbers["estimate_log"],
        numbers["ci_low"],
        numbers["ci_high"],
        numbers["q_value"],
        numbers["mde_log"],
        row["status"],
        outcome in YEARLY,
    )
    return EffectLine(
        outcome,
        row["status"],
        **numbers,
        n_before=int(row["n_before"]),
        n_after=int(row["n_after"]),
        n_controls=int(row["n_controls"]),
        label=label,
        sentence=effect_sentence(estimate, label, fdr=fdr, level=0.95),
    )


def _context(path: Path, outcome: str) -> tuple[ContextLine, ...]:
    table = pl.read_csv(path, infer_schema_length=None).filter(pl.col("outcome") == outcome)
    if "relative_period" not in table.columns:
        table = table.with_columns(pl.lit(None, pl.Int64).alias("relative_period"))
    columns = ["estimator", "relative_period", "estimate_log", "ci_low", "ci_high", "n_obs"]
    floats = pl.col("estimate_log", "ci_low", "ci_high").cast(pl.Float64).fill_null(float("nan"))
    rows = table.select(columns).with_columns(floats)
    return tuple(ContextLine(**row) for row in rows.iter_rows(named=True))


def _search() -> dict[str, float]:
    return {"k": SEARCH.k, "radius_m": SEARCH.radius_m, "months_before_start": SEARCH.months}


def _sources(cited: pl.DataFrame, ledger: pl.DataFrame) -> tuple[SourceFile, ...]:
    lines = cited.group_by("source_file").agg(pl.col("source_line").sort().alias("lines"))
    counts = ["rows_read", "rows_accepted", "rows_rejected", "rows_duplicate"]
    found = lines.join(ledger, on="source_file", how="left").sort("source_file")
    columns = ["source_file", "sha256", *counts, "lines"]
    return tuple(
        SourceFile(**{**row, "lines": tuple(row["lines"])})
        for row in found.select(columns).iter_rows(named=True)
    )
