"""The empty map, drawn by Folium; the only module that touches Folium.

Folium compiles the finished page a second time as a template, so whatever is given to it can run
on the builder's machine. It is therefore given constants only: no data, no names, no bounds. Its
remote defaults (icons, fonts, two style frameworks, jQuery, Leaflet from a CDN) live in the header
that it renders; that header is not used.
"""

from dataclasses import dataclass

import folium
from branca.element import Figure

from landwatch.vocabulary.errors import LandwatchError

MAP_NAME = "map_00000000000000000000000000000001"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The two parts of an empty map.

    Attributes
    ----------
    html : str
        The element the map lives in.
    script : str
        The script that makes the Leaflet map, named `MAP_NAME`.
    """

    html: str
    script: str


def draw_skeleton() -> Skeleton:
    """Draw a map without tiles, layers, controls or data.

    Returns
    -------
    Skeleton
        The same text every time: the random id of Folium is replaced by a constant.

    Raises
    ------
    LandwatchError
        If Folium put an address into the parts that are used.
    """
    base = folium.Map(
        location=[23.7, 120.9],
        zoom_start=8,
        tiles=None,
        zoom_control=False,
        prefer_canvas=False,
        attribution_control=False,
        scroll_wheel_zoom=False,
        zoom_snap=0.05,
        min_zoom=6,
        max_zoom=14,
    )
    base._id = MAP_NAME.removeprefix("map_")
    figure = Figure()
    figure.add_child(base)
    figure.render()
    parts = Skeleton(figure.html.render().strip(), figure.script.render().strip())
    if "//" in parts.html + parts.script:
        raise LandwatchError("Folium wrote an address into the empty map: use the pinned version")
    return parts
