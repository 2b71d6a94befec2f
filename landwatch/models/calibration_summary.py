"""Shares and biases over many worlds, each with its Monte Carlo error.

A share of worlds has the binomial error. A share of zones has the error of a ratio over worlds:
zones of a world share its controls and are no independent trials.
"""

import itertools
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from landwatch.models.calibration import FDR, VERDICT, Findings
from landwatch.models.verdict_rules import GRADES

if TYPE_CHECKING:
    from collections.abc import Iterator

SUMMARY_COLUMNS: Final = (
    "scenario",
    "outcome",
    "estimator",
    "measure",
    "value",
    "mc_error",
    "n",
    "n_worlds",
)
POWER_COLUMNS: Final = (
    "scenario",
    "outcome",
    "planted",
    "effect",
    "rows_a_side",
    "power",
    "mc_error",
    "power_unadjusted",
    "n",
)
SIDES: Final = (30, 60, 120)
"""Bounds of the classes of deals on the poorer side of a date."""

ZONES: Final = "zones"
_LAND, _LIFE = ("price_rise", "both"), ("revitalised", "both")

Row = tuple[str, str, str, float, float, int, int]


def calibration_summary(findings: Findings) -> pd.DataFrame:
    """Summarise findings with a column ``scenario`` and ``world`` each.

    Parameters
    ----------
    findings : Findings
        Of many worlds.

    Returns
    -------
    DataFrame
        Columns `SUMMARY_COLUMNS`. Measures of zones (estimator ``zones``): ``fdr`` (mean over
        worlds of false among all flags, q ≤ 0.05), ``any_false`` (share of worlds with a false
        flag), ``size`` (share of zones without effect with p ≤ 0.05), ``power`` (share of zones
        with effect flagged on the right side), ``coverage``, ``bias`` (of zones with an effect,
        where there are any, else of all) and ``bias_share`` (over the effect),
        ``false_with_drift`` and ``false_fragile`` (share of false flags with their own
        pre-trend p ≤ 0.05; with a breakdown value below 1). Of pooled estimators: ``reject``,
        ``coverage``, ``bias``, ``bias_share``. Of checks: ``caught`` (p ≤ 0.05). Of verdicts:
        ``any_false`` and ``false_strong``, ``false_moderate``, ``false_weak`` (false verdicts
        per world).
    """
    rows: list[tuple[str, *Row]] = []
    for scenario, zones in findings.zones.groupby("scenario", sort=False):
        rows += [(str(scenario), *row) for row in _zone_measures(zones)]
        rows += [(str(scenario), *row) for row in _verdict_measures(zones)]
    for scenario, pooled in findings.pooled.groupby("scenario", sort=False):
        rows += [(str(scenario), *row) for row in _pooled_measures(pooled)]
    checks = findings.checks.dropna(subset="p_value")
    for keys, part in checks.groupby(["scenario", "outcome", "check"], sort=False):
        scenario, outcome, check = map(str, keys)
        share = _binomial((part["p_value"] <= FDR).to_numpy())
        rows.append((scenario, outcome, check, "caught", *share))
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))


def power_table(zones: pd.DataFrame) -> pd.DataFrame:
    """Tabulate power by size of effect and by deals on the poorer side.

    Parameters
    ----------
    zones : DataFrame
        Zones of `Findings` with ``scenario`` and ``world``.

    Returns
    -------
    DataFrame
        Columns `POWER_COLUMNS`; ``rows_a_side`` is ``all``, or a class of `SIDES` for deals;
        ``effect`` is the mean over a zone's rows, smaller than ``planted`` where effects grow.
    """
    told = _judged(zones)
    told = told[told["planted"] != 0]
    least = told[["n_before", "n_after"]].min(axis=1)
    labels = [f"{a}–{b - 1}" for a, b in itertools.pairwise(SIDES)] + [f"≥{SIDES[-1]}"]
    side = pd.cut(least, [*SIDES, np.inf], right=False, labels=labels).astype("object")
    classed = told[told["outcome"] == "land_price"].assign(rows_a_side=side)
    table = pd.concat([told.assign(rows_a_side="all"), classed], ignore_index=True)
    rows = []
    keys = ["scenario", "outcome", "planted", "rows_a_side"]
    for names, part in table.groupby(keys, sort=True):
        power, error, n, _ = _ratio(part["right"], part)
        unadjusted = (part["p_value"] <= FDR) & (part["estimate_log"] * part["effect"] > 0)
        numbers = (power, error, float(unadjusted.mean()), n)
        rows.append((*names[:3], float(part["effect"].mean()), names[3], *numbers))
    return pd.DataFrame(rows, columns=list(POWER_COLUMNS))


def _judged(zones: pd.DataFrame) -> pd.DataFrame:
    """Keep the zones that got an estimate, and tell right flags from false ones."""
    told = zones[zones["status"] == "estimated"]
    flagged = told["q_value"] <= FDR
    right = flagged & (told["estimate_log"] * told["effect"] > 0)
    return told.assign(flagged=flagged, right=right, false=flagged & ~right)


def _zone_measures(zones: pd.DataFrame) -> "Iterator[Row]":
    worlds = zones["world"].unique()
    for outcome, part in _judged(zones).groupby("outcome", sort=False):
        key = (str(outcome), ZONES)
        by_world = part.groupby("world")[["false", "flagged"]].sum().reindex(worlds, fill_value=0)
        shares = (by_world["false"] / by_world["flagged"].clip(lower=1)).to_numpy(dtype=float)
        yield *key, "fdr", *_mean(shares)
        yield *key, "any_false", *_binomial((by_world["false"] > 0).to_numpy())
        null, real = part[part["effect"] == 0], part[part["effect"] != 0]
        yield *key, "size", *_ratio(null["p_value"] <= FDR, null)
        yield *key, "power", *_ratio(real["right"], real)
        inside = (part["ci_low"] <= part["effect"]) & (part["effect"] <= part["ci_high"])
        yield *key, "coverage", *_ratio(inside, part)
        yield from _biases(key, real if len(real) else part, "effect")
        false = part[part["false"]]
        yield *key, "false_with_drift", *_ratio(false["pre_trend_p"] <= FDR, false)
        yield *key, "false_fragile", *_ratio(~(false["breakdown_drift"] >= 1.0), false)


def _verdict_measures(zones: pd.DataFrame) -> "Iterator[Row]":
    effects = zones.pivot(index=["world", "zone_id"], columns="outcome", values="effect")
    table = zones.drop_duplicates(["world", "zone_id"]).set_index(["world", "zone_id"])
    table = table[["verdict", "confidence"]].join(effects)
    false = table["verdict"].isin(_LAND) & ~(table["land_price"] > 0)
    false |= table["verdict"].isin(_LIFE) & ~(table["population"] > 0)
    claims = table["verdict"].isin(_LAND) | table["verdict"].isin(_LIFE)
    by_world, claimed = (
        mark.astype(float).groupby(level="world").sum() for mark in (false, claims)
    )
    yield VERDICT, ZONES, "any_false", *_binomial((by_world > 0).to_numpy())
    yield VERDICT, ZONES, "fdr", *_mean((by_world / claimed.clip(lower=1)).to_numpy(dtype=float))
    graded = table[table["confidence"].notna()]
    for grade in GRADES:
        for name, mark in (("false", false), ("true", claims & ~false)):
            of_grade = mark.loc[graded.index] & (graded["confidence"] == grade.name)
            count = of_grade.groupby(level="world").sum().to_numpy(dtype=float)
            yield VERDICT, ZONES, f"{name}_{grade.name}", *_mean(count)


def _pooled_measures(pooled: pd.DataFrame) -> "Iterator[Row]":
    for (outcome, estimator), part in pooled.groupby(["outcome", "estimator"], sort=False):
        key, part = (str(outcome), str(estimator)), part.dropna(subset="estimate_log")
        if part.empty:
            continue
        inside = (part["ci_low"] <= part["truth"]) & (part["truth"] <= part["ci_high"])
        yield *key, "reject", *_binomial((part["p_value"] <= FDR).to_numpy())
        yield *key, "coverage", *_binomial(inside.to_numpy())
        yield from _biases(key, part, "truth")


def _biases(key: tuple[str, str], part: pd.DataFrame, truth: str) -> "Iterator[Row]":
    value, error, n, n_worlds = _ratio(part["estimate_log"] - part[truth], part)
    yield *key, "bias", value, error, n, n_worlds
    size = float(part[truth].mean())
    if size != 0.0:
        yield *key, "bias_share", value / size, error / abs(size), n, n_worlds


def _binomial(hits: "np.ndarray") -> tuple[float, float, int, int]:
    n = len(hits)
    share = float(np.mean(hits)) if n else float("nan")
    return share, float(np.sqrt(share * (1.0 - share) / n)) if n else float("nan"), n, n


def _mean(values: "np.ndarray") -> tuple[float, float, int, int]:
    n = len(values)
    error = float(np.std(values, ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    return float(np.mean(values)) if n else float("nan"), error, n, n


def _ratio(values: pd.Series, part: pd.DataFrame) -> tuple[float, float, int, int]:
    """Mean of values over the rows of all worlds; worlds are the independent draws."""
    n = len(part)
    if n == 0:
        return float("nan"), float("nan"), 0, 0
    by_world = values.astype(float).groupby(part["world"]).agg(["sum", "size"])
    mean, n_worlds = float(by_world["sum"].sum() / n), len(by_world)
    left = (by_world["sum"] - mean * by_world["size"]).to_numpy(dtype=float)
    spread = n_worlds / (n_worlds - 1.0) if n_worlds > 1 else float("nan")
    return mean, float(np.sqrt(spread * np.sum(left * left)) / n), n, n_worlds
