"""Averages of group-time effects, with the influence of estimated shares."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landwatch.models.estimators.adoption import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from landwatch.models.estimators.group_time import Cells

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Average:
    """One average of group-time effects.

    Attributes
    ----------
    term : str
        Name.
    effect : float
        Average.
    influence : ndarray, shape (n,)
        Influence of every unit.
    rows : int
        Rows behind a cell; 0 for averages of cells, which share rows.
    """

    term: str
    effect: float
    influence: "Floats"
    rows: int = 0


def averages(
    cells: "Cells", first: "Floats", size: "Floats", *, balance: int | None = None
) -> list[Average]:
    """Average group-time effects over everything, groups, event periods and calendar periods.

    Parameters
    ----------
    cells : Cells
        Group-time effects.
    first, size : ndarray, shape (n,)
        First treated period and weight of every unit; groups weigh by the sum of sizes.
    balance : int, optional
        Event periods only of groups observed that long after treatment, none later than it.

    Returns
    -------
    list of Average
        ``simple``; ``group`` and each group; ``event`` and each period since treatment;
        ``calendar`` and each period. Overall ``group`` weighs groups by size; overall ``event``
        (periods from 0 on) and ``calendar`` weigh periods equally.

    References
    ----------
    Callaway and Sant'Anna (2021), section 3; aggregation of the package did for R.
    """
    pool = _Pool(cells, first, size)
    since = cells.period - cells.group
    after = since >= 0
    if not after.any():
        return [_named(pool.average(since == k, k), "event", float(k)) for k in np.unique(since)]
    groups = [
        _named(pool.average(after & (cells.group == g), g), "group", float(g))
        for g in np.unique(cells.group[after])
    ]
    events, calendar = (
        list(_events(pool, since, balance)),
        [
            _named(pool.average(after & (cells.period == t), t), "calendar", float(t))
            for t in np.unique(cells.period[after])
        ],
    )
    later = [e for e in events if not e.term.startswith("event=-")]
    return [
        pool.average(after, "simple"),
        pool.over_groups(groups, np.unique(cells.group[after])),
        *groups,
        *([_mean("event", later)] if later else []),
        *events,
        _mean("calendar", calendar),
        *calendar,
    ]


def _named(average: Average, kind: str, value: float) -> Average:
    return Average(f"{kind}={short(value)}", average.effect, average.influence)


def _mean(term: str, parts: list[Average]) -> Average:
    effect = float(np.mean([p.effect for p in parts]))
    influence = np.mean([p.influence for p in parts], axis=0)
    return Average(term, effect, influence)


def _events(pool: "_Pool", since: "Floats", balance: int | None) -> "Iterator[Average]":
    cells = pool.cells
    keep = np.ones(len(since), dtype=bool)
    if balance is not None:
        last, start = cells.period.max(), cells.period.min()
        keep = (last - cells.group >= balance) & (since <= balance)
        keep &= since >= balance - last + min(start, pool.start)
    for k in np.unique(since[keep]):
        yield _named(pool.average(keep & (since == k), k), "event", float(k))


class _Pool:
    """Weighted averages of cells; weights are group sizes, themselves estimated."""

    def __init__(self, cells: "Cells", first: "Floats", size: "Floats") -> None:
        self.cells = cells
        self.start = float(cells.period.min())
        member = first[:, None] == cells.group
        self.member = size[:, None] * member
        self.share = self.member.mean(axis=0)

    def average(self, keep: "Flags", term: object) -> Average:
        share, effect = self.share[keep], self.cells.effect[keep]
        influence = self.cells.influence[:, keep] @ (share / share.sum())
        influence = influence + _share_influence(self.member[:, keep], share) @ effect
        mean = float(share @ effect / share.sum())
        return Average(str(term), mean, influence)

    def over_groups(self, groups: list[Average], starts: "Floats") -> Average:
        at = [int(np.flatnonzero(self.cells.group == g)[0]) for g in starts]
        share, effect = self.share[at], np.array([g.effect for g in groups])
        influence = np.column_stack([g.influence for g in groups]) @ (share / share.sum())
        influence = influence + _share_influence(self.member[:, at], share) @ effect
        return Average("group", float(share @ effect / share.sum()), influence)


def _share_influence(member: "Floats", share: "Floats") -> "Floats":
    """Influence of every unit on normalised group shares."""
    error, total = member - share, share.sum()
    return np.asarray(error / total - np.outer(error.sum(axis=1), share) / total**2)
