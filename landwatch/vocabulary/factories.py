"""What publishers write about factories on farmland, in the program's words.

Nothing here calls a factory illegal: a site is reported, and what an authority did or said about
the report is kept as such.
"""

from collections.abc import Mapping
from typing import Final

EVIDENCE_KINDS: Final = (
    "enforcement_case",
    "civic_report",
    "farmland_survey",
    "satellite_change",
)
"""How a site came to notice."""

COVERED_BY_COUNTY: Final = ("enforcement_case", "farmland_survey", "satellite_change")
"""Kinds that one office compiles for a whole county: its other towns were looked at too. A civic
report says nothing of places nobody reported."""

TELLING_FIRST: Final = ("enforcement_case", "satellite_change")
"""Kinds that tell when a site was first seen."""

ENFORCEMENT_STEPS: Final[Mapping[str, str]] = {
    "裁處罰鍰": "fined",
    "已停止供水供電": "cut_off",
    "已自行拆除": "removed",
    "依工廠管理輔導法規定申請納管審核中": "in_regularisation",
    "依工廠管理輔導法規定核准納管": "approved",
}
"""市縣政府查處情形 of the ministry's monthly list."""

REPORT_STATUSES: Final[Mapping[str, str]] = {
    "A": "not_reported",
    "O": "reported",
    "P": "reported",
    "Q": "answered",
    "X": "reported",
    "Y": "reported",
    "Z": "answered",
    # 已舉報 in the first version of the service, 已結案 since: both had been reported
    "B": "reported",
}
"""``cet_report_status`` of Disfactory: how far the civic group's report has come."""

DOCUMENT_STATUSES: Final[Mapping[str, str]] = {
    "已檢舉": "reported",
    "已排程稽查": "inspection_scheduled",
    "陳述意見期": "hearing",
    "已勒令停工": "work_stopped",
    "已發函斷電": "cut_off_ordered",
    "已斷電": "cut_off",
    "已排程拆除": "removal_scheduled",
    "已拆除": "removed",
    "不再追蹤": "no_longer_followed",
    "等待新事證": "awaiting_evidence",
}
"""``document_display_status`` of Disfactory: what the authority answered."""

REMOVED: Final = "removed"
"""The step after which nothing stands on the site any more."""

VERDICTS: Final[Mapping[str, str]] = {
    "合法": "legal",
    "違規": "violation",
    "已知工程": "known_works",
}
"""查證結果 of a land change, by the authority that looked."""

NOT_PURSUED: Final = "not_pursued"
"""A civic report its own reviewers did not pass on."""

BUILDING_CHANGES: Final = ("新增建物", "新增人工構造物", "開發建築用地")
"""變異類型 that say something was built; others (整地, 傾倒廢棄物、土, …) are no building."""
