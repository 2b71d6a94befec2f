"""Points where the farmland survey shows a factory on general agricultural land, with parcels.

Publisher: National Land Surveying and Mapping Center (內政部國土測繪中心), map layers 農地資源盤查
and 非都市土地使用分區, crossed by the disfactory-crawler project (``full-info.csv``).
"""

from typing import Final

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.delimited import header_of, read_delimited

COLUMNS: Final = {
    "經度": "longitude_text",
    "緯度": "latitude_text",
    "行政區": "district",
    "國土利用調查": "land_use_survey",
    "段名": "section",
    "地號": "parcel",
    "面積": "area",
    "使用分區": "zoning",
    "使用地類別": "use",
    "使用分區 >使用地類別": "zoning_and_use",
    "使用分區>使用地類別": "zoning_and_use_narrow",
}
"""The last two are one column holding both, as the project's own notes name it."""

_NEEDED: Final = ("經度", "緯度", "行政區", "段名", "地號", "面積")
_TELLING: Final = frozenset(("國土利用調查", "地政事務所", "地政事務所代碼", "段號", "段名"))
_ENOUGH: Final = 2


def is_farmland_survey(member: Member) -> bool:
    """Tell the points by their header.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True where the header names parcels as the survey does.
    """
    return len(_TELLING.intersection(header_of(member))) >= _ENOUGH


def read_farmland_survey(member: Member) -> RawTable:
    """Read the points.

    Parameters
    ----------
    member : Member
        CSV with the columns `COLUMNS`, in any order.

    Returns
    -------
    RawTable
        Those columns as text.
    """
    return read_delimited(member, COLUMNS, needed=_NEEDED, what="points of the farmland survey")
