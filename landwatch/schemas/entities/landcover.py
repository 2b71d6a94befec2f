"""Land-cover rasters."""

from typing import Final

import polars as pl

from landwatch.schemas.definitions import Column, Table
from landwatch.vocabulary.land_cover import CLASSES, CODES

COLUMNS: Final[dict[str, Column]] = {
    "era": Column(pl.String, "decade (1990s) or calendar year the raster speaks of"),
    "class": Column(
        pl.String,
        "land-cover class whose area each cell holds; codes: each cell holds the code of a class",
        allowed=(*CLASSES, CODES),
    ),
    "codes": Column(pl.String, "JSON: codes of the cells by group, where class is codes"),
    "cell_size_m": Column(pl.Float64, "side of a cell; missing in degrees", "m", 0),
    "cell_size_degree": Column(pl.Float64, "side of a cell; missing in metres", "degree", 0),
    "width": Column(pl.Int64, "cells from west to east", "cells", 1),
    "height": Column(pl.Int64, "cells from north to south", "cells", 1),
    "west": Column(pl.Float64, "western edge, in the unit of crs"),
    "south": Column(pl.Float64, "southern edge, in the unit of crs"),
    "east": Column(pl.Float64, "eastern edge, in the unit of crs"),
    "north": Column(pl.Float64, "northern edge, in the unit of crs"),
    "nodata": Column(pl.Float64, "value of cells without data; missing where none is declared"),
    "cells_valid": Column(pl.Int64, "cells with data", "cells", 0),
    "largest_value": Column(pl.Float64, "largest value of a cell"),
}

TABLES: Final = (
    Table(
        "landcover__rasters",
        (*COLUMNS, "crs", "sha256", "source_file", "source_line"),
        ("era", "class", "crs", "width", "height", "sha256", "source_file", "source_line"),
        ("source_file", "source_line"),
        # a raster and its unpacked copy are one; source_line is the band. Two eras or classes may
        # well be equal in every cell
        repeats=("era", "class", "codes", "sha256", "source_line"),
    ),
)
