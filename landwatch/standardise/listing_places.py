"""Where a listing is: the town behind the publisher's number or name, and its approximate point."""

from typing import Final

import polars as pl

from landwatch.standardise.lvr_query import TAIWAN_BOUNDS
from landwatch.vocabulary.errors import UnknownCodeError
from landwatch.vocabulary.listings import COUNTRY_WIDE_UNKNOWN, region_names
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import place_spelling

METRES_PER_DEGREE: Final = 111_320.0
"""Of latitude, and of longitude at the equator."""

MAX_BOX_M: Final = 2_000.0
"""Half a diagonal beyond which the box of a listing tells no place finer than its town."""

_UNKNOWN: Final = (COUNTRY_WIDE_UNKNOWN, "不明")
_LEVELS: Final = ("county", "town")


def with_towns(frame: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Add the town and county of each row.

    Parameters
    ----------
    frame : polars.DataFrame
        ``county, town, county_label, town_label, source_file``: the publisher's number or the
        name; missing where not told.
    places : Places
        Towns of the study.

    Returns
    -------
    polars.DataFrame
        With ``town_code``, ``county_code``, ``is_town_told`` and ``is_place_conflict``: number and
        printed name, or county and town, name different places.

    Raises
    ------
    UnknownCodeError
        If a number is not in the publisher's code table.
    """
    for level in _LEVELS:
        frame = _named(frame, level)
    county, town = pl.col("county_name"), pl.col("town_name")
    codes = dict(places.by_full_name().iter_rows())
    full = [
        n.replace_strict(codes, default=None, return_dtype=pl.String) for n in (town, county + town)
    ]
    frame = frame.with_columns(pl.coalesce(full).alias("town_code"))
    by_town = places.towns.select("town_code", pl.col("county_code").alias("county_of_town"))
    by_name = places.towns.select(
        place_spelling(pl.col("county_name")).alias("county_name"),
        pl.col("county_code").alias("county_of_name"),
    ).unique()
    frame = frame.join(by_town, on="town_code", how="left", maintain_order="left")
    frame = frame.join(by_name, on="county_name", how="left", maintain_order="left")
    two = pl.col("county_of_town") != pl.col("county_of_name")
    return frame.with_columns(
        pl.coalesce("county_of_town", "county_of_name").alias("county_code"),
        town.is_not_null().alias("is_town_told"),
        (two.fill_null(value=False) | pl.col("county_differs") | pl.col("town_differs")).alias(
            "is_place_conflict"
        ),
    )


def _named(frame: pl.DataFrame, level: str) -> pl.DataFrame:
    """Add the name of the county or town, from its number or as printed, label first checked."""
    number = pl.col(level).str.extract(r"^(\d+)(?:\.0)?$")
    known = region_names().filter(level=level)
    codes = dict(zip(known["code"], known["name"], strict=True))
    strange = frame.filter(number.is_not_null() & ~number.is_in(list(codes)))
    if strange.height:
        code, file = strange.select(level, "source_file").row(0)
        raise UnknownCodeError(
            f"{file}: {level} number {code!r} in {strange.height} rows is not in the code table of "
            f"g0v (data/g0v_regions.csv). Guessing would move rents to another {level}: add the "
            "number with its source, or leave the file out."
        )
    printed = pl.when(number.is_null()).then(pl.col(level))
    by_number = number.replace_strict(codes, default=None, return_dtype=pl.String)
    told, label = pl.coalesce(by_number, printed), pl.col(f"{level}_label").replace(codes)
    names = [
        pl.when(~n.is_in(_UNKNOWN)).then(place_spelling(n)).alias(alias)
        for n, alias in ((pl.coalesce(told, label), f"{level}_name"), (label, f"_{level}_label"))
    ]
    frame = frame.with_columns(names)
    name, other = pl.col(f"{level}_name"), pl.col(f"_{level}_label")
    differs = ~(name.str.ends_with(other) | other.str.ends_with(name))
    return frame.with_columns(differs.fill_null(value=False).alias(f"{level}_differs"))


def with_points(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the point of each row, the order of the pair decided file by file.

    Parameters
    ----------
    frame : polars.DataFrame
        ``box`` (``a, b, a, b``), ``place_x``, ``place_y`` and ``source_file``. Upstream prints the
        latitude first; latitudes and longitudes of Taiwan do not overlap, so that the order most
        rows of a file are in is certain.

    Returns
    -------
    polars.DataFrame
        With ``longitude, latitude`` [degree, WGS84], ``place_box_m`` [m] and ``point_fault``:
        ``coordinates_swapped`` (against the order of the file), ``coordinates_outside`` (no place
        in Taiwan), ``coordinates_vague`` (a box beyond `MAX_BOX_M`) or missing. A point with a
        fault is missing. ``is_longitude_first`` tells the order of the file.
    """
    numbers = pl.coalesce("box", pl.concat_str("place_x", pl.lit(","), "place_y"))
    parts = numbers.str.extract_all(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
    frame = frame.with_columns(
        pl.when(parts.list.len().is_in([2, 4]))
        .then(parts.list.eval(pl.element().cast(pl.Float64)))
        .alias("_parts"),
        numbers.is_not_null().alias("_is_told"),
    )
    size = pl.col("_parts").list.len()
    corners = {
        name: pl.col("_parts").list.get(at, null_on_oob=True)
        for name, at in (("_a", 0), ("_b", 1), ("_c", 2), ("_d", 3))
    }
    frame = frame.with_columns(**corners).with_columns(
        pl.when(size == 4).then((pl.col("_a") + pl.col("_c")) / 2).otherwise("_a").alias("_one"),
        pl.when(size == 4).then((pl.col("_b") + pl.col("_d")) / 2).otherwise("_b").alias("_two"),
    )
    return _ordered(frame)


def _ordered(frame: pl.DataFrame) -> pl.DataFrame:
    west, south, east, north = TAIWAN_BOUNDS
    one, two = pl.col("_one"), pl.col("_two")
    straight = (one.is_between(south, north) & two.is_between(west, east)).fill_null(value=False)
    turned = (two.is_between(south, north) & one.is_between(west, east)).fill_null(value=False)
    frame = frame.with_columns(
        (turned.sum().over("source_file") > straight.sum().over("source_file")).alias(
            "is_longitude_first"
        ),
        straight.alias("_straight"),
        turned.alias("_turned"),
    )
    first = pl.col("is_longitude_first")
    fits = (first & pl.col("_turned")) | (~first & pl.col("_straight"))
    against = (first & pl.col("_straight")) | (~first & pl.col("_turned"))
    latitude, longitude = (pl.when(first).then(b).otherwise(a) for a, b in ((one, two), (two, one)))
    frame = frame.with_columns(
        latitude.alias("_latitude"),
        longitude.alias("_longitude"),
        _half_diagonal(first).alias("_box_m"),
    )
    fault = (
        pl.when(against)
        .then(pl.lit("coordinates_swapped"))
        .when(pl.col("_is_told") & ~fits)
        .then(pl.lit("coordinates_outside"))
        .when(pl.col("_box_m") > MAX_BOX_M)
        .then(pl.lit("coordinates_vague"))
    )
    frame = frame.with_columns(fault.alias("point_fault"))
    sound = fits & pl.col("point_fault").is_null()
    return frame.with_columns(
        pl.when(sound).then(pl.col(f"_{c}")).alias(name)
        for c, name in (
            ("latitude", "latitude"),
            ("longitude", "longitude"),
            ("box_m", "place_box_m"),
        )
    )


def _half_diagonal(is_longitude_first: pl.Expr) -> pl.Expr:
    across, up = pl.col("_a") - pl.col("_c"), pl.col("_b") - pl.col("_d")
    north = pl.when(is_longitude_first).then(up).otherwise(across)
    east = pl.when(is_longitude_first).then(across).otherwise(up)
    middle = pl.when(is_longitude_first).then(pl.col("_two")).otherwise(pl.col("_one"))
    metres = (north**2 + (east * middle.radians().cos()) ** 2).sqrt() * METRES_PER_DEGREE / 2
    return metres.fill_null(0.0)
