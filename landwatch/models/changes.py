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
from landwatch.models.steps import PRIOR_ROWS, yearly_steps
from landwatch.models.within import (
    codes,
    free_directions,
    profiled_effects,
    within_demeaned,
    within_slopes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Noise:
    own: "Floats"
    pooled: float
    correlation: float


def unit_changes(
    rows: pd.DataFrame, date: pd.Timestamp, *, annual: bool, path: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure changes around a date for the zones of that date and all never-treated towns.

    Parameters
    ----------
    rows : DataFrame
        Rows of `coded_rows` with roles ``zone`` (of this date only) and ``control``.
    date : Timestamp
        Effective date.
    annual : bool
        True for a town × year panel of growth: noise is serially correlated rather than clustered.
    path : bool, optional
        Whether the path before the date is measured too, which takes a third of the time.

    Returns
    -------
    units : DataFrame
        One row per control town and per zone × county: ``zone_id`` (empty for controls),
        ``town_code`` (empty for zones), ``county_code``, ``n_before``, ``n_after`` (comparable
        rows), ``information``, ``change``, ``change_noise`` (variance); with `path` also ``slope``
        and ``slope_noise`` (drift before the date, per year), ``pre_years``; ``steps_after``
        and ``steps_before`` (yearly steps that lie, on average over the rows compared, between the
        last year before the date and the rows after it, and between the rows before it and that
        year; for a panel of growth 1 and 0); ``years_after`` and ``years_before`` (their mean
        distance from the date).
    steps : DataFrame
        Yearly steps of zones before the date (`landwatch.models.steps.yearly_steps`) with their
        ``covariance`` with the change: 0 for deals; for growth, whose noise is correlated from
        year to year, the least it can be. Empty without `path`.
    """
    rows, rank = residual_rows(rows, date)
    zone = rows["zone_id"].astype("str").where(rows["role"] == "zone", "")
    town = rows["town_code"].astype("str").where(rows["role"] == "control", "")
    rows = rows.assign(zone_id=zone, town_code=town)
    rows["piece"] = codes(rows["zone_id"], rows["town_code"], rows["county_code"].astype("str"))
    table = rows.groupby("piece")[["zone_id", "town_code", "county_code"]].first()
    noise = _noise(rows, len(table), rank, annual=annual)
    table = _changes(rows, table, noise, annual=annual)
    if not path:
        return table, pd.DataFrame()
    return _before(rows, table, noise, annual=annual)


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
        The rows whose time effect control towns identify, index kept, with ``years`` since the
        date, ``x`` (1 from the date on, else 0) and ``residual``; and the rank of the time
        effects.
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
    factors, block = [cell[is_control], quarter[is_control]], codes(control["block"])
    effects, rank = profiled_effects(control["log_price"].to_numpy(dtype=float), factors, block)
    seen = [np.isin(cell, factors[0]), np.isin(quarter, factors[1])]
    covered = seen[0] & seen[1]
    covered[covered] = _identified(rows[covered], factors, block, quarter[covered])
    kept = rows[covered]
    path = effects[0][cell[covered]] + effects[1][quarter[covered]]
    return kept.assign(residual=kept["log_price"].to_numpy(dtype=float) - path), rank


def _identified(
    rows: pd.DataFrame, factors: "list[Codes]", block: "Codes", quarter: "Codes"
) -> "NDArray[np.bool_]":
    """Tell the rows whose time effect never-treated towns identify against their county's others.

    A row of the first days of a quarter may pair a year and a quarter that no never-treated town
    pairs: the sum of their effects is then arbitrary, though each is seen.
    """
    free = free_directions(factors, block)
    mark = pd.DataFrame(free[0][rows["cell"].to_numpy()] + free[1][quarter], index=rows.index)
    side = pd.Series(codes(rows["county_code"].astype("str"), rows["x"]), index=rows.index)
    control = rows["role"] == "control"
    usual = mark[control].groupby(side[control]).median().reindex(side).to_numpy(dtype=float)
    apart = np.abs(mark.to_numpy(dtype=float) - usual)
    return np.asarray((apart <= 1e-6).all(axis=1), dtype=bool)


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
    factor = _annual_factor(n_before, n_after, noise.correlation) if annual else noise.correlation
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = noise.own * factor / change.information
    return table.assign(
        n_before=n_before.astype(np.int64),
        n_after=n_after.astype(np.int64),
        information=change.information,
        change=change.slope,
        change_noise=variance + _timing_noise(rows, n, noise, annual=annual),
    )


def _reach(rows: pd.DataFrame, years: pd.Series, side: float, n_pieces: int) -> "Floats":
    """Mean distance from the date of the rows on one side, weighted as the change weights them."""
    after = rows["x"].to_numpy(dtype=float)
    return within_slopes(
        years.to_numpy(dtype=float) * (after == side), after,
        group=codes(rows["location"]), unit=rows["piece"].to_numpy(), n_units=n_pieces,
    ).slope  # fmt: skip


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
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Distances from the date, drift and yearly steps before it."""
    n = len(table)
    ends = [_reach(rows, rows["event_year"] + 1.0, side, n) for side in (1.0, 0.0)]
    table = table.assign(
        steps_after=1.0 if annual else ends[0],
        steps_before=0.0 if annual else ends[1],
        years_after=_reach(rows, rows["years"], 1.0, n),
        years_before=_reach(rows, rows["years"], 0.0, n),
    )
    rows = rows[rows["x"] == 0.0]
    piece = rows["piece"].to_numpy()
    drift = within_slopes(
        rows["residual"].to_numpy(dtype=float), rows["years"].to_numpy(dtype=float),
        group=codes(rows["location"]), unit=piece, n_units=n,
    )  # fmt: skip
    factor = 1.0 if annual else noise.correlation
    years = rows.groupby("piece")["event_year"].nunique()
    with np.errstate(divide="ignore", invalid="ignore"):
        slope_noise = noise.own * factor / drift.information
    table = table.assign(
        slope=drift.slope,
        slope_noise=slope_noise,
        pre_years=years.reindex(range(n), fill_value=0).to_numpy(dtype=np.int64),
    )
    steps = yearly_steps(rows, noise.own, noise.pooled, noise.correlation, annual=annual)
    shared = np.zeros(n)
    if annual:
        sides = 1.0 / table[["n_before", "n_after"]].clip(lower=1)
        shared = abs(noise.correlation) * noise.own * sides.sum(axis=1).to_numpy(dtype=float)
    return table, steps.assign(covariance=-shared[steps["piece"]])
