"""Facts of `landwatch.synthetic.boundaries`: what GDAL makes of the TopoJSON."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from landwatch.sources.boundaries import read_towns
from landwatch.synthetic import WorldFiles, build_world
from landwatch.synthetic.boundaries import TOWN_PROPERTIES, write_boundaries
from landwatch.synthetic.deals import draw_rentals, draw_sales


@pytest.fixture(scope="module", params=["town", "county", "national"])
def towns(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """World and its towns as GDAL reads them."""
    world = build_world(seed=9, size=request.param)
    path = write_boundaries(tmp_path_factory.mktemp("shape") / "towns-10t.json", world)
    return world, gpd.read_file(path, layer="towns"), gpd.read_file(path, layer="counties")


def test_properties_are_those_of_the_package(towns) -> None:  # type: ignore[no-untyped-def]
    """Every town has the eight properties, every county its four."""
    world, shapes, counties = towns
    for official, ours in TOWN_PROPERTIES.items():
        assert shapes[official].tolist() == world.towns[ours].to_list()
    assert len(counties) == world.size.counties
    assert {"COUNTYNAME", "COUNTYENG", "COUNTYID", "COUNTYCODE"} < set(counties.columns)


def test_towns_are_a_partition(towns) -> None:  # type: ignore[no-untyped-def]
    """Towns are valid, overlap nowhere, leave no hole, and make up their counties."""
    _, shapes, counties = towns
    assert shapes.geometry.is_valid.all()
    whole = shapes.union_all()
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert shapes.geometry.area.sum() == pytest.approx(whole.area, rel=1e-12)
    made = shapes.dissolve("COUNTYCODE").geometry.area.sort_index()
    known = counties.set_index("COUNTYCODE").geometry.area.sort_index()
    np.testing.assert_allclose(made, known, rtol=1e-12)


def test_deals_lie_in_their_towns(towns) -> None:  # type: ignore[no-untyped-def]
    """Every deal's coordinates are inside the polygon of its town."""
    world, shapes, _ = towns
    for deals in (draw_sales(world), draw_rentals(world)):
        polygons = shapes.geometry.to_numpy()[deals["town"].to_numpy()]
        longitude, latitude = deals["longitude"].to_numpy(), deals["latitude"].to_numpy()
        assert shapely.contains_xy(polygons, longitude, latitude).all()


def test_the_reader_of_real_boundaries_reads_them(written: WorldFiles) -> None:
    """The program's own reader finds six towns in WGS84."""
    places, shapes = read_towns(written.boundaries)
    assert places.towns.height == len(shapes) == 6
    assert shapes.crs.to_epsg() == 4326
