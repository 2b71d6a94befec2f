"""Two-way fixed effects: one effect with its Goodman-Bacon weights, and the event study."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.estimators.bacon import bacon_decomposition, why_no_decomposition
from landwatch.models.estimators.covariance import Covariance, FactorCount, TwoWay
from landwatch.models.estimators.regression import (
    TableFit,
    error_table,
    fit_table,
    fitted_terms,
    treated_state,
    treatment_design,
    usable_rows,
)
from landwatch.models.estimators.table import (
    Estimate,
    EstimationTable,
    Estimator,
    noted,
    term_table,
)
from landwatch.vocabulary.errors import EstimationError, InputError


@dataclass(frozen=True, slots=True)
class TwoWayOptions:
    """Options of ``twfe``.

    Attributes
    ----------
    small_sample : {"own", "min"}
        Two-way clusters: each component its own G/(G−1), or the smaller one for all.
    fe_dof : {"nested", "full"}
        Whether absorbed factors nested in the clusters are free, or every level counts.
    """

    small_sample: TwoWay = "own"
    fe_dof: FactorCount = "nested"


@dataclass(frozen=True, slots=True)
class EventStudyOptions:
    """Options of ``event_study``.

    Attributes
    ----------
    base_period : int
        Relative period whose effect is zero.
    first, last : int, optional
        End bins: all earlier (later) relative periods are pooled into them.
    small_sample : {"own", "min"}
        Two-way clusters: each component its own G/(G−1), or the smaller one for all.
    fe_dof : {"nested", "full"}
        Whether absorbed factors nested in the clusters are free, or every level counts.
    """

    base_period: int = -1
    first: int | None = None
    last: int | None = None
    small_sample: TwoWay = "own"
    fe_dof: FactorCount = "nested"


def _panel(table: EstimationTable) -> tuple[pd.DataFrame, int, pd.Series, pd.Series]:
    rows, dropped = usable_rows(table, numeric=[table.period])
    first, state = treated_state(table, rows)
    return rows, dropped, first, state


def _fitted(
    table: EstimationTable,
    rows: pd.DataFrame,
    dropped: int,
    treatment: pd.DataFrame,
    options: TwoWayOptions | EventStudyOptions,
) -> tuple[TableFit, Covariance, dict[str, Any]]:
    """Fit with unit and period absorbed; errors clustered by unit unless asked otherwise."""
    factors = [c for c in (table.unit, table.period) if c is not None]
    design = treatment_design(table, rows, treatment)
    found = fit_table(table, rows, dropped, design, factors, cluster=table.cluster or factors[:1])
    lost = [c for c in treatment if not found.fit.columns[found.fit.names.index(str(c))]]
    if lost:
        raise EstimationError(
            f"無法識別 not identified beside unit and period effects: {', '.join(map(str, lost))}. "
            "Without never-treated units give end bins (--options first=-4, last=4), or look for "
            "units all treated at once."
        )
    result, told = error_table(
        found, "CR1", two_way=options.small_sample, factor_count=options.fe_dof
    )
    return found, result, told | found.told


def fit_twfe_table(table: EstimationTable, options: TwoWayOptions) -> Estimate:
    """Estimate one effect by two-way fixed effects, with the comparisons it averages.

    Parameters
    ----------
    table : EstimationTable
        Outcome, unit, period, first treated; covariates, weights, clusters where wanted.
    options : TwoWayOptions
        Options.

    Returns
    -------
    Estimate
        ``ATT``, covariates, then ``bacon:<type>`` and ``bacon:<type>:<cohort>vs<cohort>`` with the
        weight in the notes; detail ``bacon``.

    Raises
    ------
    InputError
        If the table cannot be used.
    EstimationError
        If it cannot carry the model.

    Notes
    -----
    A foil: with staggered dates it uses units already treated as controls
    (``bacon:later_vs_earlier``, ``bacon:later_vs_always``). The decomposition holds exactly on
    balanced panels without covariates and with weights constant within units; elsewhere it is left
    out and the notes say why.
    """
    rows, dropped, first, state = _panel(table)
    found, result, told = _fitted(table, rows, dropped, pd.DataFrame({"ATT": state}), options)
    begun = first[first > 0].groupby(rows[table.unit]).first()
    told["always_treated_units"] = int((begun <= rows[table.period].min()).sum())
    told["never_treated_units"] = int(rows[table.unit].nunique() - len(begun))
    bacon = pd.DataFrame()
    told["bacon"] = _why_not(table, found)
    if not told["bacon"]:
        used = found.rows
        weight = used[table.weights] if table.weights else None
        began = first[found.fit.rows].reset_index(drop=True)
        bacon = bacon_decomposition(used[table.outcome], used[table.period], began, weight)
        told["bacon"] = "weights_sum_to_1"
        told["bacon_sum"] = float((bacon["weight"] * bacon["estimate"]).sum())
    terms = fitted_terms(found, result, told)
    pieces = [terms, _bacon_terms(bacon, found.fit.n_obs)] if len(bacon) else [terms]
    return Estimate(pd.concat(pieces, ignore_index=True), told, {"bacon": bacon})


def _why_not(table: EstimationTable, found: TableFit) -> str:
    used = found.rows
    weight = used[table.weights] if table.weights else None
    return why_no_decomposition(used[table.unit], used[table.period], weight, len(table.covariates))


def _bacon_terms(bacon: pd.DataFrame, n_obs: int) -> pd.DataFrame:
    rows: list[tuple[str, float, float]] = []
    for kind, part in bacon.groupby("type", sort=False):
        total = float(part["weight"].sum())
        mean = float((part["weight"] * part["estimate"]).sum()) / total
        rows.append((f"bacon:{kind}", mean, total))
    for kind, treated, control, estimate, weight in bacon.itertuples(index=False, name=None):
        rows.append((f"bacon:{kind}:{_cohort(treated)}vs{_cohort(control)}", estimate, weight))
    pieces = [
        term_table([name], [value], [np.nan], n_obs=n_obs, notes=noted(weight=f"{weight:.17g}"))
        for name, value, weight in rows
    ]
    return pd.concat(pieces, ignore_index=True)


def _cohort(first: float) -> str:
    return {0.0: "never", -np.inf: "always"}.get(first, f"{first:.12g}")


def fit_event_study_table(table: EstimationTable, options: EventStudyOptions) -> Estimate:
    """Estimate effects by period relative to treatment, by two-way fixed effects.

    Parameters
    ----------
    table : EstimationTable
        Outcome, unit, period, first treated; covariates, weights, clusters where wanted.
    options : EventStudyOptions
        Base period and end bins.

    Returns
    -------
    Estimate
        ``ATT`` (mean of the effects of relative periods ≥ 0), ``event=k`` in order with the base
        period at 0, covariates; the joint test of the leads in the conventions; detail
        ``covariance`` of the events.

    Raises
    ------
    InputError
        If the table cannot be used or no row lies in the base period.
    EstimationError
        If it cannot carry the model.

    Notes
    -----
    Never-treated units have no event and stay in the comparison. With staggered dates and effects
    that differ by cohort the leads and lags contaminate each other (Sun and Abraham 2021).
    """
    rows, dropped, first, _ = _panel(table)
    event = (rows[table.period] - first).where(first > 0)
    event = event.clip(lower=options.first, upper=options.last)
    base = float(options.base_period)
    periods = [float(k) for k in np.sort(event.dropna().unique())]
    if base not in periods:
        raise InputError(
            f"base_period={options.base_period}: 沒有這一期 no row there; relative periods are "
            f"{', '.join(f'{k:g}' for k in periods[:12])}. Choose one before treatment."
        )
    kept = [k for k in periods if k != base]
    dummies = {_event(k): (event == k).astype(float) for k in kept}
    treatment = pd.DataFrame(dummies, index=rows.index)
    found, result, told = _fitted(table, rows, dropped, treatment, options)
    told |= {"base_period": options.base_period, "ATT": "mean_of_event>=0"}
    told |= {"pooled_first": options.first} if options.first is not None else {}
    told |= {"pooled_last": options.last} if options.last is not None else {}
    told["never_treated_units"] = int(rows[table.unit][first == 0].nunique())
    matrix = result.matrix[: len(kept), : len(kept)]
    test = _leads_test(found.fit.estimates[: len(kept)], matrix, kept, float(result.dof[0]))
    terms = _event_terms(found, result, told, kept, base)
    names = [_event(k) for k in kept]
    return Estimate(terms, told | test, {"covariance": pd.DataFrame(matrix, names, names)})


def _event(k: float) -> str:
    return f"event={k:.12g}"


def _event_terms(
    found: TableFit, result: Covariance, told: dict[str, Any], kept: Sequence[float], base: float
) -> pd.DataFrame:
    terms = fitted_terms(found, result, told)
    zero = term_table([_event(base)], [0.0], [np.nan], n_obs=found.fit.n_obs, notes=noted(**told))
    order = sorted([*kept, base])
    events = pd.concat([terms.iloc[: len(kept)], zero]).set_index("term", drop=False)
    events = events.loc[[_event(k) for k in order]]
    late = (np.asarray(kept) >= 0) / max(sum(k >= 0 for k in kept), 1)
    average = float(late @ found.fit.estimates[: len(kept)])
    variance = float(late @ result.matrix[: len(kept), : len(kept)] @ late)
    error = np.sqrt(variance) if variance > 0 else np.nan
    headline = term_table(
        ["ATT"], [average], [error], dof=result.dof[0], n_obs=found.fit.n_obs, notes=noted(**told)
    )
    return pd.concat([headline, events, terms.iloc[len(kept) :]], ignore_index=True)


def _leads_test(
    estimates: "np.ndarray[Any, np.dtype[np.float64]]",
    matrix: "np.ndarray[Any, np.dtype[np.float64]]",
    kept: Sequence[float],
    dof: float,
) -> dict[str, Any]:
    """Wald test that all effects before treatment are zero, as F with cluster degrees."""
    leads = np.flatnonzero(np.asarray(kept) < 0)
    if not len(leads):
        return {}
    block = matrix[np.ix_(leads, leads)]
    rank = int(np.linalg.matrix_rank(block, hermitian=True))
    if rank < len(leads):
        return {"leads_test": "not given: fewer clusters than leads"}
    wald = float(estimates[leads] @ np.linalg.solve(block, estimates[leads]))
    told = {"leads_f": wald / rank, "leads_dof": rank}
    return told | {"leads_p_value": float(stats.f.sf(wald / rank, rank, dof))}


ESTIMATORS: Final = (
    Estimator(
        "twfe",
        fit_twfe_table,
        TwoWayOptions,
        needs=frozenset({"outcome", "unit", "period", "first_treated"}),
        takes=frozenset({"treated_units", "covariates", "weights", "cluster"}),
        summary=(
            "雙向固定效果（附 Goodman-Bacon 權重）",
            "two-way fixed effects with their weights",
        ),
    ),
    Estimator(
        "event_study",
        fit_event_study_table,
        EventStudyOptions,
        needs=frozenset({"outcome", "unit", "period", "first_treated"}),
        takes=frozenset({"treated_units", "covariates", "weights", "cluster"}),
        summary=("事件研究（雙向固定效果）", "two-way fixed effects by relative period"),
    ),
)
