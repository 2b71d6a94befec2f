"""Births and deaths under today's town codes."""

from landwatch.sources.archives import Member
from landwatch.sources.headed import read_headed
from landwatch.standardise.vital import standardise_vital_villages, standardise_vital_years
from landwatch.vocabulary.layouts import Layout
from landwatch.vocabulary.places import embedded_places
from landwatch.vocabulary.statistics import VITAL_TOWN_YEARS, VITAL_VILLAGES

PLACES = embedded_places()
HEADER = (
    "統計年月,區域別代碼,區域別,村里名稱,出生數,出生數-男,出生數-女,死亡數,死亡數-男,死亡數-女,"
    "結婚對數_異性,結婚對數_同性,離婚對數_異性,離婚對數_同性"
)


def read(lines: list[str], layout: Layout, name: str = "v.csv"):
    return read_headed(Member(name, "\n".join(lines).encode()), layout)


def test_a_village_month_has_the_town_of_today() -> None:
    """臺 or 台, a pre-merger county and a registration office lead to the town; couples add up."""
    lines = [
        "10909,65000010001,新北市板橋區,留侯里,3,1,2,3,1,2,4,1,2,0",
        "10312,,桃園縣中壢市,中壢里,1,0,1,0,0,0,0,0,0,0",
        "10312,,高雄市三民一,某里,1,1,0,0,0,0,0,0,0,0",
    ]
    result = standardise_vital_villages([read([HEADER, *lines], VITAL_VILLAGES)], PLACES)
    table = result.tables["vital__village_months"]
    assert table["town_code"].to_list() == ["65000010", "68000020", "64000050"]
    row = table.row(0, named=True)
    assert (str(row["month"]), row["births"], row["marriages"], row["divorces"]) == (
        "2020-09-01",
        3,
        5,
        2,
    )
    assert table["village_code"].to_list() == ["65000010001", None, None]


def test_rows_that_cannot_be_true_are_rejected_each_with_its_reason() -> None:
    """Totals, unknown towns, impossible months, missing and shifted numbers, nameless villages."""
    lines = [
        "10909,,新北市,,3,1,2,3,1,2,0,0,0,0",
        "10909,,無此縣無此鄉,某里,3,1,2,3,1,2,0,0,0,0",
        "10913,,新北市板橋區,某里,3,1,2,3,1,2,0,0,0,0",
        "10909,,新北市板橋區,某里,-,1,2,3,1,2,0,0,0,0",
        "10909,,新北市板橋區,某里,1,2,3,1,2,3,0,0,0,0",
        "10909,,新北市板橋區,,3,1,2,3,1,2,0,0,0,0",
        "10909,,新北市板橋區,合計,3,1,2,3,1,2,0,0,0,0",
    ]
    result = standardise_vital_villages([read([HEADER, *lines], VITAL_VILLAGES)], PLACES)
    assert result.rejects["reason"].to_list() == [
        "total_row",
        "unknown_town",
        "bad_date",
        "bad_number",
        "parts_differ_from_total",
        "no_village",
        "total_row",
    ]
    assert result.ledger.select("rows_read", "rows_accepted").row(0) == (7, 0)


def test_yearly_births_of_towns() -> None:
    """The year is the file's name; county and country rows are totals."""
    header = "區域,年出生數,年死亡數,年中人口(6月底),粗出生率,粗死亡率"
    lines = [header, "全國,9,9,9,9,9", "南投縣,9,9,9,9,9", "南投縣中寮鄉,95,204,15459,6.15,13.2"]
    raw = read(lines, VITAL_TOWN_YEARS, "2015.csv")
    result = standardise_vital_years([raw], PLACES)
    row = result.tables["vital__town_years"].row(0, named=True)
    assert (row["year"], row["births"], row["deaths"], row["population_mid_year"]) == (
        2015,
        95,
        204,
        15459,
    )
    assert result.rejects["reason"].to_list() == ["total_row", "total_row"]
