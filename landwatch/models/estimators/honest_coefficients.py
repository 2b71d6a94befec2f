"""Event-study coefficients with their covariance, as a table gives them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landwatch.models.estimators.table import EstimationTable, complete_rows
from landwatch.vocabulary.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """An event study: coefficients by period, the reference period left out.

    Attributes
    ----------
    period : ndarray, shape (n,)
        Periods, rising.
    estimate : ndarray, shape (n,)
        Coefficients.
    covariance : ndarray, shape (n, n)
        Their covariance.
    reference : float
        Period against which they are measured.
    n_obs : int
        Rows used.
    conventions : mapping
        How they came about.
    """

    period: "Floats"
    estimate: "Floats"
    covariance: "Floats"
    reference: float
    n_obs: int
    conventions: Mapping[str, object]


def read_coefficients(
    table: EstimationTable, *, covariance: str, std_error: str, reference: float | None
) -> Coefficients:
    """Read coefficients and covariance from one table.

    Parameters
    ----------
    table : EstimationTable
        Outcome: the coefficients; period: relative or calendar periods, one row each.
    covariance : str
        Prefix of covariance columns, ``<prefix><period>`` or, where their ends are no periods, in
        the order of the rows; or the columns themselves in that order, joined by commas.
    std_error : str
        Column of standard errors; where given, coefficients are taken as uncorrelated.
    reference : float or None
        Reference period; by default the row that is zero with zero variance, or −1.

    Returns
    -------
    Coefficients
        Rows in order of period.

    Raises
    ------
    InputError
        If a period repeats, or the covariance is missing, asymmetric or not positive.
    """
    names = [std_error] if std_error else _covariance_names(table, covariance)
    table.columns(*names)
    whole = table.frame.reset_index(drop=True)
    told = whole[[table.outcome, table.period]].notna().all(axis=1)
    filled = whole[told].assign(**{n: whole[n].where(whole[n].notna(), 0.0) for n in names})
    given = EstimationTable(filled, table.outcome, period=table.period)
    rows, _ = complete_rows(given, *names, numeric=[table.period, *names])
    period = rows[table.period].to_numpy(dtype=float)
    if len(set(period)) < len(period):
        raise InputError(
            f"{table.period}: 期別重複 expected one row per period, found {len(period)} rows of "
            f"{len(set(period))} periods. For a panel give --unit and --first-treated too."
        )
    if std_error:
        matrix = np.diag(rows[std_error].to_numpy(dtype=float) ** 2)
    else:
        base = set(period[rows[table.outcome] == 0]) | {reference}
        prefix = None if "," in covariance else covariance
        order = _in_order(names, prefix, period.tolist(), base) or _by_row(
            names, np.flatnonzero(told).tolist(), len(whole), period
        )
        matrix = rows.assign(none=0.0)[order].to_numpy(dtype=float)
    estimate = rows[table.outcome].to_numpy(dtype=float)
    zero = np.flatnonzero((estimate == 0) & (np.diag(matrix) == 0))
    if reference is None:
        reference = float(period[zero[0]]) if len(zero) == 1 else -1.0
    kept = np.argsort(period, kind="stable")
    kept = kept[period[kept] != reference]
    return Coefficients(
        period[kept],
        estimate[kept],
        checked_covariance(matrix[np.ix_(kept, kept)]),
        reference,
        len(rows),
        {
            "path": "table",
            "covariance": "diagonal" if std_error else "full",
            "rows_dropped_missing": len(whole) - len(rows),
        },
    )


def _covariance_names(table: EstimationTable, covariance: str) -> list[str]:
    if "," in covariance:
        return [name.strip() for name in covariance.split(",")]
    taken = {table.outcome, table.period}
    known = [str(c) for c in table.frame.columns]
    names = [c for c in known if covariance and c.startswith(covariance) and c not in taken]
    if not names:
        raise InputError(
            f"找不到共變異數 expected covariance columns {covariance or 'cov_'}<period> or "
            f"--options std_error=COLUMN, found columns {', '.join(known)}. Name them with "
            "--options covariance=PREFIX or covariance=a,b,c (in order of rows); for a panel give "
            "--unit and --first-treated."
        )
    return names


def _in_order(
    names: list[str], prefix: str | None, period: list[float], base: set[float | None]
) -> list[str] | None:
    """Column of every period by its name; ``none`` for a reference period without one."""
    if prefix is None:
        return None
    at = {_period(name.removeprefix(prefix)): name for name in names}
    lost = [p for p in period if p not in at]
    return [at.get(p, "none") for p in period] if len(lost) <= 1 and set(lost) <= base else None


def _by_row(names: list[str], kept: list[int], n_rows: int, period: "Floats") -> list[str]:
    if len(names) != n_rows:
        raise InputError(
            f"共變異數欄數不符 expected a covariance column for each of the periods "
            f"{', '.join(f'{p:g}' for p in period)} (only the reference may lack one), or {n_rows} "
            f"columns in the order of the rows; found {', '.join(names)}. Complete or name them."
        )
    return [names[i] for i in kept]


def _period(text: str) -> float:
    try:
        return float(text.replace("−", "-").replace("m", "-"))
    except ValueError:
        return math.nan


def checked_covariance(matrix: "Floats") -> "Floats":
    """Refuse what is no covariance.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Covariance as found.

    Returns
    -------
    ndarray, shape (n, n)
        Symmetric to the last digit.

    Raises
    ------
    InputError
        If it is not symmetric, a variance is not above zero, or an eigenvalue is negative.
    """
    size = float(np.abs(matrix).max(initial=0.0))
    if np.abs(matrix - matrix.T).max(initial=0.0) > 1e-6 * size:
        raise InputError(
            "共變異數不對稱 expected a symmetric covariance, found one whose halves differ. Check "
            "that its columns are in the order of the rows."
        )
    even = 0.5 * (matrix + matrix.T)
    diagonal = np.diag(even)
    least = float(np.linalg.eigvalsh(even).min(initial=0.0))
    if (diagonal <= 0).any() or least < -1e-6 * size:
        raise InputError(
            "共變異數不是正定 expected variances above zero and a positive covariance, found "
            f"{int((diagonal <= 0).sum())} variances not above zero, least eigenvalue {least:.3g}. "
            "Name the reference period with --options reference=PERIOD."
        )
    return np.asarray(even, dtype=float)


def spaced(found: Coefficients) -> "tuple[NDArray[np.int64], int]":
    """Number periods from the reference in steps of their common spacing.

    Parameters
    ----------
    found : Coefficients
        Event study.

    Returns
    -------
    tuple of (ndarray of int64, int)
        Periods since the reference, without 0; and the spacing.

    Raises
    ------
    InputError
        If periods are no whole numbers, or none lie before or after the reference.
    """
    away = found.period - found.reference
    if len(away) and (away != np.round(away)).any():
        raise InputError(
            "期別不是整數 expected whole periods, found fractions. Number them 1, 2, 3 …"
        )
    if not (away < 0).any() or not (away > 0).any():
        told = ", ".join(f"{p:g}" for p in found.period) or "none"
        raise InputError(
            f"參考期前後都要有係數 expected coefficients before and after the reference period "
            f"{found.reference:g}, found periods {told}. Name it: --options reference=PERIOD."
        )
    whole = away.astype(np.int64)
    spacing = math.gcd(*whole.tolist())
    return whole // spacing, spacing
