"""Sentences say what the numbers say."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.cartography.sentences import (
    Estimate,
    effect_sentence,
    mde_text,
    reading,
    status_reason,
    verdict_sentence,
)
from landwatch.vocabulary.errors import InputError

LABEL = ("土地單價", "land price")
logs = st.floats(-1.5, 1.5)


def _estimate(value: float, low: float, high: float, q: float = 0.01, mde: float = 0.1) -> Estimate:
    return Estimate(value, low, high, q, mde, "estimated")


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        (_estimate(0.2, 0.1, 0.3), "higher"),
        (_estimate(-0.2, -0.3, -0.1), "lower"),
        (_estimate(0.2, 0.1, 0.3, q=0.2), "weak_higher"),
        (_estimate(-0.2, -0.3, -0.1, q=math.nan), "weak_lower"),
        (_estimate(0.0, -0.1, 0.1), "unclear"),
        (_estimate(0.1, 0.0, 0.2), "unclear"),
        (_estimate(0.5, 0.1, 0.3), "inconsistent"),
        (Estimate(*[math.nan] * 5, "insufficient_data: why"), "insufficient"),
    ],
)
def test_reading_of_known_cases(estimate: Estimate, expected: str) -> None:
    """Each combination of interval and q-value has one reading."""
    assert reading(estimate, 0.05) == expected


def test_an_estimate_without_numbers_is_refused() -> None:
    """Status 'estimated' with a missing number is an error, as is an unknown status."""
    for status in ("estimated", "done"):
        with pytest.raises(InputError, match="status"):
            reading(Estimate(math.nan, 0.1, 0.2, 0.1, 0.1, status), 0.05)


@given(st.tuples(logs, logs, logs), st.floats(0, 1), st.floats(0, 1))
def test_sentence_never_contradicts_its_numbers(
    numbers: tuple[float, float, float], q_value: float, mde: float
) -> None:
    """Direction, size, interval and flag in both languages agree with the numbers."""
    low, value, high = sorted(numbers)
    zh, en = effect_sentence(_estimate(value, low, high, q_value, mde), LABEL, fdr=0.05, level=0.95)
    covers = low <= 0 <= high
    assert ("含零" in zh, "covers zero" in en) == (covers, covers)
    assert ("高約" in zh, "higher than" in en) == (not covers and value > 0,) * 2
    assert ("低約" in zh, "lower than the controls" in en) == (not covers and value < 0,) * 2
    flagged = not covers and q_value <= 0.05
    assert ("仍可標示" in zh, "stays flagged" in en) == (flagged, flagged)
    assert ("只看得出超過" in zh, "could only have shown" in en) == (covers, covers)
    assert re.findall(r"[+−]?\d[\d.,]*%", zh) == re.findall(r"[+−]?\d[\d.,]*%", en)


def test_known_sentences() -> None:
    """A clear rise and an unclear change, word for word."""
    zh, en = effect_sentence(_estimate(0.2, 0.1, 0.3, 0.012), LABEL, fdr=0.05, level=0.95)
    assert zh == (
        "起始日之後，土地單價比對照地區的走勢高約 22.1%（95% 區間 +10.5% 至 +35.0%）。"
        "經多重檢定校正後仍可標示（q 值 0.012）。這與確有變化相符，但單憑此數不能證明原因。"
    )
    assert "consistent with a real change; alone it proves no cause" in en
    zh, en = effect_sentence(_estimate(0.0, -0.1, 0.1, 0.9, 0.2), LABEL, fdr=0.05, level=0.95)
    assert "只看得出超過 +22.1% 或 −18.1% 的變化" in zh
    assert "could only have shown changes larger than +22.1% or −18.1%" in en


@given(st.tuples(logs, logs, logs), st.floats(0, 1))
def test_yearly_numbers_are_called_yearly(numbers: tuple[float, float, float], q: float) -> None:
    """A difference of growth says per year in both languages; a difference of levels never does."""
    low, value, high = sorted(numbers)
    for yearly in (True, False):
        estimate = Estimate(value, low, high, q, 0.1, "estimated", yearly)
        zh, en = effect_sentence(estimate, ("人口", "population"), fdr=0.05, level=0.95)
        assert ("每年" in zh, "year" in en) == (yearly, yearly)


def test_low_q_with_an_interval_over_zero_claims_nothing() -> None:
    """When q-value and interval disagree the sentence says so."""
    zh, en = effect_sentence(_estimate(0.1, -0.1, 0.3, 0.001), LABEL, fdr=0.05, level=0.95)
    assert "與區間不一致，因此不標示" in zh
    assert "nothing is claimed" in en


def test_inconsistent_numbers_are_called_so() -> None:
    """An estimate outside its own interval is not interpreted."""
    zh, en = effect_sentence(_estimate(0.5, 0.1, 0.3), LABEL, fdr=0.05, level=0.9)
    assert "90% 區間" in zh
    assert "should not be used" in en


def test_reasons_and_detectable_changes() -> None:
    """A reason is passed on as it is; a missing one is said to be missing."""
    assert status_reason("insufficient_data: {{7*7}}") == ("{{7*7}}", "{{7*7}}")
    assert status_reason("insufficient_data")[0] == "結果表未寫明原因"
    assert mde_text(math.nan) is None
    zh, _ = effect_sentence(
        Estimate(*[math.nan] * 5, "insufficient_data: 3 筆"), LABEL, fdr=0.05, level=0.95
    )
    assert zh == "土地單價：資料不足，未估計。原因：3 筆"


def test_verdict_sentences_are_cautious() -> None:
    """Flags are 疑似 or 'consistent with'; an unknown verdict is an error."""
    assert verdict_sentence("price_rise", "weak")[0].startswith("疑似")
    assert verdict_sentence("both", "strong")[1].startswith("Consistent with")
    assert "不等於沒有變化" in verdict_sentence("no_change", "")[0]
    with pytest.raises(InputError, match="expected a verdict of"):
        verdict_sentence("gentrified", "")
