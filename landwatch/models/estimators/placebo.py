"""Placebo tests: untreated units, or earlier dates, in place of the real ones."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from landwatch.models.estimators.assignments import assignments
from landwatch.models.estimators.table import (
    LEVEL,
    Estimate,
    EstimationTable,
    Estimator,
    noted,
    term_table,
)
from landwatch.models.estimators.treated_blocks import long_rows
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Statistic = Literal["mean_change", "detrended_change", "mean_after"]
Alternative = Literal["two-sided", "greater", "less"]
Pool = Literal["never", "all"]
TIE: Final = 1e-9
"""Two statistics nearer than this, relative to the largest, are equal: rounding decides no rank."""


@dataclass(frozen=True, slots=True)
class PlaceboOptions:
    """Options of ``placebo``.

    Attributes
    ----------
    statistic : {"mean_change", "detrended_change", "mean_after"}
        What is compared between treated and untreated units: mean after less mean before; the mean
        distance after from the unit's own linear trend before; or the mean after.
    pool : {"never", "all"}
        Who may be drawn as treated: never-treated units only, or all units (labels shuffled:
        exact under no effect on anyone).
    alternative : {"two-sided", "greater", "less"}
        Which statistics count as extreme.
    draws : int
        Draws where there are more assignments than `max_exact`.
    max_exact : int
        Assignments up to this number are all enumerated.
    false_dates : bool
        Whether earlier dates are tried on the periods before treatment.
    min_pre : int
        Fewest periods before a false date.
    seed : int
        Seed of the draws.
    """

    statistic: Statistic = "mean_change"
    pool: Pool = "never"
    alternative: Alternative = "two-sided"
    draws: int = 9999
    max_exact: int = 20_000
    false_dates: bool = True
    min_pre: int = 2
    seed: int = 1


@dataclass(frozen=True, slots=True)
class _Test:
    value: float
    placebos: "Floats"
    exact: bool
    n_treated: int
    n_never: int
    n_left_out: int
    n_obs: int


def fit_placebo(table: EstimationTable, options: PlaceboOptions) -> Estimate:
    """Test an effect against assignments that did not happen.

    Parameters
    ----------
    table : EstimationTable
        Outcome, unit, period, first treated period (and treated units).
    options : PlaceboOptions
        Options.

    Returns
    -------
    Estimate
        Terms ``ATT`` and ``placebo_space`` (the same estimate and p; its standard error is the
        spread of placebos), ``placebo_time:<date>`` (the statistic at a false date, tested in space
        on the periods before any treatment), ``placebo_time`` (p: rank of the estimate among false
        dates). In `detail`: ``placebos``.

    Raises
    ------
    InputError
        If the table cannot be read.
    EstimationError
        If there is nothing to permute.

    Notes
    -----
    Several dates: each treated unit is compared with the never treated at its own date, the mean
    over treated units is taken, and a placebo takes all dates at once. p is the share of
    assignments, the real one included, with a statistic at least as extreme. With ``pool=never``
    the interval is every constant effect the test does not reject, and placebos compare with fewer
    untreated units than the estimate does (conservative). With ``pool=all`` no interval is given.
    Units that lack a period on either side of a date are left out and counted.

    References
    ----------
    Bertrand, M., Duflo, E. and Mullainathan, S. (2004). How much should we trust
    differences-in-differences estimates? Quarterly Journal of Economics 119. Phipson, B. and Smyth,
    G. (2010). Permutation p-values should never be zero.
    """
    rows, dropped = long_rows(table)
    wide = (
        rows.pivot(index="unit", columns="period", values="value").sort_index().sort_index(axis=1)
    )
    first = rows.groupby("unit")["first"].first().to_numpy(dtype=float)
    value, periods = wide.to_numpy(dtype=float), wide.columns.to_numpy(dtype=float)
    _check(first)
    main = _space_test(value, periods, first, options)
    told: dict[str, Any] = {
        "statistic": options.statistic, "pool": options.pool, "alternative": options.alternative,
        "assignments": "all" if main.exact else "drawn", "n_assignments": 1 + len(main.placebos),
        "seed": options.seed, "n_treated": main.n_treated, "n_never": main.n_never,
        "units_dropped_gaps": main.n_left_out, "rows_dropped_missing": dropped,
    }  # fmt: skip
    tests = {"ATT": main, "placebo_space": main}
    earlier = _false_dates(value, periods, first, options) if options.false_dates else {}
    terms = _terms({**tests, **earlier}, options, noted(**told))
    if earlier:
        terms = pd.concat([terms, _time_row(main, earlier, options, terms)], ignore_index=True)
    told["false_dates"] = len(earlier)
    return Estimate(terms, told, {"placebos": pd.DataFrame({"placebo": main.placebos})})


def _check(first: "Floats") -> None:
    n_treated, n_never = int((first > 0).sum()), int((first == 0).sum())
    if n_treated < 1 or n_never < 2:
        raise EstimationError(
            "安慰劑檢定需要處理單位與至少兩個未處理單位 expected treated units and at least two "
            f"never-treated ones; found {n_treated} and {n_never}. Give units without treatment 0 "
            "in the column of first treated periods."
        )


def unit_statistics(
    value: "Floats", periods: "Floats", date: float, statistic: Statistic = "mean_change"
) -> "Floats":
    """Measure each unit around a date.

    Parameters
    ----------
    value : ndarray of float, shape (n, t)
        Outcomes; NaN where there is none.
    periods : ndarray of float, shape (t,)
        Periods.
    date : float
        First period after.
    statistic : {"mean_change", "detrended_change", "mean_after"}, optional
        See `PlaceboOptions`.

    Returns
    -------
    ndarray of float, shape (n,)
        Statistics; NaN for units without what it takes.
    """
    after = periods >= date
    mean_after = _row_mean(value[:, after])
    if statistic == "mean_after":
        return mean_after
    if statistic == "mean_change":
        return mean_after - _row_mean(value[:, ~after])
    before, time = value[:, ~after], np.where(np.isnan(value), np.nan, periods)
    early = time[:, ~after]
    center, level = _row_mean(early), _row_mean(before)
    spread = np.nansum((early - center[:, None]) ** 2, axis=1)
    cross = np.nansum((early - center[:, None]) * (before - level[:, None]), axis=1)
    slope = cross / np.where(spread > 0, spread, np.nan)
    return np.asarray(mean_after - level - slope * (_row_mean(time[:, after]) - center))


def _row_mean(block: "Floats") -> "Floats":
    count = (~np.isnan(block)).sum(axis=1)
    return np.asarray(np.nansum(block, axis=1) / np.where(count > 0, count, np.nan))


def _space_test(
    value: "Floats", periods: "Floats", first: "Floats", options: PlaceboOptions
) -> _Test:
    dates = np.unique(first[first > 0])
    change = np.column_stack([unit_statistics(value, periods, d, options.statistic) for d in dates])
    usable = np.isfinite(change).all(axis=1)
    group = np.where(first > 0, np.searchsorted(dates, first), -1)
    change, group = change[usable], group[usable]
    sizes = np.array([(group == g).sum() for g in range(len(dates))])
    never = group < 0
    pool = never if options.pool == "never" else np.ones(len(group), dtype=bool)
    n_pool, k = int(pool.sum()), int(sizes.sum())
    if k < 1 or never.sum() < 2 or n_pool <= k:
        raise EstimationError(
            f"無法置換 cannot permute: found {k} treated and {int(never.sum())} never-treated "
            "units with periods on both sides of every date; expected more never-treated than "
            f"treated (or pool=all). {int((~usable).sum())} units were left out for gaps."
        )
    real = np.concatenate([np.flatnonzero(group == g) for g in range(len(dates))])
    ordered = change[np.concatenate([real, np.flatnonzero(never)])]
    estimate = float(_statistic(ordered, np.arange(k)[None], sizes)[0])
    exact, draws = assignments(
        n_pool, sizes, draws=options.draws, max_exact=options.max_exact, seed=options.seed
    )
    placebos = np.concatenate([_statistic(change[pool], batch, sizes) for batch in draws])
    if options.pool == "all" and exact:
        placebos = _without_identity(placebos, estimate)
    cells = int(np.isfinite(value[usable]).sum())
    return _Test(estimate, placebos, exact, k, int(never.sum()), int((~usable).sum()), cells)


def _without_identity(placebos: "Floats", value: float) -> "Floats":
    """Take the real assignment out of an enumeration that holds it."""
    return np.delete(placebos, int(np.argmin(np.abs(placebos - value))))


def _statistic(change: "Floats", chosen: "Ints", sizes: "Ints") -> "Floats":
    """Mean over drawn units of their change less that of the units not drawn.

    ``chosen``, shape (b, k): positions of drawn units, those of the first date first.
    """
    rows, k = change.shape[0], chosen.shape[1]
    drawn = np.zeros((len(chosen), rows))
    np.put_along_axis(drawn, chosen, 1.0, axis=1)
    rest = (change.sum(axis=0) - drawn @ change) / (rows - k)
    date = np.repeat(np.arange(len(sizes)), sizes)
    own = change[chosen, date].sum(axis=1)
    return np.asarray((own - rest @ sizes) / k)


def _false_dates(
    value: "Floats", periods: "Floats", first: "Floats", options: PlaceboOptions
) -> dict[str, _Test]:
    """Test every date that leaves periods on both sides before the first real one."""
    early = periods < first[first > 0].min()
    found = {}
    for date in periods[early][options.min_pre :]:
        false = np.where(first > 0, date, 0.0)
        try:
            test = _space_test(value[:, early], periods[early], false, options)
        except EstimationError:
            continue
        found[f"placebo_time:{date:g}"] = test
    return found


def _terms(tests: dict[str, _Test], options: PlaceboOptions, notes: str) -> pd.DataFrame:
    values = [t.value for t in tests.values()]
    spread = [float(t.placebos.std()) for t in tests.values()]
    table = term_table(
        list(tests), values, spread, n_obs=[t.n_obs for t in tests.values()], notes=notes
    )
    half = np.array([_half_interval(t, options) for t in tests.values()])
    p = [p_value(t.value, t.placebos, options.alternative) for t in tests.values()]
    return table.assign(
        ci_low=table["estimate"] - half, ci_high=table["estimate"] + half, p_value=p
    )


def p_value(value: float, placebos: "Floats", alternative: Alternative = "two-sided") -> float:
    """Return the share of assignments, the real one included, at least as extreme.

    Parameters
    ----------
    value : float
        Statistic of the real assignment.
    placebos : ndarray of float
        Statistics of the others.
    alternative : {"two-sided", "greater", "less"}, optional
        Which are extreme.

    Returns
    -------
    float
        p.

    Examples
    --------
    >>> p_value(2.0, np.array([1.0, -2.0, 0.0]))
    0.5
    """
    slack = TIE * max(float(np.abs(placebos).max(initial=0.0)), abs(value))
    sizes, size = _extremity(placebos, alternative), _extremity(np.array([value]), alternative)
    extreme = (sizes >= size - slack).sum()
    return float((1 + extreme) / (1 + len(placebos)))


def _extremity(value: "Floats", alternative: Alternative) -> "Floats":
    if alternative == "two-sided":
        return np.asarray(np.abs(value))
    return value if alternative == "greater" else -value


def _half_interval(test: _Test, options: PlaceboOptions) -> float:
    """Half the interval of constant effects not rejected; NaN where every effect would be kept."""
    rank = int(np.floor((1.0 - LEVEL) * (1 + len(test.placebos)) + TIE))
    if options.pool != "never" or options.alternative != "two-sided" or rank < 1:
        return float("nan")
    return float(np.sort(np.abs(test.placebos))[-rank])


def _time_row(
    main: _Test, earlier: dict[str, _Test], options: PlaceboOptions, terms: pd.DataFrame
) -> pd.DataFrame:
    found = np.array([t.value for t in earlier.values()])
    row = terms.iloc[[0]].assign(
        term="placebo_time", p_value=p_value(main.value, found, options.alternative)
    )
    return row.assign(std_error=np.nan, ci_low=np.nan, ci_high=np.nan)


ESTIMATORS: Final = (
    Estimator(
        "placebo",
        fit_placebo,
        PlaceboOptions,
        needs=frozenset({"outcome", "unit", "period", "first_treated"}),
        takes=frozenset({"treated_units"}),
        summary=("安慰劑檢定：空間與日期置換", "permutation over untreated units and false dates"),
    ),
)
"""As `landwatch estimate` runs it."""
