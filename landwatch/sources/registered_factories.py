"""Registered factories: the lawful ones, beside which a suspected one is none of them.

Publisher: Ministry of Economic Affairs (經濟部 工廠公示資料), crawled in 2014 by the
kiang/twfactory project. Names and 統一編號 never leave this reader.
"""

from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.delimited import header_of, read_delimited

COLUMNS: Final = {
    "工廠登記編號": "registration_id",
    "工廠地址": "address",
    "工廠市鎮鄉村里": "district",
    "工廠登記核准日期": "registered",
    "工廠設立核准日期": "founded",
    "工廠登記狀態": "registration_status",
    "工廠登記歇業核准日期": "closed",
    "工廠登記廢止核准日期": "revoked",
    "工廠登記公告廢止核准日期": "revoked_by_notice",
    "產業類別": "industries",
}
_NEEDED: Final = ("工廠登記編號", "工廠地址", "工廠登記狀態")
_NAMES: Final = "工廠登記編號"


def is_registered_factories(member: Member) -> bool:
    """Tell the register by its header.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True where the header has 工廠登記編號.
    """
    return _NAMES in header_of(member)


def read_registered_factories(member: Member) -> RawTable:
    """Read the register.

    Parameters
    ----------
    member : Member
        CSV with the columns `COLUMNS`, in any order.

    Returns
    -------
    RawTable
        Those columns as text; ``raw`` is made of them alone, so that no name is in it.
    """
    table = read_delimited(member, COLUMNS, needed=_NEEDED, what="registered factories")
    raw = pl.concat_str([pl.col(n) for n in COLUMNS.values()], separator=",")
    return RawTable(
        source_file=table.source_file,
        sha256=table.sha256,
        rows=table.rows.with_columns(raw.alias("raw")),
        rejects=table.rejects.with_columns(pl.lit("").alias("raw")),
        unknown_columns=table.unknown_columns,
    )
