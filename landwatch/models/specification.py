"""One table of model specifications: which rows, which covariates, which direction hurts.

Every model of the package reads its outcome from `SPECIFICATIONS`; no other module names a
covariate. An outcome of kind ``deals`` has one row per deal and log points as unit; an outcome of
kind ``panel`` has one row per town and year and is modelled as annual growth [log points / year].
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from landwatch.vocabulary.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["deals", "panel"]
Axis = Literal["land", "livelihood"]
Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Specification:
    """What is modelled for one outcome, and what counts as enough data.

    Attributes
    ----------
    outcome : str
        Stable name of the outcome, as in ``mart/effects.csv``.
    kind : {"deals", "panel"}
        One row per deal, or one row per town and year.
    axis : {"land", "livelihood"}
        Axis of the verdict the outcome speaks to (創升 or 創生).
    harmful_direction : {"up", "down"}
        Direction of change that is worse for residents.
    numeric : tuple of str, optional
        Numeric hedonic covariates; missing values get the median and an indicator.
    categorical : tuple of str, optional
        Categorical hedonic covariates; a missing value is a level of its own.
    fixed_effects : tuple of str, optional
        Absorbed factors, besides which only the treatment explains prices.
    min_before, min_after : int, optional
        Fewest rows of a zone on each side of its date: deals, or years of growth for a panel.
    """

    outcome: str
    kind: Kind
    axis: Axis
    harmful_direction: Direction
    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    fixed_effects: tuple[str, ...] = ("location", "county_quarter")
    min_before: int = 30
    min_after: int = 30


_DWELLING = ("log_area_m2", "storeys")
_RENTED = ("property_type", "age_class", "target", "rental_type", "service")


def _priced(outcome: str, numeric: tuple[str, ...], categorical: tuple[str, ...]) -> Specification:
    return Specification(outcome, "deals", "land", "up", numeric, categorical)


def _livelihood(outcome: str) -> Specification:
    absorbed = ("location", "county_year")
    return Specification(
        outcome, "panel", "livelihood", "down", (), (), absorbed, min_before=2, min_after=2
    )


_ROWS = (
    _priced("land_price", ("log_area_m2",), ("use_class",)),
    _priced("farmland_price", ("log_area_m2",), ("use_class",)),
    _priced("house_price", _DWELLING, ("property_type", "age_class", "target")),
    _priced("rent", _DWELLING, _RENTED),
    _priced("asking_rent", _DWELLING, ("property_type", "target", "rental_type", "service")),
    _livelihood("population"),
    _livelihood("income"),
    _livelihood("births"),
)

SPECIFICATIONS: "Mapping[str, Specification]" = MappingProxyType(
    {row.outcome: row for row in _ROWS}
)
"""Specifications by outcome. The rental service (租賃住宅服務) stands among the covariates of rent
because registration through the services jumped after 2018: a composition threat, not a price. For
rents asked the same two columns tell what is let with the dwelling: parking, and whether a
management fee comes on top."""


def specification(outcome: str) -> Specification:
    """Return the specification of an outcome.

    Parameters
    ----------
    outcome : str
        Name of the outcome.

    Returns
    -------
    Specification
        The row of `SPECIFICATIONS`.

    Raises
    ------
    StudyError
        If no specification has that name.
    """
    if outcome not in SPECIFICATIONS:
        known = ", ".join(SPECIFICATIONS)
        raise StudyError(
            f"沒有這個結果變項 no specification for {outcome!r}; choose one of: {known}"
        )
    return SPECIFICATIONS[outcome]
