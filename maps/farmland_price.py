"""Map of farmland prices: change of each zone against its controls."""

from maps.draft import MapDraft, draw_effects
from maps.mart import Mart

OUTCOMES = ("farmland_price",)


def draw_farmland_price(mart: Mart) -> MapDraft:
    """Draft the map of farmland prices.

    Parameters
    ----------
    mart : Mart
        The tables.

    Returns
    -------
    MapDraft
        Layers, or the reason why there are none.
    """
    return draw_effects(mart, "farmland_price", OUTCOMES)
