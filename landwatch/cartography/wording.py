"""Every string of ours that a reader of the site sees: Traditional Chinese first, English second.

Keys are grouped by prefix: ``page_`` names of pages, ``lead_`` one line below a title,
``outcome_`` what was measured, ``verdict_``/``symbol_``/``meaning_`` the five verdicts,
``confidence_``, ``sign_`` how certainty is drawn, ``row_`` labels of numbers, ``why_`` reasons,
the rest is prose. Data never pass through here.
"""

NAMES = {
    "site": ("地價創升觀測", "Landwatch"),
    "page_index": ("總覽", "Overview"),
    "page_verdict": ("判定", "Verdicts"),
    "page_land_price": ("土地價格", "Land price"),
    "page_farmland_price": ("農地價格", "Farmland price"),
    "page_house_price": ("房屋價格", "House price"),
    "page_rent": ("租金", "Rent"),
    "page_kpi": ("人口與所得", "People and income"),
    "page_asking_rent": ("刊登租金", "Asking rents"),
    "page_shops": ("店家與連鎖店", "Shops and chains"),
    "page_factories": ("疑似農地工廠", "Suspected factories"),
    "page_land_cover": ("土地覆蓋", "Land cover"),
    "page_people": ("人口結構", "Age and births"),
    "page_planning": ("計畫與補助", "Plans and projects"),
    "lead_asking_rent": (
        "租屋網上開價多少、有多少刊登；與登錄租金分開，不混用。",
        "What rents are asked on listing sites, and how many; never mixed with registered rents.",
    ),
    "lead_shops": (
        "連鎖店與獨立店各有多少，依門市清單與營業登記。",
        "How many shops belong to chains and how many do not, by store lists and the register.",
    ),
    "lead_factories": (
        "各來源指出的疑似農地工廠與查處進度；全部都是疑似，需要查證。",
        "Suspected factories on farmland by source, and steps of enforcement; all to be checked.",
    ),
    "lead_land_cover": (
        "農田與都市覆蓋的占比與變化，作為背景。",
        "Farmland and built-up cover and their change, as background.",
    ),
    "lead_people": (
        "出生、年齡、教育，與三十年後的年輕女性人口。",
        "Births, ages, education, and young women thirty years on.",
    ),
    "lead_planning": (
        "都市計畫涵蓋多少土地，清單上核定了多少地方創生案件。",
        "How much land is under urban plans, and which projects were approved on the list at hand.",
    ),
    "lead_verdict": (
        "每個地區依兩個面向判定：居民生計是否好轉、地價租金是否上漲。",
        "Each zone is judged on two sides: did livelihoods improve, and did land and rent rise.",
    ),
    "lead_land_price": (
        "地方創生起始日之後，土地單價與對照地區走勢相差多少。",
        "How far land prices moved away from their controls after the start date.",
    ),
    "lead_farmland_price": (
        "地方創生起始日之後，農地單價與對照地區走勢相差多少。",
        "How far farmland prices moved away from their controls after the start date.",
    ),
    "lead_house_price": (
        "地方創生起始日之後，房屋單價與對照地區走勢相差多少。",
        "How far house prices moved away from their controls after the start date.",
    ),
    "lead_rent": (
        "地方創生起始日之後，租金與對照地區走勢相差多少。",
        "How far rents moved away from their controls after the start date.",
    ),
    "lead_kpi": (
        "起始日之後，人口、所得與出生是否優於對照地區，而不只是與自己的過去相比。",
        "Did people, income and births do better than the controls, not only than their own past.",
    ),
    "outcome_land_price": ("土地單價", "land price"),
    "outcome_farmland_price": ("農地單價", "farmland price"),
    "outcome_house_price": ("房屋單價", "house price"),
    "outcome_rent": ("登錄租金", "registered rent"),
    "outcome_asking_rent": ("刊登租金", "asking rent"),
    "outcome_turnover": ("成交筆數比率", "turnover"),
    "outcome_flip_share": ("短期轉售占比", "share of quick resales"),
    "outcome_chain_share": ("連鎖店占比", "share of chain shops"),
    "outcome_independent_exit": ("獨立店家歇業", "exits of independent shops"),
    "outcome_factory_area": ("疑似農地工廠面積", "area of suspected factories on farmland"),
    "outcome_population": ("人口", "population"),
    "outcome_income": ("所得中位數", "median income"),
    "outcome_births": ("出生數", "births"),
}

ESTIMATORS = {
    "estimator_twfe": ("雙向固定效果", "two-way fixed effects"),
    "estimator_callaway_santanna": ("Callaway–Sant'Anna", "Callaway–Sant'Anna"),
    "estimator_sun_abraham": ("Sun–Abraham", "Sun–Abraham"),
    "estimator_imputation": ("插補法", "imputation"),
    "estimator_two_stage": ("兩階段法", "two-stage"),
    "estimator_synthetic_did": ("合成雙重差分", "synthetic difference in differences"),
    "estimator_town_contrast": ("鄉鎮與對照鄉鎮比較", "town against control towns"),
    "estimator_town_contrast_growth": (
        "鄉鎮與對照鄉鎮的年成長比較",
        "yearly growth of a town against control towns",
    ),
    "estimator_did": ("雙重差分", "difference in differences"),
}

JUDGEMENTS = {
    "verdict_revitalised": ("創生", "Revitalised"),
    "verdict_price_rise": ("創升", "Price rise"),
    "verdict_both": ("並進", "Both"),
    "verdict_no_change": ("無明顯變化", "No clear change"),
    "verdict_insufficient": ("資料不足", "Not enough data"),
    "symbol_revitalised": ("生", "L"),
    "symbol_price_rise": ("升", "P"),
    "symbol_both": ("並", "B"),
    "symbol_no_change": ("平", "–"),
    "symbol_insufficient": ("？", "?"),
    "meaning_revitalised": (
        "與「創生」相符：生計面的指標優於對照地區；地價與租金面未見到清楚的上漲。",
        "Consistent with revitalization: livelihoods did better than the controls; no clear rise "
        "in land prices or rents was seen.",
    ),
    "meaning_price_rise": (
        "疑似「創升」：地價、租金或排擠面的指標高於對照地區；生計面未見到清楚的好轉。",
        "Consistent with a rise of land rent: land, rent or displacement rose above the controls; "
        "no clear gain in livelihoods was seen.",
    ),
    "meaning_both": (
        "疑似「並進」：生計面優於對照地區，同時地價、租金或排擠面也高於對照地區。",
        "Consistent with both: livelihoods did better than the controls, and land, rent or "
        "displacement rose above them too.",
    ),
    "meaning_no_change": (
        "生計面沒有可標示的好轉，地價租金面沒有可標示的上漲。這不等於沒有變化，只表示證據不足以標示。",
        "No gain in livelihoods and no rise of land prices or rents can be flagged. That is not "
        "proof of no change, only that the evidence does not suffice.",
    ),
    "meaning_insufficient": (
        "資料不足，不作判定。",
        "Not enough data: no verdict is given.",
    ),
    "confidence_strong": ("證據強", "strong evidence"),
    "confidence_moderate": ("證據中等", "moderate evidence"),
    "confidence_weak": ("證據弱", "weak evidence"),
    "confidence_none": ("未評", "not rated"),
}

SIGNS = {
    "sign_clear": ("區間不含零", "interval excludes zero"),
    "sign_unclear": ("區間含零：看不出差別", "interval covers zero: no difference shown"),
    "sign_insufficient": ("資料不足，未估計", "not enough data, not estimated"),
    "sign_control": ("未列入地方創生的鄉鎮市區", "towns never treated"),
    "sign_zone": ("地方創生地區", "revitalization zone"),
    "sign_town": ("其他鄉鎮市區", "other town"),
    "sign_suppressed": ("筆數過少，不公布", "too few records to publish"),
    "sign_no_data": ("沒有資料（不等於沒有）", "no data (which is not none)"),
    "legend_change": ("與對照地區相差（%）", "Difference from controls (%)"),
    "legend_change_yearly": ("與對照地區每年相差（%）", "Yearly difference from controls (%)"),
    "legend_lower": ("較低", "lower"),
    "legend_higher": ("較高", "higher"),
    "legend_breaks": (
        "分級以零為中心對稱，取各地區變化幅度的四分位並取整；四張價格與租金圖共用同一組分級。",
        "Classes are symmetrical about zero, from rounded quartiles of the size of change; "
        "the four price and rent maps share one set of breaks.",
    ),
    "legend_breaks_kpi": (
        "分級以零為中心對稱，取各地區變化幅度的四分位並取整。",
        "Classes are symmetrical about zero, from rounded quartiles of the size of change.",
    ),
    "legend_reason": (
        "斜線地區資料不足，原因見各地區說明。",
        "Hatched zones have too few data; open a zone to read why.",
    ),
    "legend_confidence": ("顏色愈深，證據愈強", "the deeper the colour, the stronger the evidence"),
}

ROWS = {
    "row_zone": ("地區", "Zone"),
    "row_change": ("變化", "Change"),
    "row_change_yearly": ("每年變化", "Change per year"),
    "row_interval": ("區間", "Interval"),
    "row_n_before": ("起始前筆數", "Records before"),
    "row_n_after": ("起始後筆數", "Records after"),
    "row_years_before": ("起始前年數", "Years before"),
    "row_years_after": ("起始後年數", "Years after"),
    "row_n_controls": ("對照地區數", "Controls"),
    "row_q": ("q 值（多重檢定校正後）", "q-value (adjusted for many zones)"),
    "row_q_short": ("q 值", "q"),
    "row_mde": ("可偵測的最小變化", "Smallest change the data could show"),
    "row_mde_yearly": ("可偵測的最小每年變化", "Smallest yearly change the data could show"),
    "row_breakdown": ("平行趨勢容許倍數", "Breakdown of parallel trends"),
    "row_estimator": ("估計方法", "Estimator"),
    "row_verdict": ("判定", "Verdict"),
    "row_confidence": ("證據強度", "Evidence"),
    "row_reasons": ("理由", "Reasons"),
    "row_status": ("狀態", "Status"),
    "row_effective": ("起始日", "Start date"),
    "row_category": ("類別", "Category"),
    "row_county": ("縣市", "County"),
    "row_reading": ("讀法", "Reading"),
    "row_value": ("數值", "Value"),
    "row_period": ("期間", "Period"),
    "period_all": ("歷年累計", "all years"),
    "period_undated": ("來源未註明日期", "not dated by the source"),
    "period_none": ("無", "none"),
    "row_n_rows": ("依據筆數", "Records it rests on"),
    "row_outcome": ("項目", "Outcome"),
    "row_n_obs": ("筆數", "Records"),
    "row_treated": ("地區數", "Zones"),
    "row_controls": ("對照數", "Controls"),
    "status_estimated": ("已估計", "estimated"),
    "status_no_row": ("結果表沒有這個地區", "no row for this zone in the results"),
    "status_no_reason": ("結果表未寫明原因", "the results give no reason"),
    "reading_higher": ("較高", "higher"),
    "reading_lower": ("較低", "lower"),
    "reading_weak_higher": ("較高，但校正後不足以標示", "higher, not after adjustment"),
    "reading_weak_lower": ("較低，但校正後不足以標示", "lower, not after adjustment"),
    "reading_unclear": ("看不出差別", "no difference shown"),
    "reading_insufficient": ("資料不足", "not enough data"),
    "reading_inconsistent": ("數字前後不一", "numbers disagree"),
    "not_available": ("無", "none"),
}

REASONS = {
    "why_no_deals": ("沒有成交或登錄", "no deals"),
    "why_no_years": ("沒有任何年度的資料", "no years with data"),
    "why_no_date": ("沒有起始日", "no start date"),
    "why_no_control": ("同縣市可用的對照地區不足", "too few control towns in the county"),
    "why_same_prices": ("各筆數值相同，無法比較", "the values do not vary"),
    "why_no_variation": ("變異不足，無法判斷", "too little variation to judge by"),
    "why_no_comparable": (
        "地點與年度能和對照地區相比的資料太少",
        "too few data at places and years that the controls share",
    ),
    "why_few_deals_before": (
        "起始前可比較的只有 {found} 筆，少於 {least} 筆",
        "{found} comparable deals before the start, fewer than {least}",
    ),
    "why_few_deals_after": (
        "起始後可比較的只有 {found} 筆，少於 {least} 筆",
        "{found} comparable deals after the start, fewer than {least}",
    ),
    "why_few_years_before": (
        "起始前可比較的只有 {found} 年，少於 {least} 年",
        "{found} comparable years before the start, fewer than {least}",
    ),
    "why_few_years_after": (
        "起始後可比較的只有 {found} 年，少於 {least} 年",
        "{found} comparable years after the start, fewer than {least}",
    ),
    "why_no_control_then": (
        "有資料的年份裡，同縣沒有足夠的對照鄉鎮成交",
        "in the years of its deals too few other towns of the county traded",
    ),
    "why_land_fell": ("有一項地價或租金比對照下跌", "a price or rent fell against the controls"),
    "why_land_seen_in_buildings_only": (
        "只有房價或租金看得夠清楚；建地與農地若有上漲，這些資料看不出來",
        "only house prices or rents are precise enough; land and farmland could have risen unseen",
    ),
    "why_livelihood_fell": (
        "有一項生計指標比對照變差",
        "a livelihood figure did worse than the controls",
    ),
    "why_land_not_observed": ("地價租金面沒有可用的估計", "no estimate on the side of land"),
    "why_land_not_detectable": (
        "地價租金面的資料不夠精確，看不出變化",
        "the data on land are too imprecise to show a change",
    ),
    "why_livelihood_not_observed": ("生計面沒有可用的估計", "no estimate on livelihoods"),
    "why_livelihood_not_detectable": (
        "生計面的資料不夠精確，看不出變化",
        "the data on livelihoods are too imprecise to show a change",
    ),
    "category_criteria": ("依公布條件重算", "reproduced by the published criteria"),
}

PROSE = {
    "home": ("回總覽", "Overview"),
    "skip_to_table": ("看表格", "Go to the table"),
    "map_label": ("地圖；每個地區也列在下方表格", "Map; every zone is also in the table below"),
    "zoom_in": ("放大", "Zoom in"),
    "zoom_out": ("縮小", "Zoom out"),
    "close": ("關閉", "Close"),
    "choose": ("選擇項目", "Choose an outcome"),
    "table_title": ("地區列表", "All zones"),
    "table_note": (
        "選地區名稱，可在地圖上標出並打開說明。",
        "Choose a name to mark the zone on the map and open its notes.",
    ),
    "filter": ("找地區", "Find a zone"),
    "no_match": ("沒有符合的地區", "No zone matches"),
    "hint": ("點選地區看說明", "Choose a zone to read more"),
    "evidence": ("各項估計", "Estimates"),
    "series": ("歷年數字", "Year by year"),
    "language": ("語言", "Language"),
    "navigation": ("各圖", "Maps"),
    "sources": ("資料來源與授權", "Sources and licence"),
    "drawn_with": (
        "地圖繪製：Folium 與 Leaflet（BSD-2 授權）。圖面界線經簡化，僅供顯示。",
        "Drawn with Folium and Leaflet (BSD-2). Boundaries are simplified for display.",
    ),
    "data_period": ("資料期間", "Data period"),
    "built": ("製作日期", "Built"),
    "zone_source": ("地區名單", "List of zones"),
    "noscript": (
        "本頁的數字與地圖需要瀏覽器執行本頁自帶的程式；不會連到其他網站。",
        "The figures need the script inside this page; it contacts no other site.",
    ),
    "verdict_title": ("判定結果", "Verdicts"),
    "flags": (
        "{flagged} 個地區被標示為創生、創升或並進。以錯誤發現率 {fdr} 計，其中預期至多約 "
        "{false} 個是誤報。",
        "{flagged} zones carry a flag (revitalised, price rise or both). At a false discovery rate "
        "of {fdr}, at most about {false} of these flags are expected to be false.",
    ),
    "flags_none": ("沒有地區被標示。", "No zone carries a flag."),
    "no_verdicts": ("沒有判定表，因此不顯示判定。", "There is no verdict table, so none is shown."),
    "maps_title": ("地圖", "Maps"),
    "missing_title": ("沒有製作的圖", "Maps not drawn"),
    "missing_zones": ("沒有地區圖層（zones.parquet）", "there is no zone layer (zones.parquet)"),
    "missing_effects": ("沒有估計結果（effects.csv）", "there are no estimates (effects.csv)"),
    "missing_outcome": (
        "估計結果中沒有這個項目：",
        "the estimates hold no row for: ",
    ),
    "missing_figures": (
        "沒有可用的輸入資料（figures.csv 無此項目）",
        "no input feeds it (figures.csv holds no such row)",
    ),
    "missing_verdicts": ("沒有判定表（verdicts.csv）", "there are no verdicts (verdicts.csv)"),
    "pooled_title": ("整體估計", "Pooled estimates"),
    "pooled_lead": (
        "所有地區合併後，與對照地區相差多少；不同方法並列，不隱藏任何一種。",
        "All zones together against their controls; methods side by side, none hidden.",
    ),
    "pooled_foil": ("僅供對照", "shown as a foil only"),
    "event_title": ("起始日前後的走勢", "Before and after the start date"),
    "event_lead": (
        "橫軸為距起始日的期數，直線為區間。起始日之前若已偏離零，前後比較就不可信。",
        "Periods from the start date; bars are intervals. A drift away from zero before the start "
        "makes the comparison doubtful.",
    ),
    "event_axis": ("距起始日期數", "periods from the start"),
    "event_plot": (
        "起始日前後與對照地區的差異（%）",
        "difference from controls before and after the start (%)",
    ),
    "read_title": ("怎麼讀", "How to read this"),
    "read_compare": (
        "每個數字都是與對照地區的走勢相比，不是只和自己的過去相比。",
        "Every figure compares a zone with its controls, not only with its own past.",
    ),
    "read_interval": (
        "區間含零，表示資料看不出差別；這不等於沒有差別，請看「可偵測的最小變化」。",
        "An interval that covers zero means no difference was shown, not that there is none; "
        "see the smallest change the data could show.",
    ),
    "read_many": (
        "同時檢定許多地區，總有幾個會碰巧顯著；q 值已就此校正。",
        "With many zones some differ by chance; q-values are adjusted for that.",
    ),
    "read_cause": (
        "標示只表示數字與某種說法相符，不能單獨證明因果，也不指涉任何個人或業者。",
        "A flag says the numbers are consistent with a story; alone it proves no cause and "
        "points at no person or firm.",
    ),
    "read_price": (
        "地價或租金上漲是價格壓力，不等於有人被迫遷離；本站沒有居民遷移的資料。",
        "A rise in price or rent is price pressure, not displacement: no data on movers are used.",
    ),
    "limits_title": ("資料看不出什麼", "What the data cannot show"),
    "absent_title": ("缺少的資料", "Data that are missing"),
    "absent_none": ("沒有登錄缺少的資料。", "No missing data are recorded."),
}
