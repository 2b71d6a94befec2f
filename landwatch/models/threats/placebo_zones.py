"""The whole procedure on towns that were never treated: how often does it flag one?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.adjustments import benjamini_hochberg
from landwatch.models.changes import unit_changes
from landwatch.models.contrast import fit_contrast, fit_town_variation
from landwatch.models.sample import supported_years
from landwatch.models.threats.rows import SIGNIFICANT, told_row
from landwatch.models.zone_contrasts import ZoneContrasts, control_changes, pooled_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landwatch.models.choice_grounds import Grounds
    from landwatch.models.specification import Specification

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

DRAWS = 199
MIN_CONTROLS = 2


@dataclass(frozen=True, slots=True)
class PlaceboDraws:
    """Results of relabelled towns.

    Attributes
    ----------
    estimate, statistic, p_value : ndarray, shape (n_draws,)
        Pooled mean of the placebo zones, over its standard error, and its p-value.
    zone_share : ndarray, shape (n_draws,)
        Share of placebo zones with p ≤ 0.05.
    any_flag : ndarray of bool, shape (n_draws,)
        Whether any placebo zone has q ≤ 0.05: every such flag is false.
    """

    estimate: "Floats"
    statistic: "Floats"
    p_value: "Floats"
    zone_share: "Floats"
    any_flag: "NDArray[np.bool_]"


def placebo_zones(
    rows: pd.DataFrame,
    spec: "Specification",
    grounds: "Grounds",
    base: ZoneContrasts,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Relabel never-treated towns as zones, many times, and judge them as zones are judged.

    Parameters
    ----------
    rows : DataFrame
        Rows of the study's specification.
    spec : Specification
        The outcome's specification.
    grounds : Grounds
        Its only date is used; with several dates nothing is drawn.
    base : ZoneContrasts
        True zones.
    draws, seed : int, optional
        Number of relabellings and seed.

    Returns
    -------
    DataFrame
        Two rows. ``randomisation``: the study's estimate with the p-value of its statistic among
        the placebo statistics. ``false_flags``: the mean placebo estimate with its spread, and in
        the notes how often the procedure flags what is not there.

    Notes
    -----
    In each county as large a share of the never-treated towns is relabelled as of all towns is
    treated, and at least `MIN_CONTROLS` stay. The changes of towns are taken once, with the time
    effects of all never-treated towns; everything after them is done anew in each draw.
    ``survives`` of ``false_flags``: no more draws are flagged than 5 % of them may be by chance
    (binomial, 99 %).
    """
    told = (spec.outcome, "placebo_zones")
    if len(grounds.dates) != 1 or not len(base.zones):
        why = "no zone has a number" if len(grounds.dates) == 1 else "zones have several dates"
        return told_row(*told, "randomisation", f"not_applied: {why}")
    units = _control_units(rows, spec, grounds.dates[0])
    counts = _placebo_counts(units, base)
    if not counts.sum():
        return told_row(*told, "randomisation", "not_applied: no county has towns to spare")
    found = _draw(units, counts, draws, seed)
    true = pooled_mean(base)
    statistic = abs(true.estimate_log / true.std_error)
    extreme = int((np.abs(found.statistic) >= statistic).sum())
    p_value = (1 + extreme) / (1 + len(found.statistic))
    low, high = np.quantile(found.estimate, [0.025, 0.975])
    flagged = int((found.p_value <= SIGNIFICANT).sum())
    any_flag = int(found.any_flag.sum())
    allowed = float(stats.binom.ppf(0.99, draws, SIGNIFICANT))
    notes = (
        f"draws={draws};pooled_flagged={flagged / draws:.3f};zones_with_p_5pct="
        f"{found.zone_share.mean():.3f};draws_with_any_q_5pct={any_flag / draws:.3f};nominal=0.05"
    )
    first = told_row(
        *told, "randomisation", f"draws={draws};statistic=estimate/std_error",
        estimate_log=true.estimate_log, std_error=true.std_error, p_value=p_value,
        n_obs=base.n_obs, survives=p_value <= SIGNIFICANT if true.p_value <= SIGNIFICANT else pd.NA,
    )  # fmt: skip
    second = told_row(
        *told, "false_flags", notes, estimate_log=float(found.estimate.mean()),
        std_error=float(found.estimate.std(ddof=1)), ci_low=float(low), ci_high=float(high),
        n_obs=base.n_obs, survives=max(flagged, any_flag) <= allowed,
    )  # fmt: skip
    return pd.concat([first, second])


def _control_units(
    rows: pd.DataFrame, spec: "Specification", date: pd.Timestamp
) -> "tuple[Floats, Floats, Codes, list[str]]":
    rows = rows[supported_years(rows, spec) & (rows["role"] == "control")]
    units, _ = unit_changes(rows, date, annual=spec.kind == "panel")
    enough = (units["n_before"] >= spec.min_before) & (units["n_after"] >= spec.min_after)
    units = units[enough]
    counties = sorted(units["county_code"].astype("str").unique())
    units = units.assign(county=pd.Categorical(units["county_code"].astype("str"), counties).codes)
    return (*control_changes(units), counties)


def _placebo_counts(
    units: "tuple[Floats, Floats, Codes, list[str]]", base: ZoneContrasts
) -> "Codes":
    _, _, county, counties = units
    towns = np.bincount(county, minlength=len(counties))
    of_zone = base.zones["counties"].str.split(";").explode().value_counts()
    zones = of_zone.reindex(counties, fill_value=0).to_numpy(dtype=float)
    share = zones / np.maximum(zones + towns, 1)
    wanted = np.maximum(np.rint(towns * share), zones > 0)
    most = np.maximum(towns - MIN_CONTROLS, 0)
    return np.asarray(np.clip(wanted, 0, most), dtype=np.int64)


def _draw(
    units: "tuple[Floats, Floats, Codes, list[str]]", counts: "Codes", draws: int, seed: int
) -> PlaceboDraws:
    change, noise, county, _ = units
    rng = np.random.default_rng(seed)
    n = len(counts)
    results, shares, flags = [], [], []
    for _ in range(draws):
        order = np.lexsort([rng.random(len(county)), county])
        place = np.empty(len(county), dtype=np.int64)
        starts = np.searchsorted(county[order], np.arange(n))
        place[order] = np.arange(len(county)) - starts[county[order]]
        zone = place < counts[county]
        fit = _judged(change, noise, county, zone, n)
        results.append(pooled_mean(fit))
        p_values = fit.zones["p_value"].to_numpy(dtype=float)
        shares.append(float((p_values <= SIGNIFICANT).mean()))
        flags.append(bool((benjamini_hochberg(p_values) <= SIGNIFICANT).any()))
    estimate = np.array([r.estimate_log for r in results])
    error = np.array([r.std_error for r in results])
    p_value = np.array([r.p_value for r in results])
    return PlaceboDraws(estimate, estimate / error, p_value, np.array(shares), np.array(flags))


def _judged(
    change: "Floats", noise: "Floats", county: "Codes", zone: "NDArray[np.bool_]", n: int
) -> ZoneContrasts:
    variation = fit_town_variation(change[~zone], noise[~zone], county[~zone], n)
    own = county[zone]
    control = variation.mean[own], variation.mean_variance[own]
    result = fit_contrast(change[zone], noise[zone], control, variation)
    known = np.isfinite(result.std_error)
    loadings = np.zeros((int(zone.sum()), n))
    loadings[np.arange(len(own)), own] = np.sqrt(control[1])
    zones = pd.DataFrame(
        {
            "estimate_log": result.estimate,
            "p_value": result.p_value,
            "own_variance": noise[zone] + variation.tau2,
        }
    )[known]
    return ZoneContrasts(
        zones, loadings[known], float(variation.dof), variation.tail, variation.unit, 0, 0
    )
