"""Zones that are treated more than once: the first date treats, the next one is kept beside it."""

import geopandas as gpd
import numpy as np
import pandas as pd

from landwatch.vocabulary.errors import InputError


def first_treatments(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bring a table in which a zone may return with a later date to one row per zone.

    Parameters
    ----------
    zones : geopandas.GeoDataFrame
        ``zone_id, effective`` (date) and geometry; a plan that is extended, or approved again,
        is the same zone with the same outline and a later date. Several shapes of one zone and
        date are its parts.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per ``zone_id`` in the order of first mention, with its earliest ``effective`` and
        ``next_date``, the earliest later one (missing where there is none).

    Raises
    ------
    InputError
        If a zone returns with another outline: its parts are treated at different times and need
        ids of their own.
    """
    zones = _whole(zones)
    first = zones.drop_duplicates("zone_id").set_index("zone_id")
    same = zones.geometry.normalize().geom_equals(
        first.geometry.loc[zones["zone_id"]].normalize(), align=False
    )
    if not same.all():
        moved = sorted(set(zones["zone_id"][~same.to_numpy()].astype("str")))
        raise InputError(
            f"{len(moved)} 個地區以不同範圍重複出現 zones return with another outline: "
            f"{', '.join(moved[:5])}. A part that is treated later needs an id of its own."
        )
    date = pd.to_datetime(zones["effective"])
    earliest = date.groupby(zones["zone_id"]).transform("min")
    later = date.where(date > earliest).groupby(zones["zone_id"]).min()
    kept = zones.drop_duplicates("zone_id").copy()
    begin = earliest.groupby(zones["zone_id"]).first()
    kept["effective"] = begin.loc[kept["zone_id"]].dt.date.to_numpy()
    following = later.loc[kept["zone_id"]].dt.date.to_numpy(dtype=object)
    kept["next_date"] = np.where(pd.isna(following), None, following)
    return kept.reset_index(drop=True)


def _whole(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the parts of a zone that carry one date."""
    keys = ["zone_id", "effective"]
    if not zones.duplicated(keys).any():
        return zones
    return zones.dissolve(by=keys, sort=False, aggfunc="first").reset_index()
