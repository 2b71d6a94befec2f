"""Effect of each zone, with towns rather than deals as the unit of uncertainty.

The effect is the zone's change at the same places less the precision-weighted mean change of its
county's never-treated towns (`changes`, `contrast`). For a panel the change is of the average
annual growth rate: ``estimate_log`` is then a cumulative log difference per year, and the estimator
is ``town_contrast_growth`` instead of ``town_contrast``.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.adjustments import benjamini_hochberg
from landwatch.models.changes import unit_changes
from landwatch.models.contrast import Contrast, TownVariation, fit_contrast, fit_town_variation
from landwatch.models.drift import Drift, drift_breakdown
from landwatch.models.estimators.honest_bounds import breakdown
from landwatch.models.sample import adjusted_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from landwatch.models.specification import Specification

    Floats = NDArray[np.float64]

COLUMNS = (
    "zone_id",
    "zone_name",
    "outcome",
    "estimator",
    "estimate_log",
    "std_error",
    "ci_low",
    "ci_high",
    "p_value",
    "q_value",
    "n_before",
    "n_after",
    "n_controls",
    "mde_log",
    "breakdown_m",
    "breakdown_drift",
    "status",
    "controls",
    "control_weights",
    "pre_trend_p",
)
_DRIFT = (
    *("slope", "slope_mean", "slope_noise", "slope_mean_noise"),
    *("years_before", "years_after"),
)
NUMBERS = ("estimate_log", "std_error", "ci_low", "ci_high", "p_value", "mde_log")
TOWNS = ("controls", "control_weights")
TESTS = ("breakdown_m", "breakdown_drift", "pre_trend_p")
MIN_PRE_YEARS = 3


def fit_zone_effects(
    frame: pd.DataFrame, spec: "Specification", *, zone_names: "Mapping[str, str] | None" = None
) -> pd.DataFrame:
    """Estimate the effect of every zone on one outcome.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price`` (see `fit_hedonic`), or town-years.
    spec : Specification
        The outcome's specification.
    zone_names : mapping of str to str, optional
        Names by zone; a zone named here without any row gets a row of its own.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row per zone in order of ``zone_id``. ``status`` is ``estimated`` or
        ``insufficient_data: why``, with NaN for every number. ``n_before`` and ``n_after`` count
        the zone's rows in years in which its county's never-treated towns traded; ``controls``
        names the control towns, joined by semicolons, ``control_weights`` their shares in the
        control mean.

    Raises
    ------
    InputError
        If the rows have faults.

    Notes
    -----
    ``q_value``: Benjamini–Hochberg over the zones estimated here. ``mde_log``: smallest effect
    found with 80 % power by a two-sided 5 % test. ``breakdown_m``: how far trends may part
    before the finding is gone, as a multiple M̄ of the largest relative step between consecutive
    years before the date (Rambachan and Roth 2023). The bias is at most ``steps_before + M̄ ·
    steps_after`` such steps: those between the rows before and the last year before the date, and
    those from there to the rows after (for growth per year, M̄ steps). Steps carry noise and any
    one of them may be the largest, so the value is the least over all of them, each with its
    standard error (`landwatch.models.estimators.honest_bounds.union_interval`): a step poorly
    measured may have been large. 0 if the interval holds zero, or if the path before the date
    could by itself have made the effect; NaN with fewer than 3 years before that count
    (`landwatch.models.steps.yearly_steps`). ``breakdown_drift``: how many times as fast as before
    the date the zone's drift could have gone on after it before the interval reaches zero
    (`landwatch.models.drift`); 1 is the drift continued as it was. ``pre_trend_p``: test
    that the zone's drift before its date equals that of its controls; a large value is no proof.
    """
    rows = adjusted_rows(frame, spec)
    zones = _zones(rows, dict(zone_names or {}))
    rows = rows[rows["is_supported"]]
    pieces = [
        _effects_of_date(rows, pd.Timestamp(date), spec)
        for date in sorted(zones["effective_date"].dropna().unique())
    ]
    columns = [*NUMBERS, "n_controls", *TESTS, *TOWNS, "comparable"]
    found = pd.concat(pieces) if pieces else pd.DataFrame(columns=["zone_id", *columns])
    table = zones.merge(found, how="left", on="zone_id")
    table["status"] = _status(table, spec)
    lost = table["status"] != "estimated"
    table.loc[lost, [*NUMBERS, *TESTS]] = np.nan
    table["q_value"] = benjamini_hochberg(table["p_value"].to_numpy(dtype=float))
    table["n_controls"] = table["n_controls"].fillna(0).astype(np.int64)
    for name in TOWNS:
        table[name] = table[name].astype("str").fillna("")
    estimator = "town_contrast" if spec.kind == "deals" else "town_contrast_growth"
    return table.assign(outcome=spec.outcome, estimator=estimator)[list(COLUMNS)]


def _zones(rows: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    treated = rows[rows["role"] == "zone"]
    by_zone = treated.groupby("zone_id")
    supported = treated["is_supported"].astype(np.int64)
    after = supported * treated["after"].astype(np.int64)
    table = pd.DataFrame(
        {
            "effective_date": by_zone["effective_date"].first(),
            "n_rows": by_zone.size(),
            "n_after": after.groupby(treated["zone_id"]).sum(),
            "n_before": (supported - after).groupby(treated["zone_id"]).sum(),
            "spread": by_zone["observed"].agg(np.ptp).astype(float),
        }
    )
    table.index = table.index.astype("str")
    known = sorted(set(table.index) | set(names))
    table = table.reindex(known).rename_axis("zone_id").reset_index()
    table["zone_name"] = [names.get(zone, zone) for zone in table["zone_id"]]
    counts = ["n_rows", "n_before", "n_after"]
    table[counts] = table[counts].fillna(0).astype(np.int64)
    return table


def _status(table: pd.DataFrame, spec: "Specification") -> "NDArray[np.str_]":
    """First reason that applies, in the order a reader would ask."""
    before, after = table["n_before"], table["n_after"]
    unit = "deals" if spec.kind == "deals" else "years"
    few_before = [
        f"insufficient_data: {n} comparable {unit} before < {spec.min_before}" for n in before
    ]
    few_after = [
        f"insufficient_data: {n} comparable {unit} after < {spec.min_after}" for n in after
    ]
    rules: list[tuple[pd.Series, list[str] | str]] = [
        (table["n_rows"] == 0, f"insufficient_data: no {unit}"),
        (table["effective_date"].isna(), "insufficient_data: no effective date"),
        ((before + after) == 0, "insufficient_data: no control in county in the years of its rows"),
        (before < spec.min_before, few_before),
        (after < spec.min_after, few_after),
        (table["n_controls"].fillna(0) < 2, "insufficient_data: no control in county"),
        (~(table["spread"] > 1e-12), "insufficient_data: prices do not vary"),
        (
            ~table["comparable"].fillna(False).astype(bool),
            f"insufficient_data: too few {unit} at places and years comparable with controls",
        ),
        (table["std_error"].isna(), "insufficient_data: no variation to judge the effect by"),
    ]
    choices = [np.broadcast_to(np.asarray(text, dtype=object), len(table)) for _, text in rules]
    return np.select([rule.to_numpy() for rule, _ in rules], choices, default="estimated")


def _effects_of_date(rows: pd.DataFrame, date: pd.Timestamp, spec: "Specification") -> pd.DataFrame:
    of_date = (rows["role"] == "zone") & (rows["effective_date"] == date)
    rows = rows[of_date | (rows["role"] == "control")]
    units, steps = unit_changes(rows, date, annual=spec.kind == "panel", path=True)
    counties, county = np.unique(units["county_code"].astype("str"), return_inverse=True)
    units = units.assign(county=county)
    treated = units["zone_id"] != ""
    control = units[~treated & np.isfinite(units["change"])]
    drift = units[~treated & np.isfinite(units["slope"])]
    change = fit_town_variation(*_columns(control, "change"), len(counties))
    slope = fit_town_variation(*_columns(drift, "slope"), len(counties))
    zones = _combined(units[treated], change, slope)
    result = fit_contrast(*_zone_arrays(zones, "change"), change)
    trend = fit_contrast(*_zone_arrays(zones, "slope"), slope)
    return _table(zones, result, spec).assign(
        breakdown_m=_breakdown(zones, result, steps.join(units["zone_id"], on="piece")),
        breakdown_drift=_breakdown_drift(zones, result),
        **_control_towns(control, change, zones),
        pre_trend_p=np.where(zones["pre_years"] >= MIN_PRE_YEARS, trend.p_value, np.nan),
    )


def _control_towns(
    control: pd.DataFrame, variation: TownVariation, zones: pd.DataFrame
) -> dict[str, list[str]]:
    """Codes of each zone's control towns and their shares in its control mean."""
    precision = 1.0 / (control["change_noise"].clip(lower=1e-18) + variation.tau2)
    weight = precision / precision.groupby(control["county"]).transform("sum")
    towns = control.assign(weight=weight).sort_values("town_code").groupby("county")
    named = {county: list(zip(t["town_code"], t["weight"], strict=True)) for county, t in towns}
    found = [
        [(town, weight * share) for c, share in parts for town, weight in named.get(c, [])]
        for parts in zones["counties"]
    ]
    return {
        "controls": [";".join(town for town, _ in zone) for zone in found],
        "control_weights": [";".join(f"{weight:.4f}" for _, weight in zone) for zone in found],
    }


def _columns(
    units: pd.DataFrame, name: str
) -> "tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]":
    return (
        units[name].to_numpy(dtype=float),
        units[f"{name}_noise"].to_numpy(dtype=float),
        units["county"].to_numpy(dtype=np.int64),
    )


def _zone_arrays(zones: pd.DataFrame, name: str) -> "tuple[Floats, Floats, tuple[Floats, Floats]]":
    value = {c: zones[c].to_numpy(dtype=float) for c in (name, f"{name}_noise")}
    control = (zones[f"{name}_mean"].to_numpy(float), zones[f"{name}_mean_noise"].to_numpy(float))
    return value[name], value[f"{name}_noise"], control


def _combined(pieces: pd.DataFrame, change: TownVariation, slope: TownVariation) -> pd.DataFrame:
    """Join the parts of a zone that lie in different counties, weighted by information."""
    county = pieces["county"].to_numpy(dtype=np.int64)
    usable = (change.n_towns[county] >= 2) & np.isfinite(pieces["change"])
    pieces = pieces.assign(
        change_mean=change.mean[county],
        change_mean_noise=change.mean_variance[county],
        slope_mean=slope.mean[county],
        slope_mean_noise=slope.mean_variance[county],
        n_controls=change.n_towns[county],
        weight=np.where(usable, pieces["information"], 0.0),
    )
    total = pieces.groupby("zone_id")["weight"].transform("sum")
    share = (pieces["weight"] / total.where(total > 0)).fillna(0.0)
    kept = pieces[(share > 0) | (total == 0)].assign(share=share.where(total > 0, 1.0))
    linear = ["change", "change_mean", "slope", "slope_mean", "steps_after", "steps_before"]
    linear += ["years_after", "years_before"]
    square = ["change_noise", "change_mean_noise", "slope_noise", "slope_mean_noise"]
    scaled = kept[linear].mul(kept["share"], axis=0)
    scaled[square] = kept[square].mul(kept["share"] ** 2, axis=0)
    pairs = zip(kept["county"].tolist(), kept["share"].tolist(), strict=True)
    kept = kept.assign(part=pd.Series(list(pairs), index=kept.index, dtype=object))
    zones = scaled.groupby(kept["zone_id"]).sum(min_count=1)
    by_zone = kept.groupby("zone_id")
    return zones.assign(
        n_before=by_zone["n_before"].sum(),
        n_after=by_zone["n_after"].sum(),
        n_controls=by_zone["n_controls"].sum(),
        pre_years=by_zone["pre_years"].max(),
        counties=by_zone["part"].agg(list),
    ).reset_index()


def _table(zones: pd.DataFrame, result: Contrast, spec: "Specification") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "zone_id": zones["zone_id"],
            "estimate_log": result.estimate,
            "std_error": result.std_error,
            "ci_low": result.ci_low,
            "ci_high": result.ci_high,
            "p_value": result.p_value,
            "mde_log": result.mde,
            "n_controls": zones["n_controls"],
            "comparable": (zones["n_before"] >= spec.min_before)
            & (zones["n_after"] >= spec.min_after)
            & np.isfinite(zones["change"]),
        }
    )


def _breakdown(zones: pd.DataFrame, result: Contrast, steps: pd.DataFrame) -> "Floats":
    """Multiple of the largest step before the date at which the interval reaches zero.

    The bias is at most ``(steps_before + M · steps_after) × largest step``; which step is the
    largest is not known, so the least multiple over all of them counts.
    """
    order = pd.Series(np.arange(len(zones)), index=zones["zone_id"].astype("str"))
    at = order.reindex(steps["zone_id"].astype("str")).to_numpy(dtype=float)
    steps, at = steps[np.isfinite(at)], at[np.isfinite(at)].astype(np.int64)
    quantile = (result.ci_high - result.estimate) / result.std_error
    reach = breakdown(
        result.estimate[at], result.std_error[at] ** 2, steps["step"], steps["step_noise"],
        covariance=steps["covariance"], quantile=quantile[at],
    )  # fmt: skip
    least = np.full(len(zones), np.inf)
    np.fmin.at(least, at, reach)
    before, after = (zones[f"steps_{side}"].to_numpy(dtype=float) for side in ("before", "after"))
    testable = np.bincount(at, minlength=len(zones)) >= MIN_PRE_YEARS - 1
    return np.where(testable, np.maximum(least - before, 0.0) / after, np.nan)


def _breakdown_drift(zones: pd.DataFrame, result: Contrast) -> "Floats":
    """Multiple of the drift before the date at which the interval reaches zero."""
    value = {c: zones[c].to_numpy(dtype=float) for c in _DRIFT}
    drift = Drift(
        slope=value["slope"] - value["slope_mean"],
        noise=value["slope_noise"] + value["slope_mean_noise"],
        before=value["years_before"],
        after=value["years_after"],
    )
    quantile = (result.ci_high - result.estimate) / result.std_error
    reach = drift_breakdown(result.estimate, result.std_error, quantile, drift)
    return np.where(zones["pre_years"] >= MIN_PRE_YEARS, reach, np.nan)
