"""Which deals speak for an outcome: every step from core rows to model rows, counted."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import polars as pl

from landwatch.measures.spells import DWELLINGS, asked_rents
from landwatch.vocabulary.listing_faults import is_within_fault

OUTLIER_MADS: Final = 5.0
"""A unit price this many scaled median absolute deviations from its county's median is left out."""

CERTAIN: Final = 0.9
"""Probability from which an imprecise row counts as lying in a zone, or outside all (ADR 8)."""

ZONE_COLUMNS: Final = ("zone_id", "effective_date", "next_date")
"""What a row learns from its zone: since when it is treated, and when it is treated again."""

_MAD_TO_SIGMA: Final = 1.4826


@dataclass(frozen=True, slots=True)
class Sample:
    """How an outcome is drawn from a core table.

    Attributes
    ----------
    table : str
        Core table.
    response : str
        Column whose logarithm is modelled.
    kinds : tuple of str
        Values of ``property_kind`` that count.
    targets : tuple of str
        Values of ``target`` that count.
    is_asked : bool
        Prices asked, not paid: rows are spells of listings (`landwatch.measures.spells`).
    """

    table: str
    response: str
    kinds: tuple[str, ...]
    targets: tuple[str, ...]
    is_asked: bool = False


_HOMES: Final = ("house", "apartment")

SAMPLES: Final[dict[str, Sample]] = {
    "land_price": Sample("lvr__sales", "unit_price_twd_m2", ("building_land",), ("land",)),
    "farmland_price": Sample("lvr__sales", "unit_price_twd_m2", ("farmland",), ("land",)),
    "house_price": Sample(
        "lvr__sales", "unit_price_twd_m2", _HOMES, ("land_building", "land_building_parking")
    ),
    "rent": Sample(
        "lvr__rentals",
        "rent_twd_m2_month",
        _HOMES,
        ("land_building", "land_building_parking", "building", "building_parking"),
    ),
    "asking_rent": Sample(
        "g0v__listings", "rent_twd_m2_month", DWELLINGS, DWELLINGS, is_asked=True
    ),
}
"""Outcomes made of deals; kinds are kept apart, and presales are never mixed in. Rents asked are
an outcome of their own: they are never pooled with registered rents."""


def rows_to_draw_from(table: pl.DataFrame, outcome: str) -> pl.DataFrame:
    """Return the rows an outcome is drawn from: deals as they are, listings as spells.

    Parameters
    ----------
    table : polars.DataFrame
        Core table of the outcome.
    outcome : str
        A key of `SAMPLES`.

    Returns
    -------
    polars.DataFrame
        One row per deal or spell.
    """
    return asked_rents(table) if SAMPLES[outcome].is_asked else table


def drawn_sample(
    deals: pl.DataFrame, outcome: str, *, start: dt.date, end: dt.date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw an outcome's rows and tell what was left out, step by step.

    Parameters
    ----------
    deals : polars.DataFrame
        Rows of `rows_to_draw_from`, with `ZONE_COLUMNS` and ``is_zone_unknown`` from `zoned_deals`.
    outcome : str
        A key of `SAMPLES`.
    start, end : datetime.date
        Period of the study.

    Returns
    -------
    tuple of polars.DataFrame
        Model rows; and the flow: ``outcome, step, rows_left, rows_dropped``.
    """
    rule = SAMPLES[outcome]
    steps = sample_rules(outcome, start=start, end=end)
    begin = "spells of listings" if rule.is_asked else "core rows"
    flow = [{"outcome": outcome, "step": begin, "rows_left": deals.height}]
    kept = deals
    for step, rule_of_step in steps:
        kept = kept.filter(rule_of_step)
        flow.append({"outcome": outcome, "step": step, "rows_left": kept.height})
    kept = without_outliers(kept, rule.response)
    step = f"within {OUTLIER_MADS:g} scaled MADs of the county's median log price"
    flow.append({"outcome": outcome, "step": step, "rows_left": kept.height})
    table = pl.DataFrame(flow).with_columns(
        (pl.col("rows_left").shift(1) - pl.col("rows_left")).fill_null(0).alias("rows_dropped")
    )
    return _model_rows(kept, rule), table


def _deal_steps(rule: Sample, start: dt.date, end: dt.date) -> tuple[tuple[str, pl.Expr], ...]:
    price = pl.col(rule.response)
    return (
        ("in the register of completed deals", pl.col("register") != "presale"),
        (
            "of the outcome's kind",
            pl.col("property_kind").is_in(rule.kinds) & pl.col("target").is_in(rule.targets),
        ),
        ("within the study period", pl.col("deal_date").is_between(start, end)),
        ("at arm's length by 備註", pl.col("is_arms_length")),
        ("with a town", pl.col("town_code").is_not_null()),
        ("in or out of a zone for certain", ~pl.col("is_zone_unknown")),
        ("with a separable unit price", (price > 0).fill_null(value=False)),
        ("of more than one dollar", ~pl.col("flags").str.contains("one_dollar")),
    )


def _asked_steps(rule: Sample, start: dt.date, end: dt.date) -> tuple[tuple[str, pl.Expr], ...]:
    price, day = pl.col(rule.response), pl.col("deal_date")
    return (
        ("a dwelling by 物件類型", pl.col("property_kind").is_in(rule.kinds)),
        ("within the study period", day.is_between(start, end)),
        (
            "outside days on which the source lost listings (vocabulary.listing_faults)",
            ~is_within_fault(day, "coverage"),
        ),
        ("with a town", pl.col("town_code").is_not_null()),
        ("in or out of a zone for certain", ~pl.col("is_zone_unknown")),
        ("with a rent and an area", (price > 0).fill_null(value=False)),
    )


def sample_rules(outcome: str, *, start: dt.date, end: dt.date) -> tuple[tuple[str, pl.Expr], ...]:
    """Return the rules a row must pass to count for an outcome, in their order.

    Parameters
    ----------
    outcome : str
        A key of `SAMPLES`.
    start, end : datetime.date
        Period of the study.

    Returns
    -------
    tuple of (str, polars.Expr)
        What the rule asks, and the rule. `without_outliers` comes after them.
    """
    rule = SAMPLES[outcome]
    return _asked_steps(rule, start, end) if rule.is_asked else _deal_steps(rule, start, end)


def without_outliers(deals: pl.DataFrame, response: str) -> pl.DataFrame:
    """Leave out prices far from the median of their county and kind of property.

    Parameters
    ----------
    deals : polars.DataFrame
        Rows with ``county_code``, ``property_kind`` and a positive response.
    response : str
        Column of the price.

    Returns
    -------
    polars.DataFrame
        Rows within `OUTLIER_MADS` scaled median absolute deviations of log price.
    """
    group = ["county_code", "property_kind"]
    log = pl.col(response).log()
    apart = (log - log.median().over(group)).abs()
    spread = apart.median().over(group) * _MAD_TO_SIGMA
    return deals.filter((apart <= OUTLIER_MADS * spread) | (spread == 0))


def zoned_deals(
    deals: pl.DataFrame,
    zones: pl.DataFrame,
    touched_towns: list[str],
    membership: pl.DataFrame | None,
) -> pl.DataFrame:
    """Tell the zone and the policy date of each deal.

    Parameters
    ----------
    deals : polars.DataFrame
        Core rows.
    zones : polars.DataFrame
        `ZONE_COLUMNS` and ``town_code`` (missing for zones that are not whole towns).
    touched_towns : list of str
        Towns that a zone drawn as polygon touches: there a row without a place may lie in or
        out, and is marked ``is_zone_unknown``.
    membership : polars.DataFrame or None
        For each row ``zone_id`` (its likeliest zone), ``zone_probability`` (of that zone) and
        ``inside_probability`` (of any zone), missing where the row has no place; None for zones
        of whole towns.

    Returns
    -------
    polars.DataFrame
        The rows with `ZONE_COLUMNS`, ``zone_probability`` and ``is_zone_unknown``. A row belongs
        to a zone from `CERTAIN` on, to none where all zones together have at most the rest;
        between them it is unknown.
    """
    if membership is None:
        by_town = zones.select("town_code", *ZONE_COLUMNS).unique(
            "town_code", keep="first", maintain_order=True
        )
        placed = deals.join(by_town, on="town_code", how="left", maintain_order="left")
        is_inside = pl.col("zone_id").is_not_null().cast(pl.Float64)
        return placed.with_columns(
            is_inside.alias("zone_probability"), pl.lit(value=False).alias("is_zone_unknown")
        )
    inside = pl.col("zone_probability") >= CERTAIN
    outside = pl.col("inside_probability") <= 1 - CERTAIN
    unknown = (~inside & ~outside).fill_null(pl.col("town_code").is_in(touched_towns))
    placed = pl.concat([deals, membership], how="horizontal").with_columns(
        unknown.fill_null(value=True).alias("is_zone_unknown"),
        pl.when(inside).then("zone_id").alias("zone_id"),
        pl.when(inside).then("zone_probability").otherwise("inside_probability"),
    )
    return placed.drop("inside_probability").join(
        zones.select(ZONE_COLUMNS), on="zone_id", how="left", maintain_order="left"
    )


def urban_class() -> pl.Expr:
    """Return the class of urban zoning: 住, 商, 工, 農 or 其他; missing outside urban plans.

    Returns
    -------
    polars.Expr
        Needs ``urban_zoning``: a single character in some seasons and in the query service, the
        zone's full name (都市:其他:住宅區) in other seasons.
    """
    zoning = pl.col("urban_zoning")
    classes = [
        pl.when(zoning.str.contains(rf"^{mark}|{mark}[業宅]區")).then(pl.lit(mark))
        for mark in ("住", "商", "工", "農")
    ]
    return pl.coalesce(*classes, pl.when(zoning.is_not_null()).then(pl.lit("其他")))


def age_class() -> pl.Expr:
    """Return the age of a building in steps of ten years; new and untold ages are one class.

    Returns
    -------
    polars.Expr
        Needs ``age_years``. The query service leaves the age of nearly new buildings empty (89 % of
        its empty ages are 0 or 1 in the season files), so that a covariate of exact age would
        mean different things in different years.
    """
    age = pl.col("age_years")
    step = ((age - 1) // 10).clip(0, 4).cast(pl.Int64).cast(pl.String)
    return pl.when(age > 1).then(step).otherwise(pl.lit("new or untold"))


def _model_rows(deals: pl.DataFrame, rule: Sample) -> pl.DataFrame:
    area = pl.col("land_area_m2" if rule.targets == ("land",) else "building_area_m2")
    service = pl.col("rental_service") if "rental_service" in deals.columns else pl.lit(None)
    rental = pl.col("rental_type") if "rental_type" in deals.columns else pl.lit(None)
    columns = deals.select(
        "town_code",
        "county_code",
        *ZONE_COLUMNS,
        "deal_date",
        pl.col(rule.response).log().alias("log_price"),
        "location_id",
        area.log().alias("log_area_m2"),
        age_class().alias("age_class"),
        pl.col("storeys").cast(pl.Float64),
        pl.col("building_type").str.extract(r"^([^(]*)", 1).alias("property_type"),
        pl.coalesce("rural_use", urban_class()).alias("use_class"),
        "target",
        pl.col("publisher").alias("source"),
        rental.cast(pl.String).alias("rental_type"),
        service.cast(pl.String).alias("service"),
        "place_precision",
        _told("place_error_m", deals),
        _told("zone_probability", deals),
        "longitude",
        "latitude",
        "source_file",
        "source_line",
    )
    return columns.sort("source_file", "source_line")


def _told(name: str, deals: pl.DataFrame) -> pl.Expr:
    value = pl.col(name) if name in deals.columns else pl.lit(None)
    return value.cast(pl.Float64).alias(name)
