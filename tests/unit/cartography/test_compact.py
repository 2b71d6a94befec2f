"""Compact texts and rings can be undone."""

import json

from hypothesis import given
from hypothesis import strategies as st

from landwatch.cartography.compact import compact_texts, encode_ring, expand_text

texts = st.text(alphabet="ab臺 +−%,.0123456789<{}$\x01\\", max_size=30)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=8))
def test_every_pair_comes_back(pairs: list[tuple[str, str]]) -> None:
    """Expanding what was compacted gives the same pairs."""
    templates: dict[tuple[str, str], int] = {}
    packed = json.loads(json.dumps(compact_texts(pairs, templates)))
    assert [expand_text(item, list(templates)) for item in packed] == pairs


def test_equal_sentences_share_a_template() -> None:
    """Sentences that differ in their numbers are stored once."""
    templates: dict[tuple[str, str], int] = {}
    pairs = [(f"高約 {n}.5%", f"{n}.5% higher") for n in range(50)]
    packed = compact_texts({"notes": pairs, "plain": "1", "n": None}, templates)
    assert len(templates) == 1
    assert packed["notes"][3] == {"n": ["3.5%"], "t": 0}
    assert (packed["plain"], packed["n"]) == ("1", None)


def _decode(text: str) -> list[int]:
    values, value, shift = [], 0, 0
    for letter in text:
        bits = ord(letter) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    return values


@given(st.lists(st.integers(-2_000_000, 2_000_000)))
def test_rings_come_back(steps: list[int]) -> None:
    """Decoding an encoded ring gives the same numbers, in harmless letters."""
    text = encode_ring(steps)
    assert _decode(text) == steps
    assert not set(text) & set("<>&\"'")
