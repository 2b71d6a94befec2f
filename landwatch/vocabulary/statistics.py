"""Headers of the official statistics: what each published column is called here, by its name.

Publishers rename, reorder, add and drop columns, and write them in Chinese, in English, or in two
rows with both. A column is therefore known by its name alone, never by its position.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from landwatch.vocabulary.layouts import Layout

OLDEST_SINGLE_AGE: Final = 100
"""The last single age stands for itself and all above."""

AGE_GROUPS: Final = (*(f"{a}_{a + 4}" for a in range(0, OLDEST_SINGLE_AGE, 5)), "100_up")
"""Five-year groups, as they stand in column names."""

SEXES: Final = ("male", "female")

_AREA: Final = {"區域別": "area", "區域": "area", "site_id": "area", "area": "area"}
_VILLAGE: Final = {
    "村里": "village_name",
    "村里名稱": "village_name",
    "village": "village_name",
    "村里代碼": "village_code",
    "區域別代碼": "village_code",
    "district_code": "village_code",
}


def _layout_columns(*parts: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({k.lower(): v for part in parts for k, v in part.items()})


VITAL_VILLAGES: Final = Layout(
    "births and deaths of villages in a month",
    _layout_columns(
        _AREA,
        _VILLAGE,
        {
            "統計年月": "month",
            "statistic_yyymm": "month",
            "出生數": "births",
            "出生數-男": "births_male",
            "出生數-女": "births_female",
            "birth_total": "births",
            "birth_total_m": "births_male",
            "birth_total_f": "births_female",
            "死亡數": "deaths",
            "死亡數-男": "deaths_male",
            "死亡數-女": "deaths_female",
            "death_total": "deaths",
            "death_m": "deaths_male",
            "death_f": "deaths_female",
            "結婚對數": "marriages",
            "marry_pair": "marriages",
            "結婚對數_異性": "marriages_opposite_sex",
            "marry_pair_OppositeSex": "marriages_opposite_sex",
            "結婚對數_同性": "marriages_same_sex",
            "marry_pair_SameSex": "marriages_same_sex",
            "離婚對數": "divorces",
            "divorce_pair": "divorces",
            "離婚對數_異性": "divorces_opposite_sex",
            "divorce_pair_OppositeSex": "divorces_opposite_sex",
            "離婚對數_同性": "divorces_same_sex",
            "divorce_pair_SameSex": "divorces_same_sex",
            # parts of the same-sex pairs, which are read whole
            "結婚對數_同性_男": "marriages_same_sex_male",
            "結婚對數_同性_女": "marriages_same_sex_female",
            "離婚對數_同性_男": "divorces_same_sex_male",
            "離婚對數_同性_女": "divorces_same_sex_female",
            "marry_pair_SameSex_m": "marriages_same_sex_male",
            "marry_pair_SameSex_f": "marriages_same_sex_female",
            "divorce_pair_SameSex_m": "divorces_same_sex_male",
            "divorce_pair_SameSex_f": "divorces_same_sex_female",
        },
    ),
    required=("month", "area", "village_name", "births", "deaths"),
    signature=("births", "deaths", "births_male"),
)
VITAL_TOWN_YEARS: Final = Layout(
    "births and deaths of towns in a year",
    _layout_columns(
        _AREA,
        {
            "年出生數": "births",
            "年死亡數": "deaths",
            "年中人口(6月底)": "population_mid_year",
            "年中人口": "population_mid_year",
            "粗出生率": "birth_rate",
            "粗死亡率": "death_rate",
        },
    ),
    required=("area", "births", "deaths"),
    signature=("births", "deaths", "birth_rate"),
    period_in_name=True,
)
_MONTH: Final = {"統計年月": "month", "年月": "month", "statistic_yyymm": "month"}
_PERSONS: Final = {
    "戶數": "households",
    "household_no": "households",
    "人口數": "population",
    "人口數-男": "population_male",
    "人口數-女": "population_female",
    "人口": "population",
    "男性人口": "population_male",
    "女性人口": "population_female",
    "people_total": "population",
    "people_total_m": "population_male",
    "people_total_f": "population_female",
}
TOWN_AGES: Final = Layout(
    "population of towns by single age in a month",
    _layout_columns(_AREA, _MONTH, _PERSONS, {"代碼": "code"}),
    required=("month", "area", *(f"{s}_{a}" for a in range(101) for s in SEXES)),
    signature=("male_0", "female_0", "female_20"),
    patterns={
        re.compile(r"(?P<age>\d{1,3})歲(以上)?[-_](?P<sex>[男女])"): "{sex}_{age}",
        re.compile(r"people_age_0*(?P<age>\d{1,3})(up)?_(?P<sex>[mf])"): "{sex}_{age}",
    },
)
VILLAGE_AGES: Final = Layout(
    "population of villages by three age groups in a month",
    _layout_columns(
        _AREA,
        _VILLAGE,
        _MONTH,
        _PERSONS,
        {
            "未滿15歲": "population_0_14",
            "15-64歲": "population_15_64",
            "超過64歲": "population_65_up",
            "65歲以上": "population_65_up",
            "超過20歲": "population_20_up",
            "18-19歲": "population_18_19",
        },
    ),
    required=(
        "month",
        "area",
        "village_name",
        "population",
        "population_0_14",
        "population_15_64",
        "population_65_up",
    ),
    signature=("population_0_14", "population_65_up"),
)
AGEING: Final = Layout(
    "age ratios of towns",
    _layout_columns(
        {
            "county_id": "county_code",
            "縣市代碼": "county_code",
            "county": "county_name",
            "縣市名稱": "county_name",
            "town_id": "code",
            "鄉鎮市區代碼": "code",
            "town": "town_name",
            "鄉鎮市區名稱": "town_name",
            "m_f_rat": "males_per_100_females",
            "性比例": "males_per_100_females",
            "p_h_cnt": "persons_per_household",
            "戶量": "persons_per_household",
            "p_den": "density_persons_km2",
            "人口密度": "density_persons_km2",
            "dependency_rat": "dependents_per_100",
            "扶養比": "dependents_per_100",
            "a0a14_a15a65_rat": "young_per_100",
            "扶幼比": "young_per_100",
            "a65up_a15a64_rat": "old_per_100",
            "扶老比": "old_per_100",
            "a65_a0a14_rat": "old_per_100_young",
            "老化指數": "old_per_100_young",
            "info_time": "month",
            "資料時間": "month",
        }
    ),
    required=("county_name", "town_name", "old_per_100_young", "month"),
    signature=("old_per_100_young", "dependents_per_100"),
)
_GRADUATED, _ATTENDED, _BELOW = (
    f"{part} {{column}}" for part in ("tertiary_graduated", "tertiary_attended", "below_tertiary")
)
_COLLEGES: Final = r"(doctor|master|university|juniorcollege_2ys|juniorcollege_5ys_final2y)"
EDUCATION: Final = Layout(
    "education of villages in a year",
    _layout_columns(
        _AREA,
        _VILLAGE,
        {
            "統計年": "year",
            "資料年度": "year",
            "statistic_yyy": "year",
            "總計": "population_15_up",
            "edu_age_15up_total": "population_15_up",
        },
    ),
    required=("year", "area", "village_name", "population_15_up"),
    signature=(
        "population_15_up",
        "tertiary_graduated 博畢",
        "tertiary_graduated 博畢_男",
        "tertiary_graduated doctor_graduated_m",
    ),
    patterns={
        # 五專後二年 is tertiary, 五專前三年 is not; 後三 is how one year misprints 後二
        re.compile(r"(?P<column>(博|碩|大|二|後二|後三)畢(_[男女])?)"): _GRADUATED,
        re.compile(r"(?P<column>(博|碩|大|二|後二|後三)肄(_[男女])?)"): _ATTENDED,
        re.compile(r"(?P<column>(前三|高|職|國|初|小)[畢肄]?(_[男女])?)"): _BELOW,
        re.compile(r"(?P<column>(自修|不識)(_[男女])?)"): _BELOW,
        re.compile(rf"edu_(?P<column>{_COLLEGES}_graduated_[mf])"): _GRADUATED,
        re.compile(rf"edu_(?P<column>{_COLLEGES}_ungraduated_[mf])"): _ATTENDED,
        re.compile(rf"edu_(?P<column>(?!{_COLLEGES}_)\w+_[mf])"): _BELOW,
    },
)
PROJECTION: Final = Layout(
    "projected population of a town by single age",
    _layout_columns({"year": "year", "年": "year", "area": "area"}),
    required=("year", *(f"{s}_{a}" for a in range(101) for s in SEXES)),
    signature=("male_0", "female_0", "female_20"),
    patterns={re.compile(r"(?P<age>\d{1,3})(?P<sex>[mf])"): "{sex}_{age}"},
    area_in_name=True,
)
INCOME_TOWNS: Final = Layout(
    "income of towns by year",
    _layout_columns(
        {
            "area": "area",
            "year": "year",
            "adm": "tax_units",
            "total": "income_total",
            "avg": "income_mean",
            "mid": "income_median",
            "mid1": "income_quartile_1",
            "mid3": "income_quartile_3",
            "sd": "income_sd",
            "cv": "income_cv",
        }
    ),
    required=("area", "year", "tax_units", "income_mean", "income_median"),
    signature=("income_mean", "income_median"),
)
INCOME_VILLAGES: Final = Layout(
    "income of villages in a year",
    _layout_columns(
        {
            "縣市": "county_name",
            "縣市別": "county_name",
            "鄉鎮市區": "town_name",
            "村里": "village_name",
            "納稅單位": "tax_units",
            "綜合所得總額": "income_total",
            "平均數": "income_mean",
            "中位數": "income_median",
            "第一分位數": "income_quartile_1",
            "第三分位數": "income_quartile_3",
            "標準差": "income_sd",
            "變異係數": "income_cv",
        }
    ),
    required=(
        "county_name",
        "town_name",
        "village_name",
        "tax_units",
        "income_total",
        "income_mean",
        "income_median",
    ),
    signature=("tax_units", "income_mean", "income_median"),
    period_in_name=True,
)
