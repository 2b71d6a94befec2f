"""When a sale took place: dates by year, quarter or month, or periods that are numbers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from landwatch.vocabulary.errors import InputError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

By = Literal["auto", "year", "quarter", "month", "period"]

QUARTER = r"^(\d{4})\s*-?\s*Q([1-4])$"


@dataclass(frozen=True, slots=True)
class SalePeriods:
    """Times of sales and the periods they fall in.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Days since 1970-01-01, or the number given.
    ordinal : ndarray, shape (n,)
        Number of the period; the difference of two is the time between them in periods.
    by : {"year", "quarter", "month", "period"}
        What a period is.
    dated : bool
        Whether `time` is in days.
    """

    time: "Floats"
    ordinal: "Floats"
    by: str
    dated: bool

    def label(self, ordinal: float) -> str:
        """Name a period.

        Parameters
        ----------
        ordinal : float
            Its number.

        Returns
        -------
        str
            ``2012``, ``2012Q3``, ``2012-09`` or the number.
        """
        if self.by == "quarter":
            return f"{int(ordinal) // 4}Q{int(ordinal) % 4 + 1}"
        if self.by == "month":
            return f"{int(ordinal) // 12}-{int(ordinal) % 12 + 1:02d}"
        return f"{ordinal:.15g}"


def read_periods(column: pd.Series, by: By) -> SalePeriods:
    """Read periods of sales.

    Parameters
    ----------
    column : Series, shape (n,)
        Dates (``2012-09-30``, ``2012/9/30``, ``20120930``, ``2012-09``), quarters (``2012Q3``),
        years or other numbers; nothing missing.
    by : {"auto", "year", "quarter", "month", "period"}
        What a period is; ``auto`` takes years of dates, quarters of quarters, numbers as they are.

    Returns
    -------
    SalePeriods
        Times and periods.

    Raises
    ------
    InputError
        If the column is neither dates nor numbers; bad values are named.
    StudyError
        If `by` does not fit the column.
    """
    quarters = _quarters(column)
    if quarters is not None:
        return _dated(quarters, "quarter" if by == "auto" else by, column.name)
    numbers = None if _is_date(column) else pd.to_numeric(column, errors="coerce")
    if numbers is None or numbers.isna().any():
        return _dated(_dates(column), "year" if by == "auto" else by, column.name)
    days = _compact_dates(numbers)
    if days is not None and by != "period":
        return _dated(days, "year" if by == "auto" else by, column.name)
    value = numbers.to_numpy(dtype=float)
    whole = bool((value % 1 == 0).all())
    if by in ("quarter", "month") or (by == "year" and not (whole and _are_years(value))):
        raise StudyError(
            f"by={by}: {column.name} 不是日期 expected dates, found numbers such as {value[0]:g}. "
            "Leave by= out to take the numbers as periods, or name a column of dates."
        )
    return SalePeriods(value, value, "year" if by == "year" else "period", False)


def _are_years(value: "Floats") -> bool:
    return bool(((value >= 1000) & (value <= 9999)).all())


def _is_date(column: pd.Series) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(column.dtype))


def _quarters(column: pd.Series) -> pd.Series | None:
    if _is_date(column) or pd.api.types.is_numeric_dtype(column.dtype):
        return None
    parts = column.astype("str").str.strip().str.upper().str.extract(QUARTER)
    if parts.isna().any(axis=None):
        return None
    month = (parts[1].astype(int) - 1) * 3 + 1
    return pd.to_datetime(parts[0] + "-" + month.astype(str) + "-1", format="%Y-%m-%d")


def _compact_dates(numbers: pd.Series) -> pd.Series | None:
    if not ((numbers % 1 == 0) & (numbers >= 1e7) & (numbers < 1e8)).all():
        return None
    text = numbers.astype("int64").astype(str)
    days = pd.to_datetime(text, format="%Y%m%d", errors="coerce")
    return None if days.isna().any() else days


def _dates(column: pd.Series) -> pd.Series:
    if _is_date(column):
        return pd.Series(column.dt.tz_localize(None))
    text = column.astype("str").str.strip().str.replace("/", "-", regex=False)
    days = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    rest = pd.to_datetime(text.where(days.isna()), format="ISO8601", errors="coerce", utc=True)
    days = days.fillna(rest.dt.tz_localize(None))
    if days.isna().any():
        found = ", ".join(map(repr, column[days.isna()].unique()[:3]))
        raise InputError(
            f"{column.name}: 無法讀成日期 expected dates (2012-09-30), quarters (2012Q3) or "
            f"numbers, found {found} in {int(days.isna().sum())} rows. Repair them or name "
            "another column."
        )
    return days


def _dated(days: pd.Series, by: str, name: object) -> SalePeriods:
    if by == "period":
        raise StudyError(
            f"by=period: {name} 是日期 holds dates; say what a period is: by=year, quarter, month."
        )
    year, month = days.dt.year.to_numpy(), days.dt.month.to_numpy()
    ordinal = {"year": year, "quarter": year * 4 + (month - 1) // 3, "month": year * 12 + month - 1}
    time = (days.dt.normalize() - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return SalePeriods(time.to_numpy(dtype=float), ordinal[by].astype(float), by, True)
