"""The real statistics beside the checkout: counts as documented, or counted by hand."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from landwatch.measures.livelihood import yearly_births
from landwatch.measures.masuda import projected_masuda
from landwatch.measures.town_coverage import town_coverage
from landwatch.schemas.raw import Standardised
from landwatch.schemas.tables import check_table
from landwatch.vocabulary.places import embedded_places
from pipelines.ingest import standardised_file
from pipelines.statistics import SERIES

pytestmark = pytest.mark.shared
LATEST = dt.date(2026, 12, 31)
PLACES = embedded_places()
FILES = {
    "births": ("vital", "births_deaths_village_monthly_2014-2026.zip"),
    "births_yearly": ("vital", "birth_rate_town_2015-2020.zip"),
    "population": ("population", "pop_town_monthly_json_2016-2022.zip"),
    "town_ages": ("population", "pop_town_single_age_2014-04_2015-11.zip"),
    "village_ages": ("population", "pop_village_3agegroups_2014-04_2021-03.zip"),
    "education": ("population", "education_village_2013-2020.zip"),
    "projection": ("population", "projection_town_single_age_2019-2065_medium.zip"),
    "ageing": ("population", "aging_index_202412.csv"),
    "income_villages": ("income", "income_village_2002-2021.zip"),
    "income_towns": ("income", "income_town_2002-on_04_fia_city.csv"),
}


@pytest.fixture(scope="module")
def series(shared: Path) -> dict[str, Standardised]:
    """Every statistics file, read once."""
    folder = shared / "statistics"
    return {
        name: standardised_file(folder / file, PLACES, kind=kind, label=file, latest=LATEST)
        for name, (kind, file) in FILES.items()
    }


def table(series: dict[str, Standardised], name: str) -> pl.DataFrame:
    return series[name].tables[SERIES[name]]


@pytest.mark.parametrize(
    ("name", "files", "read", "rejected"),
    [
        ("births", 147, 1_144_352, {}),
        ("births_yearly", 7, 2_346, {"total_row": 138}),
        ("population", 75, 27_600, {}),
        ("town_ages", 20, 7_800, {"total_row": 440, "parts_differ_from_total": 3}),
        ("village_ages", 16, 124_978, {}),
        ("education", 8, 62_523, {}),
        ("projection", 370, 17_390, {}),
        ("ageing", 1, 368, {}),
        ("income_villages", 20, 156_046, {"town_is_a_code": 18}),
        ("income_towns", 1, 5_868, {"county_remainder": 332, "town_is_a_code": 12}),
    ],
)
def test_every_row_is_accepted_or_has_its_reason(
    series: dict[str, Standardised], name: str, files: int, read: int, rejected: dict[str, int]
) -> None:
    """All lines below the headers, counted without this program, and the reasons of the rejects."""
    part = series[name]
    assert part.ledger.height == files
    assert part.ledger["rows_read"].sum() == read
    reasons = dict(part.rejects.group_by("reason").len().iter_rows())
    assert reasons == rejected
    check_table(table(series, name), SERIES[name])


def test_368_towns_in_every_year_are_there_or_listed(series: dict[str, Standardised]) -> None:
    """The only gap in twenty-five years: three districts of 新竹市 in one month whose ages are
    printed twice for men and never for women."""
    for name in SERIES:
        told = town_coverage(table(series, name), PLACES.towns, series=name)
        assert told.height == 368 * told["year"].n_unique()
        gaps = told.filter(pl.col("status") != "present")
        if name == "town_ages":
            codes = gaps["town_code"].to_list()
            assert codes == ["10018010", "10018020", "10018030"]
            assert set(gaps["status"]) == {"partial"}
        else:
            assert gaps.is_empty(), name


def test_villages_of_twelve_months_make_the_year_the_ministry_publishes(
    series: dict[str, Standardised],
) -> None:
    """2,208 town-years of births and deaths, 2015–2020, are equal in two publications."""
    months = yearly_births(table(series, "births"))
    years = yearly_births(None, table(series, "births_yearly"))
    both = years.join(months, on=["town_code", "year", "births", "deaths"])
    assert both.height == years.height == 368 * 6
    national = months.group_by("year").agg(pl.col("births").sum()).sort("year")
    assert national.row(0) == (2015, 213_598)


def test_women_of_20_to_39_halve_in_165_of_370_areas(series: dict[str, Standardised]) -> None:
    """As its maintainer's note says: 2019–2049, range −62 % to −23 %; 164 of the 368 towns."""
    projection = table(series, "projection")
    assert not projection["is_official"].any()
    areas = projected_masuda(projection, by="area_name").filter(pl.col("year") == 2019)
    assert (areas.height, (areas["masuda_index"] < -0.5).sum()) == (370, 165)
    assert areas["masuda_index"].min() == pytest.approx(-0.62, abs=0.005)
    assert areas["masuda_index"].max() == pytest.approx(-0.23, abs=0.005)
    towns = projected_masuda(projection).filter(pl.col("year") == 2019)
    assert (towns.height, (towns["masuda_index"] < -0.5).sum()) == (368, 164)


def test_ages_of_a_month_are_the_population_of_that_month(series: dict[str, Standardised]) -> None:
    """Town ages and villages' three groups of June 2015 give the same people, town by town."""
    month = pl.col("month") == dt.date(2015, 6, 1)
    towns = table(series, "town_ages").filter(month).select("town_code", "population")
    villages = table(series, "village_ages").filter(month)
    sums = villages.group_by("town_code").agg(pl.col("population").sum())
    assert towns.join(sums, on=["town_code", "population"]).height == 368
