"""Addresses to doors: real spellings of one door are one, neighbours are two."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landwatch.standardise.doors import keyed_hash, with_door, with_town_of_address
from landwatch.vocabulary.places import embedded_places

PLACES = embedded_places()


def doors(*addresses: str | None) -> pl.DataFrame:
    frame = pl.DataFrame({"a": list(addresses)}, schema={"a": pl.String})
    return with_door(with_town_of_address(frame, "a", PLACES))


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "南投縣中寮鄉中寮村永平路３７１號一樓",
            "南投縣中寮鄉永平路371號",
            "541南投縣中寮鄉中寮村5鄰永平路371號1樓",
        ),
        ("台北市中正區忠孝西路一段49號B1(誠品商場)", "臺北市中正區忠孝西路1段49號地下一樓"),
        (
            "台北市信義區信義路五段7-3號",
            "台北市信義區信義路五段7號之3",
            "台北市信義區信義路五段7—3號",
        ),
        ("台北市信義區信義路五段7號35樓之2", "台北市信義區信義路五段７號三十五樓-2"),
        ("嘉義縣新港鄉大潭村5鄰13之2號", "嘉義縣新港鄉大潭村13-2號"),
        ("台中市沙鹿區成功東街42﹑44﹑46號", "臺中市沙鹿區成功東街42號"),
        ("高雄市大社區萬金路八號一樓", "高雄市大社區萬金路8號"),
        ("臺北縣板橋市文化路1號", "新北市板橋區文化路1號"),
    ],
)
def test_spellings_of_one_door(spellings: tuple[str, ...]) -> None:
    """Width, 臺, village, 鄰, 之, floor one, brackets and former names make no other door."""
    found = doors(*spellings)
    assert found["premises_id"].null_count() == 0
    assert found["premises_id"].n_unique() == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("南投縣中寮鄉永平路371號", "南投縣中寮鄉永平路372號"),
        ("南投縣中寮鄉永平路371號", "南投縣中寮鄉永平路371之1號"),
        ("南投縣中寮鄉永平路371號", "南投縣中寮鄉永平路371號二樓"),
        ("台北市信義區信義路五段7號", "台北市大安區信義路五段7號"),
        ("新竹市東區竹村七路7號", "新竹市東區竹村一路7號"),
        ("嘉義縣新港鄉大潭村13號", "嘉義縣新港鄉中洋村13號"),
        ("台北市信義區信義路五段7號2樓之1", "台北市信義區信義路五段7號2樓之2"),
    ],
)
def test_neighbours_are_two(one: str, other: str) -> None:
    """Number, 之, floor, unit, town and village each tell doors apart."""
    assert doors(one, other)["premises_id"].n_unique() == 2


@given(number=st.integers(1, 1999), sub=st.integers(1, 99), floor=st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_no_door_number_is_kept(number: int, sub: int, floor: int) -> None:
    """What leaves the module is the range of thirty, whatever was written around the number."""
    prefix = "台中市沙鹿區成功東街"
    for text in (
        f"{prefix}{number}號{floor}樓",
        f"{prefix}{number}之{sub}號",
        f"{prefix}{number}、{number + 2}、{number + 4}號",
        f"{prefix}{number}號,{number + 2}號{floor}樓之{sub}",
        f"{prefix}{number}—{sub}號(王小明宅)",
    ):
        row = doors(text).row(0, named=True)
        low = (number - 1) // 30 * 30 + 1
        assert row["masked_address"] == f"成功東街{low}~{low + 29}號"
        assert row["location_id"] == "66000130:成功東街"


def test_floors() -> None:
    """Floors by digits and numerals, basements negative; a room is upstairs."""
    base = "高雄市楠梓區中央路22號"
    texts = ("十一樓", "2F", "B1", "地下室", "", "壹樓", "301室")
    found = doors(*(base + t for t in texts))
    assert found["floor_number"].to_list() == [11, 2, -1, -1, None, 1, None]
    assert found["is_upstairs"].to_list() == [True, True, False, False, False, False, True]


def test_no_town_no_door() -> None:
    """An unknown town, an address that stops at the town, and none at all."""
    found = doors("無此縣無此鄉中山路1號", "南投縣中寮鄉", None)
    assert found["premises_id"].to_list() == [None, None, None]
    assert found["town_code"].to_list() == [None, "10008080", None]


def test_the_hash_is_the_same_in_every_run() -> None:
    """A change of the key would part doors of files read before and after it."""
    assert keyed_hash(pl.Series(["10008080|永平路371"])).item() == KNOWN


KNOWN = "d0af94f22c40643833a7"
