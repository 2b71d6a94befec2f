"""Coordinates as lists print them: text, degrees or not, in their columns or swapped."""

from typing import Final

import polars as pl

from landwatch.vocabulary.text import folded

TAIWAN_BOUNDS: Final = (114.0, 10.0, 123.0, 27.0)
"""West, south, east, north of every island under Taiwan's registers [degree WGS84]."""


def with_point(frame: pl.DataFrame) -> pl.DataFrame:
    """Interpret ``longitude`` and ``latitude``, and say how finely a row is placed.

    Parameters
    ----------
    frame : polars.DataFrame
        ``longitude, latitude`` as text or numbers, ``town_code``.

    Returns
    -------
    polars.DataFrame
        The rows with both as numbers [degree WGS84], missing where they are not a point of Taiwan;
        ``place_precision`` (``point``, ``town``, or missing); ``flags``: ``no_coordinates``,
        ``swapped_coordinates`` (never put right silently), ``bad_coordinates`` (metres, zero, other
        countries).

    Examples
    --------
    >>> frame = pl.DataFrame(
    ...     {"longitude": ["121.5", "23.9", "301234", ""], "latitude": ["25", "121", "2771234", ""],
    ...      "town_code": ["a", "a", "a", None]}
    ... )
    >>> with_point(frame).select("longitude", "place_precision", "flags").rows()[1:]
    [(None, 'town', 'swapped_coordinates'), (None, 'town', 'bad_coordinates'), (None, None, \
'no_coordinates')]
    """
    west, south, east, north = TAIWAN_BOUNDS
    numbers = frame.with_columns(
        folded(pl.col(c).cast(pl.String)).cast(pl.Float64, strict=False).alias(f"_{c}")
        for c in ("longitude", "latitude")
    )
    x, y = pl.col("_longitude"), pl.col("_latitude")
    inside = x.is_between(west, east) & y.is_between(south, north)
    inside = inside.fill_null(value=False)
    swapped = y.is_between(west, east) & x.is_between(south, north)
    flags = (
        pl.when(inside)
        .then(None)
        .when(x.is_null() & y.is_null())
        .then(pl.lit("no_coordinates"))
        .when(swapped)
        .then(pl.lit("swapped_coordinates"))
        .otherwise(pl.lit("bad_coordinates"))
    )
    precision = (
        pl.when(inside)
        .then(pl.lit("point"))
        .when(pl.col("town_code").is_not_null())
        .then(pl.lit("town"))
    )
    return numbers.with_columns(
        pl.when(inside).then(x).alias("longitude"),
        pl.when(inside).then(y).alias("latitude"),
        precision.alias("place_precision"),
        flags.alias("flags"),
    ).drop("_longitude", "_latitude")
