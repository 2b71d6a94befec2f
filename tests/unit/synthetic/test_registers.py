"""Facts of the register's files: eras, headers, encodings, addresses, identities."""

import re
import zipfile
from pathlib import Path

import polars as pl
import pytest

from landwatch.synthetic import WorldFiles
from landwatch.synthetic.eras import ENGLISH_RENT, ENGLISH_SALE
from landwatch.synthetic.registers import REPUBLISHED_NAME
from landwatch.synthetic.wording import SEASONS, number_range
from landwatch.vocabulary.lvr import RENT_HEADERS, SALE_HEADERS

ADDRESS = 2
EXACT = "土地位置建物門牌"


def _text(written: WorldFiles, archive: str, member: str, encoding: str) -> str:
    with zipfile.ZipFile(written.directory / "raw" / "lvr" / archive) as opened:
        return opened.read(member).decode(encoding)


def _exact(header: tuple[str, ...]) -> tuple[str, ...]:
    return (*header[:ADDRESS], EXACT, *header[ADDRESS + 1 :])


def test_every_season_is_there_and_one_twice(written: WorldFiles) -> None:
    """104S1 to 111S4, one zip each, and 108S2 once more under another name."""
    names = [path.name for path in written.lvr]
    assert names == sorted([f"lvr_landcsv_{s}.zip" for s in SEASONS] + [REPUBLISHED_NAME])
    assert len(SEASONS) == 32


@pytest.mark.parametrize("season", ["104S1", "106S4"])
def test_old_files_are_big5_without_english(written: WorldFiles, season: str) -> None:
    """Until 2017 files are CP950, named in upper case, with one header row and CRLF."""
    archive = f"lvr_landcsv_{season}.zip"
    sales = _text(written, archive, "Y_lvr_land_A.CSV", "cp950").split("\r\n")
    rentals = _text(written, archive, "Y_lvr_land_C.CSV", "cp950").split("\r\n")
    assert tuple(sales[0].split(",")) == SALE_HEADERS["2012"]
    assert tuple(rentals[0].split(",")) == RENT_HEADERS["2012"]
    assert not sales[1].startswith("The villages")
    assert len(sales[1].split(",")) == 28


@pytest.mark.parametrize(
    ("season", "sale", "rent", "unnamed"),
    [
        ("107S1", SALE_HEADERS["2018"], RENT_HEADERS["2019"], 0),
        ("109S2", SALE_HEADERS["2018"], RENT_HEADERS["2019"], 0),
        ("109S3", SALE_HEADERS["2020Q3"], RENT_HEADERS["2019"], 4),
        ("109S4", SALE_HEADERS["2020Q4"], RENT_HEADERS["2019"], 5),
        ("110S2", SALE_HEADERS["2020Q4"], RENT_HEADERS["2019"], 5),
        ("110S3", _exact(SALE_HEADERS["2020Q4"]), _exact(RENT_HEADERS["2019"]), 5),
        ("111S4", _exact(SALE_HEADERS["2020Q4"]), _exact(RENT_HEADERS["2019"]), 5),
    ],
)
def test_headers_are_the_official_ones(
    written: WorldFiles, season: str, sale: tuple[str, ...], rent: tuple[str, ...], unnamed: int
) -> None:
    """From 2018 files are UTF-8 with mark, the era's header, then the English row."""
    archive = f"lvr_landcsv_{season}.zip"
    for member, header, english in (
        ("y_lvr_land_a.csv", sale, ENGLISH_SALE + "," * unnamed),
        ("y_lvr_land_c.csv", rent, ENGLISH_RENT),
    ):
        text = _text(written, archive, member, "utf-8")
        assert text.startswith("\ufeff")
        lines = text[1:].replace("\r\n", "\n").split("\n")
        assert tuple(lines[0].split(",")) == header
        assert lines[1] == english
        assert lines[1].count(",") == lines[0].count(",")


def _addresses(written: WorldFiles, archive: str) -> list[str]:
    lines = _text(written, archive, "y_lvr_land_a.csv", "utf-8-sig").splitlines()[2:]
    return [line.split(",")[ADDRESS] for line in lines]


def test_addresses_are_masked_until_the_reform(written: WorldFiles) -> None:
    """Seasons before 110S3 name ranges of thirty, later ones the very number."""
    masked = re.compile(r".+(段\d+~\d+地號|[路街]\d+~\d+號)")
    exact = re.compile(r".+(段\d+地號|[路街][０-９]+號)")
    assert all(masked.fullmatch(a) for a in _addresses(written, "lvr_landcsv_110S2.zip"))
    assert all(exact.fullmatch(a) for a in _addresses(written, "lvr_landcsv_110S3.zip"))
    assert all(exact.fullmatch(a) for a in _addresses(written, REPUBLISHED_NAME))


@pytest.mark.parametrize(("number", "shown"), [(1, "1~30"), (30, "1~30"), (31, "31~60")])
def test_ranges_of_thirty(number: int, shown: str) -> None:
    """Ranges begin after each multiple of thirty."""
    assert pl.select(number_range(pl.lit(number))).item() == shown


def _identities(text: str) -> list[str]:
    return re.findall(r"RP[J-S]{9}FFAY\d\dC[AC]", text)


def test_identities_are_unique(written: WorldFiles) -> None:
    """Every row of every first publication has an identity of nineteen characters of its own."""
    found, rows = [], 0
    for path in written.lvr:
        if path.name == REPUBLISHED_NAME:
            continue
        with zipfile.ZipFile(path) as opened:
            for name in opened.namelist():
                if name.lower().removesuffix(".csv").endswith(("land_a", "land_c")):
                    old = name.endswith("CSV")
                    text = opened.read(name).decode("cp950" if old else "utf-8-sig")
                    rows += len(text.splitlines()) - (1 if old else 2)
                    found += _identities(text)
    assert len(found) == len(set(found)) == rows
    assert {len(identity) for identity in found} == {19}


def test_the_second_publication_repeats_the_first(written: WorldFiles) -> None:
    """The later download of 108S2 holds the same deals or a few fewer, none new."""
    first = _identities(_text(written, "lvr_landcsv_108S2.zip", "y_lvr_land_a.csv", "utf-8-sig"))
    again = _identities(_text(written, REPUBLISHED_NAME, "y_lvr_land_a.csv", "utf-8-sig"))
    assert set(again) <= set(first)
    assert len(again) > 0.95 * len(first)


def test_zips_carry_no_clock(written: WorldFiles) -> None:
    """Every member of every zip bears the same fixed time."""
    zips = sorted(Path(written.directory).rglob("*.zip"))
    times = set()
    for path in zips:
        with zipfile.ZipFile(path) as opened:
            times |= {entry.date_time for entry in opened.infolist()}
    assert times == {(1980, 1, 1, 0, 0, 0)}
