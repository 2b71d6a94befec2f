"""Points of the farmland survey: where it shows a factory, with the parcel it stands on.

The survey has no day of its own. Where the land-use survey beside it tells its month, that is the
last month the source speaks of; 公告現值年月 dates a valuation, not a sighting.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.standardise.coordinates import with_coordinates
from landwatch.standardise.parcels import keys_of, with_parcels
from landwatch.standardise.sites import (
    joined_flags,
    precision_of_place,
    separate_words,
    sorted_out,
    stacked,
    with_town,
)
from landwatch.vocabulary.calendar import ROC_EPOCH
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling
from landwatch.vocabulary.units import BUILDABLE_USES

_COLUMNS: Final = (
    "longitude_text",
    "latitude_text",
    "district",
    "land_use_survey",
    "section",
    "parcel",
    "area",
    "zoning",
    "use",
    "zoning_and_use",
    "zoning_and_use_narrow",
)
_LAST_ROC_YEAR: Final = 300
_KEY_COLUMNS: Final = ("longitude_text", "latitude_text", "district", "section", "parcel")


def standardise_farmland_survey(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn points of the survey into sites.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.farmland_survey.read_farmland_survey`.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        Table ``factories__sites``. ``parcel_area_m2`` is the land parcel's area. A parcel of which
        every 使用地類別 is building land is not suspected.
    """
    frame = with_coordinates(stacked(raws, _COLUMNS), "longitude_text", "latitude_text")
    frame = with_town(frame, pl.col("district"), places)
    section = place_spelling(pl.col("section"))
    named = pl.when(section.str.contains("段$") | (section == "")).then(section)
    place = pl.concat_str(
        pl.coalesce(named, pl.concat_str(section, pl.lit("段"))), folded(pl.col("parcel"))
    )
    frame = with_parcels(frame, place)
    frame = frame.with_columns(pl.Series("site_id", _site_keys(frame)), *_land(), *_dates())
    frame = frame.with_columns(
        pl.lit("farmland_survey").alias("publisher"),
        pl.lit("farmland_survey").alias("evidence_kind"),
        precision_of_place().alias("place_precision"),
        (~_is_buildable()).alias("is_suspected"),
        _flags().alias("flags"),
    )
    faults = (("no_place", pl.col("longitude").is_null() & pl.col("county_code").is_null()),)
    return sorted_out(raws, frame, faults)


def _site_keys(frame: pl.DataFrame) -> pl.Series:
    text = frame.select(
        pl.concat_str([folded(pl.col(c)) for c in _KEY_COLUMNS], separator="|")
    ).to_series()
    return "farmland_survey:" + keys_of(text)


def _land() -> list[pl.Expr]:
    both = separate_words(pl.concat_str("zoning_and_use", "zoning_and_use_narrow", separator=";"))
    words = both.str.split(";")
    number = folded(pl.col("area")).str.replace_all(r"(平方公尺|m2|m²|㎡|,|\s)", "")
    area = number.cast(pl.Float64, strict=False)
    return [
        pl.when(area > 0).then(area).alias("parcel_area_m2"),
        pl.coalesce(separate_words(pl.col("zoning")), words.list.get(0, null_on_oob=True)).alias(
            "rural_zoning"
        ),
        pl.coalesce(separate_words(pl.col("use")), words.list.get(1, null_on_oob=True)).alias(
            "rural_use"
        ),
    ]


def _dates() -> list[pl.Expr]:
    found = folded(pl.col("land_use_survey")).str.extract_groups(r"(?<y>\d{2,4})年(?<m>\d{1,2})月")
    written = found.struct.field("y").cast(pl.Int32, strict=False)
    year = pl.when(written < _LAST_ROC_YEAR).then(written + ROC_EPOCH).otherwise(written)
    month = found.struct.field("m").cast(pl.Int32, strict=False)
    day = pl.concat_str(year, month, pl.lit("1"), separator="-")
    return [day.str.to_date("%Y-%m-%d", strict=False).alias("last_seen")]


def _is_buildable() -> pl.Expr:
    uses = pl.col("rural_use").str.split(";")
    return (
        uses.list.eval(pl.element().is_in(list(BUILDABLE_USES))).list.all().fill_null(value=False)
    )


def _flags() -> pl.Expr:
    doubts = joined_flags(
        (
            ("town_unknown", pl.col("town_code").is_null()),
            ("no_parcel", pl.col("parcel_count").is_null()),
            ("no_area", pl.col("parcel_area_m2").is_null()),
            ("building_land", _is_buildable()),
        )
    )
    return pl.concat_str(
        doubts.replace("", None), pl.col("coordinate_fault"), separator=";", ignore_nulls=True
    )
