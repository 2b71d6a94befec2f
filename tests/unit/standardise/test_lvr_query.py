"""Rows of the query service: 坪, coordinates, and the same deal in the season files."""

import datetime as dt
import json

import polars as pl
import pytest

from landwatch.schemas.raw import Standardised, united
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member
from landwatch.sources.lvr_query import read_township
from landwatch.standardise.duplicates import unit_ratio, without_duplicates
from landwatch.standardise.lvr import standardise_lvr
from landwatch.standardise.lvr_query import standardise_lvr_query
from landwatch.vocabulary.errors import InputError, UnknownCodeError
from landwatch.vocabulary.places import embedded_places
from tests.unit.rows import QUERY_ROW, sales

PLACES = embedded_places()
LATEST = dt.date(2025, 12, 31)
SEASON_ROW = (
    "玉里鎮,土地,三義段一小段168地號,10015.0,,一般農業區,農牧用地,1080111,土地2建物0車位0,,,其他,,,,0.0,0,0,0,有,"
    "無,10000000,999,,0.0,0,,RPPNMLOKKHOFFCU86CA"
)


def query(*rows: dict[str, object]) -> Standardised:
    content = json.dumps([QUERY_ROW | row for row in rows], ensure_ascii=False).encode()
    raw = read_township(Member("lvr_query/花蓮縣.zip/玉里鎮.json", content))
    return standardise_lvr_query([raw], PLACES, latest=LATEST)


def season(*lines: str, name: str = "lvr/108S1/u_lvr_land_a.csv") -> Standardised:
    return standardise_lvr([sales(list(lines), name)], PLACES, latest=LATEST)


TWIN = {"town": "U03", "e": "108/01/11", "tp": "10,000,000", "s": "3,029.54", "sq": "twin"}


def test_areas_are_in_ping() -> None:
    """150.12 坪 is 496.26 m²; 1 坪 is 400/121 m² exactly."""
    row = query({}).tables["lvr__sales"].row(0, named=True)
    assert row["land_area_m2"] == pytest.approx(150.12 * 400 / 121)
    assert row["unit_price_twd_m2"] == pytest.approx(30_000 / 496.26, rel=1e-4)
    assert row["place_precision"] == "point"
    assert row["location_id"] == "10015130:崙布山段"


def test_an_unknown_area_unit_stops_the_run() -> None:
    """A unit code that is not in the vocabulary names itself; nothing is guessed."""
    with pytest.raises(UnknownCodeError, match="'1'"):
        query({"unit": "1"})
    with pytest.raises(UnknownCodeError, match="None"):
        query({}, {"unit": None, "sq": "second"})


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 0.0), (121.3, 23.4), (35.0, 139.0)])
def test_coordinates_outside_taiwan_are_missing_not_moved(lat: float, lon: float) -> None:
    """A zero, swapped or foreign coordinate is dropped and flagged; the row stays at its town."""
    row = query({"lat": lat, "lon": lon}).tables["lvr__sales"].row(0, named=True)
    assert (row["longitude"], row["latitude"], row["place_precision"]) == (None, None, "town")
    assert "no_coordinates" in str(row["flags"])


def test_an_impossible_date_is_rejected_with_its_element() -> None:
    """``104/00/.8`` occurs in the register; the element's place in the list is kept."""
    result = query({}, {"e": "104/00/.8", "sq": "second"})
    assert result.rejects.select("reason", "source_line").rows() == [("bad_date", 2)]
    assert json.loads(result.rejects["raw"].item())["sq"] == "second"


def test_a_file_that_is_no_list_of_deals_is_told() -> None:
    """HTML saved as JSON names itself."""
    with pytest.raises(InputError, match="JSON list of deals"):
        read_township(Member("x.json", b"<html></html>"))


def test_the_same_deal_in_both_publications_is_one() -> None:
    """The located row stays, with the season file's 編號; the other is counted as duplicate."""
    core = without_duplicates(united([season(SEASON_ROW), query(TWIN)]))
    deals = check_table(core.tables["lvr__sales"], "lvr__sales")
    assert deals["deal_id"].to_list() == ["RPPNMLOKKHOFFCU86CA"]
    assert deals["place_precision"].to_list() == ["point"]
    assert deals["land_area_m2"].to_list() == [10015.0]
    ledger = core.ledger.sort("source_file").select(pl.col("^rows_.*$"))
    assert ledger.rows() == [(1, 0, 0, 1), (1, 1, 0, 0)]


def test_deals_that_differ_in_price_or_day_stay_apart() -> None:
    """Nothing is merged on place and area alone."""
    others = query(TWIN | {"tp": "10,000,001"}, TWIN | {"e": "108/01/12", "sq": "b"})
    core = without_duplicates(united([season(SEASON_ROW), others]))
    assert core.tables["lvr__sales"].height == 3


def test_twins_of_one_day_price_and_area_pair_one_to_one() -> None:
    """Two equal deals in one publication and three in the other make three, not two or five."""
    lines = [SEASON_ROW, SEASON_ROW.replace("86CA", "86CB")]
    rows = [TWIN | {"sq": f"twin{i}"} for i in range(3)]
    core = without_duplicates(united([season(*lines), query(*rows)]))
    assert core.tables["lvr__sales"].height == 3
    assert core.ledger["rows_duplicate"].sum() == 2


def test_the_later_and_exact_download_of_a_deal_wins() -> None:
    """Of one 編號 in two downloads the exact address is kept, whichever is read first."""
    masked = SEASON_ROW.replace("168地號", "151~180地號")
    early = season(masked, name="lvr/108S1/u_lvr_land_a.csv")
    late = season(SEASON_ROW, name="lvr/108S1_later/u_lvr_land_a.csv")
    for order in ([early, late], [late, early]):
        deals = without_duplicates(united(order)).tables["lvr__sales"]
        assert deals["source_file"].to_list() == ["lvr/108S1_later/u_lvr_land_a.csv"]


def test_a_wrong_unit_shows_in_the_ratio_of_areas() -> None:
    """Were 坪 read as m², deals found in both publications would differ by 400/121."""
    both = united([season(SEASON_ROW), query(TWIN)]).tables["lvr__sales"]
    assert unit_ratio(both) == (pytest.approx(1, abs=1e-4), 1)
    misread = both.with_columns(
        pl.when(pl.col("publisher") == "lvr_query")
        .then(pl.col("land_area_m2") * 121 / 400)
        .otherwise(pl.col("land_area_m2"))
        .alias("land_area_m2")
    )
    assert unit_ratio(misread)[0] == pytest.approx(400 / 121, rel=1e-4)


def test_of_two_masked_downloads_the_later_season_wins_whatever_its_calendar() -> None:
    """108S1 (2019) is later than 2013S3, although "2013" sorts after "108"."""
    masked = SEASON_ROW.replace("168地號", "151~180地號").replace("1080111", "1020811")
    old = season(masked, name="lvr/2013S3/u_lvr_land_a.csv")
    new = season(masked, name="lvr/108S1/u_lvr_land_a.csv")
    deals = without_duplicates(united([new, old])).tables["lvr__sales"]
    assert deals["source_file"].to_list() == ["lvr/108S1/u_lvr_land_a.csv"]


def test_both_publications_mask_a_place_to_one_name() -> None:
    """With and without county in front, the masked address is the same."""
    here = season(SEASON_ROW.replace("三義段一小段168地號", "花蓮縣玉里鎮中山路5號"))
    there = query({"town": "U03", "a": "玉里鎮中山路0005號#玉里鎮中山路5號"})
    names = {p.tables["lvr__sales"]["masked_address"].item() for p in (here, there)}
    assert names == {"玉里鎮中山路1~30號"}
