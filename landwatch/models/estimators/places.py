"""Places with values and neighbours, read from a table."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from landwatch.models.estimators.neighbours import (
    Metric,
    listed_links,
    named,
    point_links,
    unit_text,
)
from landwatch.models.estimators.table import EstimationTable, complete_rows, noted
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_DRAWS: Final = 50_000_000
"""Permutations times places beyond which they are refused."""


@dataclass(frozen=True, slots=True)
class NeighbourOptions:
    """Options of spatial statistics.

    Attributes
    ----------
    x, y : str, optional
        Columns of coordinates; with haversine x is longitude and y latitude, in degrees.
    knn : int, optional
        Neighbours are the `knn` nearest places.
    distance : float, optional
        Neighbours are all places within this distance, itself included.
    metric : {"euclidean", "haversine"}
        Distance in units of the columns, or in km on a sphere of 6,371.0088 km.
    adjacency : str, optional
        Column that lists the units next to each, instead of coordinates.
    separator : str
        What stands between the units of a list; ``space`` for any white space.
    standardise : {"row", "binary"}
        Weights 1/number of neighbours, or 1.
    islands : {"exclude", "error"}
        What becomes of places without neighbours: left out of the statistic and named, or refused.
    permutations : int
        Permutations; 0 for none.
    seed : int
        Seed of permutations.
    alternative : {"two_sided", "greater", "less"}
        Side of every p-value.
    """

    x: str | None = None
    y: str | None = None
    knn: int | None = None
    distance: float | None = None
    metric: Metric = "euclidean"
    adjacency: str | None = None
    separator: str = ";"
    standardise: Literal["row", "binary"] = "row"
    islands: Literal["exclude", "error"] = "exclude"
    permutations: int = 999
    seed: int = 20190103
    alternative: Literal["two_sided", "greater", "less"] = "two_sided"


@dataclass(frozen=True, slots=True)
class SpatialSample:
    """Places with values and neighbours.

    Attributes
    ----------
    rows : DataFrame
        Rows used, in an order that does not depend on the order of the table.
    label : tuple of str
        Unit, or number of the row in the table, by place.
    values : ndarray, shape (n,)
        Outcome.
    links : csr_array, shape (n, n)
        1 where the column's place is a neighbour of the row's; zero diagonal.
    told : dict
        What was done, for notes.
    """

    rows: pd.DataFrame
    label: tuple[str, ...]
    values: "Floats"
    links: sparse.csr_array
    told: dict[str, object] = field(default_factory=dict)


def spatial_sample(table: EstimationTable, options: NeighbourOptions) -> SpatialSample:
    """Read places, values and neighbours from a table.

    Parameters
    ----------
    table : EstimationTable
        One row per place.
    options : NeighbourOptions
        Where neighbours come from.

    Returns
    -------
    SpatialSample
        Places that have neighbours.

    Raises
    ------
    StudyError
        If options contradict each other or lack something.
    InputError
        If units occur twice or columns cannot be read.
    EstimationError
        If fewer than four places remain, all are neighbours of each other, or islands are
        refused.
    """
    check_neighbour_options(table, options)
    rows, label, dropped = _ordered_rows(table, options)
    if options.adjacency:
        links, told = listed_links(label, rows[options.adjacency], options.separator)
    else:
        points = rows[[options.x, options.y]].to_numpy(dtype=float)
        links, told = point_links(
            points, knn=options.knn, distance=options.distance, metric=options.metric
        )
    keep = _with_neighbours(links)
    lonely = [label[i] for i in np.flatnonzero(~keep)]
    _check_islands(lonely, len(label), options)
    links = sparse.csr_array(links[keep][:, keep])
    if links.nnz == links.shape[0] * (links.shape[0] - 1):
        raise EstimationError(
            f"所有地點互為鄰居 all {links.shape[0]} places are neighbours of each other, so "
            "nothing can be nearer than the rest. Give a smaller knn or distance."
        )
    told |= {"mean_neighbours": f"{links.sum() / links.shape[0]:.6g}", "islands": named(lonely)}
    told |= {"symmetric": bool((links != links.T).nnz == 0), "rows_dropped_missing": dropped}
    kept = rows[keep].reset_index(drop=True)
    names = tuple(np.asarray(label, dtype=object)[keep])
    return SpatialSample(kept, names, kept[table.outcome].to_numpy(dtype=float), links, told)


def check_neighbour_options(table: EstimationTable, options: NeighbourOptions) -> None:
    """Refuse options that do not say in one way who is whose neighbour.

    Parameters
    ----------
    table : EstimationTable
        Table with roles.
    options : NeighbourOptions
        Options.

    Raises
    ------
    StudyError
        Naming what to give.
    """
    ways = [w for w in ("knn", "distance", "adjacency") if getattr(options, w) is not None]
    faults = []
    if len(ways) != 1:
        faults.append(
            "expected one of knn=K, distance=D (with x=COLUMN y=COLUMN) or adjacency=COLUMN, "
            f"found {', '.join(ways) or 'none'}"
        )
    if ways != ["adjacency"] and (options.x is None or options.y is None):
        faults.append("coordinates need x=COLUMN and y=COLUMN")
    if ways == ["adjacency"] and (table.unit is None or options.x or options.y):
        faults.append("adjacency needs --unit, and takes no x and y")
    if options.separator == "":
        faults.append("separator must not be empty")
    if options.permutations * len(table.frame) > MOST_DRAWS:
        faults.append(
            f"permutations × places must not exceed {MOST_DRAWS:,}, found "
            f"{options.permutations:,} × {len(table.frame):,}; give fewer permutations"
        )
    if options.seed < 0:
        faults.append(f"seed ≥ 0 is expected, found {options.seed}")
    if options.permutations < 0 or (options.knn or 1) < 1 or not (options.distance or 1) > 0:
        faults.append("knn ≥ 1, distance > 0 and permutations ≥ 0 are expected")
    if faults:
        raise StudyError(f"鄰居的定義不清楚 neighbours: {'; '.join(faults)}.")


def _ordered_rows(
    table: EstimationTable, options: NeighbourOptions
) -> tuple[pd.DataFrame, tuple[str, ...], int]:
    used = table
    if options.adjacency and options.adjacency in table.frame.columns:
        lists = unit_text(table.frame[options.adjacency]).fillna("")
        used = replace(table, frame=table.frame.assign(**{options.adjacency: lists}))
    place = (options.x, options.y, options.adjacency)
    numbered = replace(used, frame=used.frame.reset_index(drop=True))
    rows, dropped = complete_rows(numbered, *place, numeric=(options.x, options.y))
    if table.unit:
        label = unit_text(rows[table.unit])
        _check_single(label, table.unit)
        order = np.lexsort([label, label.str.len() if label.str.isdigit().all() else label])
    else:
        keys = [rows[table.outcome], rows[options.y], rows[options.x]]
        order = np.lexsort(keys)
        names = numbered.frame[numbered.columns(*place)].notna().all(axis=1)
        label = pd.Series((np.flatnonzero(names) + 1).astype(str))
    return rows.iloc[order].reset_index(drop=True), tuple(label.iloc[order]), dropped


def _check_single(label: pd.Series, name: str) -> None:
    twice = sorted(label[label.duplicated()].unique())
    if twice:
        raise InputError(
            f"{name}: 單位重複 expected one row per unit, found {len(twice)} units in several rows "
            f"({named(twice)}). Keep one period, or average first."
        )


def _with_neighbours(links: sparse.csr_array) -> "NDArray[np.bool_]":
    keep = np.ones(links.shape[0], dtype=bool)
    while True:
        has = np.asarray(links @ keep.astype(float)).ravel() > 0
        if (keep & has).sum() == keep.sum():
            return keep
        keep &= has


def _check_islands(lonely: list[str], places: int, options: NeighbourOptions) -> None:
    if lonely and options.islands == "error":
        raise EstimationError(
            f"孤島 {len(lonely)} places have no neighbour: {named(lonely)}. Widen the distance, "
            "use knn=, or leave them out with islands=exclude."
        )
    if places - len(lonely) < 4:
        raise EstimationError(
            f"地點不足 expected at least 4 places with neighbours, found {places - len(lonely)} of "
            f"{places}. Widen the distance or complete the lists."
        )


def weights_note(options: NeighbourOptions, told: dict[str, object]) -> str:
    """Tell weights in one line.

    Parameters
    ----------
    options : NeighbourOptions
        Options.
    told : dict
        Of the sample.

    Returns
    -------
    str
        Notes.
    """
    return noted(weights=options.standardise, **told)
