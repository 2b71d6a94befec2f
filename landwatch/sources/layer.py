"""A layer the user brings: renewal areas, expropriations, idle buildings, tracks."""

import polars as pl
import shapely

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.vectors import layer_format, read_features

_NO_PROPERTIES = pl.Struct({"": pl.String})


def is_layer(member: Member) -> bool:
    """Tell whether a file is a layer.

    Parameters
    ----------
    member : Member
        Any file.

    Returns
    -------
    bool
        True for the formats `landwatch.sources.vectors.layer_format` knows.
    """
    return layer_format(member) is not None


def read_layer(member: Member) -> RawTable:
    """Read every feature of a layer.

    Parameters
    ----------
    member : Member
        Any layer, points, lines or polygons, with a declared coordinate system.

    Returns
    -------
    RawTable
        ``properties`` (a struct of texts, names as published), ``geometry`` (WKB as published),
        ``crs`` (as declared) and ``raw``, which tells nothing of the properties: who a feature
        belongs to stays here. ``source_line`` is the position of the feature.

    Raises
    ------
    InputError
        If the file is damaged, hostile or incomplete, or holds several layers.
    """
    features = read_features(member)
    columns = features.properties.columns
    properties = (
        features.properties.to_struct("properties")
        if columns
        else pl.Series("properties", [{"": None}] * len(features.geometry), _NO_PROPERTIES)
    )
    frame = pl.DataFrame(
        [
            properties,
            pl.Series("geometry", shapely.to_wkb(features.geometry), pl.Binary),
            pl.Series("crs", [features.crs] * len(features.geometry), pl.String),
        ]
    ).with_row_index("source_line", offset=1)
    return RawTable(
        member.source_file,
        member.sha256,
        frame.with_columns(pl.col("source_line").cast(pl.Int64), pl.lit("").alias("raw")),
        register="layer",
    )
