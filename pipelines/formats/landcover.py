"""Land-cover rasters: areas of one class per cell, or class codes told by the study."""

from typing import Final

from landwatch.sources.landcover import is_geotiff, read_raster
from landwatch.standardise.landcover import standardise_landcover
from pipelines.formats.definitions import Format, Kind

LANDCOVER: Final = Kind(
    name="landcover",
    suffixes=(".zip", ".tif", ".tiff"),
    tables=("landcover__rasters",),
    formats=(
        Format(
            name="land-cover GeoTIFF",
            recognises=is_geotiff,
            read=read_raster,
            standardise=lambda raws, c: standardise_landcover(raws, options=c.options),
        ),
    ),
    example="G1km_TWD97-121_Landuse_2010s_FF.tif, or any GeoTIFF, its codes told by the study",
)
