"""Change of every zone and every never-treated town around one date, at the same places.

Time effects are learnt from never-treated towns only, inside places and inside each side of the
date: county × year since the date, plus a national quarter. Their level on each side is arbitrary
and the same for every town of a county, so it cancels when a zone is compared with its county.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.sample import years_since
from landwatch.models.within import (
    codes,
    period_index,
    profiled_effects,
    within_demeaned,
    within_slopes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

PRIOR_ROWS = 10.0
"""Rows' worth of the common noise variance mixed into each unit's own."""


@dataclass(frozen=True, slots=True)
class _Noise:
    own: "Floats"
    pooled: float
    correlation: float


def unit_changes(rows: pd.DataFrame, date: pd.Timestamp, *, annual: bool) -> pd.DataFrame:
    """Measure changes around a date for the zones of that date and all never-treated towns.

    Parameters
    ----------
    rows : DataFrame
        Rows of `coded_rows` with roles ``zone`` (of this date only) and ``control``.
    date : Timestamp
        Effective date.
    annual : bool
        True for a town × year panel of growth: noise is serially correlated rather than clustered.

    Returns
    -------
    DataFrame
        One row per control town and per zone × county: ``zone_id`` (empty for controls),
        ``town_code`` (empty for zones), ``county_code``, ``n_before``, ``n_after`` (comparable
        rows), ``information``, ``change``, ``change_noise`` (variance), ``slope`` and
        ``slope_noise`` (drift before the date, per year), ``pre_years``, ``largest_step`` (largest
        absolute change between consecutive years before the date, relative to controls),
        ``horizon`` (mean years from date to the rows after it).
    """
    rows, rank = residual_rows(rows, date)
    zone = rows["zone_id"].astype("str").where(rows["role"] == "zone", "")
    town = rows["town_code"].astype("str").where(rows["role"] == "control", "")
    rows = rows.assign(zone_id=zone, town_code=town)
    rows["piece"] = codes(rows["zone_id"], rows["town_code"], rows["county_code"].astype("str"))
    table = rows.groupby("piece")[["zone_id", "town_code", "county_code"]].first()
    noise = _noise(rows, len(table), rank, annual=annual)
    return _changes(rows, table, noise, annual=annual)


def residual_rows(rows: pd.DataFrame, date: pd.Timestamp) -> tuple[pd.DataFrame, int]:
    """Take the time effects of never-treated towns off every row that they cover.

    Parameters
    ----------
    rows : DataFrame
        Rows of `coded_rows` with roles ``zone`` (of this date only) and ``control``.
    date : Timestamp
        Effective date.

    Returns
    -------
    tuple of (DataFrame, int)
        The rows in years and quarters in which control towns traded, index kept, with ``years``
        since the date, ``x`` (1 from the date on, else 0) and ``residual``; and the rank of the
        time effects.
    """
    rows = rows.assign(years=years_since(rows["deal_date"], date))
    rows["event_year"] = np.floor(rows["years"]).astype(np.int64)
    rows["x"] = (rows["years"] >= 0).astype(float)
    rows["block"] = codes(rows["location"], rows["x"])
    rows["cell"] = codes(rows["county_code"].astype("str"), rows["event_year"])
    control = rows[rows["role"] == "control"]
    return _less_time_effects(rows, control)


def _less_time_effects(rows: pd.DataFrame, control: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    quarter = codes(rows["quarter"])
    is_control = (rows["role"] == "control").to_numpy()
    cell = rows["cell"].to_numpy()
    if not is_control.any():
        return rows.iloc[:0].assign(residual=0.0), 0
    effects, rank = profiled_effects(
        control["log_price"].to_numpy(dtype=float),
        [cell[is_control], quarter[is_control]],
        codes(control["block"]),
    )
    seen = [np.isin(cell, cell[is_control]), np.isin(quarter, quarter[is_control])]
    covered = seen[0] & seen[1]
    kept = rows[covered]
    path = effects[0][cell[covered]] + effects[1][quarter[covered]]
    return kept.assign(residual=kept["log_price"].to_numpy(dtype=float) - path), rank


def _noise(rows: pd.DataFrame, n_pieces: int, rank: int, *, annual: bool) -> _Noise:
    """Noise variance of a row by unit, shrunk to the common one, and how rows hang together.

    Where the rows are counts their sampling variance (``log_variance``) is the least it can be: a
    small town's own few years, shrunk to larger towns, would understate it.
    """
    block, piece = codes(rows["block"]), rows["piece"].to_numpy()
    left = within_demeaned(rows["residual"].to_numpy(dtype=float), block)
    share = 1.0 - 1.0 / np.bincount(block)[block]
    control = (rows["role"] == "control").to_numpy()
    dof = np.bincount(piece, weights=share, minlength=n_pieces)
    squares = np.bincount(piece, weights=left * left, minlength=n_pieces)
    common = float(share[control].sum()) - rank
    pooled = float((left[control] ** 2).sum()) / common if common > 0 else 0.0
    own = (squares + PRIOR_ROWS * pooled) / (dof + PRIOR_ROWS)
    if "log_variance" in rows:
        known = rows["log_variance"].groupby(piece).mean().reindex(range(n_pieces)).to_numpy(float)
        own = np.fmax(own, known)
    measure = _serial_correlation if annual else _cluster_inflation
    return _Noise(own, pooled, measure(rows[control], left[control], block[control]))


def _serial_correlation(rows: pd.DataFrame, left: "Floats", block: "Codes") -> float:
    """First-order autocorrelation of annual growth within a town and side; −0.5 for level noise."""
    table = pd.DataFrame({"block": block, "year": rows["event_year"].to_numpy(), "left": left})
    ahead = table.assign(year=table["year"] - 1)
    pairs = table.merge(ahead, on=["block", "year"], suffixes=("", "_ahead"))
    total = float((left * left).mean()) if len(left) else 0.0
    if pairs.empty or total <= 0.0:
        return 0.0
    return float(np.clip((pairs["left"] * pairs["left_ahead"]).mean() / total, -0.5, 0.9))


def _cluster_inflation(rows: pd.DataFrame, left: "Floats", block: "Codes") -> float:
    """How much more deals of one place and quarter vary together than independent deals would."""
    if not len(left):
        return 1.0
    cluster = codes(block, rows["quarter"])
    size = np.bincount(cluster).astype(float)
    whole = np.bincount(block)[block].astype(float)
    of_block = np.bincount(cluster, weights=whole) / size
    together = np.bincount(cluster, weights=left)
    share = 1.0 - 1.0 / whole
    variance = float((left * left).sum()) / max(float(share.sum()), 1e-12)
    expected = variance * float((size * (1.0 - size / of_block)).sum())
    return max(1.0, float((together * together).sum()) / expected) if expected > 0 else 1.0


def _changes(
    rows: pd.DataFrame, table: pd.DataFrame, noise: _Noise, *, annual: bool
) -> pd.DataFrame:
    n, piece = len(table), rows["piece"].to_numpy()
    after = rows["x"].to_numpy(dtype=float)
    change = within_slopes(
        rows["residual"].to_numpy(dtype=float), after,
        group=codes(rows["location"]), unit=piece, n_units=n,
    )  # fmt: skip
    n_after = np.asarray(np.bincount(piece, weights=after, minlength=n), dtype=float)
    n_before = np.asarray(np.bincount(piece, minlength=n) - n_after, dtype=float)
    years = np.bincount(piece, weights=after * rows["years"].to_numpy(), minlength=n)
    factor = _annual_factor(n_before, n_after, noise.correlation) if annual else noise.correlation
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = noise.own * factor / change.information
        horizon = years / n_after
    table = table.assign(
        n_before=n_before.astype(np.int64),
        n_after=n_after.astype(np.int64),
        information=change.information,
        change=change.slope,
        change_noise=variance + _timing_noise(rows, n, noise, annual=annual),
        horizon=1.0 if annual else horizon,
    )
    return _before(rows[rows["x"] == 0.0], table, noise, annual=annual)


def _annual_factor(n_before: "Floats", n_after: "Floats", rho: float) -> "Floats":
    """Variance of a difference of two adjacent means of correlated growth, over independence."""
    b, a = np.maximum(n_before, 1.0), np.maximum(n_after, 1.0)
    lagged = (b - 1.0) / b**2 + (a - 1.0) / a**2 - 1.0 / (a * b)
    factor = 1.0 + 2.0 * rho * lagged / (1.0 / b + 1.0 / a)
    return np.asarray(np.maximum(factor, 0.05), dtype=float)


def _timing_noise(rows: pd.DataFrame, n_pieces: int, noise: _Noise, *, annual: bool) -> "Floats":
    """Variance a zone takes on from noisy time effects of years in which controls traded little."""
    control = (rows["role"] == "control").to_numpy()
    piece, cell = rows["piece"].to_numpy(), codes(rows["cell"])
    n_cells = int(cell.max(initial=-1)) + 1
    traded = np.bincount(cell[control], minlength=n_cells).astype(float)
    counts = np.bincount(piece[~control] * n_cells + cell[~control], minlength=n_pieces * n_cells)
    counts = counts.reshape(n_pieces, n_cells).astype(float)
    # a cell lies in one county and on one side of the date; of_side says which cells share both
    first = np.unique(cell, return_index=True)[1]
    side = codes(rows["county_code"].astype("str"), rows["x"])[first]
    of_side = (side[:, None] == side).astype(float)
    whole = counts @ of_side
    seen = (whole > 0) & (traded > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = counts / whole - traded / (of_side @ traded)
        factor = 1.0 if annual else noise.correlation
        variance = off**2 / traded * noise.pooled * factor
    place = np.broadcast_to(np.arange(n_pieces)[:, None], seen.shape)
    total = np.bincount(place[seen], weights=variance[seen], minlength=n_pieces)
    return np.asarray(total, dtype=float)


def _before(
    rows: pd.DataFrame, table: pd.DataFrame, noise: _Noise, *, annual: bool
) -> pd.DataFrame:
    """Drift and largest yearly step before the date."""
    n, piece = len(table), rows["piece"].to_numpy()
    residual, group = rows["residual"].to_numpy(dtype=float), codes(rows["location"])
    drift = within_slopes(
        residual, rows["years"].to_numpy(dtype=float), group=group, unit=piece, n_units=n
    )
    factor = 1.0 if annual else noise.correlation
    years = np.sort(rows["event_year"].unique())
    extent = (n, int(-years.min()) if len(years) else 0)
    steps, pre_years = np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    if extent[1] > 0:
        period = (rows["event_year"] - years.min()).to_numpy(dtype=np.int64)
        path = period_index(residual, group=group, unit=piece, period=period, shape=extent)
        step = np.abs(np.diff(path, axis=1))
        steps = np.where(np.isnan(step), 0.0, step).max(axis=1, initial=0.0)
        pre_years = np.isfinite(path).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope_noise = noise.own * factor / drift.information
    return table.assign(
        slope=drift.slope, slope_noise=slope_noise, pre_years=pre_years, largest_step=steps
    )
