"""Town × year panel of an outcome and the group-time effects on it."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.comparison import ContrastSample, check_pooled_sample, contrast_sample
from landwatch.models.group_time import GroupTimeFit, fit_callaway_santanna
from landwatch.models.sample import adjusted_rows, first_full_year
from landwatch.models.within import codes, period_index
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from landwatch.models.specification import Specification


def town_year_index(
    rows: pd.DataFrame, *, response: str = "log_price", unit: str = "unit"
) -> pd.DataFrame:
    """Index of every unit by calendar year, places held constant.

    Parameters
    ----------
    rows : DataFrame
        Rows with a role, a unit and a place.
    response : str, optional
        Column to index.
    unit : str, optional
        Column of units.

    Returns
    -------
    DataFrame
        ``unit``, ``year``, ``value`` (NaN in a year without rows), ``county_code``, ``role``,
        ``turn`` (first year mostly after the date) and ``n_rows``; every unit × year.

    Notes
    -----
    Rows of a zone between its date and the turn of the year nearest to it belong to neither side
    and are left out.
    """
    turn = first_full_year(rows["effective_date"])
    date = pd.to_datetime(rows["deal_date"])
    low, high = turn.where(turn < rows["effective_date"], rows["effective_date"]), turn
    high = high.where(high > rows["effective_date"], rows["effective_date"])
    between = (rows["role"] == "zone") & (date >= low) & (date < high)
    used = rows[~between].assign(year=date.dt.year, turn=turn.dt.year)
    units = used.groupby(unit)[["county_code", "role", "turn"]].first().rename_axis("unit")
    years = np.sort(used["year"].unique())
    label, period = codes(used[unit]), np.searchsorted(years, used["year"].to_numpy())
    index = period_index(
        used[response].to_numpy(dtype=float),
        group=codes(used["location"]),
        unit=label,
        period=period.astype(np.int64),
        shape=(len(units), len(years)),
    )
    cells = {"unit": np.repeat(units.index, len(years)), "year": np.tile(years, len(units))}
    panel = pd.DataFrame({**cells, "value": index.ravel()}).join(units, on="unit")
    counts = used.groupby([unit, "year"], as_index=False).size().rename(columns={unit: "unit"})
    return panel.merge(counts.rename(columns={"size": "n_rows"}), how="left", on=["unit", "year"])


def town_year_panel(rows: pd.DataFrame, *, response: str = "log_price") -> pd.DataFrame:
    """Index of every unit by calendar year, places held constant, less its county's controls.

    Parameters
    ----------
    rows : DataFrame
        Rows of a contrast sample.
    response : str, optional
        Column to index.

    Returns
    -------
    DataFrame
        ``unit``, ``county_code``, ``year``, ``value`` (index less the county × year mean of
        never-treated towns [log points]), ``first_treated`` (first year mostly after the date; 0
        for never treated), ``n_rows``. Years in which the county has no control are left out.

    Notes
    -----
    Rows of a zone between its date and the turn of the year nearest to it belong to neither side
    and are left out.
    """
    panel = town_year_index(rows, response=response)
    control = panel["value"].where(panel["role"] == "control")
    panel["value"] -= control.groupby([panel["county_code"], panel["year"]]).transform("mean")
    panel["first_treated"] = panel["turn"].where(panel["role"] == "zone", 0).astype(np.int64)
    panel = panel[panel["value"].notna()].drop(columns=["role", "turn"])
    return panel.reset_index(drop=True)


def group_time_fit(
    frame: pd.DataFrame, spec: "Specification"
) -> tuple[ContrastSample, GroupTimeFit]:
    """Build the town × year panel of an outcome and fit group-time effects on it.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price`` (see `fit_hedonic`), or town-years.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    sample : ContrastSample
        What took part.
    fit : GroupTimeFit
        Aggregated effects.

    Raises
    ------
    InputError
        If the deals are not adjusted yet.
    EstimationError
        If there is no contrast.
    """
    rows = adjusted_rows(frame, spec)
    sample = contrast_sample(rows)
    if sample.rows.empty or sample.rows["log_price"].nunique() < 2:
        raise EstimationError("no zone has a control, or prices do not vary")
    check_pooled_sample(sample, spec)
    panel = town_year_panel(sample.rows)
    return sample, fit_callaway_santanna(
        panel, outcome="value", unit="unit", period="year", first_treated="first_treated"
    )
