"""Population, income and other official statistics."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table
from landwatch.vocabulary.statistics import AGE_GROUPS, SEXES

_WORD: Final = {"male": "男", "female": "女"}

AGE_COLUMNS: Final = tuple(f"{sex}_{group}" for sex in SEXES for group in AGE_GROUPS)
"""Persons by sex and five-year age group."""

COLUMNS: Final[dict[str, Column]] = {
    "population": Column(pl.Int64, "人口數", "persons", 0),
    "population_mid_year": Column(pl.Int64, "年中人口 (end of June)", "persons", 0),
    "population_0_14": Column(pl.Int64, "未滿15歲", "persons", 0),
    "population_15_64": Column(pl.Int64, "15-64歲", "persons", 0),
    "population_65_up": Column(pl.Int64, "65歲以上", "persons", 0),
    "population_15_up": Column(pl.Int64, "15歲以上人口", "persons", 0),
    "tertiary_graduated": Column(
        pl.Int64, "專科、大學、碩士、博士畢業 (五專 counts by its last two years)", "persons", 0
    ),
    "tertiary_attended": Column(
        pl.Int64, "專科、大學、碩士、博士肄業 (left or still attending)", "persons", 0
    ),
    "households": Column(pl.Int64, "戶數", "households", 0),
    "births": Column(pl.Int64, "出生數, by the registered domicile", "live births", 0),
    "deaths": Column(pl.Int64, "死亡數", "deaths", 0),
    "marriages": Column(pl.Int64, "結婚對數, opposite and same sex", "couples", 0),
    "divorces": Column(pl.Int64, "離婚對數, opposite and same sex", "couples", 0),
    "males_per_100_females": Column(pl.Float64, "性比例", "per 100", 0),
    "persons_per_household": Column(pl.Float64, "戶量", "persons per household", 0),
    "density_persons_km2": Column(pl.Float64, "人口密度", "persons/km²", 0),
    "dependents_per_100": Column(pl.Float64, "扶養比", "per 100 aged 15–64", 0),
    "young_per_100": Column(pl.Float64, "扶幼比", "per 100 aged 15–64", 0),
    "old_per_100": Column(pl.Float64, "扶老比", "per 100 aged 15–64", 0),
    "old_per_100_young": Column(pl.Float64, "老化指數", "per 100 aged 0–14", 0),
    "area_name": Column(pl.String, "area as published: part of a town, or its name of then"),
    "village_code": Column(pl.String, "村里 code, 11 digits; missing where none is published"),
    "is_official": Column(pl.Boolean, "the figure is an authority's own, not a third party's"),
    "tax_units": Column(pl.Int64, "納稅單位", "households filing", 0),
    "income_total_twd": Column(pl.Float64, "綜合所得總額", "NTD"),
    "income_mean_twd": Column(pl.Float64, "平均數", "NTD"),
    "income_median_twd": Column(pl.Float64, "中位數", "NTD"),
    **{
        f"{sex}_{group}": Column(
            pl.Int64, f"{word}, {group.replace('_up', '歲以上').replace('_', '–')}", "persons", 0
        )
        for sex, word in _WORD.items()
        for group in AGE_GROUPS
    },
}

_SOURCE: Final = ("source_file", "source_line")
_VILLAGE: Final = ("town_code", "village_name", "village_code")
_NAMED: Final = ("town_code", "village_name")
"""What identifies a village: names are unique in a town, and codes are not always published."""

_THREE_AGES: Final = ("population_0_14", "population_15_64", "population_65_up")
_TERTIARY: Final = ("tertiary_graduated", "tertiary_attended")
_RATIOS: Final = (
    "males_per_100_females",
    "persons_per_household",
    "density_persons_km2",
    "dependents_per_100",
    "young_per_100",
    "old_per_100",
    "old_per_100_young",
)

_INCOME: Final = (
    "town_code",
    "village_name",
    "year",
    "tax_units",
    "income_total_twd",
    "income_mean_twd",
    "income_median_twd",
)

TABLES: Final = (
    Table(
        "population__town_months",
        ("town_code", "month", "population", "households", *_SOURCE),
        ("town_code", "month", "population", *_SOURCE),
        ("town_code", "month"),
        repeats=("town_code", "month"),
    ),
    Table(
        "population__town_ages",
        ("town_code", "area_name", "month", "population", *AGE_COLUMNS, *_SOURCE),
        ("town_code", "area_name", "month", "population", *AGE_COLUMNS, *_SOURCE),
        # a town may be published in parts, one a registration office
        ("town_code", "area_name", "month"),
        repeats=("town_code", "area_name", "month"),
    ),
    Table(
        "population__village_ages",
        (*_VILLAGE, "month", "population", "households", *_THREE_AGES, *_SOURCE),
        ("town_code", "village_name", "month", "population", *_THREE_AGES, *_SOURCE),
        _SOURCE,
        repeats=(*_NAMED, "month"),
    ),
    Table(
        "population__town_ageing",
        ("town_code", "month", *_RATIOS, *_SOURCE),
        ("town_code", "month", "old_per_100_young", *_SOURCE),
        ("town_code", "month"),
        repeats=("town_code", "month"),
    ),
    Table(
        "population__village_education",
        (*_VILLAGE, "year", "population_15_up", *_TERTIARY, *_SOURCE),
        ("town_code", "village_name", "year", "population_15_up", *_SOURCE),
        _SOURCE,
        repeats=(*_NAMED, "year"),
    ),
    Table(
        "population__town_projections",
        ("town_code", "area_name", "year", "is_official", "population", *AGE_COLUMNS, *_SOURCE),
        ("town_code", "area_name", "year", "is_official", "population", *AGE_COLUMNS, *_SOURCE),
        ("town_code", "area_name", "year"),
        repeats=("town_code", "area_name", "year"),
    ),
    Table(
        "vital__village_months",
        (*_VILLAGE, "month", "births", "deaths", "marriages", "divorces", *_SOURCE),
        ("town_code", "village_name", "month", "births", "deaths", *_SOURCE),
        _SOURCE,
        repeats=(*_NAMED, "month"),
    ),
    Table(
        "vital__town_years",
        ("town_code", "area_name", "year", "births", "deaths", "population_mid_year", *_SOURCE),
        ("town_code", "area_name", "year", "births", "deaths", *_SOURCE),
        ("town_code", "area_name", "year"),
        repeats=("town_code", "area_name", "year"),
    ),
    Table(
        "income__village_years",
        (*_INCOME, *_SOURCE),
        ("town_code", "year", "tax_units", *_SOURCE),
        _SOURCE,
        # villages may share a name, so only rows equal throughout are one
        repeats=_INCOME,
    ),
    Table(
        "income__town_years",
        ("town_code", "area_name", *_INCOME[2:], *_SOURCE),
        ("town_code", "area_name", "year", "tax_units", *_SOURCE),
        ("town_code", "area_name", "year"),
        repeats=("town_code", "area_name", "year"),
    ),
)
