"""Names of chains and how they are compared."""

import polars as pl
import pytest

from landwatch.vocabulary.brands import (
    brand_in_name,
    brand_of_file,
    company_aliases,
    known_brands,
    store_aliases,
)


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("統一超商股份有限公司台北市第一四四分公司", "7-ELEVEN"),
        ("７－ＥＬＥＶＥＮ中山門市", "7-ELEVEN"),
        ("全家便利商店股份有限公司花蓮分公司", "全家便利商店"),
        ("全家福鞋店", None),
        ("台灣麥當勞餐廳股份有限公司", "麥當勞"),
        ("50嵐中山店", "50嵐"),
        ("50嵐溪觀光果園", None),
        ("全聯實業股份有限公司", "全聯福利中心"),
        ("家福股份有限公司花蓮分公司", "家樂福"),
        ("星巴克斯特工作室", None),
        ("原味商行", None),
        (None, None),
    ],
)
def test_brands_of_business_names(name: str | None, brand: str | None) -> None:
    """Company names and shop names of a chain are found; names that only begin alike are not."""
    frame = pl.DataFrame({"n": [name]}, schema={"n": pl.String})
    assert frame.select(brand_in_name(pl.col("n"), company_aliases())).item() == brand


def test_names_of_lists_are_read_more_freely() -> None:
    """Within a list of stores 全家 alone is the chain."""
    frame = pl.DataFrame({"n": ["全家田中金斗店"]})
    assert frame.select(brand_in_name(pl.col("n"), store_aliases())).item() == "全家便利商店"


@pytest.mark.parametrize(
    ("file", "brand"),
    [
        ("mos_storeInfo.js", "摩斯漢堡"),
        ("family_mart_stores.json", "全家便利商店"),
        ("星巴克門市.json", "星巴克"),
        ("mosaic.json", None),
        ("mos_and_starbucks.json", None),
        ("storeInfo.js", None),
    ],
)
def test_a_file_names_one_brand_or_none(file: str, brand: str | None) -> None:
    """Whole words only, and never a choice between two."""
    assert brand_of_file(file) == brand


def test_the_committed_list_is_sound() -> None:
    """No name stands for two brands, identities have their form and are not shared."""
    brands = known_brands()
    assert len({b.name for b in brands}) == len(brands) >= 30
    aliases = [a for b in brands for a in (b.name, *b.company_names)]
    own = [a for b in brands for a in {b.name, *b.company_names}]
    assert len(set(own)) == len(own), aliases
    identities = [b.wikidata for b in brands if b.wikidata]
    assert len(set(identities)) == len(identities)
    assert all(i[0] == "Q" and i[1:].isdigit() for i in identities)
    assert all(b.category.count("/") == 1 for b in brands)
