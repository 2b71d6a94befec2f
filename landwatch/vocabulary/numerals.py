"""Chinese numerals as buildings count their storeys."""

from typing import Final

_DIGITS: Final = "一二三四五六七八九"


def _numeral(number: int) -> str:
    tens, units = divmod(number, 10)
    head = "" if tens == 0 else ("" if tens == 1 else _DIGITS[tens - 1]) + "十"
    return head + ("" if units == 0 else _DIGITS[units - 1])


STOREYS: Final[dict[str, int]] = {f"{_numeral(n)}層": n for n in range(1, 100)} | {
    str(n): n for n in range(1, 100)
}
"""``三層``, ``二十三層`` and ``23`` to the number of storeys."""
