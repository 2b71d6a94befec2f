"""Least squares on characteristics, with absorbed effects and a stated standard error."""

from dataclasses import dataclass
from typing import Final, Literal

from landwatch.models.estimators.covariance import ErrorKind, FactorCount, TwoWay
from landwatch.models.estimators.regression import (
    error_table,
    factor_names,
    fit_table,
    fitted_terms,
    usable_rows,
)
from landwatch.models.estimators.table import (
    Estimate,
    EstimationTable,
    Estimator,
    covariate_columns,
)

AskedError = Literal[
    "default", "iid", "HC0", "HC1", "HC2", "HC3", "cluster", "CR0", "CR1", "CR2", "CR3"
]


@dataclass(frozen=True, slots=True)
class HedonicOptions:
    """Options of ``hedonic``.

    Attributes
    ----------
    absorb : str
        Columns whose levels are absorbed, joined by ``+``.
    se : str
        ``iid``, ``HC0`` … ``HC3``, ``CR0`` … ``CR3`` (``cluster`` is CR1); by default CR1 with
        clusters, HC1 without.
    small_sample : {"own", "min"}
        Two-way clusters: each component its own G/(G−1) (R sandwich, statsmodels), or the smaller
        one for all (fixest, pyfixest, Stata ivreg2).
    fe_dof : {"nested", "full"}
        Whether absorbed factors nested in the clusters are free, or every level counts.
    intercept : bool
        Intercept, where nothing is absorbed.
    """

    absorb: str = ""
    se: AskedError = "default"
    small_sample: TwoWay = "own"
    fe_dof: FactorCount = "nested"
    intercept: bool = True


def fit_hedonic_table(table: EstimationTable, options: HedonicOptions) -> Estimate:
    """Regress the outcome on covariates by (weighted) least squares.

    Parameters
    ----------
    table : EstimationTable
        Outcome and covariates; weights and clusters where wanted.
    options : HedonicOptions
        Options.

    Returns
    -------
    Estimate
        Covariates in the order given (``name=level`` for text, the first level in sorted order
        left out), the intercept last; R² in the conventions.

    Raises
    ------
    InputError
        If the table cannot be used.
    EstimationError
        If it cannot carry the model.

    Notes
    -----
    Weights are analytic, as in R's ``lm`` and fixest: errors have variance σ²/weight, rows of
    weight 0 are left out. Conventions of the errors: see
    `landwatch.models.estimators.covariance.covariance`.
    """
    absorb = factor_names(options.absorb, table.frame)
    rows, dropped = usable_rows(table, *absorb)
    design = covariate_columns(rows, table.covariates)
    found = fit_table(table, rows, dropped, design, absorb, cluster=table.cluster,
                      intercept=options.intercept)  # fmt: skip
    kind = error_kind(options.se, clustered=bool(table.cluster))
    result, told = error_table(
        found, kind, two_way=options.small_sample, factor_count=options.fe_dof
    )
    told |= found.told
    explained = {"r2": found.fit.r2} | ({"r2_within": found.fit.r2_within} if absorb else {})
    return Estimate(fitted_terms(found, result, told), told | explained)


def error_kind(asked: AskedError, *, clustered: bool) -> ErrorKind:
    """Read the standard error asked for.

    Parameters
    ----------
    asked : str
        Kind, ``cluster`` or ``default``.
    clustered : bool
        Whether clusters were given.

    Returns
    -------
    str
        Kind: by default CR1 with clusters, HC1 without.
    """
    if asked == "cluster":
        return "CR1"
    if asked == "default":
        return "CR1" if clustered else "HC1"
    return asked


ESTIMATORS: Final = (
    Estimator(
        "hedonic",
        fit_hedonic_table,
        HedonicOptions,
        needs=frozenset({"outcome", "covariates"}),
        takes=frozenset({"weights", "cluster"}),
        summary=("特徵價格迴歸（可吸收固定效果）", "least squares with absorbed effects"),
    ),
)
