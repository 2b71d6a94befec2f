"""Imputation estimator of Borusyak, Jaravel and Spiess."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.estimators.adoption import (
    Adoption,
    Law,
    degrees,
    read_adoption,
    standard_errors,
)
from landwatch.models.estimators.row_targets import row_targets
from landwatch.models.estimators.table import (
    Estimate,
    EstimationTable,
    Estimator,
    noted,
    term_table,
)
from landwatch.models.estimators.untreated_path import UntreatedPath, fit_untreated_path
from landwatch.models.estimators.within_regression import fit_within
from landwatch.models.within import codes
from landwatch.vocabulary.errors import EstimationError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ImputationOptions:
    """Options of ``imputation``.

    Attributes
    ----------
    anticipation : int
        Periods before treatment that count as treated.
    correction : {"none", "leave_out", "hc2"}
        Small samples: centre effects at means without the cluster's own (the authors' option), or
        divide residuals and centred effects by √(1 − leverage).
    leads : int
        Leads of the pre-trend regression, as many as the table has at most; 0 for none.
    stratum : str, optional
        Column: period effects are its values' own.
    law : {"t", "normal"}
        Reference law of intervals.
    """

    anticipation: int = 0
    correction: Literal["none", "leave_out", "hc2"] = "none"
    leads: int = 5
    stratum: str | None = None
    law: Law = "t"


def fit_imputation(table: EstimationTable, options: ImputationOptions) -> Estimate:
    """Impute the untreated path of treated rows and average what lies above it.

    Parameters
    ----------
    table : EstimationTable
        Outcome, unit, period, first treated; covariates, weights and a cluster where given.
    options : ImputationOptions
        Options.

    Returns
    -------
    Estimate
        ``simple``, ``group=…``, ``event=…`` from treatment on, ``att(g,t)``; leads ``event=-k``
        and ``pretest`` (Wald F of all leads) from a regression of untreated rows alone.

    Raises
    ------
    InputError
        If the table cannot be used.
    EstimationError
        If there is nothing to compare.

    Notes
    -----
    Conservative standard errors: effects are centred at the mean of their group and period,
    weighted as the authors propose. Groups of one unit are centred at themselves, so they add no
    variance of effects. Leads: CRV1, against all earlier periods.

    References
    ----------
    Borusyak, K., Jaravel, X. and Spiess, J. (2024). Revisiting event-study designs: robust and
    efficient estimation. Review of Economic Studies 91.
    """
    if options.anticipation < 0 or options.leads < 0:
        raise StudyError("imputation: anticipation and leads need 0 or more 不可為負.")
    path = fit_untreated_path(
        read_adoption(table, stratum=options.stratum), anticipation=options.anticipation
    )
    if path.data.n_clusters < 2:
        raise EstimationError("只有一個群集 one cluster only; name a cluster with two values.")
    targets = row_targets(path.data, path.treated & (path.data.relative >= 0), path.treated)
    effect = targets.weights.T @ path.gap
    centred = _centred(path, targets.weights, options.correction)
    influence = path.influence(targets.weights, centred, leverage=options.correction == "hc2")
    errors = standard_errors(influence, path.data.outcome)
    told: dict[str, Any] = {
        "path": "unit+period on untreated rows",
        "anticipation": options.anticipation,
        "se": "conservative",
        "centred_by": "group_and_period",
        "correction": options.correction,
        "cluster": ",".join(table.cluster) or table.unit,
        "law": options.law,
        "clusters": path.data.n_clusters,
        **path.data.absorbed(),
        **path.data.counted(),
    }
    if options.stratum:
        told["period_effects_within"] = options.stratum
    terms = term_table(
        targets.terms, effect, errors,
        dof=degrees(options.law, path.data.n_clusters), n_obs=targets.rows, notes=noted(**told),
    )  # fmt: skip
    terms.loc[:0, "n_obs"] = len(path.gap)
    return Estimate(pd.concat([terms, *_leads(path, options)], ignore_index=True), told)


def _centred(path: UntreatedPath, weights: "Floats", correction: str) -> "Floats":
    """Effects less the mean of their group and period, weighted by squared cluster weights."""
    data = path.data
    cell = codes(np.where(np.isfinite(data.first), data.first, -1.0), data.period)
    part = codes(cell, data.cluster)
    at = np.unique(part, return_index=True)[1]
    own = _summed(weights, part)
    product = own * _summed(weights * path.gap[:, None], part)
    squares = own**2
    above, below = _summed(product, cell[at])[cell], _summed(squares, cell[at])[cell]
    share = squares[part] / np.where(below > 0, below, 1.0)
    alone = share > 1 - 1e-9
    if correction == "leave_out":
        above, below = above - product[part], below - squares[part]
    centred = path.gap[:, None] - above / np.where(below > 0, below, 1.0)
    if correction == "leave_out":
        # Nothing is left to centre a cluster alone in its cell at: the error is unknown.
        centred = np.where(alone, np.nan, centred)
    if correction == "hc2":
        centred = centred / np.sqrt(np.where(alone, 1.0, 1.0 - share))
    return np.where(weights > 0, centred, 0.0)


def _summed(values: "Floats", code: "NDArray[np.int64]") -> "Floats":
    out = np.zeros((int(code.max()) + 1, values.shape[1]))
    np.add.at(out, code, values)
    return out


def _leads(path: UntreatedPath, options: ImputationOptions) -> list[pd.DataFrame]:
    data = path.data
    relative = data.relative + options.anticipation
    depth = -relative[~path.treated & np.isfinite(data.first)].min(initial=0.0)
    wanted = np.arange(-min(options.leads, depth - 1), 0.0)
    before: Adoption = data.kept(~path.treated, "treated")
    columns = (before.relative + options.anticipation)[:, None] == wanted
    if not columns.any():
        return []
    try:
        fit = fit_within(before, columns.astype(float))
    except EstimationError:
        return []
    free = np.isfinite(fit.estimates)
    covariance = fit.influence[:, free].T @ fit.influence[:, free]
    dof = before.n_clusters - 1
    notes = noted(sample="untreated_rows", reference="earlier_periods", se="CRV1", law="t",
                  t_dof=dof, rows=len(before.outcome))  # fmt: skip
    found = term_table(
        [f"event={int(k - options.anticipation)}" for k in wanted], fit.estimates,
        np.sqrt((fit.influence**2).sum(axis=0)), dof=dof, n_obs=columns.sum(axis=0), notes=notes,
    )  # fmt: skip
    return [found[free], _joint(fit.estimates[free], covariance, dof, len(before.outcome))]


def _joint(estimates: "Floats", covariance: "Floats", dof: int, n_obs: int) -> pd.DataFrame:
    rank = int(np.linalg.matrix_rank(covariance, hermitian=True))
    if rank < len(estimates) or not len(estimates):
        return term_table(["pretest"], [np.nan], [np.nan], n_obs=n_obs,
                          notes=f"test=wald_F;covariance_singular_rank={rank}")  # fmt: skip
    wald = float(estimates @ np.linalg.solve(covariance, estimates)) / len(estimates)
    notes = f"test=wald_F;dof={len(estimates)},{dof};null=all_leads_are_0"
    row = term_table(["pretest"], [wald], [np.nan], n_obs=n_obs, notes=notes)
    return row.assign(p_value=float(stats.f.sf(wald, len(estimates), dof)))


ESTIMATORS: Final = (
    Estimator(
        "imputation",
        fit_imputation,
        ImputationOptions,
        needs=frozenset({"outcome", "unit", "period", "first_treated"}),
        takes=frozenset({"treated_units", "covariates", "weights", "cluster"}),
        summary=("插補法（BJS）", "Imputation of the untreated path"),
    ),
)
