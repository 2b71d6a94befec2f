"""Listings as g0v publishes them, a handful, with people that do not exist."""

import datetime as dt
import json
from typing import Any

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.sources.archives import Member
from landwatch.sources.g0v import read_csv_listings, read_json_listings
from landwatch.standardise.g0v import standardise_g0v
from landwatch.vocabulary.places import embedded_places

PLACES = embedded_places()
LATEST = dt.date(2025, 12, 31)
PERSONAL = {
    "max_author_id": "4fd5218a-aaaa-bbbb-cccc-000000000000",
    "agent_org": "某某不動產0912345678",
    "contact": 1,
}

JSON_ROW: dict[str, Any] = {
    **PERSONAL,
    "additional_fee_eletricity": True,
    "additional_fee_water": False,
    "building_type": 2,
    "deposit": 17000,
    "deposit_type": 0,
    "facilities_床": True,
    "floor": 2,
    "floor_ping": 15.0,
    "has_dealt": 0,
    "has_parking": False,
    "is_require_management_fee": False,
    "is_require_parking_fee": None,
    "is_rooftop": False,
    "max_created": "2021-05-03T20:45:19.579Z",
    "max_deal_time": None,
    "max_house_id": "90054683",
    "min_created": "2021-05-03T12:45:19.579Z",
    "min_house_id": "90054683",
    "monthly_management_fee": 0,
    "monthly_parking_fee": None,
    "monthly_price": 8500,
    "n_bed_room": None,
    "n_duplicate": 1,
    "n_month_deposit": 2.0,
    "per_ping_price": 566.667,
    "property_type": 1,
    "rough_coordinate_bb": [23.7037, 120.5532, 23.7039, 120.5534],
    "sub_region": 2409,
    "top_region": 24,
    "total_floor": 5,
    "vendor": "591 租屋網",
}

CSV_ROW = {
    "物件編號": "90000001",
    "租屋平台": "591 租屋網",
    "物件網址": "https://rent.example/90000001",
    "物件首次發現時間": "2019-05-31 23:30:00 CST",
    "物件最後更新時間": "2019-06-20 04:00:00 CST",
    "縣市": "24",
    "鄉鎮市區": "2409",
    "約略地點_x": "23.70",
    "約略地點_y": "120.55",
    "房屋出租狀態": "2",
    "出租大約時間": "2019-06-19 04:00:00 CST",
    "月租金": "8000",
    "押金類型": "0",
    "需要管理費？": "T",
    "月管理費": "500",
    "提供車位？": "F",
    "需要停車費？": "-",
    "月停車費": "-",
    "每坪租金（含管理費與停車費）": "850",
    "建築類型": "1",
    "物件類型": "0",
    "自報頂加？": "F",
    "所在樓層": "3",
    "建物樓高": "4",
    "坪數": "10",
    "刊登者類型": "2",
    "刊登者編碼": "4fd5218a-aaaa-bbbb-cccc-000000000000",
    "仲介資訊": '"某某不動產,0912345678"',
}


def json_member(*changes: dict[str, Any], name: str = "l.zip/202105-x.json") -> Member:
    """Return a file of one listing per change, numbers counting up."""
    rows = [
        {**JSON_ROW, "min_house_id": str(90054683 + i), "max_house_id": str(90054683 + i), **c}
        for i, c in enumerate(changes)
    ]
    return Member(name, json.dumps(rows, ensure_ascii=False).encode())


def csv_member(
    *changes: dict[str, str], name: str = "201906-raw.csv", header: list[str] | None = None
) -> Member:
    """Return a CSV of one listing per change, numbers counting up."""
    names = header or list(CSV_ROW)
    lines = [",".join(names)]
    for i, change in enumerate(changes):
        row = {**CSV_ROW, "物件編號": str(90000001 + i), **change}
        lines.append(",".join(row.get(n, "-") for n in names))
    return Member(name, ("\r\n".join(lines) + "\r\n").encode())


def standardised(*members: Member) -> Standardised:
    """Read and standardise files published together."""
    return standardise_g0v([read(m) for m in members], PLACES, latest=LATEST)


def read(member: Member) -> RawTable:
    """Read a file of either kind."""
    return (read_json_listings if member.name.endswith("json") else read_csv_listings)(member)
