"""實價登錄 query service."""

import re
from typing import Final

from landwatch.sources import lvr_query
from landwatch.standardise.lvr_query import standardise_lvr_query
from pipelines.formats.definitions import Format, Kind

LVR_QUERY: Final = Kind(
    name="lvr_query",
    suffixes=(".zip", ".json"),
    tables=("lvr__sales",),
    formats=(
        Format(
            name="reply of the query service",
            recognises=lambda m: bool(re.fullmatch(lvr_query.MEMBER, m.name, re.IGNORECASE)),
            read=lvr_query.read_township,
            standardise=lambda raws, c: standardise_lvr_query(raws, c.places, latest=c.latest),
        ),
    ),
    example="玉里鎮.json",
)
