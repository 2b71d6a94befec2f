"""The score test of proportional hazards of R survival 3.0 and later (`cox.zph`)."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.estimators.partial_likelihood import Likelihood, information
from landwatch.models.estimators.product_limit import product_limit
from landwatch.models.estimators.risk_sets import Floats, RiskSets
from landwatch.models.estimators.spells import Spells
from landwatch.vocabulary.errors import EstimationError

Transform = Literal["km", "identity", "log", "rank"]


def proportional_hazards(
    spells: Spells,
    sets: RiskSets,
    x: Floats,
    weight: Floats,
    at: Likelihood,
    groups: Mapping[str, Sequence[int]],
    transform: Transform,
) -> pd.DataFrame:
    """Test that effects do not change with time.

    Parameters
    ----------
    spells : Spells
        Spells of the fit.
    sets : RiskSets
        Its risk sets.
    x : ndarray, shape (n, p)
        Covariates.
    weight : ndarray, shape (n,)
        Case weights.
    at : Likelihood
        Likelihood at the maximum.
    groups : mapping of str to sequence of int
        Columns of `x` that belong to each covariate.
    transform : {"km", "identity", "log", "rank"}
        Function g of time: 1 − Kaplan–Meier just before (of all rows together, unweighted), time,
        its logarithm, or rank among all exits.

    Returns
    -------
    DataFrame
        Columns ``name`` (covariates, then GLOBAL), ``chi2``, ``df``, ``p_value``.

    Raises
    ------
    EstimationError
        If the logarithm of a time that is not positive is asked for.

    Notes
    -----
    The model is widened by x · g(t) and the score of the new coefficients taken at zero, with
    the whole information matrix. Model-based even where errors are robust, as in R. The chi-square
    does not depend on scale or origin of x or g. A covariate whose test has no information (g
    constant: one moment of events) is missing.

    References
    ----------
    .. [1] Grambsch, P., Therneau, T. (1994). Proportional hazards tests and diagnostics based on
       weighted residuals. Biometrika 81(3).
    .. [2] Therneau, T. (2023). survival: Survival analysis. R package, `cox.zph`.
    """
    g = _time(spells, transform)[sets.event_row]
    g = g - g.mean()
    spread = g.std()
    g = g / spread if spread > 0 else g
    row, p = sets.event_row, x.shape[1]
    score = (weight[row] * g) @ x[row] - (sets.mean_weight * g) @ at.mean
    r = weight * at.relative
    parts = [information(sets, x, r, at.mean, at.hazard * g**k) for k in range(3)]
    wide = np.block([[parts[0], parts[1]], [parts[1], parts[2]]])
    tested = {**groups, "GLOBAL": range(p)}
    rows = [(name, *_chi2(wide, score, list(columns), p)) for name, columns in tested.items()]
    return pd.DataFrame(rows, columns=["name", "chi2", "df", "p_value"])


def _time(spells: Spells, transform: Transform) -> Floats:
    if transform == "identity":
        return spells.exit
    if transform == "rank":
        return np.asarray(stats.rankdata(spells.exit))
    if transform == "log":
        if not (spells.exit[spells.event] > 0).all():
            raise EstimationError(
                "transform=log: 時間須為正 expected event times above 0, found "
                f"{spells.exit[spells.event].min():g}. Choose transform=km."
            )
        return np.log(np.where(spells.exit > 0, spells.exit, 1.0))
    curve = product_limit(spells.entry, spells.exit, spells.event)
    before = np.searchsorted(curve.time, spells.exit, side="left")
    return 1.0 - np.concatenate([[1.0], curve.survival])[before]


def _chi2(wide: Floats, score: Floats, columns: list[int], p: int) -> tuple[float, int, float]:
    old, new = np.arange(p), np.asarray(columns) + p
    inner = wide[np.ix_(new, new)] - wide[np.ix_(new, old)] @ np.linalg.solve(
        wide[np.ix_(old, old)], wide[np.ix_(old, new)]
    )
    if np.linalg.matrix_rank(inner, hermitian=True) < len(columns):
        return np.nan, len(columns), np.nan
    value = float(score[columns] @ np.linalg.solve(inner, score[columns]))
    return value, len(columns), float(stats.chi2.sf(value, len(columns)))
