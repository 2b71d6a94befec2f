"""What the study's own models find in worlds with known truth, and how often they err."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from landwatch.models.alarms import alarm_table
from landwatch.models.effect_table import completed_effects
from landwatch.models.hedonic import fit_hedonic
from landwatch.models.pooled import PooledEffect, fit_staggered_effects, fit_twfe
from landwatch.models.specification import Specification, specification
from landwatch.models.town_years import STAGGERED
from landwatch.models.verdict_rules import GRADES
from landwatch.models.verdicts import fit_verdicts
from landwatch.models.zone_effects import fit_zone_effects

if TYPE_CHECKING:
    from collections.abc import Sequence

OUTCOMES: Final = ("land_price", "population")
"""One outcome of deals and one panel of growth stand for the rest."""

FDR: Final = 0.05
MOST_TRIED: Final = max(grade.fewest_tried for grade in GRADES)
VERDICT: Final = "verdict"
"""Stands in the column of outcomes where zones are judged on both axes."""

PARTS: Final = ("zones", "pooled", "checks")
"""Tables of `Findings`."""

ZONE_NUMBERS: Final = (
    "estimate_log",
    "ci_low",
    "ci_high",
    "p_value",
    "q_value",
    "n_before",
    "n_after",
    "breakdown_drift",
    "pre_trend_p",
)


@dataclass(frozen=True, slots=True)
class PooledEstimator:
    """A pooled estimator under calibration.

    Attributes
    ----------
    fit : callable
        ``fit(rows, specification)`` → `PooledEffect`.
    estimand : {"rows", "years"}
        What it is held to: the mean effect over treated rows, or over treated unit-years.
    """

    fit: Callable[[pd.DataFrame, Specification], PooledEffect]
    estimand: Literal["rows", "years"]


def _staggered(name: str) -> PooledEstimator:
    def _fit(frame: pd.DataFrame, spec: Specification) -> PooledEffect:
        return fit_staggered_effects(frame, spec, names=(name,))[0]

    return PooledEstimator(_fit, "years")


POOLED: Final[Mapping[str, PooledEstimator]] = {
    "twfe": PooledEstimator(fit_twfe, "rows"),
    **{name: _staggered(name) for name in STAGGERED},
}
"""Pooled estimators by name."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in one world or, concatenated, in many.

    Attributes
    ----------
    zones : DataFrame
        Zone × outcome: truth (``planted``, ``effect``), ``status``, `ZONE_NUMBERS`, and
        ``verdict``, ``confidence`` of the zone.
    pooled : DataFrame
        Outcome × estimator: ``truth``, estimate, interval, p-value.
    checks : DataFrame
        Outcome × check: ``p_value``.
    """

    zones: pd.DataFrame
    pooled: pd.DataFrame
    checks: pd.DataFrame


def world_findings(
    rows: Mapping[str, pd.DataFrame],
    truth: pd.DataFrame,
    neighbours: pd.DataFrame,
    *,
    pooled: bool = True,
    checks: bool = True,
) -> Findings:
    """Run what `landwatch run` runs on the model rows of one world.

    Parameters
    ----------
    rows : mapping of str to DataFrame
        Model rows by outcome of `OUTCOMES`.
    truth : DataFrame
        Effects by zone and outcome, see `landwatch.synthetic.model_worlds.ModelWorld`.
    neighbours : DataFrame
        Pairs of towns side by side.
    pooled, checks : bool, optional
        Whether pooled estimators and checks are run.

    Returns
    -------
    Findings
        Of this world.
    """
    effects, effect_rows, alarms = [], [], []
    for outcome in OUTCOMES:
        spec, frame = specification(outcome), rows[outcome]
        if spec.kind == "deals":
            frame = frame.assign(adjusted_log_price=fit_hedonic(frame, spec).adjusted_log_price)
        effects.append(fit_zone_effects(frame, spec))
        if pooled:
            of_outcome = truth[truth["outcome"] == outcome]
            effect_rows += [_pooled_row(n, e, frame, spec, of_outcome) for n, e in POOLED.items()]
        if checks:
            alarms.append(alarm_table(frame, spec, neighbours))
    raised = pd.concat(alarms, ignore_index=True) if alarms else None
    none = pd.DataFrame(columns=["outcome", "alarm", "p_value"])
    return Findings(
        _zone_rows(pd.concat(effects, ignore_index=True), truth, raised),
        pd.DataFrame(effect_rows),
        (none if raised is None else raised).rename(columns={"alarm": "check"}),
    )


def _zone_rows(
    effects: pd.DataFrame, truth: pd.DataFrame, alarms: pd.DataFrame | None
) -> pd.DataFrame:
    """Effects beside the truth and the verdict; without alarms the confidence is not known.

    Choices are not tried here: the confidence is the highest that a verdict could have.
    """
    judged = completed_effects(effects, alarms=alarms).assign(attacks_tried=MOST_TRIED)
    verdicts = fit_verdicts(judged, fdr=FDR)[["zone_id", "verdict", "confidence"]]
    if alarms is None:
        verdicts["confidence"] = verdicts["confidence"].mask(verdicts["confidence"].notna())
    kept = truth[["zone_id", "outcome", "planted", "effect"]]
    table = kept.merge(effects[["zone_id", "outcome", "status", *ZONE_NUMBERS]], how="left")
    return table.merge(verdicts, how="left", on="zone_id")


def _pooled_row(
    name: str,
    estimator: PooledEstimator,
    frame: pd.DataFrame,
    spec: Specification,
    truth: pd.DataFrame,
) -> dict[str, object]:
    found = estimator.fit(frame, spec)
    effect = {"rows": "effect", "years": "effect_by_year"}[estimator.estimand]
    return {
        "outcome": spec.outcome,
        "estimator": name,
        "truth": float(np.average(truth[effect], weights=truth[f"{estimator.estimand}_after"])),
        "estimate_log": found.estimate_log,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "p_value": found.p_value,
    }


def joined(findings: "Sequence[Findings]") -> Findings:
    """Put findings of several worlds together.

    Parameters
    ----------
    findings : sequence of Findings
        At least one.

    Returns
    -------
    Findings
        Rows in the order given.
    """
    return Findings(*(_stacked([getattr(f, name) for f in findings]) for name in PARTS))


def _stacked(tables: "Sequence[pd.DataFrame]") -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
