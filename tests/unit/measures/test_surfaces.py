"""Price surfaces: a cell tells its own deals, and only where there are enough."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from pyproj import Transformer

from landwatch.measures.surfaces import CELL_M, MIN_DEALS, price_surface

DATE = dt.date(2019, 1, 3)


def deals(cells: list[tuple[float, float, bool, list[float]]]) -> pl.DataFrame:
    """Deals at the middle of cells given by easting and northing [km]."""
    back = Transformer.from_crs("EPSG:3826", "EPSG:4326", always_xy=True)
    rows = []
    for east, north, is_after, prices in cells:
        lon, lat = back.transform((east + 0.5) * CELL_M, (north + 0.5) * CELL_M)
        day = dt.date(2020, 1, 1) if is_after else dt.date(2018, 1, 1)
        rows += [(lon, lat, day, float(np.log(p))) for p in prices]
    return pl.DataFrame(
        rows, schema=["longitude", "latitude", "deal_date", "log_price"], orient="row"
    )


def test_medians_stand_in_their_cells_north_up() -> None:
    """Three cells: the northern row comes first, the corner is the cell's own."""
    frame = deals(
        [
            (250, 2600, False, [100.0] * MIN_DEALS),
            (250, 2600, True, [200.0] * MIN_DEALS),
            (252, 2601, False, [1, 2, 3, 4, 1000]),
        ]
    )
    surface = price_surface(frame, pl.lit(DATE))
    assert surface is not None
    assert (surface.west_m, surface.north_m) == (250_000.0, 2_602_000.0)
    assert surface.before.shape == (2, 3)
    assert surface.before[1, 0] == pytest.approx(100)
    assert surface.before[0, 2] == pytest.approx(3)
    assert surface.change[1, 0] == pytest.approx(np.log(2))
    assert np.isnan(surface.change[0, 2])


def test_a_cell_with_too_few_deals_is_empty() -> None:
    """Four deals tell no price; without any full cell there is no surface."""
    few = deals([(250, 2600, False, [100.0] * (MIN_DEALS - 1))])
    assert price_surface(few, pl.lit(DATE)) is None


def test_a_constant_price_is_a_constant_surface() -> None:
    """Whatever the cells, equal prices give equal values and no change."""
    cells = [(250 + i, 2600, side, [50.0] * 6) for i in range(4) for side in (False, True)]
    surface = price_surface(deals(cells), pl.lit(DATE))
    assert surface is not None
    np.testing.assert_allclose(surface.before, 50.0, rtol=1e-6)
    np.testing.assert_allclose(surface.change, 0.0, atol=1e-6)


def test_rows_without_coordinates_take_no_part() -> None:
    """A missing coordinate is nowhere, not at the origin."""
    frame = deals([(250, 2600, False, [100.0] * MIN_DEALS)])
    lost = frame.with_columns(pl.lit(None, pl.Float64).alias("longitude"))
    surface = price_surface(pl.concat([frame, lost]), pl.lit(DATE))
    assert surface is not None
    assert surface.before.shape == (1, 1)
    assert price_surface(lost, pl.lit(DATE)) is None
