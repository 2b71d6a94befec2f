"""Shops: lists of chains' stores, lists of brands, OpenStreetMap extracts."""

from typing import Final

from landwatch.sources import brands, chain_lists, openstreetmap
from landwatch.standardise.brands import standardise_brands
from landwatch.standardise.chain_lists import standardise_chain_lists
from landwatch.standardise.openstreetmap import standardise_openstreetmap
from pipelines.formats.definitions import Format, Kind

SHOPS: Final = Kind(
    name="shops",
    suffixes=(".zip", ".json", ".js", ".csv", ".gpkg", ".geojson", ".shp", ".pbf", ".osm", ".fgb"),
    tables=("shops__stores", "shops__brands"),
    formats=(
        Format(
            name="list of a chain's stores",
            recognises=chain_lists.is_store_list,
            read=chain_lists.read_store_list,
            standardise=lambda raws, c: standardise_chain_lists(raws, c.places),
        ),
        Format(
            name="list of brands",
            recognises=brands.is_brand_list,
            read=brands.read_brand_list,
            standardise=lambda raws, _: standardise_brands(raws),
        ),
        Format(
            name="OpenStreetMap extract",
            recognises=openstreetmap.is_shop_layer,
            read=openstreetmap.read_shop_layer,
            standardise=lambda raws, c: standardise_openstreetmap(raws, c.places),
        ),
    ),
    example="family_mart_stores.json, storeInfo.js, taiwan.osm.pbf",
    packages=(
        "landwatch.sources",
        "landwatch.standardise",
        "landwatch.reference",
        "pipelines.ingest",
    ),
)
