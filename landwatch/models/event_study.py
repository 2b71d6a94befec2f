"""Event studies: effects by year relative to the date of each zone."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.comparison import ContrastSample, check_pooled_sample, contrast_sample
from landwatch.models.hedonic import covariate_matrix
from landwatch.models.pooled import contrast_regression
from landwatch.models.sample import coded_rows, years_since
from landwatch.models.town_years import STAGGERED, fit_staggered, town_year_sample
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from landwatch.models.specification import Specification

COLUMNS = (
    "outcome",
    "estimator",
    "relative_period",
    "estimate_log",
    "std_error",
    "ci_low",
    "ci_high",
    "n_obs",
    "notes",
)


def fit_event_study(
    frame: pd.DataFrame, spec: "Specification", *, first: int = -6, last: int = 6
) -> pd.DataFrame:
    """Effects by year relative to the zones' dates, by the foil and every staggered estimator.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price`` (see `fit_hedonic`), or town-years.
    spec : Specification
        The outcome's specification.
    first, last : int, optional
        End bins of the two-way estimator: all earlier (later) years are pooled into them.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; relative period k covers years k to k + 1 after the date, −1 is the base
        of ``twfe`` (estimate 0, no standard error). Staggered estimators (`STAGGERED`) have
        unpooled periods; ``callaway_santanna`` has a varying base. Empty where there is no
        contrast.

    Raises
    ------
    InputError
        If the rows have faults.

    Notes
    -----
    ``twfe``: standard errors clustered by town, t with G − 1 degrees of freedom.
    """
    pieces = [_two_way_path(frame, spec, first, last), *_staggered_paths(frame, spec)]
    kept = [piece for piece in pieces if not piece.empty]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(COLUMNS))


def _two_way_path(
    frame: pd.DataFrame, spec: "Specification", first: int, last: int
) -> pd.DataFrame:
    sample = contrast_sample(coded_rows(frame, spec))
    rows = sample.rows.reset_index(drop=True)
    year = np.floor(years_since(rows["deal_date"], rows["effective_date"])).clip(first, last)
    year = year.where(rows["role"] == "zone")
    periods = [int(k) for k in np.sort(year.dropna().unique()) if k != -1]
    dummies = pd.DataFrame({str(k): (year == k).astype(float) for k in periods}, index=rows.index)
    if dummies.empty or not (year == -1).any():
        return pd.DataFrame(columns=list(COLUMNS))
    design = pd.concat([dummies, covariate_matrix(rows, spec)], axis=1)
    try:
        check_pooled_sample(sample, spec)
        fit = contrast_regression(rows, design, spec)
    except EstimationError:
        return pd.DataFrame(columns=list(COLUMNS))
    dof = int(rows["town_code"].nunique()) - 1
    path = pd.DataFrame(
        {
            "relative_period": periods,
            "estimate_log": fit.estimates[: len(periods)],
            "std_error": fit.std_errors[: len(periods)],
            "n_obs": [int((year == k).sum()) for k in periods],
        }
    )
    base = {"relative_period": -1, "estimate_log": 0.0, "n_obs": int((year == -1).sum())}
    path = pd.concat([path, pd.DataFrame([base])], ignore_index=True)
    notes = f"base=-1;se=CRV1:town;t_dof={dof};end_bins_pooled<={first},>={last};n_obs=treated_rows"
    return _finished(path.dropna(subset="estimate_log"), spec.outcome, "twfe", dof, notes)


def _staggered_paths(frame: pd.DataFrame, spec: "Specification") -> list[pd.DataFrame]:
    try:
        sample, panel = town_year_sample(frame, spec)
    except EstimationError:
        return []
    return [_staggered_path(name, panel, sample, spec) for name in STAGGERED]


def _staggered_path(
    name: str, panel: pd.DataFrame, sample: ContrastSample, spec: "Specification"
) -> pd.DataFrame:
    try:
        terms = fit_staggered(name, panel).terms
    except EstimationError:
        return pd.DataFrame(columns=list(COLUMNS))
    event = terms[terms["term"].str.startswith("event=") & terms["estimate"].notna()]
    path = event.rename(columns={"estimate": "estimate_log"}).assign(
        relative_period=event["term"].str.removeprefix("event=").astype(int),
        outcome=spec.outcome,
        estimator=name,
        notes=event["notes"] + ";" + sample.notes(),
    )
    return path.sort_values("relative_period")[list(COLUMNS)].reset_index(drop=True)


def _finished(
    path: pd.DataFrame, outcome: str, estimator: str, dof: int, notes: str
) -> pd.DataFrame:
    half = stats.t.ppf(0.975, dof) * path["std_error"]
    path = path.assign(
        outcome=outcome,
        estimator=estimator,
        ci_low=path["estimate_log"] - half,
        ci_high=path["estimate_log"] + half,
        notes=notes,
    )
    return path.sort_values("relative_period")[list(COLUMNS)].reset_index(drop=True)
