"""Attacks on the effects of a run."""

import numpy as np
import pandas as pd
import polars as pl

from landwatch.schemas.tables import TABLES
from tests.integration.conftest import Finished

NUMBERS = ["estimate_log", "std_error", "ci_low", "ci_high", "p_value"]


def table(run: Finished, name: str) -> pd.DataFrame:
    return pd.read_csv(
        run.out / "mart" / f"{name}.csv", dtype={"zone_id": str}, keep_default_na=False,
        na_values={c: [""] for c in (*NUMBERS, "survives")},
    )  # fmt: skip


def test_tables_are_those_of_the_dictionary(price_rise: Finished) -> None:
    """The three tables have the columns declared for them, and one row a key."""
    for name in ("specifications", "threats", "specification_shares"):
        found = pl.read_csv(price_rise.out / "mart" / f"{name}.csv", infer_schema_length=None)
        assert tuple(found.columns) == TABLES[name].columns
        assert found.height == found.select(TABLES[name].key).n_unique()
        assert found.height > 0


def test_the_base_is_the_effect_itself(price_rise: Finished) -> None:
    """Every zone estimated in effects.csv stands with the same numbers as the base of threats."""
    threats = table(price_rise, "threats")
    base = threats[(threats["threat"] == "base") & (threats["zone_id"] != "")]
    effects = price_rise.effects.astype({"zone_id": str})
    effects = effects[effects["status"] == "estimated"]
    both = effects.merge(base, on=["zone_id", "outcome"], how="outer", suffixes=("", "_base"))
    assert len(both) == len(effects) == len(base)
    for name in NUMBERS:
        np.testing.assert_allclose(both[name], both[f"{name}_base"], rtol=1e-9)


def test_every_outcome_is_attacked(price_rise: Finished) -> None:
    """Each outcome of effects.csv has a base, a curve and shares that agree with it."""
    lines, shares = table(price_rise, "specifications"), table(price_rise, "specification_shares")
    outcomes = set(price_rise.effects["outcome"])
    assert set(shares["outcome"]) == outcomes
    assert set(lines.loc[lines["spec_id"] == "base", "outcome"]) == outcomes
    tried = lines.groupby("outcome").size()
    known = lines.groupby("outcome")["estimate_log"].count()
    for row in shares.itertuples():
        assert row.n_specifications == tried[row.outcome]
        assert row.n_estimated == known[row.outcome]


def test_a_planted_rise_keeps_its_sign(price_rise: Finished) -> None:
    """Land prices that rose in zones rise in nearly all specifications with a number."""
    shares = table(price_rise, "specification_shares").set_index("outcome")
    assert float(shares.loc["land_price", "base_log"]) > 0
    assert float(shares.loc["land_price", "share_same_sign"]) >= 0.9


def test_the_page_is_drawn(price_rise: Finished) -> None:
    """The page of specifications stands beside the maps and the start page leads to it."""
    assert (price_rise.out / "site" / "maps" / "specifications.html").is_file()
    index = (price_rise.out / "site" / "index.html").read_text("utf-8")
    assert "maps/specifications.html" in index
