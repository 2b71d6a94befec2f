"""Which zone a point lies in: exact, answered from a raster wherever no border is near."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio.features
import rasterio.transform
import shapely

from landwatch.vocabulary.errors import InputError

GRID_CELLS = 2048
"""Cells along the longer side of the zones' bounds."""

MIN_COVERED_SHARE = 0.001
"""Share of an area (plane degrees) from which on a zone counts as reaching into it."""


def assign_zones(
    longitude: npt.ArrayLike, latitude: npt.ArrayLike, zones: gpd.GeoDataFrame
) -> npt.NDArray[np.int64]:
    """Return the position of the zone each point lies in.

    Parameters
    ----------
    longitude, latitude : array_like, shape (n,)
        [degree] WGS84, west–east and south–north. NaN lies nowhere.
    zones : geopandas.GeoDataFrame
        Polygons in any declared CRS; they may overlap.

    Returns
    -------
    ndarray of int64, shape (n,)
        Position in `zones`, −1 outside every zone, the lowest position where zones overlap.
        Points on a border belong, as in shapely's ``intersects``.

    Raises
    ------
    InputError
        If the zones have no CRS or the two coordinates differ in length.

    Notes
    -----
    The zones are burnt into a grid. A cell that no border touches, nor any of its neighbours,
    lies wholly in or out of each zone and answers for its points; the other points are tested
    against the polygons themselves.

    Examples
    --------
    >>> from shapely import box
    >>> zones = gpd.GeoDataFrame(geometry=[box(121, 23, 122, 24)], crs="EPSG:4326")
    >>> assign_zones([121.5, 120.0, np.nan], [23.5, 23.5, 23.5], zones).tolist()
    [0, -1, -1]
    """
    lon, lat = np.asarray(longitude, np.float64), np.asarray(latitude, np.float64)
    if lon.shape != lat.shape or lon.ndim != 1:
        raise InputError(
            f"expected longitude and latitude of one length, found {lon.shape} and {lat.shape}."
        )
    if zones.crs is None:
        raise InputError("the zones have no coordinate system; declare it with set_crs first.")
    shapes = zones.geometry.to_crs("EPSG:4326").to_numpy()
    found = np.full(lon.shape, -1, np.int64)
    if len(shapes) == 0 or lon.size == 0:
        return found
    inside = _within_bounds(lon, lat, shapes)
    cells, near_border, transform = _burnt(shapes)
    column = ((lon[inside] - transform.c) / transform.a).astype(np.int64)
    row = ((lat[inside] - transform.f) / transform.e).astype(np.int64)
    np.clip(column, 0, cells.shape[1] - 1, out=column)
    np.clip(row, 0, cells.shape[0] - 1, out=row)
    answer = cells[row, column].astype(np.int64)
    open_ = near_border[row, column]
    answer[open_] = _tested(lon[inside][open_], lat[inside][open_], shapes)
    found[inside] = answer
    return found


def partly_covered(areas: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the areas in which a row without coordinates may lie in a zone.

    Parameters
    ----------
    areas, zones : geopandas.GeoDataFrame
        Polygons in one CRS.

    Returns
    -------
    geopandas.GeoDataFrame
        Areas of which zones cover more than `MIN_COVERED_SHARE`; less is two drawings of one
        border.
    """
    covered = areas.geometry.intersection(zones.union_all()).to_numpy()
    share = shapely.area(covered) / shapely.area(areas.geometry.to_numpy())
    return areas[share > MIN_COVERED_SHARE]


def _within_bounds(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], shapes: npt.NDArray[np.object_]
) -> npt.NDArray[np.bool_]:
    west, south, east, north = shapely.total_bounds(shapes)
    inside: npt.NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _burnt(
    shapes: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_], rasterio.transform.Affine]:
    west, south, east, north = shapely.total_bounds(shapes)
    size = max(east - west, north - south, 1e-9) / GRID_CELLS
    width, height = int((east - west) / size) + 3, int((north - south) / size) + 3
    transform = rasterio.transform.from_origin(west - size, north + size, size, size)
    backwards = [(shape, i) for i, shape in reversed(list(enumerate(shapes))) if shape is not None]
    cells = rasterio.features.rasterize(
        backwards, out_shape=(height, width), transform=transform, fill=-1, dtype="int32"
    )
    borders = [(b, 1) for b in shapely.boundary(shapes) if b is not None and not b.is_empty]
    touched = rasterio.features.rasterize(
        borders,
        out_shape=(height, width),
        transform=transform,
        fill=0,
        all_touched=True,
        dtype="uint8",
    ).astype(bool)
    return cells, _grown(touched), transform


def _grown(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    grown = mask.copy()
    for axis in (0, 1):
        source = grown.copy()
        ahead, behind = [slice(None)] * 2, [slice(None)] * 2
        ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
        grown[tuple(ahead)] |= source[tuple(behind)]
        grown[tuple(behind)] |= source[tuple(ahead)]
    return grown


def _tested(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], shapes: npt.NDArray[np.object_]
) -> npt.NDArray[np.int64]:
    nowhere = np.iinfo(np.int64).max
    lowest = np.full(lon.shape, nowhere, np.int64)
    point, zone = shapely.STRtree(shapes).query(shapely.points(lon, lat), predicate="intersects")
    np.minimum.at(lowest, point, zone)
    return np.where(lowest == nowhere, -1, lowest)
