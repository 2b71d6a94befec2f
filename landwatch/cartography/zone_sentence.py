"""One plain paragraph per zone: the verdict, the numbers it rests on, and what speaks against them.

Nothing is said that is not in the tables: outcomes are chosen by their reading, and where nothing
was flagged the outcome in which the smallest change would have been seen speaks for its axis.
"""

from collections.abc import Sequence
from typing import Any

from landwatch.cartography.catalogue import attack_label, bilingual, measure_label
from landwatch.cartography.layers import estimate_of
from landwatch.cartography.numbers import count_text, percent_change, percent_text
from landwatch.cartography.sentences import interval_text, reading, verdict_sentence
from landwatch.cartography.site_info import Text

LIVELIHOOD = ("population", "income", "births")


def zone_sentence(
    zone_name: str, verdict: Sequence[str], effects: Sequence[Any], *, fdr: float, level: float
) -> Text:
    """Tell what was found in a zone.

    Parameters
    ----------
    zone_name : str
        Its name, untrusted text.
    verdict : sequence of str
        Verdict and confidence.
    effects : sequence of namedtuple
        Rows of the effects table of the zone.
    fdr : float
        False discovery rate of the study.
    level : float
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.

    Raises
    ------
    InputError
        If a row claims an estimate without numbers, or the verdict is unknown.
    """
    zh, en = verdict_sentence(*verdict)
    parts = [(f"{zone_name}：{zh}", f"{zone_name}: {en}")]
    for axis in (False, True):
        rows = [row for row in effects if (str(row.outcome) in LIVELIHOOD) == axis]
        parts += [_clause(row, fdr=fdr, level=level) for row in _speaking(rows, fdr)]
    parts += _doubts([row for row in effects if _kind(row, fdr) in ("higher", "lower")])
    parts += _counted(effects, fdr)
    return "".join(part[0] for part in parts), " ".join(part[1] for part in parts)


def _kind(row: Any, fdr: float) -> str:
    return reading(estimate_of(row), fdr)


def _speaking(rows: Sequence[Any], fdr: float) -> list[Any]:
    """Outcomes flagged; where none is, the one that would have shown the smallest change."""
    flagged = [row for row in rows if _kind(row, fdr) in ("higher", "lower")]
    known = [row for row in rows if _kind(row, fdr) not in ("insufficient", "inconsistent")]
    return flagged or sorted(known, key=lambda row: (float(row.mde_log), str(row.outcome)))[:1]


def _clause(row: Any, *, fdr: float, level: float) -> Text:
    estimate, kind = estimate_of(row), _kind(row, fdr)
    change = percent_text(percent_change(estimate.estimate_log))
    zh_range, en_range = interval_text(estimate)
    zh_label, en_label = measure_label(str(row.outcome))
    before, after, controls = (
        count_text(float(n)) for n in (row.n_before, row.n_after, row.n_controls)
    )
    unit_zh, unit_en = ("年", "years") if estimate.yearly else ("筆", "deals")
    zh_kind, en_kind = bilingual(f"reading_{kind}")
    share = f"{100 * level:g}%"
    return (
        f"{zh_label}與對照相比 {change}（{share} 區間 {zh_range}；起始前 {before} {unit_zh}、"
        f"後 {after} {unit_zh}，對照 {controls} 個鄉鎮市區）：{zh_kind}。",
        f"{en_label.capitalize()} against the controls: {change} ({share} interval {en_range}; "
        f"{before} {unit_en} before, {after} after, {controls} control towns): {en_kind}.",
    )


def _doubts(flagged: Sequence[Any]) -> list[Text]:
    told: list[Text] = []
    for row in flagged:
        label = measure_label(str(row.outcome))
        failed = [name for name in str(getattr(row, "attacks_failed", "") or "").split(",") if name]
        if failed:
            names = [attack_label(name) for name in failed]
            told.append(
                (
                    f"{label[0]}經不起：{'、'.join(name[0] for name in names)}。",
                    f"{label[1].capitalize()} does not survive: "
                    f"{', '.join(name[1] for name in names)}.",
                )
            )
        if getattr(row, "disagreement", ""):
            told.append(
                (
                    f"{label[0]}的另一種估計法結果不同，可信度因此降低。",
                    f"Another estimator disagrees about {label[1]}, which lowers confidence.",
                )
            )
    return told


def _counted(effects: Sequence[Any], fdr: float) -> list[Text]:
    missing = sum(_kind(row, fdr) == "insufficient" for row in effects)
    total = len(effects)
    return [
        (
            f"共 {total} 項指標，{total - missing} 項有估計，{missing} 項資料不足。",
            f"Of {total} outcomes, {total - missing} were estimated; {missing} had too few data.",
        )
    ]
