"""Two-stage difference in differences of Gardner."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from landwatch.models.estimators.adoption import (
    Law,
    clustered,
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
from landwatch.models.estimators.untreated_path import fit_untreated_path
from landwatch.vocabulary.errors import EstimationError, StudyError


@dataclass(frozen=True, slots=True)
class TwoStageOptions:
    """Options of ``two_stage``.

    Attributes
    ----------
    anticipation : int
        Periods before treatment that count as treated.
    correction : {"none", "hc2"}
        Divide residuals of both stages by √(1 − leverage).
    stratum : str, optional
        Column: period effects are its values' own.
    law : {"t", "normal"}
        Reference law of intervals.
    """

    anticipation: int = 0
    correction: Literal["none", "hc2"] = "none"
    stratum: str | None = None
    law: Law = "t"


def fit_two_stage(table: EstimationTable, options: TwoStageOptions) -> Estimate:
    """Regress what the untreated path leaves on indicators of treatment.

    Parameters
    ----------
    table : EstimationTable
        Outcome, unit, period, first treated; covariates, weights and a cluster where given.
    options : TwoStageOptions
        Options.

    Returns
    -------
    Estimate
        ``simple``, ``group=…``, ``event=…`` (leads too), ``att(g,t)``: the second stage on one
        indicator, on groups, on periods since treatment, on both.

    Raises
    ------
    InputError
        If the table cannot be used.
    EstimationError
        If there is nothing to compare.

    Notes
    -----
    Effects of both stages are in the standard errors (clustered sandwich of the joint moments,
    without small-sample factor, as in did2s for R). Leads are means of first-stage residuals.

    References
    ----------
    Gardner, J. (2022). Two-stage differences in differences. arXiv:2207.05943.
    Butts, K. and Gardner, J. (2022). did2s. R Journal 14(3).
    """
    if options.anticipation < 0:
        raise StudyError("two_stage: anticipation needs 0 or more 不可為負.")
    path = fit_untreated_path(
        read_adoption(table, stratum=options.stratum), anticipation=options.anticipation
    )
    if path.data.n_clusters < 2:
        raise EstimationError("只有一個群集 one cluster only; name a cluster with two values.")
    after = path.treated & (path.data.relative >= 0)
    leads = np.isfinite(path.data.first) & (path.data.relative != -1 - options.anticipation)
    targets = row_targets(path.data, after, leads)
    effect = targets.weights.T @ path.gap
    centred = path.gap[:, None] - effect
    if options.correction == "hc2":
        share = clustered(targets.weights, path.data.cluster)[path.data.cluster]
        centred = centred / np.sqrt(np.where(share < 1 - 1e-9, 1.0 - share, 1.0))
    leverage = options.correction == "hc2"
    influence = path.influence(targets.weights, centred, leverage=leverage)
    told: dict[str, Any] = {
        "first_stage": "unit+period on untreated rows",
        "anticipation": options.anticipation,
        "se": "two_stage_sandwich",
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
        targets.terms, effect, standard_errors(influence, path.data.outcome),
        dof=degrees(options.law, path.data.n_clusters), n_obs=targets.rows, notes=noted(**told),
    )  # fmt: skip
    terms.loc[:0, "n_obs"] = len(path.gap)
    return Estimate(terms, told)


ESTIMATORS: Final = (
    Estimator(
        "two_stage",
        fit_two_stage,
        TwoStageOptions,
        needs=frozenset({"outcome", "unit", "period", "first_treated"}),
        takes=frozenset({"treated_units", "covariates", "weights", "cluster"}),
        summary=("兩階段差異中之差異", "Two-stage difference in differences"),
    ),
)
