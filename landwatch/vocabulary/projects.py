"""Words of the lists of approved 地方創生 projects."""

from typing import Final

COLUMN_NAMES: Final[dict[str, str]] = {
    "county": "county_name",
    "縣市": "county_name",
    "town": "town_name",
    "鄉鎮市區": "town_name",
    "zone": "zone_name",
    "地區": "zone_name",
    "roc_year": "roc_year",
    "年度": "roc_year",
    "民國年": "roc_year",
    "date": "date",
    "日期": "date",
    "核定日期": "date",
    "kind": "project_kind",
    "類別": "project_kind",
    "計畫類別": "project_kind",
    "status": "status",
    "狀態": "status",
    "辦理情形": "status",
    "subsidy_twd": "subsidy_twd",
    "補助款": "subsidy_twd",
    "local_twd": "local_twd",
    "地方配合款": "local_twd",
    "private_twd": "private_twd",
    "民間投入": "private_twd",
    "total_twd": "total_twd",
    "總經費": "total_twd",
    "amount_note": "amount_note",
    "金額說明": "amount_note",
}
"""Published column to ours; amounts in NTD."""

AMOUNTS: Final = ("subsidy_twd", "local_twd", "private_twd", "total_twd")

STATUSES: Final[dict[str, str]] = {
    "通過": "passed",
    "核定": "approved",
    "核定/延續": "continued",
    "延續": "continued",
    "入選": "selected",
    "核定後撤案": "withdrawn",
    "撤案": "withdrawn",
    "核定後廢止": "withdrawn",
    "廢止": "withdrawn",
    "未通過": "refused",
    "不通過": "refused",
    "未入選": "refused",
    "駁回": "refused",
    "審查中": "pending",
    "提案中": "pending",
    "待審": "pending",
}
"""狀態 to status. Passed (a meeting's) is not approved (with money), and is kept apart."""

TREATED: Final = ("passed", "approved", "continued", "selected")
"""Statuses of projects that go ahead."""

NATURES: Final = ("approved", "ceiling", "estimate")

NATURE_RULES: Final[tuple[tuple[str, str], ...]] = (
    ("上限", "ceiling"),
    ("估|需求|預定|預計|合計.*減", "estimate"),
    ("核定|核准|補助|獎勵金|獎助金", "approved"),
)
"""What 金額說明 says of an amount: the first pattern found decides; otherwise it is unknown."""

JOINT: Final = r"與.+合計|合計[^減]*$"
"""金額說明 that tells one amount for several places; a share of it is not invented. An amount got
by taking the others off a sum is an estimate."""
