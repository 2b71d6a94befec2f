"""Urban-plan zoning and the list of plans."""

from typing import Final

from landwatch.sources import zoning
from landwatch.standardise.zoning import standardise_plans, standardise_zoning
from pipelines.formats.definitions import Format, Kind

ZONING: Final = Kind(
    name="zoning",
    suffixes=(".zip", ".json", ".geojson", ".shp", ".gpkg"),
    tables=("zoning__polygons", "zoning__plans"),
    formats=(
        Format(
            name="list of urban plans",
            recognises=zoning.is_plan_list,
            read=zoning.read_plan_list,
            standardise=lambda raws, c: standardise_plans(raws, c.places),
        ),
        Format(
            name="zoning of an urban plan",
            recognises=zoning.is_zoning,
            read=zoning.read_zoning,
            standardise=lambda raws, c: standardise_zoning(raws, c.places),
        ),
    ),
    example="U0101.json (GeoJSON with 計畫區, 使用分區)",
)
