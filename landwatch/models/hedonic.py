"""Hedonic adjustment: what a deal would have cost with its kind and size held constant."""

import contextlib
import warnings
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyfixest as pf

from landwatch.models.sample import coded_rows
from landwatch.models.within import codes
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from landwatch.models.specification import Specification


@dataclass(frozen=True, slots=True)
class AbsorbedFit:
    """Least squares with absorbed factors.

    Attributes
    ----------
    estimates, std_errors : ndarray, shape (k,)
        By column of the design; NaN for a collinear column.
    n_obs : int
        Rows used, singletons left out.
    r2_within : float
        Share of variation inside the absorbed levels that is explained.
    """

    estimates: "NDArray[np.float64]"
    std_errors: "NDArray[np.float64]"
    n_obs: int
    r2_within: float


@dataclass(frozen=True, slots=True)
class HedonicFit:
    """Result of a hedonic regression.

    Attributes
    ----------
    coefficients : DataFrame
        One row per regressor: ``term``, ``estimate``, ``std_error`` (clustered by town); a
        collinear regressor has estimate 0 and standard error NaN.
    adjusted_log_price : Series
        Log price less the part explained by the covariates, on the index of the deals given;
        place, time and treatment are still in it. Defined for every row, dropped ones included.
    n_obs : int
        Rows the coefficients rest on.
    n_dropped : int
        Rows that could not inform them (alone in their place or county and quarter).
    r2_within : float
        Share of variation inside places and county-quarters that the covariates explain.
    """

    coefficients: pd.DataFrame
    adjusted_log_price: pd.Series
    n_obs: int
    n_dropped: int
    r2_within: float


def covariate_matrix(rows: pd.DataFrame, spec: "Specification") -> pd.DataFrame:
    """Build the numeric design of the covariates of a specification.

    Parameters
    ----------
    rows : DataFrame
        Deals with the columns the specification names.
    spec : Specification
        Numeric and categorical covariates.

    Returns
    -------
    DataFrame
        Numeric columns centred on their median with missing (or infinite) values at the median and
        an indicator ``<name>_missing``; one indicator per level of a category but the commonest.
        Columns that do not vary are left out.
    """
    columns: dict[str, np.ndarray] = {}
    for name in spec.numeric:
        value = rows[name].to_numpy(dtype=float, na_value=np.nan)
        known = np.isfinite(value)
        middle = float(np.median(value[known])) if known.any() else 0.0
        columns[name] = np.where(known, value - middle, 0.0)
        columns[f"{name}_missing"] = (~known).astype(float)
    for name in spec.categorical:
        label = rows[name].astype("str").where(rows[name].notna(), "missing")
        counts = label.value_counts()
        levels = sorted(counts.index, key=lambda level: (-counts[level], level))
        for level in levels[1:]:
            columns[f"{name}={level}"] = (label == level).to_numpy(dtype=float)
    varying = {name: value for name, value in columns.items() if len(np.unique(value)) > 1}
    return pd.DataFrame(varying, index=rows.index)


def absorbed_regression(
    response: pd.Series, design: pd.DataFrame, absorbed: pd.DataFrame, cluster: pd.Series
) -> AbsorbedFit:
    """Least squares with absorbed factors and standard errors clustered (CRV1).

    Parameters
    ----------
    response : Series, shape (n,)
        Response.
    design : DataFrame, shape (n, k)
        Regressors; columns are renamed ``x0 … x(k-1)`` inside, so any name is safe.
    absorbed : DataFrame, shape (n, f)
        Factors to absorb, as codes.
    cluster : Series, shape (n,)
        Clusters.

    Returns
    -------
    AbsorbedFit
        Estimates and standard errors by column of the design.

    Raises
    ------
    EstimationError
        If the rows that inform it lie in fewer than two clusters, or it cannot be computed.
    """
    if cluster[paired_rows(absorbed)].nunique() < 2:
        raise EstimationError("fewer than two towns inform the regression")
    names = [f"x{i}" for i in range(design.shape[1])]
    data = pd.DataFrame(design.to_numpy(dtype=float), columns=names)
    data["response"] = response.to_numpy(dtype=float)
    data["cluster"] = pd.factorize(cluster, sort=True)[0]
    for name in absorbed:
        data[name] = absorbed[name].to_numpy()
    formula = f"response ~ {' + '.join(names)} | {' + '.join(absorbed.columns)}"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"[\s\S]*singleton", category=UserWarning)
        warnings.filterwarnings("ignore", message=r"[\s\S]*ollinear", category=UserWarning)
        warnings.filterwarnings("ignore", message="The inplace keyword", category=Warning)
        try:
            with _absorbed_in_order():
                fit = pf.feols(formula, data, vcov={"CRV1": "cluster"}, lean=True, store_data=False)
        except (ValueError, np.linalg.LinAlgError) as error:
            raise EstimationError(f"regression failed: {error}") from error
    estimates = fit.coef().reindex(names).to_numpy(dtype=float)
    std_errors = fit.se().reindex(names).to_numpy(dtype=float)
    return AbsorbedFit(estimates, std_errors, int(fit._N), float(fit._r2_within))


@contextlib.contextmanager
def _absorbed_in_order() -> "Iterator[None]":
    """Let pyfixest absorb factors in the order given.

    It collects them in a ``set`` (0.60), so that their order, and with it the last digits of every
    estimate, would follow PYTHONHASHSEED.
    """
    formulas = import_module("pyfixest.estimation.formula.utils")
    names = vars(formulas)
    names["set"] = dict.fromkeys
    try:
        yield
    finally:
        del names["set"]


def fit_hedonic(deals: pd.DataFrame, spec: "Specification") -> HedonicFit:
    """Regress log price on covariates inside places and county-quarters.

    Parameters
    ----------
    deals : DataFrame
        One row per deal of one outcome.
    spec : Specification
        Covariates of the outcome.

    Returns
    -------
    HedonicFit
        Coefficients and the adjusted log price of every row.

    Raises
    ------
    InputError
        If the deals have faults (see `check_rows`).

    Notes
    -----
    A third absorbed factor, zone × after, keeps a treatment effect from leaking into the
    coefficients when the mix of deals changes with the treatment. Where no row has a partner in
    its place and county-quarter, or no covariate varies, prices are returned unadjusted with
    ``n_obs`` 0.
    """
    rows = coded_rows(deals.reset_index(drop=True), spec)
    design = covariate_matrix(rows, spec)
    absorbed = rows[["location", "county_quarter"]].assign(zone_after=zone_after_codes(rows))
    kept = paired_rows(absorbed)
    design = design[[name for name in design if design[name][kept].nunique() > 1]]
    spread = rows.loc[kept, "log_price"]
    if design.empty or kept.sum() <= design.shape[1] + 1 or spread.nunique() < 2:
        return _unadjusted(deals, list(design.columns))
    try:
        fit = absorbed_regression(rows["log_price"], design, absorbed, rows["town_code"])
    except EstimationError:
        return _unadjusted(deals, list(design.columns))
    table = _coefficients(list(design.columns), fit.estimates, fit.std_errors)
    effect = design.to_numpy() @ table["estimate"].to_numpy()
    adjusted = (rows["log_price"] - effect).sort_index().to_numpy()
    priced = pd.Series(adjusted, index=deals.index, name="adjusted_log_price")
    return HedonicFit(table, priced, fit.n_obs, len(deals) - fit.n_obs, fit.r2_within)


def zone_after_codes(rows: pd.DataFrame) -> "NDArray[np.int64]":
    """Code the treated state of each row: one level per zone after its date, one for the rest.

    Parameters
    ----------
    rows : DataFrame
        Rows of `coded_rows`.

    Returns
    -------
    ndarray of int64, shape (n,)
        Codes.
    """
    return codes(rows["zone_id"].astype("str").where(rows["after"], ""))


def paired_rows(absorbed: pd.DataFrame) -> pd.Series:
    """Find the rows that share every absorbed level with another row.

    Parameters
    ----------
    absorbed : DataFrame, shape (n, f)
        Codes of absorbed factors.

    Returns
    -------
    Series of bool, shape (n,)
        False where a row would be fitted exactly by an effect of its own (a singleton, found
        repeatedly until none is left).
    """
    level = [pd.factorize(absorbed[name])[0] for name in absorbed]
    kept = np.ones(len(absorbed), dtype=bool)
    while True:
        alone = np.zeros(len(absorbed), dtype=bool)
        for code in level:
            size = np.bincount(code[kept], minlength=int(code.max(initial=-1)) + 1)
            alone |= kept & (size[code] == 1)
        if not alone.any():
            return pd.Series(kept, index=absorbed.index)
        kept &= ~alone


def _coefficients(
    terms: list[str], estimates: "NDArray[np.float64]", std_errors: "NDArray[np.float64]"
) -> pd.DataFrame:
    return pd.DataFrame(
        {"term": terms, "estimate": np.nan_to_num(estimates, nan=0.0), "std_error": std_errors}
    )


def _unadjusted(deals: pd.DataFrame, terms: list[str]) -> HedonicFit:
    unknown = np.full(len(terms), np.nan)
    price = deals["log_price"].astype(float).rename("adjusted_log_price")
    return HedonicFit(_coefficients(terms, unknown, unknown), price, 0, len(deals), float("nan"))
