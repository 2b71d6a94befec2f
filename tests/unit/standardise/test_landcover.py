"""Land-cover rasters: what is accepted, and what is refused with a name."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import rasterio
from rasterio.transform import Affine, from_origin

from landwatch.sources.archives import Member
from landwatch.sources.landcover import is_geotiff, read_raster
from landwatch.standardise.landcover import standardise_landcover
from landwatch.vocabulary.errors import InputError, UnknownCodeError

NAME = "z.zip/G1km_TWD97-121_Landuse_2010s_FF.tif"
PUBLISHED_WKT = (
    'PROJCS["unnamed",GEOGCS["GRS 1980(IUGG, 1980)",DATUM["unknown",SPHEROID["GRS80",6378137,'
    '298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
    'PARAMETER["central_meridian",{meridian}],PARAMETER["scale_factor",0.9999],'
    'PARAMETER["false_easting",250000],PARAMETER["false_northing",0],UNIT["metre",1]]'
)


def raster(values: Any, name: str = NAME, **changes: Any) -> Member:
    """Return a GeoTIFF with cells of 1 km as the publisher writes it."""
    cells = np.asarray(values)
    profile = {
        "driver": "GTiff",
        "height": cells.shape[-2],
        "width": cells.shape[-1],
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:3826",
        "transform": from_origin(200_000, 2_600_000, 1000, 1000),
        "nodata": -9999.0,
    } | changes
    with rasterio.MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(cells.astype(profile["dtype"]), 1)
        return Member(name, bytes(memory.read()))


def standardised(*members: Member, **options: Any) -> Any:
    return standardise_landcover([read_raster(m) for m in members], options=options)


def test_an_area_raster_is_one_row() -> None:
    """Decade and class from the name, the rest from the file; nodata is no value."""
    result = standardised(raster([[250_000, -9999], [0, 1_000_000]]))
    row = result.tables["landcover__rasters"].row(0, named=True)
    assert (row["era"], row["class"], row["crs"]) == ("2010s", "FF", "EPSG:3826")
    assert (row["cells_valid"], row["largest_value"], row["cell_size_m"]) == (3, 1_000_000, 1000)
    assert result.ledger.select("rows_read", "rows_accepted").row(0) == (1, 1)


@pytest.mark.parametrize(
    ("meridian", "name", "crs"), [(119, "119", "EPSG:3825"), (121, "121", "EPSG:3826")]
)
def test_the_two_zones_of_twd97_are_kept_apart(meridian: int, name: str, crs: str) -> None:
    """The publisher's nameless system is recognised by its parameters, not taken for zone 121."""
    wkt = PUBLISHED_WKT.format(meridian=meridian)
    member = raster([[5000.0]], NAME.replace("121", name), crs=wkt)
    assert standardised(member).tables["landcover__rasters"]["crs"].item() == crs


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"crs": None}, "declares no coordinate system"),
        ({"crs": "EPSG:3828"}, "EPSG:3828"),
        ({"crs": PUBLISHED_WKT.format(meridian=120)}, "not known"),
        ({"crs": "EPSG:3825"}, "the name says EPSG:3826"),
        ({"transform": from_origin(0, 0, 1000, 500)}, "square cells"),
        ({"transform": Affine(1000, 10, 0, -10, -1000, 0)}, "rotation"),
        ({"transform": from_origin(200_000, 0, 1000, -1000)}, "square cells, north up"),
        ({"nodata": None}, "nodata is not declared"),
    ],
)
def test_what_cannot_be_placed_or_measured_is_refused(changes: dict[str, Any], told: str) -> None:
    """No system is guessed, and a raster that would be misread is refused with its name."""
    member = raster([[5000, -9999]], **changes)
    with pytest.raises(InputError, match=told) as caught:
        standardised(member)
    assert NAME in str(caught.value)


@pytest.mark.parametrize("values", [[[0.25, 1.0]], [[40.0, 100.0]], [[50.0, 1_100_000.0]]])
def test_another_unit_is_refused(values: list[list[float]]) -> None:
    """Shares, percent, and more than a cell can hold are not m² per cell."""
    with pytest.raises(UnknownCodeError, match="m²"):
        standardised(raster(values))


def test_a_class_that_is_nowhere_still_has_a_unit() -> None:
    """A raster of zeros among others is accepted: the file's other classes show the unit."""
    nowhere = raster([[0.0, 0.0]], NAME.replace("FF", "BL"))
    assert standardised(raster([[500.0, 9000.0]]), nowhere).ledger["rows_accepted"].sum() == 2


def test_an_unknown_class_is_named_and_terrain_is_counted() -> None:
    """A land-use class outside the vocabulary raises; other layers of the set are rejects."""
    with pytest.raises(UnknownCodeError, match="'XX'"):
        standardised(raster([[5000.0]], NAME.replace("FF", "XX")))
    result = standardised(raster([[-3.0]], "dtm.zip/G1km_TWD97-121_DTM_ELEMIN.tif"))
    assert result.rejects["reason"].to_list() == ["not_land_cover"]


def test_class_codes_need_year_and_classes() -> None:
    """Whole numbers without an explanation are refused; with it, the codes travel along."""
    member = raster([[1, 2]], "cover.tif", dtype="uint8", nodata=255)
    with pytest.raises(InputError, match="class codes"):
        standardised(member)
    with pytest.raises(InputError, match="both year"):
        standardised(member, year=2015)
    with pytest.raises(UnknownCodeError, match="forest"):
        standardised(member, year=2015, classes={"forest": (1,)})
    with pytest.raises(InputError, match="more than one class"):
        standardised(member, year=2015, classes={"farmland": (1,), "built_up": (1, 2)})
    classes = {"farmland": (2, 1), "built_up": (5,)}
    row = (
        standardised(member, year=2015, classes=classes)
        .tables["landcover__rasters"]
        .row(0, named=True)
    )
    assert (row["era"], row["class"]) == ("2015", "codes")
    assert row["codes"] == '{"built_up": [5], "farmland": [1, 2]}'


def test_areas_are_no_codes() -> None:
    """Year and classes given for a raster of areas are refused."""
    with pytest.raises(InputError, match="whole numbers"):
        standardised(raster([[5000.0]]), year=2015, classes={"farmland": (1,)})


@pytest.mark.parametrize("keep", [8, 200])
def test_a_truncated_raster_is_one_message(keep: int) -> None:
    """Wherever a file stops, the message names it."""
    whole = raster(np.full((60, 60), 5000.0))
    with pytest.raises(InputError, match=r"Landuse_2010s_FF\.tif.*damaged"):
        read_raster(Member(NAME, whole.content[:keep]))


def test_other_files_are_no_rasters() -> None:
    """Text that is called .tif is not read, nor is a virtual raster that points elsewhere."""
    assert is_geotiff(raster([[1.0]]))
    assert not is_geotiff(Member("a.tif", b"<html>503</html>"))
    assert not is_geotiff(Member("a.tif", b'<VRTDataset rasterXSize="1"></VRTDataset>'))


@pytest.mark.shared
def test_the_published_set(shared: Path) -> None:
    """27 rasters, 40,254 cells with data each; the nine classes of a decade fill 40,253.27 km²."""
    for path in sorted((shared / "landcover").glob("*.zip")):
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            members = [Member(f"{path.name}/{n}", archive.read(n)) for n in archive.namelist()]
        table = standardised(*members).tables["landcover__rasters"]
        assert table.height == 9
        assert table.select(pl.col("cells_valid").unique()).to_series().to_list() == [40_254]
        assert table.select("crs", "width", "height").unique().row(0) == ("EPSG:3826", 397, 646)
