"""What an estimator is given and what it returns: a table with roles in, a table of terms out."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.vocabulary.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Control = Literal["never", "notyet"]
Base = Literal["varying", "universal"]

TERM_COLUMNS: Final = (
    "term",
    "estimate",
    "std_error",
    "ci_low",
    "ci_high",
    "p_value",
    "n_obs",
    "notes",
)
ROLES: Final = (
    "outcome",
    "unit",
    "period",
    "first_treated",
    "treated_units",
    "covariates",
    "weights",
    "cluster",
    "control",
    "base",
)
"""Everything a table may be told about its columns; see `EstimationTable`."""

LEVEL: Final = 0.95
"""Level of every interval."""


@dataclass(frozen=True, slots=True)
class EstimationTable:
    """A table and the part its columns play.

    Attributes
    ----------
    frame : DataFrame
        Rows, any index.
    outcome : str
        Column explained: a price, a duration, a number.
    unit, period : str, optional
        Columns of units (towns, parcels) and periods.
    first_treated : str, optional
        Column of the first treated period, 0 or missing for units never treated; or of a 0/1 state
        that stays 1 once it is; or, with `treated_units`, the period itself.
    treated_units : tuple of str
        Values of the unit column that are treated.
    covariates : tuple of str
        Columns of covariates.
    weights : str, optional
        Column of weights.
    cluster : tuple of str
        One or two columns of clusters.
    control : {"never", "notyet"}
        Which units stand for the untreated path.
    base : {"varying", "universal"}
        Base period before treatment: the one before, or always the last untreated one.
    """

    frame: pd.DataFrame
    outcome: str
    unit: str | None = None
    period: str | None = None
    first_treated: str | None = None
    treated_units: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    weights: str | None = None
    cluster: tuple[str, ...] = ()
    control: Control = "never"
    base: Base = "varying"

    def columns(self, *further: str | None) -> list[str]:
        """Return the columns that take part, each once.

        Parameters
        ----------
        *further : str or None
            Columns that options name.

        Returns
        -------
        list of str
            Names, in the order of the roles.

        Raises
        ------
        InputError
            If the frame lacks one of them; all are named.
        """
        names = [self.outcome, self.unit, self.period, self._first_column(), self.weights]
        wanted = [n for n in (*names, *self.covariates, *self.cluster, *further) if n is not None]
        found = list(dict.fromkeys(wanted))
        missing = [name for name in found if name not in self.frame.columns]
        if missing:
            known = ", ".join(map(str, self.frame.columns))
            raise InputError(
                f"欄位不足 missing columns: {', '.join(missing)}; the table has: {known}. "
                "Name existing columns."
            )
        return found

    def _first_column(self) -> str | None:
        return None if self.treated_units else self.first_treated


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an estimator found.

    Attributes
    ----------
    terms : DataFrame
        Columns `TERM_COLUMNS`, the headline first.
    conventions : mapping
        What was computed and how, for the specification beside the result: control group, base
        period, small-sample correction, reference law, solver, seed; JSON types only.
    detail : mapping of str to DataFrame
        Further tables a pipeline uses (weights, paths, covariances).
    """

    terms: pd.DataFrame
    conventions: Mapping[str, Any]
    detail: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estimator:
    """One estimator: what it is called, what it needs, what runs.

    Attributes
    ----------
    name : str
        Name on the command line.
    fit : callable
        ``fit(table, options)`` → `Estimate`.
    options : type
        Frozen dataclass of options, every field with a default.
    needs, takes : frozenset of str
        Roles that must be given, and further ones that may be.
    summary : tuple of str
        What it is, 繁體中文 and English.
    """

    name: str
    fit: Callable[[EstimationTable, Any], Estimate]
    options: type
    needs: frozenset[str]
    takes: frozenset[str]
    summary: tuple[str, str]


def term_table(
    term: Sequence[str],
    estimate: "ArrayLike",
    std_error: "ArrayLike",
    *,
    dof: "ArrayLike" = np.inf,
    n_obs: "ArrayLike" = 0,
    notes: str = "",
) -> pd.DataFrame:
    """Tabulate terms with t (or, for infinite degrees of freedom, normal) intervals.

    Parameters
    ----------
    term : sequence of str
        Names.
    estimate, std_error : array_like, shape (n,)
        Numbers; a standard error that is missing or zero leaves interval and p-value missing.
    dof : array_like, optional
        Degrees of freedom.
    n_obs : array_like, optional
        Rows used.
    notes : str, optional
        Conventions, ``key=value`` joined by semicolons; the same on every row.

    Returns
    -------
    DataFrame
        Columns `TERM_COLUMNS`.

    Examples
    --------
    >>> term_table(["x"], [1.0], [0.5])[["ci_low", "p_value"]].round(4).to_numpy().tolist()
    [[0.02, 0.0455]]
    """
    value, error = np.asarray(estimate, dtype=float), np.asarray(std_error, dtype=float)
    error = np.where(error > 0, error, np.nan)
    law = stats.t(np.asarray(dof, dtype=float))
    half = law.ppf(0.5 + LEVEL / 2) * error
    return pd.DataFrame(
        {
            "term": list(term),
            "estimate": value,
            "std_error": np.asarray(std_error, dtype=float),
            "ci_low": value - half,
            "ci_high": value + half,
            "p_value": 2.0 * law.sf(np.abs(value) / error),
            "n_obs": np.broadcast_to(np.asarray(n_obs, dtype=np.int64), value.shape),
            "notes": notes,
        },
        columns=list(TERM_COLUMNS),
    )


def noted(**conventions: object) -> str:
    """Join conventions to one line of notes.

    Parameters
    ----------
    **conventions : object
        Values that have a short text.

    Returns
    -------
    str
        ``key=value`` joined by semicolons.

    Examples
    --------
    >>> noted(se="CRV1", t_dof=9)
    'se=CRV1;t_dof=9'
    """
    return ";".join(f"{key}={value}" for key, value in conventions.items())


def complete_rows(
    table: EstimationTable, *further: str | None, numeric: Sequence[str | None] = ()
) -> tuple[pd.DataFrame, int]:
    """Keep the rows in which every column that takes part has a value.

    Parameters
    ----------
    table : EstimationTable
        Table and roles; a missing first treated period means never treated and is no gap.
    *further : str or None
        Columns that options name.
    numeric : sequence of str or None, optional
        Columns that must hold numbers; outcome and weights always must.

    Returns
    -------
    tuple of (DataFrame, int)
        Rows with the columns that take part, index reset; and how many were left out.

    Raises
    ------
    InputError
        If a column is missing, a column of numbers holds text or infinity, or no row is complete.
    """
    names = table.columns(*further)
    data = table.frame[names].reset_index(drop=True)
    for name in dict.fromkeys([table.outcome, table.weights, *numeric]):
        if name is not None:
            data[name] = _numbers(data[name], name)
    optional = table.first_treated if not table.treated_units else None
    whole = data.drop(columns=[c for c in (optional,) if c in data]).notna().all(axis=1)
    if not whole.any():
        raise InputError(
            f"沒有完整的資料列 no row has a value in every one of: {', '.join(names)}; "
            f"{len(data)} rows read. Name other columns or repair the table."
        )
    return data[whole].reset_index(drop=True), int((~whole).sum())


def _numbers(column: pd.Series, name: str) -> pd.Series:
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.astype(float)
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    bad = (numbers.isna() & column.notna()) | np.isinf(numbers)
    if bad.any():
        found = ", ".join(
            repr(v) if isinstance(v, str) else str(v) for v in column[bad].unique()[:3]
        )
        raise InputError(
            f"{name}: 不是數字 expected numbers, found {found} in {int(bad.sum())} rows "
            f"(first: row {int(np.argmax(bad.to_numpy())) + 1}). Name another column or repair it."
        )
    return numbers


def first_treated_periods(table: EstimationTable, rows: pd.DataFrame) -> pd.Series:
    """Tell the first treated period of the unit of every row.

    Parameters
    ----------
    table : EstimationTable
        With unit, period and first treated.
    rows : DataFrame
        Rows of `complete_rows`; periods are numbers.

    Returns
    -------
    Series of float
        First treated period by row; 0 for units never treated.

    Raises
    ------
    InputError
        If roles are missing, a treated unit does not exist, a 0/1 state is not kept once it
        begins, a unit has two first periods, or the column marks treated units without a date.
    """
    if table.unit is None or table.period is None or table.first_treated is None:
        raise InputError("需要 unit, period, first-treated: give --unit, --period, --first-treated")
    if table.treated_units:
        return _given_units(table, rows)
    unit, period = rows[table.unit], rows[table.period].astype(float)
    first = _numbers(rows[table.first_treated], table.first_treated)
    first = first.where(first > 0, 0.0).fillna(0.0)
    if first.groupby(unit).nunique().gt(1).any():
        return _from_state(table, first, unit, period)
    started = first[first > 0]
    if set(started) == {1.0} and period.min() >= 1:
        raise InputError(
            f"{table.first_treated}: 只有 0 與 1，沒有起始期別 marks treated units (0/1) but not "
            f"their first period; periods run from {period.min():g} to {period.max():g}. Give a "
            "column of first treated periods, a 0/1 state by period, or --treated-units with "
            "--first-treated PERIOD."
        )
    return first


def _given_units(table: EstimationTable, rows: pd.DataFrame) -> pd.Series:
    label = rows[table.unit].astype("str")
    unknown = sorted(set(table.treated_units) - set(label))
    if unknown:
        raise InputError(
            f"{table.unit}: 找不到 no unit {', '.join(unknown)}; there are "
            f"{', '.join(itertools.islice(sorted(set(label)), 8))} … Name existing units."
        )
    try:
        date = float(str(table.first_treated))
    except ValueError:
        raise InputError(
            f"--first-treated: with --treated-units expected a period, found "
            f"{table.first_treated!r}. Give the first treated period as a number."
        ) from None
    return pd.Series(np.where(label.isin(table.treated_units), date, 0.0), index=rows.index)


def _from_state(
    table: EstimationTable, state: pd.Series, unit: pd.Series, period: pd.Series
) -> pd.Series:
    values = set(state.unique())
    begin = period.where(state > 0).groupby(unit).transform("min")
    if values != {0.0, 1.0}:
        raise InputError(
            f"{table.first_treated}: 同一單位有多個起始期別 a unit has more than one first treated "
            "period. Give one per unit."
        )
    if ((state == 0) & (period >= begin)).any():
        raise InputError(
            f"{table.first_treated}: 處理狀態中斷 the state of a unit returns to 0 after it was 1; "
            "these estimators take treatment as lasting. Give first treated periods."
        )
    return begin.fillna(0.0)


def covariate_columns(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Build a numeric design of covariates: numbers as they are, text as indicators.

    Parameters
    ----------
    rows : DataFrame
        Complete rows.
    names : sequence of str
        Columns.

    Returns
    -------
    DataFrame
        One column per number and per level but the first in sorted order (``name=level``).

    Raises
    ------
    InputError
        If a number is infinite.
    """
    columns: dict[str, pd.Series] = {}
    for name in names:
        column = rows[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            columns[name] = _numbers(column, name)
            continue
        label = column.astype("str")
        for level in sorted(label.unique())[1:]:
            columns[f"{name}={level}"] = (label == level).astype(float)
    return pd.DataFrame(columns, index=rows.index)
