"""From listings to spells and to what they say of each area."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import polars as pl

from landwatch.measures.spells import listing_figures, listing_spells
from landwatch.measures.zone_assignment import assign_zones
from landwatch.schemas.storage import write_parquet
from landwatch.schemas.study import Study
from landwatch.schemas.tables import check_table, conformed
from pipelines.figures import FIGURES
from pipelines.graph import Files, Step

LISTINGS: Final = "g0v__listings"
_SPELLS: Final = "g0v__listing_spells"


def listing_steps(study: Study, core: Files, work: Path, build: Path) -> list[Step]:
    """Return the step that follows listings through the files.

    Parameters
    ----------
    study : Study
        The study.
    core : mapping of str to pathlib.Path
        Core tables of the run.
    work, build : pathlib.Path
        Folders of intermediate files and of results.

    Returns
    -------
    list of Step
        Products ``spells`` (``mart/listing_spells.parquet``, without points) and figures by area
        and year; no step where no input feeds listings.
    """
    del study
    if LISTINGS not in core:
        return []
    return [
        Step(
            "listings 租屋刊登",
            _write_listings,
            {"listings": core[LISTINGS], "zones": build / "mart" / "zones.parquet"},
            {
                "spells": build / "mart" / "listing_spells.parquet",
                FIGURES: work / "figures" / "listings.parquet",
            },
            {},
            ("landwatch.measures", "pipelines.listings"),
        )
    ]


def _write_listings(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    del options
    spells = listing_spells(pl.read_parquet(inputs["listings"]))
    write_parquet(check_table(conformed(spells, _SPELLS), _SPELLS), products["spells"])
    figures = listing_figures(_in_areas(spells, gpd.read_parquet(inputs["zones"])))
    write_parquet(figures, products[FIGURES])


def _in_areas(spells: pl.DataFrame, areas: gpd.GeoDataFrame) -> pl.DataFrame:
    """Repeat each spell for every area it lies in: its town, and a zone drawn as polygon."""
    is_town = areas["town_code"].notna()
    towns = pl.DataFrame(
        {
            "town_code": areas.loc[is_town, "town_code"].astype(str).tolist(),
            "zone_id": areas.loc[is_town, "zone_id"].astype(str).tolist(),
        },
        schema={"town_code": pl.String, "zone_id": pl.String},
    )
    by_town = spells.join(towns, on="town_code", how="inner", maintain_order="left")
    drawn = areas[~is_town].reset_index(drop=True)
    if drawn.empty:
        return by_town
    position = assign_zones(
        spells["longitude"].to_numpy().astype(float),
        spells["latitude"].to_numpy().astype(float),
        drawn,
    )
    names = pl.Series("zone_id", [*drawn["zone_id"].astype(str), None], dtype=pl.String)
    inside = spells.with_columns(names.gather(pl.Series(position).cast(pl.Int64) % len(names)))
    return pl.concat([by_town, inside.filter(pl.col("zone_id").is_not_null())], how="diagonal")
