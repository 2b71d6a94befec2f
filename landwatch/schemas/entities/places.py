"""The gazetteer and the place of each row."""

from typing import Final

from landwatch.schemas.definitions import Column, Table

COLUMNS: Final[dict[str, Column]] = {}

TABLES: Final[tuple[Table, ...]] = ()
