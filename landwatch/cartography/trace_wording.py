"""Strings of the trace behind a verdict: Traditional Chinese first, English second."""

from collections.abc import Mapping
from typing import Final

Text = tuple[str, str]

TRACE: Final[Mapping[str, Text]] = {
    "start": ("起始日", "start date"),
    "results_of": ("結果日期", "results of"),
    "estimates": ("一、各項估計", "1. Estimates"),
    "followed": ("二、追溯項目", "2. Followed to its rows"),
    "pooled": ("所有地區合併", "all zones together"),
    "event": ("起始日前後（所有地區）", "before and after the start date (all zones)"),
    "flow": ("三、這個地區的資料列", "3. Rows of this zone"),
    "years": ("三、歷年數字", "3. Year by year"),
    "case": ("四、個案與可比成交", "4. Cases and comparable deals"),
    "sources": ("五、資料檔與列號", "5. Files and lines"),
    "notes": ("附註", "Notes"),
    "carries": ("支撐估計", "carries the estimate"),
    "typical": ("居中", "typical"),
    "opposes": ("反向", "points the other way"),
    "highest": ("最高", "highest"),
    "lowest": ("最低", "lowest"),
    "contribution": ("該區變化中的這一筆", "its part of the zone's change"),
    "hidden": (
        "土地地段當年成交少於 5 筆者只寫鄉鎮，也不寫距離；在同段內比較者沒有距離。",
        "Land in sections with fewer than 5 deals in the year is told by town only, without "
        "distance; deals compared within a section have none.",
    ),
    "search": (
        "可比成交：同類財產、起始日之前 {months:g} 個月內、{radius:g} 公尺內、較早成交者，"
        "依距離、時間、面積與用途相近程度取最多 {k:g} 筆。",
        "Comparable deals: same kind of property, within {months:g} months before the start date "
        "and {radius:g} m, sold earlier; at most {k:g}, by nearness in place, time, area and use.",
    ),
    "ratios_zone": (
        "起始日後 {deals} 筆成交（有座標 {located} 筆）；{compared} 筆有足夠的可比成交，其中 "
        "{in_section} 筆無座標，在同段或同路內比較。單價比值中位數 {median}。",
        "{deals} deals after the start ({located} with coordinates); {compared} have enough "
        "comparable deals, {in_section} of them without coordinates, compared within their section "
        "or road. Median price ratio {median}.",
    ),
    "ratios_control": (
        "對照鄉鎮同樣算法：{deals} 筆（有座標 {located} 筆）；可比 {compared} 筆（同段 "
        "{in_section} 筆），中位數 {median}。",
        "The control towns in the same way: {deals} deals ({located} with coordinates), {compared} "
        "compared ({in_section} within their section), median {median}.",
    ),
    "ratios_note": (
        "比值未經品質、時間與對照調整，僅供核對；判斷以上列估計為準。",
        "Ratios are not adjusted for quality, time or controls; they serve for checking, the "
        "estimates above decide.",
    ),
    "no_cause": (
        "數字與某種說法相符，不能單獨證明原因，也不指涉任何個人或業者。",
        "Numbers consistent with a story prove no cause by themselves and point at no person or "
        "firm.",
    ),
    "full_hashes": (
        "完整雜湊值與全部列號見 --json。",
        "Whole hashes and all lines: --json.",
    ),
}

FLOW: Final[Mapping[str, str]] = {
    "core rows": "登錄資料列",
    "spells of listings": "刊登（同一則跨月合一）",
    "a dwelling by 物件類型": "依物件類型為住宅",
    "outside days on which the source lost listings (vocabulary.listing_faults)": (
        "不在來源遺失刊登的日子"
    ),
    "with a rent and an area": "有租金與面積",
    "in the register of completed deals": "成交登錄（不含預售）",
    "of the outcome's kind": "屬於這個項目的類別",
    "within the study period": "在研究期間內",
    "at arm's length by 備註": "備註無特殊關係",
    "with a town": "有鄉鎮市區",
    "in or out of a zone for certain": "確知在區內或區外",
    "with a separable unit price": "單價可拆算",
    "of more than one dollar": "價格多於一元",
    "no outlier of its county": "非縣內極端值",
    "in years and places comparable with controls": "年度與地點可與對照相比",
}

COLUMNS: Final[Mapping[str, Text]] = {
    "outcome": ("項目", "outcome"),
    "change": ("變化", "change"),
    "interval": ("95% 區間", "95% interval"),
    "p": ("p 值", "p"),
    "q": ("q 值", "q"),
    "rows": ("前/後", "before/after"),
    "controls": ("對照", "controls"),
    "mde": ("可偵測", "detectable"),
    "estimator": ("方法", "estimator"),
    "period": ("期", "period"),
    "n": ("筆數", "n"),
    "rule": ("規則", "rule"),
    "left": ("剩", "left"),
    "dropped": ("去", "dropped"),
    "year": ("年", "year"),
    "value": ("數值", "value"),
    "growth": ("成長", "growth"),
    "their_growth": ("對照成長", "controls"),
    "compared": ("比較", "compared"),
    "date": ("日期", "date"),
    "place": ("地點（遮蔽）", "place (masked)"),
    "area": ("面積 m²", "area m²"),
    "price": ("單價 元/m²", "NTD/m²"),
    "ratio": ("比值", "ratio"),
    "distance": ("距離", "distance"),
    "source": ("檔案:列", "file:line"),
    "file": ("檔案", "file"),
    "read": ("讀/收/退/重", "read/kept/rejected/duplicate"),
    "lines": ("引用列號", "lines cited"),
}
