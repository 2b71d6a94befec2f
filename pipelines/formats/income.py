"""Income by village and tax year."""

import re
from typing import Final

from landwatch.sources import statistics
from landwatch.standardise.statistics import standardise_income
from pipelines.formats.definitions import Format, Kind

INCOME: Final = Kind(
    name="income",
    suffixes=(".zip", ".csv"),
    tables=("income__village_years",),
    formats=(
        Format(
            name="income of villages in a year",
            recognises=lambda m: bool(
                re.fullmatch(statistics.INCOME_MEMBER, m.name, re.IGNORECASE)
            ),
            read=statistics.read_income_year,
            standardise=lambda raws, c: standardise_income(raws, c.places),
        ),
    ),
    example="2018.csv",
)
