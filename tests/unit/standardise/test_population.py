"""Ages, education and projections under today's town codes."""

from landwatch.sources.archives import Member
from landwatch.sources.headed import is_of_layout, read_headed
from landwatch.standardise import population
from landwatch.standardise.statistics import standardise_income_towns
from landwatch.vocabulary.layouts import Layout
from landwatch.vocabulary.places import embedded_places
from landwatch.vocabulary.statistics import (
    AGEING,
    EDUCATION,
    INCOME_TOWNS,
    PROJECTION,
    TOWN_AGES,
    VILLAGE_AGES,
)

PLACES = embedded_places()


def read(lines: list[str], layout: Layout, name: str = "x.csv"):
    member = Member(name, "\n".join(lines).encode())
    assert is_of_layout(member, layout)
    return read_headed(member, layout)


def age_line(area: str, males: list[int], females: list[int], told: int | None = None) -> str:
    pairs = [str(n) for pair in zip(males, females, strict=True) for n in pair]
    total = sum(males) + sum(females) if told is None else told
    return ",".join(["2014-04", "0", area, "9", str(total), "0", "0", *pairs])


AGE_HEADER = ",".join(
    [
        "統計年月,代碼,區域,戶數,人口數,人口數-男,人口數-女",
        *(f"{a}歲{'以上' * (a == 100)}-{s}" for a in range(101) for s in "男女"),
    ]
)


def test_single_ages_become_five_year_groups() -> None:
    """Each age once: 0–4 to 95–99 and 100 and older; totals and shifted rows are rejected."""
    males, females = list(range(101)), list(range(100, 201))
    lines = [
        AGE_HEADER,
        age_line("連江縣", males, females),
        age_line("連江縣南竿鄉", males, females),
        age_line("連江縣北竿鄉", males, males, told=1),
    ]
    result = population.standardise_town_ages([read(lines, TOWN_AGES)], PLACES)
    row = result.tables["population__town_ages"].row(0, named=True)
    assert (row["male_0_4"], row["male_95_99"], row["male_100_up"]) == (10, 485, 100)
    assert (row["female_20_24"], row["female_100_up"]) == (610, 200)
    groups = sum(v for k, v in row.items() if k.startswith(("male_", "female_")))
    assert groups == row["population"] == sum(males) + sum(females)
    assert result.rejects["reason"].to_list() == ["total_row", "parts_differ_from_total"]


def test_a_projection_is_marked_as_not_official_and_keeps_its_parts() -> None:
    """The file's name is the area; two offices of a district are two areas of one town."""
    header = ",".join(["year", *(f"{a}{s}" for s in "mf" for a in range(101))])
    lines = [header, ",".join(["2019", *["1"] * 202])]
    raws = [read(lines, PROJECTION, f"高雄市{n}.csv") for n in ("三民一", "三民二")]
    table = population.standardise_projection(raws, PLACES).tables["population__town_projections"]
    assert table["town_code"].to_list() == ["64000050"] * 2
    assert table["area_name"].to_list() == ["高雄市三民一", "高雄市三民二"]
    assert table["is_official"].to_list() == [False, False]
    assert table["population"].to_list() == [202, 202]


def test_village_ages_add_up() -> None:
    """Three groups make the population, or the row is rejected."""
    header = "年月,村里代碼,區域,村里,戶數,人口,男性人口,女性人口,未滿15歲,15-64歲,超過64歲"
    lines = [
        header,
        "2014-04,09007010-005,連江縣南竿鄉,仁愛村,110,564,309,255,79,433,52",
        "2014-04,09007010-001,連江縣南竿鄉,介壽村,110,564,309,255,79,433,53",
    ]
    result = population.standardise_village_ages([read(lines, VILLAGE_AGES)], PLACES)
    row = result.tables["population__village_ages"].row(0, named=True)
    assert (row["village_code"], row["population_65_up"]) == ("09007010005", 52)
    assert result.rejects["reason"].to_list() == ["parts_differ_from_total"]


def test_age_ratios_have_two_header_rows() -> None:
    """English and Chinese names; the time reads 113Y12M."""
    lines = [
        "COUNTY_ID,COUNTY,TOWN_ID,TOWN,M_F_RAT,P_H_CNT,P_DEN,DEPENDENCY_RAT,A0A14_A15A65_RAT,"
        "A65UP_A15A64_RAT,A65_A0A14_RAT,INFO_TIME",
        "縣市代碼,縣市名稱,鄉鎮市區代碼,鄉鎮市區名稱,性比例,戶量,人口密度,扶養比,扶幼比,扶老比,"
        "老化指數,資料時間",
        '"65000","新北市","65000010","板橋區",93.51,2.39,23924.05,46.39,17.68,28.71,162.32,'
        '"113Y12M"',
    ]
    result = population.standardise_ageing([read(lines, AGEING)], PLACES)
    row = result.tables["population__town_ageing"].row(0, named=True)
    assert (row["town_code"], str(row["month"]), row["old_per_100_young"]) == (
        "65000010",
        "2024-12-01",
        162.32,
    )


def test_tertiary_education_is_college_and_above() -> None:
    """五專後二年 counts, 五專前三年 and 高職 do not; both header styles give the same numbers."""
    old = [
        "資料年度\t區域別\t村里名稱\t總計\t博畢\t大肄\t後二畢\t前三\t職畢\t自修",
        "102\t臺東縣太麻里\t大王村\t21\t1\t2\t3\t4\t5\t6",
    ]
    new = [
        "statistic_yyy,site_id,village,edu_age_15up_total,edu_doctor_graduated_m,"
        "edu_university_ungraduated_f,edu_juniorcollege_5ys_final2y_graduated_m,"
        "edu_juniorcollege_5ys_first3y_ungraduated_m,edu_seniorvocational_graduated_m,"
        "edu_selftaughtl_m",
        "統計年,區域別,村里名稱,總計,博畢_男,大肄_女,後二畢_男,前三肄_男,職畢_男,自修_男",
        "104,臺東縣太麻里鄉,大王村,21,1,2,3,4,5,6",
    ]
    for lines, year in ((old, 2013), (new, 2015)):
        result = population.standardise_education([read(lines, EDUCATION)], PLACES)
        row = result.tables["population__village_education"].row(0, named=True)
        assert (row["year"], row["tertiary_graduated"], row["tertiary_attended"]) == (year, 4, 2)
        assert row["town_code"] == "10014090"


def test_income_of_towns_keeps_what_is_no_town_apart() -> None:
    """A merged city's halves are two rows of one town; codes and remainders have their reasons."""
    lines = [
        "area,year,adm,total,avg,mid,mid1,mid3,sd,cv",
        "台南市中區,2002,10019,1,600,567,1,1,1,1",
        "台南市西區,2002,9434,1,600,514,1,1,1,1",
        "屏東縣&#38682;台鄉,2008,354,212036,599,520,330,788,379.31,63.33",
        "台北市其他,2002,1,1,1,1,1,1,1,1",
        "臺南縣R04,2009,1,1,1,1,1,1,1,1",
    ]
    result = standardise_income_towns([read(lines, INCOME_TOWNS)], PLACES)
    table = result.tables["income__town_years"]
    assert table["town_code"].to_list() == ["67000370", "67000370", "10013270"]
    assert table["income_median_twd"].to_list() == [567_000, 514_000, 520_000]
    assert result.rejects["reason"].to_list() == ["county_remainder", "town_is_a_code"]
