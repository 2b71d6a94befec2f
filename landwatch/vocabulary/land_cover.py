"""Land-cover classes of the 1 km area rasters, and which of them are farmland and built-up.

Names and meanings as documented by the publisher (陳宛均等 2020, 台灣生物多樣性研究 22: 13-44).
"""

from typing import Final

CLASSES: Final[dict[str, tuple[str, str]]] = {
    "FF": ("農田", "farm field"),
    "MD": ("草本、草本作物（旱田）", "meadow and herbaceous crops"),
    "FW": ("農濕地", "irrigated or flooded farmland"),
    "FO": ("森林", "forest"),
    "BU": ("灌叢", "bush"),
    "WL": ("濕地", "wetland"),
    "UB": ("都市", "urban area"),
    "WB": ("水體", "water body"),
    "BL": ("裸露地", "bare land"),
}
"""Code of a class to its names in Chinese and English."""

GROUPS: Final[dict[str, tuple[str, ...]]] = {"farmland": ("FF", "FW"), "built_up": ("UB",)}
"""Classes that together are a group this program speaks of.

Farmland is FF + FW. MD is not counted: the publisher puts grassland, natural herb cover and
sparse vegetation into it together with dry fields, so that farmland here is a lower bound of the
land under cultivation, and a change between MD and FF is not a change of use that can be told.
"""

CODES: Final = "codes"
"""Class of a raster whose cells are class codes, told apart by the study file."""

SYSTEMS: Final[dict[int, str]] = {
    3825: "TWD97 / TM2 zone 119 (澎湖、金門、馬祖)",
    3826: "TWD97 / TM2 zone 121 (臺灣本島)",
    32650: "WGS 84 / UTM zone 50N",
    32651: "WGS 84 / UTM zone 51N",
    3824: "TWD97 (degrees)",
    4326: "WGS 84 (degrees)",
}
"""Coordinate systems a raster may have; TWD67 is not among them, its shift is not exact."""

DEGREES: Final = ("EPSG:3824", "EPSG:4326")
"""Those in degrees: fit for class codes, not for areas per cell."""

CAVEAT: Final = {
    "zh": "土地覆蓋的年代網格（1990、2000、2010 年代，1 公里）全部早於 2019 年的政策；"
    "僅供描述背景，不能用來比較政策前後。沿海網格的海面與陸地平均分攤。",
    "en": "Rasters of land cover by decade (1990s, 2000s, 2010s; 1 km cells) all lie before the "
    "policy of 2019: background only, no comparison of before and after. Cells on the coast spread "
    "sea and land evenly.",
}
"""What a page that shows these figures has to say."""
