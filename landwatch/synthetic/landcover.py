r"""Land cover of the invented country as 1 km area rasters of two decades, with known sums.

In every cell :math:`c` the shares of the first decade are drawn; in the second, a fixed part of
the farm field of every cell has become urban,

.. math::

    U_c^{2} = U_c^{1} + \tau F_c^{1}, \qquad F_c^{2} = (1 - \tau) F_c^{1}

with :math:`\tau` = `TAKEN`, so that in any zone built-up area grows by :math:`\tau` times the
farm field it had. A strip of cells in the west has no data.
"""

from pathlib import Path
from typing import Final

import numpy as np
import pyproj
import rasterio
from rasterio.transform import from_origin

from landwatch.synthetic.archives import write_zip
from landwatch.synthetic.world import World

CELL_M: Final = 1_000.0
NODATA: Final = -9999.0
DECADES: Final = ("1990s", "2010s")
TAKEN: Final = 0.125
"""Part of the farm field of a cell that turns urban from one decade to the next."""

_CLASSES: Final = ("FF", "FW", "FO", "UB")
_MARGIN: Final = 2


def landcover_cells(world: World) -> tuple[np.ndarray, tuple[float, float]]:
    """Draw the area of every class in every cell.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    tuple of (ndarray of float32, shape (2, 4, rows, columns), tuple of float)
        m² by decade and class (FF, FW, FO, UB), north up; NaN without data. Easting and northing
        of the upper left corner [m], EPSG:3826.
    """
    west, south, east, north = world.size.box
    plane = pyproj.Transformer.from_crs(4326, 3826, always_xy=True)
    left, bottom, right, top = np.array(plane.transform_bounds(west, south, east, north)) / CELL_M
    corner = (np.floor(left) - _MARGIN, np.ceil(top) + _MARGIN)
    shape = (
        int(corner[1] - np.floor(bottom) + _MARGIN),
        int(np.ceil(right) + _MARGIN - corner[0]),
    )
    drawn = world.stream("landcover").dirichlet((2.0, 1.0, 3.0, 0.5), shape)
    first = np.moveaxis(drawn, -1, 0) * CELL_M**2
    second = first.copy()
    second[0] -= TAKEN * first[0]
    second[3] += TAKEN * first[0]
    cells = np.stack([first, second]).astype(np.float32)
    cells[..., : _MARGIN + 1] = np.nan
    return cells, (corner[0] * CELL_M, corner[1] * CELL_M)


def write_landcover(folder: Path, world: World) -> tuple[Path, ...]:
    """Write the rasters, one zip a decade, one file a class.

    Parameters
    ----------
    folder : pathlib.Path
        Where to.
    world : World
        The world.

    Returns
    -------
    tuple of pathlib.Path
        The zips.
    """
    cells, corner = landcover_cells(world)
    paths = []
    for decade, areas in zip(DECADES, cells, strict=True):
        stem = f"G1km_TWD97-121_Landuse_{decade}_"
        members = {
            f"{stem}{code}.tif": _geotiff(values, corner)
            for code, values in zip(_CLASSES, areas, strict=True)
        }
        paths.append(write_zip(folder / f"{stem}.zip", members))
    return tuple(paths)


def _geotiff(values: np.ndarray, corner: tuple[float, float]) -> bytes:
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:3826",
        "transform": from_origin(*corner, CELL_M, CELL_M),
        "nodata": NODATA,
        "compress": "lzw",
    }
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(np.where(np.isnan(values), NODATA, values), 1)
        return bytes(memory.read())
