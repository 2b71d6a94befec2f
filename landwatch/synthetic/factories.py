"""Suspected factories on farmland in four official formats, with known counts.

Every site belongs to one of two sets that share no place: land changes, which tell a year and a
point, and parcels, which the ministry's list, citizens' reports and the farmland survey name. One
parcel a town is named by all three and counts once. What must not count is written too: lawful
changes, changes that are no building, a removed factory, a report its reviewers let fall, and a
survey point on building land.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from landwatch.schemas.storage import write_csv
from landwatch.synthetic.archives import write_bytes
from landwatch.synthetic.names import SECTIONS
from landwatch.synthetic.world import World, located

YEARS_BEFORE: Final = (2015, 2018)
YEARS_AFTER: Final = (2020, 2022)
"""Years in which land changes are seen; none in the year the policy begins, whose changes fall on
either side of its day."""

LIST_YEAR: Final = 111
LIST_MONTHS: Final = ("01", "02", "03")
"""ROC year and months of the ministry's list."""

TRUTH: Final = (
    "zone_id",
    "known_in_2018",
    "known_at_end",
    "new_since_effective",
    "factory_area_m2",
)

_CHANGES: Final = "變異點編號,權責單位,查證結果,變異類型,latitude,longitude"
_POINTS: Final = (
    "經度,緯度,行政區,國土利用調查,地政事務所,地政事務所代碼,段號,段名,地號,面積,使用分區,使用地類別,"
    "公告現值年月,公告現值"
)
_FINED, _CUT_OFF, _REMOVED = "裁處罰鍰", "已停止供水供電", "已自行拆除"


@dataclass(frozen=True, slots=True)
class FactoryFiles:
    """Where the sites were written.

    Attributes
    ----------
    paths : tuple of pathlib.Path
        JSON of the ministry and of Disfactory, CSV of points and of land changes.
    truth : pathlib.Path
        Columns `TRUTH`, one row a town.
    """

    paths: tuple[Path, ...]
    truth: Path


def write_factories(directory: Path, truth: Path, world: World) -> FactoryFiles:
    """Write the four formats and their truth.

    Parameters
    ----------
    directory : pathlib.Path
        Folder of the input.
    truth : pathlib.Path
        CSV of the truth.
    world : World
        The world.

    Returns
    -------
    FactoryFiles
        The paths.
    """
    rng = world.stream("factories")
    before, after, area = _counts(world, rng)
    changes = _changes(world, rng, before, after)
    cases, updates = _cases(world, rng)
    listed = {"violations": cases, "updates": updates}
    files = {
        "landchange.csv": "\n".join([_CHANGES, *changes, ""]),
        "moea_111.json": json.dumps(listed, ensure_ascii=False, indent=1),
        "disfactory.json": json.dumps(_reports(world, rng), ensure_ascii=False),
        "full-info.csv": "\n".join([_POINTS, *_points(world, rng, area), ""]),
    }
    known = pl.DataFrame(
        {
            "zone_id": world.towns["town_code"],
            # two farmland points of the survey, dated 2018
            "known_in_2018": before + 2,
            # one parcel named by three publishers, a case of a later month, a report, a point
            "known_at_end": before + after + 4,
            "new_since_effective": after + 1,
            "factory_area_m2": area.sum(axis=1).round(2),
        }
    )
    write_csv(known, truth)
    return FactoryFiles(
        tuple(write_bytes(directory / name, text.encode()) for name, text in files.items()), truth
    )


def _counts(world: World, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    treated = world.towns["is_treated"].to_numpy()
    before = rng.integers(1, 4, len(treated))
    after = np.where(treated, rng.integers(3, 6, len(treated)), rng.integers(0, 2, len(treated)))
    return before, after, rng.integers(50_000, 400_000, (len(treated), 2)) / 100


def _place(world: World, rng: np.random.Generator, town: int) -> tuple[str, str]:
    point = located(world, np.array([town]), rng.uniform(0.3, 0.7, 1), rng.uniform(0.3, 0.7, 1))
    return f"{point[0, 0]:.5f}", f"{point[0, 1]:.5f}"


def _changes(
    world: World, rng: np.random.Generator, before: np.ndarray, after: np.ndarray
) -> list[str]:
    lines, serial = [], 0
    kinds = [("違規", "新增建物"), ("合法", "新增建物"), ("違規", "整地"), ("已知工程", "工程施作")]
    for town, (county, letter) in enumerate(world.towns.select("county_name", "county_id").rows()):
        built = [kinds[0]] * int(before[town] + after[town])
        years = [int(y) for y in rng.integers(YEARS_BEFORE[0], YEARS_BEFORE[1] + 1, before[town])]
        years += [int(y) for y in rng.integers(YEARS_AFTER[0], YEARS_AFTER[1] + 1, after[town])]
        for (finding, kind), year in zip(
            [*built, *kinds[1:]], [*years, *[YEARS_BEFORE[0]] * (len(kinds) - 1)], strict=True
        ):
            serial += 1
            lon, lat = _place(world, rng, town)
            sheet, issue = 1 + serial // 1000, int(rng.integers(1, 7))
            key = f"{letter}{sheet:02d}{year - 1911}{issue:02d}{serial % 1000:03d}"
            lines.append(f"{key},{county},{finding},{kind},{lat},{lon}")
    return lines


def _section(town: int) -> str:
    return f"{SECTIONS[town % len(SECTIONS)]}段"


def _cases(
    world: World, rng: np.random.Generator
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Three cases a town: from the first month, removed in the third, new in the second."""
    cases: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    for town, (county, name) in enumerate(world.towns.select("county_name", "town_name").rows()):
        plans = (("01", 100, [_FINED]), ("01", 200, [_FINED]), ("02", 300, [_FINED, _CUT_OFF]))
        for month, parcel, steps in plans:
            number = len(cases) + 1
            case = {
                "id": f"{LIST_YEAR}{month}{number:04d}",
                "year": str(LIST_YEAR),
                "month": month,
                "number": str(number),
                "city": county,
                "sectname": f"{name}{_section(town)}{parcel}地號",
                "sectcode": f"{town:04d}",
                "land_numbers": [f"{parcel:04d}0000"],
                "usage_zone": str(rng.choice(["特定農業區", " 一般農業區"])),
                "use": "農牧用地",
                "status": steps,
            }
            empty = {k: [] if isinstance(v, list) else "" for k, v in case.items()}
            cases.append(case)
            updates.append(case)
            later = LIST_MONTHS[LIST_MONTHS.index(month) + 1 :]
            gone = [_REMOVED] if parcel == plans[1][1] else []
            updates += [
                empty | {"id": case["id"], "month": m, "status": gone if m == "03" else []}
                for m in later
            ]
    return cases, updates


def _reports(world: World, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Three reports a town: the parcel of the first case, one of its own, one let fall."""
    reports: list[dict[str, Any]] = []
    plans = (("01000000", False), ("04000000", False), ("05000000", True))
    for town, (county, name) in enumerate(world.towns.select("county_name", "town_name").rows()):
        for parcel, dropped in plans:
            lon, lat = _place(world, rng, town)
            number = len(reports) + 1
            reports.append(
                {
                    "id": f"00000000-0000-4000-8000-{number:012d}",
                    "display_number": number,
                    "lat": float(lat),
                    "lng": float(lon),
                    "name": f"虛構鐵工廠 {number}",
                    "landcode": parcel,
                    "townname": f"{county}{name}",
                    "sectname": _section(town),
                    "sectcode": f"{town:04d}",
                    "source": "U",
                    "factory_type": "2-1",
                    "type": "2-1",
                    "cet_report_status": "O",
                    "wont_fix": dropped,
                    "before_release": False,
                    "images": [],
                    "reported_at": f"2021-{int(rng.integers(1, 13)):02d}-15T01:30:00.000000Z",
                    "data_complete": True,
                    "status": "O",
                    "document_display_status": None if dropped else "已檢舉",
                    "follow_ups_for_user": [],
                }
            )
    return reports


def _points(world: World, rng: np.random.Generator, area: np.ndarray) -> list[str]:
    """Three points a town: the parcel of the first case, one of its own, one on building land."""
    lines = []
    for town, (county, name) in enumerate(world.towns.select("county_name", "town_name").rows()):
        plans = (
            ("01000000", f"{area[town, 0]:.2f}", "農牧用地"),
            ("06000000", f"{area[town, 1]:.2f}", "農牧用地"),
            ("07000000", "500.00", "丁種建築用地"),
        )
        for parcel, size, use in plans:
            lon, lat = _place(world, rng, town)
            lines.append(
                f"{lon},{lat},{county}{name},製造業 (2018年6月),示範,YA,{town:04d},"
                f"{_section(town)},{parcel},{size},一般農業區,{use},10801,1200"
            )
    return lines
