"""Descriptive layers: classes, signs of what is not shown, numbers as they are read."""

import numpy as np
import pandas as pd
import pytest

from landwatch.cartography.catalogue import CATALOGUE
from landwatch.cartography.classes import (
    sequential_breaks,
    sequential_colours,
    sequential_scale,
)
from landwatch.cartography.figure_layer import figure_layer, period_text
from landwatch.cartography.figure_styles import FIGURE_PAGES, FIGURE_STYLES, FigureStyle
from landwatch.cartography.palette import HATCH, LAND, SEQUENTIAL, SIGNS
from landwatch.vocabulary.errors import InputError

STYLE = FigureStyle(("題", "title"), ("元", "NTD"), ("註", "note"))
SHARE = FigureStyle(("題", "title"), ("%", "%"), ("註", "note"), "diverging", 100.0, 1)


def rows(values: list[float], statuses: list[str]) -> pd.DataFrame:
    ids = [f"t{i}" for i in range(len(values))]
    return pd.DataFrame(
        {"zone_id": ids, "period": "2021", "value": values, "n_rows": 9, "status": statuses}
    )


def test_unknown_suppressed_and_zero_are_three_things() -> None:
    """Missing data are grey, too few rows are hatched, zero is a number and white."""
    table = rows([0.0, np.nan, np.nan, 5.0], ["shown", "suppressed", "no_data", "shown"])
    layer = figure_layer(table, STYLE, "x", {"t3"})
    zones = layer["zones"]
    assert [zones[f"t{i}"]["fill"] for i in range(3)] == ["#ffffff", HATCH, LAND]
    assert [zones[f"t{i}"]["sign"] for i in range(4)] == ["town", "suppressed", "no_data", "zone"]
    assert zones["t0"]["cells"][0] == "0"
    assert zones["t2"]["cells"][0] == CATALOGUE["sign_no_data"]
    assert {item["sign"] for item in layer["legend"]["items"]} == {
        zone["sign"] for zone in zones.values()
    }


def test_change_is_signed_and_centred_on_zero() -> None:
    """Equal sizes of change up and down take mirrored classes; shares are shown in per cent."""
    table = rows([-0.2, -0.1, 0.0, 0.1, 0.2], ["shown"] * 5)
    layer = figure_layer(table, SHARE, "x", set())
    fills = [layer["zones"][f"t{i}"]["fill"] for i in range(5)]
    colours = layer["legend"]["colours"]
    places = [colours.index(fill) for fill in fills]
    assert [p - 3 for p in places] == [-(p - 3) for p in reversed(places)]
    assert layer["zones"]["t4"]["cells"][0] == "+20.0"


@pytest.mark.parametrize("values", [[1, 2, 3, 4, 5, 60], [0.001] * 3, [7.0], []])
def test_breaks_rise_and_every_number_has_a_class(values: list[float]) -> None:
    """Four rising breaks, whatever the numbers; the largest is in the last class or below."""
    numbers = np.asarray(values, dtype=float)
    breaks = sequential_breaks(numbers)
    assert list(breaks) == sorted(set(breaks))
    assert len(breaks) == 4
    assert set(sequential_colours(numbers, breaks)) <= set(SEQUENTIAL)


def test_few_different_numbers_are_still_told_apart() -> None:
    """Three shares of one map do not all fall into the last class."""
    numbers = np.array([40.0, 20.0, 60.0])
    assert len(set(sequential_colours(numbers, sequential_breaks(numbers)))) == 3


def test_none_has_a_class_of_its_own() -> None:
    """Zero is white and one is not; a scale that never reaches zero has no white class."""
    numbers = np.array([-0.5, 0, 1, 2, 3, 4, 5, 60])
    breaks = sequential_breaks(numbers)
    colours = sequential_colours(numbers, breaks)
    assert colours[:2] == ["#ffffff"] * 2
    assert "#ffffff" not in colours[2:]
    assert len(sequential_scale(breaks)) == 6
    assert "#ffffff" not in sequential_scale(sequential_breaks(numbers[2:]))


def test_an_infinite_quantity_is_refused() -> None:
    """A number without end is a fault of the figure, not a colour."""
    with pytest.raises(InputError, match="finite"):
        sequential_breaks(np.array([np.inf, 2.0]))


def test_periods_that_are_no_time_are_said_in_words() -> None:
    """Readers see words for all years and undated sources; a year stays as it is."""
    assert period_text("2021-03") == "2021-03"
    assert period_text("all") == CATALOGUE["period_all"]
    assert period_text("") == CATALOGUE["period_none"]


def test_every_page_has_a_name_and_every_figure_a_style() -> None:
    """A page of descriptive maps shows only figures with words, and is named in the catalogue."""
    for page, figures in FIGURE_PAGES.items():
        assert {f"page_{page}", f"lead_{page}"} <= CATALOGUE.keys()
        assert set(figures) <= FIGURE_STYLES.keys()
    shown = [f for figures in FIGURE_PAGES.values() for f in figures]
    assert sorted(shown) == sorted(FIGURE_STYLES)
    assert {"zone", "town", "suppressed", "no_data"} <= SIGNS.keys()
