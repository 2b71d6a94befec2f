"""Population and income: raw rows to town-months and village-years under today's town codes."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling
from landwatch.vocabulary.units import TWD_PER_THOUSAND

_INCOME: Final = ("income_total", "income_mean", "income_median")


def standardise_population(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn monthly population files into table ``population__town_months``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.statistics.read_population_month`.
    places : Places
        Towns of the study; past names are understood.

    Returns
    -------
    Standardised
        A town no study place answers to, or a number that is none, is rejected.
    """
    frame = _stacked(raws, ("area", "households", "population", "month"))
    frame = _placed(frame, pl.col("area"), places).with_columns(
        _whole("population"),
        _whole("households"),
        (pl.col("month") + "-01").str.to_date("%Y-%m-%d", strict=False).alias("month"),
    )
    faults = (
        ("unknown_town", pl.col("town_code").is_null()),
        ("bad_date", pl.col("month").is_null()),
        ("bad_number", pl.col("population").is_null() | (pl.col("population") < 0)),
    )
    return _sorted_out(raws, frame, faults, "population__town_months")


def standardise_income(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn yearly income files into table ``income__village_years`` in NTD.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.statistics.read_income_year`; thousand NTD.
    places : Places
        Towns of the study; pre-merger counties and past names are understood.

    Returns
    -------
    Standardised
        Villages under the town codes of today.
    """
    columns = ("county_name", "town_name", "village_name", "tax_units", *_INCOME, "year")
    frame = _stacked(raws, columns)
    name = pl.concat_str("county_name", "town_name")
    frame = _placed(frame, name, places).with_columns(
        _whole("tax_units"),
        pl.col("year").cast(pl.Int32, strict=False),
        *(
            (
                pl.col(c).str.replace_all(",", "").cast(pl.Float64, strict=False) * TWD_PER_THOUSAND
            ).alias(f"{c}_twd")
            for c in _INCOME
        ),
    )
    faults = (
        ("unknown_town", pl.col("town_code").is_null()),
        ("bad_date", pl.col("year").is_null()),
        ("bad_number", pl.col("tax_units").is_null() | pl.col("income_mean_twd").is_null()),
    )
    return _sorted_out(raws, frame, faults, "income__village_years")


def _stacked(raws: Sequence[RawTable], columns: Sequence[str]) -> pl.DataFrame:
    schema = dict.fromkeys((*columns, "raw", "source_file"), pl.String)
    frames = [r.rows.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    empty = pl.DataFrame(schema=schema | {"source_line": pl.Int64})
    return pl.concat([empty, *frames], how="diagonal_relaxed")


def _placed(frame: pl.DataFrame, name: pl.Expr, places: Places) -> pl.DataFrame:
    keyed = frame.with_columns(place_spelling(name).alias("full_key"))
    return keyed.join(places.by_full_name(), on="full_key", how="left", maintain_order="left")


def _whole(column: str) -> pl.Expr:
    return folded(pl.col(column)).str.replace_all(",", "").cast(pl.Int64, strict=False)


def _sorted_out(
    raws: Sequence[RawTable],
    frame: pl.DataFrame,
    faults: Sequence[tuple[str, pl.Expr]],
    table: str,
) -> Standardised:
    reason = pl.coalesce(pl.when(fault).then(pl.lit(code)) for code, fault in faults)
    frame = frame.with_columns(reason.alias("reason"))
    kept = conformed(frame.filter(pl.col("reason").is_null()), table)
    rejects = conformed(frame.filter(pl.col("reason").is_not_null()), "rejects")
    files = [(r, "") for r in raws]
    return Standardised({table: kept}, rejects, ledger_of(files, kept, rejects))
