"""How each figure of the mart is named, counted and coloured on descriptive maps."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from landwatch.cartography.site_info import Text


@dataclass(frozen=True, slots=True)
class FigureStyle:
    """One figure on a map.

    Attributes
    ----------
    title : tuple of (str, str)
        Name, Chinese and English.
    unit : tuple of (str, str)
        Unit as the legend writes it.
    scale : {"sequential", "diverging"}
        Diverging scales are centred on zero, for change.
    factor : float
        What the stored number is multiplied with before it is shown (100 for shares).
    decimals : int
        Decimals shown.
    note : tuple of (str, str)
        What the figure does not say.
    """

    title: Text
    unit: Text
    note: Text
    scale: Literal["sequential", "diverging"] = "sequential"
    factor: float = 1.0
    decimals: int = 0


PERCENT: Final = ("%", "%")

FIGURE_STYLES: Final = MappingProxyType[str, FigureStyle]({})
"""Figures that are drawn, by the name they have in ``mart/figures.csv``."""

FIGURE_PAGES: Final = MappingProxyType[str, tuple[str, ...]]({})
"""Pages of descriptive maps and the figures each shows, in order."""
