"""Facts of `landwatch.standardise.parcels`."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.standardise.parcels import parcel_number, with_parcels
from landwatch.standardise.sites import with_town
from landwatch.vocabulary.places import embedded_places


def placed(*texts: str) -> pl.DataFrame:
    return with_town(pl.DataFrame({"t": texts}), pl.col("t"), embedded_places())


def parcels(text: str) -> dict[str, object]:
    return with_parcels(placed(text), pl.col("after_town")).row(0, named=True)


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
