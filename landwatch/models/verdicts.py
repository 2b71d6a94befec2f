"""Verdict per zone on two axes, 創生 (livelihood) × 創升 (land), from the effects of its outcomes.

The rules are data: `RULES` is read from top to bottom and the first rule whose states hold gives
the verdict. A state summarises one axis:

``up``        an outcome of the axis rose, q ≤ fdr (for livelihood: and none fell, q ≤ fdr)
``not_up``    outcomes were estimated, none of them ``up``, and the data could have shown a rise
``unseen``    outcomes were estimated, none ``up``, but none could have shown a rise
``missing``   no outcome of the axis was estimated
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.vocabulary.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

LAND = ("land_price", "farmland_price", "house_price", "rent", "asking_rent")
LIVELIHOOD = ("population", "income", "births")
BARE_LAND = ("land_price", "farmland_price")
RENTS = ("rent", "asking_rent")
LARGEST_USEFUL_MDE = 0.25
"""Largest smallest-detectable effect [log points] with which 'no change' may be said of land."""

LARGEST_TELLING_PRE_TREND_P = 0.05
"""A drift before the date this improbable among controls leaves only weak evidence after it."""

VERDICTS = ("revitalised", "price_rise", "both", "no_change", "insufficient")
_NEEDED = (
    "zone_id",
    "zone_name",
    "outcome",
    "estimate_log",
    "ci_low",
    "ci_high",
    "q_value",
    "mde_log",
    "breakdown_m",
    "status",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the verdict table.

    Attributes
    ----------
    land, livelihood : frozenset of str
        States of the axes under which the rule holds.
    verdict : str
        Verdict it gives.
    axes : tuple of str
        Axes whose outcomes support the verdict and set its confidence.
    reason : str
        Code added to the reasons; empty for none.
    """

    land: frozenset[str]
    livelihood: frozenset[str]
    verdict: str
    axes: tuple[str, ...] = ()
    reason: str = ""


def _states(*names: str) -> frozenset[str]:
    return frozenset(names)


_SEEN = _states("not_up", "unseen")
RULES: tuple[Rule, ...] = (
    Rule(_states("up"), _states("up"), "both", ("land", "livelihood")),
    Rule(_states("up"), _SEEN, "price_rise", ("land",)),
    Rule(_states("up"), _states("missing"), "price_rise", ("land",), "livelihood:not_observed"),
    Rule(_SEEN, _states("up"), "revitalised", ("livelihood",)),
    Rule(_states("missing"), _states("up"), "revitalised", ("livelihood",), "land:not_observed"),
    Rule(_states("not_up"), _SEEN, "no_change"),
    Rule(_states("unseen"), _SEEN, "insufficient", (), "land:not_detectable"),
    Rule(_states("missing"), _SEEN, "insufficient", (), "land:not_observed"),
    Rule(_SEEN, _states("missing"), "insufficient", (), "livelihood:not_observed"),
    Rule(
        _states("missing"),
        _states("missing"),
        "insufficient",
        (),
        "land:not_observed;livelihood:not_observed",
    ),
)
"""Verdict rules, first match wins; every pair of states matches one."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Confidence of a verdict that rests on outcomes that rose.

    Attributes
    ----------
    name : str
        ``strong``, ``moderate`` or ``weak``.
    largest_q : float
        Largest q-value, as a multiple of the false discovery rate where `of_fdr`, else as it is.
    smallest_breakdown : float
        Smallest breakdown value.
    of_fdr : bool
        Whether `largest_q` multiplies the false discovery rate.
    """

    name: str
    largest_q: float
    smallest_breakdown: float
    of_fdr: bool


GRADES: tuple[Grade, ...] = (
    Grade("strong", 0.01, 1.0, of_fdr=False),
    Grade("moderate", 1.0, 0.5, of_fdr=True),
    Grade("weak", np.inf, -np.inf, of_fdr=True),
)
"""Confidence grades, best first: one supporting outcome must meet both thresholds."""


def fit_verdicts(effects: pd.DataFrame, *, fdr: float = 0.05) -> pd.DataFrame:
    """Give every zone a verdict with its confidence and its reasons.

    Parameters
    ----------
    effects : DataFrame
        Rows of `fit_zone_effects` for one or several outcomes.
    fdr : float, optional
        False discovery rate up to which a q-value counts.

    Returns
    -------
    DataFrame
        ``zone_id``, ``zone_name``, ``verdict``, ``confidence``, ``reasons``; one row per zone in
        order of ``zone_id``. Reasons are codes joined by semicolons: one per outcome, with the
        estimate, interval, q-value and breakdown
        (``land_price:+0.112[0.030,0.194] q=0.012 m=1.30``) or its status, then the reason of the
        rule, then ``land:fell`` or ``livelihood:fell`` where an outcome significantly did, and
        ``land:seen_in_buildings_only`` where "no change" rests on houses or rents because bare land
        and farmland could have risen unseen.

    Raises
    ------
    InputError
        If columns are missing, an outcome is of neither axis, or a zone has an outcome twice.

    Notes
    -----
    The confidence of a verdict on both axes is the lower of the two; it is at most ``moderate``
    when the other axis was not observed, and at most ``weak`` when an outcome drifted apart
    before its date already, or when land rests on rents alone
    (registration of rentals broke after 2018). ``no_change`` and ``insufficient`` carry none.
    """
    _check(effects)
    rows = effects.sort_values(["zone_id", "outcome"]).reset_index(drop=True)
    numbers = [
        name for name in _NEEDED if name not in {"zone_id", "zone_name", "outcome", "status"}
    ]
    rows[numbers] = rows[numbers].astype(float)
    rows["axis"] = np.where(rows["outcome"].isin(LAND), "land", "livelihood")
    estimated = rows["status"] == "estimated"
    counted = estimated & (rows["q_value"] <= fdr)
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


def _grades(rows: pd.DataFrame, fdr: float) -> pd.Series:
    breakdown = rows["breakdown_m"].fillna(0.0)
    tests = [
        (rows["q_value"] <= grade.largest_q * (fdr if grade.of_fdr else 1.0))
        & (breakdown >= grade.smallest_breakdown)
        for grade in GRADES
    ]
    rank = np.select([test.to_numpy() for test in tests], range(len(GRADES)), len(GRADES) - 1)
    weakest = len(GRADES) - 1
    doubtful = rows["outcome"].isin(RENTS)
    if "pre_trend_p" in rows:
        doubtful |= rows["pre_trend_p"].astype(float) <= LARGEST_TELLING_PRE_TREND_P
    return pd.Series(np.where(doubtful, weakest, rank), index=rows.index)


def _codes(rows: pd.DataFrame) -> list[str]:
    found = zip(
        rows["outcome"], rows["estimate_log"], rows["ci_low"], rows["ci_high"],
        rows["q_value"], rows["breakdown_m"], strict=True,
    )  # fmt: skip
    numbers = [
        f"{outcome}:{estimate:+.3f}[{low:.3f},{high:.3f}] q={q:.3f} m={breakdown:.2f}"
        for outcome, estimate, low, high, q, breakdown in found
    ]
    status = [
        f"{o}:{s}".replace(";", ",") for o, s in zip(rows["outcome"], rows["status"], strict=True)
    ]
    return [n if e else s for n, s, e in zip(numbers, status, rows["estimated"], strict=True)]


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


def matching_rule(land: str, livelihood: str) -> Rule:
    """Find the first rule that two states meet.

    Parameters
    ----------
    land, livelihood : str
        States of the axes (see the module's summary).

    Returns
    -------
    Rule
        Rule that applies.

    Raises
    ------
    InputError
        If a state is not one of the four.

    Examples
    --------
    >>> matching_rule("up", "not_up").verdict
    'price_rise'
    """
    for rule in RULES:
        if land in rule.land and livelihood in rule.livelihood:
            return rule
    raise InputError(f"no verdict rule for land={land!r}, livelihood={livelihood!r}")
