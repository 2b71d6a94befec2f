"""Price surfaces: what land cost per cell before and after, where enough deals tell it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from pyproj import Transformer

from landwatch.vocabulary.crs import TWD97_TM2

CELL_M: Final = 1_000.0
MIN_DEALS: Final = 5
"""A cell with fewer deals on a side is empty: too few to say a price, and to protect who sold."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Cells of one outcome, north up.

    Attributes
    ----------
    before, after : ndarray of float32, shape (rows, columns)
        Median unit price [NTD/m², or NTD/m²/month for rents]; NaN under `MIN_DEALS` deals.
    change : ndarray of float32, shape (rows, columns)
        Log ratio after / before; NaN where either is.
    west_m, north_m : float
        Easting and northing of the upper left corner, EPSG:3826 [m].
    """

    before: npt.NDArray[np.float32]
    after: npt.NDArray[np.float32]
    change: npt.NDArray[np.float32]
    west_m: float
    north_m: float


def price_surface(deals: pl.DataFrame, date: pl.Expr) -> Surface | None:
    """Return the medians of located deals by cell, before and after a date.

    Parameters
    ----------
    deals : polars.DataFrame
        Rows with ``longitude, latitude`` [degree, WGS84], ``deal_date`` and ``log_price``.
    date : polars.Expr
        The day that separates before from after.

    Returns
    -------
    Surface or None
        None where no cell has enough deals on any side.

    Notes
    -----
    No smoothing and no interpolation: a cell tells only its own deals. Composition is not held
    constant; the effects are what compares, the surface is what to look at.
    """
    located = deals.filter(pl.col("longitude").is_not_null())
    transformer = Transformer.from_crs("EPSG:4326", TWD97_TM2, always_xy=True)
    east, north = transformer.transform(
        located["longitude"].to_numpy(), located["latitude"].to_numpy()
    )
    cells = (
        located.with_columns(
            pl.Series("column", np.floor(east / CELL_M), pl.Int64),
            pl.Series("row", np.floor(north / CELL_M), pl.Int64),
            (pl.col("deal_date") >= date).alias("is_after"),
        )
        .group_by("row", "column", "is_after")
        .agg(pl.col("log_price").median().exp().alias("price"), pl.len().alias("n"))
        .filter(pl.col("n") >= MIN_DEALS)
    )
    return _grids(cells) if cells.height else None


def _grids(cells: pl.DataFrame) -> Surface:
    west, south = int(str(cells["column"].min())), int(str(cells["row"].min()))
    east, north = int(str(cells["column"].max())), int(str(cells["row"].max()))
    sides = []
    for is_after in (False, True):
        grid = np.full((north - south + 1, east - west + 1), np.nan, np.float32)
        part = cells.filter(pl.col("is_after") == is_after)
        grid[north - part["row"].to_numpy(), part["column"].to_numpy() - west] = part["price"]
        sides.append(grid)
    before, after = sides
    change = np.log(after / before).astype(np.float32)
    return Surface(before, after, change, west * CELL_M, (north + 1) * CELL_M)
