"""Map of land prices: change of each zone against its controls."""

from maps.draft import MapDraft, draw_effects
from maps.mart import Mart

OUTCOMES = ("land_price",)


def draw_land_price(mart: Mart) -> MapDraft:
    """Draft the map of land prices.

    Parameters
    ----------
    mart : Mart
        The tables.

    Returns
    -------
    MapDraft
        Layers, or the reason why there are none.
    """
    return draw_effects(mart, "land_price", OUTCOMES)
