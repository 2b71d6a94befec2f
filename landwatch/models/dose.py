"""Whether zones that got more money changed more: change on log money, within counties."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import optimize, stats

from landwatch.models.permutation import permutation_p
from landwatch.models.within import codes
from landwatch.vocabulary.errors import EstimationError, InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

CAUTION: Final = (
    "錢不是隨機分的 money went to those who applied and were chosen; the list of projects is not "
    "complete. The slope compares zones that got more with zones that got less, not with none."
)
"""What no slope of this kind can show, to be printed beside it."""


@dataclass(frozen=True, slots=True)
class DoseFit:
    """Slope of changes on the log of money.

    Attributes
    ----------
    slope : float
        Change of the outcome [log points] for one log unit of money.
    std_error, ci_low, ci_high, p_value : float
        With the t law of `dof` degrees of freedom.
    p_permutation : float
        Two-sided; money permuted among zones of the same group.
    tau2 : float
        Variance between zones beyond that of their own estimates (REML).
    dof : float
        Degrees of freedom.
    detectable : float
        Smallest slope found with 80 % probability at 5 %, given the standard error.
    n_zones, n_groups, n_alone : int
        Zones used; groups with at least two; zones alone in their group, which say nothing.
    """

    slope: float
    std_error: float
    ci_low: float
    ci_high: float
    p_value: float
    p_permutation: float
    tau2: float
    dof: float
    detectable: float
    n_zones: int
    n_groups: int
    n_alone: int


def fit_dose(
    change: "ArrayLike",
    variance: "ArrayLike",
    log_dose: "ArrayLike",
    group: "ArrayLike",
    *,
    permutations: int = 999,
    seed: int = 20190103,
) -> DoseFit:
    """Regress changes of zones on the log of money per head, groups held apart.

    Parameters
    ----------
    change : array_like, shape (n,)
        Effect or change of each zone [log points].
    variance : array_like, shape (n,)
        Its squared standard error, > 0.
    log_dose : array_like, shape (n,)
        Log of money per head; zones without a known amount do not belong here.
    group : array_like, shape (n,)
        County.
    permutations : int, optional
        Permutations of money inside groups.
    seed : int, optional
        Seed.

    Returns
    -------
    DoseFit
        Slope and how far it can be trusted.

    Raises
    ------
    InputError
        If a number is missing or a variance is not positive.
    EstimationError
        If there are too few zones, or money does not vary inside a group.

    Notes
    -----
    Random-effects meta-regression: a zone weighs 1/(variance + tau²), tau² by restricted maximum
    likelihood, standard error of Knapp and Hartung, never below the plain one. `CAUTION` says what
    it cannot show; the published list of projects holds 28 awards, so `detectable` is large.
    Changes measured against the same controls share an error; with a group effect it cancels.

    References
    ----------
    Knapp, G., Hartung, J. (2003). Improved tests for a random effects meta-regression with a
    single covariate. Statistics in Medicine 22(17), 2693–2710.
    """
    values, spread, dose = (np.asarray(a, dtype=float) for a in (change, variance, log_dose))
    label = codes(np.asarray(group).astype("str"))
    _check(values, spread, dose)
    size = np.bincount(label)[label]
    used = np.flatnonzero(size > 1)
    used = used[np.lexsort((values[used], dose[used], label[used]))]
    values, spread, dose, label = values[used], spread[used], dose[used], codes(label[used])
    design = np.column_stack([dose, label[:, None] == np.arange(label.max(initial=-1) + 1)])
    free = len(values) - design.shape[1]
    if free < 1 or np.linalg.matrix_rank(design) < design.shape[1]:
        raise EstimationError(
            f"劑量無法估計 dose: expected money that varies inside groups and more zones "
            f"than groups + 1, found {len(values)} zones in {design.shape[1] - 1} groups "
            "of two or more."
        )
    tau2 = between_variance(values, spread, design)
    slope, error = _knapp_hartung(values, spread + tau2, design)
    law = stats.t(free)
    half = float(law.ppf(0.975)) * error
    return DoseFit(
        slope, error, slope - half, slope + half, float(2 * law.sf(abs(slope) / error)),
        _permuted_p(values, spread, design, label, permutations, seed), tau2, float(free),
        float(law.ppf(0.975) + law.ppf(0.8)) * error, len(values), design.shape[1] - 1,
        int((size == 1).sum()),
    )  # fmt: skip


def between_variance(values: "Floats", variance: "Floats", design: "Floats") -> float:
    """Estimate the variance between units beyond that of their own estimates.

    Parameters
    ----------
    values, variance : ndarray, shape (n,)
        Estimates and their squared standard errors.
    design : ndarray, shape (n, k)
        Regressors, constant or groups included.

    Returns
    -------
    float
        tau² ≥ 0 of the largest restricted likelihood.
    """
    left_over = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    top = 10.0 * float(left_over @ left_over) / (len(values) - design.shape[1])

    loss = partial(_restricted_loss, values=values, variance=variance, design=design)
    grid = np.concatenate([[0.0], np.geomspace(1e-8, 1.0, 60) * max(top, float(variance.max()))])
    best = int(np.argmin([loss(float(tau2)) for tau2 in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    options = {"xatol": 1e-10 * high}
    fine = optimize.minimize_scalar(loss, bounds=(low, high), method="bounded", options=options)
    level = 1e-12 * max(abs(float(fine.fun)), 1.0)
    return 0.0 if loss(0.0) <= fine.fun + level else float(fine.x)


def _restricted_loss(tau2: float, values: "Floats", variance: "Floats", design: "Floats") -> float:
    weight = 1.0 / (variance + tau2)
    normal = design.T @ (weight[:, None] * design)
    beta = np.linalg.solve(normal, design.T @ (weight * values))
    square = float(weight @ (values - design @ beta) ** 2)
    return float(-np.log(weight).sum() + np.linalg.slogdet(normal)[1] + square)


def _knapp_hartung(values: "Floats", variance: "Floats", design: "Floats") -> tuple[float, float]:
    normal = np.linalg.inv(design.T @ (design / variance[:, None]))
    beta = normal @ (design.T @ (values / variance))
    free = len(values) - design.shape[1]
    factor = float(((values - design @ beta) ** 2 / variance).sum()) / free
    return float(beta[0]), float(np.sqrt(normal[0, 0] * max(1.0, factor)))


def _permuted_p(
    values: "Floats",
    variance: "Floats",
    design: "Floats",
    label: "Codes",
    permutations: int,
    seed: int,
) -> float:
    if not permutations:
        return float("nan")
    groups = design[:, 1:]
    weight = 1.0 / (variance + between_variance(values, variance, groups))
    total = groups.T @ weight
    centred = values - ((groups.T @ (weight * values)) / total)[label]
    order = np.random.default_rng(seed).random((permutations, len(values)))
    rank = np.lexsort((order, np.broadcast_to(label, order.shape)), axis=1)
    doses = np.vstack([design[:, 0][None, :], design[:, 0][rank]])
    mean = (doses * weight) @ groups / total
    apart = doses - mean[:, label]
    slopes = (apart * weight) @ centred / ((apart**2) @ weight)
    return float(permutation_p(slopes[:1], slopes[None, 1:])[0])


def _check(values: "Floats", variance: "Floats", dose: "Floats") -> None:
    gaps = int((~np.isfinite(values + variance + dose)).sum())
    if gaps or not (variance > 0).all():
        raise InputError(
            f"劑量資料不全 dose: expected finite changes and log money and variances > 0, found "
            f"{gaps} zones with a gap and {int((variance <= 0).sum())} variances that are not. "
            "Leave these zones out and count them."
        )
