"""Predictors of a synthetic control and the weights that tell how much each counts."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import softmax

from landwatch.models.estimators.simplex import fit_simplex
from landwatch.models.estimators.table import EstimationTable, covariate_columns
from landwatch.vocabulary.errors import InputError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MIN_SHARE: Final = 1e-8
"""Least share of a predictor while the shares are sought."""


@dataclass(frozen=True, slots=True)
class Predictor:
    """A column averaged over some periods before treatment.

    Attributes
    ----------
    column : str
        Column.
    first, last : float
        Periods averaged, both ends included.
    """

    column: str
    first: float
    last: float

    @property
    def label(self) -> str:
        """Name of the predictor in results."""
        span = f"{self.first:g}" if self.first == self.last else f"{self.first:g}:{self.last:g}"
        return f"{self.column}@{span}"


def read_predictors(text: str) -> list[Predictor]:
    """Read predictors such as ``income@1980:1988; cigsale@1975``.

    Parameters
    ----------
    text : str
        Column, ``@``, a period or a first and a last one joined by a colon; semicolons between.

    Returns
    -------
    list of Predictor
        Predictors.

    Raises
    ------
    StudyError
        If a part cannot be read.

    Examples
    --------
    >>> [p.label for p in read_predictors("income@1980:1988; cigsale@1975")]
    ['income@1980:1988', 'cigsale@1975']
    """
    found = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        column, mark, span = part.rpartition("@")
        first, _, last = span.partition(":")
        try:
            found.append(Predictor(column.strip(), float(first), float(last or first)))
        except ValueError:
            mark = ""
        if not mark or not column.strip() or found[-1].last < found[-1].first:
            raise StudyError(
                f"predictors: 無法讀取 expected COLUMN@PERIOD or COLUMN@FIRST:LAST, found {part!r}."
            )
    return found


def predictor_means(table: EstimationTable, predictors: list[Predictor]) -> pd.DataFrame:
    """Average each predictor over its periods, by unit.

    Parameters
    ----------
    table : EstimationTable
        Table with unit and period.
    predictors : list of Predictor
        Predictors; text columns become one predictor per level but the first.

    Returns
    -------
    DataFrame
        Units × predictors, columns by label; a unit without any value of one has NaN there.

    Raises
    ------
    InputError
        If a column or a period does not exist.
    """
    names = list(dict.fromkeys(p.column for p in predictors))
    if missing := [n for n in names if n not in table.frame.columns]:
        raise InputError(
            f"欄位不足 missing columns: {', '.join(missing)}; the table has: "
            f"{', '.join(map(str, table.frame.columns))}. Name existing columns."
        )
    frame = table.frame.reset_index(drop=True)
    period = pd.to_numeric(frame[str(table.period)], errors="coerce")
    unit = frame[str(table.unit)].astype("str")
    means: dict[str, pd.Series] = {}
    for predictor in predictors:
        rows = (period >= predictor.first) & (period <= predictor.last)
        known = frame.loc[rows & frame[predictor.column].notna(), [predictor.column]]
        if known.empty:
            raise InputError(
                f"{predictor.label}: 這些期別沒有資料 no row has a value in these periods. "
                "Name other periods."
            )
        for name, column in covariate_columns(known, [predictor.column]).items():
            label = predictor.label.replace(predictor.column, str(name), 1)
            means[label] = column.groupby(unit[known.index]).mean()
    return pd.DataFrame(means).rename_axis("unit")


@dataclass(frozen=True, slots=True)
class PredictorFit:
    """Weights of donors and of predictors.

    Attributes
    ----------
    omega : ndarray of float, shape (n,)
        Shares of donors.
    shares : ndarray of float, shape (p,)
        Shares of predictors (the diagonal of V).
    loss : float
        Mean squared error of the outcome over the periods fitted.
    """

    omega: "Floats"
    shares: "Floats"
    loss: float


@dataclass(frozen=True, slots=True)
class PredictorProblem:
    """One treated path, its donors and the predictors of both.

    Attributes
    ----------
    path, mix : ndarray of float, shape (t,) and (t, n)
        Outcome in the periods fitted: treated, donors.
    own, others : ndarray of float, shape (p,) and (p, n)
        Predictors: treated, donors.
    """

    path: "Floats"
    mix: "Floats"
    own: "Floats"
    others: "Floats"


def fit_predictors(
    problem: PredictorProblem, *, starts: int, seed: int, steps: int = 200
) -> PredictorFit:
    """Find the predictor shares whose synthetic control fits the outcome best.

    Parameters
    ----------
    problem : PredictorProblem
        Paths and predictors.
    starts : int
        Points the search begins at: equal shares, then draws.
    seed : int
        Seed of the draws.
    steps : int, optional
        Evaluations of the loss per predictor and start.

    Returns
    -------
    PredictorFit
        The best found.

    Notes
    -----
    Predictors are divided by their standard deviation over all units, as in the Synth package.
    Given shares, donor weights are solved to the optimum; the shares are sought by Nelder–Mead. The
    loss has many local minima: more starts can only lower it. Shares are hardly ever unique.

    References
    ----------
    Abadie, A., Diamond, A. and Hainmueller, J. (2010). Synthetic control methods for comparative
    case studies. Journal of the American Statistical Association 105.
    """
    scale = np.column_stack([problem.own, problem.others]).std(axis=1, ddof=1)
    varies = scale > 0
    scale = np.where(varies, scale, 1.0)
    own, others = problem.own / scale, problem.others / scale[:, None]
    scaled = replace(problem, own=own, others=others)
    random = np.random.default_rng(seed)
    n = int(varies.sum())
    begin = [
        np.zeros(n),
        *(np.log(random.dirichlet(np.ones(n), size=max(starts - 1, 0)) + MIN_SHARE)),
    ]
    found = [
        minimize(
            _loss,
            point,
            args=(scaled, varies),
            method="Nelder-Mead",
            options={"maxfev": steps * n, "adaptive": n > 4},
        )
        for point in begin
    ]
    best = min(found, key=lambda result: float(result.fun))
    shares = _shares(best.x, varies)
    return PredictorFit(_donor_weights(shares, scaled), shares, float(best.fun))


def _donor_weights(shares: "Floats", problem: PredictorProblem) -> "Floats":
    root = np.sqrt(shares)
    return fit_simplex(root * problem.own, root[:, None] * problem.others).weights


def _loss(logits: "Floats", problem: PredictorProblem, varies: "NDArray[np.bool_]") -> float:
    residual = problem.path - problem.mix @ _donor_weights(_shares(logits, varies), problem)
    return float(np.mean(residual**2))


def _shares(logits: "Floats", varies: "NDArray[np.bool_]") -> "Floats":
    shares = np.zeros(len(varies))
    shares[varies] = softmax(np.clip(logits - logits.max(), np.log(MIN_SHARE), 0.0))
    return shares
