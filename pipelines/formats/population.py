"""Registered population by town and month."""

import re
from typing import Final

from landwatch.sources import statistics
from landwatch.standardise.statistics import standardise_population
from pipelines.formats.definitions import Format, Kind

POPULATION: Final = Kind(
    name="population",
    suffixes=(".zip", ".json"),
    tables=("population__town_months",),
    formats=(
        Format(
            name="population of towns in a month",
            recognises=lambda m: bool(
                re.fullmatch(statistics.POPULATION_MEMBER, m.name, re.IGNORECASE)
            ),
            read=statistics.read_population_month,
            standardise=lambda raws, c: standardise_population(raws, c.places),
        ),
    ),
    example="2018-12.json",
)
