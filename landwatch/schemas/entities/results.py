"""What the models find: effects, verdicts, and what may be concluded."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table
from landwatch.schemas.entities.common import LOG

COLUMNS: Final[dict[str, Column]] = {
    "estimator": Column(pl.String, "how it was estimated; names as in docs/estimators.md"),
    "q_value": Column(pl.Float64, "Benjamini–Hochberg among the zones of the outcome", "", 0, 1),
    "q_value_all": Column(pl.Float64, "Benjamini–Hochberg among all outcomes × zones", "", 0, 1),
    "q_axis": Column(
        pl.Float64, "that the zone's axis moved this way, among all zones × axes", "", 0, 1
    ),
    "n_before": Column(pl.Int64, "comparable rows before the date (years for a panel)", "", 0),
    "n_after": Column(pl.Int64, "comparable rows after the date (years for a panel)", "", 0),
    "n_controls": Column(pl.Int64, "never-treated towns compared with", "", 0),
    "mde_log": Column(pl.Float64, "smallest effect found with 80 % power at 5 %", LOG, 0),
    "breakdown_drift": Column(
        pl.Float64,
        "times as fast as before the date its drift may have gone on",
        "",
        0,
    ),
    "breakdown_m": Column(
        pl.Float64,
        "violation of parallel trends, in steps before the date, it bears (ADR 11)",
        "",
        0,
    ),
    "pre_trend_p": Column(
        pl.Float64, "drift before the date equals the controls'; a large p is no proof", "", 0, 1
    ),
    "share_point": Column(pl.Float64, "rows of the zone with a printed coordinate", "share", 0, 1),
    "share_numbers": Column(pl.Float64, "rows placed by house or parcel numbers", "share", 0, 1),
    "share_section": Column(pl.Float64, "rows placed by lane, 段 or road", "share", 0, 1),
    "share_coarse": Column(pl.Float64, "rows placed by village or town", "share", 0, 1),
    "attacks_tried": Column(pl.Int64, "attacks under which the zone could be estimated", "", 0),
    "attacks_failed": Column(pl.String, "those under which the sign turns or zero is reached"),
    "alarms": Column(pl.String, "alarms of the outcome as a whole that went off"),
    "alarm": Column(pl.String, "what would make all effects of an outcome doubtful"),
    "disagreement": Column(pl.String, "estimators beyond the interval, and it beyond theirs"),
    "n_treated_units": Column(pl.Int64, "treated towns, or parts of them", "", 0),
    "relative_period": Column(pl.Int64, "years since the date; −1 is the year before it", "years"),
    "verdict": Column(
        pl.String,
        "see docs/verdicts.md",
        allowed=("revitalised", "price_rise", "both", "no_change", "insufficient"),
    ),
    "confidence": Column(
        pl.String, "empty without a claim", allowed=("strong", "moderate", "weak", "")
    ),
    "reasons": Column(pl.String, "codes joined by ;: the numbers of each outcome, then the rule's"),
    "sentence_zh": Column(pl.String, "the zone in one paragraph, 繁體中文"),
    "sentence_en": Column(pl.String, "the zone in one paragraph, English"),
    "slope": Column(
        pl.Float64, "change of the outcome for one log unit of project money per head", LOG
    ),
    "p_permutation": Column(pl.Float64, "money permuted among zones of a county", "", 0, 1),
    "detectable": Column(pl.Float64, "smallest slope found with 80 % power at 5 %", LOG, 0),
    "n_groups": Column(pl.Int64, "counties with two such zones or more", "", 0),
    "n_alone": Column(pl.Int64, "zones alone in their county, which say nothing", "", 0),
    "control_weights": Column(pl.String, "their shares in the control mean, joined by ;"),
    "n_pre": Column(pl.Int64, "years before the date", "years", 0),
    "n_post": Column(pl.Int64, "years after it", "years", 0),
    "n_donors": Column(pl.Int64, "never-treated towns the counterfactual is made of", "", 0),
    "pre_rmspe": Column(pl.Float64, "root mean squared gap before the date", LOG, 0),
    "weight": Column(pl.Float64, "share of the town in the counterfactual", "share", 0, 1),
    "side": Column(pl.String, "who may conclude it", allowed=("critic", "supporter", "neither")),
    "text_zh": Column(pl.String, "the conclusion, 繁體中文"),
    "text_en": Column(pl.String, "the conclusion, English"),
}

_NUMBERS: Final = ("estimate_log", "std_error", "ci_low", "ci_high", "p_value")

TABLES: Final = (
    Table(
        "effects",
        (
            "zone_id",
            "zone_name",
            "outcome",
            "estimator",
            *_NUMBERS,
            "q_value",
            "n_before",
            "n_after",
            "n_controls",
            "mde_log",
            "breakdown_m",
            "breakdown_drift",
            "status",
            "controls",
            "control_weights",
            "pre_trend_p",
            "share_point",
            "share_numbers",
            "share_section",
            "share_coarse",
            "q_value_all",
            "q_axis",
            "attacks_tried",
            "attacks_failed",
            "disagreement",
            "alarms",
        ),
        ("zone_id", "outcome", "status"),
        ("zone_id", "outcome"),
        layer="mart",
    ),
    Table(
        "pooled",
        ("outcome", "estimator", *_NUMBERS, "n_obs", "n_treated_units", "n_control_units", "notes"),
        ("outcome", "estimator"),
        ("outcome", "estimator"),
        layer="mart",
    ),
    Table(
        "event_study",
        ("outcome", "estimator", "relative_period", *_NUMBERS[:-1], "n_obs", "notes"),
        ("outcome", "estimator", "relative_period"),
        ("outcome", "estimator", "relative_period"),
        layer="mart",
    ),
    Table(
        "verdicts",
        ("zone_id", "zone_name", "verdict", "confidence", "reasons"),
        ("zone_id", "verdict"),
        ("zone_id",),
        layer="mart",
    ),
    Table(
        "zone_sentences",
        ("zone_id", "sentence_zh", "sentence_en"),
        ("zone_id", "sentence_zh", "sentence_en"),
        ("zone_id",),
        layer="mart",
    ),
    Table(
        "zone_estimates",
        (
            *("zone_id", "outcome", "estimator", *_NUMBERS, "n_pre", "n_post", "n_donors"),
            *("pre_rmspe", "status", "notes"),
        ),
        ("zone_id", "outcome", "estimator", "status"),
        ("zone_id", "outcome", "estimator"),
        layer="mart",
    ),
    Table(
        "donor_weights",
        ("zone_id", "outcome", "town_code", "weight"),
        ("zone_id", "outcome", "town_code", "weight"),
        ("zone_id", "outcome", "town_code"),
        layer="mart",
    ),
    Table(
        "dose",
        (
            *("outcome", "slope", "std_error", "ci_low", "ci_high", "p_value", "p_permutation"),
            *("detectable", "n_zones", "n_groups", "n_alone", "status", "notes"),
        ),
        ("outcome", "status"),
        ("outcome",),
        layer="mart",
    ),
    Table(
        "alarms",
        ("outcome", "alarm", "p_value"),
        ("outcome", "alarm"),
        ("outcome", "alarm"),
        layer="mart",
    ),
    Table(
        "conclusions",
        ("outcome", "side", "text_zh", "text_en"),
        ("outcome", "side", "text_zh", "text_en"),
        ("outcome", "text_zh"),
        layer="mart",
    ),
)
