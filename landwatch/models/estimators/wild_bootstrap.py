"""Wild bootstrap of one coefficient of a table's regression, for few clusters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from landwatch.models.estimators.absorbed import LinearFit
from landwatch.models.estimators.regression import (
    factor_names,
    fit_table,
    treated_state,
    treatment_design,
    usable_rows,
)
from landwatch.models.estimators.table import (
    Estimate,
    EstimationTable,
    Estimator,
    covariate_columns,
    noted,
    term_table,
)
from landwatch.models.estimators.wild import Draws, WildTest, wild_test
from landwatch.vocabulary.errors import StudyError


@dataclass(frozen=True, slots=True)
class WildBootstrapOptions:
    """Options of ``wild_bootstrap``.

    Attributes
    ----------
    term : str
        Coefficient tested; by default the treatment (``ATT``), else the first covariate.
    absorb : str
        Further columns to absorb, joined by ``+``.
    draws : {"rademacher", "webb"}
        Law of the cluster weights; Webb's six points are advised below 12 clusters.
    reps : int
        Draws where sign vectors are not enumerated.
    seed : int
        Seed of the draws.
    null : float
        Value under the null hypothesis.
    """

    term: str = ""
    absorb: str = ""
    draws: Draws = "rademacher"
    reps: int = 9_999
    seed: int = 20190103
    null: float = 0.0


def fit_wild_bootstrap(table: EstimationTable, options: WildBootstrapOptions) -> Estimate:
    """Test one coefficient of a regression by the restricted wild cluster bootstrap.

    Parameters
    ----------
    table : EstimationTable
        Outcome; covariates, or unit, period and first treated (then both effects are absorbed);
        cluster, by default the unit.
    options : WildBootstrapOptions
        Term, draws, seed.

    Returns
    -------
    Estimate
        One term: CR1 standard error, bootstrap p-value, interval by test inversion.

    Raises
    ------
    StudyError
        If there is nothing to test, no cluster, or no such term.
    InputError
        If the table cannot be used.
    EstimationError
        If it cannot carry the model.
    """
    cluster = table.cluster or tuple(c for c in (table.unit,) if c is not None)
    if len(cluster) != 1:
        raise StudyError("wild_bootstrap: needs one --cluster (or --unit).")
    dated = table.first_treated is not None
    if table.period is not None and not dated:
        raise StudyError("wild_bootstrap: 不使用 makes no use of --period without --first-treated.")
    absorb = factor_names(options.absorb, table.frame)
    rows, dropped = usable_rows(table, *absorb, *cluster, numeric=[table.period] if dated else [])
    design = covariate_columns(rows, table.covariates)
    if dated:
        _, state = treated_state(table, rows)
        design = treatment_design(table, rows, pd.DataFrame({"ATT": state}))
        absorb = tuple(dict.fromkeys([str(table.unit), str(table.period), *absorb]))
    if design.empty:
        raise StudyError(
            "wild_bootstrap: needs --covariates, or --unit, --period, --first-treated."
        )
    found = fit_table(table, rows, dropped, design, absorb, cluster=cluster)
    term = options.term or str(design.columns[0])
    test = wild_test(found.fit, found.clusters[0], term, null=options.null, reps=options.reps,
                     seed=options.seed, draws=options.draws)  # fmt: skip
    told = _told(test, options, cluster) | found.told
    told |= _treated_clusters(design, found.fit, found.clusters[0]) if dated else {}
    terms = term_table([term], [test.estimate], [test.std_error], n_obs=found.fit.n_obs,
                       notes=noted(**told))  # fmt: skip
    terms = terms.assign(ci_low=test.ci_low, ci_high=test.ci_high, p_value=test.p_value)
    return Estimate(terms, told | _numbers(test, options))


def _numbers(test: WildTest, options: WildBootstrapOptions) -> dict[str, float]:
    numbers = {"statistic": test.statistic, "p_value_strict": test.p_value_strict}
    return numbers | {"null": options.null, "seed": options.seed}


def _told(
    test: WildTest, options: WildBootstrapOptions, cluster: Sequence[str]
) -> dict[str, object]:
    share = "share of all sign vectors" if test.enumerated else "(1+count)/(1+draws)"
    drawn = "all" if test.enumerated else "drawn"
    told: dict[str, object] = {"se": f"CR1:{cluster[0]}", "clusters": test.n_clusters}
    told |= {"bootstrap": f"restricted,{options.draws},{drawn}", "draws": test.n_draws}
    told |= {"p": f"{share} with |t*|>=|t|", "p_value_strict": f"{test.p_value_strict:.6g}"}
    unbounded = np.isinf([test.ci_low, test.ci_high]).any()
    return told | {"ci": "test_inversion" + (",unbounded:few clusters" if unbounded else "")}


def _treated_clusters(
    design: pd.DataFrame, fit: LinearFit, cluster: pd.Series
) -> dict[str, object]:
    treated = design["ATT"].to_numpy()[fit.rows] > 0
    return {"treated_clusters": int(cluster[treated].nunique())}


ESTIMATORS: Final = (
    Estimator(
        "wild_bootstrap",
        fit_wild_bootstrap,
        WildBootstrapOptions,
        needs=frozenset({"outcome"}),
        takes=frozenset(
            {"unit", "period", "first_treated", "treated_units", "covariates", "weights", "cluster"}
        ),
        summary=("限制式 wild 群集拔靴法", "restricted wild cluster bootstrap of one coefficient"),
    ),
)
