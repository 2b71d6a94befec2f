"""Errors of places: medians without oneself, and laws that recover planted errors."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landwatch.measures.place_errors import error_law, median_without_self


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-50, 50)), min_size=1, max_size=40))
def test_medians_without_oneself_are_those_of_the_others(rows: list[tuple[int, int]]) -> None:
    """For any groups and ties: numpy's median of the rest; nothing for one alone."""
    group = np.array([g for g, _ in rows])
    value = np.array([v for _, v in rows], dtype=float)
    found = median_without_self(group, value)
    for i in range(len(rows)):
        rest = np.delete(value, i)[np.delete(group, i) == group[i]]
        expected = np.median(rest) if rest.size else np.nan
        assert found[i] == pytest.approx(expected, nan_ok=True)


def seen(scales: list[float], per_key: int, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    key = np.repeat(np.arange(len(scales)), per_key)
    error = np.repeat(scales, per_key) * np.exp(rng.normal(0, 0.8, key.size))
    return pl.DataFrame({"key": key.astype(str), "support": 2, "error_m": error}).cast(
        {"support": pl.Int64}
    )


def test_stated_errors_cover_what_they_say() -> None:
    """With planted log-normal errors half and nine tenths of new errors lie within."""
    scales = np.exp(np.random.default_rng(2).normal(5, 0.7, 300)).tolist()
    law = error_law(seen(scales, 8), ("key",))
    fresh = seen(scales, 50, seed=3)
    stated = law.stated(fresh.select("key", "support"))
    within = [
        float((fresh["error_m"] <= stated[c]).mean())
        for c in ("place_error_m", "place_error_p90_m")
    ]
    assert within == pytest.approx([0.5, 0.9], abs=0.03)


def test_keys_that_do_not_differ_are_stated_alike() -> None:
    """Chance alone makes no key better than another: the shrunken errors nearly agree."""
    law = error_law(seen([100.0] * 200, 4), ("key",))
    stated = law.stated(seen([100.0] * 200, 1).select("key", "support"))["place_error_m"]
    assert stated.max() / stated.min() < 1.3


def test_an_unseen_key_takes_the_error_of_its_class() -> None:
    """Half of all errors lie within what is stated for a key never left out."""
    errors = seen(np.exp(np.random.default_rng(4).normal(5, 0.5, 200)).tolist(), 10)
    law = error_law(errors, ("key",))
    stated = law.stated(pl.DataFrame({"key": ["new"], "support": [2]}))["place_error_m"].item()
    assert (errors["error_m"] <= stated).mean() == pytest.approx(0.5, abs=0.05)
