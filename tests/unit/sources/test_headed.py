"""Facts of `landwatch.sources.headed`: tables known by the names in their headers."""

import pytest

from landwatch.sources.archives import Member
from landwatch.sources.headed import is_of_layout, read_headed
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.statistics import (
    EDUCATION,
    INCOME_VILLAGES,
    PROJECTION,
    VITAL_TOWN_YEARS,
    VITAL_VILLAGES,
)

OLD = "統計年月,區域別,村里,出生數,出生數-男,出生數-女,死亡數,死亡數-男,死亡數-女,結婚對數,離婚對數"
ENGLISH = (
    "statistic_yyymm,district_code,site_id,village,birth_total,birth_total_m,birth_total_f,"
    "death_total,death_m,death_f,marry_pair,divorce_pair"
)
CODED = OLD.replace("區域別", "區域別代碼,區域別")
ROW = "10304,連江縣南竿鄉,介壽村,8,3,5,1,1,0,1,1"
CODED_ROW = '10701,"09007010001   ",連江縣南竿鄉,介壽村,8,3,5,1,1,0,1,1'


def member(text: str, name: str = "v.zip/2014-04.csv", encoding: str = "utf-8-sig") -> Member:
    return Member(name, text.encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        f"{OLD}\r\n{ROW}\r\n",
        f"{OLD},\n{ROW},\n",
        f"{ENGLISH}\n{CODED}\n{CODED_ROW}\n",
        f"{CODED}\n{ENGLISH}\n{CODED_ROW}\n",
        f"{CODED}\n{CODED_ROW}\n",
        f"{ENGLISH}\n{CODED_ROW}\n",
        "死亡數,出生數,統計年月,村里名稱 ,區域別\n1,8,10304,介壽村,連江縣南竿鄉\n",
    ],
)
def test_columns_are_known_by_name_in_any_order_and_language(text: str) -> None:
    """One header row or two, Chinese or English, codes or none, shuffled: the same values."""
    file = member(text)
    assert is_of_layout(file, VITAL_VILLAGES)
    raw = read_headed(file, VITAL_VILLAGES)
    assert raw.rejects.is_empty()
    row = raw.rows.row(0, named=True)
    assert [row[c] for c in ("area", "village_name", "births", "deaths")] == [
        "連江縣南竿鄉",
        "介壽村",
        "8",
        "1",
    ]
    assert row["source_line"] == text.rstrip("\r\n").count("\n") + 1


@pytest.mark.parametrize("encoding", ["utf-16", "big5", "utf-8"])
def test_encodings_are_told_apart(encoding: str) -> None:
    """UTF-16 as one year's education has it, Big5 and UTF-8 give the same text."""
    text = (
        "資料年度\t區域別\t村里名稱\t總計\t博畢\n102\t新北市板橋區\u3000\t九如里\u3000\t2622\t3\n"
    )
    file = member(text, encoding=encoding)
    assert is_of_layout(file, EDUCATION)
    row = read_headed(file, EDUCATION).rows.row(0, named=True)
    assert (row["area"], row["village_name"], row["year"]) == ("新北市板橋區", "九如里", "102")


def test_a_long_file_is_recognised_wherever_its_head_is_cut() -> None:
    """A head that ends inside a character does not turn the encoding."""
    for blank in range(3):
        text = f"{OLD}\n" + "\n".join([ROW + "0" * blank] * 400)
        assert is_of_layout(member(text), VITAL_VILLAGES)


def test_a_missing_column_is_told_with_what_was_found() -> None:
    """A file that nearly is the format stops with its name, the lack and its header."""
    file = member(f"{OLD.replace('出生數,', '活產數,')}\n{ROW}\n")
    assert is_of_layout(file, VITAL_VILLAGES)
    with pytest.raises(InputError, match=r"2014-04\.csv.*lacks births; found 統計年月.*活產數"):
        read_headed(file, VITAL_VILLAGES)


def test_a_column_named_twice_is_an_error() -> None:
    """Which of two columns of births counts is not guessed."""
    with pytest.raises(InputError, match="births twice"):
        read_headed(member(f"{OLD},出生數\n{ROW},8\n"), VITAL_VILLAGES)


def test_broken_lines_are_rejected_with_their_number() -> None:
    """An extra field, an open quote and a NUL quarantine their own line only."""
    lines = [ROW, ROW + ",9", ROW.replace("介壽村", '"介壽村'), ROW.replace("8", "\0"), ROW]
    raw = read_headed(member("\n".join([OLD, *lines])), VITAL_VILLAGES)
    assert raw.rows["source_line"].to_list() == [2, 6]
    assert raw.rejects.select("source_line", "reason").rows() == [
        (3, "field_count"),
        (4, "unclosed_quote"),
        (5, "nul_byte"),
    ]


def test_columns_without_a_place_are_named() -> None:
    """A new column does not stop a file and does not pass unseen."""
    raw = read_headed(member(f"{OLD},新欄位\n{ROW},1\n"), VITAL_VILLAGES)
    assert raw.unknown_columns == ("新欄位",)


def test_other_tables_are_not_mistaken() -> None:
    """A code table and births of towns in a year are not births of villages in a month."""
    codes = member("縣市代碼,縣市名稱,區里代碼,區鄉鎮名稱,村里代碼,村里名稱\n63,台北市,1,a,2,b\n")
    years = member("區域,年出生數,年死亡數,年中人口(6月底),粗出生率,粗死亡率\n全國,1,1,1,1,1\n")
    layouts = (VITAL_VILLAGES, VITAL_TOWN_YEARS, EDUCATION, INCOME_VILLAGES, PROJECTION)
    assert not any(is_of_layout(codes, layout) for layout in layouts)
    assert [is_of_layout(years, layout) for layout in layouts] == [False, True, False, False, False]


@pytest.mark.parametrize(("name", "year"), [("2018.csv", "2018"), ("107年.csv", "107")])
def test_a_year_told_only_by_the_name(name: str, year: str) -> None:
    """Gregorian or ROC; a name without a year is an error."""
    text = "區域,年出生數,年死亡數\n連江縣南竿鄉,95,204\n"
    raw = read_headed(member(text, f"b.zip/{name}"), VITAL_TOWN_YEARS)
    assert raw.rows["year"].to_list() == [year]
    with pytest.raises(InputError, match="only the file's name"):
        read_headed(member(text, "b.zip/all.csv"), VITAL_TOWN_YEARS)


def test_an_empty_file_is_of_no_layout() -> None:
    """Nothing is recognised in nothing."""
    assert not is_of_layout(member(""), VITAL_VILLAGES)
