"""Contrasts of all zones with their counties under one specification, and their pooled mean.

The same numbers as `fit_zone_effects` for every zone, kept together with what zones share: the mean
of their county's never-treated towns. The pooled mean needs that covariance.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.changes import unit_changes
from landwatch.models.contrast import TownVariation, fit_contrast, fit_town_variation
from landwatch.models.sample import supported_years

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landwatch.models.specification import Specification

    Floats = NDArray[np.float64]

NUMBERS = ("estimate_log", "std_error", "ci_low", "ci_high", "p_value")
FEW_ZONES = 5
"""Below this many zones the pooled mean keeps the heavy tail of single towns."""


@dataclass(frozen=True, slots=True)
class ZoneContrasts:
    """Zones against their counties under one specification.

    Attributes
    ----------
    zones : DataFrame
        One row per zone with a number: ``zone_id``, ``counties`` (joined by semicolons),
        ``estimate_log``, ``std_error``, ``ci_low``, ``ci_high``, ``p_value``, ``n_before``,
        ``n_after``, ``own_variance`` (town variation and the noise of its deals).
    loadings : ndarray, shape (n_zones, n_counties)
        Standard deviations of the control means in each zone's contrast; zones of one county share
        them.
    dof, tail, unit : float
        Least degrees of freedom of the town variation, its tail and scale.
    n_obs : int
        Rows that took part: zones with a number and never-treated towns of their counties.
    n_control_units : int
        Never-treated towns in the counties of these zones.
    """

    zones: pd.DataFrame
    loadings: "Floats"
    dof: float
    tail: float
    unit: float
    n_obs: int
    n_control_units: int


@dataclass(frozen=True, slots=True)
class PooledMean:
    """Mean of zone effects; NaN without a zone.

    Attributes
    ----------
    estimate_log, std_error, ci_low, ci_high, p_value : float
        Mean and inference.
    n_zones : int
        Zones in it.
    dispersion : float
        Squared deviations of zones from the mean over their expectation; 1 if effects are equal.
    """

    estimate_log: float
    std_error: float
    ci_low: float
    ci_high: float
    p_value: float
    n_zones: int
    dispersion: float


def fit_zone_contrasts(rows: pd.DataFrame, spec: "Specification") -> ZoneContrasts:
    """Contrast every zone with its county's never-treated towns.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows` under one specification (`chosen_rows`).
    spec : Specification
        The outcome's specification.

    Returns
    -------
    ZoneContrasts
        Zones with at least the specification's rows on both sides and two controls.
    """
    rows = rows[supported_years(rows, spec)]
    counties = sorted(rows["county_code"].astype("str").unique())
    dates = sorted(rows.loc[rows["role"] == "zone", "effective_date"].dropna().unique())
    parts = [_of_date(rows, pd.Timestamp(date), spec, counties) for date in dates]
    parts = [part for part in parts if len(part.zones)]
    if not parts:
        return _nothing(len(counties))
    return ZoneContrasts(
        pd.concat([p.zones for p in parts], ignore_index=True),
        np.vstack([p.loadings for p in parts]),
        min(p.dof for p in parts),
        min(p.tail for p in parts),
        max(p.unit for p in parts),
        max(p.n_obs for p in parts) if len(parts) == 1 else _rows_of(rows, parts),
        max(p.n_control_units for p in parts),
    )


def _nothing(n_counties: int) -> ZoneContrasts:
    columns = ["zone_id", "counties", *NUMBERS, "n_before", "n_after", "own_variance"]
    return ZoneContrasts(
        pd.DataFrame(columns=columns), np.zeros((0, n_counties)), 0.0, 0.0, 1.0, 0, 0
    )


def _rows_of(rows: pd.DataFrame, parts: list[ZoneContrasts]) -> int:
    zones = set(pd.concat([p.zones["zone_id"] for p in parts]))
    counties = set(";".join(c for p in parts for c in p.zones["counties"]).split(";"))
    control = (rows["role"] == "control") & rows["county_code"].isin(counties)
    return int(control.sum()) + int(rows["zone_id"].isin(zones).sum())


def _of_date(
    rows: pd.DataFrame, date: pd.Timestamp, spec: "Specification", counties: list[str]
) -> ZoneContrasts:
    control = rows["role"] == "control"
    of_date = (rows["role"] == "zone") & (rows["effective_date"] == date)
    units, _ = unit_changes(rows[of_date | control], date, annual=spec.kind == "panel")
    units = units.assign(county=pd.Categorical(units["county_code"].astype("str"), counties).codes)
    variation = fit_town_variation(*control_changes(units), len(counties))
    zones, share = _whole_zones(units[units["zone_id"] != ""], variation, len(counties))
    mean = np.nan_to_num(variation.mean), np.nan_to_num(variation.mean_variance)
    result = fit_contrast(
        zones["change"].to_numpy(dtype=float), zones["change_noise"].to_numpy(dtype=float),
        (share @ mean[0], (share**2) @ mean[1]), variation,
    )  # fmt: skip
    numbers = (result.estimate, result.std_error, result.ci_low, result.ci_high, result.p_value)
    zones = zones.assign(
        **dict(zip(NUMBERS, numbers, strict=True)),
        own_variance=zones["change_noise"] + variation.tau2,
        counties=[";".join(np.array(counties)[row > 0]) for row in share],
    )
    enough = (zones["n_before"] >= spec.min_before) & (zones["n_after"] >= spec.min_after)
    kept = (enough & np.isfinite(zones["std_error"]) & _vary(rows[of_date], zones)).to_numpy()
    zones, share = zones[kept].reset_index(drop=True), share[kept]
    used = (share > 0).any(axis=0)
    n_control = int(rows.loc[control, "county_code"].isin(np.array(counties)[used]).sum())
    columns = ["zone_id", "counties", *NUMBERS, "n_before", "n_after", "own_variance"]
    return ZoneContrasts(
        zones[columns], share * np.sqrt(mean[1]), float(variation.dof), variation.tail,
        variation.unit, n_control + int(zones[["n_before", "n_after"]].to_numpy().sum()),
        int(variation.n_towns[used].sum()),
    )  # fmt: skip


def control_changes(units: pd.DataFrame) -> "tuple[Floats, Floats, NDArray[np.int64]]":
    """Changes of the never-treated towns that have one.

    Parameters
    ----------
    units : DataFrame
        Table of `unit_changes` with the codes of counties in ``county``.

    Returns
    -------
    tuple of ndarray, shape (n_towns,)
        Change, its noise variance and the county.
    """
    town = units[(units["zone_id"] == "") & np.isfinite(units["change"])]
    return (
        town["change"].to_numpy(dtype=float),
        town["change_noise"].to_numpy(dtype=float),
        town["county"].to_numpy(dtype=np.int64),
    )


def _whole_zones(
    pieces: pd.DataFrame, variation: TownVariation, n_counties: int
) -> "tuple[pd.DataFrame, Floats]":
    """Join the parts of a zone in different counties, weighted by information."""
    county = pieces["county"].to_numpy(dtype=np.int64)
    usable = (variation.n_towns[county] >= 2) & np.isfinite(pieces["change"].to_numpy(dtype=float))
    pieces, county = pieces[usable], county[usable]
    names, zone = np.unique(pieces["zone_id"].to_numpy(dtype="str"), return_inverse=True)
    weight = np.zeros((len(names), n_counties))
    weight[zone, county] = pieces["information"].to_numpy(dtype=float)
    share = weight / weight.sum(axis=1, keepdims=True)
    part = share[zone, county]
    table = pd.DataFrame({"zone_id": names})
    for name, power in (("change", 1), ("change_noise", 2), ("n_before", 0), ("n_after", 0)):
        value = pieces[name].to_numpy(dtype=float) * part**power
        table[name] = np.bincount(zone, weights=value, minlength=len(names))
    counts = {n: table[n].astype(np.int64) for n in ("n_before", "n_after")}
    return table.assign(**counts), share


def _vary(rows: pd.DataFrame, zones: pd.DataFrame) -> pd.Series:
    prices = rows.groupby(rows["zone_id"].astype("str"))["observed"]
    spread = prices.max() - prices.min()
    return zones["zone_id"].map(spread) > 1e-12


def pooled_mean(contrasts: ZoneContrasts, kept: "NDArray[np.bool_] | None" = None) -> PooledMean:
    """Mean of the zones' effects, weighted by precision.

    Parameters
    ----------
    contrasts : ZoneContrasts
        Zones of one specification.
    kept : ndarray of bool, shape (n_zones,), optional
        Zones that take part; all by default.

    Returns
    -------
    PooledMean
        Generalised least squares mean.

    Notes
    -----
    The contrast of zone z in county c is ``theta_z + u_z + e_z − (m_c − mu_c)``: its own town
    variation and deal noise, and the error of the control mean, which all zones of the county
    share. So ``Omega = diag(tau² + noise) + L L'`` with the control means' standard deviations
    in L (taken as fully correlated where zones of a county have different dates), and the mean is
    ``1'Omega⁻¹e / 1'Omega⁻¹1`` with variance ``1 / 1'Omega⁻¹1``. Ignoring L would count one lucky
    county as often as it has zones. Where zones differ more than control towns do, the variance is
    multiplied by their dispersion (never divided), so that the interval also speaks of zones like
    these. t with the degrees of freedom of tau², control towns − counties; with fewer than
    `FEW_ZONES` zones also with the heavy tail of single towns, whichever is wider.

    References
    ----------
    Röver, C., Knapp, G. and Friede, T. (2015). Hartung–Knapp–Sidik–Jonkman approach and its
    modification for random-effects meta-analysis with few studies. BMC Med. Res. Methodol. 15.
    """
    keep = np.ones(len(contrasts.zones), dtype=bool) if kept is None else kept
    effect = contrasts.zones["estimate_log"].to_numpy(dtype=float)[keep]
    n = len(effect)
    if not n:
        nan = float("nan")
        return PooledMean(nan, nan, nan, nan, nan, 0, nan)
    shared = contrasts.loadings[keep]
    own = contrasts.zones["own_variance"].to_numpy(dtype=float)[keep]
    omega = np.diag(own) + shared @ shared.T
    solved = np.linalg.solve(omega, np.column_stack([np.ones(n), effect]))
    mean = float(solved[:, 1].sum() / solved[:, 0].sum())
    away = effect - mean
    spread = float(away @ np.linalg.solve(omega, away)) / (n - 1) if n > 1 else 1.0
    error = float(np.sqrt(max(1.0, spread) / solved[:, 0].sum()))
    laws = [(contrasts.dof, 1.0)]
    if n < FEW_ZONES:
        laws.append((contrasts.tail, contrasts.unit))
    half = max(float(stats.t.ppf(0.975, dof)) * unit * error for dof, unit in laws)
    p_value = max(2.0 * float(stats.t.sf(abs(mean) / (unit * error), dof)) for dof, unit in laws)
    return PooledMean(mean, error, mean - half, mean + half, p_value, n, spread)
