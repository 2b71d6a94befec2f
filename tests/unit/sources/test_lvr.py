"""The register's files, decoded and split."""

import pytest

from landwatch.sources.archives import Member
from landwatch.sources.lvr import decoded, read_table
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.lvr import RENT_HEADERS, SALE_HEADERS
from tests.unit.rows import (
    FAULTY_2018,
    PARKING_QUOTED,
    RENTAL_2012,
    SALE_2025,
    SALES_2018,
    rent_file,
    sale_file,
    sales,
)


@pytest.mark.parametrize("era", list(SALE_HEADERS))
def test_every_sale_header_is_understood(era: str) -> None:
    """No column of any published sale header is unknown or taken twice."""
    raw = read_table(Member("v_lvr_land_a.csv", sale_file([], era)))
    assert raw.unknown_columns == ()
    assert len(raw.rows.columns) == len(SALE_HEADERS[era]) + 2


@pytest.mark.parametrize("era", list(RENT_HEADERS))
def test_every_rental_header_is_understood(era: str) -> None:
    """No column of any published rental header is unknown or taken twice."""
    raw = read_table(Member("v_lvr_land_c.csv", rent_file([], era)))
    assert raw.unknown_columns == ()
    assert len(raw.rows.columns) == len(RENT_HEADERS[era]) + 2


def test_the_column_named_three_times_is_land_building_parking() -> None:
    """In 2012–16 rentals the n-th 租賃總面積平方公尺 is land, building, parking area."""
    row = read_table(Member("V_lvr_land_C.CSV", rent_file([RENTAL_2012], "2012"))).rows.row(
        0, named=True
    )
    areas = (row["land_area_m2"], row["building_area_m2"], row["parking_area_m2"])
    assert areas == ("128.84", "196.15", "0.0")


def test_a_comma_inside_quotes_is_text() -> None:
    """A quoted note keeps its comma and the deal keeps its columns."""
    raw = sales([PARKING_QUOTED], "a_lvr_land_a.csv")
    assert raw.rejects.is_empty()
    assert raw.rows["note"].item() == "土地價金:174528000房屋價金:7272000,車位已含在交易總價內"
    assert raw.rows["deal_id"].item() == "RPWOMLNKNHPFFEA78CA"


@pytest.mark.parametrize("reason", ["field_count", "unclosed_quote"])
def test_lines_that_do_not_split_are_kept_as_they_are(reason: str) -> None:
    """A line with a comma too many or an open quote is rejected alone, its line number right."""
    raw = sales([SALES_2018[0], FAULTY_2018[reason], SALES_2018[1]], "k_lvr_land_a.csv")
    assert raw.rows.height == 2
    assert raw.rejects.rows() == [(4, reason, FAULTY_2018[reason])]


def test_a_nul_byte_rejects_its_line() -> None:
    """A NUL never reaches a table."""
    raw = sales([SALES_2018[0].replace("豐樂", "\0")], "v_lvr_land_a.csv")
    assert raw.rejects["reason"].to_list() == ["nul_byte"]


def test_bytes_that_big5_does_not_know_do_not_shift_the_text() -> None:
    """CP950 first, HKSCS for its pairs, U+FFFD for a pair in neither, and the rest in step."""
    assert decoded("裏碁墻恒粧嫺銹".encode("cp950")) == "裏碁墻恒粧嫺銹"
    assert decoded("鍛".encode("cp950") + b"\xfd\xb7" + "段".encode("cp950")) == "鍛\ufffd段"
    assert decoded(b"\x8e\xf1" + "段1~30地號".encode("cp950")) == "𣵾段1~30地號"


def test_the_english_header_is_no_row() -> None:
    """The second header of files since 2018 is neither accepted nor rejected."""
    raw = sales([SALE_2025], "v_lvr_land_a.csv", "2025")
    assert (raw.rows.height, raw.rejects.height) == (1, 0)
    assert raw.rows["source_line"].item() == 3


def test_an_unknown_column_is_named_and_the_rest_is_read() -> None:
    """A column of the future is reported, not guessed."""
    content = sale_file([SALES_2018[0]]).decode("utf-8-sig")
    content = content.replace("編號\r\n", "編號,未來欄位\r\n", 1).replace("76CA", "76CA,x")
    raw = read_table(Member("v_lvr_land_a.csv", content.encode()))
    assert raw.unknown_columns == ("未來欄位",)
    assert raw.rows["deal_id"].item() == "RPSNMLMKJINFFAV76CA"


def test_a_missing_column_stops_with_its_published_names() -> None:
    """Without 總價元 the file is no register of prices, and the message says so."""
    content = sale_file([SALES_2018[0]]).decode("utf-8-sig").replace("總價元,單價", "其他,單價")
    with pytest.raises(InputError, match=r"v_lvr_land_a\.csv.*total_price_twd.*總價元"):
        read_table(Member("v_lvr_land_a.csv", content.encode()))


def test_an_empty_file_has_no_rows() -> None:
    """Empty child files exist in the register."""
    raw = read_table(Member("v_lvr_land_a_park.csv", b""))
    assert raw.rows.height == raw.rejects.height == 0
