"""Names of places that do not exist: no town or county of Taiwan bears any of them."""

from typing import Final

TOWNS: Final = (
    ("晨光", "Chenguang"),
    ("雲杉", "Yunshan"),
    ("鹿鳴", "Luming"),
    ("星野", "Xingye"),
    ("竹影", "Zhuying"),
    ("溪語", "Xiyu"),
    ("楓橋", "Fengqiao"),
    ("稻香", "Daoxiang"),
    ("松濤", "Songtao"),
    ("臺蘭", "Tailan"),
    ("玉泉", "Yuquan"),
    ("石影", "Shiying"),
    ("花見", "Huajian"),
    ("風鈴", "Fengling"),
    ("月見", "Yuejian"),
    ("柳堤", "Liudi"),
    ("青禾", "Qinghe"),
    ("赤楠", "Chinan"),
    ("蓮池", "Lianchi"),
    ("銀杏", "Yinxing"),
    ("琉光", "Liuguang"),
    ("泊舟", "Bozhou"),
    ("曉峰", "Xiaofeng"),
    ("海桐", "Haitong"),
)
"""Stems of town names, Chinese and English; the first is the county seat's."""

COUNTIES: Final = (
    ("Y", "示範縣", "Demo County"),
    ("A", "甲子縣", "Jiazi County"),
    ("B", "乙丑縣", "Yichou County"),
    ("C", "丙寅縣", "Bingyin County"),
    ("D", "丁卯縣", "Dingmao County"),
    ("E", "戊辰縣", "Wuchen County"),
    ("F", "己巳縣", "Jisi County"),
    ("G", "庚午縣", "Gengwu County"),
    ("H", "辛未縣", "Xinwei County"),
    ("I", "壬申縣", "Renshen County"),
    ("J", "癸酉縣", "Guiyou County"),
    ("K", "甲戌縣", "Jiaxu County"),
    ("M", "乙亥縣", "Yihai County"),
    ("N", "丁丑縣", "Dingchou County"),
    ("O", "戊寅縣", "Wuyin County"),
    ("P", "己卯縣", "Jimao County"),
    ("Q", "庚辰縣", "Gengchen County"),
    ("T", "辛巳縣", "Xinsi County"),
    ("U", "壬午縣", "Renwu County"),
    ("V", "癸未縣", "Guiwei County"),
    ("W", "甲申縣", "Jiashen County"),
    ("X", "乙酉縣", "Yiyou County"),
)
"""County letter, name and English name; all but the first come from the sexagenary cycle."""

SECTIONS: Final = (
    "東興",
    "西河",
    "南埔",
    "北港墘",
    "中寮",
    "上林",
    "下田",
    "內湖仔",
    "外埔頭",
    "新庄仔",
    "舊社口",
    "大崙尾",
    "小坑",
    "牛埔",
    "竹圍",
    "柑園",
    "茄苳",
    "樟樹",
    "楓樹",
    "相思林",
    "水尾",
    "石牌",
    "土地公埔",
    "三塊厝",
)
"""Stems of land sections (段)."""

ROADS: Final = (
    "中山路",
    "中正路",
    "民生街",
    "民權路",
    "和平街",
    "成功路",
    "光復街",
    "信義路",
    "仁愛街",
    "文化路",
    "復興街",
    "建國路",
    "自強街",
    "博愛路",
    "新生街",
    "忠孝路",
)
"""Roads, as common as in any town."""

VILLAGES: Final = (
    "東光",
    "西安",
    "南華",
    "北興",
    "中和",
    "福田",
    "永樂",
    "大同",
)
"""Stems of village names."""

PLACES_PER_TOWN: Final = 8
"""Sections, and roads, of one town."""
