"""Facts of `landwatch.sources.g0v`."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landwatch.sources.archives import Member
from landwatch.sources.g0v import (
    is_csv_listings,
    is_json_listings,
    read_csv_listings,
    read_json_listings,
)
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.listings import PERSONAL as PERSONAL_COLUMNS
from landwatch.vocabulary.listings import spelled_header
from tests.unit.listing_rows import CSV_ROW, JSON_ROW, csv_member, json_member


def test_nothing_that_leads_to_a_person_leaves_the_reader() -> None:
    """Neither author, agent, contact, address of the advertisement nor its number is in any row."""
    for raw in (read_json_listings(json_member({})), read_csv_listings(csv_member({}))):
        text = json.dumps(raw.rows.rows(), ensure_ascii=False)
        for secret in ("4fd5218a", "某某", "0912345678", "90054683", "90000001", "rent.example"):
            assert secret not in text
        assert not set(raw.rows.columns) & set(PERSONAL_COLUMNS)


def test_a_broken_record_is_rejected_without_its_text() -> None:
    """A field too many and one too few are rejects with their line; the text is withheld."""
    member = csv_member({}, {}, {}, {})
    lines = member.content.decode().split("\r\n")
    lines[2] += ",多"
    lines[3] = lines[3].rsplit(",", 2)[0]
    raw = read_csv_listings(Member(member.source_file, "\r\n".join(lines).encode()))
    assert raw.rows["source_line"].to_list() == [2, 5]
    assert raw.rejects["source_line"].to_list() == [3, 4]
    assert raw.rejects["reason"].unique().to_list() == ["field_count"]
    assert not raw.rejects["raw"].str.contains("某某").any()


def test_a_column_more_in_every_row_shifts_nothing() -> None:
    """Where every record is longer than the header, none is read."""
    member = csv_member({}, {})
    lines = member.content.decode().strip().split("\r\n")
    text = "\n".join([lines[0], *(f"x,{line}" for line in lines[1:])])
    raw = read_csv_listings(Member("a.csv", text.encode()))
    assert raw.rows.height == 0
    assert raw.rejects.height == 2


def test_an_empty_last_field_is_a_field() -> None:
    """A record ending in a comma is whole if the header has that column."""
    header = [*(n for n in CSV_ROW if n != "仲介資訊"), "仲介資訊"]
    raw = read_csv_listings(csv_member({"仲介資訊": ""}, header=header))
    assert raw.rows.height == 1


def test_columns_are_found_by_name_in_any_order_and_width() -> None:
    """Reversed header, half-width question marks, Big5: the same row; new columns are named."""
    header = [*reversed(CSV_ROW), "貓咪數"]
    plain = read_csv_listings(csv_member({}))
    turned = csv_member({}, header=header)
    text = turned.content.decode().replace("？", "?").encode("cp950")
    raw = read_csv_listings(Member("b.csv", text))
    assert raw.unknown_columns == ("貓咪數",)
    assert raw.rows.drop("raw").equals(plain.rows.drop("raw"))


def test_one_listing_has_one_hash_in_every_edition() -> None:
    """The number of a listing hashes alike from JSON and CSV, and differs between platforms."""
    number = {"min_house_id": "90000001", "max_house_id": "90000001"}
    ids = [
        read_json_listings(json_member(number)).rows["first_id"].item(),
        read_csv_listings(csv_member({})).rows["first_id"].item(),
        read_csv_listings(csv_member({"租屋平台": "別家"})).rows["first_id"].item(),
    ]
    assert ids[0] == ids[1] != ids[2]
    assert read_csv_listings(csv_member({"物件編號": "-"})).rows["first_id"].item() is None


def test_listings_are_recognised_by_content() -> None:
    """By columns, whatever the name; other JSON and CSV are not listings."""
    assert is_json_listings(Member("x", json_member({}).content))
    assert is_csv_listings(Member("x", csv_member({}).content))
    assert not is_json_listings(Member("202105.json", b'[{"year": 2021, "annual": []}]'))
    assert not is_json_listings(Member("202105.json", b"[]"))
    assert not is_csv_listings(Member("202105.csv", "縣市,鄉鎮市區,村里,平均數\n".encode()))
    assert not is_csv_listings(Member("202105.csv", b""))


@pytest.mark.parametrize(("column", "told"), [("月租金", "月租金"), ("坪數", "坪數")])
def test_a_file_without_a_needed_column_is_refused_by_name(column: str, told: str) -> None:
    """It is recognised as listings, and the error names file and column."""
    member = csv_member({}, header=[n for n in CSV_ROW if n != column])
    assert is_csv_listings(member)
    with pytest.raises(InputError, match=f"201906-raw.csv.*{told}"):
        read_csv_listings(member)


def test_damaged_files_are_refused_without_repeating_their_text() -> None:
    """Cut JSON, an open quote, a column named twice: an error with the file's name."""
    cut = json_member({}).content[:-30]
    with pytest.raises(InputError, match=r"cut\.json") as caught:
        read_json_listings(Member("cut.json", cut))
    assert "某某" not in str(caught.value)
    quoted = csv_member({"仲介資訊": '"某某'}).content
    with pytest.raises(InputError, match="quote"):
        read_csv_listings(Member("open.csv", quoted))
    with pytest.raises(InputError, match="twice"):
        read_csv_listings(csv_member({}, header=[*CSV_ROW, "坪數"]))


@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_at(content: bytes) -> None:
    """Recognising never fails, whatever lies in a zip; no such bytes are listings."""
    member = Member("x.csv", content)
    assert not is_csv_listings(member)
    assert not is_json_listings(member)


@given(st.text(st.characters(codec="utf-8", exclude_characters='",\r\n\x1e'), max_size=40))
@settings(deadline=None)
def test_any_name_of_an_agent_leaves_its_row_whole(name: str) -> None:
    """Quoted commas, line ends and any letters in a column that is not read shift no other."""
    quoted = f'"{name},\n{name}"'
    raw = read_csv_listings(csv_member({"仲介資訊": quoted}, {}))
    assert raw.rows.drop("first_id", "last_id", "source_line").n_unique() == 1
    assert raw.rejects.height == 0


def test_a_header_alone_is_a_file_without_rows() -> None:
    """No listing, no error."""
    assert read_csv_listings(csv_member()).rows.height == 0


def test_every_published_key_is_known() -> None:
    """No key of the 73 of 2021 would be reported as new."""
    assert read_json_listings(json_member({})).unknown_columns == ()
    assert all(spelled_header(name) for name in JSON_ROW)
