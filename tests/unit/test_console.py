"""What the commands print."""

import io

import polars as pl
from rich.console import Console
from rich.table import Table

from landwatch.console import coverage_table, ledger_table, rejects_table, spark_bars
from landwatch.measures.coverage import row_coverage
from landwatch.schemas.tables import dtypes
from landwatch.vocabulary.places import embedded_places


def printed(table: Table) -> str:
    stream = io.StringIO()
    Console(file=stream, width=140, no_color=True).print(table)
    return stream.getvalue()


def ledger(name: str) -> pl.DataFrame:
    row = {"source_file": [name], "sha256": ["0"], "rows_read": [1234], "rows_accepted": [1200]}
    row |= {"rows_rejected": [30], "rows_duplicate": [4], "remark": [""]}
    return pl.DataFrame(row, schema=dtypes("ledger"))


def test_text_of_the_data_is_printed_as_it_is() -> None:
    """A file called like markup of the terminal is shown, not obeyed."""
    text = printed(ledger_table(ledger("[red]x[/red]/a.csv")))
    assert "[red]x[" in text
    assert "1,234" in text


def test_every_rejected_row_is_in_the_table() -> None:
    """Reasons beyond the limit are summed in one line, so that the rows add up."""
    rejects = pl.DataFrame(
        {
            "source_file": ["lvr/a.csv"] * 6,
            "source_line": [1, 2, 3, 4, 5, 6],
            "reason": ["bad_date", "bad_date", "bad_date", "zero_area", "zero_area", "nul"],
            "raw": [""] * 6,
        }
    )
    text = printed(rejects_table(rejects, most=1))
    assert "bad_date" in text
    assert "lvr/a.csv:1" in text
    assert "其他 other (2)" in text


def test_absent_counties_are_named_when_few() -> None:
    """A table of all counties but one names that one."""
    places = embedded_places()
    codes = places.towns["county_code"].unique().sort().to_list()
    gone = places.towns.filter(pl.col("county_code") == codes[-1])["county_name"][0]
    tables = {"t": pl.DataFrame({"county_code": codes[:-1], "year": [2018] * 21})}
    assert f"21/22（缺 without {gone}）" in printed(coverage_table(row_coverage(tables), places))


def test_one_row_among_thousands_is_still_seen() -> None:
    """The smallest bar is for a year with any row at all; none is drawn for none."""
    assert spark_bars([100_000, 1, 0]) == "█▁ "
