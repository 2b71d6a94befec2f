"""Spells under observation: when a row comes under risk, when it leaves, whether by event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landwatch.models.estimators.table import EstimationTable, complete_rows
from landwatch.vocabulary.errors import EstimationError, InputError

TIE: Final = float(np.sqrt(np.finfo(float).eps))
"""Times nearer than this (relative to their mean) are one time, as in R survival (timefix)."""


@dataclass(frozen=True, slots=True)
class Spells:
    """Rows at risk from just after `entry` to `exit` inclusive.

    Attributes
    ----------
    rows : DataFrame
        Complete rows, index 0 … n − 1.
    entry, exit : ndarray of float, shape (n,)
        Entry is −∞ where no column of entries was named.
    event : ndarray of bool, shape (n,)
        Whether the spell ended by the event; censored otherwise.
    told : mapping
        How the event was coded and how many rows were left out, for the notes.
    """

    rows: pd.DataFrame
    entry: NDArray[np.float64]
    exit: NDArray[np.float64]
    event: NDArray[np.bool_]
    told: Mapping[str, Any]


def read_spells(
    table: EstimationTable,
    *further: str,
    event: str | None,
    event_value: str | None,
    entry: str | None,
) -> Spells:
    """Read spells from a table: durations, or intervals in counting-process form.

    Parameters
    ----------
    table : EstimationTable
        Outcome: duration, or end of the interval where entries are given.
    *further : str
        More columns that take part.
    event : str or None
        Column of events; None: every spell ended by the event.
    event_value : str or None
        Value of that column that is the event; see `event_flags`.
    entry : str or None
        Column of entries (left truncation, or start of the interval).

    Returns
    -------
    Spells
        Spells; rows with a gap, and those that leave when they enter, are left out and counted.

    Raises
    ------
    InputError
        If a duration is negative, an exit precedes its entry, or events cannot be read.
    EstimationError
        If there is no event.
    """
    if event_value is not None and event is None:
        raise InputError("event_value: 需要事件欄位 expected a column of events; add event=COLUMN")
    rows, dropped = complete_rows(table, *further, event, entry, numeric=(entry,))
    told: dict[str, Any] = {"rows_dropped_missing": dropped}
    flags, told["event"] = _flags(rows, event, event_value)
    leave = rows[table.outcome].to_numpy(float)
    enter = np.full(len(rows), -np.inf) if entry is None else rows[entry].to_numpy(float)
    enter, leave = _tied(enter, leave)
    _check_times(table.outcome, entry, enter, leave)
    kept = enter < leave
    if entry is not None:
        told["rows_dropped_empty_interval"] = int((~kept).sum())
    if not flags[kept].any():
        raise EstimationError(
            f"沒有事件 expected at least one event, found none in {int(kept.sum())} spells. "
            "Name the column of events (event=) and its value (event_value=)."
        )
    return Spells(rows[kept].reset_index(drop=True), enter[kept], leave[kept], flags[kept], told)


def _flags(
    rows: pd.DataFrame, event: str | None, value: str | None
) -> tuple[NDArray[np.bool_], str]:
    if event is None:
        return np.ones(len(rows), dtype=bool), "every row"
    flags, coded = event_flags(rows[event], value)
    return flags, f"{event}={coded}"


def event_flags(column: pd.Series, value: str | None = None) -> tuple[NDArray[np.bool_], str]:
    """Tell events from censored spells.

    Parameters
    ----------
    column : Series
        0/1, true/false, or any column with `value`. The coding 1/2 of R survival (2 = event) is
        read as such, and told.
    value : str, optional
        Value that is the event; all others are censored.

    Returns
    -------
    tuple of (ndarray of bool, str)
        Events, and the value read as event.

    Raises
    ------
    InputError
        If the column holds other values and none was named, or the one named does not occur.

    Examples
    --------
    >>> event_flags(pd.Series([1, 2, 2]))[0].tolist()
    [False, True, True]
    """
    label = column.astype("str").str.strip().str.lower()
    number = pd.to_numeric(label.replace({"true": "1", "false": "0"}), errors="coerce")
    found = set(label.unique())
    if value is not None:
        wanted = value.strip().lower()
        same = (label == wanted) | (number == pd.to_numeric(wanted, errors="coerce"))
        if not same.any():
            raise InputError(
                f"{column.name}: 沒有這個事件值 no row has the value {value!r}; found "
                f"{', '.join(sorted(found)[:6])}. Name another event_value."
            )
        return same.to_numpy(bool), value
    codes = set(number)
    if codes <= {0.0, 1.0}:
        return (number == 1).to_numpy(bool), "1"
    if codes == {1.0, 2.0}:
        return (number == 2).to_numpy(bool), "2 (coded 1/2)"
    raise InputError(
        f"{column.name}: 事件欄位 expected 0/1, true/false or 1/2 (2 = event), found "
        f"{', '.join(sorted(found)[:6])}. Tell which value is the event: event_value=…"
    )


def finite_design(design: pd.DataFrame) -> NDArray[np.float64]:
    """Return covariates as an array.

    Parameters
    ----------
    design : DataFrame
        Covariates of complete rows.

    Returns
    -------
    ndarray, shape (n, p)
        The same numbers.

    Raises
    ------
    InputError
        If one is infinite.
    """
    x = design.to_numpy(float)
    if not (whole := np.isfinite(x).all(axis=0)).all():
        told = ", ".join(str(n) for n, w in zip(design, whole, strict=True) if not w)
        raise InputError(f"{told}: 無限值 expected finite numbers, found infinity. Repair them.")
    return x


def _tied(
    enter: NDArray[np.float64], leave: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    both = np.concatenate([enter, leave])
    value, place = np.unique(both, return_inverse=True)
    finite = np.isfinite(value)
    scale = float(np.abs(value[finite]).mean())
    gap = np.diff(np.where(finite, value, value[finite].min() - 1.0 - scale), prepend=-np.inf)
    new = (gap > TIE) | (gap > TIE * scale)
    joined = value[np.maximum.accumulate(np.where(new, np.arange(len(value)), 0))][place]
    return joined[: len(enter)], joined[len(enter) :]


def _check_times(
    outcome: str, entry: str | None, enter: NDArray[np.float64], leave: NDArray[np.float64]
) -> None:
    if entry is None and (leave < 0).any():
        raise InputError(
            f"{outcome}: 負的期間 expected durations ≥ 0, found {int((leave < 0).sum())} below 0 "
            f"(lowest {leave.min():g}). Repair them, or name the column of entries (entry=)."
        )
    if (enter > leave).any():
        raise InputError(
            f"{outcome}: 結束早於進入 expected exits after entries ({entry}), found "
            f"{int((enter > leave).sum())} rows that leave before they enter (first: complete row "
            f"{int(np.argmax(enter > leave)) + 1}). Repair them or name other columns."
        )
