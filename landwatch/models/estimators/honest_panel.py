"""Event study of a panel with its covariance: group-time or two-way fixed effects."""

import warnings
from collections.abc import Mapping
from typing import Final, Literal

import numpy as np
import pandas as pd
import pyfixest
from diff_diff import CallawaySantAnna

from landwatch.models.estimators.honest_coefficients import Coefficients, checked_covariance
from landwatch.models.estimators.table import (
    EstimationTable,
    complete_rows,
    covariate_columns,
    first_treated_periods,
)
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError

CONTROL: Final = {"never": "never_treated", "notyet": "not_yet_treated"}


def fit_path(table: EstimationTable, path: Literal["group_time", "two_way"]) -> Coefficients:
    """Estimate an event study from a panel.

    Parameters
    ----------
    table : EstimationTable
        Panel with unit, period and first treated.
    path : {"group_time", "two_way"}
        Callaway and Sant'Anna's event aggregation with a universal base, or the two-way fixed
        effects event study with the period before treatment as reference.

    Returns
    -------
    Coefficients
        By periods since treatment, reference −1. Units first treated after the last period count
        as never treated; rows of units treated in the first period or before are left out.

    Raises
    ------
    StudyError
        If a role is missing or not taken.
    InputError
        If the panel has faults.
    EstimationError
        If no event study can be estimated.
    """
    if table.unit is None or table.first_treated is None:
        raise StudyError(
            "honest_did: 面板需要 a panel needs --unit and --first-treated; a table of "
            "coefficients needs neither."
        )
    rows, dropped = complete_rows(table, numeric=[table.period])
    first = first_treated_periods(table, rows)
    data = pd.DataFrame({
        "outcome": rows[table.outcome],
        "unit": pd.factorize(rows[table.unit].astype("str"), sort=True)[0],
        "period": _whole(rows[table.period], str(table.period)),
        "first": _whole(first, str(table.first_treated)),
    })  # fmt: skip
    if repeated := int(data.duplicated(["unit", "period"]).sum()):
        raise InputError(
            f"同一單位與期別重複 expected one row per unit and period, found {repeated} repeated. "
            "Aggregate them first."
        )
    last, begin = data["period"].max(), data["period"].min()
    always = (data["first"] > 0) & (data["first"] <= begin)
    later = data["first"] > last
    data["first"] = data["first"].where(~later, 0)
    extra = {
        "rows_dropped_missing": dropped,
        "rows_dropped_always_treated": int(always.sum()),
        "units_treated_later_as_never": int(data.loc[later, "unit"].nunique()),
    }
    rows, data = (t[~always].reset_index(drop=True) for t in (rows, data))
    if not (data["first"] > 0).any():
        raise EstimationError(
            f"沒有處理單位 no unit is first treated after period {begin} and up to {last}. Check "
            "--first-treated."
        )
    fitted = _group_time if path == "group_time" else _two_way
    return fitted(table, rows, data, extra)


def _whole(column: pd.Series, name: str) -> pd.Series:
    values = column.astype(float)
    if (values != np.round(values)).any():
        raise InputError(
            f"{name}: 期別不是整數 expected whole periods, found {values.iloc[0]:g} … Number the "
            "periods 1, 2, 3 …"
        )
    return values.astype(np.int64)


def _group_time(
    table: EstimationTable, rows: pd.DataFrame, data: pd.DataFrame, extra: Mapping[str, object]
) -> Coefficients:
    if table.weights:
        raise StudyError("honest_did: path=group_time 不使用 takes no --weights; use path=two_way.")
    covariates = covariate_columns(rows, table.covariates)
    names = [f"x{i}" for i in range(covariates.shape[1])]
    data = data.join(covariates.set_axis(names, axis=1))
    cluster = _cluster(table)
    if cluster and cluster != table.unit:
        data["cluster"] = pd.factorize(rows[cluster].astype("str"), sort=True)[0]
    data = data.sort_values(["unit", "period"], kind="stable").reset_index(drop=True)
    model = CallawaySantAnna(
        control_group=CONTROL[table.control], base_period="universal",
        cluster="cluster" if "cluster" in data else None,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            found = model.fit(
                data, outcome="outcome", unit="unit", time="period", first_treat="first",
                covariates=names or None,
            ).aggregate("event_study")  # fmt: skip
        except (ValueError, np.linalg.LinAlgError) as error:
            raise EstimationError(f"事件研究無法估計 no event study: {error}") from None
    time, estimate = np.asarray(found.event_time, float), np.asarray(found.att, float)
    position = {float(t): i for i, t in enumerate(found.vcov_index)}
    usable = [
        i for i, t in enumerate(time) if t != -1 and t in position and estimate[i] == estimate[i]
    ]
    index = [position[time[i]] for i in usable]
    matrix = np.asarray(found.vcov, dtype=float)[np.ix_(index, index)]
    told = {"path": "callaway_santanna", "base": "universal", "control": table.control,
            "se": "influence_function", "cluster": cluster or table.unit, **extra}  # fmt: skip
    matrix = checked_covariance(matrix)
    return Coefficients(time[usable], estimate[usable], matrix, -1.0, len(data), told)


def _cluster(table: EstimationTable) -> str | None:
    if len(table.cluster) > 1:
        raise StudyError("honest_did: 只接受一層群集 expected one cluster column, found two.")
    return table.cluster[0] if table.cluster else None


def _two_way(
    table: EstimationTable, rows: pd.DataFrame, data: pd.DataFrame, extra: Mapping[str, object]
) -> Coefficients:
    since = (data["period"] - data["first"]).where(data["first"] > 0, -1)
    times = sorted(set(since) - {-1})
    leads = {f"d{i}": (since == t).astype(float) for i, t in enumerate(times)}
    covariates = covariate_columns(rows, table.covariates)
    controls = {f"x{i}": covariates[c] for i, c in enumerate(covariates)}
    cluster = _cluster(table) or table.unit
    labels = pd.factorize(rows[cluster].astype("str"), sort=True)[0]
    weights = {"w": rows[table.weights]} if table.weights else {}
    data = data.assign(**leads, **controls, cluster=labels, **weights)
    order = data.sort_values(["unit", "period"], kind="stable").reset_index(drop=True)
    formula = f"outcome ~ {' + '.join([*leads, *controls])} | unit + period"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        warnings.filterwarnings("ignore", message="The inplace keyword", category=Warning)
        try:
            fit = pyfixest.feols(
                formula, data=order, vcov={"CRV1": "cluster"}, weights="w" if weights else None
            )
        except (ValueError, RuntimeError, np.linalg.LinAlgError) as error:
            raise EstimationError(f"事件研究無法估計 no event study: {error}") from None
    estimate = fit.coef()
    kept = [(t, name) for t, name in zip(times, leads, strict=True) if name in estimate.index]
    if len(kept) < len(times):
        lost = ", ".join(f"{t:g}" for t, n in zip(times, leads, strict=True) if n not in estimate)
        raise EstimationError(
            f"事件研究共線 periods {lost} since treatment cannot be told from the fixed effects; "
            "give never-treated units, or path=group_time."
        )
    names = [name for _, name in kept]
    at = [list(estimate.index).index(name) for name in names]
    matrix = np.asarray(fit._vcov, dtype=float)[np.ix_(at, at)]
    told = {"path": "two_way", "se": "CRV1", "cluster": cluster, **extra}
    when = np.array([float(t) for t, _ in kept])
    values = estimate[names].to_numpy(dtype=float)
    return Coefficients(when, values, checked_covariance(matrix), -1.0, len(order), told)
