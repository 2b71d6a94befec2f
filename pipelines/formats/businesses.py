"""全國營業（稅籍）登記 and its companions."""

from typing import Final

from landwatch.sources import business_register
from landwatch.standardise.business_register import standardise_register
from pipelines.formats.definitions import Format, Kind

BUSINESSES: Final = Kind(
    name="businesses",
    suffixes=(".zip", ".csv", ".gz"),
    tables=("businesses__register",),
    formats=(
        Format(
            name="business-tax register",
            recognises=business_register.is_register,
            read=business_register.read_register,
            standardise=lambda raws, c: standardise_register(raws, c.places),
        ),
    ),
    example="BGMOPEN1.csv, BGMOPEN1X.csv, BGMOPEN1Y.csv",
    packages=(
        "landwatch.sources",
        "landwatch.standardise",
        "landwatch.reference",
        "pipelines.ingest",
    ),
)
