"""Land changes seen from satellites and what the authority found there.

Publisher: National Land Management Agency (內政部國土管理署, 國土利用監測), as gathered by the
kiang/landchg.tcd.gov.tw project by ROC year and county.
"""

from typing import Final

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.delimited import header_of, read_delimited

COLUMNS: Final = {
    "變異點編號": "change_id",
    "權責單位": "authority",
    "查證結果": "finding",
    "變異類型": "change_type",
    "latitude": "latitude_text",
    "longitude": "longitude_text",
    "緯度": "latitude_zh",
    "經度": "longitude_zh",
}
_NEEDED: Final = ("變異點編號", "查證結果", "變異類型")
_TELLING: Final = frozenset(("變異點編號", "變異類型"))


def is_landchange(member: Member) -> bool:
    """Tell the changes by their header.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True where the header has 變異點編號 or 變異類型.
    """
    return bool(_TELLING.intersection(header_of(member)))


def read_landchange(member: Member) -> RawTable:
    """Read the changes.

    Parameters
    ----------
    member : Member
        CSV with the columns `COLUMNS`, in any order.

    Returns
    -------
    RawTable
        Those columns as text.
    """
    return read_delimited(member, COLUMNS, needed=_NEEDED, what="satellite land changes")
