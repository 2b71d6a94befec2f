"""How each figure of the mart is named, counted and coloured on descriptive maps."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from landwatch.cartography.site_info import Text


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """One figure on a map.

    Attributes
    ----------
    title : tuple of (str, str)
        Name, Chinese and English.
    unit : tuple of (str, str)
        Unit as the legend writes it.
    scale : {"sequential", "diverging"}
        Diverging scales are centred on zero, for change.
    factor : float
        What the stored number is multiplied with before it is shown (100 for shares, −100 where
        a fall is shown as a positive number).
    decimals : int
        Decimals shown.
    note : tuple of (str, str)
        What the figure does not say.
    """

    title: Text
    unit: Text
    note: Text
    scale: Literal["sequential", "diverging"] = "sequential"
    factor: float = 1.0
    decimals: int = 0


_PERCENT: Final = ("%", "%")
_POINTS: Final = ("百分點", "percentage points")
_STORES: Final = ("家", "stores")
_SITES: Final = ("處", "sites")
_CASES: Final = ("件", "cases")

_ASKED: Final = (
    "刊登租金是開價，不是成交；一個月的刊登不能看出漲跌。",
    "Asking rents are asked, not paid; one month of listings shows no rise or fall.",
)
_LISTED: Final = (
    "清單上的門市，沒有開幕日期；沒有列入的品牌不在內。",
    "Stores on the lists at hand, without opening dates; brands not listed are not in it.",
)
_REGISTERED: Final = (
    "依營業登記推定，店面與辦公室以行業與樓層區分；登記不等於實際營業。",
    "Inferred from the business register; shopfronts and offices are told by trade and floor; "
    "registered does not mean open.",
)
_SUSPECTED: Final = (
    "皆為疑似；數字多寡與查報力道有關，不能直接比較哪裡工廠較多。沒有來源看過的鄉鎮是沒有資料，不是零。",
    "All are suspected. Counts also reflect how hard each county looks, so they do not rank "
    "places. Where no source looked there are no data, which is not zero.",
)
_STEPS: Final = (
    "列管案件走到這一步的件數；一件可以有好幾步。",
    "Cases on the enforcement list that reached this step; one case may have several.",
)
_COVER: Final = (
    "期間早於政策的土地覆蓋只描述背景，不能說明政策效果。年代網格的旱田與草地混在一起，不計入農地。",
    "Cover of years before the policy is background only and says nothing about it. In the rasters "
    "by decade, dry fields are mixed with grassland and not counted as farmland.",
)
_MASUDA: Final = (
    "20 至 39 歲女性在三十年間減少的比率，負數為增加；推估並非官方數字。",
    "Fall of women aged 20–39 over thirty years, below zero where they grow; the projection is not "
    "official.",
)
_COHORTS: Final = (
    "由年齡結構直接推算，不計遷徙與死亡；會低估人口外流地區的減少。",
    "From the age structure alone, without migration and deaths: falls are understated where "
    "people leave.",
)
_HOUSEHOLD: Final = ("依戶籍登記。", "By registered domicile.")
_PLANS: Final = (
    "只計已取得的都市計畫圖；計畫未齊的縣市，數字是下限。",
    "Only plans at hand; in counties with missing plans the number is a lower bound.",
)
_MONEY: Final = (
    "只計清單上已核定的案件；沒有列入的鄉鎮是不知道，不是沒有。金額性質不一，缺金額者不計。",
    "Approved projects on the list only; a town not listed is unknown, not untreated. Amounts "
    "differ in nature, and projects without one are not counted.",
)


def _count(zh: str, en: str, unit: Text, note: Text) -> FigureStyle:
    return FigureStyle((zh, en), unit, note)


def _share(zh: str, en: str, note: Text) -> FigureStyle:
    return FigureStyle((zh, en), _PERCENT, note, factor=100.0, decimals=1)


def _change(zh: str, en: str, note: Text) -> FigureStyle:
    return FigureStyle((zh, en), _POINTS, note, "diverging", 100.0, 1)


def _fall(zh: str, en: str, note: Text) -> FigureStyle:
    return FigureStyle((zh, en), _PERCENT, note, factor=-100.0, decimals=1)


FIGURE_STYLES: Final = MappingProxyType[str, FigureStyle](
    {
        "asking_rent_twd_m2_month": FigureStyle(
            ("刊登租金中位數", "median asking rent"),
            ("元／平方公尺／月", "NTD per m² and month"),
            _ASKED,
        ),
        "listings_count": _count("刊登件數", "listings", _CASES, _ASKED),
        "listings_duplicate_share": _share("重複刊登占比", "share of repeated listings", _ASKED),
        "chain_stores_listed_per_10000_persons": FigureStyle(
            ("每萬人連鎖門市", "chain stores per 10,000 persons"), _STORES, _LISTED, decimals=1
        ),
        "chain_stores_listed_count": _count("連鎖門市", "chain stores", _STORES, _LISTED),
        "chain_share": _share("連鎖店占店面比率", "chains among shops", _REGISTERED),
        "shops_chain_count": _count("連鎖店面", "shops of chains", _STORES, _REGISTERED),
        "shops_independent_count": _count("獨立店面", "independent shops", _STORES, _REGISTERED),
        "business_offices_count": _count(
            "非店面登記", "registrations without shopfront", _STORES, _REGISTERED
        ),
        "suspected_factory_count": _count(
            "疑似農地工廠", "suspected factories on farmland", _SITES, _SUSPECTED
        ),
        "suspected_enforcement_case_count": _count(
            "查處清單案件", "cases on enforcement lists", _CASES, _SUSPECTED
        ),
        "suspected_civic_report_count": _count("民眾回報", "citizens' reports", _SITES, _SUSPECTED),
        "suspected_farmland_survey_count": _count(
            "農地盤查點位", "farmland survey points", _SITES, _SUSPECTED
        ),
        "suspected_satellite_change_count": _count(
            "衛星變異點（違規新增建物）", "satellite changes (new buildings)", _SITES, _SUSPECTED
        ),
        "enforcement_fined_count": _count("裁處罰鍰", "fined", _CASES, _STEPS),
        "enforcement_cut_off_count": _count(
            "停止供水供電", "water and power cut off", _CASES, _STEPS
        ),
        "enforcement_removed_count": _count("已拆除", "removed", _CASES, _STEPS),
        "enforcement_in_regularisation_count": _count(
            "納管審核中", "in regularisation", _CASES, _STEPS
        ),
        "enforcement_approved_count": _count("核准納管", "regularisation approved", _CASES, _STEPS),
        "built_up_share_change": _change("都市覆蓋變化", "change of built-up cover", _COVER),
        "farmland_share_change": _change("農田覆蓋變化", "change of farmland cover", _COVER),
        "built_up_share": _share("都市覆蓋占比", "built-up cover", _COVER),
        "farmland_share": _share("農田覆蓋占比", "farmland cover", _COVER),
        "masuda_index_share": _fall(
            "年輕女性人口推估減少（消滅可能性）",
            "projected fall of young women (extinction index)",
            _MASUDA,
        ),
        "masuda_index_cohorts_share": _fall(
            "年輕女性人口減少（由年齡結構）", "fall of young women (from age structure)", _COHORTS
        ),
        "births_per_1000_persons": FigureStyle(
            ("每千人出生數", "births per 1,000 persons"), ("人", "births"), _HOUSEHOLD, decimals=1
        ),
        "population_65_up_share": _share("65 歲以上占比", "aged 65 and over", _HOUSEHOLD),
        "tertiary_15_up_share": _share(
            "15 歲以上高等教育占比", "aged 15 and over with tertiary education", _HOUSEHOLD
        ),
        "urban_plan_share": _share("都市計畫區占比", "land within urban plans", _PLANS),
        "agricultural_zoning_share": _share(
            "農業區占比（都市計畫內）", "agricultural zoning (urban plans)", _PLANS
        ),
        "project_subsidy_twd": FigureStyle(
            ("核定補助金額", "approved subsidies"),
            ("百萬元", "million NTD"),
            _MONEY,
            factor=1e-6,
            decimals=1,
        ),
        "projects": _count("核定案件", "approved projects", _CASES, _MONEY),
    }
)
"""Figures that are drawn, by the name they have in ``mart/figures.csv``."""

FIGURE_PAGES: Final = MappingProxyType[str, tuple[str, ...]](
    {
        "asking_rent": (
            "asking_rent_twd_m2_month",
            "listings_count",
            "listings_duplicate_share",
        ),
        "shops": (
            "chain_share",
            "shops_chain_count",
            "shops_independent_count",
            "business_offices_count",
            "chain_stores_listed_per_10000_persons",
            "chain_stores_listed_count",
        ),
        "factories": (
            "suspected_factory_count",
            "suspected_enforcement_case_count",
            "suspected_civic_report_count",
            "suspected_farmland_survey_count",
            "suspected_satellite_change_count",
            "enforcement_fined_count",
            "enforcement_cut_off_count",
            "enforcement_removed_count",
            "enforcement_in_regularisation_count",
            "enforcement_approved_count",
        ),
        "land_cover": (
            "built_up_share_change",
            "farmland_share_change",
            "built_up_share",
            "farmland_share",
        ),
        "people": (
            "masuda_index_share",
            "masuda_index_cohorts_share",
            "births_per_1000_persons",
            "population_65_up_share",
            "tertiary_15_up_share",
        ),
        "planning": (
            "urban_plan_share",
            "agricultural_zoning_share",
            "project_subsidy_twd",
            "projects",
        ),
    }
)
"""Pages of descriptive maps and the figures each shows, in order."""
