"""實價登錄 season files."""

import re
from typing import Final

from landwatch.sources import lvr
from landwatch.standardise.lvr import standardise_lvr
from pipelines.formats.definitions import Format, Kind

LVR: Final = Kind(
    name="lvr",
    suffixes=(".zip", ".csv"),
    tables=("lvr__sales", "lvr__rentals", "lvr__parcels", "lvr__buildings", "lvr__parkings"),
    formats=(
        Format(
            name="season file",
            recognises=lambda m: bool(re.fullmatch(lvr.MEMBER, m.name, re.IGNORECASE)),
            read=lvr.read_table,
            standardise=lambda raws, c: standardise_lvr(raws, c.places, latest=c.latest),
        ),
    ),
    example="v_lvr_land_a.csv (county letter, register a, b or c)",
)
