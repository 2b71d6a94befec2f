"""The names under which a row's place may be known, from the finest to the coarsest."""

from typing import Final

import polars as pl

from landwatch.vocabulary.addresses import address_parts

LEVELS: Final = (
    "number_range",
    "near_numbers",
    "lane",
    "section",
    "road",
    "village",
    "town",
    "county",
)
"""Levels of the gazetteer, finest first; a parcel has a section, a door has a road."""

PARENTS: Final[dict[str, tuple[str, ...]]] = {
    "number_range": ("town", "street", "number_range"),
    "near_numbers": ("town", "street"),
    "lane": ("town", "street", "lane"),
    "section": ("town", "section"),
    "road": ("town", "road"),
    "village": ("town", "village"),
    "town": ("county", "town"),
    "county": ("county",),
}
"""Groups whose errors inform the error of a key, the widest first, its own last."""

NUMBERS_PER_RANGE: Final = 30


def place_keys(rows: pl.DataFrame, towns: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of each row's place.

    Parameters
    ----------
    rows : polars.DataFrame
        ``town_code, county_code, masked_address, location_id``.
    towns : polars.DataFrame
        ``town_code, county_name, town_name``.

    Returns
    -------
    polars.DataFrame
        One row each, in order: a column for every level of `LEVELS` (missing where the address
        does not tell it), ``street`` (section or road), ``stem`` (the address up to its number)
        and ``low`` (first number of the range).

    Examples
    --------
    >>> towns = pl.DataFrame(
    ...     {"town_code": ["1"], "county_name": ["臺東縣"], "town_name": ["臺東市"]}
    ... )
    >>> rows = pl.DataFrame({"town_code": ["1"], "county_code": ["9"], "location_id": ["1:新展街"],
    ...                      "masked_address": ["臺東市新展街53巷1~30號"]})
    >>> place_keys(rows, towns).select("number_range", "lane", "road", "section").row(0)
    ('1:新展街53巷1~30號', '1:新展街53巷', '1:新展街', None)
    """
    known = rows.select("town_code", "county_code", "masked_address", "location_id").join(
        towns.select("town_code", "county_name", "town_name").unique("town_code"),
        on="town_code",
        how="left",
        maintain_order="left",
    )
    parts = address_parts(pl.col("masked_address"), pl.col("county_name"), pl.col("town_name"))
    frame = known.with_columns(parts.alias("parts")).unnest("parts")
    area = pl.coalesce("town_code", "county_code")
    body, is_land = pl.col("body"), pl.col("body").str.ends_with("地號").fill_null(value=False)
    low = body.str.extract(r"(\d+)~\d+(?:地號|號)$", 1).cast(pl.Int64, strict=False)
    frame = frame.with_columns(
        is_land.alias("is_land"),
        low.alias("low"),
        pl.concat_str(area, pl.lit(":"), body).alias("full"),
        pl.concat_str(area, pl.lit(":"), body.str.extract(r"^(\D+\d+巷)", 1)).alias("lane"),
        pl.concat_str(area, pl.lit(":"), "village").alias("village"),
        pl.when(~pl.col("location_id").str.ends_with(":")).then("location_id").alias("street"),
    )
    return frame.with_columns(
        pl.when(pl.col("low").is_not_null()).then("full").alias("number_range"),
        pl.when(pl.col("low").is_not_null()).then("full").alias("near_numbers"),
        pl.when("is_land").then("street").alias("section"),
        pl.when(~pl.col("is_land")).then("street").alias("road"),
        pl.col("full").str.replace(r"\d+~\d+(地號|號)$", "${1}").alias("stem"),
        pl.col("town_code").alias("town"),
        pl.col("county_code").alias("county"),
    ).select(*LEVELS, "street", "stem", "low")
