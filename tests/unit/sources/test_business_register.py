"""The business-tax register: headers, dates of files, torn lines."""

import pytest

from landwatch.sources import business_register
from landwatch.sources.archives import Member
from landwatch.sources.business_register import NOT_KEPT, is_register, read_register
from landwatch.vocabulary.errors import InputError

HEADER = (
    "營業地址,統一編號,總機構統一編號,營業人名稱,資本額,設立日期,組織別名稱,使用統一發票,行業代號,名稱,"
    "行業代號1,名稱1,行業代號2,名稱2,行業代號3,名稱3"
)
OLD = (
    "營業地址,統一編號,營業人名稱,資本額,設立日期,使用統一發票,行業代號,名稱,"
    "行業代號1,名稱1,行業代號2,名稱2,行業代號3,名稱3"
)
DATE = "10-APR-23" + "," * 15
ROW = (
    '"南投縣中寮鄉中寮村永平路３７１號一樓",38965019,,"原味商行",100000,1040413,獨資,N,472927,'
    "豆類製品零售,,,,,,"
)


def member(*lines: str, name: str = "BGMOPEN1.csv", encoding: str = "utf-8-sig") -> Member:
    return Member(name, "\n".join([*lines, ""]).encode(encoding))


def test_the_first_row_tells_the_day_and_is_no_business() -> None:
    """The date row is header; the row below it is line 3 of the file."""
    raw = read_register(member(HEADER, DATE, ROW))
    assert raw.rows["file_date"].to_list() == ["10-APR-23"]
    assert raw.rows["source_line"].to_list() == [3]
    assert raw.rows["tax_id"].to_list() == ["38965019"]
    assert (raw.rejects.height, raw.unknown_columns, raw.register) == (0, (), "open")


def test_a_file_without_a_date_row_loses_no_business() -> None:
    """Where the first row is a business it is kept."""
    raw = read_register(member(HEADER, ROW))
    assert raw.rows.select("tax_id", "file_date", "source_line").rows() == [("38965019", "", 2)]


def test_the_old_header_and_another_order_are_read() -> None:
    """Columns are found by name; those the old header lacks are empty."""
    old = "南投縣中寮鄉永平路1號,38965019,原味商行,100000,1040413,N,472927,豆類,,,,,,"
    raw = read_register(member(OLD, DATE[:-2], old))
    assert raw.rows.select("business_name", "organisation", "head_office_tax_id").rows() == [
        ("原味商行", "", "")
    ]
    turned = ",".join(reversed(HEADER.split(",")))
    swapped = read_register(member(turned, ",".join(reversed(ROW.split(",")))))
    assert swapped.rows["tax_id"].to_list() == ["38965019"]


def test_big5_is_read() -> None:
    """The same rows in Big5 give the same text."""
    raw = read_register(member(HEADER, DATE, ROW, encoding="cp950"))
    assert raw.rows["business_name"].to_list() == ["原味商行"]


@pytest.mark.parametrize(
    ("header", "name", "status"),
    [
        (HEADER, "BGMOPEN1.csv", "open"),
        (f"{HEADER},停業日期", "other.csv", "suspended"),
        (HEADER, "BGMOPEN1X.csv", "suspended"),
        (HEADER, "BGMOPEN1Y.csv", "not_operating"),
    ],
)
def test_companions_are_told_by_header_or_name(header: str, name: str, status: str) -> None:
    """停業日期 in the header, else the published name."""
    row = ROW + "," * (header.count(",") - HEADER.count(","))
    assert read_register(member(header, row, name=name)).register == status


def test_torn_lines_are_rejected_and_their_text_is_not_kept() -> None:
    """Too many fields, an open quote, bytes of no encoding, NUL: each has its reason."""
    content = "\n".join(
        [
            HEADER,
            DATE,
            ROW + ",王小明",
            ROW.replace('商行"', "商行"),
            ROW.replace("原味", "\0"),
            "",
            ROW,
        ]
    ).encode()
    raw = read_register(Member("BGMOPEN1.csv", content + b"\n" + b"\xff\xfe" + ROW.encode()))
    assert raw.rejects.select("source_line", "reason").rows() == [
        (3, "field_count"),
        (4, "unclosed_quote"),
        (5, "nul_byte"),
        (8, "undecodable"),
    ]
    assert set(raw.rejects["raw"]) == {NOT_KEPT}
    assert raw.rows["source_line"].to_list() == [7]


def test_quotes_people_write_in_names_lose_no_business() -> None:
    """A pair inside a field, a quoted part of one, and proper CSV with a comma inside."""
    plain = ROW.replace('"', "")
    inside = plain.replace("原味商行", '好"好"店')
    begins = plain.replace("原味商行", '"好"店')
    proper = plain.replace("原味商行", '"好, ""大"" 店"')
    raw = read_register(member(HEADER, plain, inside, begins, proper))
    assert raw.rows["business_name"].to_list() == ["原味商行", "好好店", "好店", '好, "大" 店']
    assert raw.rejects.is_empty()


def test_a_header_in_quotes_and_carriage_returns_are_read() -> None:
    """As other exporters write the same file."""
    quoted = ",".join(f'"{c}"' for c in HEADER.split(","))
    file = member(f"{quoted}\r", f"{DATE}\r", f"{ROW}\r")
    assert is_register(file)
    raw = read_register(file)
    assert raw.rows.select("tax_id", "file_date").rows() == [("38965019", "10-APR-23")]


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in blocks of a hundred bytes or at once: the same rows at the same lines."""
    lines = [HEADER, DATE, *(ROW.replace("38965019", f"{n}") for n in range(10000000, 10000050))]
    lines.insert(20, "torn")
    whole = read_register(member(*lines))
    monkeypatch.setattr(business_register, "BLOCK_BYTES", 100)
    parted = read_register(member(*lines))
    assert parted.rows.equals(whole.rows)
    assert parted.rejects.equals(whole.rejects)
    assert whole.rows.height == 50


def test_a_missing_column_is_named() -> None:
    """A header without 統一編號 is still taken for the register, and refused by name."""
    broken = member(HEADER.replace(",統一編號,", ",編號,", 1), ROW)
    assert is_register(broken)
    with pytest.raises(InputError, match="統一編號"):
        read_register(broken)
    assert not is_register(member("鄉鎮市區,交易標的"))
