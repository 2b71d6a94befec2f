"""Population: by town and month, by age, by education, projected."""

from collections.abc import Callable, Sequence
from typing import Final

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.sources import statistics
from landwatch.sources.headed import is_of_layout, read_headed
from landwatch.standardise import population
from landwatch.standardise.statistics import standardise_population
from landwatch.vocabulary.layouts import Layout
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.statistics import (
    AGEING,
    EDUCATION,
    PROJECTION,
    TOWN_AGES,
    VILLAGE_AGES,
)
from pipelines.formats.definitions import Format, Kind


def _headed(
    layout: Layout, standardise: Callable[[Sequence[RawTable], Places], Standardised]
) -> Format:
    return Format(
        name=layout.name,
        recognises=lambda m: is_of_layout(m, layout),
        read=lambda m: read_headed(m, layout),
        standardise=lambda raws, c: standardise(raws, c.places),
    )


POPULATION: Final = Kind(
    name="population",
    suffixes=(".zip", ".json", ".csv", ".txt"),
    tables=(
        "population__town_months",
        "population__town_ages",
        "population__village_ages",
        "population__town_ageing",
        "population__village_education",
        "population__town_projections",
    ),
    formats=(
        Format(
            name="population of towns in a month",
            recognises=statistics.is_population_month,
            read=statistics.read_population_month,
            standardise=lambda raws, c: standardise_population(raws, c.places),
        ),
        _headed(TOWN_AGES, population.standardise_town_ages),
        _headed(PROJECTION, population.standardise_projection),
        _headed(VILLAGE_AGES, population.standardise_village_ages),
        _headed(AGEING, population.standardise_ageing),
        _headed(EDUCATION, population.standardise_education),
    ),
    example="2018-12.json",
)
