"""Choices of a specification: each changes what it says and nothing else."""

import numpy as np
import pandas as pd
import pytest

from landwatch.models.choice_grounds import Grounds, prepared_rows, study_grounds
from landwatch.models.choices import FAMILIES, applicable_choices, base_choices, chosen_rows
from landwatch.models.specification import specification
from landwatch.schemas.entities.specifications import CHOICES

LAND = specification("land_price")
PEOPLE = specification("population")
ALL = [(f, c.name) for f in FAMILIES if "deals" in f.kinds for c in f.choices]


@pytest.fixture
def deals(draw_deals, world) -> pd.DataFrame:
    """Deals with sources, precisions, services and coordinates."""
    frame = draw_deals(world(seed=7))
    rng = np.random.default_rng(0)
    n = len(frame)
    place = frame["location_id"].str[1:].astype(int)
    return frame.assign(
        adjusted_log_price=frame["log_price"],
        source=rng.choice(["lvr", "lvr_query"], n),
        place_precision=rng.choice(["town", "point", "section"], n),
        service=rng.choice(["一般代管", None], n),
        longitude=np.where(rng.random(n) < 0.5, 121 + place * 0.02, np.nan),
        latitude=24.0,
    )


@pytest.fixture
def criteria(deals) -> pd.DataFrame:
    """A ranking in which the zones come first."""
    towns = deals.groupby("town_code", as_index=False)["zone_id"].first()
    towns = towns.sort_values("zone_id", na_position="last", ignore_index=True)
    zones = int(towns["zone_id"].notna().sum())
    position = np.arange(1, len(towns) + 1)
    return towns.assign(
        population=1000.0 * position, position=position, is_zone=position <= zones,
        ranks_from_cut=position - zones,
    )  # fmt: skip


@pytest.fixture
def neighbours(deals) -> pd.DataFrame:
    """Towns in a row touch the next."""
    code = sorted(deals["town_code"].unique())
    ahead = pd.DataFrame({"town_code": code[:-1], "neighbour_code": code[1:]})
    back = ahead.rename(columns={"town_code": "neighbour_code", "neighbour_code": "town_code"})
    return pd.concat([ahead, back])


@pytest.fixture
def ground(deals, criteria, neighbours) -> tuple[pd.DataFrame, Grounds]:
    """Prepared rows and their grounds."""
    rows = prepared_rows(deals, LAND)
    return rows, study_grounds(rows, "deals", neighbours=neighbours, criteria=criteria)


def changed(ground, family: str, choice: str) -> pd.DataFrame:
    return chosen_rows(ground[0], {family: choice}, ground[1])


def test_families_are_the_columns_of_the_table() -> None:
    """The table of specifications has a column for every family."""
    assert set(CHOICES) == {f.name for f in FAMILIES}


@pytest.mark.parametrize(("family", "choice"), ALL, ids=lambda x: getattr(x, "name", x))
def test_no_choice_invents_or_reorders_rows(ground, family, choice) -> None:
    """Every choice returns some of the rows, in their order, with every column."""
    found = changed(ground, family.name, choice)
    assert found.index.isin(ground[0].index).all()
    assert found.index.is_monotonic_increasing
    assert list(found.columns) == list(ground[0].columns)
    assert len(found) > 0


def test_alternative_date_moves_only_the_zones(ground) -> None:
    """Zones get the other date, never-treated towns keep none."""
    found = changed(ground, "date", "2018-05-21")
    zone = found["role"] == "zone"
    assert (found.loc[zone, "effective_date"] == pd.Timestamp("2018-05-21")).all()
    assert found.loc[~zone, "effective_date"].isna().all()


def test_anticipation_leaves_out_the_zones_last_months(ground) -> None:
    """Twelve months before the date no zone row is left; controls stay whole."""
    rows, found = ground[0], changed(ground, "anticipation", "drop_12")
    gone = rows.loc[rows.index.difference(found.index)]
    assert (gone["role"] == "zone").all()
    assert gone["deal_date"].between("2018-01-03", "2019-01-02").all()
    kept = found[found["role"] == "zone"]["deal_date"]
    assert not kept.between("2018-01-03", "2019-01-02").any()


def test_donut_leaves_out_exactly_the_towns_that_touch(ground, neighbours) -> None:
    """A never-treated town stays if and only if no zone touches it."""
    rows, found = ground[0], changed(ground, "controls", "donut")
    treated = set(rows.loc[rows["role"] == "zone", "town_code"].astype(str))
    touching = set(neighbours.loc[neighbours["town_code"].isin(treated), "neighbour_code"])
    control = set(rows.loc[rows["role"] == "control", "town_code"].astype(str))
    kept = set(found.loc[found["role"] == "control", "town_code"].astype(str))
    assert kept == control - touching
    assert len(kept) < len(control)
    assert set(found.loc[found["role"] == "zone", "town_code"].astype(str)) == treated


def test_next_ranked_keeps_the_nearer_half(ground, criteria) -> None:
    """The never-treated towns kept rank before those left out."""
    rows, found = ground[0], changed(ground, "controls", "next_ranked")
    rank = criteria.set_index("town_code")["ranks_from_cut"]
    control = set(rows.loc[rows["role"] == "control", "town_code"].astype(str))
    kept = set(found.loc[found["role"] == "control", "town_code"].astype(str))
    assert len(kept) == len(control) // 2
    assert rank[list(kept)].max() < rank[list(control - kept)].min()


def test_trimming_cuts_at_most_the_stated_share(ground) -> None:
    """1 % of each end of each county-year goes, and what is left lies inside what was there."""
    rows, found = ground[0], changed(ground, "outliers", "trimmed")
    counts = rows.groupby("county_year").size()
    lost = counts - found.groupby("county_year").size()
    # one row a side more than 1 % where the quantile falls between two rows
    assert (lost <= np.ceil(0.01 * counts) * 2).all()
    assert lost.sum() > 0
    pulled = changed(ground, "outliers", "winsorised")
    assert len(pulled) == len(rows)
    assert (pulled["log_price"] != rows["log_price"]).sum() == lost.sum()


def test_window_is_symmetric_for_zones_and_controls(ground) -> None:
    """Four years each side of the date remain, for all."""
    found = changed(ground, "window", "four_years")["deal_date"]
    assert found.min() >= pd.Timestamp("2015-01-03")
    assert found.max() < pd.Timestamp("2023-01-03")


def test_cells_hold_rows_with_coordinates_together(ground, deals) -> None:
    """Rows of one town and cell share a place, rows without coordinate keep their own."""
    found = changed(ground, "place", "cell_1km")
    origin = deals.loc[found["row"]].set_axis(found.index)
    exact = origin["longitude"].notna()
    by_cell = found[exact].groupby([origin["town_code"][exact], origin["longitude"][exact]])
    assert (by_cell["location"].nunique() == 1).all()
    shared = set(found.loc[exact, "location"]) & set(found.loc[~exact, "location"])
    assert not shared


def test_zones_near_the_cut_are_left_out(ground, criteria) -> None:
    """Zones fewer than ten ranks inside the cut go, those further in stay."""
    found = changed(ground, "zones", "clear_of_cut")
    near = criteria["is_zone"] & (criteria["ranks_from_cut"] > -10)
    kept = set(found.loc[found["role"] == "zone", "town_code"].astype(str))
    assert not kept & set(criteria.loc[near, "town_code"])


def test_unusable_choices_are_named_with_a_reason(deals) -> None:
    """Without neighbours, criteria and the national date their choices are left out and told."""
    later = deals.assign(effective_date=deals["effective_date"] + pd.DateOffset(years=1))
    rows = prepared_rows(later.drop(columns=["longitude", "latitude", "service"]), LAND)
    choices, left_out = applicable_choices(rows, study_grounds(rows, "deals"))
    assert choices["controls"] == ("county",)
    assert choices["date"] == ("study",)
    assert left_out["controls", "donut"] == "no table of neighbouring towns"
    assert "2019-01-03" in left_out["date", "2018-05-21"]
    assert left_out["place", "cell_1km"] == "same rows as location"
    for family in FAMILIES:
        told = {c for f, c in left_out if f == family.name}
        kept = choices.get(family.name, base_choices("panel").get(family.name))
        assert {c.name for c in family.choices} == told | (
            {kept} if kept == "left_out" else set(kept)
        )


def test_panel_breaks_are_compared_only_when_chosen(draw_panel, world) -> None:
    """Years of known breaks are out of the study's rows and in those of the other choice."""
    panel = draw_panel(world(seed=1)).assign(is_break=lambda t: t["year"] == 2015)
    rows = prepared_rows(panel, PEOPLE)
    grounds = study_grounds(rows, "panel")
    own = chosen_rows(rows, {}, grounds)
    other = chosen_rows(rows, {"breaks": "compared"}, grounds)
    assert 2015 not in own["deal_date"].dt.year.to_numpy()
    assert len(other) - len(own) == panel["town_code"].nunique()


def test_choices_with_the_same_rows_are_one(draw_panel, world) -> None:
    """In a yearly panel 6 and 12 months before the date are the same year: one is left out."""
    rows = prepared_rows(draw_panel(world(seed=1)), PEOPLE)
    choices, left_out = applicable_choices(rows, study_grounds(rows, "panel"))
    assert choices["anticipation"] == ("none", "drop_6")
    assert left_out["anticipation", "drop_12"] == "same rows as drop_6"
    assert left_out["date", "2018-11-30"] == "same rows as study"


def test_a_zone_treated_again_is_followed_until_then(deals) -> None:
    """Its later rows are left out; the others and the controls stay."""
    zone, again = deals["zone_id"].dropna().iloc[0], pd.Timestamp("2021-06-01")
    frame = deals.assign(
        next_date=pd.Series(pd.NaT, deals.index).mask(deals["zone_id"] == zone, again)
    )
    rows = prepared_rows(frame, LAND)
    kept = chosen_rows(rows, {"window": "until_next"}, study_grounds(rows, "deals"))
    lost = rows[~rows["row"].isin(kept["row"])]
    assert len(lost) > 0
    assert (lost["zone_id"] == zone).all()
    assert (lost["deal_date"] >= again).all()
    assert (kept.loc[kept["zone_id"] == zone, "deal_date"] < again).all()
