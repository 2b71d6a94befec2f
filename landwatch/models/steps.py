"""Yearly steps of a zone before its date, relative to its controls, and how noisy they are.

They are the yardstick of `breakdown_m`: trends are asked to part, each year, by a multiple of the
largest of them.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.sample import MIN_TOWN_ROWS
from landwatch.models.within import PeriodIndex, codes, period_effects, within_demeaned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PRIOR_ROWS = 10.0
"""Rows' worth of the common noise variance mixed into each unit's own."""
UNSEEN = 1e-6
"""Distance from the identified contrasts beyond which a step is not identified."""


def yearly_steps(
    rows: pd.DataFrame, own: "Floats", pooled: float, correlation: float, *, annual: bool
) -> pd.DataFrame:
    """Measure the steps between consecutive years before the date, same places compared.

    Parameters
    ----------
    rows : DataFrame
        Rows before the date with ``piece``, ``role``, ``cell``, ``event_year``, ``location`` and
        ``residual`` (time effects of never-treated towns taken off).
    own : ndarray, shape (n_pieces,)
        Noise variance of a row by piece, for growth.
    pooled : float
        Noise variance of a row of never-treated towns.
    correlation : float
        For deals, how much more clustered deals vary together; for growth, its autocorrelation.
    annual : bool
        True for a town × year panel of growth.

    Returns
    -------
    DataFrame
        One row per step of a zone: ``piece``, ``step`` (change per year), ``step_noise`` (its
        variance).

    Notes
    -----
    A year counts where the zone has `MIN_TOWN_ROWS` deals (one row in a panel): chosen by counts
    and not by prices, it neither favours large steps nor small ones. Over years that do not count
    the mean yearly step is taken. A step that no place spans is left out. The path as it went is
    the yardstick: a town's own wandering is part of a step, not noise of it, so that noise is that
    of its deals around place and year, and of the time effects it is measured against. In a panel
    the two cannot be told apart, and the scatter of its years is taken, the cautious side.
    For deals it is uncorrelated with the change at the date: inside a place, all rows before the
    date have equal weight in the change, and weights of a step sum to zero.
    """
    zone = rows[rows["role"] == "zone"]
    if zone.empty:
        return pd.DataFrame({"piece": [], "step": [], "step_noise": []}).astype({"piece": np.int64})
    first = int(zone["event_year"].min())
    pieces, unit_of = np.unique(zone["piece"].to_numpy(), return_inverse=True)
    found = period_effects(
        zone["residual"].to_numpy(dtype=float),
        group=codes(zone["location"]),
        unit=unit_of.astype(np.int64),
        period=(zone["event_year"] - first).to_numpy(dtype=np.int64),
        shape=(len(pieces), -first),
    )
    unit, year = np.nonzero(found.rows >= (1 if annual else MIN_TOWN_ROWS))
    same = unit[1:] == unit[:-1]
    unit, left, right = unit[1:][same], year[:-1][same], year[1:][same]
    contrast = np.zeros((len(unit), -first))
    order = np.arange(len(unit))
    contrast[order, left], contrast[order, right] = -1.0, 1.0
    missed = contrast - np.einsum("spq,sq->sp", found.seen[unit], contrast)
    spread = np.einsum("sp,spq,sq->s", contrast, found.spread[unit], contrast)
    width = (right - left).astype(float)
    factor = 1.0 - correlation * (width == 1.0) if annual else correlation
    noise = own[pieces] if annual else _noise(zone, unit_of, found, pooled)
    market = _market_spread(rows, pieces, first)
    thin = market[unit, left] + market[unit, right]
    variance = factor * (noise[unit] * spread + pooled * thin) / width**2
    steps = pd.DataFrame({
        "piece": pieces[unit],
        "step": (found.index[unit, right] - found.index[unit, left]) / width,
        "step_noise": variance,
    })  # fmt: skip
    known = np.abs(missed).max(axis=1, initial=0.0) < UNSEEN
    kept: pd.DataFrame = steps.loc[known].reset_index(drop=True)
    return kept


def _noise(
    zone: pd.DataFrame, unit: "NDArray[np.int64]", found: PeriodIndex, pooled: float
) -> "Floats":
    """Noise variance of a deal around its place and year, shrunk to that of the controls."""
    place = codes(zone["location"])
    year = (zone["event_year"] + found.index.shape[1]).to_numpy(dtype=np.int64)
    off = zone["residual"].to_numpy(dtype=float) - found.index[unit, year]
    left = within_demeaned(off, place)
    n_units = len(found.index)
    squares = np.bincount(unit, weights=left * left, minlength=n_units)
    places = np.bincount(unit, weights=1.0 / np.bincount(place)[place], minlength=n_units)
    free = np.bincount(unit, minlength=n_units) - places - np.einsum("upp->u", found.seen)
    return np.asarray((squares + PRIOR_ROWS * pooled) / (np.maximum(free, 0.0) + PRIOR_ROWS))


def _market_spread(rows: pd.DataFrame, pieces: "NDArray[np.int64]", first: int) -> "Floats":
    """One over the controls' rows in each county and year, by piece and year."""
    control = rows[rows["role"] == "control"]
    table = control.groupby(["county_code", "event_year"]).size().unstack(fill_value=0)
    county = rows.groupby("piece")["county_code"].first().reindex(pieces)
    counts = table.reindex(index=county, columns=range(first, 0), fill_value=0)
    return np.asarray(1.0 / np.maximum(counts.to_numpy(dtype=float), 1.0), dtype=float)
