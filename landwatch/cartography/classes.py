"""Class breaks: round, and symmetrical about zero where the map shows change."""

import math

import mapclassify
import numpy as np
from numpy.typing import NDArray

from landwatch.cartography.numbers import round_text
from landwatch.cartography.palette import DIVERGING, SEQUENTIAL
from landwatch.vocabulary.errors import InputError

_FALLBACK = (2.0, 5.0, 10.0)


def symmetrical_breaks(percent: NDArray[np.float64]) -> tuple[float, ...]:
    """Breaks that put zero in the middle of the middle class.

    Parameters
    ----------
    percent : ndarray, shape (n,)
        Changes [%]; missing values are left out.

    Returns
    -------
    tuple of float
        Six ascending breaks ``(-c, -b, -a, a, b, c)`` [%], for seven classes.

    Raises
    ------
    InputError
        If a change is infinite.

    Notes
    -----
    ``a, b, c`` are the quartiles of the distinct *sizes* of change (`mapclassify.Quantiles` with
    four classes), rounded up to 1, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten. Quartiles of
    the size keep the two sides comparable: the same colour strength is the same size of change.
    With fewer than four different sizes the breaks are 2, 5 and 10 %.
    """
    values = np.asarray(percent, dtype=np.float64)
    if np.isinf(values).any():
        raise InputError("class breaks need finite changes, found an infinite one")
    sizes = np.unique(np.abs(values[~np.isnan(values)]).round(6))
    sizes = sizes[sizes > 0]
    if sizes.size < 4:
        steps: tuple[float, ...] = _FALLBACK
    else:
        quartiles = mapclassify.Quantiles(sizes, k=4).bins[:3]
        steps = _strictly_rising([_round_up(float(value)) for value in quartiles])
    return (*(-step for step in reversed(steps)), *steps)


def class_colours(percent: NDArray[np.float64], breaks: tuple[float, ...]) -> list[str]:
    """Colour of every change.

    Parameters
    ----------
    percent : ndarray, shape (n,)
        Changes [%], all finite.
    breaks : tuple of float
        Six breaks as `symmetrical_breaks` gives them [%].

    Returns
    -------
    list of str
        ``#rrggbb``; a change equal to a break takes the class nearer zero.
    """
    values = np.asarray(percent, dtype=np.float64)
    edges = np.asarray(breaks)
    outward = np.where(
        values < 0, np.searchsorted(edges, values, side="right"), np.searchsorted(edges, values)
    )
    return [DIVERGING[index] for index in outward]


def sequential_breaks(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Breaks of a quantity that is not a change.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite numbers.

    Returns
    -------
    tuple of float
        Ascending breaks: zero, where some number is not above it, so that none is a class of its
        own; then four, the quintiles of the distinct positive numbers (`mapclassify.Quantiles`),
        rounded to as few digits, from two on, as keep them apart. With fewer than five different
        positive numbers these are fifths of the largest, rounded up; without any 1, 2, 5 and 10.

    Raises
    ------
    InputError
        If a number is not finite.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise InputError("classes of a quantity need finite numbers, found others")
    zero = (0.0,) if (numbers <= 0).any() else ()
    positive = np.unique(numbers[numbers > 0].round(9))
    if positive.size == 0:
        return (*zero, 1.0, 2.0, 5.0, 10.0)
    if positive.size < 5:
        top = _round_up(float(positive[-1]))
        return (*zero, *(float(f"{top * part:.3g}") for part in (0.2, 0.4, 0.6, 0.8)))
    quintiles = mapclassify.Quantiles(positive, k=5).bins[:4]
    return (*zero, *_apart([float(value) for value in quintiles]))


def sequential_scale(breaks: tuple[float, ...]) -> tuple[str, ...]:
    """Colours of the classes of a quantity.

    Parameters
    ----------
    breaks : tuple of float
        As `sequential_breaks` gives them.

    Returns
    -------
    tuple of str
        One more colour than breaks; the class of zero, where there is one, is white.
    """
    return SEQUENTIAL[-len(breaks) - 1 :]


def sequential_colours(values: NDArray[np.float64], breaks: tuple[float, ...]) -> list[str]:
    """Colour of every number of a quantity.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite numbers.
    breaks : tuple of float
        As `sequential_breaks` gives them.

    Returns
    -------
    list of str
        ``#rrggbb``; a number equal to a break takes the lower class.
    """
    classes = np.searchsorted(np.asarray(breaks), np.asarray(values, dtype=np.float64))
    return [sequential_scale(breaks)[index] for index in classes]


def plain_labels(breaks: tuple[float, ...], *, signed: bool) -> list[str]:
    """Breaks as the legend of a quantity writes them.

    Parameters
    ----------
    breaks : tuple of float
        Breaks.
    signed : bool
        Write a plus sign before positive numbers.

    Returns
    -------
    list of str
        Every digit the break has.
    """
    labels = [round_text(value) for value in breaks]
    return labels if signed else [label.lstrip("+") for label in labels]


def break_labels(breaks: tuple[float, ...]) -> list[str]:
    """Breaks as the legend writes them, without the unit.

    Parameters
    ----------
    breaks : tuple of float
        Breaks [%].

    Returns
    -------
    list of str
        Such as ``−5``, ``+2.5``.
    """
    return [round_text(value) for value in breaks]


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if value <= step * power * (1 + 1e-12):
            return float(f"{step * power:.3g}")
    return float(f"{10 * power:.3g}")


def _apart(values: list[float]) -> tuple[float, ...]:
    """Round rising numbers to as few significant digits, from two on, as keep them apart."""
    for digits in range(2, 17):
        rounded = [float(f"{value:.{digits}g}") for value in values]
        if len(set(rounded)) == len(values):
            return tuple(rounded)
    return tuple(values)


def _strictly_rising(steps: list[float]) -> tuple[float, ...]:
    rising = [steps[0]]
    for step in steps[1:]:
        rising.append(step if step > rising[-1] else _round_up(rising[-1] * 1.01))
    return tuple(rising)
