"""Coordinate systems the registers and this program use."""

from typing import Final

WGS84: Final = "EPSG:4326"
"""Longitude and latitude; TWD97 (EPSG:3824) agrees with it within a metre."""

TWD97_TM2: Final = "EPSG:3826"
"""TWD97 / TM2 zone 121: metres on the main island."""
