"""Rows the models may use: checked, coded, and with the role each row plays in the comparison.

Roles: ``zone`` (treated rows), ``control`` (towns none of whose rows lie in a zone) and ``outside``
(rows outside the zone of a town that has one: neither treated nor clean, kept for the hedonic
adjustment and left out of every contrast).
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.within import codes
from landwatch.vocabulary.errors import InputError

if TYPE_CHECKING:
    from landwatch.models.specification import Specification

DEALS_COLUMNS = (
    "town_code",
    "county_code",
    "zone_id",
    "effective_date",
    "deal_date",
    "log_price",
    "location_id",
)
PANEL_COLUMNS = ("town_code", "county_code", "zone_id", "effective_date", "year", "log_value")
DAYS_PER_YEAR = 365.25
MIN_TRADING_TOWNS = 2
MIN_TOWN_ROWS = 5
"""A county-year takes part in a contrast only where this many never-treated towns have this many
deals each: one small town's luck in one year is not the market of its county."""


def check_rows(frame: pd.DataFrame, spec: "Specification") -> None:
    """Collect every fault of a table of deals or of town-years, then raise once.

    Parameters
    ----------
    frame : DataFrame
        Table of the kind the specification names.
    spec : Specification
        What is to be modelled.

    Raises
    ------
    InputError
        If columns are missing, values are missing or infinite, a town lies in two counties, a zone
        has two dates, or a town-year occurs twice.
    """
    deals = spec.kind == "deals"
    wanted = DEALS_COLUMNS + spec.numeric + spec.categorical if deals else PANEL_COLUMNS
    missing = [name for name in wanted if name not in frame.columns]
    faults = (
        [f"欄位不足 missing columns: {', '.join(missing)}"] if missing else _faults(frame, deals)
    )
    if faults:
        raise InputError(
            f"{spec.outcome}: 資料無法建模 {len(frame)} rows cannot be modelled: "
            + "; ".join(faults)
            + ". Repair or drop these rows before fitting."
        )


def _faults(frame: pd.DataFrame, deals: bool) -> list[str]:
    needed = ["town_code", "county_code"]
    needed += ["deal_date", "location_id"] if deals else ["year"]
    value = "log_price" if deals else "log_value"
    faults = [
        f"{n} rows without {name}" for name in needed if (n := int(frame[name].isna().sum())) > 0
    ]
    bad = int((~np.isfinite(frame[value].to_numpy(dtype=float, na_value=np.nan))).sum())
    if bad:
        faults.append(f"{bad} rows whose {value} is missing or infinite")
    counties = frame.groupby("town_code")["county_code"].nunique()
    if (counties > 1).any():
        faults.append(f"{int((counties > 1).sum())} towns in more than one county")
    dates = frame.groupby("zone_id")["effective_date"].nunique()
    if (dates > 1).any():
        faults.append(f"zones with more than one date: {', '.join(dates.index[dates > 1])}")
    if not deals and (repeated := int(frame.duplicated(["town_code", "year"]).sum())):
        faults.append(f"{repeated} town-years occur twice")
    return faults


def coded_rows(frame: pd.DataFrame, spec: "Specification") -> pd.DataFrame:
    """Bring deals or town-years to one form: a response, a date, a place and a role.

    Parameters
    ----------
    frame : DataFrame
        Deals or town-years that `check_rows` accepts.
    spec : Specification
        What is modelled.

    Returns
    -------
    DataFrame
        Deals: one row each, in a canonical order that does not depend on the order given, index
        kept. Town-years: one row per year that follows another and is no known break
        (column ``is_break``), ``log_price`` being annual
        growth [log points / year] and ``log_variance``, where given, its sampling variance.
        Added: ``unit`` (zone and town, or town), ``location`` (place
        nested in its unit), ``role``, ``after`` (bool), ``county_quarter``, ``county_year``,
        ``is_supported`` (bool: in that county and year at least `MIN_TRADING_TOWNS` never-treated
        towns have `MIN_TOWN_ROWS` deals each, or one row each in a panel).
    """
    check_rows(frame, spec)
    rows = frame.copy() if spec.kind == "deals" else _growth_rows(frame)
    keys = ["town_code", "deal_date", "location_id", "log_price", *spec.numeric, *spec.categorical]
    rows = rows.sort_values(keys, kind="stable")
    zone = rows["zone_id"].astype("str").where(rows["zone_id"].notna(), "")
    town = rows["town_code"].astype("str")
    treated_town = (zone != "").groupby(town).transform("any")
    rows["role"] = np.select([zone != "", treated_town], ["zone", "outside"], "control")
    rows["unit"] = zone + "|" + town
    rows["location"] = codes(rows["unit"], rows["location_id"].astype("str"))
    date = pd.to_datetime(rows["deal_date"])
    rows["after"] = (rows["role"] == "zone") & (date >= rows["effective_date"])
    quarter = date.dt.year * 4 + date.dt.quarter - 1
    rows["quarter"] = quarter.astype(np.int64)
    rows["county_quarter"] = codes(rows["county_code"].astype("str"), quarter)
    rows["county_year"] = codes(rows["county_code"].astype("str"), date.dt.year)
    rows["is_supported"] = supported_years(rows, spec)
    return rows


def supported_years(rows: pd.DataFrame, spec: "Specification") -> pd.Series:
    """Tell the county-years in which enough never-treated towns traded to be compared with.

    Parameters
    ----------
    rows : DataFrame
        Rows with ``role``, ``county_year`` and ``town_code``.
    spec : Specification
        What is modelled.

    Returns
    -------
    Series of bool
        On the index of `rows`.
    """
    least = MIN_TOWN_ROWS if spec.kind == "deals" else 1
    control = rows[rows["role"] == "control"]
    towns = control.groupby(["county_year", "town_code"]).size()
    trading = (towns >= least).groupby("county_year").sum()
    return rows["county_year"].map(trading).fillna(0) >= MIN_TRADING_TOWNS


def _growth_rows(panel: pd.DataFrame) -> pd.DataFrame:
    rows = panel.sort_values(["town_code", "year"], kind="stable")
    by_town = rows.groupby("town_code", sort=False)
    gap = by_town["year"].diff()
    rows = rows.assign(
        log_price=by_town["log_value"].diff(),
        location_id=rows["town_code"],
        deal_date=pd.to_datetime(rows["year"].astype("str") + "-07-01"),
        effective_date=first_full_year(rows["effective_date"]),
    )
    if "log_variance" in rows:
        rows["log_variance"] += by_town["log_variance"].shift()
    usable = gap == 1
    if "is_break" in rows:
        usable &= ~rows["is_break"].astype(bool)
    return rows[usable]


def first_full_year(effective_date: pd.Series) -> pd.Series:
    """First calendar year that lies mostly after a date.

    Parameters
    ----------
    effective_date : Series of datetime64
        Dates; NaT stays NaT.

    Returns
    -------
    Series of datetime64
        1 January of the year of the date when it falls in January–June, of the next year otherwise.
    """
    shifted = pd.to_datetime(effective_date) + pd.DateOffset(months=6)
    return pd.to_datetime(
        {"year": shifted.dt.year, "month": shifted.dt.year * 0 + 1, "day": shifted.dt.year * 0 + 1}
    )


def years_since(dates: pd.Series, effective_date: "pd.Series | pd.Timestamp") -> pd.Series:
    """Years from an effective date, by exact days.

    Parameters
    ----------
    dates : Series of datetime64
        Dates of rows.
    effective_date : Series of datetime64 or Timestamp
        Date of the zone.

    Returns
    -------
    Series of float
        Years [a]; negative before.
    """
    return (pd.to_datetime(dates) - effective_date).dt.days / DAYS_PER_YEAR


def adjusted_rows(frame: pd.DataFrame, spec: "Specification") -> pd.DataFrame:
    """Code rows with the adjusted price as the response.

    Parameters
    ----------
    frame : DataFrame
        Deals with a column ``adjusted_log_price``, or town-years.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    DataFrame
        Rows of `coded_rows`; ``log_price`` is the adjusted price (or annual growth).

    Raises
    ------
    InputError
        If the deals have no adjusted price.
    """
    rows = coded_rows(frame, spec)
    if spec.kind == "panel":
        return rows.assign(observed=rows["log_price"])
    if "adjusted_log_price" not in rows.columns:
        raise InputError(
            f"{spec.outcome}: 缺少品質調整後價格 column adjusted_log_price not found; "
            "assign fit_hedonic(deals, spec).adjusted_log_price to the deals first"
        )
    adjusted = rows["adjusted_log_price"].astype(float)
    return rows.assign(observed=rows["log_price"], log_price=adjusted)
