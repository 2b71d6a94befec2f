"""Pooled before/after effects of all zones together: two-way fixed effects and group-time."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.hedonic import AbsorbedFit, absorbed_regression, covariate_matrix, paired_rows
from landwatch.models.sample import (
    ContrastSample,
    check_pooled_sample,
    coded_rows,
    contrast_sample,
    first_full_year,
)
from landwatch.models.within import codes, period_index
from landwatch.vocabulary.errors import EstimationError, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landwatch.models.group_time import GroupTimeFit
    from landwatch.models.specification import Specification

_NUMBERS = ("estimate", "std_error", "ci_low", "ci_high", "p_value")


@dataclass(frozen=True, slots=True)
class PooledEffect:
    """One pooled effect; NaN where the data cannot carry it, with the reason in `notes`.

    Attributes
    ----------
    outcome, estimator : str
        Outcome and ``twfe`` or ``callaway_santanna``.
    estimate_log, std_error, ci_low, ci_high : float
        Effect, its standard error and 95 % interval [log points; per year for a panel].
    p_value : float
        Two-sided.
    n_obs : int
        Rows used: deals, town-years.
    n_treated_units, n_control_units : int
        Treated and never-treated towns in the contrast.
    notes : str
        Conventions and what was left out.
    """

    outcome: str
    estimator: str
    estimate_log: float
    std_error: float
    ci_low: float
    ci_high: float
    p_value: float
    n_obs: int
    n_treated_units: int
    n_control_units: int
    notes: str


def pooled_table(effects: "Sequence[PooledEffect]") -> pd.DataFrame:
    """Tabulate pooled effects.

    Parameters
    ----------
    effects : sequence of PooledEffect
        Effects in the order wanted.

    Returns
    -------
    DataFrame
        One row per effect, columns named as the fields.
    """
    columns = list(PooledEffect.__dataclass_fields__)
    return pd.DataFrame([asdict(effect) for effect in effects], columns=columns)


def fit_twfe(frame: pd.DataFrame, spec: "Specification") -> PooledEffect:
    """Regress on treated × after with places and county × period absorbed.

    Shown as a foil: with staggered dates it compares zones with zones already treated.

    Parameters
    ----------
    frame : DataFrame
        Deals or town-years of one outcome.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    PooledEffect
        Estimator ``twfe``; numbers NaN and a reason in `notes` where there is no contrast.

    Raises
    ------
    InputError
        If the rows have faults.

    Notes
    -----
    Standard errors clustered by town (CRV1); t with G − 1 degrees of freedom, G towns. For a panel
    the response is annual growth.
    """
    sample = contrast_sample(coded_rows(frame, spec))
    rows = sample.rows.reset_index(drop=True)
    design = covariate_matrix(rows, spec)
    design.insert(0, "treated", rows["after"].astype(float))
    try:
        check_pooled_sample(sample, spec)
        fit = contrast_regression(rows, design, spec)
    except EstimationError as error:
        return _not_estimated(spec.outcome, "twfe", sample, str(error))
    estimate, error_of = float(fit.estimates[0]), float(fit.std_errors[0])
    dof = int(rows["town_code"].nunique()) - 1
    low, high, p_value = t_interval(estimate, error_of, dof)
    notes = (
        f"absorbed={'+'.join(spec.fixed_effects)};se=CRV1:town;t_dof={dof};"
        f"rows_dropped={len(rows) - fit.n_obs};{sample.notes()}"
    )
    return PooledEffect(
        spec.outcome, "twfe", estimate, error_of, low, high, p_value, fit.n_obs,
        sample.n_treated_units, sample.n_control_units, notes,
    )  # fmt: skip


def contrast_regression(
    rows: pd.DataFrame, design: pd.DataFrame, spec: "Specification"
) -> AbsorbedFit:
    """Fit treatment columns and covariates with the absorbed factors of a specification.

    Parameters
    ----------
    rows : DataFrame
        Rows of a contrast sample.
    design : DataFrame, shape (n, k)
        Regressors, treatment first.
    spec : Specification
        Names the absorbed factors.

    Returns
    -------
    AbsorbedFit
        Estimates in the order of the design's columns.

    Raises
    ------
    EstimationError
        If there is nothing to compare: no treated or control rows, no variation of prices, or a
        treatment that the absorbed factors explain completely.
    """
    if rows.empty or not (rows["role"] == "control").any():
        raise EstimationError("no zone has a never-treated town with rows on both sides")
    absorbed = rows[list(spec.fixed_effects)]
    kept = paired_rows(absorbed)
    treated = design.iloc[:, 0][kept]
    if treated.nunique() < 2:
        raise EstimationError("no treated rows on both sides of the date")
    if rows.loc[kept, "log_price"].nunique() < 2:
        raise EstimationError("prices do not vary")
    fit = absorbed_regression(rows["log_price"], design, absorbed, rows["town_code"])
    if np.isnan(fit.estimates[0]):
        raise EstimationError("treatment is collinear with the absorbed factors")
    if not fit.std_errors[0] > 0 or not np.isfinite(fit.std_errors[0]):
        raise EstimationError("no variation left to judge the effect by")
    return fit


def t_interval(estimate: float, std_error: float, dof: float) -> tuple[float, float, float]:
    """Interval and p-value by the t distribution.

    Parameters
    ----------
    estimate, std_error : float
        Estimate and standard error.
    dof : float
        Degrees of freedom.

    Returns
    -------
    tuple of float
        Lower and upper bound of the 95 % interval, two-sided p-value.
    """
    half = float(stats.t.ppf(0.975, dof)) * std_error
    p_value = 2.0 * float(stats.t.sf(abs(estimate / std_error), dof))
    return estimate - half, estimate + half, p_value


def _not_estimated(
    outcome: str, estimator: str, sample: ContrastSample, reason: str
) -> PooledEffect:
    nan = float("nan")
    notes = f"insufficient_data: {reason};{sample.notes()}"
    return PooledEffect(
        outcome, estimator, nan, nan, nan, nan, nan, 0,
        sample.n_treated_units, sample.n_control_units, notes,
    )  # fmt: skip


def town_year_panel(rows: pd.DataFrame, *, response: str = "log_price") -> pd.DataFrame:
    """Index of every unit by calendar year, places held constant, less its county's controls.

    Parameters
    ----------
    rows : DataFrame
        Rows of a contrast sample.
    response : str, optional
        Column to index.

    Returns
    -------
    DataFrame
        ``unit``, ``county_code``, ``year``, ``value`` (index less the county × year mean of
        never-treated towns [log points]), ``first_treated`` (first year mostly after the date; 0
        for never treated), ``n_rows``. Years in which the county has no control are left out.

    Notes
    -----
    Rows of a zone between its date and the turn of the year nearest to it belong to neither side
    and are left out.
    """
    turn = first_full_year(rows["effective_date"])
    date = pd.to_datetime(rows["deal_date"])
    low, high = turn.where(turn < rows["effective_date"], rows["effective_date"]), turn
    high = high.where(high > rows["effective_date"], rows["effective_date"])
    between = (rows["role"] == "zone") & (date >= low) & (date < high)
    used = rows[~between].assign(year=date.dt.year, turn=turn.dt.year)
    units = used.groupby("unit")[["county_code", "role", "turn"]].first()
    years = np.sort(used["year"].unique())
    unit, period = codes(used["unit"]), np.searchsorted(years, used["year"].to_numpy())
    index = period_index(
        used[response].to_numpy(dtype=float),
        group=codes(used["location"]),
        unit=unit,
        period=period.astype(np.int64),
        shape=(len(units), len(years)),
    )
    cells = {"unit": np.repeat(units.index, len(years)), "year": np.tile(years, len(units))}
    panel = pd.DataFrame({**cells, "value": index.ravel()}).join(units, on="unit")
    counts = used.groupby(["unit", "year"], as_index=False).size()
    panel = panel.merge(counts.rename(columns={"size": "n_rows"}), how="left", on=["unit", "year"])
    control = panel["value"].where(panel["role"] == "control")
    panel["value"] -= control.groupby([panel["county_code"], panel["year"]]).transform("mean")
    panel["first_treated"] = panel["turn"].where(panel["role"] == "zone", 0).astype(np.int64)
    panel = panel[panel["value"].notna()].drop(columns=["role", "turn"])
    return panel.reset_index(drop=True)


def group_time_fit(
    frame: pd.DataFrame, spec: "Specification"
) -> "tuple[ContrastSample, GroupTimeFit]":
    """Build the town × year panel of an outcome and fit group-time effects on it.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price`` (see `fit_hedonic`), or town-years.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    sample : ContrastSample
        What took part.
    fit : GroupTimeFit
        Aggregated effects.

    Raises
    ------
    InputError
        If the deals are not adjusted yet.
    EstimationError
        If there is no contrast.
    """
    rows = adjusted_rows(frame, spec)
    sample = contrast_sample(rows)
    from landwatch.models.group_time import fit_callaway_santanna

    if sample.rows.empty or sample.rows["log_price"].nunique() < 2:
        raise EstimationError("no zone has a control, or prices do not vary")
    check_pooled_sample(sample, spec)
    panel = town_year_panel(sample.rows)
    return sample, fit_callaway_santanna(
        panel, outcome="value", unit="unit", period="year", first_treated="first_treated"
    )


def adjusted_rows(frame: pd.DataFrame, spec: "Specification") -> pd.DataFrame:
    """Code rows with the adjusted price as the response.

    Parameters
    ----------
    frame : DataFrame
        Deals with a column ``adjusted_log_price``, or town-years.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    DataFrame
        Rows of `coded_rows`; ``log_price`` is the adjusted price (or annual growth).

    Raises
    ------
    InputError
        If the deals have no adjusted price.
    """
    rows = coded_rows(frame, spec)
    if spec.kind == "panel":
        return rows.assign(observed=rows["log_price"])
    if "adjusted_log_price" not in rows.columns:
        raise InputError(
            f"{spec.outcome}: 缺少品質調整後價格 column adjusted_log_price not found; "
            "assign fit_hedonic(deals, spec).adjusted_log_price to the deals first"
        )
    adjusted = rows["adjusted_log_price"].astype(float)
    return rows.assign(observed=rows["log_price"], log_price=adjusted)


def fit_group_time(frame: pd.DataFrame, spec: "Specification") -> PooledEffect:
    """Average group-time effect (simple aggregate) on the town × year panel.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price``, or town-years.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    PooledEffect
        Estimator ``callaway_santanna``; NaN and a reason in `notes` where there is no contrast.

    Raises
    ------
    InputError
        If the rows have faults.

    Notes
    -----
    The standard error takes the county × year means of the controls as known; zones of one county
    share their noise, so with few control towns the interval is somewhat too short. The effects of
    `fit_zone_effects` do not have this fault.
    """
    try:
        sample, fit = group_time_fit(frame, spec)
    except EstimationError as error:
        sample = contrast_sample(coded_rows(frame, spec))
        return _not_estimated(spec.outcome, "callaway_santanna", sample, str(error))
    row = fit.terms[fit.terms["aggregate"] == "simple"].iloc[0]
    estimate, error_of, low, high, p_value = row[list(_NUMBERS)].astype(float)
    if not np.isfinite(error_of) or error_of <= 0:
        return _not_estimated(spec.outcome, "callaway_santanna", sample, "no variation")
    response = "response=town_year_index_less_county_controls;se_ignores_shared_county_means"
    notes = f"{fit.notes};{response};{sample.notes()}"
    return PooledEffect(
        spec.outcome, "callaway_santanna", estimate, error_of, low, high, p_value, fit.n_obs,
        fit.n_treated_units, fit.n_control_units, notes,
    )  # fmt: skip
