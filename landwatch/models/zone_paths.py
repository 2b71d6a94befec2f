"""Yearly paths of zones and of the never-treated towns they can be compared with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from landwatch.models.sample import MIN_TOWN_ROWS
from landwatch.models.town_years import town_year_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landwatch.models.specification import Specification

    Floats = NDArray[np.float64]

MIN_COUNTY_DONORS: Final = 6
"""With fewer complete donors in its county, a zone is compared across counties instead."""
REGULAR: Final = 0.5
"""A donor is regular if it has a value in at least this share of the years."""
COMMON: Final = 0.75
"""A year is common if at least this share of the regular donors has a value in it."""


@dataclass(frozen=True, slots=True)
class ZonePaths:
    """Paths of all zones and towns of one outcome.

    Attributes
    ----------
    value, n_rows, sampling : DataFrame
        Units × years: index [log points], or growth [log points / year], NaN with too few rows;
        rows behind it; its sampling noise (one over the deals, the stated variance, or 1).
    units : DataFrame
        By unit: ``role``, ``turn`` (first year after; 0 for towns), ``counties`` (tuple).
    thin_cells : int
        Cells left out for too few rows.
    """

    value: pd.DataFrame
    n_rows: pd.DataFrame
    sampling: pd.DataFrame
    units: pd.DataFrame
    thin_cells: int


@dataclass(frozen=True, slots=True)
class DonorBlock:
    """Donors of the zones of some counties.

    Attributes
    ----------
    scope : str
        ``county`` or ``all_counties``.
    names : tuple of str
        Every donor, complete or not.
    value, sampling : ndarray of float, shape (n, t)
        Their values in every year, NaN where there is none, and the sampling noise of each.
    complete : ndarray of bool, shape (n,)
        Donors with a value in every common year.
    common : ndarray of bool, shape (t,)
        Common years.
    """

    scope: str
    names: tuple[str, ...]
    value: "Floats"
    sampling: "Floats"
    complete: "NDArray[np.bool_]"
    common: "NDArray[np.bool_]"


def zone_paths(rows: pd.DataFrame, spec: "Specification") -> ZonePaths:
    """Index zones and never-treated towns by year.

    Parameters
    ----------
    rows : DataFrame
        Rows of `landwatch.models.sample.adjusted_rows`.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    ZonePaths
        Paths; a zone of several towns is one unit whose places are held constant.

    Notes
    -----
    A town-year of deals takes part with `MIN_TOWN_ROWS` deals or more: one small town's luck in one
    year is not its market. Rows outside the zone of a town that has one take no part.
    """
    used = rows[rows["role"] != "outside"]
    zone = used["zone_id"].astype("str").where(used["role"] == "zone", "")
    used = used.assign(path=np.where(zone != "", "zone " + zone, "town " + used["town_code"]))
    panel = town_year_index(used, unit="path")
    least = MIN_TOWN_ROWS if spec.kind == "deals" else 1
    wide = {c: panel.pivot(index="unit", columns="year", values=c) for c in ("value", "n_rows")}
    n_rows = wide["n_rows"].fillna(0).astype(np.int64)
    thin = (n_rows > 0) & (n_rows < least)
    by_unit = used.groupby("path")["county_code"]
    units = panel.groupby("unit")[["role", "turn"]].first()
    units["turn"] = units["turn"].where(units["role"] == "zone").fillna(0).astype(np.int64)
    units["counties"] = by_unit.agg(_distinct)
    value = wide["value"].where(n_rows >= least)
    sampling = 1.0 / n_rows.where(n_rows > 0)
    if "log_variance" in used:
        year = pd.to_datetime(used["deal_date"]).dt.year
        stated = used.groupby(["path", year])["log_variance"].mean().unstack()
        sampling = stated.reindex(index=value.index, columns=value.columns)
    return ZonePaths(value, n_rows, sampling, units, int(thin.to_numpy().sum()))


def _distinct(codes: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(set(codes.astype("str").tolist())))


def donor_block(paths: ZonePaths, counties: tuple[str, ...]) -> DonorBlock:
    """Choose the donors of the zones of some counties.

    Parameters
    ----------
    paths : ZonePaths
        Paths.
    counties : tuple of str
        Counties the zone lies in.

    Returns
    -------
    DonorBlock
        Never-treated towns of these counties, or, where fewer than `MIN_COUNTY_DONORS` of them
        are complete, those of every county that has a zone.

    Notes
    -----
    Years first, donors second: common years are those in which most regular donors trade, complete
    donors have all of them. The choice looks at donors only, never at the zone's outcome, so
    that all zones of a county and date share donors and placebos. Counties without any zone
    (Taipei among them) are never donors. Shocks common to all donors drop out, since weights add
    up to one: no mean needs to be taken off first.
    """
    own = _block(paths, counties, "county")
    if own.complete.sum() >= MIN_COUNTY_DONORS:
        return own
    zoned = paths.units.loc[paths.units["role"] == "zone", "counties"]
    return _block(paths, tuple(sorted({c for group in zoned for c in group})), "all_counties")


def _block(paths: ZonePaths, counties: tuple[str, ...], scope: str) -> DonorBlock:
    inside = paths.units["counties"].map(lambda codes: bool(set(codes) & set(counties)))
    names = paths.units.index[inside & (paths.units["role"] == "control")]
    value = paths.value.loc[names].to_numpy(dtype=float)
    sampling = paths.sampling.loc[names].to_numpy(dtype=float)
    known = np.isfinite(value)
    regular = known.mean(axis=1) >= REGULAR
    share = known[regular].mean(axis=0) if regular.any() else np.zeros(value.shape[1])
    common = share >= COMMON
    complete = known[:, common].all(axis=1) & bool(common.any())
    return DonorBlock(scope, tuple(map(str, names)), value, sampling, complete, common)
