"""Words of urban-plan zoning (都市計畫使用分區): column names, classes of use, county letters."""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from landwatch.vocabulary.errors import UnknownCodeError

ZONING_CLASSES: Final = (
    "residential",
    "commercial",
    "industrial",
    "agricultural",
    "conservation",
    "recreation",
    "special",
    "public_facility",
    "road",
    "water",
    "other",
    "outside_plan",
)
"""住宅、商業、工業、農業、保護保存、遊憩、專用區、公共設施、道路、水域、其他、計畫區外."""

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "plan_code": ("計畫區", "計畫區代碼", "計畫區代"),
    "plan_name": ("計畫_1", "計畫區名稱", "計畫區名", "計畫區_1"),
    "plan_case": ("計畫_12", "計畫案名稱", "計畫案名", "計畫案_1"),
    "zone_use": ("使用分", "使用分區", "使用分區名稱"),
    "use_code": ("分區代", "分區代碼"),
    "use_group": ("分區類", "分區類別"),
    "use_subgroup": ("分區次", "分區次類別", "分區次類"),
    "coverage": ("建蔽率",),
    "floor_ratio": ("容積率",),
}
"""Ours to the published names: whole, or cut to ten bytes by the shapefile they went through."""

REQUIRED: Final = ("plan_code", "zone_use")

UNUSED: Final = (
    "OBJECTID_1 OBJECTID FID 計畫案 分區簡 分區簡稱 資料品 資料品質 變更前 變更_1 附帶條 附帶條件 "
    "參考面 參考面積 備註 資料日 資料日期 COLOR1 COLOR2 Shape_Leng Shape_STAr Shape_STLe "
    "Shape_Le_1 Shape_Area id"
)
"""Published columns that are known and not kept."""

_MERGED_LETTERS: Final = {"L": "B", "R": "D", "S": "E"}
"""臺中縣, 臺南縣 and 高雄縣 became part of the city of their name on 2010-12-25."""


def plan_county(plan_code: str, counties: Mapping[str, str]) -> str:
    """Return the county a plan lies in, by the letter its code begins with.

    Parameters
    ----------
    plan_code : str
        計畫區代碼, such as ``U0101``.
    counties : mapping of str to str
        County code by county letter.

    Returns
    -------
    str
        縣市 code of today.

    Raises
    ------
    UnknownCodeError
        If the letter is no county's.

    Examples
    --------
    >>> plan_county("S0311", {"E": "64000"})
    '64000'
    """
    letter = plan_code[:1].upper()
    county = counties.get(letter) or counties.get(_MERGED_LETTERS.get(letter, ""))
    if county is None:
        raise UnknownCodeError(
            f"plan code {plan_code[:20]!r}: expected to begin with a county's letter "
            f"({', '.join(sorted(counties))}), found {letter!r}. Is the boundaries input the one "
            "the plans belong to?"
        )
    return county


def zoning_class(use: str | None, group: str | None, subgroup: str | None) -> str | None:
    """Return the class of a land-use zone.

    The official group decides, then its subgroup, then the plan's own word without what stands in
    brackets, whole and at last by its ending.

    Parameters
    ----------
    use, group, subgroup : str or None
        使用分區, 分區類別 and 分區次類別.

    Returns
    -------
    str or None
        One of `ZONING_CLASSES`; None where no rule of ``zoning_classes.csv`` knows the words.

    Examples
    --------
    >>> zoning_class("住宅區(附)", None, None), zoning_class("文小", "學校用地", None)
    ('residential', 'public_facility')
    >>> zoning_class("鯉魚潭", None, None) is None
    True
    """
    names, endings, uses = _rules()
    word = _narrow(use)
    plain = re.sub(r"\(.*?\)", "", word)
    if plain in uses:
        return uses[plain]
    for told in (_narrow(group), _narrow(subgroup), word, plain):
        if told in names:
            return names[told]
    for ending, kind in endings.items():
        if plain.endswith(ending):
            return kind
    return None


def _narrow(word: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", word or "").split())


@cache
def _rules() -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    text = files("landwatch.reference").joinpath("zoning_classes.csv").read_text(encoding="utf-8")
    rules: dict[str, dict[str, str]] = {"name": {}, "ending": {}, "use": {}}
    for row in csv.DictReader(io.StringIO(text)):
        rules[row["match"]][row["term"]] = row["zoning_class"]
    return rules["name"], rules["ending"], rules["use"]
