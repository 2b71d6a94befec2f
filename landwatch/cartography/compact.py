"""Texts and rings in little room, undone in the page by a few lines.

Sentences differ mostly in their numbers. Each pair of texts is stored as a place in a list of
templates plus its numbers; equal pairs are stored once. Rings become printable text in the manner
of encoded polylines.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NUMBER = re.compile(r"[+−]?\d[\d,]*(?:\.\d+)?%?")
GAP = "\x01"


def compact_texts(value: Any, templates: dict[tuple[str, str], int]) -> Any:
    """Replace every pair of texts by its place in a list of templates.

    Parameters
    ----------
    value : Any
        Mappings, lists and plain values; a text in two languages is a *tuple* of two strings.
    templates : dict
        Templates so far, grows in order of appearance.

    Returns
    -------
    Any
        The same structure; a pair becomes an int, or ``{"n": numbers, "t": int}`` when its numbers
        were taken out (both languages must hold the same numbers in the same order).
    """
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(v, str) for v in value):
        return _compact_pair(value[0], value[1], templates)
    if isinstance(value, Mapping):
        return {key: compact_texts(item, templates) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [compact_texts(item, templates) for item in value]
    return value


def expand_text(value: int | Mapping[str, Any], templates: Sequence[tuple[str, str]]) -> Any:
    """Undo `compact_texts` for one text; the page does the same.

    Parameters
    ----------
    value : int or Mapping
        What a pair became.
    templates : sequence of (str, str)
        Templates in order.

    Returns
    -------
    tuple of (str, str)
        The pair.
    """
    if isinstance(value, int):
        return templates[value]
    return tuple(_join(text, value["n"]) for text in templates[value["t"]])


def encode_ring(steps: Sequence[int]) -> str:
    """Write whole numbers as printable text, five bits to a character.

    Parameters
    ----------
    steps : sequence of int
        ``[x0, y0, dx1, dy1, …]``.

    Returns
    -------
    str
        Characters from ``?`` to ``~``.

    Examples
    --------
    >>> encode_ring([-17998321])
    '`~oia@'
    """
    return "".join(_encode(step) for step in steps)


def _compact_pair(zh: str, en: str, templates: dict[tuple[str, str], int]) -> Any:
    numbers = _NUMBER.findall(zh)
    plain = not numbers or numbers != _NUMBER.findall(en) or GAP in zh + en
    pair = (zh, en) if plain else (_NUMBER.sub(GAP, zh), _NUMBER.sub(GAP, en))
    place = templates.setdefault(pair, len(templates))
    return place if plain else {"n": numbers, "t": place}


def _join(template: str, numbers: Sequence[str]) -> str:
    pieces = template.split(GAP)
    return "".join(piece + number for piece, number in zip(pieces, [*numbers, ""], strict=True))


def _encode(step: int) -> str:
    rest = ~(step << 1) if step < 0 else step << 1
    letters = []
    while rest >= 0x20:
        letters.append(chr((0x20 | (rest & 0x1F)) + 63))
        rest >>= 5
    letters.append(chr(rest + 63))
    return "".join(letters)
