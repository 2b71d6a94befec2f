"""Effects under attack: every specification fitted, and what each threat found."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table

CHOICES: Final = (
    "breaks", "coverage", "source", "precision", "composition", "date", "window",
    "anticipation", "outliers", "place", "controls", "zones",
)  # fmt: skip
"""Families of choices, in the order they are applied."""

_FAMILY: Final = "choice in this matter; missing where it is not put to the outcome"

COLUMNS: Final[dict[str, Column]] = {
    "spec_id": Column(pl.String, "deviations from the study's own choices; base for none"),
    "breaks": Column(pl.String, f"known breaks of a series: {_FAMILY}"),
    "coverage": Column(pl.String, f"years by how many deals were registered: {_FAMILY}"),
    "source": Column(pl.String, f"query service or season files: {_FAMILY}"),
    "precision": Column(pl.String, f"rows by precision of their place: {_FAMILY}"),
    "composition": Column(pl.String, f"what is held constant of the mix: {_FAMILY}"),
    "date": Column(pl.String, f"effective date of the policy: {_FAMILY}"),
    "window": Column(pl.String, f"years compared: {_FAMILY}"),
    "anticipation": Column(pl.String, f"months before the date left out: {_FAMILY}"),
    "outliers": Column(pl.String, f"prices left out or pulled in: {_FAMILY}"),
    "place": Column(pl.String, f"place whose level is held constant: {_FAMILY}"),
    "zones": Column(pl.String, f"zones in the mean: {_FAMILY}"),
    "n_zones": Column(pl.Int64, "zones in the pooled mean", "", 0),
    "dispersion": Column(pl.Float64, "squared deviations of zones over their expectation", "", 0),
    "is_base": Column(pl.Boolean, "the study's own specification"),
    "threat": Column(pl.String, "what attacks the effect: a family of choices or a test"),
    "choice": Column(pl.String, "which choice of the family, or which part of the test"),
    "survives": Column(
        pl.Boolean,
        "of a choice: the interval excludes zero on the side of the study's effect, missing where "
        "the study sees none; of a test: nothing was seen",
    ),
    "n_specifications": Column(pl.Int64, "specifications fitted", "", 1),
    "n_estimated": Column(pl.Int64, "of them with a number", "", 0),
    "share_same_sign": Column(pl.Float64, "share with the sign of the study's effect", "", 0, 1),
    "share_significant": Column(pl.Float64, "share with p ≤ 0.05", "", 0, 1),
    "share_significant_same_sign": Column(pl.Float64, "share of both", "", 0, 1),
    "lowest_log": Column(pl.Float64, "lowest estimate"),
    "median_log": Column(pl.Float64, "median estimate"),
    "highest_log": Column(pl.Float64, "highest estimate"),
    "base_log": Column(pl.Float64, "estimate of the study's own specification"),
    "base_p": Column(pl.Float64, "its p-value", "", 0, 1),
    "design": Column(pl.String, "which part of all combinations was fitted"),
}

_NUMBERS: Final = ("estimate_log", "std_error", "ci_low", "ci_high", "p_value")

TABLES: Final = (
    Table(
        "specifications",
        ("outcome", "spec_id", *CHOICES, *_NUMBERS, "n_obs", "n_zones", "n_control_units",
         "dispersion", "is_base"),
        ("outcome", "spec_id", "n_obs", "n_zones", "n_control_units", "is_base"),
        ("outcome", "spec_id"),
        layer="mart",
    ),
    Table(
        "threats",
        ("outcome", "zone_id", "threat", "choice", *_NUMBERS, "n_obs", "survives", "notes"),
        ("outcome", "threat", "choice"),
        ("outcome", "zone_id", "threat", "choice"),
        layer="mart",
    ),
    Table(
        "specification_shares",
        ("outcome", "n_specifications", "n_estimated", "share_same_sign", "share_significant",
         "share_significant_same_sign", "lowest_log", "median_log", "highest_log", "base_log",
         "base_p", "design"),
        ("outcome", "n_specifications", "n_estimated", "design"),
        ("outcome",),
        layer="mart",
    ),
)  # fmt: skip
