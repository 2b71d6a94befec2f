"""Which towns touch."""

import geopandas as gpd
import pytest
from shapely import box

from landwatch.measures.neighbours import neighbouring_towns
from landwatch.vocabulary.errors import InputError

SQUARES = [box(121.0, 23.0, 121.1, 23.1), box(121.1001, 23.0, 121.2, 23.1),
           box(121.1, 23.1, 121.2, 23.2), box(121.5, 23.0, 121.6, 23.1)]  # fmt: skip


def towns(**options) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"town_code": list("abcd")}, geometry=SQUARES, **options)


def test_towns_touch_across_drawn_gaps_and_at_corners() -> None:
    """Gaps of about ten metres are borders, corners too; an island has no neighbour."""
    found = neighbouring_towns(towns(crs="EPSG:4326")).rows()
    assert found == [("a", "b"), ("a", "c"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "b")]


def test_order_of_towns_does_not_matter() -> None:
    """The table is sorted, whatever the order of the shapes."""
    given = towns(crs="EPSG:4326")
    assert neighbouring_towns(given[::-1]).equals(neighbouring_towns(given))


def test_towns_without_crs_are_refused() -> None:
    """Distances need a coordinate system."""
    with pytest.raises(InputError, match="CRS"):
        neighbouring_towns(towns())
