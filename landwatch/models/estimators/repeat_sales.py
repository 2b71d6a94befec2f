"""Repeat-sales price indices on any table of sales."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from landwatch.models.estimators.sale_periods import By, SalePeriods, read_periods
from landwatch.models.estimators.table import (
    LEVEL,
    Estimate,
    EstimationTable,
    Estimator,
    complete_rows,
    noted,
    term_table,
)
from landwatch.models.repeat_index import (
    IndexFit,
    PairEnds,
    connected_periods,
    fit_arithmetic,
    fit_bailey_muth_nourse,
    fit_case_shiller,
)
from landwatch.models.sale_pairs import Rule, SalePairs, paired_sales
from landwatch.models.within import codes
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PERIODS: Final = 3_000
"""Periods beyond which an index is refused."""


@dataclass(frozen=True, slots=True)
class RepeatSalesOptions:
    """Options of ``repeat_sales``.

    Attributes
    ----------
    method : {"bmn", "case_shiller", "shiller"}
        Bailey–Muth–Nourse least squares; Case–Shiller weights; Shiller's arithmetic index.
    pairs : {"consecutive", "first_last", "all"}
        Which sales of a unit are paired.
    by : {"auto", "year", "quarter", "month", "period"}
        What a period is: years of dates by default, numbers as they are.
    log : bool
        Whether the outcome is already a logarithm.
    base : float
        Level of the index in the base period.
    base_period : str, optional
        Base period, such as ``2012`` or ``2012Q3``; else the first of the largest group of periods
        that pairs connect.
    min_days, max_days : float, optional
        Least and longest time between the sales of a pair; dates only.
    max_change : float, optional
        Largest |log price ratio| of a pair; no limit by default.
    se : {"default", "classic", "robust"}
        Standard errors; by default classic for the logarithmic indices, robust (HC1) for the
        arithmetic one. A cluster column comes before all of them.
    """

    method: Literal["bmn", "case_shiller", "shiller"] = "bmn"
    pairs: Rule = "consecutive"
    by: By = "auto"
    log: bool = False
    base: float = 100.0
    base_period: str | None = None
    min_days: float | None = None
    max_days: float | None = None
    max_change: float | None = None
    se: Literal["default", "classic", "robust"] = "default"


@dataclass(frozen=True, slots=True)
class _Periods:
    """All periods, and which of them pairs connect with the base."""

    label: tuple[str, ...]
    connected: "NDArray[np.bool_]"
    base: int
    groups: int


def fit_repeat_sales(table: EstimationTable, options: RepeatSalesOptions) -> Estimate:
    """Estimate a repeat-sales index.

    Parameters
    ----------
    table : EstimationTable
        Outcome: price; unit: house or parcel; period: date or period of the sale; cluster,
        optional: one column, such as the unit itself, the value of the later sale counts.
    options : RepeatSalesOptions
        Options.

    Returns
    -------
    Estimate
        Term ``index`` (log index of the last period against the base), then ``index[period]`` in
        order of time, then ``level[period]`` (base × exp of it). A period that no chain of pairs
        connects with the base stands there without a number. `detail` ``pairs`` holds the pairs.

    Raises
    ------
    InputError
        If prices are not positive or periods cannot be read.
    StudyError
        If options contradict the table.
    EstimationError
        If no unit was sold twice in different periods.
    """
    _check_options(table, options)
    cluster = table.cluster[0] if table.cluster else None
    rows, dropped = complete_rows(table)
    when = read_periods(rows[str(table.period)], options.by)
    if not when.dated and (options.min_days is not None or options.max_days is not None):
        raise StudyError(
            f"min_days, max_days: {table.period} 沒有日期 expected dates, found numbers. Leave "
            "them out, or name a column of dates."
        )
    sales = _sales(rows, table, options, when)
    found = paired_sales(
        sales, unit="unit", price="price", time="time", rule=options.pairs,
        min_gap=options.min_days, max_gap=options.max_days, max_change=options.max_change,
    )  # fmt: skip
    pairs = found.pairs.assign(
        first_period=when.ordinal[found.pairs["first_row"]],
        second_period=when.ordinal[found.pairs["second_row"]],
    )
    if cluster:
        pairs["cluster"] = rows[cluster].to_numpy()[pairs["second_row"]]
    between = _between(pairs, when)
    periods = _periods(between, when, options)
    used = between[periods.connected[between["first"]]].reset_index(drop=True)
    fit = _fit(used, periods, options, clustered=cluster is not None)
    told = _told(options, found, when, cluster) | {
        "pairs_within_period": len(pairs) - len(between),
        "pairs_not_connected": len(between) - len(used),
        "clusters": used["cluster"].nunique() if cluster else "none",
        "rows_dropped_missing": dropped,
    }
    return _estimate(fit, used, periods, options, told)


def _check_options(table: EstimationTable, options: RepeatSalesOptions) -> None:
    faults = []
    if not options.base > 0:
        faults.append(f"base must be > 0, found {options.base:g}")
    if options.max_change is not None and not options.max_change > 0:
        faults.append(f"max_change must be > 0, found {options.max_change:g}")
    if len(table.cluster) > 1:
        faults.append(f"one cluster column is expected, found {', '.join(table.cluster)}")
    if faults:
        raise StudyError(f"repeat_sales: 選項不合 {'; '.join(faults)}.")


def _sales(
    rows: pd.DataFrame, table: EstimationTable, options: RepeatSalesOptions, when: SalePeriods
) -> pd.DataFrame:
    price = rows[table.outcome].to_numpy(dtype=float)
    if options.log:
        if (np.abs(price) > 500).any():
            raise InputError(
                f"{table.outcome}: 不像對數 expected logarithms of prices, found {price.max():g}. "
                "Leave log=true out if they are prices."
            )
        price = np.exp(price)
    unit = rows[str(table.unit)]
    text = unit if pd.api.types.is_numeric_dtype(unit.dtype) else unit.astype("str")
    return pd.DataFrame({"unit": text.to_numpy(), "price": price, "time": when.time})


def _between(pairs: pd.DataFrame, when: SalePeriods) -> pd.DataFrame:
    ordinal = np.unique(when.ordinal)
    if len(ordinal) > MOST_PERIODS:
        raise StudyError(
            f"期別過多 {len(ordinal):,} periods, more than {MOST_PERIODS:,}; take longer ones."
        )
    between = pairs[pairs["first_period"] != pairs["second_period"]].reset_index(drop=True)
    if between.empty:
        raise EstimationError(
            "沒有跨期的成對交易 no pair of sales lies in two different periods. Take shorter "
            "periods (by=quarter, by=month)."
        )
    ends = {end: np.searchsorted(ordinal, between[f"{end}_period"]) for end in ("first", "second")}
    return between.assign(**ends)


def _periods(between: pd.DataFrame, when: SalePeriods, options: RepeatSalesOptions) -> _Periods:
    ordinal = np.unique(when.ordinal)
    first, second = between["first"].to_numpy(), between["second"].to_numpy()
    group = connected_periods(first, second, len(ordinal))
    label = tuple(when.label(value) for value in ordinal)
    size = np.bincount(group)
    base = int(np.argmax(size[group] == size.max()))
    if options.base_period is not None:
        if options.base_period not in label:
            raise StudyError(
                f"base_period={options.base_period}: 沒有這一期 expected one of "
                f"{', '.join(label[:12])}{' …' if len(label) > 12 else ''}."
            )
        base = label.index(options.base_period)
        if size[group[base]] == 1:
            raise EstimationError(
                f"base_period={options.base_period}: 基期沒有成對交易 no pair has a sale in it. "
                "Choose another base period."
            )
    return _Periods(label, group == group[base], base, int((size > 1).sum()))


def _fit(
    used: pd.DataFrame, periods: _Periods, options: RepeatSalesOptions, *, clustered: bool
) -> IndexFit:
    place = np.cumsum(periods.connected) - 1
    ends = PairEnds(
        place[used["first"].to_numpy()],
        place[used["second"].to_numpy()],
        int(place[periods.base]),
        int(periods.connected.sum()),
        codes(used["cluster"].astype("str")) if clustered else None,
    )
    first, second = used["first_price"].to_numpy(), used["second_price"].to_numpy()
    classic = options.se == "classic" or (options.se == "default" and options.method != "shiller")
    errors: Literal["classic", "robust"] = "classic" if classic else "robust"
    if options.method == "shiller":
        return fit_arithmetic(first, second, ends, errors=errors)
    ratio = np.log(second / first)
    if options.method == "bmn":
        return fit_bailey_muth_nourse(ratio, ends, errors=errors)
    gap = (used["second_period"] - used["first_period"]).to_numpy()
    return fit_case_shiller(ratio, gap, ends, errors=errors)


def _told(
    options: RepeatSalesOptions, found: SalePairs, when: SalePeriods, cluster: str | None
) -> dict[str, object]:
    default = "robust" if options.method == "shiller" else "classic"
    kind = default if options.se == "default" else options.se
    limits = {"min_days": options.min_days, "max_days": options.max_days}
    limits |= {"max_change": options.max_change}
    return {
        "method": options.method,
        "pairs": options.pairs,
        "period": when.by,
        "se": f"CRV1 by {cluster}" if cluster else {"robust": "HC1"}.get(kind, kind),
        **{key: "none" if value is None else value for key, value in limits.items()},
        **found.counts,
    }


def _estimate(
    fit: IndexFit,
    used: pd.DataFrame,
    periods: _Periods,
    options: RepeatSalesOptions,
    told: dict[str, object],
) -> Estimate:
    label, count = periods.label, len(periods.label)
    log_index, error = np.full(count, np.nan), np.full(count, np.nan)
    log_index[periods.connected], error[periods.connected] = fit.log_index, fit.std_error
    error[periods.base] = np.nan
    lost = [label[i] for i in np.flatnonzero(~periods.connected)]
    told |= {"base_period": label[periods.base], "base": options.base, "t_dof": fit.dof}
    told |= {"periods_not_identified": ", ".join(lost) or "none"}
    if fit.variance_line:
        told["stage_two"] = "{:.10g} + {:.10g} * periods".format(*fit.variance_line)
    sold = np.bincount(np.concatenate([used["first"], used["second"]]), minlength=count)
    state = np.where(periods.connected, "", "not identified: no chain of pairs to the base;")
    state[periods.base] = "base;"
    notes = [f"{s}sales_in_pairs={n};{noted(**told)}" for s, n in zip(state, sold, strict=True)]
    names = [f"index[{name}]" for name in label]
    terms = term_table(names, log_index, error, dof=fit.dof, n_obs=len(used)).assign(notes=notes)
    last = int(np.flatnonzero(periods.connected & (np.arange(count) != periods.base))[-1])
    head = terms.iloc[[last]].assign(term="index", notes=f"last_period={label[last]};{notes[last]}")
    level = _levels(terms, options.base, label)
    whole = pd.concat([head, terms, level], ignore_index=True)
    told |= {"interval": LEVEL, "groups_of_periods": periods.groups}
    told["t_dof"] = None if np.isnan(fit.dof) else fit.dof
    return Estimate(whole, told, {"pairs": used})


def _levels(terms: pd.DataFrame, base: float, label: tuple[str, ...]) -> pd.DataFrame:
    level = base * np.exp(terms["estimate"])
    return terms.assign(
        term=[f"level[{name}]" for name in label],
        estimate=level,
        std_error=level * terms["std_error"],
        ci_low=base * np.exp(terms["ci_low"]),
        ci_high=base * np.exp(terms["ci_high"]),
    )


ESTIMATORS: Final = (
    Estimator(
        "repeat_sales",
        fit_repeat_sales,
        RepeatSalesOptions,
        needs=frozenset({"outcome", "unit", "period"}),
        takes=frozenset({"cluster"}),
        summary=("重複交易價格指數", "repeat-sales index: BMN, Case–Shiller, arithmetic"),
    ),
)
