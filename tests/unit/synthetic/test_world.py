"""Facts of `landwatch.synthetic.world` and `landwatch.synthetic.scenarios`."""

import polars as pl
import pytest

from landwatch.synthetic.names import COUNTIES, TOWNS
from landwatch.synthetic.scenarios import OUTCOMES, SCENARIOS
from landwatch.synthetic.world import SIZES, World, build_world
from landwatch.vocabulary.errors import StudyError
from landwatch.vocabulary.places import embedded_places, places_from
from landwatch.vocabulary.text import spelled


def test_no_name_is_real() -> None:
    """No invented town shares its stem with a town of Taiwan, no county its name."""
    real = embedded_places().towns
    stems = {spelled(name)[:-1] for name in real["town_name"]}
    assert not {spelled(stem) for stem, _ in TOWNS} & stems
    assert not {spelled(name) for _, name, _ in COUNTIES} & set(real["county_name"])


def test_no_code_is_real() -> None:
    """Town codes of the largest world are unique and none is official."""
    towns = places_from(build_world(seed=0, size="national").towns).towns
    assert towns.height == 374
    assert not set(towns["town_code"]) & set(embedded_places().towns["town_code"])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_truth_is_complete(size: str, scenario: str) -> None:
    """Every town has every outcome once, and only treated towns an effect."""
    world = build_world(seed=3, scenario=scenario, size=size)
    assert world.truth.height == world.towns.height * len(OUTCOMES)
    assert world.truth.select("zone_id", "outcome").is_unique().all()
    treated = world.towns.filter("is_treated")["town_code"]
    assert len(treated) == world.size.treated
    changed = world.truth.filter(pl.col("effect_log") != 0)["zone_id"]
    assert changed.is_in(treated.implode()).all()


def _zones_with_effect(scenario: str) -> dict[str, int]:
    truth = build_world(seed=3, scenario=scenario).truth.filter(pl.col("effect_log") != 0)
    return dict(truth.group_by("outcome").len().iter_rows())


def test_scenarios_plant_what_they_say() -> None:
    """Prices rise in four zones of eight and two revive; nothing; four revive."""
    prices = dict.fromkeys((*OUTCOMES[:4], "asking_rent"), 4)
    livelihood = ("population", "income", "births")
    assert _zones_with_effect("price_rise") == prices | dict.fromkeys(livelihood, 2)
    assert _zones_with_effect("null") == {}
    assert _zones_with_effect("revitalised") == dict.fromkeys(livelihood, 4)


def test_land_effects_span_their_range() -> None:
    """Land rises by 0.25 to 0.30, farmland by the same, where it rises."""
    truth = build_world(seed=3).truth.filter(pl.col("effect_log") != 0)
    land = truth.filter(pl.col("outcome") == "land_price").drop("outcome")
    assert land["effect_log"].sort().to_list() == [0.25, 0.266667, 0.283333, 0.3]
    assert land.equals(truth.filter(pl.col("outcome") == "farmland_price").drop("outcome"))


def test_one_zone_has_both() -> None:
    """Of the two zones that revive, one is among those where prices rise."""
    truth = build_world(seed=3).truth.filter(pl.col("effect_log") != 0)
    rising = set(truth.filter(pl.col("outcome") == "land_price")["zone_id"])
    revived = set(truth.filter(pl.col("outcome") == "income")["zone_id"])
    assert len(rising & revived) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"scenario": "boom"}, "price_rise, null, revitalised"),
        ({"size": "village"}, "town, county, national"),
        ({"seed": -1}, "0 or more"),
    ],
)
def test_unknown_options_are_told(options: dict[str, object], told: str) -> None:
    """A wrong scenario, size or seed is refused, with what would be right."""
    with pytest.raises(StudyError, match=told):
        build_world(**({"seed": 0} | options))  # type: ignore[arg-type]


def test_streams_are_independent(world: World) -> None:
    """Two tables never draw the same numbers, and a stream starts anew each time."""
    first = world.stream("sales").random(3)
    assert (first == world.stream("sales").random(3)).all()
    assert (first != world.stream("rentals").random(3)).all()
