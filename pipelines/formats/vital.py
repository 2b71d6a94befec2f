"""Births, deaths, marriages and divorces."""

from typing import Final

from landwatch.sources.headed import is_of_layout, read_headed
from landwatch.standardise.vital import standardise_vital_villages, standardise_vital_years
from landwatch.vocabulary.statistics import VITAL_TOWN_YEARS, VITAL_VILLAGES
from pipelines.formats.definitions import Format, Kind

VITAL: Final = Kind(
    name="vital",
    suffixes=(".zip", ".csv", ".txt"),
    tables=("vital__village_months", "vital__town_years"),
    formats=(
        Format(
            name=VITAL_VILLAGES.name,
            recognises=lambda m: is_of_layout(m, VITAL_VILLAGES),
            read=lambda m: read_headed(m, VITAL_VILLAGES),
            standardise=lambda raws, c: standardise_vital_villages(raws, c.places),
        ),
        Format(
            name=VITAL_TOWN_YEARS.name,
            recognises=lambda m: is_of_layout(m, VITAL_TOWN_YEARS),
            read=lambda m: read_headed(m, VITAL_TOWN_YEARS),
            standardise=lambda raws, c: standardise_vital_years(raws, c.places),
        ),
    ),
    example="2018-01.csv (header 統計年月,區域別代碼,區域別,村里,出生數,…)",
)
