"""One definition per column name: the same quantity and unit has the same name everywhere."""

from collections.abc import Iterable
from types import ModuleType
from typing import Final

from landwatch.schemas.definitions import Column
from landwatch.schemas.entities import (
    common,
    factories,
    figures,
    landcover,
    ledger,
    listings,
    lvr,
    places,
    polygons,
    projects,
    results,
    shops,
    specifications,
    statistics,
)

TOPICS: Final[tuple[ModuleType, ...]] = (
    common,
    lvr,
    statistics,
    listings,
    factories,
    shops,
    specifications,
    polygons,
    landcover,
    projects,
    places,
    figures,
    results,
    ledger,
)


def _united(topics: Iterable[ModuleType]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for topic in topics:
        if twice := columns.keys() & topic.COLUMNS.keys():
            raise ValueError(f"{topic.__name__} defines again: {', '.join(sorted(twice))}")
        columns |= topic.COLUMNS
    return columns


COLUMNS: Final[dict[str, Column]] = _united(TOPICS)
