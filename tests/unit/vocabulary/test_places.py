"""Towns and what they were called."""

import polars as pl
import pytest

from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import embedded_places, places_from
from landwatch.vocabulary.text import place_spelling, spelled


def codes() -> dict[str, str]:
    return dict(embedded_places().by_full_name().iter_rows())


def test_every_town_of_taiwan_is_known_once() -> None:
    """368 towns in 22 counties, codes unique and of eight digits."""
    towns = embedded_places().towns
    assert towns.height == 368
    assert towns["county_code"].n_unique() == 22
    assert towns["town_code"].str.contains(r"^\d{8}$").all()


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("臺北縣土城市", "新北市土城區"),
        ("高雄縣三民鄉", "高雄市那瑪夏區"),
        ("高雄市三民區", "高雄市三民區"),
        ("彰化縣員林鎮", "彰化縣員林市"),
        ("台東縣台東市", "臺東縣臺東市"),
        ("桃園縣楊梅市", "桃園市楊梅區"),
        ("臺南市中區", "臺南市中西區"),
        ("苗栗縣通宵鎮", "苗栗縣通霄鎮"),
    ],
)
def test_past_and_variant_names_lead_to_the_town_of_today(then: str, now: str) -> None:
    """Mergers, renamings and 台/臺 are understood; 三民鄉 is not taken for 三民區."""
    assert codes()[spelled(then)] == codes()[spelled(now)]


def test_repeated_codes_are_refused() -> None:
    """A table of towns with a code twice is not a table of towns."""
    towns = embedded_places().towns
    with pytest.raises(InputError, match="must be unique"):
        places_from(pl.concat([towns, towns.head(1)]))


def test_spelling_is_the_same_for_frames_and_for_single_names() -> None:
    """`place_spelling` and `spelled` agree on every name and on width variants."""
    names = [*embedded_places().towns["town_name"], "台東巿", "３９號", " 台西鄉 "]
    series = pl.DataFrame({"n": names}).select(place_spelling(pl.col("n"))).to_series()
    assert series.to_list() == [spelled(n) for n in names]
