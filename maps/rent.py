"""Map of rents, registered and asked: change of each zone against its controls."""

from maps.draft import MapDraft, draw_effects
from maps.mart import Mart

OUTCOMES = ("rent", "asking_rent")


def draw_rent(mart: Mart) -> MapDraft:
    """Draft the map of rents, registered and asked.

    Parameters
    ----------
    mart : Mart
        The tables.

    Returns
    -------
    MapDraft
        Layers, or the reason why there are none.
    """
    return draw_effects(mart, "rent", OUTCOMES)
