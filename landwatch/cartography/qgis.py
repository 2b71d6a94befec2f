"""A GeoPackage that opens styled in QGIS."""

import sqlite3
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

import geopandas as gpd

from landwatch.cartography.catalogue import bilingual
from landwatch.cartography.palette import VERDICT_FILLS
from landwatch.schemas.storage import whole_file
from landwatch.vocabulary.crs import TWD97_TM2

LAYER: Final = "zones"
NO_DATA: Final = "#c9ced2"

_STYLES_TABLE: Final = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT '2000-01-01T00:00:00.000Z'
)
"""
_CONTENTS: Final = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
    "VALUES ('layer_styles', 'attributes', 'layer_styles')"
)
_STYLE: Final = (
    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
    "styleName, styleQML, styleSLD, useAsDefault, description, owner) "
    "VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '')"
)


def write_geopackage(zones: gpd.GeoDataFrame, path: Path) -> None:
    """Write zones with their verdicts and effects as one styled layer, EPSG:3826.

    Parameters
    ----------
    zones : geopandas.GeoDataFrame
        Polygons with a column ``verdict`` and any others.
    path : pathlib.Path
        Final name; whole or not at all.
    """
    with whole_file(path) as draft:
        zones.to_crs(TWD97_TM2).to_file(draft, layer=LAYER, driver="GPKG", engine="pyogrio")
        connection = sqlite3.connect(draft)
        try:
            with connection:
                connection.execute(_STYLES_TABLE)
                connection.execute(_CONTENTS)
                title = bilingual("page_verdict")[0]
                connection.execute(_STYLE, (LAYER, "verdict", verdict_style(), title))
        finally:
            connection.close()


def verdict_style() -> str:
    """Return the QML style that colours zones by verdict.

    Returns
    -------
    str
        QGIS style document with one category a verdict, labelled in Chinese and English.
    """
    categories, symbols = [], []
    for position, (verdict, fill) in enumerate(VERDICT_FILLS.items()):
        label = " ".join(bilingual(f"verdict_{verdict}"))
        color = fill if fill.startswith("#") else NO_DATA
        red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
        categories.append(
            f'<category value={quoteattr(verdict)} label={quoteattr(label)} symbol="{position}" '
            'render="true" type="string"/>'
        )
        symbols.append(
            f'<symbol name="{position}" type="fill" alpha="1"><layer class="SimpleFill">'
            f'<Option type="Map"><Option name="color" type="QString" '
            f'value="{red},{green},{blue},255"/><Option name="outline_color" type="QString" '
            'value="60,60,60,255"/><Option name="outline_width" type="QString" value="0.2"/>'
            "</Option></layer></symbol>"
        )
    return (
        '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="3.28">'
        '<renderer-v2 type="categorizedSymbol" attr="verdict" enableorderby="0">'
        f"<categories>{''.join(categories)}</categories><symbols>{''.join(symbols)}</symbols>"
        "</renderer-v2></qgis>"
    )
