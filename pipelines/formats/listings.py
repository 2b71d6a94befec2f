"""Listings of dwellings to let."""

from typing import Final

from landwatch.sources import g0v
from landwatch.standardise.g0v import standardise_g0v
from pipelines.formats.definitions import Format, Kind

LISTINGS: Final = Kind(
    name="listings",
    suffixes=(".zip", ".json", ".csv", ".gz"),
    tables=("g0v__listings",),
    formats=(
        Format(
            name="g0v listings, JSON",
            recognises=g0v.is_json_listings,
            read=g0v.read_json_listings,
            standardise=lambda raws, c: standardise_g0v(raws, c.places, latest=c.latest),
        ),
        Format(
            name="g0v listings, CSV",
            recognises=g0v.is_csv_listings,
            read=g0v.read_csv_listings,
            standardise=lambda raws, c: standardise_g0v(raws, c.places, latest=c.latest),
        ),
    ),
    example="[202105][CSV][Raw] TW-Rental-Data.zip (columns 物件編號, 鄉鎮市區, 月租金, 坪數)",
)
