"""Interaction-weighted event study of Sun and Abraham."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from landwatch.models.estimators.adoption import (
    Adoption,
    Law,
    clustered,
    degrees,
    read_adoption,
    short,
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
from landwatch.models.estimators.within_regression import fit_within
from landwatch.models.within import codes
from landwatch.vocabulary.errors import EstimationError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SunAbrahamOptions:
    """Options of ``sun_abraham``.

    Attributes
    ----------
    anticipation : int
        Periods before treatment in which units may already react; the reference lies before them.
    shares : {"fixed", "random"}
        Shares of groups taken as known (fixest for R), or with their own variance.
    stratum : str, optional
        Column: period effects are its values' own.
    law : {"t", "normal"}
        Reference law of intervals.
    """

    anticipation: int = 0
    shares: Literal["fixed", "random"] = "fixed"
    stratum: str | None = None
    law: Law = "t"


def fit_sun_abraham(table: EstimationTable, options: SunAbrahamOptions) -> Estimate:
    """Regress on group × period since treatment and average the coefficients.

    Parameters
    ----------
    table : EstimationTable
        Outcome, unit, period, first treated; covariates, weights and a cluster where given.
    options : SunAbrahamOptions
        Options.

    Returns
    -------
    Estimate
        ``simple``, ``group=…``, ``event=…`` (leads too), ``att(g,t)``, and covariates by name.

    Raises
    ------
    InputError
        If the table cannot be used.
    EstimationError
        If there is nothing to compare.

    Notes
    -----
    Reference: units never treated within the table; where there are none, the group treated last,
    in the periods before its treatment. Each group's reference period is its last one before
    treatment (less anticipation). Groups treated from the first period on are left out.
    Coefficients are averaged by their rows' weights. CRV1 as in fixest.

    References
    ----------
    Sun, L. and Abraham, S. (2021). Estimating dynamic treatment effects in event studies with
    heterogeneous treatment effects. Journal of Econometrics 225.
    """
    if options.anticipation < 0:
        raise StudyError("sun_abraham: anticipation needs 0 or more 不可為負.")
    data, told = _usable(read_adoption(table, stratum=options.stratum), options.anticipation)
    cells = _cells(data, options.anticipation)
    k = data.covariates.shape[1]
    columns = np.column_stack([data.covariates.to_numpy(dtype=float), cells.member])
    fit = fit_within(data.without_covariates(), columns)
    lost = np.isin(cells.group, cells.group[np.isnan(fit.estimates[k:])])
    shown = (cells.member @ ~lost) > 0
    after = shown & (data.relative >= 0)
    if not after.any():
        raise EstimationError(
            "沒有可估計的效果 no effect can be told from unit and period effects; give untreated "
            "units in the same periods."
        )
    targets = row_targets(data, after, shown)
    by_row = cells.member @ np.where(lost, 0.0, fit.estimates[k:])
    effect = targets.weights.T @ by_row
    influence = fit.influence[:, k:] @ (cells.member.T @ targets.weights)
    if options.shares == "random":
        spread = targets.weights * (by_row[:, None] - effect)
        influence = influence + clustered(spread, data.cluster)
    influence = np.column_stack([influence, fit.influence[:, :k]])
    told |= {
        "reference_period": cells.reference,
        "se": "CRV1",
        "small_sample": "fixest",
        "parameters": fit.n_parameters,
        "shares": options.shares,
        "cluster": ",".join(table.cluster) or table.unit,
        "law": options.law,
        "clusters": data.n_clusters,
        "anticipation": options.anticipation,
        **({"period_effects_within": options.stratum} if options.stratum else {}),
        **({"cells_not_identified": int(lost.sum())} if lost.any() else {}),
        **data.counted(),
    }
    terms = term_table(
        [*targets.terms, *data.covariates.columns],
        np.concatenate([effect, fit.estimates[:k]]),
        standard_errors(influence, data.outcome),
        dof=degrees(options.law, data.n_clusters),
        n_obs=[*targets.rows, *[len(data.outcome)] * k],
        notes=noted(**told),
    )
    terms.loc[:0, "n_obs"] = len(data.outcome)
    return Estimate(terms, told)


def _usable(data: Adoption, anticipation: int) -> tuple[Adoption, dict[str, Any]]:
    """Keep groups with a reference period and periods with a control."""
    told: dict[str, Any] = {"reference": "never_treated"}
    if np.isfinite(data.first).all():
        last = float(data.first.max())
        told["reference"] = f"last_treated={short(last)}"
        data = data.kept(data.period < last - anticipation, "no_control_left").censored()
    code = codes(data.first)
    before = np.bincount(code, data.relative < -anticipation) > 0
    data = data.kept(before[code], "always_treated")
    cell = codes(data.stratum, data.period)
    control = np.isinf(data.first)
    has_control = np.bincount(cell, control) > 0
    data = data.kept(has_control[cell], "no_control_in_period")
    if not np.isfinite(data.first).any():
        raise EstimationError(
            "沒有可比較的組 no treated group has a control and a period before treatment; give "
            "units never treated, or treated later."
        )
    return data, told


@dataclass(frozen=True, slots=True)
class _Cells:
    """Indicators of group × period, the reference periods left out."""

    member: "Floats"
    group: "Floats"
    reference: str


def _cells(data: Adoption, anticipation: int) -> _Cells:
    code = codes(data.first)
    before = np.where(data.relative < -anticipation, data.relative, -np.inf)
    last = np.full(int(code.max()) + 1, -np.inf)
    np.maximum.at(last, code, before)
    own = np.isfinite(data.first) & (data.relative != last[code])
    keys = np.column_stack([data.first[own], data.period[own]])
    cells, where = np.unique(keys, axis=0, return_inverse=True)
    member = np.zeros((len(own), len(cells)))
    member[np.flatnonzero(own), where.ravel()] = 1.0
    references = sorted({float(k) for k in last[np.isfinite(last)]})
    return _Cells(member, cells[:, 0], ",".join(short(k) for k in references))


ESTIMATORS: Final = (
    Estimator(
        "sun_abraham",
        fit_sun_abraham,
        SunAbrahamOptions,
        needs=frozenset({"outcome", "unit", "period", "first_treated"}),
        takes=frozenset({"treated_units", "covariates", "weights", "cluster"}),
        summary=("Sun–Abraham 互動加權事件研究", "Interaction-weighted event study"),
    ),
)
