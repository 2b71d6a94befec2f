"""The catalogue of texts: lookup by key, and names of outcomes and estimators."""

from types import MappingProxyType

from landwatch.cartography.attack_wording import ATTACKS
from landwatch.cartography.wording import (
    ESTIMATORS,
    JUDGEMENTS,
    NAMES,
    PROSE,
    REASONS,
    ROWS,
    SIGNS,
)
from landwatch.models.choices import FAMILIES
from landwatch.vocabulary.errors import UnknownCodeError

CATALOGUE = MappingProxyType(
    {**NAMES, **ESTIMATORS, **JUDGEMENTS, **SIGNS, **ROWS, **REASONS, **PROSE, **ATTACKS}
)
VERDICTS = ("revitalised", "price_rise", "both", "no_change", "insufficient")
YEARLY = frozenset({"population", "income", "births"})
"""Outcomes whose estimates are differences of yearly growth, so every number is per year."""
FLAGGED = ("revitalised", "price_rise", "both")


def bilingual(key: str) -> tuple[str, str]:
    """Text of one key in both languages.

    Parameters
    ----------
    key : str
        Key of the catalogue.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.

    Raises
    ------
    UnknownCodeError
        If the catalogue has no such key.
    """
    if key not in CATALOGUE:
        raise UnknownCodeError(
            f"the catalogue of texts has no key {key!r}: add it to cartography/wording.py"
        )
    return CATALOGUE[key]


def outcome_label(outcome: str) -> tuple[str, str]:
    """Name of an outcome; an outcome without a name of its own keeps its code.

    Parameters
    ----------
    outcome : str
        Code such as ``land_price``.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.
    """
    return CATALOGUE.get(f"outcome_{outcome}", (outcome, outcome))


def measure_label(outcome: str) -> tuple[str, str]:
    """Name of an outcome as it stands beside an estimate.

    Parameters
    ----------
    outcome : str
        Code such as ``population``.

    Returns
    -------
    tuple of (str, str)
        As `outcome_label`; an outcome of `YEARLY` says that its numbers are per year.
    """
    zh, en = outcome_label(outcome)
    return (f"{zh}（每年）", f"{en} (per year)") if outcome in YEARLY else (zh, en)


def category_label(category: str) -> tuple[str, str]:
    """Name of a category of zones; one without a name of its own is shown as it is.

    Parameters
    ----------
    category : str
        Such as ``reproduced by criteria``.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.
    """
    known = category == "reproduced by criteria"
    return bilingual("category_criteria") if known else (category, category)


def estimator_label(estimator: str) -> tuple[str, str]:
    """Name of an estimator; one without a name of its own keeps its code.

    Parameters
    ----------
    estimator : str
        Code such as ``callaway_santanna``.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.
    """
    return CATALOGUE.get(f"estimator_{estimator}", (estimator, estimator))


def attack_label(name: str) -> tuple[str, str]:
    """Name of an attack on an effect, a family of choices; another name keeps its code.

    Parameters
    ----------
    name : str
        Code such as ``date``.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.
    """
    return next(((f.zh, f.en) for f in FAMILIES if f.name == name), (name, name))
