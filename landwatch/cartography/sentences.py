"""Plain sentences that say what an estimate shows, and no more than that.

The reading is decided once, from the numbers, and every sentence follows from the reading:

=============== ==================================================================
reading         when
=============== ==================================================================
insufficient    nothing was estimated
inconsistent    the interval does not contain its own estimate
unclear         the interval covers zero
higher, lower   the interval excludes zero and the q-value is within the rate
weak_higher, …  the interval excludes zero but the q-value is missing or too large
=============== ==================================================================
"""

import math
from dataclasses import dataclass

from landwatch.cartography.catalogue import VERDICTS, bilingual
from landwatch.cartography.numbers import percent_change, percent_text, q_text
from landwatch.cartography.reasons import INSUFFICIENT_PREFIX, plain_reason
from landwatch.cartography.site_info import Text
from landwatch.vocabulary.errors import InputError


@dataclass(frozen=True, slots=True)
class Estimate:
    """One zone and one outcome, as the results table gives them.

    Attributes
    ----------
    estimate_log, ci_low, ci_high : float
        Difference of logarithms and its interval; not a number when not estimated.
    q_value : float
        p-value adjusted for the number of zones; not a number when there is none.
    mde_log : float
        Smallest difference of logarithms the data could have shown.
    status : str
        ``estimated`` or ``insufficient_data: why``.
    yearly : bool, optional
        Whether the numbers are differences of yearly growth.
    """

    estimate_log: float
    ci_low: float
    ci_high: float
    q_value: float
    mde_log: float
    status: str
    yearly: bool = False


def reading(estimate: Estimate, fdr: float) -> str:
    """What the numbers allow to be said.

    Parameters
    ----------
    estimate : Estimate
        The numbers.
    fdr : float
        False discovery rate of the study.

    Returns
    -------
    str
        ``insufficient``, ``inconsistent``, ``unclear``, ``higher``, ``lower``, ``weak_higher`` or
        ``weak_lower``.

    Raises
    ------
    InputError
        If the status claims an estimate but a number of it is missing.
    """
    if estimate.status.startswith(INSUFFICIENT_PREFIX):
        return "insufficient"
    numbers = (estimate.estimate_log, estimate.ci_low, estimate.ci_high)
    if estimate.status != "estimated" or not all(math.isfinite(number) for number in numbers):
        raise InputError(
            "expected status 'estimated' with finite estimate_log, ci_low and ci_high, or "
            f"'insufficient_data: why'; found status {estimate.status!r} with {numbers}"
        )
    if not estimate.ci_low <= estimate.estimate_log <= estimate.ci_high:
        return "inconsistent"
    if estimate.ci_low <= 0 <= estimate.ci_high:
        return "unclear"
    side = "higher" if estimate.estimate_log > 0 else "lower"
    return side if estimate.q_value <= fdr else f"weak_{side}"


def status_reason(status: str) -> Text:
    """Why nothing was estimated.

    Parameters
    ----------
    status : str
        ``insufficient_data: why``.

    Returns
    -------
    tuple of (str, str)
        The reason in words, or a note that the table gives none.
    """
    why = status.removeprefix(INSUFFICIENT_PREFIX).lstrip(": ").strip()
    return plain_reason(why) if why else bilingual("status_no_reason")


def interval_text(estimate: Estimate) -> Text:
    """The interval in per cent.

    Parameters
    ----------
    estimate : Estimate
        Numbers with a finite interval.

    Returns
    -------
    tuple of (str, str)
        Such as ``('+3.1% 至 +22.0%', '+3.1% to +22.0%')``.
    """
    low, high = (percent_text(percent_change(end)) for end in (estimate.ci_low, estimate.ci_high))
    return f"{low} 至 {high}", f"{low} to {high}"


def mde_text(mde_log: float) -> Text | None:
    """The smallest change the data could have shown, upwards and downwards.

    Parameters
    ----------
    mde_log : float
        Difference of logarithms, not negative; not a number when unknown.

    Returns
    -------
    tuple of (str, str) or None
        Such as ``('+10.0% 或 −9.1%', '+10.0% or −9.1%')``; None when it is unknown.
    """
    if not math.isfinite(mde_log) or mde_log < 0:
        return None
    up, down = (percent_text(percent_change(sign * mde_log)) for sign in (1, -1))
    return f"{up} 或 {down}", f"{up} or {down}"


def effect_sentence(estimate: Estimate, label: Text, *, fdr: float, level: float) -> Text:
    """Say in one or two plain sentences what an estimate shows.

    Parameters
    ----------
    estimate : Estimate
        The numbers.
    label : tuple of (str, str)
        Name of the outcome.
    fdr : float
        False discovery rate of the study.
    level : float
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.
    """
    kind = reading(estimate, fdr)
    if kind == "insufficient":
        zh, en = status_reason(estimate.status)
        return f"{label[0]}：資料不足，未估計。原因：{zh}", (
            f"{label[1].capitalize()}: not enough data, not estimated. Reason: {en}"
        )
    share = f"{100 * level:g}%"
    if kind == "inconsistent":
        zh, en = interval_text(estimate)
        change = percent_text(percent_change(estimate.estimate_log))
        return (
            f"{label[0]}的估計（{change}）不在自己的 {share} 區間（{zh}）之內，"
            "數字前後不一，請勿引用。",
            f"The estimate of {label[1]} ({change}) lies outside its own {share} interval ({en}); "
            "the numbers disagree and should not be used.",
        )
    if kind == "unclear":
        return _unclear(estimate, label, fdr=fdr, share=share)
    return _clear(estimate, label, kind, fdr=fdr, share=share)


def _unclear(estimate: Estimate, label: Text, *, fdr: float, share: str) -> Text:
    change = percent_text(percent_change(estimate.estimate_log))
    zh_range, en_range = interval_text(estimate)
    zh_each, en_each = ("每年", " a year") if estimate.yearly else ("", "")
    zh = (
        f"看不出{label[0]}與對照地區不同：估計{zh_each} {change}，{share} 區間為 {zh_range}，含零。"
    )
    en = (
        f"No difference in {label[1]} from the controls is shown: the estimate is {change}"
        f"{en_each}, its {share} interval runs from {en_range} and covers zero."
    )
    if estimate.q_value <= fdr:
        q = q_text(estimate.q_value, fdr)
        zh += f"q 值（{q}）雖低，但與區間不一致，因此不標示。"
        en += f" The q-value ({q}) is low but disagrees with the interval, so nothing is claimed."
    smallest = mde_text(estimate.mde_log)
    if smallest is not None:
        zh += f"這些資料只看得出超過 {smallest[0]} 的變化，較小的變化可能存在而看不見。"
        en += (
            f" The data could only have shown changes larger than {smallest[1]}; a smaller one "
            "may exist unseen."
        )
    return zh, en


def _clear(estimate: Estimate, label: Text, kind: str, *, fdr: float, share: str) -> Text:
    size = percent_text(abs(percent_change(estimate.estimate_log)), signed=False)
    zh_range, en_range = interval_text(estimate)
    side_zh, side_en = ("高", "higher") if kind.endswith("higher") else ("低", "lower")
    zh_each, en_each = ("每年", " with every year") if estimate.yearly else ("", "")
    zh = (
        f"起始日之後，{label[0]}比對照地區的走勢{zh_each}{side_zh}約 {size}"
        f"（{share} 區間 {zh_range}）。"
    )
    en = (
        f"After the start date, {label[1]} was about {size} {side_en} than the controls suggest"
        f"{en_each} ({share} interval {en_range})."
    )
    q = q_text(estimate.q_value, fdr)
    if not kind.startswith("weak"):
        return (
            f"{zh}經多重檢定校正後仍可標示（q 值 {q}）。這與確有變化相符，但單憑此數不能證明原因。",
            f"{en} It stays flagged after adjusting for the number of zones (q-value {q}). This is "
            "consistent with a real change; alone it proves no cause.",
        )
    if not q:
        return (
            f"{zh}未經多重檢定校正，證據不足以標示。",
            f"{en} It was not adjusted for the number of zones, so it is not flagged.",
        )
    return (
        f"{zh}同時檢定許多地區，校正後（q 值 {q}）證據不足以標示。",
        f"{en} After adjusting for the number of zones (q-value {q}) the evidence is too weak to "
        "flag it.",
    )


def verdict_sentence(verdict: str, confidence: str) -> Text:
    """Say what a verdict means.

    Parameters
    ----------
    verdict : str
        One of the five verdicts.
    confidence : str
        ``strong``, ``moderate``, ``weak`` or empty.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.

    Raises
    ------
    InputError
        If the verdict or the confidence is unknown.
    """
    if verdict not in VERDICTS or confidence not in ("strong", "moderate", "weak", ""):
        raise InputError(
            f"expected a verdict of {list(VERDICTS)} with confidence strong, moderate, weak or "
            f"empty; found {verdict!r} with {confidence!r} in the verdicts table"
        )
    zh, en = bilingual(f"meaning_{verdict}")
    if not confidence:
        return zh, en
    zh_level, en_level = bilingual(f"confidence_{confidence}")
    return f"{zh}（{zh_level}）", f"{en} ({en_level.capitalize()}.)"
