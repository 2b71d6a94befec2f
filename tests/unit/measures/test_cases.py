"""Which deals are shown: those that carry the estimate, one typical, one against it."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from landwatch.measures.cases import CARRYING, MIN_COMPARABLES, chosen_cases, price_ratios


def after(contributions: list[float | None], ratios: list[float | None]) -> pl.DataFrame:
    n = len(ratios)
    return pl.DataFrame(
        {
            "contribution": pl.Series(contributions, dtype=pl.Float64),
            "ratio": pl.Series(ratios, dtype=pl.Float64),
            "log_price": pl.Series([float(i) for i in range(n)], dtype=pl.Float64),
            "source_file": pl.Series(["f"] * n, dtype=pl.String),
            "source_line": pl.Series(range(1, n + 1), dtype=pl.Int64),
        }
    )


def roles(table: pl.DataFrame) -> list[tuple[str, int]]:
    return table.select("role", "source_line").rows()


def test_the_sign_of_the_estimate_turns_the_choice() -> None:
    """What carries a rise opposes a fall; the typical deal has the median ratio of the others."""
    table = after([0.5, 0.4, 0.3, 0.1, 0.0, -0.6], [2.0, 1.9, 1.8, 1.5, 1.2, 0.5])
    up = roles(chosen_cases(table, estimate=0.2))
    assert up == [("carries", 1), ("carries", 2), ("carries", 3), ("typical", 4), ("opposes", 6)]
    down = roles(chosen_cases(table, estimate=-0.2))
    assert down == [("carries", 6), ("carries", 5), ("carries", 4), ("typical", 3), ("opposes", 1)]


def test_without_an_estimate_the_extremes_are_shown() -> None:
    """Highest, typical and lowest by ratio where no contribution is known."""
    table = after([None] * 5, [1.0, 3.0, 2.0, 0.5, 1.1])
    assert roles(chosen_cases(table, estimate=0.0)) == [
        ("highest", 2),
        ("typical", 5),
        ("lowest", 4),
    ]


def test_without_ratios_prices_rank() -> None:
    """Where fewer than enough deals have comparables all deals take part, by price."""
    table = after([None] * 4, [None, None, None, 1.0])
    assert roles(chosen_cases(table, estimate=0.0))[0] == ("highest", 4)
    assert roles(chosen_cases(table, estimate=0.0))[-1] == ("lowest", 1)


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(-1, 1)), st.one_of(st.none(), st.floats(0.1, 10))),
        max_size=12,
    )
)
def test_no_deal_twice_and_none_invented(rows: list[tuple[float | None, float | None]]) -> None:
    """Chosen deals are distinct, known, and at most those that carry, one typical, one against."""
    table = after([c for c, _ in rows], [r for _, r in rows])
    chosen = chosen_cases(table, estimate=0.1)
    assert chosen["source_line"].is_unique().all()
    assert set(chosen["source_line"]) <= set(table["source_line"])
    assert chosen.height <= CARRYING + 2
    assert chosen["role"].null_count() == 0


def test_few_comparables_make_no_ratio() -> None:
    """One comparable fewer than needed: missing, not a median of what there is."""
    pairs = pl.DataFrame({"subject": [1] * (MIN_COMPARABLES - 1), "ratio": [1.0, 2.0]})
    assert price_ratios(pairs, 3).to_list() == [None, None, None]
