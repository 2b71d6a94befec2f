"""What a critic and a supporter may each conclude from an outcome, and what neither may.

Every sentence is chosen by the numbers: the zones flagged, the widest interval among the pooled
estimators, the smallest changes single zones could have shown.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landwatch.cartography.catalogue import YEARLY, bilingual, outcome_label
from landwatch.cartography.numbers import percent_change, percent_text
from landwatch.cartography.site_info import Text

LIVELIHOOD = frozenset({"population", "income", "births"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Numbers of one outcome over all zones.

    Attributes
    ----------
    outcome : str
        Code.
    n_zones, n_estimated, n_up, n_down : int
        Zones; zones estimated; zones flagged upwards and downwards.
    low, high : float
        Ends of the widest 95 % interval among the pooled estimators [log]; NaN without one.
    mde : float
        Median smallest detectable effect of the zones estimated [log]; NaN without one.
    alarms : tuple of str, optional
        Alarms of the outcome that went off.
    """

    outcome: str
    n_zones: int
    n_estimated: int
    n_up: int
    n_down: int
    low: float
    high: float
    mde: float
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conclusions:
    """Sentences for both sides; each 繁體中文 and English.

    Attributes
    ----------
    critic, supporter, neither : tuple of Text
        What each may conclude, and what nobody may.
    """

    critic: tuple[Text, ...]
    supporter: tuple[Text, ...]
    neither: tuple[Text, ...]


def evidence_of(
    outcome: str, effects: pd.DataFrame, pooled: pd.DataFrame, *, fdr: float
) -> Evidence:
    """Sum up the results of an outcome.

    Parameters
    ----------
    outcome : str
        Code.
    effects, pooled : DataFrame
        The tables of those names.
    fdr : float
        False discovery rate of the study.

    Returns
    -------
    Evidence
        Its numbers.
    """
    rows = effects[effects["outcome"] == outcome]
    known = rows[rows["status"] == "estimated"]
    q = known[["q_value", "q_axis"]].max(axis=1)
    flagged = known[q <= fdr]["estimate_log"]
    whole = pooled[(pooled["outcome"] == outcome) & pooled["ci_low"].notna()]
    return Evidence(
        outcome,
        n_zones=len(rows),
        n_estimated=len(known),
        n_up=int((flagged > 0).sum()),
        n_down=int((flagged < 0).sum()),
        low=float(whole["ci_low"].min()),
        high=float(whole["ci_high"].max()),
        mde=float(np.median(known["mde_log"])) if len(known) else float("nan"),
        alarms=tuple(filter(None, str(rows["alarms"].iloc[0]).split(","))) if len(rows) else (),
    )


def conclusions(evidence: Evidence) -> Conclusions:
    """Say what follows from the numbers of an outcome, and what does not.

    Parameters
    ----------
    evidence : Evidence
        Its numbers.

    Returns
    -------
    Conclusions
        For land and rents the critic claims a rise; for people, income and births a failure to
        rise.

    Examples
    --------
    >>> told = conclusions(Evidence("land_price", 10, 6, 0, 0, -0.05, 0.08, 0.3))
    >>> told.critic[0][1]
    'An average rise of up to +8.3% is not excluded.'
    """
    if not evidence.n_estimated and not np.isfinite(evidence.high):
        return Conclusions((), (), (_nothing(evidence),))
    sides = (
        (*_flagged(evidence, up=True), *_average(evidence, up=True)),
        (
            *_flagged(evidence, up=False),
            *_average(evidence, up=False),
        ),
    )
    rise, fall = sides
    critic, supporter = (fall, rise) if evidence.outcome in LIVELIHOOD else (rise, fall)
    return Conclusions(critic, supporter, _neither(evidence))


def _names(evidence: Evidence) -> tuple[Text, Text]:
    return outcome_label(evidence.outcome), (
        ("每年", " a year") if evidence.outcome in YEARLY else ("", "")
    )


def _flagged(evidence: Evidence, *, up: bool) -> tuple[Text, ...]:
    count = evidence.n_up if up else evidence.n_down
    if not count:
        return ()
    zh, en = ("上升", "rise") if up else ("下降", "fall")
    label, _ = _names(evidence)
    return (
        (
            f"{evidence.n_estimated} 個可估計的地區中，{count} 個的{label[0]}"
            f"經多重檢定校正後仍{zh}。",
            f"In {count} of {evidence.n_estimated} zones estimated, a {en} of {label[1]} remains "
            "after adjusting for multiple tests.",
        ),
    )


def _average(evidence: Evidence, *, up: bool) -> tuple[Text, ...]:
    """What the widest pooled interval leaves open, or shows, in one direction."""
    if not np.isfinite(evidence.low):
        return ()
    label, each = _names(evidence)
    near, far = (evidence.low, evidence.high) if up else (-evidence.high, -evidence.low)
    sign = 1 if up else -1
    zh, en = ("上升", "rise") if up else ("下降", "fall")
    if near > 0:
        least = percent_text(percent_change(sign * near))
        return (
            (
                f"平均而言，所有估計法都顯示{label[0]}{each[0]}{zh}至少 {least}。",
                f"On average every estimator shows a {en} of {label[1]} of at least {least}"
                f"{each[1]}.",
            ),
        )
    if far <= 0:
        return ((f"平均而言，{label[0]}沒有{zh}。", f"On average there is no {en} of {label[1]}."),)
    most = percent_text(percent_change(sign * far))
    return (
        (
            f"不能排除平均{each[0]}{zh}達 {most}。",
            f"An average {en} of up to {most}{each[1]} is not excluded.",
        ),
    )


def _neither(evidence: Evidence) -> tuple[Text, ...]:
    label, each = _names(evidence)
    told = []
    if np.isfinite(evidence.mde):
        smallest = percent_text(percent_change(evidence.mde))
        told.append(
            (
                f"單一地區「沒有變化」：一半的地區要{each[0]}變動超過 {smallest} 才看得出來。",
                f"That a single zone did not change: in half of them only a change beyond "
                f"{smallest}{each[1]} would have shown.",
            )
        )
    untold = evidence.n_zones - evidence.n_estimated
    if untold:
        told.append(
            (
                f"另外 {untold} 個無法估計的地區的任何情形。",
                f"Anything about the {untold} zones that could not be estimated.",
            )
        )
    if evidence.alarms:
        names = [bilingual(f"alarm_{name}") for name in evidence.alarms]
        told.append(
            (
                f"平均數字只反映{label[0]}：警訊顯示{'、'.join(name[0] for name in names)}。",
                f"That the average speaks of {label[1]} alone: "
                f"{', '.join(name[1] for name in names)}.",
            )
        )
    told.append(
        (
            f"是政策造成了{label[0]}的變化：地區因衰退而入選，向平均回歸與同時發生的事都可能是原因。",
            f"That the policy caused a change of {label[1]}: zones were chosen for decline, and a "
            "return to the mean or anything else of the time may be the cause.",
        )
    )
    return tuple(told)


def _nothing(evidence: Evidence) -> Text:
    label, _ = _names(evidence)
    return (
        f"關於{label[0]}的任何結論：{evidence.n_zones} 個地區都資料不足。",
        f"Anything about {label[1]}: none of {evidence.n_zones} zones has enough data.",
    )


def conclusion_table(effects: pd.DataFrame, pooled: pd.DataFrame, *, fdr: float) -> pd.DataFrame:
    """Write the conclusions of every outcome down.

    Parameters
    ----------
    effects, pooled : DataFrame
        The tables of those names.
    fdr : float
        False discovery rate of the study.

    Returns
    -------
    DataFrame
        ``outcome``, ``side`` (``critic``, ``supporter``, ``neither``), ``text_zh``, ``text_en``;
        outcomes in the order of the effects.
    """
    rows = [
        (outcome, side, *text)
        for outcome in effects["outcome"].unique()
        for told in [conclusions(evidence_of(outcome, effects, pooled, fdr=fdr))]
        for side in ("critic", "supporter", "neither")
        for text in getattr(told, side)
    ]
    return pd.DataFrame(rows, columns=["outcome", "side", "text_zh", "text_en"])
