"""Pooled before/after effects of all zones together: two-way fixed effects and staggered."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.comparison import ContrastSample, check_pooled_sample, contrast_sample
from landwatch.models.estimators.absorbed import paired_rows
from landwatch.models.hedonic import AbsorbedFit, absorbed_regression, covariate_matrix
from landwatch.models.sample import coded_rows
from landwatch.models.town_years import STAGGERED, fit_staggered, town_year_sample
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landwatch.models.specification import Specification

_NOISE = 1e-12
_NUMBERS = ("estimate", "std_error", "ci_low", "ci_high", "p_value")


@dataclass(frozen=True, slots=True)
class PooledEffect:
    """One pooled effect; NaN where the data cannot carry it, with the reason in `notes`.

    Attributes
    ----------
    outcome, estimator : str
        Outcome and ``twfe`` or a key of `STAGGERED`.
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


def fit_pooled(frame: pd.DataFrame, spec: "Specification") -> list[PooledEffect]:
    """Fit the foil and every staggered estimator of the town × year panel.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price`` (see `fit_hedonic`), or town-years.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    list of PooledEffect
        ``twfe``, then the estimators of `STAGGERED`; NaN and a reason in `notes` where there is no
        contrast.

    Raises
    ------
    InputError
        If the rows have faults.
    """
    return [fit_twfe(frame, spec), *fit_staggered_effects(frame, spec)]


def fit_staggered_effects(
    frame: pd.DataFrame, spec: "Specification", *, names: "Sequence[str]" = tuple(STAGGERED)
) -> list[PooledEffect]:
    """Average effect (term ``simple``) of staggered estimators on the town × year panel.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price`` (see `fit_hedonic`), or town-years.
    spec : Specification
        The outcome's specification.
    names : sequence of str, optional
        Keys of `STAGGERED`.

    Returns
    -------
    list of PooledEffect
        In the order of names; NaN and a reason in `notes` where there is no contrast.

    Raises
    ------
    InputError
        If the rows have faults.
    """
    try:
        sample, panel = town_year_sample(frame, spec)
    except EstimationError as error:
        sample = contrast_sample(coded_rows(frame, spec))
        return [_not_estimated(spec.outcome, name, sample, str(error)) for name in names]
    return [_staggered_effect(name, panel, sample, spec) for name in names]


def _staggered_effect(
    name: str, panel: pd.DataFrame, sample: ContrastSample, spec: "Specification"
) -> PooledEffect:
    try:
        row = fit_staggered(name, panel).terms.iloc[0]
    except EstimationError as error:
        return _not_estimated(spec.outcome, name, sample, str(error))
    estimate, error_of, low, high, p_value = row[list(_NUMBERS)].astype(float)
    if row["term"] != "simple" or not error_of > _NOISE * panel["value"].abs().max():
        return _not_estimated(spec.outcome, name, sample, "no variation")
    units = panel.groupby("unit")["first_treated"].first()
    notes = f"{row['notes']};response=town_year_index;{sample.notes()}"
    return PooledEffect(
        spec.outcome, name, estimate, error_of, low, high, p_value, int(row["n_obs"]),
        int((units > 0).sum()), int((units == 0).sum()), notes,
    )  # fmt: skip
