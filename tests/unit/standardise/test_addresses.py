"""What of an address may be kept."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.standardise.addresses import masked_address, street_or_section


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("北港鎮新德路294.271~300號", "北港鎮新德路271~300號"),
        ("元長鄉明鹿路80-7,61~90號", "元長鄉明鹿路61~90號"),
        ("萬丹鄉廣安路185巷12、1~30號", "萬丹鄉廣安路185巷1~30號"),
        ("桃園市中山路824.826.828.811~840號", "桃園市中山路811~840號"),
        ("神龍路405及391~420號", "神龍路391~420號"),
        ("竹北市十興三街125121~150號", "竹北市十興三街121~150號"),
        ("新莊區民安西路370至392391~420號", "新莊區民安西路391~420號"),
        ("安樂區安一路348之211~30號", "安樂區安一路1~30號"),
        ("中山路12~14號", "中山路1~30號"),
        ("三義段168-2、169地號", "三義段151~180地號"),
        ("中山路12、14號", "中山路1~30號"),
        ("安和路五十七號三樓", "安和路31~60號"),
        ("武塔段00300000地號", "武塔段1~30地號"),
        ("中山路12", "中山路"),
    ],
)
def test_no_list_leaves_a_door_number_behind(address: str, masked: str) -> None:
    """Whatever stands before the last number of a list is a number of a home too."""
    assert pl.select(masked_address(pl.lit(address))).item() == masked


@given(st.integers(1, 4000), st.integers(1, 99), st.sampled_from(["、", ".", ",", "及", "-", "之"]))
def test_the_masked_number_holds_the_first_of_a_list(first: int, second: int, mark: str) -> None:
    """The range begins one above a multiple of thirty and holds the first number."""
    address = f"中華路二段65巷{first}{mark}{second}號"
    masked = pl.select(masked_address(pl.lit(address))).item()
    low, high = (int(n) for n in masked.split("巷")[1].rstrip("號").split("~"))
    assert low <= first <= high
    assert (low % 30, high - low) == (1, 29)


def test_masking_twice_changes_nothing() -> None:
    """A masked address is its own mask."""
    frame = pl.DataFrame({"a": ["新德路294.271~300號", "三義段168-2、169地號", "山上段", None]})
    once = frame.select(masked_address(pl.col("a")))
    assert once.select(masked_address(pl.col("a"))).equals(once)


@pytest.mark.parametrize(
    ("masked", "county", "town", "street"),
    [
        ("桃園縣八德市介壽路二段1051~1080號", "桃園市", "八德區", "介壽路二段"),
        ("吉安鄉仁里三街61~90號", "花蓮縣", "吉安鄉", "仁里三街"),
        ("溪墘厝段正義小段1~30地號", "嘉義縣", "義竹鄉", "溪墘厝段正義小段"),
        ("苑裡鎮舊社里2鄰新冠巷31~60號", "苗栗縣", "苑裡鎮", "新冠巷"),
        ("集集鎮玉映里佛廟巷1~30號", "南投縣", "集集鎮", "佛廟巷"),
        ("恆春鎮萬里路1~30號", "屏東縣", "恆春鎮", "萬里路"),
    ],
)
def test_one_road_has_one_name(masked: str, county: str, town: str, street: str) -> None:
    """Neither an old county nor a village splits a road, nor eats its name."""
    found = pl.select(street_or_section(pl.lit(masked), pl.lit(county), pl.lit(town))).item()
    assert found == street
