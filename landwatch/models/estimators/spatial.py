"""Local spatial dependence on any table: LISA and hot spots; and the estimators by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.autocorrelation import general_g, local_g, local_moran
from landwatch.models.estimators.moran import (
    fit_moran,
    null_terms,
    permutation_term,
    residual_moran,
    spatial_conventions,
    varying,
)
from landwatch.models.estimators.neighbours import named, weight_matrix
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
    Estimator,
    noted,
)
from landwatch.models.permutation import normal_p, permutation_p, permuted_lags, permuted_products
from landwatch.vocabulary.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]

QUADRANTS: Final = ("HH", "LH", "LL", "HL")
"""Value against its neighbours' mean, counter-clockwise from high among high."""


@dataclass(frozen=True, slots=True)
class LocalOptions(NeighbourOptions):
    """Options of ``local_moran``.

    Attributes
    ----------
    fdr : float
        Share of false discoveries at which a place counts as significant.
    """

    fdr: float = 0.05


@dataclass(frozen=True, slots=True)
class HotSpotOptions(NeighbourOptions):
    """Options of ``getis_ord``.

    Attributes
    ----------
    star : bool
        Count the place itself among its neighbours (G*).
    scope : {"both", "global", "local"}
        Which statistics; the global one needs values ≥ 0.
    standardise : {"binary", "row"}
        Weights; binary by default. The local deviates are the same for both unless starred.
    fdr : float
        Share of false discoveries at which a place counts as hot or cold.
    """

    star: bool = True
    scope: Literal["both", "global", "local"] = "both"
    standardise: Literal["row", "binary"] = "binary"
    fdr: float = 0.05


def fit_local_moran(table: EstimationTable, options: LocalOptions) -> Estimate:
    """Split Moran's I by place, with conditional permutation.

    Parameters
    ----------
    table : EstimationTable
        Outcome; unit, optional.
    options : LocalOptions
        Neighbours and inference.

    Returns
    -------
    Estimate
        Term ``I`` (global, by randomisation), then ``I[unit]`` by place with quadrant, deviate and
        Benjamini–Hochberg q-value in the notes; `detail` ``places`` holds them as columns.

    Raises
    ------
    StudyError, InputError, EstimationError
        If neighbours cannot be told, or values do not vary.

    Notes
    -----
    I of a place is ``z_i Σ_j w_ij z_j / (Σ z²/n)`` as in R's ``localmoran``, so that row-
    standardised parts average to the global I; esda and GeoDa print (n − 1)/n times that.
    Pseudo p-values of esda and GeoDa are one-sided; ours are two-sided unless asked otherwise.
    """
    sample = spatial_sample(table, options)
    values = varying(sample.values, table.outcome)
    weights = weight_matrix(sample.links, options.standardise)
    part, mean, variance = local_moran(values, weights)
    error = np.sqrt(variance)
    deviate = (part - mean) / np.where(error > 0, error, np.nan)
    p, kind = normal_p(deviate, options.alternative), "normal"
    centred = values - values.mean()
    if options.permutations:
        kind = "conditional permutation"
        draws = permuted_lags(
            centred, weights, permutations=options.permutations, seed=options.seed
        )
        p = permutation_p(part, draws * (centred / centred.var())[:, None], options.alternative)
    quadrant = _quadrants(centred, np.asarray(weights @ centred))
    places = _places(sample.label, part, deviate, p, quadrant)
    headline = residual_moran(values, weights, permutations=0, alternative=options.alternative)
    told = noted(p=kind, sd="conditional randomisation (Sokal)", scale="n as in R",
                 alternative=options.alternative)  # fmt: skip
    terms = _local_terms("I", places, error, headline.terms.head(1), told, options, sample)
    counts = _counts(places, QUADRANTS, options.fdr)
    conventions = {"p": kind, "scale": "n", "significant": counts, "fdr": options.fdr}
    return Estimate(
        terms, {**conventions, **spatial_conventions(options, sample)}, {"places": places}
    )


def _quadrants(centred: "Floats", lag: "Floats") -> "NDArray[np.str_]":
    high, around = centred > 0, lag > 0
    code = np.where(high, np.where(around, 0, 3), np.where(around, 1, 2))
    return np.asarray(QUADRANTS)[code]


def fit_getis_ord(table: EstimationTable, options: HotSpotOptions) -> Estimate:
    """Find hot and cold spots: Getis and Ord's general G and local G or G*.

    Parameters
    ----------
    table : EstimationTable
        Outcome; unit, optional.
    options : HotSpotOptions
        Neighbours and inference.

    Returns
    -------
    Estimate
        Terms ``G`` and ``G:permutation``, then ``G*[unit]`` (or ``G[unit]``): standard deviates of
        Ord and Getis (1995) with two-sided normal p-values, unlike esda's one-sided ones; the
        permutation p-value, q-value and class stand in the notes and in `detail` ``places``.

    Raises
    ------
    StudyError, InputError, EstimationError
        If neighbours cannot be told, values do not vary, or are negative where G is asked.
    """
    sample = spatial_sample(table, options)
    values = varying(sample.values, table.outcome)
    weights = weight_matrix(sample.links, options.standardise)
    head = [] if options.scope == "local" else _general_terms(values, weights, options)
    conventions: dict[str, object] = {
        "star": options.star,
        "scope": options.scope,
        "fdr": options.fdr,
    }
    if options.scope == "global":
        terms = pd.concat(head, ignore_index=True)
        terms = terms.assign(notes=terms["notes"] + ";" + weights_note(options, sample.told))
        return Estimate(terms, {**conventions, **spatial_conventions(options, sample)})
    deviate = local_g(values, weights, star=options.star)
    p = normal_p(deviate, options.alternative)
    spot = np.where(np.isnan(deviate), "undefined", np.where(deviate > 0, "hot", "cold"))
    places = _places(sample.label, deviate, deviate, p, spot)
    if options.permutations:
        draws = permuted_lags(values, weights, permutations=options.permutations, seed=options.seed)
        places["p_permutation"] = permutation_p(weights @ values, draws, options.alternative)
    name = "G*" if options.star else "G"
    told = noted(estimate="standard deviate (Ord-Getis 1995)", p="normal",
                 alternative=options.alternative)  # fmt: skip
    first = pd.concat(head, ignore_index=True) if head else pd.DataFrame(columns=list(TERM_COLUMNS))
    error = np.where(np.isnan(deviate), np.nan, 1.0)
    terms = _local_terms(name, places, error, first, told, options, sample)
    unclear = [
        place for place, class_ in zip(sample.label, spot, strict=True) if class_ == "undefined"
    ]
    counts = _counts(places, ("hot", "cold"), options.fdr)
    conventions |= {"significant": counts, "undefined": named(unclear)}
    return Estimate(
        terms, {**conventions, **spatial_conventions(options, sample)}, {"places": places}
    )


def _general_terms(
    values: "Floats", weights: "csr_array", options: HotSpotOptions
) -> list[pd.DataFrame]:
    negative = int((values < 0).sum())
    if negative:
        raise InputError(
            f"G 需要非負數值 general G needs values ≥ 0, found {negative} negative. Use another "
            "outcome, or --options scope=local for the local deviates alone."
        )
    if (values > 0).sum() < 2:
        raise InputError("G: 只有一個正值 general G needs two places with values > 0, found one.")
    found = general_g(values, weights)
    deviate = (found.statistic - found.expectation) / np.sqrt(found.variance)
    notes = noted(variance="randomisation", expectation=f"{found.expectation:.10g}",
                  z=f"{deviate:.6g}", alternative=options.alternative,
                  interval="none: variance holds without dependence")  # fmt: skip
    p = normal_p(np.array([deviate]), options.alternative)
    value, error = np.array([found.statistic]), np.array([np.sqrt(found.variance)])
    terms = [null_terms(["G"], value, error, p, len(values), [notes])]
    if options.permutations:
        draws = permuted_products(
            values, weights, permutations=options.permutations, seed=options.seed
        ) / float(values.sum() ** 2 - values @ values)
        terms.append(
            permutation_term(
                "G:permutation", found, draws, len(values), options.alternative, options.seed
            )
        )
    return terms


def _places(
    label: tuple[str, ...],
    value: "Floats",
    deviate: "Floats",
    p: "Floats",
    kind: "NDArray[np.str_]",
) -> pd.DataFrame:
    q = np.full(len(p), np.nan)
    known = ~np.isnan(p)
    if known.any():
        q[known] = stats.false_discovery_control(p[known])
    return pd.DataFrame(
        {"unit": list(label), "value": value, "z": deviate, "p": p, "q": q, "class": kind}
    )


def _local_terms(
    name: str,
    places: pd.DataFrame,
    error: "Floats",
    first: pd.DataFrame,
    told: str,
    options: NeighbourOptions,
    sample: SpatialSample,
) -> pd.DataFrame:
    weights = weights_note(options, sample.told)
    columns = [c for c in ("class", "z", "q", "p_permutation") if c in places]
    shown = places[columns].map(lambda v: v if isinstance(v, str) else f"{v:.6g}")
    told_of = [dict(zip(columns, row, strict=True)) for row in shown.to_numpy()]
    notes = [f"{noted(**row)};{told}" for row in told_of]
    names = [f"{name}[{unit}]" for unit in places["unit"]]
    value, p = places["value"].to_numpy(), places["p"].to_numpy()
    local = null_terms(names, value, error, p, len(places), notes)
    if first.empty:
        return local.assign(notes=local["notes"] + ";" + weights)
    first = first.assign(notes=first["notes"] + ";" + weights)
    return pd.concat([first, local], ignore_index=True)


def _counts(places: pd.DataFrame, kinds: Sequence[str], fdr: float) -> dict[str, int]:
    found = places.loc[places["q"] <= fdr, "class"].value_counts()
    return {kind: int(found.get(kind, 0)) for kind in kinds}


ESTIMATORS: Final = (
    Estimator(
        "moran",
        fit_moran,
        NeighbourOptions,
        needs=frozenset({"outcome"}),
        takes=frozenset({"unit", "covariates"}),
        summary=("Moran's I：空間自相關", "Moran's I of an outcome or of residuals"),
    ),
    Estimator(
        "local_moran",
        fit_local_moran,
        LocalOptions,
        needs=frozenset({"outcome"}),
        takes=frozenset({"unit"}),
        summary=("區域 Moran's I（LISA）", "local Moran's I with conditional permutation"),
    ),
    Estimator(
        "getis_ord",
        fit_getis_ord,
        HotSpotOptions,
        needs=frozenset({"outcome"}),
        takes=frozenset({"unit"}),
        summary=("Getis–Ord G 與 G*：熱點", "Getis and Ord's general G and hot spots"),
    ),
)
