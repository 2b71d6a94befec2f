"""Kaplan–Meier survival by group with late entry, medians, and the log-rank test."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from landwatch.models.estimators.product_limit import (
    Curve,
    Floats,
    Interval,
    first_crossing,
    interval,
    number_at_risk,
    product_limit,
)
from landwatch.models.estimators.spells import Spells, read_spells
from landwatch.models.estimators.table import (
    LEVEL,
    Estimate,
    EstimationTable,
    Estimator,
    noted,
    term_table,
)
from landwatch.vocabulary.errors import InputError


@dataclass(frozen=True, slots=True)
class KaplanMeierOptions:
    """Options of ``kaplan_meier``.

    Attributes
    ----------
    event : str or None
        Column of events: 0/1, true/false, or 1/2 (2 = event, as in R survival); by default every
        spell ended by the event.
    event_value : str or None
        Value of that column that is the event, where it is coded otherwise.
    entry : str or None
        Column of entries (left truncation).
    group : str
        Columns joined by commas; one curve for each combination, and the log-rank test.
    at : str
        Times joined by commas at which survival is told; by default at every event.
    interval : {"log", "plain", "log-log"}
        Scale of the intervals, also of the median's (Brookmeyer–Crowley); R's default is log.
    """

    event: str | None = None
    event_value: str | None = None
    entry: str | None = None
    group: str = ""
    at: str = ""
    interval: Interval = "log"


def fit_kaplan_meier(table: EstimationTable, options: KaplanMeierOptions) -> Estimate:
    """Estimate survival curves.

    Parameters
    ----------
    table : EstimationTable
        Outcome: duration, or time of exit where ``entry`` is named.
    options : KaplanMeierOptions
        Options.

    Returns
    -------
    Estimate
        Terms ``logrank`` (chi-square, where there are groups), ``median`` with its interval, and
        ``survival=10`` … with Greenwood's error; ``[group]`` is appended where there are groups.
        The notes of a survival row tell how many were at risk just before. With late entry a curve
        can fall to zero while others enter later: the notes of the median then say so. A
        median that is not reached, or a time after the last exit, is missing. `detail` holds the
        curves.

    Raises
    ------
    InputError
        If durations, events, groups or times cannot be read.
    EstimationError
        If there is no event.

    Notes
    -----
    p-values of medians and survival are left missing: zero is no hypothesis about them.

    References
    ----------
    .. [1] Brookmeyer, R., Crowley, J. (1982). A confidence interval for the median survival time.
       Biometrics 38(1).
    .. [2] Mantel, N. (1966). Evaluation of survival data and two new rank order statistics.
       Cancer Chemotherapy Reports 50(3).
    """
    columns = [c.strip() for c in options.group.split(",") if c.strip()]
    wanted = _times(options.at)
    spells = read_spells(
        table, *columns,
        event=options.event, event_value=options.event_value, entry=options.entry,
    )  # fmt: skip
    label = _labels(spells.rows, columns)
    pieces, curves = [], []
    notes = noted(interval=options.interval, se="Greenwood", n_events=int(spells.event.sum()),
                  **spells.told)  # fmt: skip
    for name in sorted(label.unique(), key=_number_first):
        part = _only(spells, (label == name).to_numpy())
        curve = product_limit(part.entry, part.exit, part.event)
        ending = f"[{name}]" if columns else ""
        pieces.append(_median(curve, options.interval, ending, len(part.exit), notes))
        pieces.append(_survival(part, curve, wanted, options.interval, ending))
        curves.append(_tabulated(curve, options.interval).assign(group=name))
    medians, survival = pieces[0::2], pieces[1::2]
    facts: dict[str, Any] = {"interval": options.interval, "se": "Greenwood", **spells.told}
    facts["n_events"] = int(spells.event.sum())
    first = []
    if columns:
        test, facts["logrank"] = _logrank(spells, label)
        first = [test]
    terms = pd.concat([*first, *medians, *survival], ignore_index=True)
    return Estimate(terms, facts, {"curves": pd.concat(curves, ignore_index=True)})


def _times(text: str) -> Floats | None:
    parts = [p.strip() for p in text.split(",") if p.strip()]
    try:
        times = np.array([float(p) for p in parts])
    except ValueError:
        times = np.array([np.nan])
    if not np.isfinite(times).all():
        raise InputError(f"at: 時間 expected numbers joined by commas, found {text!r}.")
    return times if parts else None


def _labels(rows: pd.DataFrame, columns: list[str]) -> pd.Series:
    if not columns:
        return pd.Series("", index=rows.index)
    text = rows[columns].astype("str").agg(", ".join, axis=1)
    if text.nunique() < 2:
        raise InputError(
            f"group: 只有一組 expected two or more groups in {', '.join(columns)}, found one "
            f"({text.iloc[0]}). Leave group out or name another column."
        )
    return text


def _number_first(name: str) -> tuple[int, float, str]:
    value = pd.to_numeric(name, errors="coerce")
    return (0, float(value), name) if np.isfinite(value) else (1, 0.0, name)


def _only(spells: Spells, chosen: NDArray[np.bool_]) -> Spells:
    return Spells(
        spells.rows[chosen], spells.entry[chosen], spells.exit[chosen], spells.event[chosen],
        spells.told,
    )  # fmt: skip


def _median(curve: Curve, kind: Interval, ending: str, n_obs: int, notes: str) -> pd.DataFrame:
    low, high = interval(curve, kind, LEVEL)
    row = term_table([f"median{ending}"], [first_crossing(curve.time, curve.survival)], [np.nan],
                     n_obs=n_obs, notes=notes)  # fmt: skip
    gone = curve.time[curve.survival <= 0]
    if len(gone) and gone[0] < curve.last:
        row["notes"] = f"{notes};nobody_at_risk_after={gone[0]:g}"
    row["ci_low"] = first_crossing(curve.time, low)
    row["ci_high"] = first_crossing(curve.time, high)
    return row


def _survival(
    part: Spells, curve: Curve, wanted: Floats | None, kind: Interval, ending: str
) -> pd.DataFrame:
    times = curve.time if wanted is None else wanted
    low, high = interval(curve, kind, LEVEL)
    place = np.searchsorted(curve.time, times, side="right")
    with np.errstate(invalid="ignore"):
        error = curve.survival * np.sqrt(curve.greenwood)
    out = term_table(
        [f"survival={t:.15g}{ending}" for t in times],
        _before(1.0, curve.survival)[place],
        _before(0.0, np.where(curve.survival > 0, error, np.nan))[place],
        n_obs=len(part.exit),
    )
    out["ci_low"], out["ci_high"] = _before(1.0, low)[place], _before(1.0, high)[place]
    out["p_value"] = np.nan
    at_risk = number_at_risk(part.entry, part.exit, times)
    unknown = (times > curve.last) & (out["estimate"].to_numpy() > 0)
    out.loc[unknown, ["estimate", "std_error", "ci_low", "ci_high"]] = np.nan
    endings = np.where(unknown, f";after_last_exit={curve.last:g}", "")
    out["notes"] = [f"at_risk={int(n)}{end}" for n, end in zip(at_risk, endings, strict=True)]
    return out


def _before(start: float, values: Floats) -> Floats:
    return np.concatenate([[start], values])


def _tabulated(curve: Curve, kind: Interval) -> pd.DataFrame:
    low, high = interval(curve, kind, LEVEL)
    return pd.DataFrame(
        {
            "time": curve.time,
            "at_risk": curve.at_risk,
            "events": curve.events,
            "survival": curve.survival,
            "ci_low": low,
            "ci_high": high,
        }
    )


def _logrank(spells: Spells, label: pd.Series) -> tuple[pd.DataFrame, dict[str, Any]]:
    names = sorted(label.unique(), key=_number_first)
    value, observed, expected = logrank(spells, label.map(names.index).to_numpy())
    df = len(names) - 1
    row = term_table(["logrank"], [value], [np.nan], n_obs=len(label),
                     notes=noted(chi2_df=df, weights=1, groups=len(names)))  # fmt: skip
    p = float(stats.chi2.sf(value, df))
    row["p_value"] = p
    told = {
        "chi2": value,
        "df": df,
        "p_value": p,
        "observed": dict(zip(names, observed.tolist(), strict=True)),
        "expected": dict(zip(names, expected.tolist(), strict=True)),
    }
    return row, told


def logrank(spells: Spells, group: NDArray[np.intp]) -> tuple[float, Floats, Floats]:
    """Compare survival of groups by the log-rank test.

    Parameters
    ----------
    spells : Spells
        Spells.
    group : ndarray of int, shape (n,)
        Groups 0 … k − 1.

    Returns
    -------
    tuple of (float, ndarray, ndarray)
        Chi-square with k − 1 degrees of freedom (hypergeometric variance); observed and expected
        events by group. Missing where the variance has no full rank.
    """
    time, place = np.unique(spells.exit[spells.event], return_inverse=True)
    k = int(group.max()) + 1
    risk = np.column_stack(
        [number_at_risk(spells.entry[group == g], spells.exit[group == g], time) for g in range(k)]
    )
    died = np.zeros((len(time), k))
    np.add.at(died, (place, group[spells.event]), 1.0)
    n, d = risk.sum(axis=1), died.sum(axis=1)
    share = risk / n[:, None]
    spread = d * (n - d) / np.maximum(n - 1.0, 1.0)
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    observed, expected = died.sum(axis=0), d @ share
    gap, inner = (observed - expected)[:-1], variance[:-1, :-1]
    if np.linalg.matrix_rank(inner, hermitian=True) < k - 1:
        return float("nan"), observed, expected
    return float(gap @ np.linalg.solve(inner, gap)), observed, expected


ESTIMATORS: Final = (
    Estimator(
        "kaplan_meier",
        fit_kaplan_meier,
        KaplanMeierOptions,
        needs=frozenset({"outcome"}),
        takes=frozenset(),
        summary=("Kaplan–Meier 存活、中位數、log-rank 檢定", "Kaplan–Meier, median, log-rank test"),
    ),
)
"""What `registry` finds here."""
