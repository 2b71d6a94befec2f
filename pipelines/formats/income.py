"""Income by village and by town, and tax year."""

from typing import Final

from landwatch.sources.headed import is_of_layout, read_headed
from landwatch.standardise.statistics import standardise_income, standardise_income_towns
from landwatch.vocabulary.statistics import INCOME_TOWNS, INCOME_VILLAGES
from pipelines.formats.definitions import Format, Kind

INCOME: Final = Kind(
    name="income",
    suffixes=(".zip", ".csv"),
    tables=("income__village_years", "income__town_years"),
    formats=(
        Format(
            name=INCOME_VILLAGES.name,
            recognises=lambda m: is_of_layout(m, INCOME_VILLAGES),
            read=lambda m: read_headed(m, INCOME_VILLAGES),
            standardise=lambda raws, c: standardise_income(raws, c.places),
        ),
        Format(
            name=INCOME_TOWNS.name,
            recognises=lambda m: is_of_layout(m, INCOME_TOWNS),
            read=lambda m: read_headed(m, INCOME_TOWNS),
            standardise=lambda raws, c: standardise_income_towns(raws, c.places),
        ),
    ),
    example="2018.csv (header 縣市,鄉鎮市區,村里,納稅單位,…)",
)
