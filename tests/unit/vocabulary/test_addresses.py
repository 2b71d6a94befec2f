"""Address words: every rule with addresses as the registers print them."""

import polars as pl
import pytest

from landwatch.vocabulary.addresses import address_parts, address_spelling


@pytest.mark.parametrize(
    ("printed", "spelled"),
    [
        ("士林區忠誠路2段21巷1~30號", "士林區忠誠路二段21巷1~30號"),
        ("西屯區惠中路ㄧ段121~150號", "西屯區惠中路一段121~150號"),
        ("臺東市更生北路一三九巷一弄1~30號", "臺東市更生北路139巷1弄1~30號"),
        ("義竹鄉官順村九鄰芋子寮301~330號", "義竹鄉官順村9鄰芋子寮301~330號"),
        ("安和路五十七號三樓", "安和路57號三樓"),
        ("安和路一百零五號之二", "安和路105號之二"),
        ("安和路五十七之二號", "安和路57之2號"),
        ("屏東市永信五巷1~30號", "屏東市永信五巷1~30號"),
        ("竹南鎮大埔十街46巷1~30號", "竹南鎮大埔十街46巷1~30號"),
        ("武塔段13620014地號", "武塔段1362地號"),
        ("金峯段1~30地號", "金峰段1~30地號"),
        ("三義段一小段168-2地號", "三義段一小段168-2地號"),
        ("中山路十三十號", "中山路十三十號"),
    ],
)
def test_one_spelling_of_numerals_and_variants(printed: str, spelled: str) -> None:
    """Numbers are digits, sections of roads Chinese, names with numerals stay names."""
    assert pl.select(address_spelling(pl.lit(printed))).item() == spelled


def test_spelling_twice_changes_nothing() -> None:
    """The spelling is a fixed point, and missing stays missing."""
    frame = pl.DataFrame({"a": ["中華路1段五十七號", "武塔段13620014地號", None]})
    once = frame.select(address_spelling(pl.col("a")))
    assert once.select(address_spelling(pl.col("a"))).equals(once)
    assert once["a"].null_count() == 1


@pytest.mark.parametrize(
    ("address", "county", "town", "village", "body"),
    [
        ("桃園縣大園鄉領航南路四段211~240號", "桃園市", "大園區", None, "領航南路四段211~240號"),
        ("桃園縣平鎮市高雙路1~30號", "桃園市", "平鎮區", None, "高雙路1~30號"),
        ("頭份鎮東庄里6鄰昌隆一街331~360號", "苗栗縣", "頭份市", "東庄里", "昌隆一街331~360號"),
        ("信義區信義區永吉路1~30號", "臺北市", "信義區", None, "永吉路1~30號"),
        ("前鎮區中山二路1~30號", "高雄市", "前鎮區", None, "中山二路1~30號"),
        ("新市區社內61~90號", "臺南市", "新市區", None, "社內61~90號"),
        ("吉安鄉仁里三街82巷1~30號", "花蓮縣", "吉安鄉", None, "仁里三街82巷1~30號"),
        ("大里區西村路43巷1~30號", "臺中市", "大里區", None, "西村路43巷1~30號"),
        ("水上鄉寬士村崎子頭1~30號", "嘉義縣", "水上鄉", "寬士村", "崎子頭1~30號"),
        ("客庄里6鄰31~60號", "苗栗縣", "頭份市", "客庄里", "客庄里31~60號"),
        ("加里洞段211~240地號", "花蓮縣", "壽豐鄉", None, "加里洞段211~240地號"),
        ("花蓮縣吉安鄉自強路1~30號", "花蓮縣", "花蓮市", None, "自強路1~30號"),
    ],
)
def test_areas_are_taken_off_and_villages_kept(
    address: str, county: str, town: str, village: str | None, body: str
) -> None:
    """Present and past counties and towns, villages and 鄰 are told from roads named after them."""
    parts = pl.select(address_parts(pl.lit(address), pl.lit(county), pl.lit(town)).alias("p"))
    assert parts["p"].to_list() == [{"village": village, "body": body}]
