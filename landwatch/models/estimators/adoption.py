"""Units by periods with staggered treatment dates, read from a table with roles."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from landwatch.models.estimators.table import (
    EstimationTable,
    complete_rows,
    covariate_columns,
    first_treated_periods,
)
from landwatch.models.within import codes
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Flags = NDArray[np.bool_]

Law = Literal["t", "normal"]
"""Reference law of intervals: t with (clusters − 1) degrees of freedom, or normal."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """Rows of units by periods, sorted by unit and period.

    Attributes
    ----------
    outcome, period, weight : ndarray, shape (n,)
        Outcome, period and weight of each row.
    first : ndarray, shape (n,)
        First treated period of the row's unit; infinite if it is not treated within the table.
    unit, cluster, stratum : ndarray of int64, shape (n,)
        Codes 0 … k−1.
    covariates : DataFrame, shape (n, k)
        Numeric design.
    dropped : mapping of str to int
        Rows left out, by reason.
    """

    outcome: "Floats"
    period: "Floats"
    weight: "Floats"
    first: "Floats"
    unit: "Codes"
    cluster: "Codes"
    stratum: "Codes"
    covariates: pd.DataFrame
    dropped: dict[str, int]

    @property
    def relative(self) -> "Floats":
        """Periods since treatment; −∞ for units not treated within the table."""
        return self.period - self.first

    @property
    def n_units(self) -> int:
        """Number of units."""
        return int(self.unit.max(initial=-1)) + 1

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.cluster.max(initial=-1)) + 1

    def kept(self, rows: "Flags", reason: str) -> "Adoption":
        """Keep some rows and count the others.

        Parameters
        ----------
        rows : ndarray of bool, shape (n,)
            Rows to keep.
        reason : str
            Key under which the others are counted.

        Returns
        -------
        Adoption
            The rows kept, codes renumbered.

        Raises
        ------
        EstimationError
            If none is left.
        """
        lost = int((~rows).sum())
        if not lost:
            return self
        if not rows.any():
            raise EstimationError(
                f"沒有可用的資料列 no row is left: {lost} rows left out ({reason}). "
                "Give units observed both before treatment and after it."
            )
        return Adoption(
            self.outcome[rows], self.period[rows], self.weight[rows], self.first[rows],
            codes(self.unit[rows]), codes(self.cluster[rows]), codes(self.stratum[rows]),
            self.covariates[rows].reset_index(drop=True), self.dropped | {reason: lost},
        )  # fmt: skip

    def censored(self) -> "Adoption":
        """Count units treated after the last period as untreated.

        Returns
        -------
        Adoption
            The same rows.
        """
        last = self.period.max(initial=-np.inf)
        return replace(self, first=np.where(self.first <= last, self.first, np.inf))

    def without_covariates(self) -> "Adoption":
        """Leave the covariates out.

        Returns
        -------
        Adoption
            The same rows.
        """
        return replace(self, covariates=self.covariates.iloc[:, :0])

    def absorbed(self) -> dict[str, str]:
        """Name covariates that unit effects absorb.

        Returns
        -------
        dict of str to str
            ``covariates_absorbed_by_units`` where a covariate never varies within a unit.
        """
        spread = self.covariates.groupby(self.unit).agg(np.ptp).max()
        names = [str(name) for name in spread.index[spread == 0]]
        return {"covariates_absorbed_by_units": ",".join(names)} if names else {}

    def counted(self) -> dict[str, object]:
        """Say what took part and what was left out.

        Returns
        -------
        dict of str to object
            Numbers of units and clusters, and ``rows_dropped_<reason>``.
        """
        treated = len(np.unique(self.unit[np.isfinite(self.first)]))
        units: dict[str, object] = {
            "units_treated": treated,
            "units_untreated": self.n_units - treated,
        }
        pairs = np.unique(np.column_stack([self.first, self.unit]), axis=0)[:, 0]
        sizes = np.unique(pairs[np.isfinite(pairs)], return_counts=True)[1]
        if alone := int((sizes == 1).sum()):
            units["groups_of_one_unit_without_variance_of_their_own"] = alone
        return units | {f"rows_dropped_{k}": v for k, v in self.dropped.items() if v}


def read_adoption(table: EstimationTable, *, stratum: str | None = None) -> Adoption:
    """Read units, periods and treatment dates.

    Parameters
    ----------
    table : EstimationTable
        With outcome, unit, period and first treated; weights, covariates and one cluster (units
        by default) where given.
    stratum : str, optional
        Column within whose values alone units are compared.

    Returns
    -------
    Adoption
        Complete rows of positive weight.

    Raises
    ------
    InputError
        If a unit and period occur twice, a weight is negative, or a unit changes stratum.
    StudyError
        If there is more than one cluster column.
    EstimationError
        If no unit is treated within the table.
    """
    if len(table.cluster) > 1:
        raise StudyError(
            f"--cluster: 只能有一個 expected one column, found {', '.join(table.cluster)}."
        )
    rows, missing = complete_rows(table, stratum, numeric=[table.period])
    first = first_treated_periods(table, rows)
    keys = dict.fromkeys([table.unit, *table.cluster, *([stratum] if stratum else [])])
    for name in keys:
        if rows[name].dtype == object:
            rows[name] = rows[name].astype("str")
    unit, period = rows[table.unit], np.asarray(rows[table.period], dtype=np.float64)
    _check_units(rows, table, stratum)
    weight = np.ones(len(rows))
    if table.weights:
        weight = np.asarray(rows[table.weights], dtype=np.float64)
    if (weight < 0).any():
        raise InputError(f"{table.weights}: 權重為負 {int((weight < 0).sum())} weights below 0.")
    order = np.lexsort((period, codes(unit)))
    ordered = rows.iloc[order]
    when = np.asarray(first.where((first > 0) & (first <= period.max()), np.inf), dtype=np.float64)
    if not np.isfinite(when).any():
        raise EstimationError(
            "沒有處理組 no unit is treated within the table: first treated periods lie beyond "
            f"{period.max():g} or are 0. Check --first-treated."
        )
    data = Adoption(
        ordered[table.outcome].to_numpy(dtype=float), period[order],
        weight[order], when[order], codes(ordered[table.unit]),
        codes(ordered[table.cluster[0]] if table.cluster else ordered[table.unit]),
        codes(ordered[stratum]) if stratum else np.zeros(len(rows), dtype=np.int64),
        covariate_columns(ordered, table.covariates).reset_index(drop=True), {"missing": missing},
    )  # fmt: skip
    return data.kept(data.weight > 0, "zero_weight")


def _check_units(rows: pd.DataFrame, table: EstimationTable, stratum: str | None) -> None:
    keys = [str(table.unit), str(table.period)]
    if repeated := int(rows.duplicated(keys).sum()):
        raise InputError(
            f"{repeated} rows repeat a unit and period (單位與期別重複); aggregate them first, or "
            "name the columns that tell them apart."
        )
    if stratum and (rows.groupby(table.unit)[stratum].nunique() > 1).any():
        raise InputError(f"{stratum}: 單位跨層 a unit changes stratum; give one per unit.")


def clustered(contributions: "Floats", cluster: "Codes") -> "Floats":
    """Sum contributions by cluster.

    Parameters
    ----------
    contributions : ndarray, shape (n, k)
        Contribution of each row to each estimate.
    cluster : ndarray of int64, shape (n,)
        Codes 0 … G−1.

    Returns
    -------
    ndarray, shape (G, k)
        Sums.
    """
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    return np.asarray(np.add.reduceat(contributions[order], starts, axis=0))


def standard_errors(influence: "Floats", outcome: "Floats") -> "Floats":
    """Errors from contributions of clusters.

    Parameters
    ----------
    influence : ndarray, shape (G, k)
        Contribution of each cluster to each estimate.
    outcome : ndarray, shape (n,)
        Outcome, for the size of rounding noise.

    Returns
    -------
    ndarray, shape (k,)
        Root of the sum of squares; NaN where only rounding noise is left, as where a model fits
        its rows perfectly.
    """
    errors = np.sqrt((influence**2).sum(axis=0))
    noise = 1e-11 * np.abs(outcome - outcome.mean()).max(initial=0.0)
    return np.where(errors > noise, errors, np.nan)


def degrees(law: Law, n_clusters: int) -> float:
    """Degrees of freedom of the reference law.

    Parameters
    ----------
    law : {"t", "normal"}
        Law wanted.
    n_clusters : int
        Number of clusters.

    Returns
    -------
    float
        Clusters less one, or infinity.
    """
    return float(max(n_clusters - 1, 1)) if law == "t" else float(np.inf)


def short(value: float) -> str:
    """Write a period without needless decimals.

    Parameters
    ----------
    value : float
        Period or periods since treatment.

    Returns
    -------
    str
        Such as ``2004``, ``-3``, ``2004.25``.

    Examples
    --------
    >>> short(2004.0), short(-3.0), short(2004.25)
    ('2004', '-3', '2004.25')
    """
    return str(int(value)) if float(value).is_integer() else repr(float(value))
