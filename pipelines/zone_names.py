"""Which zone a person means."""

import difflib
from typing import Any

import pandas as pd

from landwatch.vocabulary.errors import StudyError
from landwatch.vocabulary.text import spelled


def found_zone(areas: pd.DataFrame, asked: str) -> str:
    """Return the id of the zone a person means.

    Parameters
    ----------
    areas : pandas.DataFrame
        ``zone_id, zone_name, is_zone`` of zones and all other towns.
    asked : str
        Id or name.

    Returns
    -------
    str
        Id of the zone.

    Raises
    ------
    StudyError
        If no zone, or more than one, goes by that name.
    """
    key = spelled(asked)
    zones = areas[areas["is_zone"]]
    names = zones["zone_name"].astype(str).map(spelled)
    told = zones["zone_name"] + " (" + zones["zone_id"].astype(str) + ")"
    by_id = zones["zone_id"].astype(str) == asked.strip()
    for hits in (by_id, names == key, _ends(names, key), _holds(names, key)):
        if hits.sum() == 1:
            return str(zones.loc[hits, "zone_id"].iloc[0])
        if hits.sum() > 1:
            raise StudyError(
                f"地區名稱不只一個 more than one zone is called {asked!r}: "
                f"{', '.join(sorted(told[hits]))}. Give the county too, or the id."
            )
    others = areas[~areas["is_zone"]]
    other_names = others["zone_name"].astype(str).map(spelled)
    hits = (others["zone_id"].astype(str) == asked.strip()) | _ends(other_names, key)
    if hits.any():
        raise StudyError(
            f"{', '.join(sorted(others.loc[hits, 'zone_name']))} 不是這個研究的地方創生地區 is a "
            "town of this study but no zone: it has no verdict."
        )
    raise StudyError(f"找不到地區 no zone {asked!r} in this study; nearest: {_near(key, zones)}.")


def _ends(names: "pd.Series[Any]", key: str) -> "pd.Series[bool]":
    return names.str.endswith(key) & bool(key)


def _holds(names: "pd.Series[Any]", key: str) -> "pd.Series[bool]":
    return names.str.contains(key, regex=False) & bool(key)


def _near(key: str, zones: pd.DataFrame) -> str:
    labels: dict[str, str] = {}
    for zone, name in zip(zones["zone_id"].astype(str), zones["zone_name"], strict=True):
        for label in (zone, spelled(name), spelled(name)[3:]):
            labels.setdefault(label, f"{name} ({zone})")
    near = difflib.get_close_matches(key, [n for n in labels if n], n=8, cutoff=0.0)
    return ", ".join(list(dict.fromkeys(labels[n] for n in near))[:3])
