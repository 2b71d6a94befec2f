"""Facts of `landwatch.standardise.coordinates`."""

import polars as pl
import pytest

from landwatch.standardise.coordinates import with_coordinates


@pytest.mark.parametrize(
    ("lon", "lat", "fault"),
    [
        ("121.2", "23.5", None),
        ("118.3", "24.4", None),
        ("23.5", "121.2", "swapped_coordinates"),
        ("251000", "2650000", "coordinates_not_degrees"),
        ("0", "0", "no_coordinates"),
        ("", "", "no_coordinates"),
        ("NaN", "23", "no_coordinates"),
        ("2.3", "48.8", "coordinates_outside"),
    ],
)
def test_coordinates_are_places_in_taiwan_or_missing(lon: str, lat: str, fault: str | None) -> None:
    """Nothing is swapped back or converted; the fault is told."""
    row = with_coordinates(pl.DataFrame({"x": [lon], "y": [lat]}), "x", "y").row(0, named=True)
    assert row["coordinate_fault"] == fault
    assert (row["longitude"] is None) == (fault is not None)
    assert (row["latitude"] is None) == (fault is not None)
