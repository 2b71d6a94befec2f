"""Group-time effects of Callaway and Sant'Anna on any table of units by periods."""

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from diff_diff import CallawaySantAnna
from scipy import stats

from landwatch.vocabulary.errors import EstimationError, InputError

Control = Literal["never", "notyet"]
Base = Literal["varying", "universal"]
_CONTROL = {"never": "never_treated", "notyet": "not_yet_treated"}


@dataclass(frozen=True, slots=True)
class GroupTimeFit:
    """Aggregated group-time effects.

    Attributes
    ----------
    terms : DataFrame
        One row per aggregate: ``aggregate`` (``simple``, ``group``, ``event``), ``term`` (empty,
        first treated period, or periods since treatment), ``estimate``, ``std_error``, ``ci_low``,
        ``ci_high``, ``p_value``.
    n_obs : int
        Rows used.
    n_treated_units, n_control_units : int
        Units ever treated and never treated.
    notes : str
        Conventions: control group, base period, standard errors, reference distribution.
    """

    terms: pd.DataFrame
    n_obs: int
    n_treated_units: int
    n_control_units: int
    notes: str


def fit_callaway_santanna(
    frame: pd.DataFrame,
    *,
    outcome: str,
    unit: str,
    period: str,
    first_treated: str,
    control: Control = "never",
    base: Base = "varying",
) -> GroupTimeFit:
    """Estimate group-time average effects without covariates and aggregate them.

    Parameters
    ----------
    frame : DataFrame
        One row per unit and period; units may miss periods.
    outcome, unit, period, first_treated : str
        Names of columns; `first_treated` is 0 (or missing) for units never treated.
    control : {"never", "notyet"}, optional
        Which units stand for the untreated path.
    base : {"varying", "universal"}, optional
        Base period before treatment: the period before, or always the last untreated one.

    Returns
    -------
    GroupTimeFit
        Simple, group and event aggregates.

    Raises
    ------
    InputError
        If a column is missing or a unit and period occur twice.
    EstimationError
        If no group-time effect can be estimated.

    Notes
    -----
    Analytic standard errors (influence functions) of diff-diff; intervals and p-values use the t
    distribution with (units − 1) degrees of freedom.

    References
    ----------
    Callaway, B. and Sant'Anna, P. (2021). Difference-in-differences with multiple time periods.
    Journal of Econometrics 225.
    """
    data = _unit_periods(frame, [outcome, unit, period, first_treated])
    first = data.groupby("unit")["first"].first()
    if not (first > 0).any() or not (first == 0).any():
        raise EstimationError(
            "團體—時間效果需要處理組與對照組 group-time effects need treated and never-treated "
            f"units; found {int((first > 0).sum())} treated and {int((first == 0).sum())} never "
            "treated. Give units without treatment 0 in the column of first treated periods."
        )
    model = CallawaySantAnna(control_group=_CONTROL[control], base_period=base)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            fit = model.fit(
                data, outcome="outcome", unit="unit", time="period", first_treat="first"
            )
            tables = {
                "simple": fit.aggregate("simple").to_dataframe(),
                "group": fit.aggregate("group").to_dataframe(),
                "event": fit.aggregate("event_study").to_dataframe(),
            }
        except (ValueError, np.linalg.LinAlgError) as error:
            raise EstimationError(f"團體—時間效果無法估計 no group-time effect: {error}") from error
    notes = f"control={control};base={base};se=influence_function;t_dof={len(first) - 1}"
    treated = int((first > 0).sum())
    return GroupTimeFit(
        _terms(tables, len(first) - 1), len(data), treated, len(first) - treated, notes
    )


def _unit_periods(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InputError(
            f"欄位不足 missing columns: {', '.join(missing)}; found {list(frame.columns)}"
        )
    data = frame[names].set_axis(["outcome", "unit", "period", "first"], axis=1)
    data = data.assign(first=data["first"].fillna(0).astype(np.int64)).dropna()
    if repeated := int(data.duplicated(["unit", "period"]).sum()):
        raise InputError(f"{repeated} rows repeat a unit and period; aggregate them first")
    data = data.sort_values(["unit", "period"]).reset_index(drop=True)
    data["unit"] = pd.factorize(data["unit"], sort=True)[0]
    return data


def _terms(tables: dict[str, pd.DataFrame], dof: int) -> pd.DataFrame:
    label = {"simple": None, "group": "label", "event": "event_time"}
    pieces = []
    for aggregate, table in tables.items():
        column = label[aggregate]
        term = table[column].astype(float) if column else pd.Series(np.nan, index=table.index)
        estimate, error = table["att"].astype(float), table["se"].astype(float)
        half = stats.t.ppf(0.975, dof) * error
        pieces.append(
            pd.DataFrame(
                {
                    "aggregate": aggregate,
                    "term": term,
                    "estimate": estimate,
                    "std_error": error,
                    "ci_low": estimate - half,
                    "ci_high": estimate + half,
                    "p_value": 2.0 * stats.t.sf((estimate / error).abs(), dof),
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)
