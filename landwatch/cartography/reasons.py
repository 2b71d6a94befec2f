"""Reasons of the result tables, which are short codes, as sentences a reader understands.

A reason that is not one of the known codes is shown exactly as it stands in the table.
"""

import re
from collections.abc import Mapping

from landwatch.cartography.catalogue import CATALOGUE, YEARLY, bilingual, outcome_label
from landwatch.cartography.numbers import percent_change, percent_text

Text = tuple[str, str]

INSUFFICIENT_PREFIX = "insufficient_data"
_PLAIN = {
    "no deals": "why_no_deals",
    "no years": "why_no_years",
    "no effective date": "why_no_date",
    "no control in county": "why_no_control",
    "no control in county in the years of its rows": "why_no_control_then",
    "prices do not vary": "why_same_prices",
    "no variation to judge the effect by": "why_no_variation",
    "too few deals at places and years comparable with controls": "why_no_comparable",
    "too few years at places and years comparable with controls": "why_no_comparable",
}
_FEW = re.compile(r"(\d+) comparable (deals|years) (before|after) < (\d+)")
_RULE = re.compile(
    r"(land|livelihood):(not_observed|not_detectable|fell|(?<=land:)seen_in_buildings_only)"
)
_NUMBERS = re.compile(
    r"([a-z_]+):([+-]\d\.\d+)\[[^\]]*\] q=\S+(?: d=\S+)? m=\S+(?: attacks=\d+)?"
    r"(?: fails=(\S+))?(?: disagrees=(\S+))?(?: alarms=(\S+))?"
)
_MISSING = re.compile(rf"([a-z_]+):{INSUFFICIENT_PREFIX}\b.*", re.DOTALL)


def plain_reason(why: str) -> Text:
    """Say why nothing was estimated.

    Parameters
    ----------
    why : str
        The text behind ``insufficient_data:``, such as ``12 comparable deals before < 30``.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English; an unknown text is returned as it is.

    Examples
    --------
    >>> plain_reason("12 comparable deals before < 30")[0]
    '起始前可比較的只有 12 筆，少於 30 筆'
    """
    few = _FEW.fullmatch(why)
    if few is not None:
        found, unit, side, least = few.groups()
        zh, en = bilingual(f"why_few_{unit}_{side}")
        return _filled(zh, found, least), _filled(en, found, least)
    return bilingual(_PLAIN[why]) if why in _PLAIN else (why, why)


def verdict_reasons(reasons: str, changes: Mapping[str, float] | None = None) -> Text:
    """Sum up the codes of one verdict.

    Parameters
    ----------
    reasons : str
        Codes joined by semicolons, as the verdict table gives them.
    changes : Mapping of str to float, optional
        Estimates of the effects table by outcome [log points]; they take the place of the rounded
        ones in the codes, so that two places of a page never differ in the last digit.

    Returns
    -------
    tuple of (str, str)
        Estimates first, then the outcomes without one, then what the rule adds. A text without
        any known code is returned as it is.
    """
    parts = [part for part in reasons.split(";") if part]
    exact = changes or {}
    numbers = [text for part in parts if (text := _numbers(part, exact)) is not None]
    rules = [text for part in parts if (text := _rule(part)) is not None]
    missing = [found[1] for part in parts if (found := _missing(part)) is not None]
    others = [p for p in parts if not (_numbers(p, exact) or _rule(p) or _missing(p))]
    if len(others) == len(parts):
        return reasons, reasons
    if missing:
        zh, en = bilingual("reading_insufficient")
        labels = [outcome_label(outcome) for outcome in missing]
        gone = "、".join(label[0] for label in labels), ", ".join(label[1] for label in labels)
        numbers.append((f"{zh}：{gone[0]}", f"{en}: {gone[1]}"))
    told = [*numbers, *rules, *((other, other) for other in others)]
    return "；".join(text[0] for text in told), "; ".join(text[1] for text in told)


def _filled(text: str, found: str, least: str) -> str:
    return text.replace("{found}", found).replace("{least}", least)


def _numbers(part: str, exact: Mapping[str, float]) -> Text | None:
    match = _NUMBERS.fullmatch(part)
    if match is None or f"outcome_{match[1]}" not in CATALOGUE:
        return None
    change = percent_text(percent_change(exact.get(match[1], float(match[2]))))
    zh, en = outcome_label(match[1])
    if match[1] in YEARLY:
        return f"{zh}每年 {change}", f"{en} {change} a year"
    return f"{zh} {change}", f"{en} {change}"


def _rule(part: str) -> Text | None:
    match = _RULE.fullmatch(part)
    return bilingual(f"why_{match[1]}_{match[2]}") if match is not None else None


def _missing(part: str) -> re.Match[str] | None:
    match = _MISSING.fullmatch(part)
    return match if match is not None and f"outcome_{match[1]}" in CATALOGUE else None
