"""Which towns touch."""

from typing import Final

import geopandas as gpd
import polars as pl
import shapely

from landwatch.vocabulary.errors import InputError

TOLERANCE_M: Final = 30.0
"""Gap between two towns [m] that is drawn, not real: shared borders are generalised."""

_METRES: Final = 3826


def neighbouring_towns(towns: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return the pairs of towns that touch.

    Parameters
    ----------
    towns : geopandas.GeoDataFrame
        ``town_code`` and polygons in any declared CRS.

    Returns
    -------
    polars.DataFrame
        ``town_code, neighbour_code``: both ways, sorted; a town is no neighbour of itself.

    Raises
    ------
    InputError
        If the towns have no CRS.

    Notes
    -----
    Distances in EPSG:3826; towns nearer than `TOLERANCE_M` touch. A bridge is no border: islands
    have no neighbours.

    Examples
    --------
    >>> from shapely import box
    >>> squares = [box(121, 23, 122, 24), box(122, 23, 123, 24), box(124, 23, 125, 24)]
    >>> towns = gpd.GeoDataFrame({"town_code": list("abc")}, geometry=squares, crs="EPSG:4326")
    >>> neighbouring_towns(towns).rows()
    [('a', 'b'), ('b', 'a')]
    """
    if towns.crs is None:
        raise InputError(
            "鄉鎮市區界沒有座標系統 towns have no CRS: declare it (such as EPSG:4326) in the file"
        )
    shapes = towns.geometry.to_crs(_METRES).to_numpy()
    code = towns["town_code"].astype("str").to_numpy(dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, "dwithin", distance=TOLERANCE_M)
    pairs = pl.DataFrame(
        {"town_code": code[first].tolist(), "neighbour_code": code[second].tolist()},
        schema={"town_code": pl.String, "neighbour_code": pl.String},
    )
    differ = pl.col("town_code") != pl.col("neighbour_code")
    return pairs.filter(differ).unique().sort("town_code", "neighbour_code")
