"""Synthetic control of treated units, with every donor as a placebo."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from landwatch.models.estimators.predictors import (
    Predictor,
    PredictorProblem,
    fit_predictors,
    predictor_means,
    read_predictors,
)
from landwatch.models.estimators.synthetic_weights import (
    ETA_SMALL,
    Solver,
    noise_level,
    penalised_weights,
)
from landwatch.models.estimators.table import Estimate, EstimationTable, noted, term_table
from landwatch.models.estimators.treated_blocks import (
    MIN_DONORS,
    Cohort,
    Paths,
    periods_after,
    treated_paths,
)
from landwatch.vocabulary.errors import EstimationError, InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHOWN: Final = 1e-6
"""Weights above this are listed as terms."""
STEPS: Final = 100
"""Evaluations per predictor and start in the search for predictor shares."""


@dataclass(frozen=True, slots=True)
class SyntheticControlOptions:
    """Options of ``synthetic_control``.

    Attributes
    ----------
    solver : {"exact", "frank_wolfe"}
        How weights on outcomes are found: to the optimum, or as R's synthdid does, early stop
        included. Without predictors the estimate of the other one is given beside.
    predictors : str
        Predictors such as ``income@1980:1988; cigsale@1975``; empty: every outcome before
        treatment, or, with covariates, their means before treatment and the outcome at the first,
        middle and last of these periods.
    fit_periods : str
        First and last period (``1970:1988``) over which predictor shares make the outcome fit;
        empty: every period before treatment.
    starts : int
        Starting points of the search for predictor shares, the same for every placebo: placebos
        fitted with less care would make the estimate look rare.
    placebo : bool
        Whether every donor is fitted as if treated.
    seed : int
        Seed of the starting points.
    """

    solver: Solver = "exact"
    predictors: str = ""
    fit_periods: str = ""
    starts: int = 2
    placebo: bool = True
    seed: int = 1


@dataclass(frozen=True, slots=True)
class ControlFit:
    """Synthetic control of one path.

    Attributes
    ----------
    omega : ndarray of float, shape (n,)
        Shares of donors.
    gap : ndarray of float, shape (t,)
        Path less its synthetic control.
    n_pre : int
        Periods before treatment.
    shares : dict of str to float
        Shares of predictors.
    """

    omega: "Floats"
    gap: "Floats"
    n_pre: int
    shares: dict[str, float]

    @property
    def effect(self) -> float:
        """Mean gap after treatment."""
        return float(self.gap[self.n_pre :].mean())

    @property
    def rmspe(self) -> tuple[float, float]:
        """Root mean squared gap before and after treatment."""
        squared = self.gap**2
        n_pre = self.n_pre
        return float(np.sqrt(squared[:n_pre].mean())), float(np.sqrt(squared[n_pre:].mean()))

    @property
    def ratio(self) -> float:
        """Root mean squared gap after treatment over that before; infinite after a perfect fit."""
        before, after = self.rmspe
        return after / before if before > 0 else float("inf")


@dataclass(frozen=True, slots=True)
class _Design:
    """How the path of a cohort and of its placebos is fitted."""

    paths: Paths
    cohort: Cohort
    options: SyntheticControlOptions
    predictors: pd.DataFrame | None
    fitted: "NDArray[np.bool_]"

    def fit(
        self,
        path: "Floats",
        own: "Floats | None",
        donors: "NDArray[np.int64]",
    ) -> ControlFit:
        mix, n_pre = self.paths.donors[donors], self.cohort.n_pre
        shares: dict[str, float] = {}
        if self.predictors is None or own is None:
            omega = outcome_weights(path, mix, n_pre, solver=self.options.solver)
        else:
            others = self.predictors.loc[[self.paths.donor_names[i] for i in donors]].to_numpy().T
            when = self.fitted[:n_pre]
            problem = PredictorProblem(path[:n_pre][when], mix[:, :n_pre][:, when].T, own, others)
            starts, seed = self.options.starts, self.options.seed
            found = fit_predictors(problem, starts=starts, seed=seed, steps=STEPS)
            omega = found.omega
            shares = dict(zip(self.predictors.columns, found.shares.tolist(), strict=True))
        return ControlFit(omega, path - omega @ mix, n_pre, shares)

    def treated(self) -> ControlFit:
        own = None
        if self.predictors is not None:
            names = [self.paths.treated_names[i] for i in self.cohort.members]
            own = self.predictors.loc[names].to_numpy().mean(axis=0)
        path = self.paths.treated[self.cohort.members].mean(axis=0)
        return self.fit(path, own, np.arange(len(self.paths.donors)))

    def placebos(self) -> list[ControlFit]:
        n = len(self.paths.donors)
        if not self.options.placebo or n < MIN_DONORS + 1:
            return []
        found = []
        for i, name in enumerate(self.paths.donor_names):
            own = None if self.predictors is None else self.predictors.loc[name].to_numpy()
            others = np.delete(np.arange(n), i)
            found.append(self.fit(self.paths.donors[i], own, others))
        return found


def outcome_weights(
    path: "Floats", donors: "Floats", n_pre: int, *, solver: Solver = "exact"
) -> "Floats":
    """Find shares of donors that reproduce every outcome before treatment best.

    Parameters
    ----------
    path : ndarray of float, shape (t,)
        Treated path.
    donors : ndarray of float, shape (n, t)
        Donors.
    n_pre : int
        Periods before treatment.
    solver : {"exact", "frank_wolfe"}, optional
        How.

    Returns
    -------
    ndarray of float, shape (n,)
        Shares. No intercept; a penalty of ``(1e-6 × noise)²`` as in R's synthdid picks one of
        several solutions.
    """
    noise, mix = noise_level(donors, n_pre), donors[:, :n_pre].T
    zeta = ETA_SMALL * noise
    return penalised_weights(path[:n_pre], mix, zeta, noise, solver, intercept=False)


def fit_synthetic_control(table: EstimationTable, options: SyntheticControlOptions) -> Estimate:
    """Estimate the effect on treated units against a weighted mix of donors.

    Parameters
    ----------
    table : EstimationTable
        Outcome, unit, period, first treated period (and treated units); covariates are predictors.
    options : SyntheticControlOptions
        Options.

    Returns
    -------
    Estimate
        Terms ``ATT`` (p: rank of its ratio of errors among the placebos'); without predictors
        ``ATT[frank_wolfe]`` or ``ATT[exact]``, the other solver; ``pre_rmspe``, ``post_rmspe``,
        ``rmspe_ratio``; ``effect(1989)`` … (p: rank of the gap among the placebos'); shares
        ``weight:<donor>`` and ``v:<predictor>``. With several cohorts ``group=1989`` … instead of
        ratios and effects. In `detail`: ``weights``, ``gaps`` (treated and placebos).

    Raises
    ------
    InputError
        If the table cannot be read.
    StudyError
        If an option cannot be read.
    EstimationError
        If the panel cannot carry it.

    Notes
    -----
    Units of one cohort are averaged; cohorts are weighted by their treated unit-periods and the p
    of the headline is then missing. A placebo is fitted on the other donors, without the treated
    units. No standard errors: the sampling law is not known with one treated unit.

    References
    ----------
    Abadie, A. (2021). Using synthetic controls. Journal of Economic Literature 59.
    """
    designs, paths = _designs(table, options)
    fits = [design.treated() for design in designs]
    placebos = [design.placebos() for design in designs]
    size = np.array([len(c.members) * periods_after(paths, c) for c in paths.cohorts], dtype=float)
    share = size / size.sum()
    told: dict[str, Any] = {
        "matched_on": "outcomes before" if designs[0].predictors is None else "predictors",
        "solver": options.solver, "intercept": "no", "inference": "placebo in space",
        "statistic": "post/pre RMSPE", "n_treated": len(paths.treated),
        "n_donors": len(paths.donors), "placebos": len(placebos[0]), "seed": options.seed,
        **paths.counts,
    }  # fmt: skip
    value = float(share @ np.array([fit.effect for fit in fits]))
    rows: list[tuple[str, float, float]] = [("ATT", value, np.nan)]
    if len(fits) == 1:
        rows[0] = ("ATT", value, _rank([p.ratio for p in placebos[0]], fits[0].ratio))
    rows += _other_solver(designs, share)
    for design, fit, drawn in zip(designs, fits, placebos, strict=True):
        rows += _rows_of_cohort(design, fit, drawn, alone=len(fits) == 1)
    told["pre_mspe"] = [fit.rmspe[0] ** 2 for fit in fits]
    names, values, p = (list(column) for column in zip(*rows, strict=True))
    notes = noted(**{k: v for k, v in told.items() if k != "pre_mspe"})
    terms = term_table(names, values, np.full(len(names), np.nan), n_obs=paths.n_obs, notes=notes)
    return Estimate(terms.assign(p_value=p), told, _tables(designs, fits, placebos))


def _designs(
    table: EstimationTable, options: SyntheticControlOptions
) -> tuple[list[_Design], Paths]:
    paths = treated_paths(table)
    if not table.covariates and not options.predictors:
        if options.fit_periods:
            raise InputError(
                "fit_periods: 需要預測變項 makes sense with predictors or --covariates only."
            )
        everything = np.ones(len(paths.periods), dtype=bool)
        return [_Design(paths, c, options, None, everything) for c in paths.cohorts], paths
    wanted = [_predictors(table, options, paths, c) for c in paths.cohorts]
    means = [predictor_means(table, w) for w in wanted]
    paths, means = _with_predictors(paths, means)
    found = []
    for cohort, mean in zip(paths.cohorts, means, strict=True):
        found.append(_Design(paths, cohort, options, mean, _fitted(paths, cohort, options)))
    return found, paths


def _predictors(
    table: EstimationTable, options: SyntheticControlOptions, paths: Paths, cohort: Cohort
) -> list[Predictor]:
    before = paths.periods[: cohort.n_pre]
    asked = read_predictors(options.predictors)
    if late := [p.label for p in asked if p.last >= cohort.first]:
        raise InputError(
            f"predictors: 不可用處理後的資料 expected periods before {cohort.first:g}, found "
            f"{', '.join(late)}. Predictors after treatment may carry its effect."
        )
    spans = [Predictor(name, float(before[0]), float(before[-1])) for name in table.covariates]
    if asked:
        return spans + asked
    points = dict.fromkeys(float(before[i]) for i in (0, len(before) // 2, len(before) - 1))
    return spans + [Predictor(table.outcome, t, t) for t in points]


def _with_predictors(
    paths: Paths, means: Sequence[pd.DataFrame]
) -> tuple[Paths, list[pd.DataFrame]]:
    """Leave out donors that lack a predictor; treated units must have all."""
    names = list(paths.donor_names) + list(paths.treated_names)
    table = [m.reindex(names) for m in means]
    whole = np.logical_and.reduce([t.notna().all(axis=1).to_numpy() for t in table])
    donor, treated = whole[: len(paths.donors)], whole[len(paths.donors) :]
    if not treated.all() or donor.sum() < MIN_DONORS:
        lacking = [n for n, ok in zip(paths.treated_names, treated, strict=True) if not ok]
        raise EstimationError(
            f"預測變項有缺 expected every predictor for the treated units and {MIN_DONORS} donors; "
            f"found {int(donor.sum())} donors, treated units lacking one: "
            f"{', '.join(lacking) or '-'}. Name other predictors or periods."
        )
    if not any((t[whole].std() > 0).any() for t in table):
        raise EstimationError("預測變項皆相同 no predictor varies between units; name others.")
    counts = {**paths.counts, "donors_dropped_predictors": int((~donor).sum())}
    kept = tuple(n for n, ok in zip(paths.donor_names, donor, strict=True) if ok)
    left = replace(paths, donors=paths.donors[donor], donor_names=kept, counts=counts)
    return left, [t[whole] for t in table]


def _fitted(paths: Paths, cohort: Cohort, options: SyntheticControlOptions) -> "NDArray[np.bool_]":
    before = paths.periods < cohort.first
    if not options.fit_periods:
        return np.asarray(before)
    (span,) = read_predictors(f"fit_periods@{options.fit_periods}")
    chosen = before & (paths.periods >= span.first) & (paths.periods <= span.last)
    if not chosen.any():
        raise InputError(
            f"fit_periods: 沒有期別 no period before treatment in {options.fit_periods}."
        )
    return np.asarray(chosen)


def _other_solver(designs: list[_Design], share: "Floats") -> list[tuple[str, float, float]]:
    if designs[0].predictors is not None:
        return []
    other: Solver = "exact" if designs[0].options.solver == "frank_wolfe" else "frank_wolfe"
    turned = [replace(d, options=replace(d.options, solver=other)) for d in designs]
    value = float(share @ np.array([d.treated().effect for d in turned]))
    return [(f"ATT[{other}]", value, np.nan)]


def _rank(placebos: Sequence[float], value: float) -> float:
    """Return the share of placebos, the value among them, at least as large."""
    if not placebos:
        return float("nan")
    return float((1 + sum(p >= value for p in placebos)) / (1 + len(placebos)))


def _rows_of_cohort(
    design: _Design, fit: ControlFit, placebos: list[ControlFit], *, alone: bool
) -> list[tuple[str, float, float]]:
    p = _rank([drawn.ratio for drawn in placebos], fit.ratio)
    label = "" if alone else f"[{design.cohort.first:g}]"
    rows = [] if alone else [(f"group={design.cohort.first:g}", fit.effect, p)]
    before, after = fit.rmspe
    rows += [(f"pre_rmspe{label}", before, np.nan), (f"post_rmspe{label}", after, np.nan)]
    rows += [(f"rmspe_ratio{label}", fit.ratio, p)]
    if alone:
        for i in range(fit.n_pre, len(fit.gap)):
            size = [abs(float(drawn.gap[i])) for drawn in placebos]
            shown = float(fit.gap[i])
            rows.append((f"effect({design.paths.periods[i]:g})", shown, _rank(size, abs(shown))))
    names = zip(design.paths.donor_names, fit.omega, strict=True)
    rows += [(f"weight{label}:{n}", float(w), np.nan) for n, w in names if w > SHOWN]
    return rows + [(f"v{label}:{n}", v, np.nan) for n, v in fit.shares.items()]


def _tables(
    designs: list[_Design], fits: list[ControlFit], placebos: list[list[ControlFit]]
) -> dict[str, pd.DataFrame]:
    weights, gaps = [], []
    for design, fit, drawn in zip(designs, fits, placebos, strict=True):
        first = {"first_treated": design.cohort.first}
        names = design.paths.donor_names
        weights.append(pd.DataFrame({**first, "unit": names, "weight": fit.omega}))
        period = design.paths.periods
        gaps.append(pd.DataFrame({**first, "unit": "", "period": period, "gap": fit.gap}))
        gaps += [
            pd.DataFrame({**first, "unit": name, "period": period, "gap": placebo.gap})
            for name, placebo in zip(names, drawn, strict=False)
        ]
    return {
        "weights": pd.concat(weights, ignore_index=True),
        "gaps": pd.concat(gaps, ignore_index=True),
    }
