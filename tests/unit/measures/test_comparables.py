"""Comparable deals: right neighbours, never the future, never the deal itself."""

import datetime as dt
import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rtree import index as rtree_index

from landwatch.measures.comparables import (
    index_points,
    nearest_comparables,
    section_comparables,
)
from landwatch.measures.likeness import (
    DAYS_A_MONTH,
    QUALITIES,
    SAME_DEAL_AREA,
    SAME_DEAL_DAYS,
    SAME_DEAL_M,
    Likeness,
    Search,
)
from landwatch.measures.located_deals import comparable_deals, described_deals, with_places
from landwatch.vocabulary.errors import InputError

DAY = dt.date(2020, 1, 1)


def sales(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of the core table with what the index reads; every column may be overridden."""
    plain = {
        "register": "sale",
        "deal_date": DAY,
        "target": "land",
        "property_kind": "farmland",
        "price_twd": 1_000_000.0,
        "unit_price_twd_m2": 1000.0,
        "land_area_m2": 1000.0,
        "building_area_m2": None,
        "rural_use": "農牧用地",
        "urban_zoning": None,
        "building_type": None,
        "age_years": None,
        "is_arms_length": True,
        "flags": "",
        "longitude": 121.0,
        "latitude": 23.0,
        "source_file": "a.csv",
        "location_id": "10014060:錦富段",
    }
    schema = {
        "deal_date": pl.Date,
        "building_area_m2": pl.Float64,
        "urban_zoning": pl.String,
        "building_type": pl.String,
        "age_years": pl.Float64,
        "longitude": pl.Float64,
        "latitude": pl.Float64,
    }
    full = [{**plain, "deal_id": f"d{i}", "source_line": i + 1, **r} for i, r in enumerate(rows)]
    return pl.DataFrame(full, schema_overrides=schema, infer_schema_length=None)


def located_deals(table: pl.DataFrame) -> pl.DataFrame:
    """Deals with coordinates."""
    return described_deals(table).filter(pl.col("easting_m").is_not_null())


def memory_index(located: pl.DataFrame, likeness: Likeness) -> Any:
    rows = located.filter("is_comparable")
    points = index_points(rows, likeness)
    arrays = [(rows["position"].to_numpy(), points, points)] if rows.height else []
    return rtree_index.Index(*arrays, properties=rtree_index.Property(dimension=3))


def found(table: pl.DataFrame, search: Search, likeness: Likeness | None = None) -> pl.DataFrame:
    likeness = likeness or Likeness()
    located = located_deals(table)
    index = memory_index(located, likeness)
    return nearest_comparables(
        index, comparable_deals(located), located, search=search, likeness=likeness
    )


def by_hand(located: pl.DataFrame, search: Search, likeness: Likeness) -> list[tuple[int, int]]:
    """All pairs, one by one, by the words of the module."""
    rows = located.to_dicts()
    whole = {row["position"]: row for row in rows}
    pairs = []
    for subject, s in enumerate(rows):
        near = []
        bound = min(s["day"], s.get("before_day", s["day"]))
        for c in rows:
            apart = math.hypot(s["easting_m"] - c["easting_m"], s["northing_m"] - c["northing_m"])
            days = s["day"] - c["day"]
            if not c["is_comparable"] or c["property_kind"] != s["property_kind"]:
                continue
            if c["day"] >= bound or bound - c["day"] > round(search.months * DAYS_A_MONTH):
                continue
            if apart > search.radius_m or c["deal_id"] == s["deal_id"]:
                continue
            known = s["log_area"] is not None and c["log_area"] is not None
            size = abs(s["log_area"] - c["log_area"]) if known else 1.0
            like = not known or size <= math.log1p(SAME_DEAL_AREA)
            again = s["price_twd"] == c["price_twd"] and like and apart <= SAME_DEAL_M
            if again and days <= SAME_DEAL_DAYS:
                continue
            different = sum(s[q] != c[q] for q in QUALITIES)
            unlike = math.sqrt(
                apart**2
                + (likeness.metres_per_day * days) ** 2
                + (likeness.metres_per_log_area * size) ** 2
                + likeness.metres_per_quality**2 * different
            )
            near.append((round(unlike, 6), days, c["position"]))
        kept: dict[tuple[Any, ...], int] = {}
        for *_, position in sorted(near):
            c = whole[position]
            kept.setdefault((c["day"], c["price_twd"], c["log_area"]), position)
        pairs += [(subject, p) for p in list(kept.values())[: search.k]]
    return pairs


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "longitude": st.sampled_from([121.0, 121.0005, 121.004, 121.02, None]),
            "latitude": st.sampled_from([23.0, 23.001, 23.01]),
            "deal_date": st.integers(0, 900).map(lambda d: DAY + dt.timedelta(days=d)),
            "property_kind": st.sampled_from(["farmland", "house"]),
            "price_twd": st.sampled_from([1e6, 2e6]),
            "land_area_m2": st.sampled_from([100.0, 100.5, 300.0, None]),
            "rural_use": st.sampled_from(["農牧用地", "甲種建築用地", None]),
            "is_arms_length": st.sampled_from([True, True, True, False]),
            "unit_price_twd_m2": st.sampled_from([500.0, 900.0, None]),
            "register": st.sampled_from(["sale", "sale", "presale"]),
            "deal_id": st.sampled_from(list("abcdefghijklmnop")),
        }
    ),
    min_size=1,
    max_size=40,
)


@given(
    rows=ROWS,
    k=st.integers(1, 4),
    radius=st.sampled_from([0.0, 60.0, 500.0, 3000.0]),
    months=st.sampled_from([1.0, 12.0, 30.0]),
    v=st.sampled_from([0.5, 1.0, 10.0]),
    bound=st.sampled_from([None, 18_300, 18_800]),
)
@settings(max_examples=80, deadline=None)
def test_equals_a_search_by_hand(
    rows: list[dict[str, Any]], k: int, radius: float, months: float, v: float, bound: int | None
) -> None:
    """Index and filter give exactly the pairs, in the order, of a search over all pairs."""
    search, likeness = Search(k, radius, months), Likeness(v, 700.0, 300.0)
    located = located_deals(sales(rows))
    subjects = located
    if bound is not None:
        subjects = located.with_columns(pl.lit(bound, pl.Int64).alias("before_day"))
    index = memory_index(located, likeness)
    table = nearest_comparables(
        index, comparable_deals(located), subjects, search=search, likeness=likeness
    )
    reference = by_hand(
        located if bound is None else located.with_columns(before_day=pl.lit(bound)),
        search,
        likeness,
    )
    assert table.select("subject", "position").rows() == reference
    assert (table["days_before"] > 0).all()


@given(rows=ROWS)
@settings(max_examples=30, deadline=None)
def test_a_deal_never_sees_its_future(rows: list[dict[str, Any]]) -> None:
    """What is sold on the day of the subject or later changes nothing."""
    table = sales(rows).with_columns(pl.Series("deal_id", [f"d{i}" for i in range(len(rows))]))
    subject = located_deals(table).head(1)
    if subject.is_empty():
        return
    past = table.with_columns(
        pl.when(pl.col("deal_date").cast(pl.Int32) < subject["day"][0])
        .then("longitude")
        .otherwise(None)
        .alias("longitude")
    )
    answers = []
    for world in (table, past):
        located = located_deals(world)
        index = memory_index(located, Likeness())
        answers.append(
            nearest_comparables(
                index, comparable_deals(located), subject, search=Search(9, 5000, 60)
            )
        )
    assert answers[0].equals(answers[1])


def test_the_distance_is_the_stated_formula() -> None:
    """One degree of latitude north of the meridian's foot, a year, half the area, one quality."""
    table = sales(
        [
            {"latitude": 23.005, "deal_date": dt.date(2019, 1, 1), "land_area_m2": 500.0,
             "rural_use": None, "unit_price_twd_m2": 800.0},
            {"latitude": 23.0},
        ]
    )  # fmt: skip
    (row,) = found(table, Search(k=3, radius_m=2000, months=13)).to_dicts()
    metres = 0.005 * 110_750 * 0.9999
    assert row["subject"] == 1
    assert row["distance_m"] == pytest.approx(metres, rel=1e-3)
    assert row["days_before"] == 365
    expected = math.sqrt(row["distance_m"] ** 2 + 365**2 + (1000 * math.log(2)) ** 2 + 500**2)
    assert row["unlikeness_m"] == pytest.approx(expected, abs=1e-6)
    assert row["ratio"] == 1000 / 800


@pytest.mark.parametrize(
    "other",
    [
        {"is_arms_length": False},
        {"register": "presale"},
        {"unit_price_twd_m2": None},
        {"flags": "one_dollar"},
        {"property_kind": "building_land"},
        {"longitude": None},
        {"deal_id": "d1"},
        {"deal_date": DAY - dt.timedelta(days=20), "price_twd": 1_000_000.0},
        {"deal_date": DAY},
        {"deal_date": DAY + dt.timedelta(days=1)},
    ],
)
def test_who_is_no_comparable(other: dict[str, Any]) -> None:
    """Each of these is left out although it lies at the subject's own place."""
    other = {"deal_date": DAY - dt.timedelta(days=90), "price_twd": 2e6, **other}
    assert 1 not in found(sales([other, {}]), Search())["subject"]
    plain = {"deal_date": DAY - dt.timedelta(days=90), "price_twd": 2e6}
    assert found(sales([plain, {}]), Search()).height == 1


def test_a_subject_need_not_be_at_arms_length() -> None:
    """A deal among relatives has comparables; it is none itself."""
    table = sales([{"deal_date": DAY - dt.timedelta(days=90), "price_twd": 2e6},
                   {"is_arms_length": False}])  # fmt: skip
    assert found(table, Search())["subject"].to_list() == [1]


def test_equal_ones_are_ordered_by_position() -> None:
    """Of two deals equally comparable the one that stands first in the table comes first."""
    before = {"deal_date": DAY - dt.timedelta(days=90), "price_twd": 2e6}
    dearer = [{**before, "price_twd": 2e6 + i} for i in range(3)]
    got = found(sales([*dearer, {}]), Search(k=2))
    assert got["position"].to_list() == [0, 1]


def test_a_deal_printed_twice_is_one_comparable() -> None:
    """Of two rows of one day, price and area the first stands for both."""
    before = {"deal_date": DAY - dt.timedelta(days=90), "price_twd": 2e6}
    other = {"deal_date": DAY - dt.timedelta(days=200), "price_twd": 3e6}
    assert found(sales([before, before, other, {}]), Search()).filter(pl.col("subject") == 3)[
        "position"
    ].to_list() == [0, 2]


def test_placed_rows_are_admitted_up_to_an_error() -> None:
    """Rows without coordinates take part only when asked for, and only the precise ones."""
    table = sales([{"longitude": None}, {"longitude": None}, {}])
    placed = pl.DataFrame(
        {
            "source_file": ["a.csv", "a.csv"],
            "source_line": [1, 2],
            "longitude": [121.0, 121.0],
            "latitude": [23.0, 23.0],
            "place_error_m": [120.0, 900.0],
        }
    )
    assert located_deals(with_places(table, placed, 0))["position"].to_list() == [2]
    admitted = located_deals(with_places(table, placed, 300))
    assert admitted.select("position", "place_error_m").rows() == [(0, 120.0), (2, 0.0)]
    everything = described_deals(with_places(table, placed, 300))
    assert everything["place_error_m"].to_list() == [120.0, None, 0.0]


def test_many_subjects_give_what_each_gives_alone() -> None:
    """A batch is no more than its members."""
    rows = [
        {"deal_date": DAY - dt.timedelta(days=7 * i), "price_twd": 1e6 + i,
         "longitude": 121 + 0.001 * (i % 7)} for i in range(60)
    ]  # fmt: skip
    located = located_deals(sales(rows))
    index = memory_index(located, Likeness())
    together = nearest_comparables(index, comparable_deals(located), located)
    alone = [
        nearest_comparables(index, comparable_deals(located), located[i : i + 1]).with_columns(
            pl.col("subject") + i
        )
        for i in range(60)
    ]
    assert together.equals(pl.concat(alone))


def test_an_index_of_other_deals_is_refused() -> None:
    """An id that is no comparable row of the table raises instead of naming a wrong deal."""
    before = {"deal_date": DAY - dt.timedelta(days=90), "price_twd": 2e6}
    located = located_deals(sales([before, {}]))
    index = memory_index(located, Likeness())
    with pytest.raises(InputError, match="not comparable rows"):
        nearest_comparables(index, comparable_deals(located)[1:], located)


@pytest.mark.parametrize("wrong", [{"k": 0}, {"radius_m": -1.0}, {"months": 0.0}])
def test_impossible_searches_are_refused(wrong: dict[str, Any]) -> None:
    """A search without room names what it expected."""
    with pytest.raises(InputError, match="expected k"):
        Search(**wrong)
    with pytest.raises(InputError, match="metres_per_day"):
        Likeness(metres_per_day=0.0)


def test_no_located_deals() -> None:
    """Without any point there are no comparables, and no error."""
    assert found(sales([{"longitude": None}]), Search()).is_empty()


@given(rows=ROWS)
@settings(max_examples=30, deadline=None)
def test_a_section_is_searched_as_if_it_were_one_point(rows: list[dict[str, Any]]) -> None:
    """Without coordinates the pairs are those of deals standing on one spot."""
    table = sales(rows)
    spot = table.with_columns(longitude=pl.lit(121.0), latitude=pl.lit(23.0))
    located = located_deals(spot)
    index = memory_index(located, Likeness())
    search = Search(k=4, radius_m=1.0, months=30)
    wanted = nearest_comparables(index, comparable_deals(located), located, search=search)
    nowhere = described_deals(table.with_columns(longitude=pl.lit(None, pl.Float64)))
    got = section_comparables(comparable_deals(nowhere), nowhere, search=search)
    assert got["distance_m"].null_count() == got.height
    assert got.drop("distance_m").equals(wanted.drop("distance_m"))


@pytest.mark.parametrize("other", ["10014060:大池段", "10014070:錦富段", None])
def test_another_section_is_no_neighbour(other: str | None) -> None:
    """Equal names in another town, other sections and unknown places have nothing in common."""
    before = {"deal_date": DAY - dt.timedelta(days=90), "price_twd": 2e6, "location_id": other}
    deals = described_deals(sales([before, {}]))
    assert section_comparables(comparable_deals(deals), deals).is_empty()


def test_a_town_without_a_street_is_no_section() -> None:
    """Two deals of which only the town is known are not neighbours."""
    before = {"deal_date": DAY - dt.timedelta(days=90), "price_twd": 2e6}
    table = sales([before, {}]).with_columns(location_id=pl.lit("10014060:"))
    deals = described_deals(table)
    assert section_comparables(comparable_deals(deals), deals).is_empty()
