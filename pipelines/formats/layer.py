"""Layers the user brings."""

from typing import Final

from landwatch.sources import layer
from landwatch.standardise.layer import standardise_layer
from pipelines.formats.definitions import Format, Kind

LAYER: Final = Kind(
    name="layer",
    suffixes=(".zip", ".gpkg", ".geojson", ".json", ".shp", ".kml", ".gpx"),
    tables=("layers__features",),
    formats=(
        Format(
            name="layer",
            recognises=layer.is_layer,
            read=layer.read_layer,
            standardise=lambda raws, c: standardise_layer(raws, c.options),
        ),
    ),
    example="renewal.gpkg, or renewal.shp with .shx, .dbf and .prj",
)
