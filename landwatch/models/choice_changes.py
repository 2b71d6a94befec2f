"""What a choice does to the rows: pure functions, rows in, rows out."""

from typing import TYPE_CHECKING, Final

import pandas as pd

from landwatch.models.sample import first_full_year
from landwatch.models.within import codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from landwatch.models.choice_grounds import Grounds

    Change = Callable[[pd.DataFrame, Grounds], pd.DataFrame]

TRIM: Final = 0.01
"""Share of the prices of a county and year cut off (or pulled in) at each end."""

STEADY: Final = 2.0
"""A county's year is steady if it has its median yearly number of deals within this factor."""


def as_is(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
    """Leave the rows as they are.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    grounds : Grounds
        Facts about towns and zones.

    Returns
    -------
    DataFrame
        Rows under the choice.
    """
    del grounds
    return rows


def dated(day: str) -> "Change":
    """Give all zones another date.

    Parameters
    ----------
    day : str
        Date, ISO.

    Returns
    -------
    callable
        The change.
    """

    def _change(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
        date = pd.Series(pd.Timestamp(day), index=rows.index)
        if grounds.kind == "panel":
            date = first_full_year(date)
        return rows.assign(effective_date=date.where(rows["role"] == "zone"))

    return _change


def without_months_before(months: int) -> "Change":
    """Leave out the rows of zones in the months before their date.

    Parameters
    ----------
    months : int
        How many.

    Returns
    -------
    callable
        The change.
    """

    def _change(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
        del grounds
        start = rows["effective_date"] - pd.DateOffset(months=months)
        return rows[~((rows["deal_date"] >= start) & (rows["deal_date"] < rows["effective_date"]))]

    return _change


def without_controls(name: str) -> "Change":
    """Leave out never-treated towns.

    Parameters
    ----------
    name : str
        Which, a key of ``Grounds.towns``.

    Returns
    -------
    callable
        The change.
    """

    def _change(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
        dropped = rows["town_code"].isin(grounds.towns[name])
        return rows[~(dropped & (rows["role"] == "control"))]

    return _change


def _price_ends(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    prices = rows.groupby("county_year")["log_price"]
    return (
        rows["county_year"].map(prices.quantile(TRIM)),
        rows["county_year"].map(prices.quantile(1.0 - TRIM)),
    )


def trimmed(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
    """Cut off the ends of the prices of every county and year.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    grounds : Grounds
        Facts about towns and zones.

    Returns
    -------
    DataFrame
        Rows under the choice.
    """
    del grounds
    return rows[rows["log_price"].between(*_price_ends(rows))]


def winsorised(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
    """Pull the ends of the prices of every county and year in.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    grounds : Grounds
        Facts about towns and zones.

    Returns
    -------
    DataFrame
        Rows under the choice.
    """
    del grounds
    return rows.assign(log_price=rows["log_price"].clip(*_price_ends(rows)))


def only(column: str, *, value: bool = True) -> "Change":
    """Keep the rows of which something holds.

    Parameters
    ----------
    column : str
        A column of bool.
    value : bool, optional
        What it must be.

    Returns
    -------
    callable
        The change.
    """

    def _change(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
        del grounds
        return rows[rows[column] == value]

    return _change


def near_date(years: int) -> "Change":
    """Keep the rows some years around the dates of the zones.

    Parameters
    ----------
    years : int
        How many on each side.

    Returns
    -------
    callable
        The change.
    """

    def _change(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
        del grounds
        span, own = pd.DateOffset(years=years), rows["effective_date"]
        low = (own - span).fillna(own.min() - span)
        high = (own + span).fillna(own.max() + span)
        return rows[(rows["deal_date"] >= low) & (rows["deal_date"] < high)]

    return _change


def without_pandemic(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
    """Leave out the months of closed borders and offices.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    grounds : Grounds
        Facts about towns and zones.

    Returns
    -------
    DataFrame
        Rows under the choice.
    """
    del grounds
    return rows[~rows["deal_date"].between("2020-03-01", "2021-12-31")]


def until_next(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
    """Leave out the rows of a zone from the day it was treated again.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    grounds : Grounds
        Facts about towns and zones.

    Returns
    -------
    DataFrame
        Rows under the choice: the first treatment alone.
    """
    del grounds
    return rows[~(rows["deal_date"] >= rows["next_date"])]


def place(column: str) -> "Change":
    """Hold another kind of place constant.

    Parameters
    ----------
    column : str
        A column of codes nested in units.

    Returns
    -------
    callable
        The change.
    """

    def _change(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
        del grounds
        return rows.assign(location=rows[column])

    return _change


def same_kind(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
    """Hold the kind of property constant at every place, so that the mix cannot move.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    grounds : Grounds
        Facts about towns and zones.

    Returns
    -------
    DataFrame
        Rows under the choice.
    """
    del grounds
    return rows.assign(location=codes(rows["location"], rows["kind_code"]))


def steady_years(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
    """Keep the years in which a county registered about as many deals as usual.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    grounds : Grounds
        Facts about towns and zones.

    Returns
    -------
    DataFrame
        Rows under the choice.
    """
    del grounds
    table = rows.groupby(["county_code", "county_year"], observed=True).size()
    ratio = table / table.groupby("county_code", observed=True).transform("median")
    steady = ratio[(ratio >= 1.0 / STEADY) & (ratio <= STEADY)]
    return rows[rows["county_year"].isin(steady.index.get_level_values("county_year"))]


def without_near_cut(rows: pd.DataFrame, grounds: "Grounds") -> pd.DataFrame:
    """Leave out the zones near the cut of the criteria.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    grounds : Grounds
        Facts about towns and zones.

    Returns
    -------
    DataFrame
        Rows under the choice.
    """
    return rows[~rows["zone_id"].isin(grounds.near_cut)]
