"""Coordinate systems: declared, known, and reached by a published transformation."""

import numpy as np
import pyproj
import pytest
import shapely

from landwatch.standardise.projection import plane_shapes, reprojected
from landwatch.vocabulary.crs import TWD97_TM2, WGS84
from landwatch.vocabulary.errors import InputError, UnknownCodeError

TAIPEI = shapely.Point(121.5, 25.05)


def test_known_point_of_tm2() -> None:
    """121° E lies on the central meridian: easting 250 000 m exactly, and back again."""
    there = reprojected(np.array([shapely.Point(121, 23.5)]), WGS84, "f", to=TWD97_TM2)
    assert shapely.get_x(there[0]) == pytest.approx(250_000, abs=1e-6)
    back = reprojected(there, TWD97_TM2, "f", to=WGS84)
    assert shapely.distance(back[0], shapely.Point(121, 23.5)) < 1e-9


@pytest.mark.parametrize("code", [3824, 3826])
def test_a_prj_in_esri_words_is_twd97(code: int) -> None:
    """What a .prj calls GCS_TWD97[2020] or TWD97_TM2_zone_121 is EPSG:3824 or 3826."""
    words = pyproj.CRS(code).to_wkt("WKT1_ESRI").replace("TWD97", "TWD97[2020]")
    point = shapely.Point(250_000, 2_600_000) if code == 3826 else TAIPEI
    told = reprojected(np.array([point]), words, "f", to=TWD97_TM2)
    known = reprojected(np.array([point]), f"EPSG:{code}", "f", to=TWD97_TM2)
    assert shapely.distance(told[0], known[0]) < 1e-6


@pytest.mark.parametrize("declared", ["EPSG:3821", "EPSG:3827"])
def test_twd67_never_through_ballpark(declared: str) -> None:
    """TWD67 has no published operation to TWD97 here: refused, not moved by 850 m."""
    point = TAIPEI if declared == "EPSG:3821" else shapely.Point(250_000, 2_600_000)
    with pytest.raises(InputError, match="ballpark"):
        reprojected(np.array([point]), declared, "old.shp", to=TWD97_TM2)


def test_twd67_tm2_by_its_published_shift() -> None:
    """The registered shift of TWD67 TM2 is some 828 m east and 207 m south."""
    moved = reprojected(
        np.array([shapely.Point(250_000, 2_600_000)]), "EPSG:3828", "f", to=TWD97_TM2
    )
    assert shapely.get_coordinates(moved).round().tolist() == [[250_829, 2_599_793]]


def test_nothing_is_guessed() -> None:
    """No coordinate system, an unknown one, metres called degrees and swapped axes are errors."""
    metres = shapely.Point(250_000, 2_600_000)
    with pytest.raises(InputError, match="no coordinate system"):
        plane_shapes([TAIPEI], None, "a.shp", to=TWD97_TM2)
    with pytest.raises(UnknownCodeError, match="EPSG:9999999"):
        plane_shapes([TAIPEI], "EPSG:9999999", "a.shp", to=TWD97_TM2)
    with pytest.raises(InputError, match="declare EPSG:3826"):
        plane_shapes([metres], WGS84, "a.shp", to=TWD97_TM2)
    with pytest.raises(InputError, match="swapped"):
        plane_shapes([shapely.Point(23.5, 121)], WGS84, "a.shp", to=TWD97_TM2)
    with pytest.raises(InputError, match="expected Taiwan"):
        plane_shapes([shapely.Point(139.7, 35.7)], WGS84, "a.shp", to=TWD97_TM2)


@pytest.mark.parametrize("place", [(118.3, 24.4), (119.9, 26.2), (119.5, 23.5), (121.55, 22.05)])
def test_outer_islands_are_taiwan(place: tuple[float, float]) -> None:
    """Kinmen, Matsu, Penghu and Lanyu are accepted in the one plane."""
    assert plane_shapes([shapely.Point(place)], WGS84, "f", to=TWD97_TM2).fault.tolist() == [""]


def test_one_shape_elsewhere_is_one_reject() -> None:
    """A single feature at 0, 0 does not stop the file."""
    done = plane_shapes([TAIPEI, shapely.Point(0, 0)], WGS84, "f", to=TWD97_TM2)
    assert done.fault.tolist() == ["", "outside_taiwan"]


@pytest.mark.parametrize(
    "declared", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"]
)
def test_names_of_geojson_are_longitude_first(declared: str) -> None:
    """Whatever order an authority prints, files write east before north."""
    told = reprojected(np.array([TAIPEI]), declared, "f", to=TWD97_TM2)
    known = reprojected(np.array([TAIPEI]), WGS84, "f", to=TWD97_TM2)
    assert shapely.distance(told[0], known[0]) < 1e-6
