"""How well the gazetteer places rows whose true coordinate is known and was hidden."""

from typing import Final

import polars as pl

from landwatch.measures.gazetteer import chosen, early_and_late, gazetteer

HELD_OUT: Final = 10
"""One spot in this many is held out."""

ALL: Final = "all"
UNPLACED: Final = "unplaced"


def place_accuracy(spots: pl.DataFrame, areas: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return by test, county and level how far placed rows lie from their true coordinates.

    Parameters
    ----------
    spots : polars.DataFrame
        Rows of `landwatch.measures.gazetteer.located_spots`.
    areas : polars.DataFrame, optional
        Outlines.

    Returns
    -------
    polars.DataFrame
        ``test, county_code, place_level, n_rows, share, median_error_m, p90_error_m,
        stated_median_m, stated_p90_m, share_within_median, share_within_p90``. Level ``all`` sums
        over levels, county ``all`` over counties; ``share`` is of the rows of the county.

    Notes
    -----
    Test ``spots``: every tenth spot, told by the last digit of its metres, is hidden with all rows
    on it. Test ``later``: the oldest two thirds of the rows place the later ones on spots never
    seen before; the harder one, since new quarters get new roads and sections.
    """
    digit = (pl.col("spot") // 10_000_000 + pl.col("spot")) % HELD_OUT
    tests = {
        "spots": (spots.filter(digit != 0), spots.filter(digit == 0)),
        "later": early_and_late(spots),
    }
    parts = []
    for test, (known, hidden) in tests.items():
        if known.height and hidden.height:
            parts += _scores(test, _errors(hidden, gazetteer(known, areas)))
    table = pl.concat(parts) if parts else _empty()
    return table.sort("test", "county_code", "place_level")


def _errors(hidden: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    found = chosen(hidden, places).rename({"easting_m": "x", "northing_m": "y"})
    apart = [(pl.col("x") - pl.col("easting_m")) ** 2, (pl.col("y") - pl.col("northing_m")) ** 2]
    return pl.concat([hidden, found], how="horizontal").select(
        pl.col("county").alias("county_code"),
        pl.col("place_level").fill_null(UNPLACED),
        "place_error_m",
        "place_error_p90_m",
        (apart[0] + apart[1]).sqrt().alias("error_m"),
    )


def _scores(test: str, errors: pl.DataFrame) -> list[pl.DataFrame]:
    error = pl.col("error_m")
    nowhere, everywhere = pl.lit(ALL).alias("county_code"), pl.lit(ALL).alias("place_level")
    parts = []
    for frame in (
        errors,
        errors.with_columns(everywhere),
        errors.with_columns(nowhere),
        errors.with_columns(nowhere, everywhere),
    ):
        table = frame.group_by("county_code", "place_level").agg(
            pl.len().cast(pl.Int64).alias("n_rows"),
            error.median().alias("median_error_m"),
            error.quantile(0.9, "linear").alias("p90_error_m"),
            pl.col("place_error_m").median().alias("stated_median_m"),
            pl.col("place_error_p90_m").median().alias("stated_p90_m"),
            (error <= pl.col("place_error_m")).mean().alias("share_within_median"),
            (error <= pl.col("place_error_p90_m")).mean().alias("share_within_p90"),
        )
        whole = pl.col("n_rows").sum().over("county_code")
        parts.append(
            table.select(
                pl.lit(test).alias("test"),
                "county_code",
                "place_level",
                "n_rows",
                (pl.col("n_rows") / whole).alias("share"),
                pl.exclude("county_code", "place_level", "n_rows"),
            )
        )
    return parts


def _empty() -> pl.DataFrame:
    texts = dict.fromkeys(("test", "county_code", "place_level"), pl.String)
    return pl.DataFrame(schema={**texts, "n_rows": pl.Int64})
