"""Town × year panel of an outcome and the staggered estimators on it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from landwatch.models.comparison import ContrastSample, check_pooled_sample, contrast_sample
from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import Estimate, EstimationTable
from landwatch.models.sample import adjusted_rows, first_full_year
from landwatch.models.within import codes, period_index
from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from landwatch.models.specification import Specification

STAGGERED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "callaway_santanna": {"method": "reg", "correction": "hc2", "stratum": "county_code"},
        "sun_abraham": {"stratum": "county_code"},
        "imputation": {"correction": "hc2", "stratum": "county_code"},
        "two_stage": {"correction": "hc2", "stratum": "county_code"},
    }
)
"""Estimators of the panel and their options: every one compares towns of one county only, so that
the noise of a county's few control towns, which all its zones share, enters the standard errors."""


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
    """Index of every unit by calendar year, places held constant.

    Parameters
    ----------
    rows : DataFrame
        Rows of a contrast sample.
    response : str, optional
        Column to index.

    Returns
    -------
    DataFrame
        ``unit``, ``county_code``, ``year``, ``value`` (index [log points]), ``first_treated``
        (first year mostly after the date; 0 for never treated), ``n_rows``. Years in which the
        county has no control are left out.

    Notes
    -----
    Rows of a zone between its date and the turn of the year nearest to it belong to neither side
    and are left out.
    """
    panel = town_year_index(rows, response=response)
    control = panel["value"].notna() & (panel["role"] == "control")
    has_control = control.groupby([panel["county_code"], panel["year"]]).transform("any")
    panel["first_treated"] = panel["turn"].where(panel["role"] == "zone", 0).astype(np.int64)
    panel = panel[panel["value"].notna() & has_control].drop(columns=["role", "turn"])
    return panel.reset_index(drop=True)


def town_year_sample(
    frame: pd.DataFrame, spec: "Specification"
) -> tuple[ContrastSample, pd.DataFrame]:
    """Build the town × year panel of an outcome.

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
    panel : DataFrame
        See `town_year_panel`.

    Raises
    ------
    InputError
        If the deals are not adjusted yet.
    EstimationError
        If there is no contrast.
    """
    sample = contrast_sample(adjusted_rows(frame, spec))
    if sample.rows.empty or sample.rows["log_price"].nunique() < 2:
        raise EstimationError("no zone has a control, or prices do not vary")
    check_pooled_sample(sample, spec)
    return sample, town_year_panel(sample.rows)


def fit_staggered(name: str, panel: pd.DataFrame) -> Estimate:
    """Run a staggered estimator on a town × year panel.

    Parameters
    ----------
    name : str
        Key of `STAGGERED`.
    panel : DataFrame
        See `town_year_panel`.

    Returns
    -------
    Estimate
        Terms and conventions.

    Raises
    ------
    EstimationError
        If the panel cannot carry the estimator.
    """
    table = EstimationTable(panel, "value", "unit", "year", "first_treated")
    return fit_estimator(name, table, STAGGERED[name])
