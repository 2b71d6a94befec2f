"""Rasters as Cloud-Optimised GeoTIFFs."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.transform import from_origin

from landwatch.schemas.storage import whole_file


def write_geotiff(
    values: npt.NDArray[np.float32],
    path: Path,
    *,
    corner_m: tuple[float, float],
    cell_m: float,
    unit: str,
) -> None:
    """Write one band as a Cloud-Optimised GeoTIFF in EPSG:3826, NaN as nodata.

    Parameters
    ----------
    values : ndarray of float32, shape (rows, columns)
        North up.
    path : pathlib.Path
        Final name; whole or not at all.
    corner_m : tuple of float
        Easting and northing of the upper left corner [m].
    cell_m : float
        Side of a cell [m].
    unit : str
        Unit of the values, written into the file.
    """
    profile = {
        "driver": "COG",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:3826",
        "transform": from_origin(*corner_m, cell_m, cell_m),
        "nodata": float("nan"),
        "compress": "deflate",
        "overviews": "AUTO",
    }
    with whole_file(path) as draft, rasterio.open(draft, "w", **profile) as target:
        target.write(values, 1)
        target.units = (unit,)
