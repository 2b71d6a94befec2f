"""Facts of `landwatch.vocabulary.listings` and of the calendar of known faults."""

import datetime as dt

import polars as pl

from landwatch.vocabulary.listing_faults import KNOWN_FAULTS, fault_codes, is_within_fault
from landwatch.vocabulary.listings import (
    CODES,
    FIELDS,
    PERSONAL,
    is_known_column,
    looks_like_listings,
    region_names,
    snapshot_month,
)
from landwatch.vocabulary.places import embedded_places
from landwatch.vocabulary.text import place_spelling


def test_every_town_of_taiwan_has_one_number() -> None:
    """The 368 towns and 22 counties of the code table are those of the program, and 65535."""
    names = region_names()
    towns = names.filter(pl.col("level") == "town", pl.col("code") != "65535")
    keyed = towns.select(place_spelling(pl.col("name")).alias("full_key"))
    found = keyed.join(embedded_places().by_full_name(), on="full_key")
    assert found["town_code"].n_unique() == towns.height == 368
    assert names.filter(level="county").height == 23


def test_no_column_of_a_person_is_ever_chosen() -> None:
    """The fields read and the columns that lead to an advertiser are disjoint."""
    assert not {c for names in FIELDS.values() for c in names} & set(PERSONAL)
    assert all(is_known_column(c) for c in PERSONAL)


def test_names_of_codes_lead_to_codes() -> None:
    """What some editions print in words is in the table of numbers."""
    assert all(set(names.values()) <= set(meanings) for meanings, names in CODES.values())


def test_three_tell_tale_columns_are_not_enough() -> None:
    """A table of towns with a rent is no list of listings."""
    assert not looks_like_listings({"鄉鎮市區", "月租金", "坪數"})
    assert looks_like_listings({"鄉鎮市區", "月租金", "坪數", "物件類型"})


def test_a_file_s_month_is_read_from_the_name_nearest_to_it() -> None:
    """The member's own name before the archive's; a day or an id is no month."""
    assert snapshot_month("202001.zip/202105-raw.csv") == dt.date(2021, 5, 1)
    assert snapshot_month("[202105][CSV][Raw].zip/raw.csv") == dt.date(2021, 5, 1)
    assert snapshot_month("2021Q2.zip/x.csv") == dt.date(2021, 6, 1)
    assert snapshot_month("201801_201812.csv") == dt.date(2018, 12, 1)
    assert snapshot_month("20210501.csv") is None
    assert snapshot_month("202113.csv") is None


def test_known_faults_are_in_order_and_once() -> None:
    """Codes are unique, spans run forward, first days do not go back."""
    codes = [fault.code for fault in KNOWN_FAULTS]
    assert len(set(codes)) == len(codes)
    assert all(fault.first <= fault.last for fault in KNOWN_FAULTS)
    firsts = [fault.first for fault in KNOWN_FAULTS]
    assert firsts == sorted(firsts)


def test_a_listing_meets_a_fault_on_its_edges() -> None:
    """Both end days belong to a fault; the days beside them do not."""
    rows = pl.DataFrame(
        {
            "first": [dt.date(2019, 3, 1), dt.date(2019, 3, 19), dt.date(2019, 3, 20)],
            "last": [dt.date(2019, 3, 8), None, None],
        },
        schema={"first": pl.Date, "last": pl.Date},
    )
    met = rows.select(fault_codes(pl.col("first"), pl.col("last"))).to_series().to_list()
    assert met == ["crawl_gap_2019_03", "crawl_gap_2019_03", ""]


def test_days_with_lost_listings_are_known() -> None:
    """39 % were lost in summer 2021; rent ranges were ignored for a year; a late day is no loss."""
    days = [dt.date(2021, 6, 16), dt.date(2021, 6, 17), dt.date(2022, 7, 25), dt.date(2022, 7, 26)]
    lost = pl.DataFrame({"d": days}).select(is_within_fault(pl.col("d"), "coverage"))
    assert lost.to_series().to_list() == [False, True, True, False]
    late = pl.DataFrame({"d": [dt.date(2019, 3, 10)]})
    assert late.select(is_within_fault(pl.col("d"), "coverage")).item() is False
