"""Specification curve of an outcome: its pooled effect, and every zone's, under every attack."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landwatch.models.choices import FAMILIES, applicable_choices, base_choices, chosen_rows
from landwatch.models.specification_design import specification_design
from landwatch.models.threats.rows import attack_rows, told_row
from landwatch.models.zone_contrasts import NUMBERS, ZoneContrasts, fit_zone_contrasts, pooled_mean

if TYPE_CHECKING:
    from landwatch.models.choice_grounds import Grounds
    from landwatch.models.specification import Specification

SIGNIFICANT = 0.05
CURVE_COLUMNS = (
    "outcome", "spec_id", *(f.name for f in FAMILIES), *NUMBERS,
    "n_obs", "n_zones", "n_control_units", "dispersion", "is_base",
)  # fmt: skip
SHARE_COLUMNS = (
    "outcome", "n_specifications", "n_estimated", "share_same_sign", "share_significant",
    "share_significant_same_sign", "lowest_log", "median_log", "highest_log", "base_log", "base_p",
    "design",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpecificationCurve:
    """What became of an outcome under all specifications fitted.

    Attributes
    ----------
    specifications : DataFrame
        One row per specification, columns `CURVE_COLUMNS`: the pooled mean of zone effects.
    attacks : DataFrame
        The study's specification and every single deviation, pooled and by zone, columns of
        `landwatch.models.threats.rows`; choices that do not apply are named with the reason.
    shares : DataFrame
        One row, columns `SHARE_COLUMNS`.
    base : ZoneContrasts
        Zones under the study's specification.
    """

    specifications: pd.DataFrame
    attacks: pd.DataFrame
    shares: pd.DataFrame
    base: ZoneContrasts


def fit_specification_curve(
    rows: pd.DataFrame,
    spec: "Specification",
    grounds: "Grounds",
    *,
    most: int = 40,
    times: int = 2,
    seed: int = 0,
) -> SpecificationCurve:
    """Fit an outcome under many specifications.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    spec : Specification
        The outcome's specification.
    grounds : Grounds
        Facts the choices need (`study_grounds`).
    most, times, seed : int, optional
        See `specification_design`.

    Returns
    -------
    SpecificationCurve
        Tables of the outcome.

    Notes
    -----
    The adjustment for covariates is done once (see `prepared_rows`). Where neither the study's
    specification nor any single deviation gives a zone a number, combinations are not tried.
    """
    choices, left_out = applicable_choices(rows, grounds)
    designs, said = specification_design(choices, most=most, times=times, seed=seed)
    n_single = 1 + sum(len(c) - 1 for c in choices.values())
    lines: list[dict[str, Any]] = []
    attacks: list[pd.DataFrame] = []
    fits: list[ZoneContrasts] = []
    for number, design in enumerate(designs):
        if number == n_single and not any(len(f.zones) for f in fits):
            said = f"no zone has a number under the first {n_single}; {said}"
            break
        fit = fit_zone_contrasts(chosen_rows(rows, design, grounds), spec)
        lines.append(_line(spec.outcome, design, fit, grounds.kind))
        if number < n_single:
            fits.append(fit)
            threat, choice = _deviating(design, grounds.kind)
            attacks.append(attack_rows(spec.outcome, threat, choice, fit, fits[0]))
    specifications = pd.DataFrame(lines, columns=list(CURVE_COLUMNS))
    attacks += [
        told_row(spec.outcome, family, choice, f"not_applied: {reason}")
        for (family, choice), reason in left_out.items()
    ]
    shares = pd.DataFrame([_shares(specifications, said)], columns=list(SHARE_COLUMNS))
    return SpecificationCurve(specifications, pd.concat(attacks), shares, fits[0])


def _line(outcome: str, design: dict[str, str], fit: ZoneContrasts, kind: str) -> dict[str, Any]:
    mean = pooled_mean(fit)
    deviations = _deviations(design, kind)
    return {
        "outcome": outcome,
        "spec_id": ";".join(f"{f}={c}" for f, c in deviations) or "base",
        **design,
        **{name: getattr(mean, name) for name in NUMBERS},
        "n_obs": fit.n_obs,
        "n_zones": mean.n_zones,
        "n_control_units": fit.n_control_units,
        "dispersion": mean.dispersion,
        "is_base": not deviations,
    }


def _deviations(design: dict[str, str], kind: str) -> list[tuple[str, str]]:
    base = base_choices(kind)
    return [(f, c) for f, c in design.items() if c != base[f]]


def _deviating(design: dict[str, str], kind: str) -> tuple[str, str]:
    return next(iter(_deviations(design, kind)), ("base", "study"))


def _shares(table: pd.DataFrame, said: str) -> dict[str, Any]:
    base = table[table["is_base"]].iloc[0]
    known = table[np.isfinite(table["estimate_log"].to_numpy(dtype=float))]
    effect = known["estimate_log"].astype(float)
    same = np.sign(effect) == np.sign(float(base["estimate_log"]))
    seen = known["p_value"].astype(float) <= SIGNIFICANT
    some = len(known) > 0
    compared = some and np.isfinite(float(base["estimate_log"]))
    return {
        "outcome": base["outcome"],
        "n_specifications": len(table),
        "n_estimated": len(known),
        "share_same_sign": float(same.mean()) if compared else np.nan,
        "share_significant": float(seen.mean()) if some else np.nan,
        "share_significant_same_sign": float((seen & same).mean()) if compared else np.nan,
        "lowest_log": float(effect.min()) if some else np.nan,
        "median_log": float(effect.median()) if some else np.nan,
        "highest_log": float(effect.max()) if some else np.nan,
        "base_log": base["estimate_log"],
        "base_p": base["p_value"],
        "design": said,
    }
