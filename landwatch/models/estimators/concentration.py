"""How concentrated a market is: shares squared, entropy, effective number of firms."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from landwatch.models.estimators.table import (
    Estimate,
    EstimationTable,
    Estimator,
    complete_rows,
    noted,
    term_table,
)
from landwatch.vocabulary.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MEASURES: Final = ("hhi", "shannon", "effective_number", "gini_simpson")


@dataclass(frozen=True, slots=True)
class ConcentrationOptions:
    """Options of ``concentration``.

    Attributes
    ----------
    base : float
        Base of the logarithm of Shannon's entropy; e by default.
    """

    base: float = float(np.e)


def concentration(amounts: "ArrayLike", *, base: float = float(np.e)) -> dict[str, float]:
    """Measure concentration of amounts by firm, brand or owner.

    Parameters
    ----------
    amounts : array_like, shape (n,)
        One non-negative amount per firm; zeros do not count as firms.
    base : float, optional
        Base of the logarithm.

    Returns
    -------
    dict of str to float
        ``hhi`` (sum of squared shares, 1/n to 1), ``shannon``, ``effective_number`` (firms of
        equal size with the same entropy, Hill number of order 1) and ``gini_simpson`` (1 − HHI).

    Raises
    ------
    InputError
        If an amount is negative or missing, or all are zero.

    Examples
    --------
    >>> {k: round(v, 4) for k, v in concentration([2, 1, 1]).items()}
    {'hhi': 0.375, 'shannon': 1.0397, 'effective_number': 2.8284, 'gini_simpson': 0.625}
    """
    value = np.asarray(amounts, dtype=float)
    if not (value >= 0).all() or not value.sum() > 0:
        raise InputError("集中度需要非負數量 concentration needs amounts ≥ 0, not all zero")
    share = value[value > 0] / value.sum()
    squares, nats = float((share**2).sum()), float((share * np.log(1.0 / share)).sum())
    return {
        "hhi": squares,
        "shannon": nats / float(np.log(base)),
        "effective_number": float(np.exp(nats)),
        "gini_simpson": 1.0 - squares,
    }


def fit_concentration(table: EstimationTable, options: ConcentrationOptions) -> Estimate:
    """Measure concentration over units, for every period where there are periods.

    Parameters
    ----------
    table : EstimationTable
        Outcome: amount (sales, area, doors); unit: firm; period, optional: market or date.
    options : ConcentrationOptions
        Options.

    Returns
    -------
    Estimate
        Terms ``hhi`` … , with ``[period]`` appended where there are several; numbers of a whole
        market carry no standard error.
    """
    rows, dropped = complete_rows(table)
    group = rows[table.period] if table.period else pd.Series("", index=rows.index)
    pieces = []
    notes = noted(shares="of amount by unit", log_base=f"{options.base:.6g}",
                  rows_dropped_missing=dropped)  # fmt: skip
    for label, part in rows.groupby(group, sort=True):
        found = concentration(part.groupby(table.unit)[table.outcome].sum(), base=options.base)
        names = [f"{m}[{label}]" if table.period else m for m in MEASURES]
        values = [found[m] for m in MEASURES]
        nothing = np.full(len(names), np.nan)
        pieces.append(term_table(names, values, nothing, n_obs=len(part), notes=notes))
    terms = pd.concat(pieces, ignore_index=True)
    return Estimate(terms, {"log_base": options.base, "rows_dropped_missing": dropped})


ESTIMATORS: Final = (
    Estimator(
        "concentration",
        fit_concentration,
        ConcentrationOptions,
        needs=frozenset({"outcome", "unit"}),
        takes=frozenset({"period"}),
        summary=("集中度：HHI、Shannon、有效家數、Gini–Simpson", "HHI, Shannon, effective number"),
    ),
)
