"""Rows as the register published them, a handful of each kind."""

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.lvr import read_table
from landwatch.vocabulary.lvr import RENT_HEADERS, SALE_HEADERS

ENGLISH = "The villages and towns urban district,transaction sign"

SALES_2018 = (
    "台東市,房地(土地+建物),臺東縣臺東市豐樂路65巷31~60號,257.28,,特定農業區,甲種建築用地,1071008,"
    "土地1建物1車位0,全,一層,透天厝,住家用,鋼筋混凝土造,0860623,107.85,3,1,1,有,無,5680000,52666,,0.0,"
    "0,,RPSNMLMKJINFFAV76CA",
    "台東市,房地(土地+建物),臺東縣臺東市中興路二段417巷61~90號,60.0,住,,,1071102,土地2建物1車位0,全,二層,"
    "透天厝,住家用,見其他登記事項,0640312,83.46,2,2,1,有,無,3000000,35945,,0.0,0,"
    "親友、員工或其他特殊關係間之交易。;,RPVNMLNKJINFFAV17CA",
)
SALE_2025 = (
    "成功鎮,土地,三仙段172地號,19113.82,都市：其他:一般保護區,,,1140807,土地3建物0車位0,,,其他,,,,0.0,0,0,0,"
    "無,無,20000000,1046,,0.0,0,,RPQNMLRJQHKGFBV57DA,0.0,0.0,0.0,無,"
)
PARKING_QUOTED = (
    "士林區,房地(土地+建物)+車位,臺北市士林區福林路100巷1~30號,188.77,住,,,1090414,土地1建物1車位4,"
    "四層，五層,五層,華廈(10層含以下有電梯),住家用,鋼筋混凝土造,1020515,624.3,0,0,0,無,有,181800000,337140,"
    '坡道平面,114.72,10000000,"土地價金:174528000房屋價金:7272000,車位已含在交易總價內",'
    "RPWOMLNKNHPFFEA78CA"
)
GARBLED_TOWN = (
    "fa72埔鄉,房地(土地+建物),屏東縣鹽埔鄉新東街31~60號,102.02,,鄉村區,乙種建築用地,1061027,土地1建物1車位0,全,"
    "三層,透天厝,見其他登記事項,見其他登記事項,1060829,166.77,4,2,5,有,無,6500000,38976,,0.0,0,,"
    "RPPNMLOKJIMFFBT09CA",
    "fa72埔鄉,土地,新莊段661~690地號,5438.27,,一般農業區,農牧用地,1061025,土地2建物0車位0,,,其他,,,,0.0,0,0,0,"
    "有,無,5500000,1011,,0.0,0,,RPQNMLOJKIMFFBT56CA",
)
FAULTY_2018 = {
    "bad_date": "大湖鄉,土地,大湖段391~420地號,999.0,,山坡地保育區,丙種建築用地,01230,土地2建物0車位0,,,其他,,,,"
    "0.0,0,0,0,有,無,2200000,2202,,0.0,0,,RPPNMLTJJHNFFAK48CA",
    "implausible_date": "竹南鎮,土地,溪洲段301~330地號,104.0,,鄉村區,乙種建築用地,170119,土地1建物0車位0,,,"
    "其他,,,,0.0,0,0,0,有,無,943800,9075,,0.0,0,,RPSNMLTLJHNFFAP96DA",
    "date_after_publication": "竹南鎮,土地,興仁段1~30地號,1156.45,,特定農業區,農牧用地,1191104,"
    "土地3建物0車位0,,,其他,,,,0.0,0,0,0,有,無,804600,696,,0.0,0,價格賣清土地增值稅0元,RPTOMLRKJIPFFEF56DA",
    "nonpositive_price": "竹南鎮,土地,協安段331~360地號,72.67,農,,,1070417,土地1建物0車位0,,,其他,,,,0.0,0,0,0,"
    "有,有,0,0,,0.0,0,,RPSQNLMJOHPFFCB48CA",
    "zero_area": "竹南鎮,土地,喜北段571~600地號,0.0,,,,1071023,土地2建物0車位0,,,其他,,,,0.0,0,0,0,有,無,293360,"
    "19300,,0.0,0,協議價購;,RPOPMLRLIIPFFCD38DA",
    "unknown_town": "無此鄉,土地,喜北段571~600地號,10.0,,,,1071023,土地2建物0車位0,,,其他,,,,0.0,0,0,0,有,無,"
    "293360,19300,,0.0,0,,RPOPMLRLIIPFFCD38DB",
    "field_count": "竹南鎮,土地,喜北段571~600地號,10.0,,,,1071023,土地2建物0車位0,,,其他,,,,0.0,0,0,0,有,無,"
    "293360,19300,,0.0,0,109年9月裝潢期,免收租金,RPOPMLRLIIPFFCD38DC",
    "unclosed_quote": "竹南鎮,土地,喜北段571~600地號,10.0,,,,1071023,土地2建物0車位0,,,其他,,,,0.0,0,0,0,有,無,"
    '293360,19300,,0.0,0,42"電視,RPOPMLRLIIPFFCD38DD',
}
RENTAL_2012 = (
    "台東市,房地(土地+建物),臺東縣臺東巿漢中街161巷31~60號,128.84,住,,,1031205,土地1建物1車位0,全,3,透天厝,住家用,"
    "鋼筋混凝土造,0800510,196.15,4,2,3,有,無,無,12000,61,,0.0,0,,RPQNMLPJKIJFFAV66CC"
)
RENTAL_2024 = (
    "卑南鄉,租賃房屋,臺東縣卑南鄉利嘉村利嘉路５９８號,0.0,,,,1140515,土地0建物1車位0,全,2,透天厝,住家用,加強磚造,"
    "0740809,89.6,3,1,2,有,無,有,8000,89,,0.0,0,,RPPNMLQKNHKGFAV17CC,整棟(戶)出租,無,1140515~1150514,無,"
    "冷氣、冰箱、瓦斯或天然氣,社會住宅代管"
)
QUERY_ROW = {
    "AA11": "",
    "AA12": "農牧用地",
    "a": "崙布山段12390004地號#崙布山段1239-4地號",
    "b": "",
    "e": "114/03/10",
    "f": "",
    "g": "",
    "lat": 23.437321873043853,
    "lon": 121.3465568134469,
    "msg": "總價/總面積",
    "note": "",
    "p": "198",
    "s": "150.12",
    "sq": "pEb/MsBZGuwvY1YsLss8Vr9mO9Dt2EuWJs1UyxoV6pw=",
    "t": "土地",
    "town": "U13",
    "tp": "30,000",
    "unit": "2",
}


def sale_file(lines: tuple[str, ...] | list[str], era: str = "2018") -> bytes:
    """Return a sale file of an era as it is published."""
    header = ",".join(SALE_HEADERS[era])
    if era == "2012":
        return "\r\n".join([header, *lines, ""]).encode("cp950")
    return "\ufeff".encode() + "\r\n".join([header, ENGLISH, *lines, ""]).encode()


def rent_file(lines: list[str], era: str) -> bytes:
    """Return a rental file of an era as it is published."""
    header = ",".join(RENT_HEADERS[era])
    if era == "2012":
        return "\r\n".join([header, *lines, ""]).encode("cp950")
    return "\ufeff".encode() + "\r\n".join([header, ENGLISH, *lines, ""]).encode()


def sales(lines: tuple[str, ...] | list[str], name: str, era: str = "2018") -> RawTable:
    """Read sale lines as the member of a season."""
    return read_table(Member(name, sale_file(lines, era)))
