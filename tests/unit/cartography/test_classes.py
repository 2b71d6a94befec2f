"""Class breaks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from landwatch.cartography.classes import break_labels, class_colours, symmetrical_breaks
from landwatch.cartography.palette import DIVERGING
from landwatch.vocabulary.errors import InputError


@given(hnp.arrays(np.float64, st.integers(0, 60), elements=st.floats(-400, 400)))
def test_breaks_are_symmetrical_and_rise(percent: np.ndarray) -> None:
    """Six strictly rising breaks, each with its mirror image."""
    breaks = symmetrical_breaks(percent)
    assert len(breaks) == 6
    assert list(breaks) == sorted(set(breaks))
    assert breaks == tuple(-value for value in reversed(breaks))


def test_breaks_of_known_changes() -> None:
    """Quartiles of the sizes 1 to 20 are 5.75, 10.5, 15.25; rounded up 6, 15, 20."""
    sizes = np.arange(1.0, 21.0)
    assert symmetrical_breaks(sizes)[3:] == (6.0, 15.0, 20.0)
    assert symmetrical_breaks(-sizes) == symmetrical_breaks(sizes)


def test_few_changes_take_the_stated_breaks() -> None:
    """With fewer than four sizes the breaks are 2, 5 and 10 %."""
    assert symmetrical_breaks(np.array([1.0, -1.0, np.nan])) == (-10, -5, -2, 2, 5, 10)


def test_infinite_change_is_refused() -> None:
    """No class can hold an infinite change."""
    with pytest.raises(InputError, match="infinite"):
        symmetrical_breaks(np.array([1.0, np.inf]))


def test_colours_mirror_and_a_break_belongs_towards_zero() -> None:
    """Opposite changes take opposite colours; zero takes the middle."""
    breaks = (-10.0, -5.0, -2.0, 2.0, 5.0, 10.0)
    values = np.array([-11.0, -10.0, -2.0, 0.0, 2.0, 10.0, 11.0])
    colours = class_colours(values, breaks)
    places = [DIVERGING.index(colour) for colour in colours]
    assert places == [0, 1, 3, 3, 3, 5, 6]
    assert places == [6 - place for place in reversed(places)]


def test_labels_have_signs() -> None:
    """The legend writes a true minus and no needless decimals."""
    assert break_labels((-2.5, 5.0)) == ["−2.5", "+5"]
    assert break_labels((-0.25, 0.15, 1500.0)) == ["−0.25", "+0.15", "+1,500"]
