"""What the commands print: tables a person reads in a terminal, 繁體中文 first."""

import os
from typing import Final

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from landwatch.measures.coverage import coverage_spans
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.rejects import reason_words

_BARS: Final = " ▁▂▃▄▅▆▇█"
_LATEST: Final = 15
"""Years drawn as bars, the last ones; the span of all is told in numbers."""

_FEW: Final = 6
"""Counties named one by one; of more, only the number and the absent ones are told."""


def console() -> Console:
    """Return a console that respects ``NO_COLOR``.

    Returns
    -------
    rich.console.Console
        For standard output.
    """
    return Console(no_color="NO_COLOR" in os.environ)


def ledger_table(ledger: pl.DataFrame) -> Table:
    """Files and rows by kind of input.

    Parameters
    ----------
    ledger : polars.DataFrame
        Table ``ledger``.

    Returns
    -------
    rich.table.Table
        One line a top folder or file of the ledger, and a total.
    """
    table = Table("資料 input", "檔 files", "讀 read", "收 accepted", "退 rejected", "重 duplicate")
    counts = [pl.col(c).sum() for c in ledger.columns if c.startswith("rows_")]
    kind = pl.col("source_file").str.split("/").list.first().alias("kind")
    totals = ledger.group_by(kind).agg(pl.len(), *counts).sort("kind")
    for name, *numbers in totals.iter_rows():
        table.add_row(escape(name), *(f"{n:,}" for n in numbers))
    every = ledger.select(pl.len(), *counts).row(0)
    table.add_row("合計 total", *(f"{n:,}" for n in every), style="bold")
    return table


def rejects_table(rejects: pl.DataFrame, most: int = 15) -> Table:
    """Reasons of rejection, the most frequent first.

    Parameters
    ----------
    rejects : polars.DataFrame
        Table ``rejects``.
    most : int, optional
        Lines at most; the rest is summed in one line.

    Returns
    -------
    rich.table.Table
        Input, reason, rows and where the first one stands.
    """
    table = Table("資料 input", "退件原因 reason", "列 rows")
    table.add_column("例 first seen", overflow="fold")
    kind = pl.col("source_file").str.split("/").list.first().alias("kind")
    first = pl.concat_str(pl.col("source_file").first(), pl.lit(":"), pl.col("source_line").first())
    by_reason = rejects.group_by(kind, "reason").agg(pl.len().alias("n"), first.alias("where"))
    by_reason = by_reason.sort("n", "kind", "reason", descending=[True, False, False])
    for name, reason, n, where in by_reason.head(most).iter_rows():
        table.add_row(escape(name), escape(reason_words(reason)), f"{n:,}", escape(where))
    if by_reason.height > most:
        rest = by_reason.slice(most)
        table.add_row("", f"其他 other ({rest.height})", f"{rest['n'].sum():,}", "")
    return table


def coverage_table(coverage: pl.DataFrame, places: Places) -> Table:
    """Years and counties of every core table, rows by year as bars.

    Parameters
    ----------
    coverage : polars.DataFrame
        Table ``coverage``.
    places : Places
        Towns of the study.

    Returns
    -------
    rich.table.Table
        One line a table. A year without rows is a gap in the bars.
    """
    table = Table(Column("資料表 table", overflow="fold"), "列 rows", "年 years")
    table.add_column(f"近 {_LATEST} 年 latest years", no_wrap=True)
    table.add_column("縣市 counties", overflow="fold")
    names = dict(places.towns.select("county_code", "county_name").unique().iter_rows())
    for row in coverage_spans(coverage).iter_rows(named=True):
        years = "—" if row["years"] is None else f"{row['first_year']}–{row['last_year']}"
        bars = "" if row["years"] is None else spark_bars(row["years"][-_LATEST:])
        told = _counties(row["counties"], names)
        table.add_row(row["table_name"], f"{row['rows_kept']:,}", years, bars, told)
    return table


def breaks_table(sources: pl.DataFrame, kinds: list[str]) -> Table:
    """Known breaks of the sources a study uses.

    Parameters
    ----------
    sources : polars.DataFrame
        ``data/sources.csv``.
    kinds : list of str
        Kinds of the study's inputs.

    Returns
    -------
    rich.table.Table
        One line a source that states a break.
    """
    table = Table("資料 kind", "已知斷點與限制 known breaks and limits", show_lines=True)
    used = sources.filter(
        pl.col("kind").is_in(kinds) & (pl.col("known_breaks").fill_null("") != "")
    )
    for kind, zh, en in used.select("kind", "known_breaks_zh", "known_breaks").iter_rows():
        table.add_row(kind, f"{zh}\n{en}")
    return table


def spark_bars(counts: list[int]) -> str:
    """Draw counts as bars of text; zero is a gap, anything else is seen.

    Parameters
    ----------
    counts : list of int
        One count a year.

    Returns
    -------
    str
        One character a count.

    Examples
    --------
    >>> spark_bars([0, 1, 50, 100])
    ' ▁▄█'
    """
    top = max(counts, default=0)
    return "".join(_BARS[0 if n == 0 else max(1, n * (len(_BARS) - 1) // top)] for n in counts)


def _counties(codes: list[str], names: dict[str, str]) -> str:
    known = [escape(names[c]) for c in codes if c in names]
    if len(known) <= _FEW:
        return "、".join(known) or "—"
    absent = [n for c, n in sorted(names.items()) if c not in set(codes)]
    told = f"{len(known)}/{len(names)}"
    return f"{told}（缺 without {'、'.join(absent)}）" if 0 < len(absent) <= _FEW else told
