"""Land sections: code and name of every 段, with the town it lies in."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.standardise.sites import sorted_out, stacked, with_town
from landwatch.vocabulary.places import Places
from landwatch.vocabulary.text import folded, place_spelling

LAND_SECTIONS: Final = "factories__land_sections"

_COLUMNS: Final = ("office", "sectcode", "sectstr", "town_code", "city_name", "town_name")


def standardise_land_sections(raws: Sequence[RawTable], places: Places) -> Standardised:
    """Turn the code table into ``factories__land_sections``.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.land_sections.read_land_sections`.
    places : Places
        Towns of the study.

    Returns
    -------
    Standardised
        Sections under today's codes. The table names no district within 嘉義市 and 新竹市: their
        sections have a county and no town.
    """
    frame = stacked(raws, _COLUMNS)
    frame = with_town(frame, pl.concat_str("city_name", "town_name"), places).with_columns(
        folded(pl.col("office")).alias("office_code"),
        folded(pl.col("sectcode")).alias("section_code"),
        place_spelling(pl.col("sectstr")).alias("section_name"),
    )
    faults = (
        ("unknown_county", pl.col("county_code").is_null()),
        ("no_section", (pl.col("section_code") == "") | (pl.col("section_name") == "")),
    )
    return sorted_out(raws, frame, faults, LAND_SECTIONS)
