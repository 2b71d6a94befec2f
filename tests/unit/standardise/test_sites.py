"""Facts of `landwatch.standardise.sites`."""

import polars as pl
import pytest

from landwatch.standardise.sites import separate_words, with_town
from landwatch.vocabulary.places import embedded_places


def placed(*texts: str) -> pl.DataFrame:
    return with_town(pl.DataFrame({"t": texts}), pl.col("t"), embedded_places())


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


def test_dirty_lists_keep_every_word_once() -> None:
    """Blanks, line breaks and repeats go; nan is nothing; no word is changed."""
    frame = pl.DataFrame({"z": ["特定農業區、鄉村區", "農牧用地\n農牧用地", "nan", "", None]})
    words = frame.select(separate_words(pl.col("z"))).to_series().to_list()
    assert words == ["特定農業區;鄉村區", "農牧用地", None, None, None]
