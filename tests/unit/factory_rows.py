"""Reports of factories as they are published, a handful of each kind."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from landwatch.sources.archives import Member

HEADER = ("ID", "編號", "市縣", "地號", "使用分區", "使用地", "市縣政府查處情形")
CASE = {
    "id": "112010001",
    "year": "112",
    "month": "01",
    "number": "1",
    "city": "新北市",
    "sectname": "樹林區東園段1130地號",
    "sectcode": "1976",
    "land_numbers": ["11300000"],
    "usage_zone": " 一般農業區",
    "use": "農牧用地",
    "status": ["裁處罰鍰"],
}
UPDATE = {
    "id": "112010001",
    "year": "",
    "month": "02",
    "number": "",
    "city": "",
    "sectname": "",
    "sectcode": "",
    "land_numbers": [],
    "usage_zone": "",
    "use": "",
    "status": ["已停止供水供電"],
}
REPORT = {
    "id": "5f1f4a7e-0000-4000-8000-000000000001",
    "display_number": 7,
    "lat": 24.98,
    "lng": 121.42,
    "name": "王小明鐵工廠 0912345678",
    "landcode": "11300000",
    "townname": "新北市樹林區",
    "sectname": "東園段",
    "sectcode": "1976",
    "source": "U",
    "factory_type": "2-1",
    "type": "2-1",
    "cet_report_status": "O",
    "wont_fix": False,
    "before_release": True,
    "images": [{"image_path": "https://example.org/a.jpg"}],
    "reported_at": "2020-03-31T16:30:00.123456Z",
    "data_complete": True,
    "status": "O",
    "document_display_status": "已發函斷電",
    "follow_ups_for_user": [{"note": "屋主不在"}],
}
SURVEY_HEADER = (
    "經度,緯度,行政區,國土利用調查,地政事務所,地政事務所代碼,段號,段名,地號,面積,使用分區,使用地類別,"
    "公告現值年月,公告現值"
)
SURVEY_ROW = (
    "120.12,23.08,臺南市七股區十份里,農業相關設施 (2018年6月),佳里,DC,0123,十份段,05380002,"
    "1234.5,一般農業區,農牧用地,10801,1100"
)
CHANGE_HEADER = "變異點編號,權責單位,查證結果,變異類型,latitude,longitude"
REGISTER_HEADER = (
    "工廠登記編號,工廠名稱,工廠地址,工廠市鎮鄉村里,工廠組織型態,公司（營利事業）統一編號,工廠登記核准日期,"
    "工廠設立核准日期,工廠登記狀態,最後核准變更日期,工廠登記歇業核准日期,工廠登記廢止核准日期,"
    "工廠登記公告廢止核准日期,最近一次校正結果,最近一次校正年度,產業類別,主要產品,經度,緯度"
)
REGISTER_ROW = (
    "00088720,某某針織股份有限公司,臺中市后里區義里里三豐路100巷51號,臺中市后里區義里里,股份有限公司,"
    "00166588,,0580101,公告廢止,0831128,,,0831128,,,11:紡織業;29:機械設備製造業,[],,"
)


def moea_json(cases: Sequence[object], updates: Sequence[object]) -> Member:
    """Return a JSON of cases and updates."""
    text = json.dumps({"violations": cases, "updates": updates}, ensure_ascii=False)
    return Member("factories/any.json", text.encode())


def disfactory_json(*reports: Mapping[str, object]) -> Member:
    """Return a reply of the service."""
    return Member("factories/reply.json", json.dumps(reports, ensure_ascii=False).encode())


def csv_file(header: str, *rows: str, encoding: str = "utf-8") -> Member:
    """Return a CSV."""
    return Member("factories/any.csv", "\r\n".join([header, *rows, ""]).encode(encoding))


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> Member:
    """Return a workbook, written by hand: the least that is an XLSX."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{escape(n)}" sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        f'ContentType="{kind}.sheet.main+xml"/><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}'
        "</Relationships>",
    }
    for i, rows in enumerate(sheets.values(), 1):
        cells = "".join(
            "<row>"
            + "".join(f'<c t="inlineStr"><is><t>{escape(v)}</t></is></c>' for v in row)
            + "</row>"
            for row in rows
        )
        files[f"xl/worksheets/sheet{i}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return Member("factories/any.xlsx", stream.getvalue())
