"""The most comparable earlier deals, by an index in space and time or within a section.

What comparable means is told in `landwatch.measures.likeness`.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from landwatch.measures.likeness import (
    COMPARED,
    Likeness,
    Search,
    asked_subjects,
    ranked_pairs,
)
from landwatch.vocabulary.errors import InputError

_BATCH: Final = 20_000
_SECTION_BATCH: Final = 500
_NO_DISTANCE: Final = pl.lit(0.0).alias("distance_m")

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def index_points(located: pl.DataFrame, likeness: Likeness) -> Floats:
    """Return the coordinates under which deals stand in the index.

    Parameters
    ----------
    located : polars.DataFrame
        Rows of `landwatch.measures.located_deals.located_deals`.
    likeness : Likeness
        Gives the scale of time.

    Returns
    -------
    ndarray of float64, shape (n, 3)
        Easting, northing, days × metres a day [m].
    """
    day = pl.col("day").cast(pl.Float64) * likeness.metres_per_day
    return located.select("easting_m", "northing_m", day).to_numpy().astype(np.float64)


def nearest_comparables(
    index: Any,
    pool: pl.DataFrame,
    subjects: pl.DataFrame,
    *,
    search: Search | None = None,
    likeness: Likeness | None = None,
) -> pl.DataFrame:
    """Return the most comparable earlier deals of many subjects.

    Parameters
    ----------
    index : rtree.index.Index
        Of `index_points` of `pool`, ids being its ``position``.
    pool : polars.DataFrame
        Rows of `landwatch.measures.located_deals.comparable_deals`.
    subjects : polars.DataFrame
        Rows of `located_deals`. A column ``before_day`` (days since 1970-01-01), if there is one,
        bounds the comparables further: they lie before that day too, and the search goes back from
        the earlier of the two.
    search : Search, optional
        How many, from how far.
    likeness : Likeness, optional
        Weights; ``metres_per_day`` must be that of the index.

    Returns
    -------
    polars.DataFrame
        ``subject`` (row of `subjects`), ``rank`` (1 is the most comparable), ``position``,
        ``distance_m``, ``days_before``, ``unlikeness_m``, ``ratio`` (unit price of the subject
        over that of the comparable), ordered by subject and rank. Equals (to a micrometre)
        go to the later deal, then to the lower position.

    Raises
    ------
    InputError
        If the index holds a deal that is not in the pool.
    """
    search, likeness = search or Search(), likeness or Likeness()
    asked = asked_subjects(subjects)
    return pl.concat(
        _batch_comparables(index, pool, asked[i : i + _BATCH], search, likeness).with_columns(
            pl.col("subject") + i
        )
        for i in range(0, max(subjects.height, 1), _BATCH)
    )


def section_comparables(
    pool: pl.DataFrame,
    subjects: pl.DataFrame,
    *,
    search: Search | None = None,
    likeness: Likeness | None = None,
) -> pl.DataFrame:
    """Return the most comparable earlier deals of the same section or road, without coordinates.

    Parameters
    ----------
    pool : polars.DataFrame
        Comparable rows of `landwatch.measures.located_deals.described_deals`.
    subjects : polars.DataFrame
        Rows of it; ``before_day`` as in `nearest_comparables`.
    search : Search, optional
        How many, from how far back; the radius plays no part.
    likeness : Likeness, optional
        Weights; distance in the plane counts as none.

    Returns
    -------
    polars.DataFrame
        As `nearest_comparables`, ``distance_m`` missing. Rows whose place has no name have none.
    """
    search, likeness = search or Search(), likeness or Likeness()
    places = pl.col("location_id")
    keys = ["location_id", "property_kind"]
    named = pool.filter(~places.str.ends_with(":")).select(*COMPARED, "location_id")
    asked = pl.concat(
        [subjects.select(keys), asked_subjects(subjects)], how="horizontal"
    ).with_row_index("subject")
    asked = asked.cast({"subject": pl.Int64})
    parts = []
    for i in range(0, max(asked.height, 1), _SECTION_BATCH):
        pairs = asked[i : i + _SECTION_BATCH].join(named, on=keys, how="inner")
        parts.append(ranked_pairs(pairs.with_columns(_NO_DISTANCE), search, likeness))
    return pl.concat(parts).with_columns(pl.lit(None, pl.Float64).alias("distance_m"))


def _batch_comparables(
    index: Any, pool: pl.DataFrame, asked: pl.DataFrame, search: Search, likeness: Likeness
) -> pl.DataFrame:
    subject, found = _candidates(index, pool["position"].to_numpy(), asked, search, likeness)
    parts = [pl.DataFrame({"subject": subject}), asked[subject], pool.select(COMPARED)[found]]
    pairs = pl.concat(parts, how="horizontal")
    east = pl.col("s_easting_m") - pl.col("easting_m")
    north = pl.col("s_northing_m") - pl.col("northing_m")
    apart = (east**2 + north**2).sqrt().alias("distance_m")
    return ranked_pairs(pairs.with_columns(apart), search, likeness)


def _candidates(
    index: Any, positions: Ints, asked: pl.DataFrame, search: Search, likeness: Likeness
) -> tuple[Ints, Ints]:
    """Pairs of subject and row of the pool in boxes half a day and a metre wider than wanted."""
    n, v = asked.height, likeness.metres_per_day
    if n == 0 or len(positions) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    lead = pl.col("s_before").cast(pl.Float64) * v
    centre = asked.select("s_easting_m", "s_northing_m", lead).to_numpy()
    reach = np.array([search.radius_m + 1, search.radius_m + 1, (search.days + 0.5) * v])
    ahead = np.array([search.radius_m + 1, search.radius_m + 1, -0.5 * v])
    ids, counts = index.intersection_v(centre - reach, centre + ahead)
    subject = np.repeat(np.arange(n, dtype=np.int64), counts.astype(np.int64))
    row = np.searchsorted(positions, ids).astype(np.int64)
    if row.size and (row.max() >= len(positions) or (positions[row] != ids).any()):
        raise InputError("the index holds deals that are not comparable rows of the table given.")
    return subject, row
