"""Every kind of input a study may name, and how its files are recognised, read and brought to core.

One module a kind, named as in the study file; here they are only listed.
"""

from collections.abc import Mapping
from typing import Final

from pipelines.formats.businesses import BUSINESSES
from pipelines.formats.definitions import Context, Format, Kind
from pipelines.formats.factories import FACTORIES
from pipelines.formats.income import INCOME
from pipelines.formats.landcover import LANDCOVER
from pipelines.formats.layer import LAYER
from pipelines.formats.listings import LISTINGS
from pipelines.formats.lvr import LVR
from pipelines.formats.lvr_query import LVR_QUERY
from pipelines.formats.population import POPULATION
from pipelines.formats.projects import PROJECTS
from pipelines.formats.shops import SHOPS
from pipelines.formats.vital import VITAL
from pipelines.formats.zoning import ZONING

__all__ = ["KINDS", "Context", "Format", "Kind"]

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        LVR,
        LVR_QUERY,
        POPULATION,
        INCOME,
        VITAL,
        LISTINGS,
        FACTORIES,
        ZONING,
        LAYER,
        SHOPS,
        BUSINESSES,
        LANDCOVER,
        PROJECTS,
    )
}
