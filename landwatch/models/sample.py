"""Rows the models may use: checked, coded, and with the role each row plays in the comparison.

Roles: ``zone`` (treated rows), ``control`` (towns none of whose rows lie in a zone) and ``outside``
(rows outside the zone of a town that has one: neither treated nor clean, kept for the hedonic
adjustment and left out of every contrast).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.within import codes
from landwatch.vocabulary.errors import EstimationError, InputError

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


@dataclass(frozen=True, slots=True)
class ContrastSample:
    """Rows that take part in a pooled contrast, and what was left out.

    Attributes
    ----------
    rows : DataFrame
        Zone and control rows of counties with a usable contrast.
    n_treated_units, n_control_units : int
        Treated towns (or parts of towns) and never-treated towns kept.
    n_zones_without_control : int
        Zones dropped because no never-treated town of their county has rows on both sides.
    n_counties_without_control : int
        Counties these zones lie in.
    n_outside : int
        Rows left out because they lie outside the zone of a treated town.
    n_unsupported : int
        Rows left out because too few never-treated towns of their county traded in their year.
    """

    rows: pd.DataFrame
    n_treated_units: int
    n_control_units: int
    n_zones_without_control: int
    n_counties_without_control: int
    n_outside: int
    n_unsupported: int

    def notes(self) -> str:
        """Say in one line what was left out.

        Returns
        -------
        str
            Machine-readable counts, joined by semicolons.
        """
        return (
            f"zones_without_control={self.n_zones_without_control}"
            f";counties_without_control={self.n_counties_without_control}"
            f";rows_outside_zone={self.n_outside}"
            f";rows_in_years_without_controls={self.n_unsupported}"
        )


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
        growth [log points / year]. Added: ``unit`` (zone and town, or town), ``location`` (place
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
    rows["is_supported"] = _supported(rows, spec)
    return rows


def _supported(rows: pd.DataFrame, spec: "Specification") -> pd.Series:
    """Tell the county-years in which enough never-treated towns traded to be compared with."""
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


def contrast_sample(rows: pd.DataFrame) -> ContrastSample:
    """Keep the zones that have something to be compared with, and their counties' controls.

    Parameters
    ----------
    rows : DataFrame
        Rows of `coded_rows`.

    Returns
    -------
    ContrastSample
        Kept rows and counts of what was left out.

    Notes
    -----
    A county × period effect swallows a county in which every town is treated; keeping its towns
    would add units to the count and nothing to the contrast.
    """
    pairs = rows.loc[rows["role"] == "zone", ["zone_id", "county_code", "effective_date"]]
    pairs = pairs.drop_duplicates()
    unsupported = int((~rows["is_supported"]).sum())
    n_outside = int((rows["role"] == "outside").sum())
    rows = rows[rows["is_supported"]]
    control = rows[rows["role"] == "control"]
    span = control.groupby(["county_code", "town_code"], as_index=False)["deal_date"].agg(
        ["min", "max"]
    )
    usable = pairs.merge(span, on="county_code")
    usable = usable[
        (usable["min"] < usable["effective_date"]) & (usable["max"] >= usable["effective_date"])
    ]
    kept = usable[["zone_id", "county_code"]].drop_duplicates()
    lost = pairs.merge(kept, how="left", indicator=True, on=["zone_id", "county_code"])
    lost = lost[lost["_merge"] == "left_only"]
    kept_keys = pd.MultiIndex.from_frame(kept)
    row_keys = pd.MultiIndex.from_frame(rows[["zone_id", "county_code"]])
    in_zone = (rows["role"] == "zone") & row_keys.isin(kept_keys)
    as_control = (rows["role"] == "control") & rows["county_code"].isin(kept["county_code"])
    return ContrastSample(
        rows[in_zone | as_control],
        n_treated_units=int(rows.loc[in_zone, "unit"].nunique()),
        n_control_units=int(rows.loc[as_control, "unit"].nunique()),
        n_zones_without_control=int(lost["zone_id"].nunique()),
        n_counties_without_control=int(lost["county_code"].nunique()),
        n_outside=n_outside,
        n_unsupported=unsupported,
    )


def check_pooled_sample(sample: ContrastSample, spec: "Specification") -> None:
    """Refuse a pooled effect that no zone could carry alone.

    Parameters
    ----------
    sample : ContrastSample
        What would take part.
    spec : Specification
        The outcome's specification.

    Raises
    ------
    EstimationError
        If not one zone has the least rows before and after. Many zones with a handful of deals
        each, as with rents registered before and after the register's coverage changed, tell who
        registers rather than what a place costs.
    """
    zone = sample.rows[sample.rows["role"] == "zone"]
    after = zone.groupby("zone_id")["after"].sum()
    before = zone.groupby("zone_id").size() - after
    if not ((before >= spec.min_before) & (after >= spec.min_after)).any():
        raise EstimationError(
            f"no zone has {spec.min_before} comparable rows before and {spec.min_after} after"
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
