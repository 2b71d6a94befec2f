"""Who was at which door: stays, chains, replacements, counts by area."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from landwatch.measures.chains import chain_marks
from landwatch.measures.premises import occupants, premises, replacements
from landwatch.measures.shop_counts import listed_counts, listed_stores, shop_counts
from landwatch.schemas.tables import check_table, conformed, empty_table

FILES = [dt.date(2018, 1, 1), dt.date(2020, 1, 1), dt.date(2022, 1, 1)]
FOUNDED = dt.date(2010, 5, 1)
STORES = empty_table("shops__stores")
BRANDS = empty_table("shops__brands")


def business(who: str, door: str, file: int, **more: Any) -> dict[str, Any]:
    return {
        "business_id": who,
        "premises_id": door,
        "register_status": "open",
        "register_date": FILES[file],
        "established_date": FOUNDED,
        "town_code": "10008080",
        "county_code": "10008",
        "is_company": False,
        "is_office": False,
        "source_file": f"f{file}",
        **more,
    }


def register(*rows: dict[str, Any]) -> pl.DataFrame:
    frame = pl.DataFrame(list(rows), infer_schema_length=None).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("source_line")
    )
    return conformed(frame, "businesses__register")


def stays(*rows: dict[str, Any], stores: pl.DataFrame = STORES) -> pl.DataFrame:
    marked = chain_marks(register(*rows), BRANDS, stores)
    return check_table(occupants(marked, stores), "occupants")


def store(door: str, brand: str = "示範超商", **more: Any) -> dict[str, Any]:
    return {
        "publisher": "chain_lists",
        "store_id": f"s-{door}",
        "brand_name": brand,
        "premises_id": door,
        "town_code": "10008080",
        "is_chain": True,
        "chain_reason": "chain_list",
        "source_file": "l",
        "source_line": 1,
        **more,
    }


def stores_of(*rows: dict[str, Any]) -> pl.DataFrame:
    return conformed(pl.DataFrame(list(rows), infer_schema_length=None), "shops__stores")


def test_a_business_in_every_file_is_one_stay_still_going() -> None:
    """From its founding, seen first and last, without an end."""
    found = stays(*(business("a", "d", f) for f in range(3))).row(0, named=True)
    assert (found["from_date"], found["from_basis"]) == (FOUNDED, "established")
    assert (found["first_seen"], found["last_seen"]) == (FILES[0], FILES[2])
    assert (found["to_date"], found["to_basis"]) == (None, "still_there")


def test_a_business_that_is_gone_ends_with_the_first_file_without_it() -> None:
    """The end is an upper bound: the file's day."""
    found = stays(business("a", "d", 0), business("b", "e", 1), business("b", "e", 0))
    gone = found.filter(pl.col("business_id") == "a").row(0, named=True)
    assert (gone["to_date"], gone["to_basis"]) == (FILES[1], "gone")


def test_the_companion_knows_the_day_better() -> None:
    """停業日期 takes the place of the file's day; a closing before the last sighting does not."""
    closed = {"register_status": "suspended", "closed_date": dt.date(2019, 3, 3)}
    rows = [business("a", "d", 0), business("b", "e", 0), business("b", "e", 1)]
    found = stays(*rows, business("a", "d", 1, **closed))
    assert found.filter(pl.col("business_id") == "a").select("to_date", "to_basis").row(0) == (
        dt.date(2019, 3, 3),
        "suspended",
    )
    reopened = stays(business("a", "d", 0, **closed), business("a", "d", 2))
    assert reopened.select("to_basis").to_series().to_list() == ["still_there"]


def test_a_business_only_in_a_companion_is_an_occupant_too() -> None:
    """Closed before the first file of open businesses."""
    row = business("a", "d", 0, register_status="suspended", closed_date=dt.date(2015, 1, 1))
    found = stays(row).row(0, named=True)
    assert (found["from_date"], found["to_date"]) == (FOUNDED, dt.date(2015, 1, 1))


def test_a_gap_makes_two_stays() -> None:
    """In the first and third file, not in the second, which covers its county."""
    found = stays(business("a", "d", 0), business("b", "e", 1), business("a", "d", 2))
    first, second = found.filter(pl.col("business_id") == "a").rows(named=True)
    assert (first["to_date"], second["to_basis"]) == (FILES[1], "still_there")


def test_a_file_of_another_county_closes_nothing() -> None:
    """A later file in which the county has no row says nothing of it."""
    elsewhere = business("b", "e", 1, county_code="63000", town_code="63000010")
    found = stays(business("a", "d", 0), elsewhere)
    assert set(found["to_basis"]) == {"still_there"}


def test_a_move_is_a_stay_from_the_first_file_that_shows_it() -> None:
    """The founding day belongs to the first door only."""
    found = stays(business("a", "d", 0), business("a", "e", 1)).sort("first_seen")
    assert found["from_basis"].to_list() == ["established", "first_seen"]
    assert found["from_date"].to_list() == [FOUNDED, FILES[1]]


def test_order_of_rows_and_files_changes_nothing() -> None:
    """The same rows in reverse give the same occupants."""
    rows = [business(w, d, f) for w, d in (("a", "d"), ("b", "d"), ("c", "e")) for f in (0, 2)]
    forth = chain_marks(register(*rows), BRANDS, STORES)
    back = forth.reverse()
    assert occupants(forth, STORES).equals(occupants(back, STORES))


def test_branches_of_one_head_office_are_a_chain_from_two_on() -> None:
    """Two branches in one file and their head office; a single branch is none."""
    marked = chain_marks(
        register(
            business("h", "d0", 0),
            business("b1", "d1", 0, head_office_id="h"),
            business("b2", "d2", 0, head_office_id="h"),
            business("c", "d3", 0, head_office_id="x"),
            business("c2", "d4", 1, head_office_id="x"),
        ),
        BRANDS,
        STORES,
    )
    assert marked.select("chain_reason", "n_branches").rows() == [
        ("head_office_link", 2),
        ("head_office_link", 2),
        ("head_office_link", 2),
        ("none", 1),
        ("none", 1),
    ]


def test_a_brand_of_the_given_list_makes_a_chain() -> None:
    """A company called like a brand that only the study's own list knows."""
    brands = conformed(
        pl.DataFrame(
            {
                "brand_id": ["x"],
                "brand_name": ["虛構咖啡"],
                "source_file": ["b"],
                "source_line": pl.Series([2], dtype=pl.Int64),
            }
        ),
        "shops__brands",
    )
    rows = register(
        business("a", "d", 0, business_name="虛構咖啡股份有限公司"),
        business("b", "e", 0, business_name="原味股份有限公司"),
    )
    marked = chain_marks(rows, brands, STORES)
    assert marked["chain_reason"].to_list() == ["brand_name", "none"]


def test_a_listed_store_makes_its_present_door_a_chain_only() -> None:
    """The shop there in the last file; not the one before it, not one of two at the door."""
    rows = [
        business("old", "d", 0),
        business("now", "d", 1),
        business("x", "e", 1),
        business("y", "e", 1),
        business("office", "g", 1, is_office=True),
    ]
    marked = chain_marks(register(*rows), BRANDS, stores_of(store("d"), store("e"), store("g")))
    assert marked["chain_reason"].to_list() == ["none", "chain_list", "none", "none", "none"]
    assert marked["brand_name"].to_list()[1] == "示範超商"


def test_listed_stores_no_register_shows_are_occupants_without_days() -> None:
    """And those it shows are not counted twice."""
    stores = stores_of(store("d"), store("z"))
    found = stays(business("now", "d", 0), stores=stores)
    assert found.select("premises_id", "publisher", "from_basis", "to_basis").sort(
        "premises_id"
    ).rows() == [
        ("d", "business_register", "established", "still_there"),
        ("z", "chain_lists", "unknown", "unknown"),
    ]
    doors = check_table(premises(found, register(business("now", "d", 0)), stores), "premises")
    assert dict(doors.select("premises_id", "n_occupants").iter_rows()) == {"d": 1, "z": 1}


def test_a_replacement_is_an_independent_followed_by_a_chain_at_its_door() -> None:
    """Not a chain elsewhere, not an office, not a shop that was there already."""
    chain = {"head_office_id": "h"}
    rows = [
        business("old", "d", 0),
        business("new", "d", 1, established_date=dt.date(2019, 1, 1), **chain),
        business("gone", "e", 0),
        business("other", "f", 0, **chain),
        business("other", "f", 1, **chain),
        business("desk", "g", 0, is_office=True),
        business("next", "g", 1, **chain),
        business("both", "k", 0),
        business("beside", "k", 0, **chain),
        business("beside", "k", 1, **chain),
    ]
    found = replacements(stays(*rows))
    assert found.select("premises_id", "exit_date", "entry_date").rows() == [
        ("d", FILES[1], dt.date(2019, 1, 1))
    ]


def test_counts_by_area_are_missing_not_zero_where_no_file_speaks() -> None:
    """Chains, independents and offices of a town; another town has no data."""
    rows = [
        business("a", "d", 0),
        business("b", "e", 0, head_office_id="h"),
        business("c", "f", 0, head_office_id="h"),
        business("o", "g", 0, is_office=True),
    ]
    marked = chain_marks(register(*rows), BRANDS, STORES)
    places = pl.DataFrame({"zone_id": ["z", "y"], "town_code": ["10008080", "10008010"]})
    counts = shop_counts(marked, places)
    columns = ("zone_id", "shops_chain", "shops_independent", "offices", "chain_share")
    assert counts.select(columns).rows() == [
        ("y", None, None, None, None),
        ("z", 2, 1, 1, pytest.approx(2 / 3)),
    ]


def test_listed_stores_count_once_by_list_and_map() -> None:
    """A brand that a list covers is not counted again from the map extract."""
    stores = stores_of(
        store("d"),
        store("p", publisher="openstreetmap", store_id="n1"),
        store("q", "別的", publisher="openstreetmap", store_id="n2"),
        store("r", publisher="openstreetmap", store_id="n3", is_chain=False, brand_name=None),
    )
    assert listed_stores(stores)["premises_id"].to_list() == ["d", "q"]


def test_listed_counts_know_zero_within_a_county_and_nothing_beyond_it() -> None:
    """A town without a store in a county with one has none; another county is not covered."""
    areas = pl.DataFrame(
        {
            "zone_id": ["a", "b", "c"],
            "town_code": ["1", "2", "3"],
            "county_name": ["甲", "甲", "乙"],
        }
    )
    listed = stores_of(store("d"), store("e")).with_columns(pl.lit("a").alias("zone_id"))
    people = pl.DataFrame(
        {
            "town_code": ["1", "1", "2"],
            "month": [FILES[1], FILES[0], FILES[0]],
            "population": [4000, 9, 5000],
        }
    )
    counts = listed_counts(listed, areas, people)
    assert counts.select("chain_stores", "chain_stores_per_10000_persons").rows() == [
        (2, 5.0),
        (0, 0.0),
        (None, None),
    ]
    assert set(counts["period"]) == {"undated"}
