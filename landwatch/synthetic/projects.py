"""A list of projects in the treated towns, with everything such lists hold: years without a day,
withdrawn projects, amounts that are not told."""

from pathlib import Path
from typing import Final

import polars as pl

from landwatch.synthetic.archives import write_bytes
from landwatch.synthetic.world import EFFECTIVE, World
from landwatch.vocabulary.calendar import ROC_EPOCH

HEADER: Final = (
    "county,town,roc_year,date,kind,status,subsidy_twd,local_twd,private_twd,total_twd,amount_note"
)
LAST_YEAR: Final = 2022
_KINDS: Final = (("鄉鎮公所提案", "通過"), ("青年培力工作站", "核定"), ("公有空間活化", "核定"))


def drawn_projects(world: World) -> pl.DataFrame:
    """Draw two projects for every treated town.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    polars.DataFrame
        ``town`` (position), ``year`` (of the first, that of the planted effects at the earliest),
        ``kind`` (position), ``subsidy_twd`` (whole thousands), ``is_withdrawn`` and
        ``is_untold`` (amounts left empty): the second of every third town is withdrawn, of every
        other third untold. First projects go ahead with their amount told.
    """
    treated = world.towns["is_treated"].to_numpy().nonzero()[0]
    rng = world.stream("projects")
    first = rng.integers(EFFECTIVE.year, LAST_YEAR - 1, len(treated))
    second = first + rng.integers(1, 3, len(treated))
    amounts = rng.integers(300, 60_000, (2, len(treated))) * 1_000
    kinds = rng.integers(0, len(_KINDS), (2, len(treated)))
    order = pl.int_range(pl.len())
    sides = [
        pl.DataFrame({"town": treated, "year": y, "kind": k, "subsidy_twd": a}).with_columns(
            (order % 3 == 0).alias("is_withdrawn") & pl.lit(again),
            (order % 3 == 1).alias("is_untold") & pl.lit(again),
        )
        for y, k, a, again in zip((first, second), kinds, amounts, (False, True), strict=True)
    ]
    return pl.concat(sides).sort("year", "town")


def write_projects(path: Path, world: World) -> Path:
    """Write the list as people keep it.

    Parameters
    ----------
    path : pathlib.Path
        The CSV.
    world : World
        The world.

    Returns
    -------
    pathlib.Path
        The path.
    """
    lines = [HEADER]
    towns = world.towns.select("county_name", "town_name").rows()
    for row in drawn_projects(world).iter_rows(named=True):
        kind, status = _KINDS[row["kind"]]
        subsidy, local = row["subsidy_twd"], row["subsidy_twd"] // 5
        amounts = ["", "", "", ""] if row["is_untold"] else [subsidy, local, 0, subsidy + local]
        note = "" if row["is_untold"] else "核定經費"
        if row["is_withdrawn"]:
            status, note = "核定後撤案", "後續撤案"
        head = [*towns[row["town"]], row["year"] - ROC_EPOCH, "", kind, status]
        lines.append(",".join(str(field) for field in [*head, *amounts, note]))
    return write_bytes(path, ("\n".join(lines) + "\n").encode())
