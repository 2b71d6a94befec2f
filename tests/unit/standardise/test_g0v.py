"""Facts of `landwatch.standardise.g0v` and `landwatch.standardise.listing_places`."""

import datetime as dt
import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member
from landwatch.standardise.listing_places import with_points
from landwatch.vocabulary.errors import InputError, UnknownCodeError
from tests.unit.listing_rows import csv_member, json_member, standardised


def only(*members: Member) -> dict[str, Any]:
    """Return the one core row of some files."""
    table = standardised(*members).tables["g0v__listings"]
    return check_table(table, "g0v__listings").row(0, named=True)


def test_a_deduplicated_json_row() -> None:
    """坪 become m² by 400/121, days are Taipei's, the box becomes its centre and half diagonal."""
    row = only(json_member({}))
    assert row["floor_area_m2"] == pytest.approx(15 * 400 / 121)
    assert row["rent_twd_m2_month"] == pytest.approx(8500 / (15 * 400 / 121))
    assert (row["first_seen"], row["last_seen"]) == (dt.date(2021, 5, 3), dt.date(2021, 5, 4))
    assert (row["latitude"], row["longitude"]) == pytest.approx((23.7038, 120.5533))
    assert row["place_box_m"] == pytest.approx(15.09, abs=0.05)
    assert (row["town_code"], row["county_code"]) == ("10009010", "10009")
    assert (row["dwelling_kind"], row["building_type"]) == ("studio", "電梯大樓")
    assert (row["listing_form"], row["snapshot"]) == ("deduplicated", dt.date(2021, 5, 1))
    assert (row["extra_fees"], row["has_furniture"]) == ("electricity", True)
    assert (row["is_parking_fee_extra"], row["n_bedrooms"]) == (None, None)
    assert row["flags"] == ""


def test_a_raw_csv_row() -> None:
    """Dashes are missing, T and F are truth, the first coordinate is the latitude."""
    row = only(csv_member({}))
    assert (row["latitude"], row["longitude"], row["place_box_m"]) == (23.70, 120.55, 0.0)
    assert (row["first_seen"], row["last_seen"]) == (dt.date(2019, 5, 31), dt.date(2019, 6, 20))
    assert (row["has_dealt"], row["let_date"]) == (True, dt.date(2019, 6, 19))
    assert (row["is_management_fee_extra"], row["has_parking"]) == (True, False)
    assert (row["parking_fee_twd_month"], row["management_fee_twd_month"]) == (None, 500)
    assert (row["listing_form"], row["n_duplicate"]) == ("raw", 1)


def test_a_deduplicated_csv_row() -> None:
    """Another set of Chinese names: groups, a box in brackets, the last day let."""
    header = [
        *("重複物件數", "最大物件編號", "最小物件編號", "最大物件首次發現時間", "房屋曾出租過"),
        *("最小物件首次發現時間", "租屋平台", "鄉鎮市區", "月租金", "坪數", "物件類型"),
        *("約略地點範圍", "最後出租時間"),
    ]
    values = ["3", "77", "55", "2019-06-09 12:00:00 CST", "2", "2019-06-01 12:00:00 CST"]
    values += ["591 租屋網", "2409", "8000", "10", "3"]
    values += ['"(23.70, 120.55, 23.70, 120.55)"', "2019-06-20 12:00:00 CST"]
    text = ",".join(header) + "\n" + ",".join(values) + "\n"
    row = only(Member("201906.csv", text.encode()))
    assert (row["listing_form"], row["n_duplicate"]) == ("deduplicated", 3)
    assert row["listing_id"] != row["last_listing_id"]
    assert (row["latitude"], row["longitude"], row["place_box_m"]) == (23.70, 120.55, 0.0)
    assert (row["first_seen"], row["last_seen"]) == (dt.date(2019, 6, 1), dt.date(2019, 6, 20))
    assert (row["county_code"], row["dwelling_kind"]) == ("10009", "room")
    assert (row["building_type"], row["has_parking"], row["extra_fees"]) == (None, None, None)


def test_a_raw_json_row() -> None:
    """The English keys of the raw edition, names in place of codes, a number that is no text."""
    listing = {
        "vendor_house_id": 90000001,
        "vendor": "591 租屋網",
        "created": "2019-05-31 23:30:00 CST",
        "updated": "2019-05-31T16:30:00Z",
        "top_region": "雲林縣",
        "sub_region": "雲林縣斗六市",
        "deal_status": "待出租",
        "monthly_price": 8000,
        "floor_ping": 10,
        "property_type": "雅房",
        "rough_coordinate_x": 23.70,
        "rough_coordinate_y": 120.55,
    }
    row = only(Member("x.json", json.dumps([listing], ensure_ascii=False).encode()))
    assert (row["listing_form"], row["listing_status"]) == ("raw", "listed")
    assert (row["first_seen"], row["last_seen"]) == (dt.date(2019, 5, 31), dt.date(2019, 6, 1))
    assert (row["latitude"], row["longitude"]) == (23.70, 120.55)
    assert row["listing_id"] == only(csv_member({}))["listing_id"]


def test_names_do_where_numbers_are_not_printed() -> None:
    """Names of county and town, with or without the county, lead to the same town."""
    for town in ("斗六市", "雲林縣斗六市"):
        row = only(csv_member({"縣市": "雲林縣", "鄉鎮市區": town, "物件類型": "雅房"}))
        assert (row["town_code"], row["dwelling_kind"]) == ("10009010", "room")


def test_t_and_f_printed_for_numbers_are_one_and_zero() -> None:
    """The faulty export of 2021-10 to 2022-10: codes and counts are repaired, flagged, counted."""
    changes = {"縣市": "F", "鄉鎮市區": "T", "物件類型": "T", "建築類型": "F", "所在樓層": "T"}
    result = standardised(csv_member(changes, name="202111-raw.csv"))
    row = result.tables["g0v__listings"].row(0, named=True)
    assert (row["dwelling_kind"], row["building_type"], row["floor"]) == ("studio", "公寓", "1")
    assert row["town_code"] == "10008130"
    assert "true_false_for_number" in row["flags"]
    assert "1 rows with numbers printed as T/F" in result.ledger["remark"].item()


def test_65535_is_missing_not_a_place() -> None:
    """不明 leaves town and county empty; the row is kept with a flag."""
    row = only(json_member({"sub_region": 65535, "top_region": 65535, "monthly_price": None}))
    assert (row["town_code"], row["county_code"], row["rent_twd_month"]) == (None, None, None)
    assert row["flags"] == "no_rent;no_town"


def test_a_known_county_stays_where_the_town_is_unknown() -> None:
    """The county is kept, and the place is as fine as that."""
    row = only(json_member({"sub_region": 65535, "rough_coordinate_bb": None}))
    assert (row["town_code"], row["county_code"]) == (None, "10009")
    assert row["place_precision"] == "county"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"鄉鎮市區": "9999"}, "town number '9999'"),
        ({"縣市": "77"}, "county number '77'"),
        ({"物件類型": "42"}, "物件類型 holds '42'"),
        ({"房屋出租狀態": "賣掉了"}, "房屋出租狀態 holds '賣掉了'"),
        ({"提供車位？": "也許"}, "holds '也許'"),
    ],
)
def test_an_unknown_code_stops_the_file_and_names_itself(change: dict[str, str], told: str) -> None:
    """No guess: the error names file, column and value."""
    with pytest.raises(UnknownCodeError, match=told) as caught:
        standardised(csv_member(change))
    assert "201906-raw.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"物件編號": "-"}, "no_listing_id"),
        ({"物件首次發現時間": "108/06/01"}, "bad_date"),
        ({"物件首次發現時間": "-"}, "bad_date"),
        ({"物件首次發現時間": "3935-06-01"}, "implausible_date"),
        ({"物件首次發現時間": "2013-06-01"}, "implausible_date"),
        ({"物件首次發現時間": "2019-07-02 00:00:00 CST"}, "date_after_publication"),
        ({"鄉鎮市區": "700"}, "place_conflict"),
        ({"鄉鎮市區": "雲林縣無此鎮"}, "unknown_town"),
        ({"月租金": "面議"}, "bad_number"),
        ({"坪數": "NaN"}, "bad_number"),
        ({"月租金": "0"}, "nonpositive_price"),
        ({"月租金": "-500"}, "nonpositive_price"),
    ],
)
def test_each_fault_rejects_its_row_with_its_reason(change: dict[str, str], reason: str) -> None:
    """One faulty row beside a sound one: one reject, one row, both in the ledger."""
    result = standardised(csv_member({}, change))
    assert result.rejects["reason"].to_list() == [reason]
    assert result.tables["g0v__listings"].height == 1
    assert result.ledger.select("rows_read", "rows_accepted", "rows_rejected").row(0) == (2, 1, 1)


def test_a_reject_does_not_tell_who_advertised() -> None:
    """The text kept of a rejected row holds no person and no number of an advertisement."""
    raw = standardised(csv_member({"月租金": "面議"})).rejects["raw"].item()
    assert "面議" in raw
    assert not any(s in raw for s in ("某某", "0912", "4fd5", "90000001", "rent.example"))


def test_a_name_that_contradicts_its_number_is_a_conflict() -> None:
    """The edition with names beside numbers is checked against itself."""
    header = [*csv_member().content.decode().strip().split(","), "鄉鎮市區_coding"]
    labels = ("雲林縣斗六市", "2409", "斗六市", "雲林縣斗南鎮")
    member = csv_member(*({"鄉鎮市區_coding": label} for label in labels), header=header)
    rejects = standardised(member).rejects
    assert rejects.select("source_line", "reason").rows() == [(5, "place_conflict")]


def test_longitude_first_is_seen_and_told() -> None:
    """A file whose pairs are the other way round is read so, and the ledger says so."""
    turned = {"約略地點_x": "120.55", "約略地點_y": "23.70"}
    result = standardised(csv_member(turned, turned))
    table = result.tables["g0v__listings"]
    assert table["latitude"].to_list() == [23.70, 23.70]
    assert "longitude first" in result.ledger["remark"].item()


def test_a_pair_against_the_order_of_its_file_is_left_out() -> None:
    """One row of three is turned: its point is missing, flagged and counted, not repaired."""
    turned = {"約略地點_x": "120.55", "約略地點_y": "23.70"}
    result = standardised(csv_member({}, {}, turned))
    table = result.tables["g0v__listings"]
    assert table["longitude"].to_list() == [120.55, 120.55, None]
    assert table["flags"].to_list()[2] == "no_coordinates;coordinates_swapped"
    assert "1 rows with coordinates against the order" in result.ledger["remark"].item()


@pytest.mark.parametrize(
    "pair", [("0", "0"), ("2622000", "201000"), ("35.68", "139.69"), ("23.7", "abc")]
)
def test_a_point_outside_taiwan_is_missing(pair: tuple[str, str]) -> None:
    """Zeroes, TWD97 metres, Tokyo and words are no place; the row stays in its town."""
    row = only(csv_member({"約略地點_x": pair[0], "約略地點_y": pair[1]}))
    assert (row["longitude"], row["latitude"], row["place_box_m"]) == (None, None, None)
    assert "coordinates_outside" in row["flags"]
    assert row["place_precision"] == "town"


def test_a_wide_box_is_no_point() -> None:
    """Half a diagonal beyond 2 km: the town is all that is known."""
    row = only(json_member({"rough_coordinate_bb": [23.6, 120.5, 23.7, 120.6]}))
    assert (row["longitude"], row["flags"]) == (None, "no_coordinates;coordinates_vague")


def test_the_order_is_decided_file_by_file() -> None:
    """Two files published together, one either way, both read rightly."""
    turned = {"約略地點_x": "120.55", "約略地點_y": "23.70"}
    table = standardised(
        csv_member({}, name="a/201906.csv"), csv_member(turned, name="b/201906.csv")
    ).tables["g0v__listings"]
    assert table["latitude"].to_list() == [23.70, 23.70]


@given(st.lists(st.tuples(st.floats(21.9, 26.4), st.floats(118.1, 122.1)), min_size=1))
@settings(deadline=None)
def test_points_of_taiwan_survive_either_order(points: list[tuple[float, float]]) -> None:
    """Kinmen, Matsu and Lanyu included: what goes in comes out, whichever is printed first."""
    for at_x, at_y in ((0, 1), (1, 0)):
        frame = with_points(
            pl.DataFrame(
                {
                    "source_file": "f",
                    "box": pl.Series([None] * len(points), dtype=pl.String),
                    "place_x": [repr(p[at_x]) for p in points],
                    "place_y": [repr(p[at_y]) for p in points],
                }
            )
        )
        assert frame.select("latitude", "longitude").rows() == points
        assert frame["is_longitude_first"].unique().to_list() == [at_x == 1]


def test_areas_that_cannot_be_ping_are_refused() -> None:
    """Thirty rents per 坪 that disagree with the areas by 3.3: the file is in m² and is refused."""
    wrong = {"坪數": "33.058", "每坪租金（含管理費與停車費）": "850"}
    with pytest.raises(InputError, match="another unit"):
        standardised(csv_member(*[wrong] * 30))
    assert standardised(csv_member(*[wrong] * 3)).tables["g0v__listings"].height == 3


def test_a_stated_rent_per_ping_that_differs_is_flagged() -> None:
    """Fees included as the column says; 1 % apart is a doubt, not a fault."""
    table = standardised(csv_member({}, {"每坪租金（含管理費與停車費）": "900"})).tables
    assert table["g0v__listings"]["flags"].to_list() == ["", "stated_unit_rent_differs"]


def test_numbers_no_dwelling_can_have_are_missing_and_flagged() -> None:
    """A tower of 999 storeys keeps its rent."""
    row = only(csv_member({"建物樓高": "999"}))
    assert (row["storeys"], row["flags"]) == (None, "implausible_number")
    assert row["rent_twd_month"] == 8000


def test_a_listing_without_area_has_no_rent_per_area() -> None:
    """0 坪 is no area."""
    row = only(csv_member({"坪數": "0"}))
    assert (row["floor_area_m2"], row["rent_twd_m2_month"]) == (None, None)
    assert "no_area" in row["flags"]


def test_known_faults_of_the_crawl_travel_with_the_row() -> None:
    """A listing seen in August 2021 met the great loss and the dropped ranges."""
    days = {"物件首次發現時間": "2021-08-01 00:00:00 CST", "物件最後更新時間": "2021-08-02"}
    row = only(csv_member({**days, "出租大約時間": "-"}, name="202108-raw.csv"))
    assert row["flags"] == "crawl_loss_2021;rent_ranges_dropped"


def test_the_month_of_a_file_is_its_name_s_else_its_last_day_s() -> None:
    """Without a month in any name, files published together share the last month seen."""
    late = {"物件最後更新時間": "2019-07-03", "出租大約時間": "-"}
    table = standardised(csv_member({}, name="a.csv"), csv_member(late, name="b.csv")).tables
    assert table["g0v__listings"]["snapshot"].unique().to_list() == [dt.date(2019, 7, 1)]


def test_a_day_to_come_does_not_move_a_file_without_a_month() -> None:
    """After the study's end a first day is not believed, nor is the file dated by it."""
    late = {"物件首次發現時間": "2031-06-01", "物件最後更新時間": "2031-06-02", "出租大約時間": "-"}
    result = standardised(csv_member({}, late, name="mine.csv"))
    assert result.rejects["reason"].to_list() == ["date_after_study"]
    table = result.tables["g0v__listings"]
    assert table["snapshot"].to_list() == [dt.date(2019, 6, 1)]


def test_a_last_day_before_the_first_is_flagged() -> None:
    """The listing is as old as its first day; nothing is mended silently."""
    row = only(csv_member({"物件最後更新時間": "2019-05-01", "出租大約時間": "-"}))
    assert row["last_seen"] == row["first_seen"] == dt.date(2019, 5, 31)
    assert "last_seen_before_first" in row["flags"]


def test_an_empty_file_is_in_the_ledger() -> None:
    """A header without rows: read 0, kept 0."""
    result = standardised(csv_member())
    assert result.ledger["rows_read"].to_list() == [0]
    assert isinstance(result.tables["g0v__listings"], pl.DataFrame)
