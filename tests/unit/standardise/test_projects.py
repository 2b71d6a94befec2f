"""Lists of projects: dates, statuses and amounts as far as they are told."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from landwatch.schemas.raw import united
from landwatch.sources.archives import Member
from landwatch.sources.projects import is_project_list, read_projects
from landwatch.standardise.duplicates import without_duplicates
from landwatch.standardise.projects import standardise_projects
from landwatch.vocabulary.errors import InputError, UnknownCodeError
from landwatch.vocabulary.places import embedded_places

PLACES = embedded_places()
HEADER = (
    "county,town,roc_year,date,kind,status,subsidy_twd,local_twd,private_twd,total_twd,amount_note"
)


def result(*lines: str, header: str = HEADER, name: str = "p.csv") -> Any:
    content = "\n".join([header, *lines, ""]).encode()
    return standardise_projects([read_projects(Member(name, content))], PLACES)


def award(line: str) -> dict[str, Any]:
    return dict(result(line).tables["projects__awards"].row(0, named=True))


def test_a_year_is_not_a_day() -> None:
    """ROC year 109 is 2020 without a day; a day is kept as a day."""
    year = award("新竹縣,峨眉鄉,109,,提案,通過,1,0,0,1,核定經費")
    assert (year["year"], year["award_date"], year["date_precision"]) == (2020, None, "year")
    day = award("雲林縣,東勢鄉,112,2023-01-12,會議,通過,,,,,")
    assert (str(day["award_date"]), day["date_precision"]) == ("2023-01-12", "day")


@pytest.mark.parametrize(
    "text", ["2023-01-12", "2023/1/12", "112/01/12", "1120112", "112年1月12日"]
)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    """Both calendars and the usual separators tell one day."""
    assert str(award(f"雲林縣,東勢鄉,,{text},會議,通過,,,,,")["award_date"]) == "2023-01-12"


@pytest.mark.parametrize(
    ("year", "day"),
    [("2023", ""), ("", ""), ("一一二", ""), ("112", "2023-02-30"), ("", "113/02/30")],
)
def test_a_date_that_is_none_is_rejected(year: str, day: str) -> None:
    """No year 3934 or 0113 comes out of a column; the row is a reject."""
    rejects = result(f"雲林縣,東勢鄉,{year},{day},會議,通過,,,,,").rejects
    assert rejects["reason"].to_list() == ["bad_date"]


def test_missing_amounts_stay_missing() -> None:
    """An empty field is not 0, and 0 is not missing."""
    row = award("花蓮縣,卓溪鄉,114,,會議,通過,21760000,0,,,")
    assert (row["subsidy_twd"], row["local_twd"]) == (21_760_000, 0)
    assert (row["private_twd"], row["total_twd"], row["amount_nature"]) == (None, None, None)


@pytest.mark.parametrize(
    ("note", "nature"),
    [
        ("核定經費", "approved"),
        ("補助上限", "ceiling"),
        ("公開推估", "estimate"),
        ("經費需求表", "estimate"),
        ("三案合計 46070000 減其餘兩案", "estimate"),
        ("民間自籌", None),
        ("", None),
    ],
)
def test_the_note_tells_what_an_amount_is(note: str, nature: str | None) -> None:
    """Approved, a ceiling or an estimate; unknown where the note says nothing of it."""
    assert award(f"花蓮縣,瑞穗鄉,114,,會議,通過,9,0,0,9,{note}")["amount_nature"] == nature


def test_doubts_are_flagged() -> None:
    """A total that is not its parts, an amount for two towns, a day in another year."""
    assert (
        award("新竹縣,五峰鄉,114,,會議,通過,7343000,0,2186000,10030000,")["flags"]
        == "total_differs"
    )
    assert (
        award("雲林縣,東勢鄉,112,,會議,通過,,,,,與四湖鄉合計補助 174230000")["flags"]
        == "joint_amount"
    )
    assert award("雲林縣,東勢鄉,111,2023-01-12,會議,通過,,,,,")["flags"] == "year_differs"
    assert award("新竹縣,五峰鄉,114,,會議,通過,1,2,3,6,")["flags"] is None


def test_a_withdrawn_project_is_kept_and_is_no_treatment() -> None:
    """Its status says so; others that went ahead are treatments."""
    row = award("新竹縣,竹北市,112,,活化,核定後撤案,2130000,540000,0,2670000,後續撤案")
    assert (row["award_status"], row["is_treatment"]) == ("withdrawn", False)
    assert award("新竹縣,芎林鄉,114,,工作站,核定／延續,1,0,0,1,")["award_status"] == "continued"


def test_an_unknown_status_is_named() -> None:
    """Whether it counts cannot be guessed."""
    with pytest.raises(UnknownCodeError, match=r"line 3: status 暫緩"):
        result("新竹縣,竹北市,112,,活化,通過,1,0,0,1,", "新竹縣,竹北市,112,,活化,暫緩,1,0,0,1,")


def test_rows_that_cannot_be_used_are_rejects_with_a_reason() -> None:
    """Unknown town, no place, no status, an amount in words, too many fields: each is counted."""
    found = result(
        "新竹縣,無此鄉,112,,活化,通過,1,0,0,1,",
        ",,112,,活化,通過,1,0,0,1,",
        "新竹縣,竹北市,112,,活化,,1,0,0,1,",
        "新竹縣,竹北市,112,,活化,通過,三百萬,0,0,1,",
        "新竹縣,竹北市,112,,活化,通過,-5,0,0,1,",
        "新竹縣,竹北市,112,,活化,通過,3,000,000,0,0,1,",
        '台東縣,台東巿,112,,活化,通過,"3,000,000",0,0,3000000,',
    )
    assert found.rejects["reason"].to_list() == [
        "field_count",
        "unknown_town",
        "no_place",
        "no_status",
        "bad_number",
        "bad_number",
    ]
    assert found.tables["projects__awards"]["town_code"].to_list() == ["10014010"]
    assert found.ledger.select("rows_read", "rows_accepted", "rows_rejected").row(0) == (7, 1, 6)


def test_other_orders_headers_and_zones() -> None:
    """Columns in any order, in Chinese, with a mark and one more than known; a zone as place."""
    header = "\ufeff狀態,備註,地區,年度,補助款"
    found = result("通過,x,東河濱海,110,5", header=header)
    row = found.tables["projects__awards"].row(0, named=True)
    assert (row["zone_name"], row["town_code"], row["subsidy_twd"]) == ("東河濱海", None, 5)
    assert found.ledger["remark"].item() == "columns not used: 備註"


def test_a_list_without_a_needed_column_is_told() -> None:
    """Status missing: recognised all the same, and the message names it; other tables are not."""
    member = Member("p.csv", HEADER.replace("status,", "").encode())
    assert is_project_list(member)
    with pytest.raises(InputError, match="needs status"):
        read_projects(member)
    assert not is_project_list(Member("v_lvr_land_a.csv", "鄉鎮市區,交易標的,編號".encode()))


def test_equal_rows_of_one_list_are_two_awards_and_a_second_copy_is_none() -> None:
    """Two prizes of one size in one town count twice, however often the list is given."""
    prize = "新竹縣,竹北市,113,,獎勵青年投入地方創生,入選,350000,0,0,350000,制度獎勵金"
    core = without_duplicates(united([result(prize, prize, name=n) for n in ("a.csv", "b.csv")]))
    assert core.tables["projects__awards"]["subsidy_twd"].sum() == 700_000
    assert core.ledger["rows_duplicate"].sum() == 2


@pytest.mark.shared
def test_the_real_sample(shared: Path) -> None:
    """28 rows, one withdrawn, two with an amount told jointly, one total that is not its parts."""
    member = Member("s.csv", (shared / "projects" / "projects_sample.csv").read_bytes())
    table = standardise_projects([read_projects(member)], PLACES).tables["projects__awards"]
    assert table.height == 28
    assert table.filter(~pl.col("is_treatment"))["award_status"].to_list() == ["withdrawn"]
    assert table["flags"].drop_nulls().sort().to_list() == [
        "joint_amount",
        "joint_amount",
        "total_differs",
    ]
    assert table["subsidy_twd"].null_count() == 2
    assert table["date_precision"].value_counts().sort("count").rows() == [("day", 2), ("year", 26)]
