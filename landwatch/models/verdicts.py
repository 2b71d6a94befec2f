"""Verdict per zone on two axes, 創生 (livelihood) × 創升 (land), from its outcomes' effects."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.effect_table import with_axis_q
from landwatch.models.verdict_rules import (
    BARE_LAND,
    GRADES,
    LAND,
    LARGEST_TELLING_PRE_TREND_P,
    LARGEST_USEFUL_MDE,
    LIVELIHOOD,
    RENTS,
    matching_rule,
)
from landwatch.vocabulary.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_DOUBTS = ("attacks_tried", "attacks_failed", "disagreement", "alarms")
_NEEDED = (
    "zone_id",
    "zone_name",
    "outcome",
    "estimate_log",
    "ci_low",
    "ci_high",
    "p_value",
    "q_value",
    "mde_log",
    "breakdown_m",
    "breakdown_drift",
    "status",
)


def fit_verdicts(effects: pd.DataFrame, *, fdr: float = 0.05) -> pd.DataFrame:
    """Give every zone a verdict with its confidence and its reasons.

    Parameters
    ----------
    effects : DataFrame
        Rows of `fit_zone_effects` for one or several outcomes; where they carry the columns of
        `landwatch.models.effect_table` (``attacks_tried``, ``attacks_failed``, ``disagreement``)
        these set the confidence, otherwise no attack counts as survived.
    fdr : float, optional
        False discovery rate up to which a q-value counts.

    Returns
    -------
    DataFrame
        ``zone_id``, ``zone_name``, ``verdict``, ``confidence``, ``reasons``; one row per zone in
        order of ``zone_id``. Reasons are codes joined by semicolons: one per outcome, with the
        estimate, interval, q-value and both breakdowns
        (``land_price:+0.112[0.030,0.194] q=0.012 d=1.30 m=0.20``) or its status, then the reason of
        the rule, then ``land:fell`` or ``livelihood:fell`` where an outcome significantly did, and
        ``land:seen_in_buildings_only`` where "no change" rests on houses or rents because bare land
        and farmland could have risen unseen.

    Raises
    ------
    InputError
        If columns are missing, an outcome is of neither axis, or a zone has an outcome twice.

    Notes
    -----
    An outcome counts where its q-value among the zones of the outcome is at most `fdr`, and so is
    that of its axis: a verdict claims that an axis of a zone rose, on the best of its outcomes, and
    that claim has a test of its own, adjusted among all zones × axes (ADR 12).

    The confidence of a verdict on both axes is the lower of the two; it is at most ``moderate``
    when the other axis was not observed, and ``weak`` when land rests on rents alone (registration
    of rentals broke after 2018). ``no_change`` and ``insufficient`` carry none.
    """
    _check(effects)
    rows = effects.sort_values(["zone_id", "outcome"]).reset_index(drop=True)
    numbers = [
        name for name in _NEEDED if name not in {"zone_id", "zone_name", "outcome", "status"}
    ]
    rows[numbers] = rows[numbers].astype(float)
    rows = _with_attacks(rows)
    rows["axis"] = np.where(rows["outcome"].isin(LAND), "land", "livelihood")
    estimated = rows["status"] == "estimated"
    rows = with_axis_q(rows)
    counted = estimated & (rows["q_value"] <= fdr) & (rows["q_axis"] <= fdr)
    rows["estimated"] = estimated
    rows["rises"] = counted & (rows["estimate_log"] > 0)
    rows["falls"] = counted & (rows["estimate_log"] < 0)
    rows["sharp"] = estimated & (
        (rows["axis"] == "livelihood") | (rows["mde_log"] <= LARGEST_USEFUL_MDE)
    )
    rows["grade"] = _grades(rows, fdr)
    rows["code"] = _codes(rows)
    zones = rows.groupby("zone_id", as_index=False)[["zone_name"]].first()
    states = {axis: _axis_states(rows, axis, zones["zone_id"]) for axis in ("land", "livelihood")}
    return _verdict_table(zones, rows, states)


def _check(effects: pd.DataFrame) -> None:
    missing = [name for name in _NEEDED if name not in effects.columns]
    if missing:
        raise InputError(f"欄位不足 effects lack columns: {', '.join(missing)}")
    unknown = sorted(set(effects["outcome"]) - set(LAND) - set(LIVELIHOOD))
    repeated = int(effects.duplicated(["zone_id", "outcome"]).sum())
    faults = [f"outcomes of neither axis: {', '.join(unknown)}"] if unknown else []
    faults += [f"{repeated} rows repeat a zone and outcome"] if repeated else []
    if faults:
        raise InputError(f"效果表無法判定 no verdict from these effects: {'; '.join(faults)}")


def _with_attacks(rows: pd.DataFrame) -> pd.DataFrame:
    """Add what says how an effect fared under attack where the table does not carry it."""
    for name in _DOUBTS:
        absent = 0 if name == "attacks_tried" else ""
        rows[name] = rows[name].fillna(absent) if name in rows else absent
    if "pre_trend_p" not in rows:
        rows["pre_trend_p"] = np.nan
    return rows


def _grades(rows: pd.DataFrame, fdr: float) -> pd.Series:
    """Position in `GRADES` of the best grade every row meets."""
    failed = rows["attacks_failed"].str.count(",") + (rows["attacks_failed"] != "")
    drifts = rows["pre_trend_p"].astype(float) <= LARGEST_TELLING_PRE_TREND_P
    tests = [
        (rows["q_value"] <= grade.largest_q * (fdr if grade.of_fdr else 1.0))
        & (rows["breakdown_drift"].fillna(0.0) >= grade.smallest_drift)
        & (rows["breakdown_m"].fillna(0.0) >= grade.smallest_step)
        & (rows["attacks_tried"] >= grade.fewest_tried)
        & (failed <= grade.most_failed)
        & (grade.may_disagree | (rows["disagreement"] == ""))
        & (grade.may_drift | ~drifts)
        & (grade.may_alarm | (rows["alarms"] == ""))
        for grade in GRADES
    ]
    weakest = len(GRADES) - 1
    rank = np.select([test.to_numpy() for test in tests], range(len(GRADES)), weakest)
    return pd.Series(np.where(rows["outcome"].isin(RENTS), weakest, rank), index=rows.index)


def _codes(rows: pd.DataFrame) -> list[str]:
    found = zip(
        rows["outcome"], rows["estimate_log"], rows["ci_low"], rows["ci_high"],
        rows["q_value"], rows["breakdown_drift"], rows["breakdown_m"], strict=True,
    )  # fmt: skip
    numbers = [
        f"{outcome}:{estimate:+.3f}[{low:.3f},{high:.3f}] q={q:.3f} d={d:.2f} m={m:.2f}"
        for outcome, estimate, low, high, q, d, m in found
    ]
    attacks = zip(*(rows[name] for name in _DOUBTS), strict=True)
    numbers = [f"{n}{_doubts(*row)}" for n, row in zip(numbers, attacks, strict=True)]
    status = [
        f"{o}:{s}".replace(";", ",") for o, s in zip(rows["outcome"], rows["status"], strict=True)
    ]
    return [n if e else s for n, s, e in zip(numbers, status, rows["estimated"], strict=True)]


def _doubts(tried: float, failed: str, disagreement: str, alarms: str) -> str:
    """Attacks tried and failed, estimators that disagree and alarms, as part of a reason."""
    said = f" attacks={tried:.0f}" if tried else ""
    said += f" fails={failed}" if failed else ""
    said += f" disagrees={disagreement}" if disagreement else ""
    return said + (f" alarms={alarms}" if alarms else "")


def _axis_states(rows: pd.DataFrame, axis: str, zone_ids: pd.Series) -> "Mapping[str, str]":
    flags = (
        rows[rows["axis"] == axis]
        .groupby("zone_id")[["estimated", "rises", "falls", "sharp"]]
        .any()
    )
    flags = flags.reindex(zone_ids, fill_value=False)
    up = flags["rises"] & ~(flags["falls"] if axis == "livelihood" else False)
    state = np.select(
        [up, ~flags["estimated"], flags["sharp"]], ["up", "missing", "not_up"], "unseen"
    )
    return dict(zip(zone_ids, state.tolist(), strict=True))


def _verdict_table(
    zones: pd.DataFrame, rows: pd.DataFrame, states: "Mapping[str, Mapping[str, str]]"
) -> pd.DataFrame:
    best = rows[rows["rises"]].groupby(["zone_id", "axis"])["grade"].min().to_dict()
    found = rows.groupby("zone_id")["code"].agg(";".join).to_dict()
    fallen = rows[rows["falls"]]
    fell = set(zip(fallen["zone_id"], fallen["axis"], strict=True))
    land_seen = set(rows.loc[rows["outcome"].isin(BARE_LAND) & rows["sharp"], "zone_id"])
    verdicts, confidences, reasons = [], [], []
    for zone in zones["zone_id"]:
        rule = matching_rule(states["land"][zone], states["livelihood"][zone])
        ranks = [best[zone, axis] for axis in rule.axes]
        if ranks and rule.reason:
            ranks.append(1)
        verdicts.append(rule.verdict)
        confidences.append(GRADES[max(ranks)].name if ranks else "")
        said = [f"{axis}:fell" for axis in ("land", "livelihood") if (zone, axis) in fell]
        if rule.verdict == "no_change" and zone not in land_seen:
            said.append("land:seen_in_buildings_only")
        reasons.append(";".join(filter(None, [found[zone], rule.reason, *said])))
    return zones.assign(verdict=verdicts, confidence=confidences, reasons=reasons)
