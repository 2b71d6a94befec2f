"""The product-limit (Kaplan–Meier) curve with late entry."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Interval = Literal["log", "plain", "log-log"]

EVEN: Final = 1e-9
"""Survival this near to one half is one half (R survival uses the like tolerance)."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Survival at every time an event happened.

    Attributes
    ----------
    time : ndarray, shape (k,)
        Times of events.
    at_risk, events : ndarray, shape (k,)
        Rows at risk just before, and events at, each.
    survival : ndarray, shape (k,)
        Share that survives each.
    greenwood : ndarray, shape (k,)
        Greenwood's sum Σ d / (n (n − d)): variance of log survival; infinite once nobody is left.
    last : float
        Last exit.
    """

    time: Floats
    at_risk: Floats
    events: Floats
    survival: Floats
    greenwood: Floats
    last: float


def product_limit(entry: Floats, exit_: Floats, event: NDArray[np.bool_]) -> Curve:
    """Estimate survival.

    Parameters
    ----------
    entry, exit_ : ndarray, shape (n,)
        Rows are at risk after entry, up to exit.
    event : ndarray of bool, shape (n,)
        Ended by event.

    Returns
    -------
    Curve
        Curve; with late entry it is survival given survival to the first entry.

    References
    ----------
    .. [1] Kaplan, E., Meier, P. (1958). Nonparametric estimation from incomplete observations.
       JASA 53(282).

    Examples
    --------
    >>> import numpy as np
    >>> none = np.full(3, -np.inf)
    >>> curve = product_limit(none, np.array([1.0, 2, 3]), np.array([True, False, True]))
    >>> curve.survival.round(4).tolist()
    [0.6667, 0.0]
    """
    time, events = np.unique(exit_[event], return_counts=True)
    at_risk = number_at_risk(entry, exit_, time)
    left = at_risk - events
    with np.errstate(divide="ignore"):
        steps = events / (at_risk * left)
    survival = np.asarray(np.cumprod(left / at_risk), dtype=np.float64)
    last = float(exit_.max()) if len(exit_) else np.nan
    return Curve(time, at_risk, events.astype(float), survival, np.cumsum(steps), last)


def number_at_risk(entry: Floats, exit_: Floats, time: Floats) -> Floats:
    """Count rows under risk just before given times.

    Parameters
    ----------
    entry, exit_ : ndarray, shape (n,)
        Rows are at risk after entry, up to exit.
    time : ndarray, shape (k,)
        Times.

    Returns
    -------
    ndarray of float, shape (k,)
        Counts.
    """
    left = len(exit_) - np.searchsorted(np.sort(exit_), time, side="left")
    later = len(entry) - np.searchsorted(np.sort(entry), time, side="left")
    return np.asarray(left - later, dtype=float)


def interval(curve: Curve, kind: Interval, level: float) -> tuple[Floats, Floats]:
    """Bound survival at every event time.

    Parameters
    ----------
    curve : Curve
        Curve.
    kind : {"log", "plain", "log-log"}
        Scale on which the interval is symmetric (R's default is log).
    level : float
        Level.

    Returns
    -------
    tuple of ndarray, shape (k,)
        Lower and upper bound, cut to 0 … 1; missing where survival is 0 (and, log-log, 1).
    """
    z = float(stats.norm.ppf(0.5 + level / 2))
    s = np.where(curve.survival > 0, curve.survival, np.nan)
    error = np.sqrt(np.where(np.isfinite(curve.greenwood), curve.greenwood, np.nan))
    if kind == "plain":
        low, high = s - z * s * error, s + z * s * error
    elif kind == "log":
        low, high = s * np.exp(-z * error), s * np.exp(z * error)
    else:
        inside = np.where(s < 1, s, np.nan)
        shift = z * error / np.log(inside)
        low, high = inside ** np.exp(-shift), inside ** np.exp(shift)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def first_crossing(time: Floats, survival: Floats, share: float = 0.5) -> float:
    """Time by which survival has fallen to a share.

    Parameters
    ----------
    time, survival : ndarray, shape (k,)
        Curve, or one bound of it; missing values never cross.
    share : float, optional
        Share.

    Returns
    -------
    float
        First time at or below it; where the curve runs level exactly at it, the middle of that
        stretch, as in R; missing if it is not reached.
    """
    known = np.isfinite(survival)
    time, survival = time[known], survival[known]
    at = np.flatnonzero(survival <= share + EVEN)
    if not len(at):
        return float("nan")
    below = np.flatnonzero(survival < share - EVEN)
    if abs(survival[at[0]] - share) <= EVEN and len(below):
        return float((time[at[0]] + time[below[0]]) / 2)
    return float(time[at[0]])
