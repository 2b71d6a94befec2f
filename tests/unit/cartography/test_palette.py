"""Colours can be told apart, also without colour vision."""

import itertools

import numpy as np

from landwatch.cartography.palette import (
    DIVERGING,
    INK,
    LAND,
    MUTED_INK,
    SEA,
    SIGNS,
    VERDICT_FILLS,
    contrast_ratio,
    faded,
)

# Viénot, Brettel, Mollon (1999), linear RGB
DEUTERANOPIA = np.array(
    [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]
)
PROTANOPIA = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])


def _lab(colour: str, matrix: np.ndarray) -> np.ndarray:
    """CIELAB (D65) of a colour as someone with this matrix sees it."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(matrix @ linear, 0, 1)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    ratio = to_xyz @ seen / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_text_reaches_the_contrast_of_the_guidelines() -> None:
    """Both inks are readable (4.5 : 1) on paper, land and sea."""
    for ink, ground in itertools.product((INK, MUTED_INK), ("#ffffff", LAND, SEA)):
        assert contrast_ratio(ink, ground) >= 4.5, (ink, ground)


def test_colours_differ_without_red_or_green_receptors() -> None:
    """Neighbouring classes and all verdicts differ by ΔE 10 or more for dichromats."""
    fills = [fill for fill in VERDICT_FILLS.values() if fill.startswith("#")]
    pairs = [*itertools.pairwise(DIVERGING), *itertools.combinations(fills, 2)]
    for matrix in (np.eye(3), DEUTERANOPIA, PROTANOPIA):
        for first, second in pairs:
            difference = np.linalg.norm(_lab(first, matrix) - _lab(second, matrix))
            assert difference >= 10, (first, second, difference)


def test_signs_differ_in_more_than_colour() -> None:
    """Clear and unclear outlines differ in dash."""
    assert SIGNS["clear"]["dashArray"] != SIGNS["unclear"]["dashArray"]


def test_fading_ends_at_white_and_leaves_patterns_alone() -> None:
    """Full strength keeps a colour, none is white, a pattern stays a pattern."""
    assert (faded("#b35806", 1), faded("#b35806", 0)) == ("#b35806", "#ffffff")
    assert faded("url(#lw-hatch)", 0.3) == "url(#lw-hatch)"
