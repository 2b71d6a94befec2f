"""Reading the mart tables."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from landwatch.vocabulary.errors import InputError
from maps.mart import read_mart, read_table, read_zones


def _change(path: Path, row: int, column: str, value: str) -> None:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[row, column] = value
    table.to_csv(path, index=False)


def test_texts_stay_texts(mart: Path) -> None:
    """A reason that reads NA and a code with leading zeros survive."""
    _change(mart / "verdicts.csv", 0, "reasons", "NA")
    table = read_table(mart / "verdicts.csv", "verdicts")
    assert table is not None
    assert table["reasons"].iloc[0] == "NA"


def test_text_where_a_number_belongs_is_an_error(mart: Path) -> None:
    """The message names the column and the text; an empty cell is missing, not wrong."""
    _change(mart / "effects.csv", 0, "estimate_log", "about ten")
    with pytest.raises(InputError, match=r"1 rows of estimate_log hold no number.*about ten"):
        read_mart(mart)


def test_repeated_keys_are_an_error(mart: Path) -> None:
    """Two rows for one zone and outcome cannot both be drawn."""
    table = pd.read_csv(mart / "effects.csv", dtype=str)
    pd.concat([table, table.iloc[:1]]).to_csv(mart / "effects.csv", index=False)
    with pytest.raises(InputError, match="1 rows repeat the key"):
        read_mart(mart)


@pytest.mark.parametrize("name", ["effects.csv", "verdicts.csv", "kpi.csv"])
def test_results_without_boundary_are_an_error(mart: Path, name: str) -> None:
    """A result that no polygon could show does not vanish silently."""
    _change(mart / name, 0, "zone_id", "elsewhere")
    with pytest.raises(InputError, match=r"names 1 zones.*elsewhere"):
        read_mart(mart)


def test_zones_are_ordered_and_complete(mart: Path) -> None:
    """Rows come in order of their id; a missing column is named."""
    zones = gpd.read_parquet(mart / "zones.parquet")
    zones.iloc[::-1].to_parquet(mart / "zones.parquet")
    read = read_zones(mart / "zones.parquet")
    assert read is not None
    assert list(read["zone_id"]) == ["A1", "A2", "A3", "A4", "C1", "C2"]
    assert list(read["effective"])[-1] == ""
    zones.drop(columns="is_zone").to_parquet(mart / "zones.parquet")
    with pytest.raises(InputError, match="is_zone"):
        read_zones(mart / "zones.parquet")
