"""Colours and signs, and the numbers that show they can be told apart.

The diverging scale is PuOr of ColorBrewer (Cynthia Brewer, Apache 2.0), safe for the common forms
of colour blindness; warm is higher, cool is lower. The verdicts take colours of Okabe and Ito
(2008), and each carries a written symbol as well, so that nothing rests on colour alone.
"""

from types import MappingProxyType

DIVERGING = ("#542788", "#998ec3", "#d8daeb", "#f7f5ef", "#fee0b6", "#f1a340", "#b35806")
VERDICT_FILLS = MappingProxyType(
    {
        "revitalised": "#009e73",
        "price_rise": "#d55e00",
        "both": "#7b52ab",
        "no_change": "#f3ead2",
        "insufficient": "url(#lw-hatch)",
    }
)
CONFIDENCE_OPACITY = MappingProxyType({"strong": 0.95, "moderate": 0.7, "weak": 0.45, "": 0.8})
HATCH = "url(#lw-hatch)"
INK = "#1d2b36"
MUTED_INK = "#4c5b67"
PAPER = "#ffffff"
SEA = "#e3ebf0"
LAND = "#fbfaf6"

SIGNS = MappingProxyType(
    {
        "clear": {"weight": 1.4, "color": "#2b3640", "dashArray": "", "fillOpacity": 0.95},
        "unclear": {"weight": 1.1, "color": "#5d6b76", "dashArray": "3 3", "fillOpacity": 0.45},
        "insufficient": {"weight": 0.8, "color": "#7d8891", "dashArray": "", "fillOpacity": 1.0},
        "control": {"weight": 0.5, "color": "#b9c3ca", "dashArray": "", "fillOpacity": 1.0},
    }
)


def relative_luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.

    Returns
    -------
    float
        Between 0 (black) and 1 (white).

    References
    ----------
    W3C, Web Content Accessibility Guidelines 2.2.
    """
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(first: str, second: str) -> float:
    """Contrast of two colours as the accessibility guidelines define it.

    Parameters
    ----------
    first, second : str
        ``#rrggbb``.

    Returns
    -------
    float
        Between 1 and 21.

    Examples
    --------
    >>> round(contrast_ratio("#000000", "#ffffff"), 1)
    21.0
    """
    dark, light = sorted((relative_luminance(first), relative_luminance(second)))
    return (light + 0.05) / (dark + 0.05)
