"""Facts of `landwatch.synthetic.listings`."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from landwatch.schemas.raw import Standardised, united
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import read_members
from landwatch.standardise.duplicates import without_duplicates
from landwatch.synthetic import World, WorldFiles, build_world
from landwatch.synthetic.listings import CHANGE, draw_listings
from landwatch.synthetic.scenarios import OUTCOMES, effect_matrix
from landwatch.synthetic.world import EFFECTIVE
from landwatch.vocabulary.places import places_from
from pipelines.ingest import standardised_file


@pytest.fixture(scope="module")
def core(written: WorldFiles, world: World) -> Standardised:
    """The listings of the small world, read back."""
    parts = [
        standardised_file(
            p, places_from(world.towns), kind="listings", label=p.name, latest=dt.date(2022, 12, 31)
        )
        for p in written.listings
    ]
    return without_duplicates(united(parts))


def test_the_program_reads_every_row_it_wrote(core: Standardised) -> None:
    """No reject, no duplicate: each printed row is a core row that satisfies its schema."""
    table = check_table(core.tables["g0v__listings"], "g0v__listings")
    assert core.rejects.height == 0
    assert core.ledger["rows_read"].sum() == table.height > 500
    assert core.ledger["rows_duplicate"].sum() == 0


def test_rents_areas_and_places_come_back(core: Standardised, world: World) -> None:
    """First rents equal the drawn ones; later ones are equal or 5 % lower; 3 % lack a point."""
    drawn = draw_listings(world)
    table = core.tables["g0v__listings"].filter(listing_form="raw")
    first = table.sort("snapshot").unique("listing_id", keep="first")
    assert first.height == drawn.height + drawn["is_twin"].sum()
    ratio = (
        table.join(first.select("listing_id", first="rent_twd_month"), on="listing_id")
        .select((pl.col("rent_twd_month") / pl.col("first")).round(3).alias("r"))["r"]
        .value_counts(sort=True)["r"]
    )
    assert ratio.head(2).to_list() == [1.0, CHANGE]
    assert first["longitude"].null_count() / first.height == pytest.approx(0.03, abs=0.015)


def test_no_person_s_column_leaves_the_files(core: Standardised, written: WorldFiles) -> None:
    """The files hold authors and agents, as real ones do; the core does not."""
    member = next(read_members(written.listings[0], "x"))
    assert "synthetic-author" in member.content.decode()
    text = core.tables["g0v__listings"].write_csv()
    assert not any(s in text for s in ("synthetic-author", "模擬仲介", "rent.example", "7000001"))


def test_the_planted_effect_is_in_the_rents() -> None:
    """Before–after contrasts of rents with area and kind held constant show the truth on average.

    A zone's own change has a standard deviation of about 0.05 (two years of noise, its own change
    and 60 listings before), so that the mean over four zones is within 0.1.
    """
    world = build_world(seed=5)
    drawn = draw_listings(world).with_columns(
        (pl.col("rent") / pl.col("ping")).log().alias("log_rent"),
        (pl.col("start") >= EFFECTIVE).alias("after"),
    )
    by_kind = pl.col("log_rent") + 0.3 * pl.col("ping").log()
    drawn = drawn.with_columns((by_kind - by_kind.mean().over("kind")).alias("adjusted"))
    means = drawn.group_by("town", "after").agg(pl.col("adjusted").mean())
    wide = means.pivot("after", index="town", values="adjusted").sort("town")
    change = (wide["true"] - wide["false"]).to_numpy()
    truth = effect_matrix(world.truth)[:, OUTCOMES.index("asking_rent")]
    planted = truth > 0
    found = change[planted].mean() - change[~planted].mean()
    assert planted.sum() == 4
    assert found == pytest.approx(np.mean(truth[planted]), abs=0.1)


def test_other_tables_of_a_seed_keep_their_random_numbers(world: World) -> None:
    """The stream of listings was added last: those before it did not move."""
    children = np.random.SeedSequence(world.seed).spawn(7)
    again = np.random.default_rng(children[2]).random(3)
    assert world.stream("sales").random(3).tolist() == again.tolist()
