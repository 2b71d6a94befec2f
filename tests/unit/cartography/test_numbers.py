"""Numbers as readers see them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.cartography.numbers import count_text, percent_change, percent_text, q_text
from landwatch.vocabulary.errors import InputError


def test_percent_change_of_known_logarithms() -> None:
    """log 2 is +100 %, log ½ is −50 %."""
    assert percent_change(math.log(2)) == pytest.approx(100, rel=1e-14)
    assert percent_change(-math.log(2)) == pytest.approx(-50, rel=1e-14)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 21.0])
def test_percent_change_refuses_what_is_no_change(value: float) -> None:
    """Infinite, missing and absurd numbers are errors."""
    with pytest.raises(InputError, match="finite difference"):
        percent_change(value)


@given(st.floats(-1e6, 1e6))
def test_a_change_never_reads_as_zero_or_as_the_other_sign(value: float) -> None:
    """The written number is zero only for zero, and has the sign of the number."""
    text = percent_text(value)
    shown = float(text.replace("−", "-").replace(",", "").rstrip("%"))
    assert (shown > 0, shown < 0) == (value > 0, value < 0)


@given(st.floats(0, 1), st.sampled_from([0.01, 0.05, 0.1]))
def test_a_q_value_stays_on_its_side_of_the_rate(q_value: float, fdr: float) -> None:
    """Reading the written q-value leads to the same decision."""
    text = q_text(q_value, fdr)
    shown = 0.0005 if text.startswith("<") else float(text)
    assert (shown <= fdr) == (q_value <= fdr)


def test_missing_numbers_are_empty() -> None:
    """No q-value and no count leave the place empty."""
    assert (q_text(math.nan, 0.05), count_text(math.nan), count_text(1204)) == ("", "", "1,204")
