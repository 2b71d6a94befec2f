"""Why a row was not kept, in words."""

from types import MappingProxyType
from typing import Final

REJECT_WORDS: Final = MappingProxyType(
    {
        "bad_business_id": "統一編號不成形",
        "bad_coordinates": "座標不成形",
        "bad_date": "日期讀不出",
        "bad_number": "數字讀不出",
        "bad_plan_code": "計畫區代碼不成形",
        "county_remainder": "縣市「其他」列，不屬任何鄉鎮",
        "date_after_publication": "日期晚於檔案公布",
        "date_after_study": "日期晚於研究期間",
        "empty_geometry": "圖形是空的",
        "field_count": "欄位數與表頭不同",
        "implausible_date": "日期不可信",
        "implausible_number": "數字不可信",
        "no_address": "沒有地址",
        "no_deal_id": "沒有編號",
        "no_finding": "沒有查證結果",
        "no_geometry": "沒有圖形",
        "no_id": "沒有編號",
        "no_issue_in_id": "編號看不出期別",
        "no_listing_id": "沒有物件編號",
        "no_name": "沒有名稱",
        "no_parcel": "沒有地號",
        "no_place": "沒有可用的地點",
        "no_plan_code": "沒有計畫區代碼",
        "no_registration_id": "沒有登記編號",
        "no_rent": "沒有租金",
        "no_section": "沒有地段",
        "no_status": "沒有狀態",
        "no_steps": "沒有查處情形",
        "no_year_in_id": "編號看不出年度",
        "nonpositive_price": "價格為零或負數",
        "not_a_polygon": "不是面",
        "not_a_shop": "不是店家",
        "not_land_cover": "不是土地覆蓋圖",
        "nul_byte": "含空位元組",
        "parts_differ_from_total": "各項加總不等於合計",
        "repair_changes_area": "修補後面積變動超過 1 %",
        "sheet_without_month": "工作表沒有月份",
        "total_row": "合計列",
        "town_is_a_code": "鄉鎮欄是代碼，無對照表",
        "unclosed_quote": "引號未成對",
        "unknown_case": "找不到所屬案件",
        "unknown_county": "縣市不明",
        "unknown_target": "交易標的不明",
        "unknown_town": "鄉鎮市區不明",
        "zero_area": "面積為零",
    }
)
"""Reason codes of table ``rejects`` that have words; the code is always shown too."""


def reason_words(code: str) -> str:
    """Return a reason as it is printed: words, then the code.

    Parameters
    ----------
    code : str
        Reason code.

    Returns
    -------
    str
        Only the code where it has no words.

    Examples
    --------
    >>> reason_words("zero_area"), reason_words("new_reason")
    ('面積為零 zero_area', 'new_reason')
    """
    words = REJECT_WORDS.get(code)
    return code if words is None else f"{words} {code}"
