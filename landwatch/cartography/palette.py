"""Colours and signs, and the numbers that show they can be told apart.

The diverging scale is PuOr of ColorBrewer (Cynthia Brewer, Apache 2.0), safe for the common forms
of colour blindness; warm is higher, cool is lower. The sequential scale is YlGnBu of the same set;
darker is more, white is zero. The verdicts take colours of Okabe and Ito
(2008), and each carries a written symbol as well, so that nothing rests on colour alone.
"""

from types import MappingProxyType

DIVERGING = ("#542788", "#998ec3", "#d8daeb", "#fffdf5", "#fee0b6", "#f1a340", "#b35806")
SEQUENTIAL = ("#ffffff", "#edf8b1", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
VERDICT_FILLS = MappingProxyType(
    {
        "revitalised": "#009e73",
        "price_rise": "#d55e00",
        "both": "#7b52ab",
        "no_change": "#f3ead2",
        "insufficient": "url(#lw-hatch)",
    }
)
CONFIDENCE_STRENGTH = MappingProxyType({"strong": 1.0, "moderate": 0.68, "weak": 0.4, "": 0.68})
HATCH = "url(#lw-hatch)"
INK = "#1d2b36"
MUTED_INK = "#4c5b67"
PAPER = "#ffffff"
SEA = "#dbe6ee"
LAND = "#eff0ee"
UNCLEAR_STRENGTH = 0.42

SIGNS = MappingProxyType(
    {
        "clear": {"weight": 1.4, "color": "#2b3640", "dashArray": ""},
        "unclear": {"weight": 1.1, "color": "#5d6b76", "dashArray": "3 3"},
        "insufficient": {"weight": 0.8, "color": "#7d8891", "dashArray": ""},
        "control": {"weight": 0.5, "color": "#b9c3ca", "dashArray": ""},
        "zone": {"weight": 1.6, "color": "#2b3640", "dashArray": ""},
        "town": {"weight": 0.6, "color": "#7d8891", "dashArray": ""},
        "suppressed": {"weight": 0.8, "color": "#7d8891", "dashArray": ""},
        "no_data": {"weight": 0.5, "color": "#b9c3ca", "dashArray": "2 3"},
    }
)


def faded(colour: str, strength: float) -> str:
    """Colour mixed with white paper, so that what lies below never shows through.

    Parameters
    ----------
    colour : str
        ``#rrggbb``; anything else (a pattern) is returned as it is.
    strength : float
        1 keeps the colour, 0 is white.

    Returns
    -------
    str
        ``#rrggbb``.

    Examples
    --------
    >>> faded("#000000", 0.5)
    '#808080'
    """
    if not colour.startswith("#"):
        return colour
    channels = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (value - 255) * strength):02x}" for value in channels)


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
