"""What the start page says about a study: titles, dates, licence lines, limits, absent data.

``mart/site.json`` holds one object with the fields of `SiteInfo`. A text is either a string (shown
in both languages) or ``{"zh": …, "en": …}``; it is always data, shown literally, never markup.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from landwatch.cartography.catalogue import VERDICTS
from landwatch.vocabulary.errors import InputError

Text = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Absent:
    """Something the study could not show.

    Attributes
    ----------
    what : tuple of (str, str)
        What is missing, Chinese and English.
    reason : tuple of (str, str)
        Why, Chinese and English.
    """

    what: Text
    reason: Text


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """Everything a page says that is not in a table.

    Attributes
    ----------
    title : tuple of (str, str)
        Title of the study, Chinese and English.
    data_start, data_end : str
        First and last day of the data, ISO dates.
    built : str
        Day the tables were made, ISO date.
    attribution : tuple of str
        One line per source: agency, year, data set and version, licence and its address. Required,
        because the open government licence makes it a condition of use.
    zone_source : tuple of (str, str)
        Where the list of zones comes from, such as "reproduced from published criteria".
    fdr : float
        False discovery rate of the study, between 0 and 1.
    counts : Mapping of str to int
        Zones by verdict.
    absent : tuple of Absent
        Data or results that are missing.
    limits : tuple of (str, str)
        What the data cannot show.
    interval_level : float
        Coverage of every interval, between 0 and 1.
    """

    title: Text
    data_start: str
    data_end: str
    built: str
    attribution: tuple[str, ...]
    zone_source: Text
    fdr: float
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    absent: tuple[Absent, ...] = ()
    limits: tuple[Text, ...] = ()
    interval_level: float = 0.95


def read_site_info(path: Path) -> SiteInfo:
    """Read ``site.json``.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    SiteInfo
        Its content.

    Raises
    ------
    InputError
        If the file is missing or lacks a field; every fault is listed.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"expected {path}, found no such file: run the mart step first") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path} is not JSON: {error}") from error
    faults = check_site_fields(raw)
    if faults:
        raise InputError(f"{path} cannot be used / 無法使用: " + "; ".join(faults))
    return SiteInfo(
        title=_text(raw["title"]),
        data_start=str(raw["data_start"]),
        data_end=str(raw["data_end"]),
        built=str(raw["built"]),
        attribution=tuple(str(line) for line in raw["attribution"]),
        zone_source=_text(raw["zone_source"]),
        fdr=float(raw["fdr"]),
        counts=MappingProxyType({key: int(n) for key, n in raw.get("counts", {}).items()}),
        absent=tuple(
            Absent(_text(item["what"]), _text(item["reason"])) for item in raw.get("absent", [])
        ),
        limits=tuple(_text(item) for item in raw.get("limits", [])),
        interval_level=float(raw.get("interval_level", 0.95)),
    )


def check_site_fields(raw: Any) -> list[str]:
    """List what is wrong with the object of ``site.json``.

    Parameters
    ----------
    raw : Any
        The parsed file.

    Returns
    -------
    list of str
        One message per fault; empty when the object can be used.
    """
    if not isinstance(raw, dict):
        return [f"expected an object, found {type(raw).__name__}"]
    required = ("title", "data_start", "data_end", "built", "attribution", "zone_source", "fdr")
    faults = [f"field {name!r} is missing" for name in required if name not in raw]
    if faults:
        return faults
    lines = raw["attribution"]
    if not isinstance(lines, list) or not any(str(line).strip() for line in lines):
        faults.append("'attribution' needs at least one line: naming the sources is a condition")
    for name in ("fdr", "interval_level"):
        level = raw.get(name, 0.95)
        if not isinstance(level, int | float) or not 0 < level < 1:
            faults.append(f"{name!r} must lie between 0 and 1, found {level!r}")
    faults += [
        f"{name!r} is no text" for name in ("title", "zone_source") if not _is_text(raw[name])
    ]
    unknown = set(raw.get("counts", {})) - set(VERDICTS)
    if unknown:
        faults.append(f"'counts' has unknown verdicts {sorted(unknown)}, expected {list(VERDICTS)}")
    texts = [
        part for item in raw.get("absent", []) for part in (item.get("what"), item.get("reason"))
    ]
    if not all(_is_text(text) for text in [*texts, *raw.get("limits", [])]):
        faults.append("every 'limits', 'absent' what and reason must be a string or {zh, en}")
    return faults


def write_site_info(info: SiteInfo, path: Path) -> Path:
    """Write ``site.json``.

    Parameters
    ----------
    info : SiteInfo
        What to write.
    path : Path
        Where.

    Returns
    -------
    Path
        The same path.
    """
    content = {
        "title": _pair(info.title),
        "data_start": info.data_start,
        "data_end": info.data_end,
        "built": info.built,
        "attribution": list(info.attribution),
        "zone_source": _pair(info.zone_source),
        "fdr": info.fdr,
        "counts": dict(info.counts),
        "absent": [{"what": _pair(a.what), "reason": _pair(a.reason)} for a in info.absent],
        "limits": [_pair(text) for text in info.limits],
        "interval_level": info.interval_level,
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _is_text(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(value.get(language), str) for language in ("zh", "en"))
    return isinstance(value, str)


def _text(value: Any) -> Text:
    return (value["zh"], value["en"]) if isinstance(value, dict) else (str(value), str(value))


def _pair(text: Text) -> dict[str, str]:
    return {"zh": text[0], "en": text[1]}
