"""Balanced paths of treated units and their donors out of a table of units and periods."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from landwatch.models.estimators.table import (
    EstimationTable,
    complete_rows,
    first_treated_periods,
)
from landwatch.vocabulary.errors import EstimationError, InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MIN_DONORS: Final = 2
MAX_GAPS: Final = 0.5
"""A period is left out where more than this share of the treated units, or of the donors, has no
value in it."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Units first treated in the same period.

    Attributes
    ----------
    first : float
        First treated period.
    members : ndarray of int, shape (k,)
        Rows of ``Paths.treated``.
    n_pre : int
        Periods before `first`.
    """

    first: float
    members: "NDArray[np.int64]"
    n_pre: int


@dataclass(frozen=True, slots=True)
class Paths:
    """Outcomes without gaps.

    Attributes
    ----------
    donors : ndarray of float, shape (n, t)
        Never-treated units.
    treated : ndarray of float, shape (k, t)
        Treated units.
    donor_names, treated_names : tuple of str
        Labels, sorted.
    periods : ndarray of float, shape (t,)
        Periods, ascending.
    cohorts : tuple of Cohort
        By first treated period.
    counts : dict of str to int
        What was left out, for the notes.
    """

    donors: "Floats"
    treated: "Floats"
    donor_names: tuple[str, ...]
    treated_names: tuple[str, ...]
    periods: "Floats"
    cohorts: tuple[Cohort, ...]
    counts: dict[str, int]

    @property
    def n_obs(self) -> int:
        """Cells used."""
        return int(self.donors.size + self.treated.size)


def long_rows(table: EstimationTable) -> tuple[pd.DataFrame, int]:
    """Read outcome, unit, period and first treated period of complete rows.

    Parameters
    ----------
    table : EstimationTable
        With unit, period and first treated; covariates are left aside.

    Returns
    -------
    rows : DataFrame
        ``unit`` (str), ``period``, ``value``, ``first`` (0 for never; units first treated after
        the last period count as never treated).
    dropped : int
        Rows left out for a missing value.

    Raises
    ------
    InputError
        If a unit and period occur twice or roles cannot be read.
    """
    plain = EstimationTable(
        table.frame, table.outcome, table.unit, table.period, table.first_treated,
        table.treated_units,
    )  # fmt: skip
    rows, dropped = complete_rows(plain, numeric=[table.period])
    first = first_treated_periods(plain, rows)
    found = pd.DataFrame(
        {
            "unit": rows[str(table.unit)].astype("str"),
            "period": rows[str(table.period)].astype(float),
            "value": rows[table.outcome].astype(float),
            "first": first.to_numpy(dtype=float),
        }
    )
    found["first"] = found["first"].where(found["first"] <= found["period"].max(), 0.0)
    if repeated := int(found.duplicated(["unit", "period"]).sum()):
        raise InputError(
            f"單位與期別重複 expected one row per unit and period, found {repeated} repeats. "
            "Aggregate them first."
        )
    return found, dropped


def treated_paths(table: EstimationTable, *, min_pre: int = 2) -> Paths:
    """Build balanced paths of treated units and donors.

    Parameters
    ----------
    table : EstimationTable
        With unit, period and first treated.
    min_pre : int, optional
        Fewest periods before treatment.

    Returns
    -------
    Paths
        Paths and what was left out.

    Raises
    ------
    InputError
        If the table cannot be read.
    EstimationError
        If no treated unit, or fewer than `MIN_DONORS` donors, or too few periods remain.

    Notes
    -----
    Periods missing for more than `MAX_GAPS` of the treated units or of the donors go first, then
    units with any gap left, then treated units with fewer than `min_pre` periods before treatment
    or none after.
    """
    rows, dropped = long_rows(table)
    wide = (
        rows.pivot(index="unit", columns="period", values="value").sort_index().sort_index(axis=1)
    )
    first = rows.groupby("unit")["first"].first()
    gaps, is_treated = wide.isna(), first > 0
    _require(int(is_treated.sum()), int((~is_treated).sum()), "in the table")
    thin = (gaps[is_treated].mean() > MAX_GAPS) | (gaps[~is_treated].mean() > MAX_GAPS)
    kept = wide.loc[:, ~thin]
    whole = kept.notna().all(axis=1)
    before = pd.Series(
        (kept.columns.to_numpy() < first.to_numpy()[:, None]).sum(axis=1), first.index
    )
    late = kept.shape[1] - before
    early = is_treated & whole & ((before < min_pre) | (late < 1))
    usable = whole & ~early
    _require(
        int((usable & is_treated).sum()), int((usable & ~is_treated).sum()),
        f"without gaps in {kept.shape[1]} of {wide.shape[1]} periods and with {min_pre} or more "
        f"of them before treatment ({int(early.sum())} treated units have fewer or none after)",
    )  # fmt: skip
    counts = {
        "rows_dropped_missing": dropped,
        "periods_dropped_gaps": int(thin.sum()),
        "units_dropped_gaps": int((~whole).sum()),
        "treated_dropped_early": int(early.sum()),
    }
    return _paths(kept[usable], first[usable], counts)


def _require(n_treated: int, n_donors: int, where: str) -> None:
    if n_treated < 1 or n_donors < MIN_DONORS:
        raise EstimationError(
            f"需要處理單位與至少 {MIN_DONORS} 個未處理單位 expected a treated unit and at least "
            f"{MIN_DONORS} never-treated ones {where}; found {n_treated} and {n_donors}. Fill "
            "gaps, give units without treatment 0 in the column of first treated periods, or leave "
            "out periods."
        )


def _paths(wide: pd.DataFrame, first: pd.Series, counts: dict[str, int]) -> Paths:
    is_treated = (first > 0).to_numpy()
    periods, dates = wide.columns.to_numpy(dtype=float), first[first > 0].to_numpy()
    value = wide.to_numpy(dtype=float)
    cohorts = tuple(
        Cohort(float(date), np.flatnonzero(dates == date), int((periods < date).sum()))
        for date in np.unique(dates)
    )
    return Paths(
        donors=value[~is_treated],
        treated=value[is_treated],
        donor_names=tuple(map(str, wide.index[~is_treated])),
        treated_names=tuple(map(str, wide.index[is_treated])),
        periods=periods,
        cohorts=cohorts,
        counts=counts,
    )


def periods_after(paths: Paths, cohort: Cohort) -> int:
    """Count the treated periods of a cohort.

    Parameters
    ----------
    paths : Paths
        Paths.
    cohort : Cohort
        Cohort.

    Returns
    -------
    int
        Periods from its first treated one on.
    """
    return len(paths.periods) - cohort.n_pre
