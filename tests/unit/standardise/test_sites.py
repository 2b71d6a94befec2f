"""Facts of `landwatch.standardise.sites`."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.standardise.sites import (
    parcel_number,
    separate_words,
    with_coordinates,
    with_parcels,
    with_town,
)
from landwatch.vocabulary.places import embedded_places


def placed(*texts: str) -> pl.DataFrame:
    return with_town(pl.DataFrame({"t": texts}), pl.col("t"), embedded_places())


def parcels(text: str) -> dict[str, object]:
    return with_parcels(placed(text), pl.col("after_town")).row(0, named=True)


@pytest.mark.parametrize(
    ("text", "town", "rest"),
    [
        ("桃園市平鎮區東金段539地號", "平鎮區", "東金段539地號"),
        ("台南市新市區港子墘段", "新市區", "港子墘段"),
        ("臺南市左鎮區", "左鎮區", ""),
        ("臺中縣大里市內新段", "大里區", "內新段"),
        ("桃園縣中壢市忠福里", "中壢區", "忠福里"),
        ("嘉義縣阿里山鄉十字村", "阿里山鄉", "十字村"),
    ],
)
def test_the_longest_town_at_the_beginning_is_found(text: str, town: str, rest: str) -> None:
    """鎮 and 市 inside a name do not end it; old counties and 台 are understood."""
    row = placed(text).row(0, named=True)
    assert (row["town_name"], row["after_town"]) == (town, rest)


def test_a_county_alone_is_a_county() -> None:
    """Without town only the county is known; without county nothing is guessed."""
    frame = placed("臺東縣", "信義區某段")
    assert frame["county_code"].to_list() == ["10014", None]
    assert frame["town_code"].to_list() == [None, None]


@pytest.mark.parametrize(
    ("text", "section", "masked", "count"),
    [
        ("高雄市岡山區拕子段1057-5、1058-1、1058-3地號", "拕子段", "拕子段1051~1080地號", 3),
        ("桃園市八德區中華段1219、1219之1地號", "中華段", "中華段1201~1230地號", 2),
        ("臺南市安定區海寮段1328.1329.1330地號", "海寮段", "海寮段1321~1350地號", 3),
        (
            "桃園市蘆竹區坑子口段後壁厝小段450-3地號(後壁段959地號)",
            "坑子口段後壁厝小段",
            "坑子口段後壁厝小段421~450地號",
            1,
        ),
        ("臺中市大里區西湖南段331號", "西湖南段", "西湖南段331~360地號", 1),
        ("臺南市麻豆區北勢寮段2598、2599", "北勢寮段", "北勢寮段2581~2610地號", 2),
        ("新竹縣新豐鄉瑞光段179-1地號及崁頭段730-1地號", "瑞光段", "瑞光段151~180地號", 1),
        ("臺東縣成功鎮三仙段", "三仙段", "三仙段", None),
    ],
)
def test_parcels_are_counted_and_masked(
    text: str, section: str, masked: str, count: int | None
) -> None:
    """Lists written in six ways: first section, range of thirty, number of parcels."""
    row = parcels(text)
    assert (row["section_name"], row["masked_address"]) == (section, masked)
    assert row["parcel_count"] == count
    assert row["location_id"] == f"{row['town_code']}:{section}"


def test_one_parcel_has_one_key_however_it_is_written() -> None:
    """Padded, packed and plain numbers of one place agree; another town's does not."""
    keys = [
        parcels(f"{town}東園段{n}")["parcel_keys"]
        for town, n in (
            ("新北市樹林區", "1130地號"),
            ("新北市樹林區", "11300000"),
            ("台北縣樹林市", "1130-0000"),
            ("新北市土城區", "1130地號"),
        )
    ]
    assert len(set(keys[:3])) == 1
    assert keys[3] not in keys[:3]


@given(st.integers(1, 9999), st.integers(0, 999))
def test_parcel_numbers_survive_packing(main: int, sub: int) -> None:
    """Eight digits, padded parts and plain parts are the same number."""
    plain = f"{main}-{sub}" if sub else str(main)
    ways = pl.DataFrame({"n": [f"{main:04d}{sub:04d}", f"{main:04d}-{sub:04d}", plain]})
    assert ways.select(parcel_number(pl.col("n"))).to_series().to_list() == [plain] * 3


@pytest.mark.parametrize(
    ("lon", "lat", "fault"),
    [
        ("121.2", "23.5", None),
        ("118.3", "24.4", None),
        ("23.5", "121.2", "swapped_coordinates"),
        ("251000", "2650000", "coordinates_not_degrees"),
        ("0", "0", "no_coordinates"),
        ("", "", "no_coordinates"),
        ("NaN", "23", "no_coordinates"),
        ("2.3", "48.8", "coordinates_outside"),
    ],
)
def test_coordinates_are_places_in_taiwan_or_missing(lon: str, lat: str, fault: str | None) -> None:
    """Nothing is swapped back or converted; the fault is told."""
    row = with_coordinates(pl.DataFrame({"x": [lon], "y": [lat]}), "x", "y").row(0, named=True)
    assert row["coordinate_fault"] == fault
    assert (row["longitude"] is None) == (fault is not None)
    assert (row["latitude"] is None) == (fault is not None)


def test_dirty_lists_keep_every_word_once() -> None:
    """Blanks, line breaks and repeats go; nan is nothing; no word is changed."""
    frame = pl.DataFrame({"z": ["特定農業區、鄉村區", "農牧用地\n農牧用地", "nan", "", None]})
    words = frame.select(separate_words(pl.col("z"))).to_series().to_list()
    assert words == ["特定農業區;鄉村區", "農牧用地", None, None, None]
