"""Specification curves: which are fitted, and what they say of planted effects."""

from itertools import combinations, product

import numpy as np
import pytest

from landwatch.models.choice_grounds import prepared_rows, study_grounds
from landwatch.models.choices import chosen_rows
from landwatch.models.hedonic import fit_hedonic
from landwatch.models.specification import specification
from landwatch.models.specification_curve import (
    CURVE_COLUMNS,
    SHARE_COLUMNS,
    SpecificationCurve,
    fit_specification_curve,
)
from landwatch.models.specification_design import specification_design
from landwatch.models.zone_contrasts import fit_zone_contrasts, pooled_mean

LAND = specification("land_price")
SIZES = {"a": 4, "b": 3, "c": 3, "d": 2, "e": 4, "f": 2}
CHOICES = {name: tuple(f"{name}{k}" for k in range(n)) for name, n in SIZES.items()}


def curve(deals, **options) -> SpecificationCurve:
    frame = deals.assign(adjusted_log_price=fit_hedonic(deals, LAND).adjusted_log_price)
    rows = prepared_rows(frame, LAND)
    return fit_specification_curve(rows, LAND, study_grounds(rows, "deals"), **options)


@pytest.mark.parametrize("times", [1, 2])
def test_every_pair_of_choices_meets(times: int) -> None:
    """Of two families every pair of choices occurs at least as often as promised."""
    designs, said = specification_design(CHOICES, times=times)
    for one, other in combinations(CHOICES, 2):
        for pair in product(CHOICES[one], CHOICES[other]):
            assert sum((d[one], d[other]) == pair for d in designs) >= times
    assert len(designs) < 576
    assert said.endswith(f"{len(designs)} of 576")


def test_base_and_single_deviations_come_first() -> None:
    """The first design deviates in nothing, the next in one matter each, none occurs twice."""
    designs, _ = specification_design(CHOICES)
    base = {name: choices[0] for name, choices in CHOICES.items()}
    away = [sum(d[name] != base[name] for name in base) for d in designs]
    n_single = sum(SIZES.values()) - len(SIZES)
    assert away[0] == 0
    assert away[1 : 1 + n_single] == [1] * n_single
    assert len({tuple(d.values()) for d in designs}) == len(designs)
    assert designs == specification_design(CHOICES)[0]


def test_few_combinations_are_all_fitted() -> None:
    """Up to the stated number the factorial is complete."""
    designs, said = specification_design({"a": ("x", "y"), "b": ("u", "v", "w")}, most=6)
    assert {tuple(d.values()) for d in designs} == set(product("xy", "uvw"))
    assert said.startswith("full factorial")


def test_a_planted_effect_is_seen_everywhere(draw_deals, world) -> None:
    """0.3 in calm towns keeps sign and significance in all specifications, near its size."""
    found = curve(draw_deals(world(effect=0.3, tau=0.02, deals=300)))
    shares = found.shares.iloc[0]
    assert tuple(found.specifications.columns) == CURVE_COLUMNS
    assert tuple(found.shares.columns) == SHARE_COLUMNS
    assert shares["share_significant_same_sign"] == 1.0
    alone = found.attacks[found.attacks["zone_id"] != ""]
    assert alone["survives"].dropna().mean() > 0.9
    base = found.specifications.iloc[0]
    assert abs(base["estimate_log"] - 0.3) < 4 * base["std_error"]


def test_without_effect_few_specifications_are_significant(draw_deals, world) -> None:
    """Over 12 null worlds the study's own specification is flagged no oftener than 5 % may be."""
    flagged = sum(
        curve(draw_deals(world(seed=seed, deals=60)), most=1, times=1).shares["base_p"].iloc[0]
        <= 0.05
        for seed in range(12)
    )
    assert flagged <= 3  # binomial(12, 0.05) exceeds 3 in 0.2 % of cases


def test_each_line_is_the_fit_it_names(draw_deals, world) -> None:
    """A line of the table is what its choices give when fitted alone."""
    deals = draw_deals(world(seed=9))
    found = curve(deals)
    line = found.specifications.iloc[-1]
    frame = deals.assign(adjusted_log_price=fit_hedonic(deals, LAND).adjusted_log_price)
    rows = prepared_rows(frame, LAND)
    grounds = study_grounds(rows, "deals")
    chosen = {f: line[f] for f in ("date", "window", "anticipation", "outliers", "place")}
    chosen |= {f: line[f] for f in ("coverage", "composition")}
    mean = pooled_mean(fit_zone_contrasts(chosen_rows(rows, chosen, grounds), LAND))
    assert mean.estimate_log == line["estimate_log"]
    assert mean.n_zones == line["n_zones"]


def test_nothing_is_hidden(draw_deals, world) -> None:
    """Without a zone that can be judged the curve says so, and every choice is still named."""
    deals = draw_deals(world(deals=3))
    found = curve(deals)
    assert found.specifications["estimate_log"].isna().all()
    assert "no zone has a number" in found.shares["design"].iloc[0]
    assert np.isnan(found.shares["share_same_sign"].iloc[0])
    told = found.attacks.loc[found.attacks["choice"] == "donut", "notes"].iloc[0]
    assert told == "not_applied: no table of neighbouring towns"
