"""Facts of `landwatch.measures.suspected_sites`."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.measures.suspected_sites import (
    ALL_YEARS,
    counts_by_kind,
    farmland_factories,
    kind_coverage,
    left_censored,
    merged_sites,
    published_cells,
    site_groups,
)
from landwatch.schemas.tables import conformed

CASE: dict[str, Any] = {
    "site_id": "case",
    "publisher": "moea",
    "evidence_kind": "enforcement_case",
    "county_code": "1",
    "town_code": "11",
    "zone_id": "11",
    "parcel_keys": "a",
    "first_seen": dt.date(2023, 1, 1),
    "first_seen_precision": "month",
    "last_seen": dt.date(2023, 12, 1),
    "last_status": "fined",
    "is_suspected": True,
    "source_file": "list",
    "source_line": 1,
}
REPORT = CASE | {
    "site_id": "report",
    "publisher": "disfactory",
    "evidence_kind": "civic_report",
    "first_seen": None,
    "first_seen_precision": None,
    "last_seen": dt.date(2021, 5, 1),
    "last_status": "reported",
}
CHANGE = CASE | {
    "site_id": "change",
    "publisher": "landchange",
    "evidence_kind": "satellite_change",
    "parcel_keys": None,
    "first_seen": dt.date(2020, 1, 1),
    "last_seen": dt.date(2020, 1, 1),
    "last_status": None,
}
AREAS = pl.DataFrame(
    {
        "zone_id": ["11", "12", "21"],
        "county_code": ["1", "1", "2"],
        "is_town": True,
        "effective": [dt.date(2019, 1, 3), None, None],
    }
)


def sites(*rows: dict[str, Any]) -> pl.DataFrame:
    frame = pl.DataFrame(list(rows), infer_schema_length=None)
    table = conformed(frame, "factories__sites").with_columns(
        pl.Series("zone_id", [r["zone_id"] for r in rows], pl.String)
    )
    return left_censored(table)


def farmland(*rows: dict[str, Any], last_year: int = 2025) -> pl.DataFrame:
    table = sites(*rows)
    coverage = kind_coverage(table, AREAS)
    return farmland_factories(merged_sites(table), coverage, AREAS, last_year=last_year)


def test_a_report_within_the_parcels_of_another_is_the_same_site() -> None:
    """Equal and contained parcels join; overlapping ones and points do not."""
    keys = pl.Series(["a;b;c", "b", "c;b", "c;d", None, None, "e"])
    groups = site_groups(keys).to_list()
    assert groups[0] == groups[1] == groups[2]
    assert len({groups[i] for i in (0, 3, 4, 5, 6)}) == 5


parcel_sets = st.lists(
    st.none() | st.sets(st.sampled_from("abcde"), min_size=1).map(lambda s: ";".join(sorted(s))),
    max_size=12,
)


@given(parcel_sets)
def test_groups_are_headed_by_one_that_holds_all(keys: list[str | None]) -> None:
    """Every group has a member that names every parcel of every other; heads contain no other."""
    groups = site_groups(pl.Series(keys, dtype=pl.String)).to_list()
    parcels = [set(k.split(";")) if k else set() for k in keys]
    for row, head in enumerate(groups):
        assert groups[head] == head
        assert parcels[row] <= parcels[head]
        assert (row == head) or parcels[row]
    heads = sorted(set(groups))
    assert not any(parcels[a] < parcels[b] for a in heads for b in heads if parcels[a])


def test_one_parcel_reported_twice_is_one_site() -> None:
    """Kinds and publishers are told, the earliest day of both counts, the latest status stays."""
    row = merged_sites(sites(REPORT, CASE)).row(0, named=True)
    assert row["n_reports"] == 2
    assert row["evidence_kind"] == "civic_report;enforcement_case"
    assert row["known_since"] == dt.date(2021, 5, 1)
    assert row["last_status"] == "fined"


def test_who_speaks_last_decides() -> None:
    """Removed after the last suspicion: no site. Suspected again later: a site."""
    removed = CASE | {"is_suspected": False, "last_status": "removed"}
    assert merged_sites(sites(REPORT, removed)).is_empty()
    later = REPORT | {"last_seen": dt.date(2024, 2, 1)}
    assert merged_sites(sites(later, removed)).height == 1


def test_area_of_a_parcel_counts_once() -> None:
    """Three survey points on two parcels: the land of two parcels, merged or not."""
    point = REPORT | {"evidence_kind": "farmland_survey", "parcel_area_m2": 100.0}
    rows = [
        point | {"site_id": "1"},
        point | {"site_id": "2"},
        point | {"site_id": "3", "parcel_keys": "b", "parcel_area_m2": 50.0},
    ]
    table = farmland(*rows)
    whole = table.filter((pl.col("zone_id") == "11") & (pl.col("period") == ALL_YEARS))
    assert whole["factory_area_m2"].to_list() == [150.0]
    assert whole["factory_count"].to_list() == [2]


def test_absence_is_told_only_where_a_source_looked() -> None:
    """Another town of the county: 0. A county no source speaks of: missing."""
    counts = dict(
        farmland(CASE)
        .filter(pl.col("period") == ALL_YEARS)
        .select("zone_id", "factory_count")
        .rows()
    )
    assert counts == {"11": 1, "12": 0, "21": None}


def test_a_civic_report_speaks_of_its_own_town_alone() -> None:
    """Nobody reporting elsewhere in the county is no 0."""
    table = sites(REPORT)
    counts = counts_by_kind(table, kind_coverage(table, AREAS), AREAS)
    assert counts["count"].to_list() == [1, None, None]


def test_part_of_a_town_is_not_counted_by_towns() -> None:
    """Cases known by town alone may lie in a zone of another shape: its count is missing."""
    areas = AREAS.with_columns((pl.col("zone_id") == "11").alias("is_town"))
    point = CHANGE | {"longitude": 121.0, "latitude": 23.0}
    table = sites(CASE, point)
    counts = counts_by_kind(table, kind_coverage(table, areas), areas)
    assert dict(
        counts.filter(pl.col("zone_id") == "12").select("evidence_kind", "count").rows()
    ) == {
        "enforcement_case": None,
        "satellite_change": 0,
    }


def test_nothing_is_known_before_a_source_speaks() -> None:
    """Years before the list are missing; the study's end closes the years."""
    table = farmland(CASE, CHANGE | {"first_seen": dt.date(2016, 1, 1)}, last_year=2023)
    zone = table.filter(pl.col("zone_id") == "11")
    assert zone["period"].to_list() == [*map(str, range(2016, 2024)), ALL_YEARS]
    kinds = dict(zone.select("period", "evidence_kind").rows())
    assert kinds["2022"] == "satellite_change"
    assert kinds["2023"] == "enforcement_case;satellite_change"
    assert farmland(CASE, last_year=2022)["period"].unique().to_list() == [ALL_YEARS]


def test_new_is_only_what_its_source_had_not_seen_before() -> None:
    """The first month of a list is of unknown age; a change after the day is new."""
    added = CASE | {"site_id": "b", "parcel_keys": "b", "first_seen": dt.date(2023, 6, 1)}
    row = farmland(CASE, added, CHANGE, REPORT | {"parcel_keys": "z"}).filter(
        (pl.col("zone_id") == "11") & (pl.col("period") == ALL_YEARS)
    )
    assert row["factory_count"].item() == 4
    assert row["new_since_effective"].item() == 2
    assert row["age_unknown_count"].item() == 2


def test_what_another_source_shows_earlier_is_not_new() -> None:
    """A case first listed in 2023 whose parcel the survey shows in 2018 is older than the day."""
    added = CASE | {"site_id": "b", "first_seen": dt.date(2023, 6, 1)}
    old = CASE | {"site_id": "c", "parcel_keys": "c"}
    seen = REPORT | {"last_seen": dt.date(2018, 6, 1)}
    row = farmland(old, added, seen).filter(
        (pl.col("zone_id") == "11") & (pl.col("period") == ALL_YEARS)
    )
    assert row["new_since_effective"].item() == 0


def test_reports_alone_say_nothing_about_new() -> None:
    """Where no source tells a first day, new is missing and not 0."""
    row = farmland(REPORT).filter((pl.col("zone_id") == "11") & (pl.col("period") == ALL_YEARS))
    assert row["new_since_effective"].item() is None


@pytest.mark.parametrize("point", [(121.08749, 22.76342), (121.08001, 22.76999)])
def test_a_published_cell_hides_the_point(point: tuple[float, float]) -> None:
    """Points of one cell are published alike."""
    frame = pl.DataFrame({"longitude": [point[0]], "latitude": [point[1]]})
    assert published_cells(frame).row(0) == (121.085, 22.765)


def test_the_sum_over_areas_is_the_number_of_placed_sites() -> None:
    """No site is lost or counted twice between areas."""
    rows = [
        CASE | {"site_id": str(i), "parcel_keys": str(i), "zone_id": z}
        for i, z in enumerate(["11", "12", "12", None])
    ]
    table = farmland(*rows).filter(pl.col("period") == ALL_YEARS)
    assert table["factory_count"].sum() == 3
