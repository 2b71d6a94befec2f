"""From a zone and an outcome to the deals behind the number: flow, ratios, cases."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import polars as pl

from landwatch.measures.cases import chosen_cases, price_ratios
from landwatch.measures.disclosure import disclosed_distance, disclosed_places
from landwatch.measures.likeness import Search
from landwatch.measures.samples import SAMPLES, rows_to_draw_from, sample_rules
from landwatch.schemas.explanation import Case, Deal, FlowLine, Ratios, Text, YearLine
from landwatch.schemas.study import Study
from pipelines.comparables import TABLE, Comparables, opened_comparables
from pipelines.places import placed_inputs
from pipelines.samples import placed_rows, zoned_rows

SEARCH: Final = Search(k=5, radius_m=2000.0, months=60.0)
KEYS: Final = ["source_file", "source_line"]
CITED: Final[dict[str, Any]] = {"source_file": pl.String, "source_line": pl.Int64}

_NO_AFTER: Final = (
    "這個地區在起始日之後沒有可用的成交，因此沒有個案可列。",
    "No usable deal of this zone lies after the start date, so there is no case to show.",
)
_NOT_SHOWN: Final = (
    "這類資料沒有可公開到段或路的地點，因此不列個案。",
    "These records have no place that may be told, so no case is shown.",
)
_SHOWN_COLUMNS: Final = ("masked_address", "location_id", "target", "land_area_m2", "longitude")
_NO_COORDINATES: Final = (
    "這類登錄沒有座標，無法尋找附近可比的案件。",
    "These records carry no coordinates, so no comparable cases nearby can be sought.",
)
_NO_COMPARABLES: Final = (
    "起始日之後的成交，附近或同段在起始日之前沒有足夠的可比成交。",
    "Near the deals after the start date, or in their sections, too few comparable deals lie "
    "before it.",
)


@dataclass(frozen=True, slots=True)
class Question:
    """Where the results of a run lie, and what is asked of them.

    Attributes
    ----------
    out, parts : pathlib.Path
        Folder of results and of intermediate files.
    study : Study
        The study.
    zone_id, outcome : str
        What is explained.
    effect : mapping
        Its row of ``mart/effects``.
    """

    out: Path
    parts: Path
    study: Study
    zone_id: str
    outcome: str
    effect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found, see `landwatch.schemas.explanation`; ``cited`` holds source lines."""

    flow: tuple[FlowLine, ...] = ()
    years: tuple[YearLine, ...] = ()
    zone_ratios: Ratios | None = None
    control_ratios: Ratios | None = None
    cases: tuple[Case, ...] = ()
    cited: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CITED))
    notes: tuple[Text, ...] = ()


def deal_evidence(question: Question) -> Evidence:
    """Follow an outcome made of deals to the deals of a zone.

    Parameters
    ----------
    question : Question
        Results and what is asked.

    Returns
    -------
    Evidence
        Flow of the zone's rows, raw price ratios of zone and controls, and the deals that make
        the case, each with the comparable deals before the start date.
    """
    rule = SAMPLES[question.outcome]
    sample = pl.read_parquet(question.parts / "samples" / f"{question.outcome}.parquet")
    core = pl.read_parquet(question.out / "core" / f"{rule.table}.parquet")
    flow = _flow(question, core, sample)
    own = _with_contributions(question, sample).filter(pl.col("zone_id") == question.zone_id)
    after = own.filter(pl.col("deal_date") >= pl.col("effective_date"))
    if after.is_empty():
        return Evidence(flow, notes=(_NO_AFTER,))
    if not set(_SHOWN_COLUMNS) <= set(core.columns):
        return Evidence(flow, notes=(_NOT_SHOWN,))
    shown = _Shown(core, question)
    if rule.table != TABLE:
        cases = _cases(after, question, shown, {})
        return Evidence(flow, cases=cases, cited=_cited(cases), notes=(_NO_COORDINATES,))
    date = after["effective_date"][0]
    towns = str(question.effect["controls"] or "").split(";")
    others = sample.filter(
        pl.col("town_code").is_in(towns)
        & pl.col("zone_id").is_null()
        & (pl.col("deal_date") >= date)
    )
    with opened_comparables(question.out / "core") as comparables:
        zone, pairs = _compared(comparables, after, date)
        control, _ = _compared(comparables, others, date)
    cases = _cases(zone, question, shown, pairs)
    notes = () if zone["ratio"].count() else (_NO_COMPARABLES,)
    ratios = (_ratios(zone), _ratios(control) if others.height else None)
    return Evidence(flow, (), *ratios, cases, _cited(cases), notes)


def _flow(question: Question, core: pl.DataFrame, sample: pl.DataFrame) -> tuple[FlowLine, ...]:
    dated = pl.read_parquet(question.parts / "dated_zones.parquet")
    areas = gpd.read_parquet(question.out / "mart" / "zones.parquet")
    head, own = question.study.study, pl.col("zone_id") == question.zone_id
    table = SAMPLES[question.outcome].table
    files = placed_inputs(table, question.parts)
    places = pl.read_parquet(files["places"]) if "places" in files else None
    cloud = pl.read_parquet(files["cloud"])
    drawn = placed_rows(rows_to_draw_from(core, question.outcome), places)
    kept = zoned_rows(drawn, dated, areas, cloud).filter(own)
    begin = "spells of listings" if SAMPLES[question.outcome].is_asked else "core rows"
    left = [(begin, kept.height)]
    for step, rule in sample_rules(question.outcome, start=head.start, end=head.end):
        kept = kept.filter(rule)
        left.append((step, kept.height))
    left.append(("no outlier of its county", sample.filter(own).height))
    compared = int(question.effect["n_before"]) + int(question.effect["n_after"])
    left.append(("in years and places comparable with controls", compared))
    before = [left[0][1], *(rows for _, rows in left[:-1])]
    return tuple(FlowLine(s, rows, was - rows) for (s, rows), was in zip(left, before, strict=True))


def _with_contributions(question: Question, sample: pl.DataFrame) -> pl.DataFrame:
    from landwatch.models.influence import deal_contributions
    from landwatch.models.specification import specification

    if question.effect["status"] != "estimated":
        return sample.with_columns(pl.lit(None, pl.Float64).alias("contribution"))
    frame = sample.to_pandas()
    for column in ("effective_date", "deal_date"):
        frame[column] = pd.to_datetime(frame[column])
    parts = deal_contributions(frame, specification(question.outcome), question.zone_id)
    whole = parts["contribution"].reindex(frame.index).to_numpy()
    return sample.with_columns(pl.Series("contribution", whole, pl.Float64).fill_nan(None))


def _compared(
    comparables: Comparables, rows: pl.DataFrame, date: dt.date
) -> tuple[pl.DataFrame, dict[tuple[str, int], pl.DataFrame]]:
    """Rows with ``position`` and ``ratio``, and the comparables of each by its source line."""
    day = (date - dt.date(1970, 1, 1)).days
    keys = rows.select(KEYS)
    subjects = keys.join(comparables.deals, on=KEYS, how="inner", maintain_order="left")
    subjects = subjects.with_columns(pl.lit(day, pl.Int64).alias("before_day"))
    pairs = comparables.nearest(subjects, SEARCH)
    located = pl.col("easting_m").is_not_null().alias("is_located")
    ratios = subjects.select(*KEYS, located).with_columns(
        price_ratios(pairs, subjects.height).alias("ratio")
    )
    found = rows.join(ratios, on=KEYS, how="left", maintain_order="left")
    named = subjects.select(KEYS)[pairs["subject"].to_list()]
    pairs = pl.concat([pairs, named], how="horizontal")
    split = pairs.partition_by(KEYS, as_dict=True, maintain_order=True)
    return found, {(str(k[0]), int(k[1])): part for k, part in split.items()}


def _ratios(found: pl.DataFrame) -> Ratios:
    middle = found["ratio"].median()
    compared = pl.col("ratio").is_not_null()
    counts = found.select(
        pl.col("is_located").sum().alias("located"),
        compared.sum().alias("compared"),
        (compared & ~pl.col("is_located")).sum().alias("in_section"),
    ).row(0, named=True)
    median = float(middle) if isinstance(middle, float) else float("nan")
    return Ratios(found.height, **counts, median=median)


def _cases(
    after: pl.DataFrame,
    question: Question,
    shown: "_Shown",
    pairs: Mapping[tuple[str, int], pl.DataFrame],
) -> tuple[Case, ...]:
    if "ratio" not in after.columns:
        after = after.with_columns(pl.lit(None, pl.Float64).alias("ratio"))
    chosen = chosen_cases(after, estimate=float(question.effect["estimate_log"] or 0.0))
    subjects = shown.deals(chosen.select(*KEYS, "ratio"))
    cases = []
    for deal, role, part in zip(subjects, chosen["role"], chosen["contribution"], strict=True):
        near = pairs.get((deal.source_file, deal.source_line))
        pair = (deal, ()) if near is None else _told(near, deal, shown)
        cases.append(Case(role, float("nan") if part is None else part, *pair))
    return tuple(cases)


def _told(near: pl.DataFrame, subject: Deal, shown: "_Shown") -> tuple[Deal, tuple[Deal, ...]]:
    """Subject and comparables, none of which gives the place of another away.

    A distance is told only between two places that are told. Deals compared within one section are
    all named, or none is.
    """
    apart = pl.col("distance_m") if subject.is_named else pl.lit(None, pl.Float64)
    others = shown.deals(near.select("position", "ratio", apart.alias("distance_m")))
    in_section = near["distance_m"].null_count() == near.height
    if not in_section or all(deal.is_named for deal in (subject, *others)):
        return subject, others
    hidden = [shown.unnamed(deal) for deal in (subject, *others)]
    return hidden[0], tuple(hidden[1:])


class _Shown:
    """Rows of a core table as far as they may be shown."""

    def __init__(self, core: pl.DataFrame, question: Question) -> None:
        towns = pl.read_parquet(question.parts / "towns.parquet")
        names = pl.concat_str("county_name", "town_name").alias("town_name")
        self._towns = towns.select("town_code", names)
        self._core = core.with_row_index("position").cast({"position": pl.Int64})
        self._price = SAMPLES[question.outcome].response
        self._town_of: dict[tuple[Any, ...], str] = {}

    def unnamed(self, deal: Deal) -> Deal:
        """The deal told by its town alone."""
        town = self._town_of[deal.source_file, deal.source_line]
        return replace(deal, place=town, is_named=False, near_km=None)

    def deals(self, rows: pl.DataFrame) -> tuple[Deal, ...]:
        """Deals in the order of rows that name them by ``position`` or by source line."""
        keys = ["position"] if "position" in rows.columns else KEYS
        found = rows.join(self._core, on=keys, how="left", maintain_order="left")
        found = found.join(self._towns, on="town_code", how="left", maintain_order="left")
        places = disclosed_places(found, self._core.select("location_id", "deal_date"))
        area = pl.when(pl.col("target") == "land").then("land_area_m2")
        apart = pl.col("distance_m") if "distance_m" in rows.columns else pl.lit(None, pl.Float64)
        numbers = found.select(
            area.otherwise("building_area_m2").alias("area_m2"),
            pl.col(self._price).alias("unit_price_twd_m2"),
            "ratio",
            pl.when(places["is_named"]).then(disclosed_distance(apart)).alias("distance_m"),
        ).fill_null(float("nan"))
        dates = found.select(pl.col("deal_date").alias("date"), *KEYS)
        self._town_of |= dict(
            zip(found.select(KEYS).rows(), found["town_name"].fill_null(""), strict=True)
        )
        table = pl.concat([dates, places, numbers], how="horizontal")
        return tuple(
            Deal(**row, near_km=None if east is None else (east, north))
            for row in table.iter_rows(named=True)
            for east, north in ((row.pop("east_km"), row.pop("north_km")),)
        )


def _cited(cases: tuple[Case, ...]) -> pl.DataFrame:
    deals = [deal for case in cases for deal in (case.deal, *case.comparables)]
    lines = [(deal.source_file, deal.source_line) for deal in deals]
    return pl.DataFrame(lines, schema=CITED, orient="row").unique().sort(KEYS)
