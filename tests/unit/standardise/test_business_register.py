"""The business register: persons left out, offices told, rows accounted for."""

import polars as pl
import pytest

from landwatch.schemas.raw import Standardised, united
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member
from landwatch.sources.business_register import read_register
from landwatch.standardise.business_register import standardise_register
from landwatch.standardise.duplicates import without_duplicates
from landwatch.vocabulary.places import embedded_places

PLACES = embedded_places()
HEADER = (
    "營業地址,統一編號,總機構統一編號,營業人名稱,資本額,設立日期,組織別名稱,使用統一發票,行業代號,名稱,"
    "行業代號1,名稱1,行業代號2,名稱2,行業代號3,名稱3"
)
DOOR = "南投縣中寮鄉中寮村永平路３７１號"


def row(
    tax_id: str = "38965019",
    name: str = "原味商行",
    form: str = "獨資",
    code: str = "472927",
    address: str = DOOR,
    established: str = "1040413",
    head: str = "",
) -> str:
    return f"{address},{tax_id},{head},{name},100000,{established},{form},N,{code},零售,,,,,,"


def standardised(
    *rows: str, day: str = "10-APR-23", name: str = "BGMOPEN1.csv", header: str = HEADER
) -> Standardised:
    text = "\n".join([header, day + "," * header.count(","), *rows, ""])
    result = standardise_register([read_register(Member(name, text.encode()))], PLACES)
    check_table(result.tables["businesses__register"], "businesses__register")
    return result


def table(*rows: str) -> pl.DataFrame:
    return standardised(*rows).tables["businesses__register"]


def test_the_sample_row_of_the_register() -> None:
    """Date, capital, trade and place as the loader's documentation quotes them."""
    found = table(row(address=DOOR + "一樓")).row(0, named=True)
    assert str(found["register_date"]) == "2023-04-10"
    assert str(found["established_date"]) == "2015-04-13"
    assert (found["town_code"], found["masked_address"]) == ("10008080", "永平路361~390號")
    assert (found["capital_twd"], found["industry_code"]) == (100000.0, "472927")
    assert found["uses_invoice"] is False
    assert found["is_office"] is False


def test_names_of_persons_and_their_numbers_are_not_kept() -> None:
    """A sole trader's name and 統一編號 are gone; a company's and a brand's name stay."""
    result = standardised(
        row(name="王小明商行"),
        row("22555003", "好好股份有限公司", "股份有限公司"),
        row("22555004", "５０嵐中山店", "獨資"),
        row("1234567", "李大同小吃店"),
    )
    found = result.tables["businesses__register"]
    assert found["business_name"].to_list() == [None, "好好股份有限公司", "50嵐中山店"]
    assert found["tax_id"].to_list() == [None, "22555003", None]
    everything = found.write_csv() + result.rejects.write_csv() + result.ledger.write_csv()
    for secret in ("王小明", "李大同", "38965019", "1234567", "371號", "３７１"):
        assert secret not in everything


def test_a_business_keeps_its_identity_under_the_old_header() -> None:
    """With or without 組織別名稱 the same 統一編號 is the same business."""
    old = "營業地址,統一編號,營業人名稱,資本額,設立日期,使用統一發票,行業代號,名稱"
    line = f"{DOOR},38965019,原味商行,100000,1040413,N,472927,零售"
    before = standardised(line, header=old).tables["businesses__register"]
    after = table(row())
    assert before["business_id"].to_list() == after["business_id"].to_list()
    assert before["premises_id"].to_list() == after["premises_id"].to_list()


@pytest.mark.parametrize(
    ("code", "floor", "office", "reason"),
    [
        ("472927", "", False, None),
        ("561113", "一樓", False, None),
        ("561113", "五樓", True, "upper_floor"),
        ("702011", "", True, "industry"),
        ("702011", "12樓之3", True, "industry_and_upper_floor"),
        ("487112", "", True, "industry"),
        ("471112", "地下一樓", False, None),
        ("", "", None, None),
        ("", "3樓", True, "upper_floor"),
    ],
)
def test_offices_are_told_by_trade_and_floor(
    code: str, floor: str, office: bool | None, reason: str | None
) -> None:
    """Shops by 行業代號 on the ground or below; retail without a shop is none."""
    found = table(row(code=code, address=DOOR + floor))
    assert found.select("is_office", "office_reason").row(0) == (office, reason)


def test_every_row_is_accepted_or_rejected_with_a_reason() -> None:
    """Bad number, unknown town, no address below the town, torn line."""
    result = standardised(
        row(),
        row(tax_id="A8965019"),
        row(address="無此縣無此鄉中山路1號"),
        row(address="南投縣中寮鄉"),
        "torn,line",
    )
    assert sorted(result.rejects["reason"]) == [
        "bad_business_id",
        "field_count",
        "no_address",
        "unknown_town",
    ]
    assert result.ledger.select("rows_read", "rows_accepted", "rows_rejected").row(0) == (5, 1, 4)


@pytest.mark.parametrize(
    ("established", "date", "flag"),
    [
        ("1040413", "2015-04-13", None),
        ("1040230", None, "bad_established_date"),
        ("1130101", "2024-01-01", "established_after_file"),
        ("", None, None),
    ],
)
def test_dates_that_cannot_be_are_flagged(
    established: str, date: str | None, flag: str | None
) -> None:
    """A day that is none is missing; one after the file's day is kept and flagged."""
    found = table(row(established=established)).row(0, named=True)
    assert found["flags"] == flag
    assert (None if found["established_date"] is None else str(found["established_date"])) == date


def test_one_file_read_twice_counts_once_and_two_days_count_twice() -> None:
    """A business at a door on a day is one record; another day's file is another."""
    parts = [
        standardised(row(), name="a.csv"),
        standardised(row(), name="b.csv"),
        standardised(row(), name="c.csv", day="10-MAY-23"),
    ]
    core = without_duplicates(united(parts))
    assert core.tables["businesses__register"].height == 2
    assert core.ledger["rows_duplicate"].sum() == 1


def test_the_companions_tell_when_a_business_stopped() -> None:
    """停業日期 becomes the closing day."""
    found = standardised(
        row() + ",1120301", name="BGMOPEN1X.csv", header=f"{HEADER},停業日期"
    ).tables["businesses__register"]
    assert found["register_status"].to_list() == ["suspended"]
    assert str(found["closed_date"].item()) == "2023-03-01"


def test_the_ledger_tells_day_and_offices() -> None:
    """What a reader of the ledger should know of a file."""
    remark = standardised(row(), row("22555003", code="702011")).ledger["remark"].item()
    assert "2023-04-10" in remark
    assert "1 of 2 look like offices" in remark
