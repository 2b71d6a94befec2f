"""Derive data/g0v_regions.csv from the code tables of the g0v rental data set.

Usage: python data/scripts/derive_g0v_regions.py g0v_code_tables.zip

The code tables (編碼表.縣市.csv, 編碼表.鄉鎮市區.csv) are part of g0v/tw-rental-house-data (code
MIT, data CC0). Kept are the facts alone: which number stands for which county or town.
"""

import csv
import io
import sys
import zipfile
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[1]
MEMBERS = (("county", "縣市.csv"), ("town", "鄉鎮市區.csv"))


def main(package: str) -> None:
    """Read the zip and write the reference file."""
    rows = []
    with zipfile.ZipFile(package) as archive:
        for level, ending in MEMBERS:
            name = next(n for n in archive.namelist() if n.endswith(f".{ending}"))
            text = archive.read(name).decode("utf-8-sig")
            for row in csv.DictReader(io.StringIO(text)):
                rows.append((level, int(row["編碼"]), row["代表"]))
    with (REFERENCE / "g0v_regions.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("level", "code", "name"))
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main(sys.argv[1])
