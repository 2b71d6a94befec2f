"""Alarms: what would make all effects of an outcome doubtful at once, one p-value each.

Most ask one question of different columns: did zones (or neighbours of zones) change more than the
never-treated towns of their county, given how much those towns differ among themselves? Changes are
those of `landwatch.models.changes`, at the same places.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.changes import unit_changes
from landwatch.models.contrast import fit_town_variation
from landwatch.models.sample import adjusted_rows, years_since
from landwatch.models.within import codes, within_demeaned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landwatch.models.specification import Specification

    Floats = NDArray[np.float64]

LEAD_YEARS: Final = 1.5
"""Years before the date in which anticipation is looked for."""

FEW_TREATED: Final = 6
"""Fewer treated units than this and a pooled cluster-robust error cannot be trusted."""

MIN_PRECISION_ROWS: Final = 20
"""Fewest deals of a town of either precision whose scatter is compared."""

PERMUTATIONS: Final = 199
_PERMUTATION_SEED: Final = 20190103


@dataclass(frozen=True, slots=True)
class CheckRows:
    """What a check may look at.

    Attributes
    ----------
    rows : DataFrame
        Supported rows of `adjusted_rows`, zones of `date` and never-treated towns only.
    date : Timestamp
        Effective date most zones share.
    units : DataFrame
        `unit_changes` of the rows.
    neighbours : DataFrame
        ``town_code``, ``neighbour_code``.
    spec : Specification
        The outcome.
    """

    rows: pd.DataFrame
    date: pd.Timestamp
    units: pd.DataFrame
    neighbours: pd.DataFrame
    spec: "Specification"

    @property
    def annual(self) -> bool:
        """Whether rows are years of growth."""
        return self.spec.kind == "panel"


def check_rows_of(
    frame: pd.DataFrame, spec: "Specification", neighbours: pd.DataFrame
) -> CheckRows | None:
    """Prepare what the checks share.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price``, or town-years.
    spec : Specification
        The outcome.
    neighbours : DataFrame
        Pairs of towns side by side.

    Returns
    -------
    CheckRows or None
        Rows of the date that most zones share (the earlier one of two); None without any zone or
        control.
    """
    rows = adjusted_rows(frame, spec)
    rows = rows[rows["is_supported"]]
    dates = rows[rows["role"] == "zone"].groupby("effective_date")["zone_id"].nunique()
    if dates.empty or not (rows["role"] == "control").any():
        return None
    date = pd.Timestamp(dates.index[int(np.argmax(dates.to_numpy()))])
    kept = (rows["role"] == "control") | (
        (rows["role"] == "zone") & (rows["effective_date"] == date)
    )
    rows = rows[kept]
    units, _ = unit_changes(rows, date, annual=spec.kind == "panel", path=True)
    return CheckRows(rows, date, units, neighbours, spec)


def difference_p_value(
    value: "Floats", noise: "Floats", group: "NDArray[np.bool_]", county: "NDArray[np.int64]"
) -> float:
    """Test that units of a group differ from the other units of their counties.

    Parameters
    ----------
    value, noise : ndarray, shape (n,)
        A number of each unit and its sampling variance.
    group : ndarray of bool, shape (n,)
        Units asked about; the others are compared with.
    county : ndarray of int64, shape (n,)
        Counties.

    Returns
    -------
    float
        Two-sided p-value; NaN where no county has both, or the others cannot tell how units vary.

    Notes
    -----
    Weighted regression on the group and counties; variance of a unit is its noise plus the variance
    between towns of `fit_town_variation`, learnt from the others only; t with their degrees
    of freedom. One treated unit is enough.
    """
    known = np.isfinite(value) & np.isfinite(noise)
    value, noise, group, county = value[known], noise[known], group[known], county[known]
    if not group.any() or group.all():
        return float("nan")
    county = codes(county)
    n = int(county.max()) + 1
    other = fit_town_variation(value[~group], noise[~group], county[~group], n)
    if other.dof < 1:
        return float("nan")
    weight = 1.0 / (np.maximum(noise, 1e-18) + other.tau2)
    total = np.bincount(county, weights=weight, minlength=n)
    level = np.bincount(county, weights=weight * group, minlength=n) / total
    x = group - level[county]
    information = float(np.sum(weight * x * x))
    if information <= 1e-12 * float(weight.sum()):
        return float("nan")
    effect = float(np.sum(weight * x * value)) / information
    return float(2.0 * stats.t.sf(abs(effect) * np.sqrt(information), other.dof))


def _of_zones(units: pd.DataFrame, value: str) -> float:
    return difference_p_value(
        units[value].to_numpy(dtype=float),
        units[f"{value}_noise"].to_numpy(dtype=float),
        (units["zone_id"] != "").to_numpy(),
        codes(units["county_code"].astype("str")),
    )


def _pre_trend(found: CheckRows) -> float:
    """Test that zones together drift before their date as their counties do."""
    return _of_zones(found.units, "slope")


def _leads(found: CheckRows) -> float:
    """Test that nothing changed `LEAD_YEARS` before the date already (panel: the year before)."""
    before = found.rows[found.rows["deal_date"] < found.date]
    false_date = found.date - pd.DateOffset(months=round(12 * LEAD_YEARS))
    if found.annual:
        false_date = pd.Timestamp(int(before["deal_date"].dt.year.max()), 1, 1)
    if not (years_since(before["deal_date"], false_date) >= 0).any():
        return float("nan")
    units, _ = unit_changes(before, false_date, annual=found.annual)
    return _of_zones(units, "change")


def _neighbours(found: CheckRows) -> float:
    """Test that never-treated towns beside a zone changed as those farther away did."""
    zone_towns = set(found.rows.loc[found.rows["role"] == "zone", "town_code"])
    pairs = found.neighbours
    beside = set(pairs.loc[pairs["neighbour_code"].isin(zone_towns), "town_code"])
    control = found.units[found.units["zone_id"] == ""]
    return difference_p_value(
        control["change"].to_numpy(dtype=float),
        control["change_noise"].to_numpy(dtype=float),
        control["town_code"].isin(beside).to_numpy(),
        codes(control["county_code"].astype("str")),
    )


def _composition(found: CheckRows) -> float:
    """Test that covariates of zones' deals changed as elsewhere; Bonferroni over covariates."""
    columns = {name: found.rows[name].astype(float) for name in found.spec.numeric}
    for name in found.spec.categorical:
        label = found.rows[name].astype("str").where(found.rows[name].notna(), "missing")
        columns[name] = (label == label.mode().iloc[0]).astype(float)
    p_values = []
    for column in (c for c in columns.values() if c.nunique() > 1):
        rows = found.rows[np.isfinite(column)].assign(log_price=column)
        units, _ = unit_changes(rows, found.date, annual=False)
        p_values.append(_of_zones(units, "change"))
    known = [p for p in p_values if np.isfinite(p)]
    return min(1.0, len(known) * min(known)) if known else float("nan")


def _coverage(found: CheckRows) -> float:
    """Test that the number of zones' deals changed as elsewhere (log ratio of counts)."""
    if found.annual:
        return float("nan")
    units = found.units
    before, after = units["n_before"] + 0.5, units["n_after"] + 0.5
    return _of_zones(
        units.assign(ratio=np.log(after / before), ratio_noise=1.0 / after + 1.0 / before), "ratio"
    )


def _place_error(found: CheckRows) -> float:
    """Test that deals of approximate place scatter about their place as exact ones do.

    Log ratio of mean squared residuals by town, t over towns; NaN where no column
    ``place_precision`` tells deals apart.
    """
    if "place_precision" not in found.rows:
        return float("nan")
    rows = found.rows
    exact = (rows["place_precision"] == "point").to_numpy()
    anchor = codes(rows["location"])
    cell = codes(rows["county_year"], rows["unit"])
    left = rows["log_price"].to_numpy(dtype=float)
    for _ in range(3):
        left = within_demeaned(within_demeaned(left, anchor), cell)
    unit = codes(rows["unit"])
    sums, sizes = (
        np.bincount(2 * unit + exact, weights=w, minlength=2 * (int(unit.max()) + 1)).reshape(-1, 2)
        for w in (left**2, np.ones(len(left)))
    )
    kept = (sizes >= MIN_PRECISION_ROWS).all(axis=1) & (sums > 0).all(axis=1)
    if kept.sum() < 3:
        return float("nan")
    mean = sums[kept] / sizes[kept]
    ratio = np.log(mean[:, 0] / mean[:, 1])
    return float(stats.ttest_1samp(ratio, 0.0).pvalue)


def _few_treated(found: CheckRows) -> float:
    """Return 0 when fewer than `FEW_TREATED` zones share the date, else 1: a rule, not a test."""
    return float((found.units["zone_id"] != "").sum() >= FEW_TREATED)


def _spatial(found: CheckRows) -> float:
    """Test that neighbouring never-treated towns changed no more alike than any of a county.

    Moran's statistic of deviations from county means; towns permuted inside counties.
    """
    control = found.units[(found.units["zone_id"] == "") & np.isfinite(found.units["change"])]
    control = control.reset_index(drop=True)
    county = codes(control["county_code"].astype("str"))
    variance = control["change_noise"].to_numpy(dtype=float)
    tau2 = fit_town_variation(
        control["change"].to_numpy(dtype=float), variance, county, int(county.max(initial=-1)) + 1
    ).tau2
    left = within_demeaned(control["change"].to_numpy(dtype=float), county)
    left = left / np.sqrt(np.maximum(variance, 1e-18) + tau2)
    where = pd.Series(control.index, index=control["town_code"])
    pairs = found.neighbours
    pairs = pairs[pairs["town_code"].isin(where.index) & pairs["neighbour_code"].isin(where.index)]
    if pairs.empty:
        return float("nan")
    first, second = where[pairs["town_code"]].to_numpy(), where[pairs["neighbour_code"]].to_numpy()
    observed = float(left[first] @ left[second])
    rng = np.random.default_rng(_PERMUTATION_SEED)
    # a random order inside counties, one row a permutation
    order = np.argsort(county + rng.uniform(size=(PERMUTATIONS, len(county))), axis=1)
    inside = np.argsort(county, kind="stable")
    shuffled = np.empty((PERMUTATIONS, len(county)))
    shuffled[:, inside] = left[order]
    drawn = (shuffled[:, first] * shuffled[:, second]).sum(axis=1)
    return float((1 + (drawn >= observed).sum()) / (PERMUTATIONS + 1))


CHECKS: Final[Mapping[str, Callable[[CheckRows], float]]] = {
    "pre_trend": _pre_trend,
    "leads": _leads,
    "neighbours": _neighbours,
    "composition": _composition,
    "coverage": _coverage,
    "place_error": _place_error,
    "few_treated": _few_treated,
    "spatial": _spatial,
}
"""Alarms by name; each returns a p-value, NaN where the outcome has nothing to check."""


def alarm_table(
    frame: pd.DataFrame, spec: "Specification", neighbours: pd.DataFrame
) -> pd.DataFrame:
    """Run every alarm on an outcome.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price``, or town-years.
    spec : Specification
        The outcome.
    neighbours : DataFrame
        ``town_code``, ``neighbour_code``: towns side by side, both ways.

    Returns
    -------
    DataFrame
        ``outcome``, ``alarm``, ``p_value``: one row an alarm; missing where there is nothing to
        ask, as for an outcome without any zone that has controls.
    """
    found = check_rows_of(frame, spec, neighbours)
    p_values = (
        [float("nan")] * len(CHECKS) if found is None else [c(found) for c in CHECKS.values()]
    )
    return pd.DataFrame({"outcome": spec.outcome, "alarm": list(CHECKS), "p_value": p_values})
