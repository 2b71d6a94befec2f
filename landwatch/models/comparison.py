"""Who is compared with whom: zones that have a control, and the controls of their counties."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from landwatch.vocabulary.errors import EstimationError

if TYPE_CHECKING:
    from landwatch.models.specification import Specification


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
