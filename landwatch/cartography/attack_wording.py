"""Strings of the page of specifications: Traditional Chinese first, English second."""

ATTACKS = {
    "page_specifications": ("穩健性", "Robustness"),
    "lead_specifications": (
        "換一種合理的設定，答案還一樣嗎？每種都列出，不挑選。",
        "Does the answer stay the same under other sensible choices? All are shown, none picked.",
    ),
    "conclusion_title": ("誰可以怎麼說", "Who may conclude what"),
    "conclusion_lead": (
        "句子由數字決定：經校正仍可標示的地區數、各合併估計法中最寬的 95% 區間、"
        "單一地區看得出的最小變化。",
        "Sentences follow from the numbers: zones flagged after adjustment, the widest 95% "
        "interval among the pooled estimators, the smallest changes single zones could show.",
    ),
    "side_critic": ("批評者可以說", "A critic may say"),
    "side_supporter": ("支持者可以說", "A supporter may say"),
    "side_neither": ("兩者都不能說", "Neither may say"),
    "alarm_pre_trend": ("起始日前走勢已分開", "trends parted before the date"),
    "alarm_leads": ("起始日前一年半已變動", "moves in the year and a half before the date"),
    "alarm_neighbours": ("鄰近的對照也變動", "neighbouring controls moved too"),
    "alarm_composition": ("成交組成隨之改變", "the mix of deals changed with it"),
    "alarm_coverage": ("登錄件數隨之改變", "the number of deals changed with it"),
    "alarm_place_error": ("位置粗略者散布不同", "deals of approximate place scatter differently"),
    "alarm_few_treated": ("地區太少", "too few zones"),
    "alarm_spatial": ("相鄰的對照一起變動", "neighbouring controls move together"),
    "curve_title": ("設定曲線", "Specification curves"),
    "curve_lead": (
        "每一直欄是一種設定：上方為所有地區的平均差異與 95% 區間，下方圓點為其所作的選擇。"
        "深色表示區間不含零，菱形為本研究的設定。",
        "Each column is one specification: above, the mean difference of all zones with its 95% "
        "interval; below, dots for the choices made. Dark means an interval without zero; the "
        "diamond is the study's own.",
    ),
    "curve_sentence": (
        "共試 {n} 種設定，其中 {k} 種算得出；{same} 與本研究同號，{seen} 的區間不含零。"
        "估計介於 {low} 與 {high} 之間，本研究為 {base}。",
        "{n} specifications tried, {k} with a number; {same} have the study's sign, {seen} an "
        "interval without zero. Estimates lie between {low} and {high}; the study's own is {base}.",
    ),
    "curve_plot": ("設定曲線（%）", "specification curve (%)"),
    "threat_title": ("其他檢驗", "Further tests"),
    "threat_lead": (
        "「未見」只表示資料沒有顯示問題，不等於證明沒有問題。",
        "'Not seen' says that the data show no problem, not that there is none.",
    ),
    "threat_column": ("檢驗", "Test"),
    "threat_result": ("結果", "Result"),
    "threat_seen": ("有問題", "problem seen"),
    "threat_unseen": ("未見", "not seen"),
    "threat_anticipation_lead": ("起始日前已變動", "Moves before the date"),
    "threat_placebo_date": ("假的起始日", "False dates"),
    "threat_placebo_zones": ("假的地區", "False zones"),
    "threat_spillover": ("擴散到鄰近鄉鎮市區", "Spillover onto neighbours"),
    "threat_coverage_break": ("登錄件數隨之改變", "Number of deals shifts"),
    "threat_composition_shift": ("成交組成隨之改變", "Mix of deals shifts"),
    "threat_spatial_dependence": ("相鄰者一起變動", "Neighbours move together"),
    "threat_few_clusters": ("地區或對照太少", "Too few zones or controls"),
}
