"""Synthetic difference-in-differences, with errors by placebo, jackknife or bootstrap."""

from dataclasses import dataclass, replace
from itertools import combinations, islice
from math import comb
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from landwatch.models.estimators.synthetic_weights import (
    ETA_SMALL,
    Solver,
    SyntheticWeights,
    noise_level,
    penalised_weights,
    synthetic_weights,
)
from landwatch.models.estimators.table import Estimate, EstimationTable, noted, term_table
from landwatch.models.estimators.treated_blocks import Paths, periods_after, treated_paths
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Errors = Literal["auto", "placebo", "jackknife", "bootstrap", "none"]
SHOWN: Final = 1e-6
"""Weights above this are listed as terms."""
MAX_REDRAWS: Final = 100


@dataclass(frozen=True, slots=True)
class SyntheticDidOptions:
    """Options of ``synthetic_did``.

    Attributes
    ----------
    solver : {"frank_wolfe", "exact"}
        How weights are found: as R's synthdid does, early stop included, or to the optimum. The
        estimate by the other one is given beside.
    se : {"auto", "placebo", "jackknife", "bootstrap", "none"}
        Standard errors; auto takes placebo where there are more donors than treated units, else
        jackknife where every cohort has two units, else bootstrap.
    replications : int
        Draws; the placebos of one cohort are enumerated where there are no more than this.
    seed : int
        Seed of the draws.
    """

    solver: Solver = "frank_wolfe"
    se: Errors = "auto"
    replications: int = 200
    seed: int = 1


def fit_synthetic_did(table: EstimationTable, options: SyntheticDidOptions) -> Estimate:
    """Estimate the effect on treated units by synthetic difference-in-differences.

    Parameters
    ----------
    table : EstimationTable
        Outcome, unit, period, first treated period (and treated units).
    options : SyntheticDidOptions
        Options.

    Returns
    -------
    Estimate
        Terms ``ATT``; ``ATT[exact]`` or ``ATT[frank_wolfe]``, the other solver; with several
        cohorts ``group=2004`` …, else ``sc``, ``did``, ``difp`` (synthetic control without
        intercept, uniform weights, uniform period weights) and ``effect(1989)`` …; then
        ``weight:<unit>`` and ``lambda:<period>``. In `detail`: ``weights``, ``periods``, ``path``.

    Raises
    ------
    InputError
        If the table cannot be read.
    EstimationError
        If the panel cannot carry it.

    Notes
    -----
    Cohorts are estimated apart against the never treated and weighted by treated unit-periods.
    Penalty ``(k T_post)^(1/4) × sd of the donors' changes before`` for units, ``1e-6 × sd`` for
    periods, as in R. Replications solve to the optimum at the penalty of the sample; the placebo
    and bootstrap errors divide by the number of draws, as R's do.

    References
    ----------
    Arkhangelsky, D., Athey, S., Hirshberg, D., Imbens, G. and Wager, S. (2021). Synthetic
    difference-in-differences. American Economic Review 111.
    """
    paths = treated_paths(table)
    noises = [_noise(paths, c.n_pre) for c in paths.cohorts]
    fits = _cohort_fits(paths, options.solver, noises)
    other: Solver = "exact" if options.solver == "frank_wolfe" else "frank_wolfe"
    beside = _overall(paths, _cohort_fits(paths, other, noises))
    kind = _kind(paths, options.se)
    draws = _draws(paths, kind, noises, fits, options)
    error = _standard_error(draws, kind)
    told: dict[str, Any] = {
        "solver": options.solver, "se": kind, "draws": len(draws), "seed": options.seed,
        "law": "normal", "n_treated": len(paths.treated), "n_donors": len(paths.donors),
        "n_periods": len(paths.periods), "aggregation": "treated unit-periods",
    }  # fmt: skip
    notes = noted(**told, **paths.counts)
    value = _overall(paths, fits)
    head = term_table(
        ["ATT", f"ATT[{other}]"], [value, beside], [error, np.nan], n_obs=paths.n_obs, notes=notes
    )
    further = _further(paths, fits, options.solver, noises)
    rest = term_table(
        list(further), list(further.values()), np.full(len(further), np.nan),
        n_obs=paths.n_obs, notes=notes,
    )  # fmt: skip
    told["zeta_omega"] = [fit.zeta for fit in fits]
    told["placebo_p"] = _placebo_p(value, draws) if kind == "placebo" else None
    return Estimate(
        pd.concat([head, rest], ignore_index=True), {**told, **paths.counts}, _tables(paths, fits)
    )


def _noise(paths: Paths, n_pre: int) -> float:
    return noise_level(paths.donors, n_pre)


def _cohort_fits(paths: Paths, solver: Solver, noises: list[float]) -> list[SyntheticWeights]:
    return [
        synthetic_weights(
            paths.donors, paths.treated[c.members], c.n_pre, solver=solver, noise=noise
        )
        for c, noise in zip(paths.cohorts, noises, strict=True)
    ]


def _shares(paths: Paths) -> "Floats":
    size = np.array([len(c.members) * periods_after(paths, c) for c in paths.cohorts], dtype=float)
    return np.asarray(size / size.sum())


def _overall(paths: Paths, fits: list[SyntheticWeights]) -> float:
    return float(_shares(paths) @ np.array([fit.effects.mean() for fit in fits]))


def _kind(paths: Paths, asked: Errors) -> Errors:
    n_donors, n_treated = len(paths.donors), len(paths.treated)
    pairs = min(len(c.members) for c in paths.cohorts) >= 2
    if asked == "auto":
        return "placebo" if n_donors > n_treated else "jackknife" if pairs else "bootstrap"
    if asked == "placebo" and n_donors <= n_treated:
        raise EstimationError(
            "安慰劑誤差需要更多未處理單位 placebo errors need more donors than treated units; "
            f"found {n_donors} and {n_treated}. Take se=jackknife or se=bootstrap."
        )
    if asked == "jackknife" and not pairs:
        raise EstimationError(
            "刀切法需要每組至少兩個處理單位 jackknife errors need two treated units in every "
            "cohort; found one. Take se=placebo."
        )
    return asked


def _draws(
    paths: Paths,
    kind: Errors,
    noises: list[float],
    fits: list[SyntheticWeights],
    options: SyntheticDidOptions,
) -> "Floats":
    random = np.random.default_rng(options.seed)
    if kind == "placebo":
        return _placebos(paths, noises, options.replications, random)
    if kind == "bootstrap":
        return _bootstrap(paths, noises, options.replications, random)
    return _jackknife(paths, fits) if kind == "jackknife" else np.empty(0)


def _placebos(
    paths: Paths, noises: list[float], replications: int, random: np.random.Generator
) -> "Floats":
    n, k = len(paths.donors), len(paths.treated)
    if len(paths.cohorts) == 1 and comb(n, k) <= replications:
        sets = [np.array(chosen) for chosen in combinations(range(n), k)]
    else:
        sets = [random.permutation(n)[:k] for _ in range(replications)]
    found = []
    for chosen in sets:
        rest = np.delete(paths.donors, chosen, axis=0)
        drawn = replace(paths, donors=rest, treated=paths.donors[chosen])
        found.append(_overall(drawn, _cohort_fits(drawn, "exact", noises)))
    return np.array(found)


def _bootstrap(
    paths: Paths, noises: list[float], replications: int, random: np.random.Generator
) -> "Floats":
    n, k = len(paths.donors), len(paths.treated)
    valid = (
        chosen
        for _ in range(MAX_REDRAWS * replications)
        if _both(chosen := np.sort(random.integers(n + k, size=n + k)), n)
    )
    found = []
    for chosen in islice(valid, replications):
        drawn, kept = _resampled(paths, chosen)
        found.append(_overall(drawn, _cohort_fits(drawn, "exact", [noises[i] for i in kept])))
    return np.array(found)


def _both(chosen: "NDArray[np.int64]", n_donors: int) -> bool:
    """Tell whether a draw holds a treated unit and two donors."""
    return bool((chosen >= n_donors).any() and (chosen < n_donors).sum() >= 2)


def _resampled(paths: Paths, chosen: "NDArray[np.int64]") -> tuple[Paths, list[int]]:
    n = len(paths.donors)
    treated = chosen[chosen >= n] - n
    members = [np.flatnonzero(np.isin(treated, c.members)) for c in paths.cohorts]
    kept = [i for i, m in enumerate(members) if len(m)]
    cohorts = tuple(replace(paths.cohorts[i], members=members[i]) for i in kept)
    drawn = replace(
        paths, donors=paths.donors[chosen[chosen < n]], treated=paths.treated[treated],
        cohorts=cohorts,
    )  # fmt: skip
    return drawn, kept


def _jackknife(paths: Paths, fits: list[SyntheticWeights]) -> "Floats":
    """Leave out every unit in turn; weights are kept and made to add up again."""
    n, k = len(paths.donors), len(paths.treated)
    found = []
    for left_out in range(n + k):
        shares = [np.delete(f.omega, left_out) if left_out < n else f.omega for f in fits]
        if min(share.sum() for share in shares) <= 0:
            raise EstimationError(
                "刀切法不可行 jackknife impossible: all weight lies on "
                f"{paths.donor_names[left_out]}. Take se=placebo or se=bootstrap."
            )
        drawn, _ = _resampled(paths, np.delete(np.arange(n + k), left_out))
        again = [
            replace(f, gap=drawn.treated[c.members].mean(axis=0) - (s / s.sum()) @ drawn.donors)
            for f, c, s in zip(fits, drawn.cohorts, shares, strict=True)
        ]
        found.append(_overall(drawn, again))
    return np.array(found)


def _standard_error(draws: "Floats", kind: Errors) -> float:
    if len(draws) < 2:
        return float("nan")
    if kind == "jackknife":
        return float(np.sqrt((len(draws) - 1) * draws.var()))
    return float(draws.std())


def _placebo_p(value: float, draws: "Floats") -> float:
    """Return the share of placebos, the estimate among them, at least as far from zero."""
    return float((1 + (np.abs(draws) >= abs(value)).sum()) / (1 + len(draws)))


def _further(
    paths: Paths, fits: list[SyntheticWeights], solver: Solver, noises: list[float]
) -> dict[str, float]:
    terms: dict[str, float] = {}
    if len(fits) > 1:
        terms |= {
            f"group={c.first:g}": float(f.effects.mean())
            for c, f in zip(paths.cohorts, fits, strict=True)
        }
    else:
        terms |= _relatives(paths, fits[0], solver, noises[0])
    for cohort, fit in zip(paths.cohorts, fits, strict=True):
        label = f"[{cohort.first:g}]" if len(fits) > 1 else ""
        after = paths.periods[cohort.n_pre :]
        if len(fits) == 1:
            shown = zip(after, fit.effects, strict=True)
            terms |= {f"effect({t:g})": float(e) for t, e in shown}
        units = zip(paths.donor_names, fit.omega, strict=True)
        terms |= {f"weight{label}:{u}": float(w) for u, w in units if w > SHOWN}
        times = zip(paths.periods[: cohort.n_pre], fit.lam, strict=True)
        terms |= {f"lambda{label}:{t:g}": float(w) for t, w in times if w > SHOWN}
    return terms


def _relatives(
    paths: Paths, fit: SyntheticWeights, solver: Solver, noise: float
) -> dict[str, float]:
    """Return the estimators synthetic DiD stands between: SC, DiD, DiD with unit weights (DIFP)."""
    n_pre, path = len(fit.lam), paths.treated.mean(axis=0)
    zeta, mix = ETA_SMALL * noise, paths.donors[:, :n_pre].T
    plain = penalised_weights(path[:n_pre], mix, zeta, noise, solver, intercept=False)
    shifted = penalised_weights(path[:n_pre], mix, zeta, noise, solver)
    gaps = {
        "sc": path - plain @ paths.donors,
        "did": path - paths.donors.mean(axis=0),
        "difp": path - shifted @ paths.donors,
    }
    return {
        name: float(gap[n_pre:].mean() - (name != "sc") * gap[:n_pre].mean())
        for name, gap in gaps.items()
    }


def _tables(paths: Paths, fits: list[SyntheticWeights]) -> dict[str, pd.DataFrame]:
    units, periods, path = [], [], []
    for cohort, fit in zip(paths.cohorts, fits, strict=True):
        first = {"first_treated": cohort.first}
        units.append(pd.DataFrame({**first, "unit": paths.donor_names, "weight": fit.omega}))
        before = paths.periods[: cohort.n_pre]
        periods.append(pd.DataFrame({**first, "period": before, "weight": fit.lam}))
        path.append(pd.DataFrame({**first, "period": paths.periods, "gap": fit.gap}))
    pieces = {"weights": units, "periods": periods, "path": path}
    return {name: pd.concat(parts, ignore_index=True) for name, parts in pieces.items()}
