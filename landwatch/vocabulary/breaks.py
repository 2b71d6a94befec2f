"""Years in which a published figure is known to say something else than its name."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class KnownBreak:
    """Years of a figure that comparisons must not use.

    Attributes
    ----------
    figure : str
        Name of the outcome.
    years : tuple of int
        Calendar years whose change is not counted.
    reason : str
        Why, in one sentence.
    source : str
        Where this is laid down or seen.
    """

    figure: str
    years: tuple[int, ...]
    reason: str
    source: str


LOCAL_ELECTION_YEARS: Final = (2014, 2018, 2022)
"""Years of the combined local elections (held in late November)."""

KNOWN_BREAKS: Final = (
    KnownBreak(
        figure="population",
        years=tuple(y + after for y in LOCAL_ELECTION_YEARS for after in (0, 1)),
        reason="people move their registration in time to vote (four months before the day) and "
        "back afterwards; in small towns this is larger than any true change",
        source="公職人員選舉罷免法 §15; monthly 人口數 of 豐濱鄉: "
        "4,374 in 2018-01, 4,824 in 2018-07, 4,376 in 2020-12",
    ),
)


def broken_years(figure: str) -> tuple[int, ...]:
    """Return the years of a figure whose change must not be compared.

    Parameters
    ----------
    figure : str
        Name of the outcome.

    Returns
    -------
    tuple of int
        Years in order; empty where none is known.

    Examples
    --------
    >>> broken_years("population")
    (2014, 2015, 2018, 2019, 2022, 2023)
    >>> broken_years("income")
    ()
    """
    return tuple(sorted(y for b in KNOWN_BREAKS if b.figure == figure for y in b.years))
