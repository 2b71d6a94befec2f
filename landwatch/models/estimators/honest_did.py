"""How far trends may part before an effect is gone: bounds of Rambachan and Roth.

One table is enough: a row per period with its coefficient, and the covariance in columns
``cov_<period>``. Or a panel, whose event study is estimated first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from landwatch.models.estimators import honest_hybrid
from landwatch.models.estimators.honest_bounds import (
    EventPath,
    steps_before,
    union_breakdown,
    union_interval,
)
from landwatch.models.estimators.honest_coefficients import (
    Coefficients,
    read_coefficients,
    spaced,
)
from landwatch.models.estimators.honest_hybrid import hybrid_breakdown, hybrid_interval
from landwatch.models.estimators.honest_panel import fit_path
from landwatch.models.estimators.honest_smoothness import SmoothFrontier
from landwatch.models.estimators.table import (
    Estimate,
    EstimationTable,
    Estimator,
    noted,
    term_table,
)
from landwatch.vocabulary.errors import InputError, StudyError

SMOOTHNESS: Final = (0.0, 0.25, 0.5, 1.0)
"""Bends tried by default, in standard errors of the target."""


@dataclass(frozen=True, slots=True)
class HonestOptions:
    """What bounds are asked for.

    Attributes
    ----------
    family : {"both", "rm", "sd"}
        Relative magnitude, smoothness or both.
    method : {"clf", "union"}
        Relative magnitude by the conditional least-favourable hybrid test, or by the wider union
        of normal intervals.
    m : str
        Values of M̄, joined by commas.
    sd : str
        Values of M, largest bend of the trend per period in units of the outcome; by default
        0, ¼, ½ and 1 standard error of the target.
    target : str
        ``first`` period after the date, ``average`` of all, or weights joined by commas.
    path : {"group_time", "two_way"}
        Event study of a panel.
    covariance : str
        Covariance of a table of coefficients: prefix of columns ``<prefix><period>``, or columns
        joined by commas in the order of the rows.
    std_error : str
        Column of standard errors of uncorrelated coefficients, instead.
    reference : float, optional
        Reference period of a table of coefficients.
    min_period, max_period : int, optional
        Periods since treatment (or of the table) used.
    draws, seed : int
        Normal draws for the first stage of ``clf``, and their seed.
    """

    family: Literal["both", "rm", "sd"] = "both"
    method: Literal["clf", "union"] = "clf"
    m: str = "0.5,1,1.5,2"
    sd: str = ""
    target: str = "first"
    path: Literal["group_time", "two_way"] = "group_time"
    covariance: str = "cov_"
    std_error: str = ""
    reference: float | None = None
    min_period: int | None = None
    max_period: int | None = None
    draws: int = 10_000
    seed: int = 0


def fit_honest_did(table: EstimationTable, options: HonestOptions) -> Estimate:
    """Bound an effect for trends that part no more than a stated multiple of what was seen.

    Parameters
    ----------
    table : EstimationTable
        Coefficients (outcome, period) with their covariance; or a panel (outcome, unit, period,
        first treated).
    options : HonestOptions
        Options.

    Returns
    -------
    Estimate
        Terms ``original`` (trends parallel), ``rm=M̄`` and ``sd=M`` with interval only, and
        ``breakdown_rm``, ``breakdown_sd``: the M̄ and M, as estimate, at which the interval reaches
        zero; 0 where zero is inside from the start. Detail ``path`` holds the coefficients.

    Raises
    ------
    InputError
        If the table cannot be used.
    EstimationError
        If no event study or bound can be computed.

    Notes
    -----
    Intervals of 95 %, normal law, covariance taken as known. All periods after the reference count
    as after the date, so that anticipation needs an earlier reference. Over a gap between periods
    the mean step counts as a step.

    Two libraries fail here. diff-diff 3.13 replaces the relative-magnitude set by a naive interval
    (published [−0.0009, 0.0881] for the Medicaid expansion at M̄ = 2 comes out as [0.0113, 0.0816]).
    moderndid 0.2 leaves the earliest step out (see `honest_hybrid`). Both bounds
    are therefore computed here.

    References
    ----------
    Rambachan, A. and Roth, J. (2023). A more credible approach to parallel trends. Review of
    Economic Studies 90.
    """
    panel = table.unit is not None or table.first_treated is not None
    found = fit_path(table, options.path) if panel else read_coefficients(
        table, covariance=options.covariance, std_error=options.std_error,
        reference=options.reference,
    )  # fmt: skip
    found = _within(found, options)
    path, spacing = _event_path(found, options.target)
    rows, told = _bounds(path, options)
    told = {**found.conventions, "reference": found.reference, "spacing": spacing,
            "target": options.target, "periods_before": int((path.time < 0).sum()),
            "periods_after": int((path.time > 0).sum()), **told, "law": "normal"}  # fmt: skip
    original = term_table(
        ["original"], [path.target], [path.std_error], n_obs=found.n_obs, notes=noted(**told)
    )
    terms = pd.concat([original, _bound_terms(rows, found.n_obs, noted(**told))], ignore_index=True)
    detail = pd.DataFrame({"period": found.period, "estimate": found.estimate,
                           "std_error": np.sqrt(np.diag(found.covariance))})  # fmt: skip
    return Estimate(terms, told, {"path": detail})


def _within(found: Coefficients, options: HonestOptions) -> Coefficients:
    low = -np.inf if options.min_period is None else options.min_period
    high = np.inf if options.max_period is None else options.max_period
    kept = (found.period >= low) & (found.period <= high)
    return Coefficients(
        found.period[kept], found.estimate[kept], found.covariance[np.ix_(kept, kept)],
        found.reference, found.n_obs,
        {**found.conventions, "periods_left_out": int((~kept).sum())},
    )  # fmt: skip


def _event_path(found: Coefficients, target: str) -> tuple[EventPath, int]:
    time, spacing = spaced(found)
    after = time > 0
    n_after = int(after.sum())
    weight = np.zeros(len(time))
    if target == "first":
        weight[np.argmax(after)] = 1.0
    elif target == "average":
        weight[after] = 1.0 / n_after
    else:
        given = _numbers("target", target)
        if len(given) != n_after or not any(given):
            raise StudyError(
                f"honest_did: target: 權重數不符 expected first, average or {n_after} weights, one "
                f"per period after the reference, found {target!r}."
            )
        weight[after] = given
    return EventPath(time, found.estimate, found.covariance, weight), spacing


def _numbers(name: str, text: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = [np.nan]
    if not np.isfinite(values).all():
        raise StudyError(
            f"honest_did: {name}: 不是數字 expected numbers joined by commas, found {text!r}."
        )
    return values


def _not_negative(name: str, text: str) -> list[float]:
    values = _numbers(name, text)
    if min(values) < 0:
        raise StudyError(f"honest_did: {name}: expected numbers not below 0, found {text!r}.")
    return values


Bound = tuple[str, float, float, float]


def _bounds(path: EventPath, options: HonestOptions) -> tuple[list[Bound], dict[str, object]]:
    """Rows (term, value, low, high) and what was done."""
    rows: list[Bound] = []
    told: dict[str, object] = {}
    if options.family != "sd":
        interval, reach = _relative(path, options)
        values = _not_negative("m", options.m)
        rows += [(f"rm={m:g}", np.nan, *interval(m)) for m in values]
        rows.append(("breakdown_rm", reach(), np.nan, np.nan))
        told |= {"rm": options.method, "rm_steps": len(steps_before(path))}
        if options.method == "clf":
            told |= {"draws": options.draws, "seed": options.seed}
    if options.family != "rm":
        frontier = SmoothFrontier(path)
        given = _not_negative("sd", options.sd) if options.sd else None
        bends = given or [share * path.std_error for share in SMOOTHNESS]
        rows += [(f"sd={m:g}", np.nan, *frontier.interval(m)) for m in bends]
        rows.append(("breakdown_sd", frontier.breakdown(), np.nan, np.nan))
        told |= {"sd": "flci", "sd_values": ",".join(f"{m:.6g}" for m in bends)}
    return rows, told


def _relative(
    path: EventPath, options: HonestOptions
) -> tuple[Callable[[float], tuple[float, float]], Callable[[], float]]:
    if options.method == "union":
        return lambda m: union_interval(path, m), lambda: union_breakdown(path)
    n_after, most = int((path.time > 0).sum()), honest_hybrid.MOST_PERIODS
    gaps = int(path.time.max() - path.time.min()) - len(path.time)
    if n_after > most or gaps:
        raise InputError(
            f"C-LF 無法計算 method=clf takes up to {most} periods after the reference and no gap, "
            f"found {n_after} periods and {gaps} gaps. Narrow with min_period, max_period, or use "
            "--options method=union."
        )
    draws = {"draws": options.draws, "seed": options.seed}
    return lambda m: hybrid_interval(path, m, **draws), lambda: hybrid_breakdown(path, **draws)


def _bound_terms(rows: list[Bound], n_obs: int, notes: str) -> pd.DataFrame:
    term, value, low, high = zip(*rows, strict=True)
    nothing = np.full(len(rows), np.nan)
    return term_table(list(term), value, nothing, n_obs=n_obs, notes=notes).assign(
        ci_low=low, ci_high=high
    )


ESTIMATORS: Final = (
    Estimator(
        "honest_did",
        fit_honest_did,
        HonestOptions,
        needs=frozenset({"outcome", "period"}),
        takes=frozenset(
            {"unit", "first_treated", "treated_units", "covariates", "weights", "cluster",
             "control", "base"}
        ),
        summary=(
            "平行趨勢敏感度：相對幅度與平滑界限、臨界值",
            "bounds for diverging trends: relative magnitude, smoothness, breakdown",
        ),
    ),
)  # fmt: skip
