"""The whole way, from official files to verdicts, on worlds with known truth."""

import pandas as pd
import pytest

from landwatch.models.town_years import STAGGERED
from tests.integration.conftest import Finished

LAND = ["land_price", "farmland_price", "house_price"]


@pytest.mark.slow
def test_the_planted_pooled_effect_lies_within_its_interval(price_rise: Finished) -> None:
    """The mean effect of the zones is covered by every pooled estimator of every land outcome."""
    pooled = pd.read_csv(price_rise.out / "mart" / "pooled.csv")
    planted = price_rise.compared().groupby("outcome")["effect_log"].mean()
    for outcome in LAND:
        rows = pooled[pooled["outcome"] == outcome].set_index("estimator")
        assert list(rows.index) == ["twfe", *STAGGERED]
        for estimator, row in rows.iterrows():
            covered = row["ci_low"] <= planted[outcome] <= row["ci_high"]
            assert covered, (outcome, estimator, planted[outcome], row.to_dict())


@pytest.mark.slow
def test_planted_zones_are_flagged_and_no_others(price_rise: Finished) -> None:
    """Zones in which land prices rose are found, and their verdict says so; the rest are not."""
    found = price_rise.compared()
    land = found[found["outcome"].isin(["land_price", "farmland_price"])]
    assert (land["status"] == "estimated").all()
    flagged = (land["q_value"] <= 0.05) & (land["estimate_log"] > 0)
    assert flagged.equals(land["effect_log"] > 0)
    verdicts = pd.read_csv(price_rise.out / "mart" / "verdicts.csv", dtype={"zone_id": str})
    rising = set(land.loc[land["effect_log"] > 0, "zone_id"])
    judged = set(verdicts.loc[verdicts["verdict"].isin(["price_rise", "both"]), "zone_id"])
    assert judged == rising


@pytest.mark.slow
def test_nothing_planted_is_flagged_at_most_at_the_nominal_share(
    nothing_planted: Finished,
) -> None:
    """Of the zone × outcome effects of a null world at most 5 % are flagged."""
    found = nothing_planted.compared()
    assert (found["effect_log"] == 0).all()
    estimated = found[found["status"] == "estimated"]
    assert len(estimated) == len(found)
    assert (estimated["q_value"] <= 0.05).mean() <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("world", ["price_rise", "nothing_planted"])
def test_zone_intervals_cover_the_truth_about_as_often_as_they_say(
    world: str, request: pytest.FixtureRequest
) -> None:
    """Of the intervals of 95 % no more miss than a binomial count would in 999 of 1,000 worlds."""
    from scipy.stats import binom

    found = request.getfixturevalue(world).compared()
    covered = found["effect_log"].between(found["ci_low"], found["ci_high"])
    assert (~covered).sum() <= binom.ppf(0.999, len(found), 0.05)
