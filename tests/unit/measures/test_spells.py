"""Facts of `landwatch.measures.spells`."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.measures.samples import drawn_sample, rows_to_draw_from, zoned_deals
from landwatch.measures.spells import asked_rents, linked, listing_figures, listing_spells
from landwatch.schemas.tables import check_table, conformed, empty_table
from landwatch.vocabulary.listing_faults import is_within_fault

MAY, JUNE, JULY = (dt.date(2020, m, 1) for m in (5, 6, 7))


def listings(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return listings, each a change of one that stands in May."""
    table = []
    for line, change in enumerate(rows, 1):
        month = change.get("snapshot", MAY)
        number = change.get("listing_id", str(line))
        base = {
            "listing_id": number,
            "last_listing_id": number,
            "listing_form": "raw",
            "snapshot": month,
            "town_code": "10009010",
            "county_code": "10009",
            "first_seen": MAY,
            "last_seen": month.replace(day=20),
            "listing_status": "listed",
            "rent_twd_month": 10_000.0,
            "floor_area_m2": 50.0,
            "dwelling_kind": "studio",
            "n_duplicate": 1,
            "flags": "",
            "source_file": f"{month}.csv",
            "source_line": line,
        }
        table.append(base | change)
    frame = pl.DataFrame(table, infer_schema_length=None)
    frame = frame.with_columns(
        (pl.col("rent_twd_month") / pl.col("floor_area_m2")).alias("rent_twd_m2_month")
    )
    return check_table(conformed(frame, "g0v__listings"), "g0v__listings")


def one(*rows: dict[str, Any]) -> dict[str, Any]:
    """Return the only spell of some listings."""
    spells = listing_spells(listings(*rows))
    checked = check_table(conformed(spells, "g0v__listing_spells"), "g0v__listing_spells")
    assert checked.height == 1
    return spells.row(0, named=True)


def test_a_listing_in_three_files_is_one_spell_with_its_path() -> None:
    """First seen in May at 10,000, lowered in June, the same in July: one change."""
    spell = one(
        {"listing_id": "a"},
        {"listing_id": "a", "snapshot": JULY, "rent_twd_month": 9_000.0},
        {"listing_id": "a", "snapshot": JUNE, "rent_twd_month": 9_000.0},
    )
    assert (spell["first_seen"], spell["last_seen"]) == (MAY, dt.date(2020, 7, 20))
    assert (spell["rent_twd_month"], spell["last_rent_twd_month"]) == (10_000, 9_000)
    assert (spell["n_rent_changes"], spell["n_snapshots"], spell["n_listings"]) == (1, 3, 3)
    assert spell["asked_on"] == dt.date(2020, 5, 20)
    assert spell["rent_twd_m2_month"] == 200
    assert spell["is_right_censored"]


def test_a_rent_that_goes_and_returns_is_two_changes() -> None:
    """10, 9, 10: the path is kept, not only its ends."""
    rents = [(MAY, 10.0), (JUNE, 9.0), (JULY, 10.0)]
    spell = one(*({"listing_id": "a", "snapshot": m, "rent_twd_month": r} for m, r in rents))
    assert spell["n_rent_changes"] == 2


def test_a_missing_rent_is_no_change() -> None:
    """Where May prints no rent the first rent is June's, asked in June."""
    spell = one(
        {"listing_id": "a", "rent_twd_month": None},
        {"listing_id": "a", "snapshot": JUNE},
    )
    assert (spell["rent_twd_month"], spell["n_rent_changes"]) == (10_000, 0)
    assert spell["asked_on"] == dt.date(2020, 6, 20)


@pytest.mark.parametrize(
    ("status", "seen", "expected"),
    [("listed", JUNE, True), ("listed", MAY, False), ("gone", JUNE, False), ("let", JUNE, False)],
)
def test_only_what_is_still_offered_in_the_last_file_is_censored(
    status: str, seen: dt.date, expected: bool
) -> None:
    """The county's last month is June: gone, let, or absent then is an end."""
    spells = listing_spells(
        listings(
            {"listing_id": "a", "snapshot": seen, "listing_status": status},
            {"listing_id": "b", "snapshot": JUNE},
        )
    )
    line = spells.filter(pl.col("source_line") == 1)
    assert line["is_right_censored"].item() is expected
    vanished = status == "listed" and seen == MAY
    assert line["gone_by"].item() == (JUNE if vanished else None)


def test_the_last_month_is_each_county_s_own() -> None:
    """A county whose files end in May is not judged by another's June."""
    rows = listings(
        {"listing_id": "a"},
        {"listing_id": "b", "snapshot": JUNE, "county_code": "10010", "town_code": "10010010"},
    )
    assert listing_spells(rows)["is_right_censored"].to_list() == [True, True]


def test_duplicates_put_together_are_linked_by_either_number() -> None:
    """Raw rows of the first and of the last number and the group of both are one spell."""
    group = {"listing_id": "a", "last_listing_id": "b", "listing_form": "deduplicated"}
    spell = one({"listing_id": "a"}, {"listing_id": "b"}, group | {"n_duplicate": 2})
    assert (spell["n_listings"], spell["n_duplicate"]) == (3, 2)


def test_raw_editions_do_not_tell_duplicates() -> None:
    """One advertisement without a deduplicated edition: unknown, not alone."""
    assert one({"listing_id": "a"})["n_duplicate"] is None


def test_flags_are_united_and_a_point_found_later_heals() -> None:
    """Each flag once; a spell with a point does not lack one."""
    spell = one(
        {"flags": "crawl_gap_2019_03;no_coordinates", "listing_id": "a"},
        {
            "flags": "crawl_gap_2019_03",
            "listing_id": "a",
            "longitude": 120.5,
            "latitude": 23.7,
            "source_file": "z.csv",
        },
    )
    assert (spell["flags"], spell["longitude"]) == ("crawl_gap_2019_03", 120.5)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_linking_is_the_finest_that_keeps_equal_numbers_together(
    pairs: list[tuple[int, int]],
) -> None:
    """Rows sharing a number share a label; labels number the connected groups of numbers."""
    frame = pl.DataFrame(
        {"listing_id": [str(a) for a, _ in pairs], "last_listing_id": [str(b) for _, b in pairs]},
        schema={"listing_id": pl.String, "last_listing_id": pl.String},
    )
    labels = linked(frame).tolist()
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [g for g in groups if g & set(pair)]
        groups = [g for g in groups if g not in touched] + [set(pair).union(*touched)]
    assert len(set(labels)) == len(groups)
    of_number = {n: i for i, g in enumerate(groups) for n in g}
    assert len({(of_number[a], k) for (a, _), k in zip(pairs, labels, strict=True)}) == len(groups)


def test_spells_do_not_depend_on_the_order_of_rows() -> None:
    """The same listings in another order give the same table."""
    rows = listings(
        {"listing_id": "a"},
        {"listing_id": "b"},
        {"listing_id": "a", "snapshot": JUNE, "rent_twd_month": 8_000.0},
        {"listing_id": "c", "snapshot": JUNE},
    )
    assert listing_spells(rows.reverse()).equals(listing_spells(rows))


def test_no_listing_is_no_spell() -> None:
    """An empty table goes through."""
    assert listing_spells(empty_table("g0v__listings")).height == 0
    assert asked_rents(empty_table("g0v__listings")).height == 0


def test_figures_of_few_listings_are_suppressed_and_counts_are_not() -> None:
    """Four rents are too few for a median; the number of listings is told."""
    spells = listing_spells(listings(*[{"rent_twd_month": 10_000.0 + i} for i in range(4)]))
    figures = listing_figures(spells.with_columns(pl.lit("z").alias("zone_id")))
    told = {r["figure"]: (r["value"], r["status"]) for r in figures.iter_rows(named=True)}
    assert told == {
        "asking_rent_twd_m2_month": (None, "suppressed"),
        "listings_count": (4.0, "shown"),
    }


def test_the_median_rent_and_the_share_of_duplicates() -> None:
    """Six groups of eight advertisements: a quarter repeats another; parking has no say."""
    rows = [
        {"listing_form": "deduplicated", "n_duplicate": n, "rent_twd_month": r * 50.0}
        for n, r in ((1, 100), (1, 200), (1, 300), (2, 400), (2, 500))
    ]
    rows.append(rows[0] | {"dwelling_kind": "parking_place", "rent_twd_month": 1.0})
    spells = listing_spells(listings(*rows))
    figures = listing_figures(spells.with_columns(pl.lit("z").alias("zone_id")))
    told = dict(figures.select("figure", "value").iter_rows())
    assert told["asking_rent_twd_m2_month"] == 300
    assert told["listings_duplicate_share"] == 0.25
    assert figures["period"].unique().to_list() == ["2020"]


def test_a_sample_of_asking_rents_counts_what_it_leaves_out() -> None:
    """Parking places, days of lost listings, no town, no area: one row each, one is left."""
    lost = dt.date(2021, 8, 1)
    frame = listings(
        {},
        {"dwelling_kind": "parking_place"},
        {"dwelling_kind": None},
        {"snapshot": lost, "first_seen": lost},
        {"town_code": None},
        {"floor_area_m2": None},
        {"snapshot": dt.date(2024, 1, 1), "first_seen": dt.date(2024, 1, 1)},
    )
    zones = pl.DataFrame(
        {
            "zone_id": ["z"],
            "effective_date": [dt.date(2019, 1, 3)],
            "next_date": [dt.date(2023, 1, 1)],
            "town_code": ["10009010"],
        }
    )
    placed = zoned_deals(rows_to_draw_from(frame, "asking_rent"), zones, [], None)
    rows, flow = drawn_sample(
        placed, "asking_rent", start=dt.date(2018, 1, 1), end=dt.date(2022, 12, 31)
    )
    assert flow["rows_left"].to_list() == [7, 5, 4, 3, 2, 2, 1, 1]
    assert rows.select("source_line", "zone_id", "target").row(0) == (1, "z", "studio")
    assert rows["log_area_m2"].exp().item() == pytest.approx(50.0)


def test_asking_rents_are_never_drawn_from_days_of_lost_listings() -> None:
    """Whatever the day, a drawn row lies outside every coverage fault."""
    days = [dt.date(2018, 5, 1) + dt.timedelta(days=31 * i) for i in range(96)]
    frame = listings(*({"snapshot": d, "first_seen": d, "last_seen": d} for d in days))
    zones = pl.DataFrame(
        schema={
            "zone_id": pl.String,
            "effective_date": pl.Date,
            "next_date": pl.Date,
            "town_code": pl.String,
        }
    )
    placed = zoned_deals(rows_to_draw_from(frame, "asking_rent"), zones, [], None)
    rows, _ = drawn_sample(
        placed, "asking_rent", start=dt.date(2018, 1, 1), end=dt.date(2027, 1, 1)
    )
    assert 0 < rows.height < len(days)
    assert not rows.select(is_within_fault(pl.col("deal_date"), "coverage").any()).item()
