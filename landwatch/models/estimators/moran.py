"""Moran's I on any table: of an outcome, or of what covariates leave of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.autocorrelation import Moments, moran, moran_of_residuals
from landwatch.models.estimators.neighbours import weight_matrix
from landwatch.models.estimators.places import (
    NeighbourOptions,
    SpatialSample,
    spatial_sample,
    weights_note,
)
from landwatch.models.estimators.table import (
    TERM_COLUMNS,
    Estimate,
    EstimationTable,
    covariate_columns,
    noted,
)
from landwatch.models.permutation import Alternative, normal_p, permutation_p, permuted_products
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]


def fit_moran(table: EstimationTable, options: NeighbourOptions) -> Estimate:
    """Measure Moran's I of an outcome, or of what covariates leave of it.

    Parameters
    ----------
    table : EstimationTable
        Outcome; unit, optional; covariates, optional: the outcome is then regressed on them by
        least squares and I is that of the residuals.
    options : NeighbourOptions
        Neighbours and inference.

    Returns
    -------
    Estimate
        See `residual_moran`.

    Raises
    ------
    StudyError, InputError, EstimationError
        If neighbours cannot be told, or values do not vary.
    """
    sample = spatial_sample(table, options)
    values, design = varying(sample.values, table.outcome), None
    if table.covariates:
        columns = covariate_columns(sample.rows, table.covariates)
        design = np.column_stack([np.ones(len(values)), columns.to_numpy(dtype=float)])
        _check_design(design, list(map(str, columns.columns)))
        outcome = values
        values = outcome - design @ np.linalg.lstsq(design, outcome, rcond=None)[0]
        _check_left_over(values, outcome)
    found = residual_moran(
        values,
        weight_matrix(sample.links, options.standardise),
        design=design,
        permutations=options.permutations,
        seed=options.seed,
        alternative=options.alternative,
    )
    told = weights_note(options, sample.told)
    terms = found.terms.assign(notes=found.terms["notes"] + ";" + told)
    return Estimate(terms, {**found.conventions, **spatial_conventions(options, sample)})


def residual_moran(
    residuals: "ArrayLike",
    weights: "csr_array",
    *,
    design: "ArrayLike | None" = None,
    permutations: int = 999,
    seed: int = 20190103,
    alternative: Alternative = "two_sided",
) -> Estimate:
    """Measure Moran's I of values or residuals by place.

    Parameters
    ----------
    residuals : array_like, shape (n,)
        One number per place, such as the change of an outcome that a model leaves unexplained.
    weights : csr_array, shape (n, n)
        Weights of neighbours, zero on the diagonal.
    design : array_like, shape (n, k), optional
        Regressors, constant included, if the residuals come from least squares on them. I then
        has the mean and variance Cliff and Ord derive for residuals, and is not permuted: residuals
        are not exchangeable.
    permutations : int, optional
        Permutations.
    seed : int, optional
        Seed.
    alternative : {"two_sided", "greater", "less"}
        Side.

    Returns
    -------
    Estimate
        Term ``I`` (variance by randomisation), ``I:normality``, ``I:permutation``; with a design
        ``I`` alone, under normal errors. Standard errors are those without dependence, so there is
        no interval; p-values compare I with its mean, which is not 0.

    Raises
    ------
    EstimationError
        If there are fewer than four places or values do not vary.
    """
    values = varying(np.asarray(residuals, dtype=float), "residuals")
    if design is not None:
        regressors = np.asarray(design, dtype=float)
        found = moran_of_residuals(values, regressors, weights)
        rows = [("I", found.statistic, found.variance, "Cliff-Ord residuals, normal errors")]
        return _moran_terms(
            rows, found, len(values), alternative, {"regressors": regressors.shape[1]}
        )
    found = moran(values, weights)
    rows = [
        ("I", found.statistic, found.variance, "randomisation"),
        ("I:normality", found.statistic, found.variance_normal, "normality"),
    ]
    estimate = _moran_terms(rows, found, len(values), alternative, {})
    if not permutations:
        return estimate
    centred, s0 = values - values.mean(), float(weights.sum())
    draws = permuted_products(centred, weights, permutations=permutations, seed=seed)
    draws *= len(values) / s0 / float(centred @ centred)
    last = permutation_term("I:permutation", found, draws, len(values), alternative, seed)
    terms = pd.concat([estimate.terms, last], ignore_index=True)
    return Estimate(terms, {**estimate.conventions, "permutations": permutations, "seed": seed})


def _moran_terms(
    rows: Sequence[tuple[str, float, float, str]],
    found: Moments,
    n: int,
    alternative: Alternative,
    further: Mapping[str, object],
) -> Estimate:
    error = np.sqrt(np.array([max(row[2], 0.0) for row in rows]))
    value = np.array([row[1] for row in rows])
    deviate = (value - found.expectation) / np.where(error > 0, error, np.nan)
    notes = [
        noted(variance=row[3], expectation=f"{found.expectation:.10g}", z=f"{z:.6g}",
              alternative=alternative, interval="none: variance holds without dependence")
        for row, z in zip(rows, deviate, strict=True)
    ]  # fmt: skip
    terms = null_terms(
        [row[0] for row in rows], value, error, normal_p(deviate, alternative), n, notes
    )
    told: dict[str, object] = {"headline_variance": rows[0][3], "expectation": found.expectation}
    told |= further
    return Estimate(terms, {**told, "alternative": alternative})


def permutation_term(
    name: str, found: Moments, draws: "Floats", n: int, alternative: Alternative, seed: int
) -> pd.DataFrame:
    """Tabulate a statistic against its permutations.

    Parameters
    ----------
    name : str
        Term.
    found : Moments
        Statistic.
    draws : ndarray, shape (p,)
        Statistic of permuted values.
    n : int
        Places.
    alternative : {"two_sided", "greater", "less"}
        Side.
    seed : int
        Seed used.

    Returns
    -------
    DataFrame
        One term.
    """
    p = permutation_p(np.array([found.statistic]), draws[None, :], alternative)
    notes = noted(p="permutation", permutations=len(draws), seed=seed, alternative=alternative,
                  mean_of_draws=f"{draws.mean():.10g}")  # fmt: skip
    return null_terms([name], np.array([found.statistic]), draws.std(keepdims=True), p, n, [notes])


def null_terms(
    name: Sequence[str],
    value: "Floats",
    error: "Floats",
    p: "Floats",
    n: int,
    notes: Sequence[str],
) -> pd.DataFrame:
    """Tabulate statistics with their spread where nothing depends on place.

    Parameters
    ----------
    name : sequence of str
        Terms.
    value, error, p : ndarray, shape (m,)
        Statistics, standard errors without dependence, p-values.
    n : int
        Places.
    notes : sequence of str
        Notes by term.

    Returns
    -------
    DataFrame
        Columns `TERM_COLUMNS`; no intervals.
    """
    nothing = np.full(len(value), np.nan)
    return pd.DataFrame(
        {
            "term": list(name),
            "estimate": value,
            "std_error": error,
            "ci_low": nothing,
            "ci_high": nothing,
            "p_value": p,
            "n_obs": np.full(len(value), n, dtype=np.int64),
            "notes": list(notes),
        },
        columns=list(TERM_COLUMNS),
    )


def varying(values: "Floats", name: str) -> "Floats":
    """Refuse values that do not vary, and bring the others to the order of 1.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Values.
    name : str
        Their column.

    Returns
    -------
    ndarray, shape (n,)
        Values over a power of two, which no statistic here depends on and no rounding touches.

    Raises
    ------
    EstimationError
        If there are fewer than four, one is not finite, or all are equal.
    """
    if len(values) < 4 or not np.isfinite(values).all() or np.ptp(values) == 0.0:
        raise EstimationError(
            f"{name}: 數值沒有變化 expected at least 4 places with differing finite values, found "
            f"{len(values)} places and {len(np.unique(values))} values. Name another column."
        )
    return np.ldexp(values, -int(np.frexp(np.abs(values).max())[1]))


def _check_design(design: "Floats", names: list[str]) -> None:
    if np.linalg.matrix_rank(design) < design.shape[1] or design.shape[0] <= design.shape[1]:
        raise EstimationError(
            f"共變項共線 covariates are collinear or constant, or too many for {design.shape[0]} "
            f"places: {', '.join(names)}. Leave some out."
        )


def _check_left_over(residuals: "Floats", values: "Floats") -> None:
    spread = float(((values - values.mean()) ** 2).sum())
    if float(residuals @ residuals) <= 1e-20 * spread:
        raise EstimationError(
            "共變項完全解釋結果 the covariates explain the outcome without remainder; there are no "
            "residuals to test. Leave some out."
        )


def spatial_conventions(options: NeighbourOptions, sample: SpatialSample) -> dict[str, object]:
    """Tell weights and permutations for the specification.

    Parameters
    ----------
    options : NeighbourOptions
        Options.
    sample : SpatialSample
        Places.

    Returns
    -------
    dict
        JSON types only.
    """
    told = {"standardise": options.standardise, "places": len(sample.label), **sample.told}
    return {**told, "permutations": options.permutations, "seed": options.seed}
