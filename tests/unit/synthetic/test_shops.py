"""Shops that do not exist: what the program finds is what was planted."""

import datetime as dt

import polars as pl
import pytest

from landwatch.measures.chains import chain_marks
from landwatch.measures.premises import occupants, replacements
from landwatch.measures.shop_counts import shop_counts
from landwatch.schemas.raw import united
from landwatch.schemas.tables import empty_table
from landwatch.sources.archives import published_files
from landwatch.sources.boundaries import read_towns
from landwatch.standardise.duplicates import without_duplicates
from landwatch.synthetic import WorldFiles
from pipelines.formats import KINDS
from pipelines.ingest import standardised_file


@pytest.fixture(scope="module")
def tables(written: WorldFiles) -> dict[str, pl.DataFrame]:
    """Core tables read from the world's own files by the readers of the real ones."""
    places, _ = read_towns(written.boundaries)
    parts = [
        standardised_file(p, places, kind=kind, label=p.name, latest=dt.date(2023, 1, 1))
        for kind in ("shops", "businesses")
        for p in published_files(written.directory / "raw" / kind, KINDS[kind].suffixes)
    ]
    core = without_duplicates(united(parts))
    assert core.rejects.is_empty()
    return {"shops__brands": empty_table("shops__brands"), **core.tables}


def test_replacements_are_those_planted(
    written: WorldFiles, tables: dict[str, pl.DataFrame]
) -> None:
    """Town by town, although the later file writes every door another way."""
    stores = tables["shops__stores"]
    marked = chain_marks(tables["businesses__register"], tables["shops__brands"], stores)
    found = replacements(occupants(marked, stores)).group_by("town_code").len()
    truth = pl.read_csv(written.shops_truth, schema_overrides={"zone_id": pl.String})
    planted = truth.filter(pl.col("replacements") > 0).select("zone_id", "replacements")
    assert dict(found.iter_rows()) == dict(planted.iter_rows())
    assert planted["replacements"].sum() >= 8


def test_chain_shares_are_those_planted(
    written: WorldFiles, tables: dict[str, pl.DataFrame]
) -> None:
    """Before and after, offices left out."""
    stores = tables["shops__stores"]
    marked = chain_marks(tables["businesses__register"], tables["shops__brands"], stores)
    truth = pl.read_csv(written.shops_truth, schema_overrides={"zone_id": pl.String})
    places = truth.select("zone_id", pl.col("zone_id").alias("town_code"))
    shares = shop_counts(marked, places).sort("period", "zone_id")["chain_share"].to_list()
    planted = [*truth["chain_share_before"], *truth["chain_share_after"]]
    assert shares == pytest.approx(planted, abs=1e-9)


def test_no_name_number_or_telephone_is_kept(tables: dict[str, pl.DataFrame]) -> None:
    """Neither the invented persons' names nor any telephone number reaches core."""
    everything = "".join(t.write_csv() for t in tables.values())
    assert "王虛構" not in everything
    assert "00-2" not in everything
