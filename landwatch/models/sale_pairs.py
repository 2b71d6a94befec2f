"""Sales of the same house or parcel, paired: the only comparison that holds quality by itself."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from landwatch.vocabulary.errors import EstimationError, InputError

Rule = Literal["consecutive", "first_last", "all"]

PAIR_COLUMNS: Final = ("unit", "first_time", "second_time", "first_price", "second_price")
MOST_PAIRS: Final = 5_000_000
"""Pairs beyond which the rule ``all`` is refused."""


@dataclass(frozen=True, slots=True)
class SalePairs:
    """Pairs of sales and what was left out on the way.

    Attributes
    ----------
    pairs : DataFrame
        Columns `PAIR_COLUMNS`, then ``first_row`` and ``second_row`` (positions in the frame
        given), in an order that does not depend on the order of sales.
    counts : dict of str to int
        ``sales``, ``units``, ``merged_same_time`` (sales of a unit at one time, taken as one at
        their geometric mean), ``units_sold_once``, ``pairs_found``, ``pairs_too_close``,
        ``pairs_too_far``, ``pairs_change_too_large``.
    """

    pairs: pd.DataFrame
    counts: dict[str, int]


def paired_sales(
    frame: pd.DataFrame,
    *,
    unit: str,
    price: str,
    time: str,
    rule: Rule = "consecutive",
    min_gap: float | None = None,
    max_gap: float | None = None,
    max_change: float | None = None,
) -> SalePairs:
    """Pair sales of the same unit.

    Parameters
    ----------
    frame : DataFrame
        One row per sale, nothing missing in the columns named.
    unit, price, time : str
        Columns: house or parcel, price (> 0), time (numbers, such as days).
    rule : {"consecutive", "first_last", "all"}
        Each sale with the next one; the first with the last; every sale with every later one.
    min_gap, max_gap : float, optional
        Least and longest time between the sales of a pair, both allowed.
    max_change : float, optional
        Largest |log price ratio| allowed.

    Returns
    -------
    SalePairs
        Pairs and counts.

    Raises
    ------
    InputError
        If a price is not positive, or ``all`` would make more than five million pairs.
    EstimationError
        If no unit was sold twice, or no pair passes the limits.

    Examples
    --------
    >>> sales = pd.DataFrame({"id": [1, 1, 2], "year": [0, 3, 1], "price": [2.0, 3.0, 5.0]})
    >>> pairs = paired_sales(sales, unit="id", price="price", time="year").pairs
    >>> pairs[["first_time", "second_time", "first_price", "second_price"]].to_numpy().tolist()
    [[0.0, 3.0, 2.0, 3.0]]
    """
    if not (frame[price] > 0).all():
        raise InputError(
            f"{price}: 價格必須為正 expected prices > 0, found {int((frame[price] <= 0).sum())} "
            "that are not. Repair them, or give log=true if they are logarithms."
        )
    sales = _single_sales(frame, unit, price, time)
    counts = {"sales": len(frame), "units": int(sales["unit"].nunique())}
    counts["merged_same_time"] = len(frame) - len(sales)
    counts["units_sold_once"] = int((sales.groupby("unit")["time"].transform("size") == 1).sum())
    found = _pairs(sales, rule)
    counts["pairs_found"] = len(found)
    gap = found["second_time"] - found["first_time"]
    change = np.abs(np.log(found["second_price"] / found["first_price"]))
    close = gap < (-np.inf if min_gap is None else min_gap)
    far = gap > (np.inf if max_gap is None else max_gap)
    large = ~close & ~far & (change > (np.inf if max_change is None else max_change))
    counts |= {"pairs_too_close": int(close.sum()), "pairs_too_far": int(far.sum())}
    counts["pairs_change_too_large"] = int(large.sum())
    kept = found[~close & ~far & ~large].reset_index(drop=True)
    if kept.empty:
        told = ", ".join(f"{key} {value}" for key, value in counts.items())
        raise EstimationError(
            f"沒有可用的成對交易 no pair of sales of the same {unit}: {told}. Widen the limits or "
            "name the column that identifies a house or parcel."
        )
    return SalePairs(kept, counts)


def _single_sales(frame: pd.DataFrame, unit: str, price: str, time: str) -> pd.DataFrame:
    sales = pd.DataFrame(
        {
            "unit": frame[unit].to_numpy(),
            "time": frame[time].to_numpy(dtype=float),
            "log_price": np.log(frame[price].to_numpy(dtype=float)),
            "row": np.arange(len(frame)),
        }
    ).sort_values(["unit", "time", "log_price"], kind="stable", ignore_index=True)
    grouped = sales.groupby(["unit", "time"], sort=True)
    single = grouped.agg(log_price=("log_price", "mean"), row=("row", "first"), n=("row", "size"))
    single = single.reset_index()
    exact = frame[price].to_numpy(dtype=float)[single["row"].to_numpy()]
    single["price"] = np.where(single["n"] == 1, exact, np.exp(single["log_price"]))
    return single[["unit", "time", "price", "row"]]


def _pairs(sales: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    unit = sales["unit"]
    if rule == "consecutive":
        first = np.flatnonzero(unit.to_numpy()[:-1] == unit.to_numpy()[1:])
        return _joined(sales, first, first + 1)
    if rule == "first_last":
        position = pd.Series(np.arange(len(sales)))
        ends = position.groupby(unit.to_numpy(), sort=True).agg(["first", "last"])
        ends = ends[ends["first"] < ends["last"]]
        return _joined(sales, ends["first"].to_numpy(), ends["last"].to_numpy())
    size = sales.groupby("unit")["time"].transform("size").to_numpy()
    count = int((size - 1).sum() // 2)
    if count > MOST_PAIRS:
        raise InputError(
            f"pairs=all: 成對數過多 would make {count:,} pairs, more than {MOST_PAIRS:,}; one unit "
            f"has {int(size.max()):,} sales. Use consecutive, or a finer unit."
        )
    left = pd.DataFrame({"unit": unit, "at": np.arange(len(sales))})
    both = left.merge(left, on="unit", suffixes=("", "_later"))
    both = both[both["at"] < both["at_later"]]
    return _joined(sales, both["at"].to_numpy(), both["at_later"].to_numpy())


def _joined(sales: pd.DataFrame, first: np.ndarray, second: np.ndarray) -> pd.DataFrame:
    one, two = sales.iloc[first].reset_index(drop=True), sales.iloc[second].reset_index(drop=True)
    return pd.DataFrame(
        {
            "unit": one["unit"],
            "first_time": one["time"],
            "second_time": two["time"],
            "first_price": one["price"],
            "second_price": two["price"],
            "first_row": one["row"],
            "second_row": two["row"],
        }
    )
