"""From a table with roles to a linear fit and back to terms: what all regressions share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from landwatch.models.estimators.absorbed import INTERCEPT, LinearFit, fit_absorbed
from landwatch.models.estimators.covariance import (
    Covariance,
    ErrorKind,
    FactorCount,
    TwoWay,
    covariance,
)
from landwatch.models.estimators.table import (
    EstimationTable,
    complete_rows,
    covariate_columns,
    first_treated_periods,
    noted,
    term_table,
)
from landwatch.vocabulary.errors import EstimationError, InputError


@dataclass(frozen=True, slots=True)
class TableFit:
    """A linear fit of a table.

    Attributes
    ----------
    fit : LinearFit
        The fit.
    rows : DataFrame
        Rows used, index reset.
    clusters : tuple of Series
        Cluster columns on the rows used.
    told : mapping
        Rows left out, collinear columns, absorbed factors, weights: for notes and conventions.
    """

    fit: LinearFit
    rows: pd.DataFrame
    clusters: tuple[pd.Series, ...]
    told: dict[str, Any]


def factor_names(absorb: str, frame: pd.DataFrame) -> tuple[str, ...]:
    """Read the columns to absorb.

    Parameters
    ----------
    absorb : str
        Columns joined by ``+``; or the name of one column, whatever it contains.
    frame : DataFrame
        The table.

    Returns
    -------
    tuple of str
        Columns.
    """
    if absorb in frame.columns:
        return (absorb,)
    return tuple(dict.fromkeys(part.strip() for part in absorb.split("+") if part.strip()))


def usable_rows(
    table: EstimationTable, *further: str | None, numeric: Sequence[str | None] = ()
) -> tuple[pd.DataFrame, int]:
    """Keep complete rows, covariates that hold numbers checked as numbers.

    Parameters
    ----------
    table : EstimationTable
        Table and roles.
    *further : str or None
        Columns that options name.
    numeric : sequence of str or None, optional
        Columns that must hold numbers.

    Returns
    -------
    tuple of (DataFrame, int)
        Rows, and how many were left out.

    Raises
    ------
    InputError
        See `landwatch.models.estimators.table.complete_rows`.
    """
    table.columns(*further)
    types = table.frame.dtypes
    numbers = [c for c in table.covariates if pd.api.types.is_numeric_dtype(types[c])]
    return complete_rows(table, *further, numeric=[*numbers, *numeric])


def fit_table(
    table: EstimationTable,
    rows: pd.DataFrame,
    dropped: int,
    design: pd.DataFrame,
    absorb: Sequence[str],
    *,
    cluster: Sequence[str] = (),
    intercept: bool = True,
) -> TableFit:
    """Fit the outcome of a table on a design.

    Parameters
    ----------
    table : EstimationTable
        Roles.
    rows : DataFrame
        Complete rows.
    dropped : int
        Rows left out before.
    design : DataFrame
        Regressors on the rows.
    absorb : sequence of str
        Columns to absorb.
    cluster : sequence of str, optional
        Columns of clusters.
    intercept : bool, optional
        Intercept where nothing is absorbed.

    Returns
    -------
    TableFit
        The fit.

    Raises
    ------
    InputError
        If a column plays two parts or the outcome does not vary.
    EstimationError
        If the rows cannot carry the fit.
    """
    names = [INTERCEPT, table.outcome, *map(str, design.columns)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(
            f"{', '.join(twice)}: 名稱重複 stands for two things: outcome, treatment, intercept or "
            "covariate. Rename or leave out the covariate."
        )
    if rows[table.outcome].nunique() < 2:
        raise EstimationError(f"{table.outcome}: 沒有變異 does not vary in {len(rows)} rows.")
    weights = None if table.weights is None else rows[table.weights].to_numpy()
    fit = fit_absorbed(rows[table.outcome], design, rows[list(absorb)], weights=weights,
                       intercept=intercept)  # fmt: skip
    lost = [name for name, kept in zip(fit.names, fit.columns, strict=True) if not kept]
    weightless = 0 if weights is None else int((weights == 0).sum())
    told: dict[str, Any] = {"rows_dropped_missing": dropped}
    told |= {"rows_without_weight": weightless} if weightless else {}
    told |= {"absorbed": "+".join(absorb)} if absorb else {}
    told |= {"singletons_dropped": len(rows) - weightless - fit.n_obs} if absorb else {}
    told |= {"weights": f"analytic:{table.weights}"} if table.weights else {}
    told |= {"collinear_dropped": "+".join(lost)} if lost else {}
    used = rows[fit.rows].reset_index(drop=True)
    return TableFit(fit, used, tuple(used[c] for c in cluster), told)


def error_table(
    found: TableFit,
    kind: ErrorKind,
    *,
    two_way: TwoWay = "own",
    factor_count: FactorCount = "nested",
) -> tuple[Covariance, dict[str, Any]]:
    """Estimate the covariance of a fit and say by what convention.

    Parameters
    ----------
    found : TableFit
        The fit.
    kind : str
        Kind of standard error.
    two_way, factor_count : str, optional
        See `landwatch.models.estimators.covariance.covariance`.

    Returns
    -------
    tuple of (Covariance, dict)
        Covariance; conventions by name.
    """
    result = covariance(found.fit, kind, found.clusters, two_way=two_way, factor_count=factor_count)
    names = "+".join(str(c.name) for c in found.clusters)
    told: dict[str, Any] = {"se": f"{kind}:{names}" if names else kind}
    told |= {"clusters": "x".join(map(str, result.n_clusters))} if result.n_clusters else {}
    told |= {"two_way": two_way} if len(found.clusters) > 1 else {}
    told |= {"fe_dof": factor_count} if found.clusters and found.fit.factors.shape[1] else {}
    told |= {"parameters": result.n_parameters}
    dof = result.dof
    told |= {"t_dof": f"{dof[0]:g}"} if (dof == dof[0]).all() else {"t_dof": "satterthwaite"}
    if (np.diag(result.matrix) < 0).any():
        told["variance"] = "negative for some terms: standard error missing"
    return result, told


def fitted_terms(found: TableFit, result: Covariance, told: dict[str, Any]) -> pd.DataFrame:
    """Tabulate the terms of a fit, the intercept last.

    Parameters
    ----------
    found : TableFit
        The fit.
    result : Covariance
        Its covariance.
    told : dict
        Conventions for the notes.

    Returns
    -------
    DataFrame
        Terms; a collinear one has neither estimate nor error.
    """
    fit = found.fit
    error, dof = np.full(len(fit.names), np.nan), np.ones(len(fit.names))
    variance = np.diag(result.matrix)
    error[fit.columns] = np.sqrt(np.where(variance > 0, variance, np.nan))
    dof[fit.columns] = result.dof
    terms = term_table(fit.names, fit.estimates, error, dof=dof, n_obs=fit.n_obs,
                       notes=noted(**told))  # fmt: skip
    last = terms["term"] == INTERCEPT
    return pd.concat([terms[~last], terms[last]], ignore_index=True)


def treated_state(table: EstimationTable, rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Tell the first treated period of every row, and whether the row is treated.

    Parameters
    ----------
    table : EstimationTable
        With unit, period and first treated.
    rows : DataFrame
        Complete rows.

    Returns
    -------
    tuple of Series
        First treated period, 0 for never; 1 from that period on, else 0.

    Raises
    ------
    InputError
        If treatment cannot be dated.
    EstimationError
        If no row is treated, or all are.
    """
    first = first_treated_periods(table, rows)
    state = ((first > 0) & (rows[table.period] >= first)).astype(float)
    if state.nunique() < 2:
        raise EstimationError(
            f"{'全部' if state.iloc[0] else '沒有'}資料列受處理 {int(state.sum())} of {len(state)} "
            "rows are treated; both kinds are needed. Check --first-treated against the periods."
        )
    return first, state


def treatment_design(
    table: EstimationTable, rows: pd.DataFrame, treatment: pd.DataFrame
) -> pd.DataFrame:
    """Put treatment columns before the covariates.

    Parameters
    ----------
    table : EstimationTable
        Roles.
    rows : DataFrame
        Complete rows.
    treatment : DataFrame
        Treatment columns.

    Returns
    -------
    DataFrame
        Design.
    """
    return pd.concat([treatment, covariate_columns(rows, table.covariates)], axis=1)
