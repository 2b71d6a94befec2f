"""Who is at risk when an event happens: by stratum, after entry, with ties by Efron or Breslow."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ties = Literal["efron", "breslow"]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Who is at risk when an event happens, as positions in sorted keys.

    Attributes
    ----------
    n_rows : int
        Rows.
    event_row : ndarray of int, shape (d,)
        Rows that end by event, in order of stratum and time.
    moment : ndarray of int, shape (d,)
        Moment (distinct stratum and time of events) of each.
    step : ndarray of float, shape (d,)
        Share of the tied events taken out of the risk set: 0, 1/m, … (Efron) or 0 (Breslow).
    mean_weight : ndarray of float, shape (d,)
        Mean weight of the events of the moment.
    exit_order, entry_order : ndarray of int, shape (n,)
        Rows by stratum and time.
    exit_from, exit_to, entry_from, entry_to : ndarray of int, shape (k,)
        For each moment, the part of these orders with exit, or entry, at or after it.
    first, last : ndarray of int, shape (n,)
        For each row, the moments it is at risk at (from `first` up to and without `last`).
    """

    n_rows: int
    event_row: Ints
    moment: Ints
    step: Floats
    mean_weight: Floats
    exit_order: Ints
    entry_order: Ints
    exit_from: Ints
    exit_to: Ints
    entry_from: Ints
    entry_to: Ints
    first: Ints
    last: Ints

    def over_risk(self, values: Floats) -> Floats:
        """Sum values of rows over the risk set of every moment.

        Parameters
        ----------
        values : ndarray, shape (n,) or (n, p)
            Values by row.

        Returns
        -------
        ndarray, shape (k,) or (k, p)
            Sums by moment.
        """
        left, entered = _sums(values[self.exit_order]), _sums(values[self.entry_order])
        out = left[self.exit_to] - left[self.exit_from]
        return np.asarray(out - (entered[self.entry_to] - entered[self.entry_from]))

    def over_exposure(self, by_event: Floats) -> Floats:
        """Sum values of events over the moments every row is at risk at.

        Parameters
        ----------
        by_event : ndarray, shape (d,) or (d, p)
            Values by event.

        Returns
        -------
        ndarray, shape (n,) or (n, p)
            Sums by row; of the moment a row itself ends by event, only the part of the steps in
            which it is still counted (Efron).
        """
        whole = _sums(self.by_moment(by_event))
        out = np.asarray(whole[self.last] - whole[self.first])
        part = self.by_moment((by_event.T * self.step).T)
        out[self.event_row] -= part[self.moment]
        return out

    def by_moment(self, by_event: Floats) -> Floats:
        """Sum values of events by moment.

        Parameters
        ----------
        by_event : ndarray, shape (d,) or (d, p)
            Values by event.

        Returns
        -------
        ndarray, shape (k,) or (k, p)
            Sums.
        """
        out = np.zeros((len(self.exit_from), *by_event.shape[1:]))
        np.add.at(out, self.moment, by_event)
        return out


def _sums(values: Floats) -> Floats:
    return np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])


def risk_sets(
    entry: Floats,
    exit_: Floats,
    event: NDArray[np.bool_],
    stratum: Ints,
    weight: Floats,
    ties: Ties,
) -> RiskSets:
    """Order rows by stratum and time, once for all iterations.

    Parameters
    ----------
    entry, exit_ : ndarray, shape (n,)
        Rows are at risk after entry, up to exit.
    event : ndarray of bool, shape (n,)
        Ended by event.
    stratum : ndarray of int, shape (n,)
        Strata 0, 1, …
    weight : ndarray, shape (n,)
        Case weights.
    ties : {"efron", "breslow"}
        Treatment of events at one time.

    Returns
    -------
    RiskSets
        Positions.
    """
    times = np.unique(np.concatenate([entry, exit_]))
    base = stratum * (len(times) + 1)
    enters, leaves = base + np.searchsorted(times, entry), base + np.searchsorted(times, exit_)
    order = np.argsort(leaves, kind="stable")
    row = order[event[order]]
    moments, moment, count = np.unique(leaves[row], return_inverse=True, return_counts=True)
    ends = (moments // (len(times) + 1) + 1) * (len(times) + 1)
    rank = np.arange(len(row)) - np.searchsorted(moment, np.arange(len(moments)))[moment]
    total = np.bincount(moment, weight[row])
    out, in_ = np.sort(leaves), np.sort(enters)
    return RiskSets(
        n_rows=len(entry),
        event_row=row,
        moment=moment,
        step=rank / count[moment] if ties == "efron" else np.zeros(len(row)),
        mean_weight=(total / count)[moment],
        exit_order=order,
        entry_order=np.argsort(enters, kind="stable"),
        exit_from=np.asarray(np.searchsorted(out, moments)),
        exit_to=np.searchsorted(out, ends),
        entry_from=np.asarray(np.searchsorted(in_, moments)),
        entry_to=np.searchsorted(in_, ends),
        first=np.searchsorted(moments, enters, side="right"),
        last=np.searchsorted(moments, leaves, side="right"),
    )
