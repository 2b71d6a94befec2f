"""Pages of docs/ written from the code that decides: the verdict table, the estimators."""

import dataclasses
from collections.abc import Sequence

from landwatch.models.alarms import CHECKS
from landwatch.models.effect_table import ALARM_LEVEL, POOLED_ONLY
from landwatch.models.estimators.registry import MODULES, estimator
from landwatch.models.estimators.table import ROLES
from landwatch.models.verdict_rules import (
    GRADES,
    LAND,
    LARGEST_TELLING_PRE_TREND_P,
    LARGEST_USEFUL_MDE,
    LIVELIHOOD,
    RENTS,
    RULES,
    Grade,
)

_VERDICT_HEAD = """# 判定規則 The verdict table

Written from `landwatch/models/verdict_rules.py` by `make documents`; do not edit by hand.

**土地軸 Land**: {land}. **生計軸 Livelihood**: {livelihood}.

* `up`：至少一項上升：該項在各地區之間的 q 值、以及該軸在所有地區 × 兩軸之間的單尾 q 值，都不超過
  門檻；生計軸另須無一項下降 · an outcome rose: its q-value among the zones of the outcome is within
  the rate, and so is that of the axis (one-sided, Simes over its outcomes) among all zones × axes;
  for livelihood none fell
* `not_up`：有估計、無上升，且資料看得出上升（土地：可偵測的最小變化 ≤ {mde:g} 對數點） ·
  estimated, not up, and the data could have shown a rise (land: smallest detectable effect
  ≤ {mde:g} log points)
* `unseen`：有估計、無上升，但上升也看不出來 · estimated, not up, but a rise would not have shown
* `missing`：該軸無任何估計 · nothing was estimated

Rules are read from the top; the first that holds gives the verdict.

"""

_GRADE_HEAD = """
## 信心 Confidence

The best grade that one supporting outcome meets in full; of two axes the lower one. At most
`moderate` where the other axis was not observed; `weak` where land rests on rents alone ({rents}).
An attack is another date, control group, window, sample or place level (`mart/threats.csv`); it is
failed when the sign turns or the interval reaches zero. Estimators agree unless synthetic
difference-in-differences or imputation lies beyond the interval and the interval beyond theirs.
Drift borne: how many times as fast as before the date the zone's own drift could have gone on after
it (1: as it was). Step borne: the same of its largest yearly step, M̄ of Rambachan and Roth. Drift
seen: pre-trend p ≤ {drift:g}. Alarms ask all zones of an outcome together (p ≤ {alarm:g}):
{alarms}.

"""


def verdict_document() -> str:
    """Write the verdict table as Markdown.

    Returns
    -------
    str
        Content of ``docs/verdicts.md``.
    """
    rules = [
        (
            " / ".join(f"`{state}`" for state in sorted(rule.land)),
            " / ".join(f"`{state}`" for state in sorted(rule.livelihood)),
            f"`{rule.verdict}`",
            rule.reason.replace(";", ", "),
        )
        for rule in RULES
    ]
    head = _VERDICT_HEAD.format(
        land=", ".join(LAND), livelihood=", ".join(LIVELIHOOD), mde=LARGEST_USEFUL_MDE
    )
    table = markdown_table(("land", "livelihood", "verdict", "reason added"), rules)
    tail = _GRADE_HEAD.format(
        rents=", ".join(RENTS),
        drift=LARGEST_TELLING_PRE_TREND_P,
        alarm=ALARM_LEVEL,
        alarms=", ".join(name for name in CHECKS if name not in POOLED_ONLY),
    )
    names = ["confidence", "q-value", "drift borne", "step borne", "tried", "failed"]
    names += ["estimators", "drift seen", "alarms"]
    return head + table + tail + markdown_table(names, [_grade_row(grade) for grade in GRADES])


def _grade_row(grade: Grade) -> tuple[str, ...]:
    if grade is GRADES[-1]:
        return (f"`{grade.name}`", "≤ rate", *["any"] * 7)
    q = f"≤ {grade.largest_q:g}" + (" × rate" if grade.of_fdr else "")
    return (
        f"`{grade.name}`",
        q,
        f"≥ {grade.smallest_drift:g}",
        f"≥ {grade.smallest_step:g}",
        f"≥ {grade.fewest_tried}",
        f"≤ {grade.most_failed}",
        "any" if grade.may_disagree else "agree",
        "any" if grade.may_drift else "none",
        "any" if grade.may_alarm else "none",
    )


def estimator_document() -> str:
    """Write the list of estimators as Markdown.

    Returns
    -------
    str
        Content of ``docs/estimators.md``.
    """
    lines = [
        "# 估計法 Estimators\n",
        "Written from `landwatch/models/estimators/` by `make documents`; do not edit by hand. Each"
        " runs on any table with `landwatch estimate NAME DATA.csv --outcome … --out result.csv`"
        " or `landwatch.estimate(name, frame, …)`, and is the function the pipelines use.\n",
    ]
    for name in MODULES:
        found = estimator(name)
        lines += [f"## `{name}`\n", f"{found.summary[0]} · {found.summary[1]}\n"]
        lines.append(
            f"Needs {_flags(found.needs)}. May take {_flags(found.takes) or 'nothing else'}.\n"
        )
        fields = dataclasses.fields(found.options)
        if fields:
            rows = [
                (f"`{f.name}`", _default(f.default), _told(found.options, f.name)) for f in fields
            ]
            lines.append(markdown_table(("option", "default", "meaning"), rows))
    return "\n".join(lines)


def _flags(roles: frozenset[str]) -> str:
    return ", ".join(f"`--{role.replace('_', '-')}`" for role in ROLES if role in roles)


def _default(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _told(options: type, name: str) -> str:
    """First paragraph that a numpydoc section gives a field."""
    lines = "\n".join(kind.__doc__ or "" for kind in options.__mro__).splitlines()
    for at, line in enumerate(lines):
        names = [part.strip() for part in line.strip().partition(" : ")[0].split(",")]
        if " : " in line and name in names:
            indent = len(line) - len(line.lstrip())
            told = []
            for further in lines[at + 1 :]:
                if further.strip() and len(further) - len(further.lstrip()) <= indent:
                    break
                told.append(further.strip())
            return " ".join(told).strip().replace("|", "\\|")
    return ""


def markdown_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table as Markdown.

    Parameters
    ----------
    names : sequence of str
        Names of columns.
    rows : sequence of sequence of str
        Cells.

    Returns
    -------
    str
        The table.

    Examples
    --------
    >>> print(markdown_table(["a", "b"], [["1", "2"]]), end="")
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [names, ["---"] * len(names), *rows]
    text = ["| " + " | ".join(cells) + " |" for cells in lines]
    text[1] = "|" + "---|" * len(names)
    return "\n".join(text) + "\n"
