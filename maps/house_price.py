"""Map of house prices: change of each zone against its controls."""

from maps.draft import MapDraft, draw_effects
from maps.mart import Mart

OUTCOMES = ("house_price",)


def draw_house_price(mart: Mart) -> MapDraft:
    """Draft the map of house prices.

    Parameters
    ----------
    mart : Mart
        The tables.

    Returns
    -------
    MapDraft
        Layers, or the reason why there are none.
    """
    return draw_effects(mart, "house_price", OUTCOMES)
