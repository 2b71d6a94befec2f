"""The register as published: deals worded column by column, faults included, one zip a season."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from landwatch.synthetic.archives import write_zip
from landwatch.synthetic.children import child_tables
from landwatch.synthetic.eras import ERAS, Era, era_of
from landwatch.synthetic.names import TOWNS
from landwatch.synthetic.rows import register_rows
from landwatch.synthetic.wording import SEASONS
from landwatch.synthetic.world import World
from landwatch.vocabulary.lvr import COLUMN_NAMES, normalised_header

CHILD_SEASONS: Final = ("105S2", "108S2", "111S4")
"""Seasons that come with child tables."""

REPUBLISHED: Final = "108S2"
"""The season downloaded a second time, in 2022."""

REPUBLISHED_NAME: Final = "lvr_landcsv_108S2_1110311.zip"
REPUBLISHED_SHARE_LOST: Final = 0.005


@dataclass(frozen=True, slots=True)
class Season:
    """One zip to be written.

    Attributes
    ----------
    file_name : str
        Name of the zip.
    season : str
        Such as ``108S2``.
    era : Era
        How it was published.
    is_again : bool
        Whether its deals were published before.
    """

    file_name: str
    season: str
    era: Era
    is_again: bool = False


def seasons_published() -> list[Season]:
    """List the zips of the register.

    Returns
    -------
    list of Season
        One per season, and one season once more, all in order of file name.
    """
    first = [Season(f"lvr_landcsv_{s}.zip", s, era_of(s)) for s in SEASONS]
    again = Season(REPUBLISHED_NAME, REPUBLISHED, ERAS[-1], is_again=True)
    return sorted([*first, again], key=lambda s: s.file_name)


def write_registers(
    directory: Path, world: World, sales: pl.DataFrame, rentals: pl.DataFrame
) -> tuple[tuple[Path, ...], pl.DataFrame]:
    """Write every season.

    Parameters
    ----------
    directory : pathlib.Path
        Where the zips go.
    world : World
        The world.
    sales, rentals : polars.DataFrame
        Deals with addresses and ``season``, from `identified`.

    Returns
    -------
    tuple of pathlib.Path
        The zips.
    polars.DataFrame
        ``source_file, kind, rows``: what is wrong or special, file by file.
    """
    lost = world.stream("registers").random(sales.height) < REPUBLISHED_SHARE_LOST
    sales = register_rows(sales.with_columns(pl.Series("is_lost", lost)))
    rentals = register_rows(rentals.with_columns(pl.lit(value=False).alias("is_lost")))
    by_season = {
        "a": sales.partition_by("season", as_dict=True),
        "c": rentals.partition_by("season", as_dict=True),
    }
    paths, faults = [], []
    for season in seasons_published():
        members: dict[str, bytes] = {}
        for register, parts in by_season.items():
            rows = _published(parts.get((season.season,)), season)
            if rows is not None:
                faults.append(_faults(rows, season, register))
                members |= dict(_members(rows, season, register))
        paths.append(write_zip(directory / season.file_name, dict(sorted(members.items()))))
    return tuple(paths), pl.concat(faults).sort("source_file", "kind")


def _published(rows: pl.DataFrame | None, season: Season) -> pl.DataFrame | None:
    if rows is None or not season.is_again:
        return rows
    return rows.filter(~pl.col("is_lost"))


def _members(rows: pl.DataFrame, season: Season, register: str) -> Iterator[tuple[str, bytes]]:
    era = season.era
    header = era.sale_header if register == "a" else era.rent_header
    for (county,), part in rows.partition_by(
        "county_id", as_dict=True, maintain_order=True
    ).items():
        text = csv_text(part, header, era)
        yield era.member(str(county), register), text.encode(era.encoding)
        if season.season in CHILD_SEASONS and register == "a":
            for child, table in child_tables(part, era).items():
                yield era.member(str(county), f"a_{child}"), table.encode(era.encoding)


def csv_text(rows: pl.DataFrame, header: tuple[str, ...], era: Era) -> str:
    """Return one table of the register as text.

    Parameters
    ----------
    rows : polars.DataFrame
        From `register_rows`, all of one county and season.
    header : tuple of str
        Official column names.
    era : Era
        How to publish.

    Returns
    -------
    str
        Header, English row where the era has one, and a line per row.
    """
    address = "address_exact" if era.is_exact else "address_masked"
    worded = rows.with_columns(pl.col(address).alias("address"))
    if not era.is_modern:
        # In its Big5 days the register wrote the 市 of cities as the look-alike 巿 in addresses.
        seat = TOWNS[0][0]
        worded = worded.with_columns(pl.col("address").str.replace(f"{seat}市", f"{seat}巿"))
    lines = worded.select(pl.concat_str(_columns(header), separator=","))
    head = [",".join(header), *filter(None, [era.second_row(header)])]
    return era.line_end.join([*head, *lines.to_series().to_list(), ""])


def _columns(header: tuple[str, ...]) -> list[str]:
    seen: dict[str, int] = {}
    columns = []
    for name in map(normalised_header, header):
        seen[name] = seen.get(name, 0) + 1
        columns.append(COLUMN_NAMES[name if seen[name] == 1 else f"{name}#{seen[name]}"])
    return columns


def _faults(rows: pl.DataFrame, season: Season, register: str) -> pl.DataFrame:
    kinds = [
        rows.filter(pl.col("fault") != "").select("county_id", pl.col("fault").alias("kind")),
        rows.filter("is_related").select("county_id", pl.lit("related_parties").alias("kind")),
    ]
    if season.is_again:
        kinds.append(rows.select("county_id", pl.lit("published_again").alias("kind")))
    counted = pl.concat(kinds).group_by("county_id", "kind").len("rows")
    members = {c: season.era.member(c, register) for c in rows["county_id"].unique()}
    source = pl.col("county_id").replace_strict(members, return_dtype=pl.String)
    return counted.select(
        pl.concat_str(pl.lit(f"lvr/{season.file_name}/"), source).alias("source_file"),
        "kind",
        pl.col("rows").cast(pl.Int64),
    )
