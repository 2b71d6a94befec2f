"""Values of listings: from the publisher's text to codes, numbers, truths and days."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.columns import COLUMNS
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.listings import (
    CODES,
    COUNTRY_WIDE_UNKNOWN,
    EXTRA_FEES,
    FIELDS,
    FURNITURE,
)
from landwatch.vocabulary.text import folded
from landwatch.vocabulary.units import M2_PER_PING

NUMBERS: Final = {
    "rent": "rent_twd_month",
    "ping": "floor_area_m2",
    "ping_rent": "stated_ping_rent",
    "management_fee": "management_fee_twd_month",
    "parking_fee": "parking_fee_twd_month",
    "deposit_months": "deposit_months",
    "deposit": "deposit_twd",
    "storeys": "storeys",
    "n_bedrooms": "n_bedrooms",
    "n_bathrooms": "n_bathrooms",
    "n_living_rooms": "n_living_rooms",
    "n_balconies": "n_balconies",
    "n_duplicate": "n_duplicate",
}
"""Columns that hold numbers, and what they are called once they are numbers."""

_FLAGS: Final = (
    "is_management_fee_extra",
    "has_parking",
    "is_parking_fee_extra",
    "is_rooftop",
    *(f"fee_{fee}" for fee in EXTRA_FEES),
    *(f"has_{piece}" for piece in FURNITURE),
)
_TRUTH: Final = {"T": "1", "F": "0", "true": "1", "false": "0", "True": "1", "False": "0"}
MAX_TWD: Final = 1e9
MAX_COUNT: Final = dict.fromkeys(
    ("n_bedrooms", "n_bathrooms", "n_living_rooms", "n_balconies", "deposit_months"), 1_000
)
"""No fee or deposit is higher and no dwelling has more; beyond, a number is a slip of the pen."""

_WHOLE: Final = r"^(-?\d+)\.0+$"
_TIME: Final = (
    r"^(?<day>\d{4}[-/]\d{1,2}[-/]\d{1,2})(?:[T ](?<hour>\d{1,2}):\d{2}(?::\d{2}(?:\.\d+)?)?)?"
    r"\s*(?<zone>Z|UTC|\+00:?00|CST|\+08:?00)?$"
)
_UTC: Final = ("Z", "UTC", "+0000", "+00:00")
TAIPEI_HOURS: Final = 8


def sound_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Bring printed values to one spelling and codes to their meaning.

    Full-width forms are narrowed; ``-`` and nothing are missing; T and F where a number belongs
    are 1 and 0 (upstream's faulty export of 2021-10 to 2022-10) and the row is marked.

    Parameters
    ----------
    frame : polars.DataFrame
        The columns of `landwatch.vocabulary.listings.FIELDS` as published, and ``source_file``.

    Returns
    -------
    polars.DataFrame
        Same rows, with ``is_truth_for_number``.

    Raises
    ------
    UnknownCodeError
        If a code or a truth value is not in the vocabulary.
    """
    frame = frame.with_columns(folded(pl.col(c)).alias(c) for c in FIELDS)
    frame = frame.with_columns(
        pl.when(~pl.col(c).is_in(["", "-"])).then(pl.col(c)).alias(c) for c in FIELDS
    )
    return _coded(_truths_repaired(frame))


def _truths_repaired(frame: pl.DataFrame) -> pl.DataFrame:
    """Read T and F as 1 and 0 where numbers belong: upstream's export of 2021-10 to 2022-10."""
    columns = [*NUMBERS, *CODES, "county", "town", "floor"]
    touched = pl.any_horizontal(pl.col(c).is_in(["T", "F", "true", "false"]) for c in columns)
    return frame.with_columns(
        touched.fill_null(value=False).alias("is_truth_for_number"),
        *(pl.col(c).replace(_TRUTH).str.replace(_WHOLE, "${1}").alias(c) for c in columns),
    )


def _coded(frame: pl.DataFrame) -> pl.DataFrame:
    for column, (meanings, names) in CODES.items():
        code = pl.col(column).replace(names)
        known = [*meanings, COUNTRY_WIDE_UNKNOWN, "不明"]
        _refuse_unknown(frame.select(code, "source_file"), column, known)
        meaning = code.replace_strict(meanings, default=None, return_dtype=pl.String)
        frame = frame.with_columns(meaning.alias(column))
    for column in _FLAGS:
        _refuse_unknown(frame, column, [*_TRUTH, "0", "1"])
    return frame


def _refuse_unknown(frame: pl.DataFrame, column: str, known: Sequence[str]) -> None:
    strange = frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(known))
    if strange.height:
        value, file = strange.select(column, "source_file").row(0)
        names = " / ".join(FIELDS[column])
        raise UnknownCodeError(
            f"{file}: column {names} holds {value[:40]!r} in {strange.height} rows; known are "
            f"{', '.join(known)}. Add the code to vocabulary/listings.py with its source, or leave "
            "the file out."
        )


def typed_values() -> list[pl.Expr]:
    """Return numbers, truths and days.

    Returns
    -------
    list of polars.Expr
        Columns named by `NUMBERS` (areas in m², money in NTD), truths under their own names,
        ``first_seen``, ``told_last_seen`` and ``let_date`` (days in Taipei), and ``is_bad_number``:
        a rent or an area is printed that is no number.
    """
    return [*_numbers(), *_truths(), *_days()]


def _number(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(",", "").cast(pl.Float64, strict=False)


def _numbers() -> list[pl.Expr]:
    factors = {"ping": M2_PER_PING}
    return [(_number(c) * factors.get(c, 1)).alias(name) for c, name in NUMBERS.items()] + [
        pl.any_horizontal(
            pl.col(c).is_not_null() & ~_number(c).is_finite().fill_null(value=False)
            for c in ("rent", "ping")
        ).alias("is_bad_number")
    ]


def _truths() -> list[pl.Expr]:
    return [(pl.col(c).replace(_TRUTH) == "1").alias(c) for c in _FLAGS]


def _days() -> list[pl.Expr]:
    return [
        _taipei_day(c).alias(name)
        for c, name in (
            ("first_seen", "first_seen"),
            ("last_seen", "told_last_seen"),
            ("let_time", "let_date"),
        )
    ]


def _taipei_day(column: str) -> pl.Expr:
    parts = pl.col(column).str.extract_groups(_TIME)
    day = parts.struct.field("day").str.replace_all("/", "-").str.to_date("%Y-%m-%d", strict=False)
    hour = parts.struct.field("hour").cast(pl.Int64, strict=False).fill_null(0)
    ahead = parts.struct.field("zone").is_in(_UTC).fill_null(value=False)
    shift = pl.when(ahead & (hour + TAIPEI_HOURS >= 24)).then(1).otherwise(0)
    return day + pl.duration(days=shift)


def bounded_values() -> list[pl.Expr]:
    """Make counts and fees missing that no dwelling can have.

    Returns
    -------
    list of polars.Expr
        The columns of `NUMBERS` but rent and area, and ``has_implausible_number``.
    """
    sound = {
        name: pl.col(name).is_between(
            COLUMNS[name].low, COLUMNS[name].high or MAX_COUNT.get(name, MAX_TWD)
        )
        for name in NUMBERS.values()
        if name in COLUMNS and name not in {"rent_twd_month", "floor_area_m2"}
    }
    lost = pl.any_horizontal(pl.col(name).is_not_null() & ~ok for name, ok in sound.items())
    return [
        lost.fill_null(value=False).alias("has_implausible_number"),
        *(pl.when(ok).then(pl.col(name)).alias(name) for name, ok in sound.items()),
    ]
