"""Population and income under today's town codes."""

import json

import pytest

from landwatch.schemas.raw import united
from landwatch.sources.archives import Member
from landwatch.sources.headed import read_headed
from landwatch.sources.statistics import (
    is_population_month,
    read_income_year,
    read_population_month,
)
from landwatch.standardise.duplicates import without_duplicates
from landwatch.standardise.statistics import standardise_income, standardise_population
from landwatch.standardise.vital import standardise_vital_villages
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import embedded_places
from landwatch.vocabulary.statistics import VITAL_VILLAGES

PLACES = embedded_places()
HEADER = (
    "縣市,鄉鎮市區,村里,納稅單位,綜合所得總額,平均數,中位數,第一分位數,第三分位數,標準差,變異係數"
)


def test_population_of_a_month() -> None:
    """Towns are found by name, in either spelling of 臺; an unknown one is rejected."""
    content = json.dumps(
        {
            "1001401": {"area": "台東縣台東市", "households": 1, "population": 105000},
            "9999999": {"area": "無此縣無此鄉", "households": 1, "population": 1},
        }
    ).encode()
    raw = read_population_month(Member("p.zip/2018-12.json", content))
    result = standardise_population([raw], PLACES)
    table = result.tables["population__town_months"]
    assert table["town_code"].to_list() == ["10014010"]
    assert str(table["month"].item()) == "2018-12-01"
    assert result.rejects["reason"].to_list() == ["unknown_town"]
    assert result.ledger["rows_read"].item() == 2


def test_income_of_a_village_is_in_ntd_under_the_town_of_today() -> None:
    """Thousand NTD become NTD; a pre-merger county leads to its present town."""
    lines = "臺南縣,永康市,大灣里,1435,1940933,1353,736,312,1598,2267.11,167.62"
    other = "臺南縣,R19,R1902,1,10,10,10,10,10,0,0"
    raw = read_income_year(Member("i.zip/2009.csv", f"{HEADER}\n{lines}\n{other}\n".encode()))
    result = standardise_income([raw], PLACES)
    row = result.tables["income__village_years"].row(0, named=True)
    assert (row["town_code"], row["year"]) == ("67000310", 2009)
    assert row["income_mean_twd"] == 1_353_000
    assert result.rejects["raw"].to_list() == [other]


def test_the_same_year_given_twice_counts_once() -> None:
    """A zip and its unpacked copy: the villages are there once, the others are duplicates."""
    content = f"{HEADER}\n臺東縣,成功鎮,三民里,143,94093,653,536,312,898,267.11,67.62\n".encode()
    parts = [
        standardise_income([read_income_year(Member(f"{n}/2018.csv", content))], PLACES)
        for n in ("zip", "unpacked")
    ]
    core = without_duplicates(united(parts))
    assert core.tables["income__village_years"].height == 1
    assert sorted(core.ledger["rows_duplicate"].to_list()) == [0, 1]


def test_the_month_of_a_population_file_is_in_its_name() -> None:
    """Gregorian or ROC; without a month the file is refused, not dated."""
    content = json.dumps({"1": {"area": "臺東縣臺東市", "households": 1, "population": 2}}).encode()
    for name in ("10712.json", "pop_2018_12.json", "201812.json"):
        member = Member(f"p.zip/{name}", content)
        assert is_population_month(member)
        result = standardise_population([read_population_month(member)], PLACES)
        assert str(result.tables["population__town_months"]["month"].item()) == "2018-12-01"
    with pytest.raises(InputError, match="no month"):
        read_population_month(Member("p.zip/population.json", content))


def test_a_month_published_again_with_village_codes_counts_once() -> None:
    """The village's name identifies it; births are not doubled by a second download."""
    header = "統計年月,區域別代碼,區域別,村里,出生數,死亡數"
    parts = []
    for position, code in enumerate(("", "65000010001")):
        text = f"{header}\n10612,{code},新北市板橋區,留侯里,3,1\n"
        raw = read_headed(Member(f"{position}.csv", text.encode()), VITAL_VILLAGES)
        parts.append(standardise_vital_villages([raw], PLACES))
    core = without_duplicates(united(parts))
    assert core.tables["vital__village_months"]["village_code"].to_list() == ["65000010001"]
    assert core.ledger["rows_duplicate"].to_list() == [1, 0]
