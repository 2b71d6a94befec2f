"""Factories on farmland: planted counts are found, and the real files are accounted for."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from landwatch.schemas.raw import Standardised, united
from landwatch.schemas.tables import check_table
from landwatch.sources.archives import published_files
from landwatch.standardise.duplicates import without_duplicates
from landwatch.vocabulary.places import embedded_places
from pipelines.formats import KINDS
from pipelines.ingest import standardised_file
from tests.integration.conftest import Finished
from tests.unit.factory_rows import CHANGE_HEADER, REGISTER_HEADER, REGISTER_ROW

CASES, ENTRIES, REGISTERED, SECTIONS, CHANGES = 623, 5_767, 33_272, 14_369, 41
"""As the collection's README counts them; sections counted in the file."""


def read(folder: Path) -> Standardised:
    parts = [
        standardised_file(
            path,
            embedded_places(),
            kind="factories",
            label=path.name,
            latest=dt.date(2025, 12, 31),
        )
        for path in published_files(folder, KINDS["factories"].suffixes)
    ]
    return without_duplicates(united(parts))


@pytest.fixture(scope="module")
def real(shared: Path) -> Standardised:
    """Every real file of the kind, the same records once."""
    return read(shared / "factories")


def test_planted_factories_are_counted(small: Finished) -> None:
    """Before, at the end, new since the day, and area: all as planted, in every town."""
    truth = pl.read_csv(
        small.study.parent / "factories_truth.csv", schema_overrides={"zone_id": pl.String}
    )
    found = pl.read_csv(
        small.out / "mart" / "farmland.csv",
        schema_overrides={"zone_id": pl.String, "new_since_effective": pl.Int64},
    )
    zones = found.filter(pl.col("new_since_effective").is_not_null())["zone_id"].unique()
    assert zones.len() == 2
    for period, column in (("2018", "known_in_2018"), ("all", "known_at_end")):
        joined = truth.join(found.filter(pl.col("period") == period), on="zone_id")
        assert joined["factory_count"].to_list() == truth[column].to_list()
        treated = joined.filter(pl.col("zone_id").is_in(zones.implode()))
        if period == "all":
            assert treated["new_since_effective"].equals(
                treated["new_since_effective_right"], null_equal=True
            )
            areas = joined.select("factory_area_m2", "factory_area_m2_right").to_numpy()
            assert areas[:, 0] == pytest.approx(areas[:, 1])


def test_sites_are_published_without_point_number_or_name(small: Finished) -> None:
    """No coordinate finer than a cell, no key of a parcel, no name leaves for the mart."""
    sites = pl.read_parquet(small.out / "mart" / "suspected_factories.parquet")
    assert not {"longitude", "latitude", "parcel_keys", "site_id"} & set(sites.columns)
    assert "虛構鐵工廠" not in sites.write_json()
    kept = pl.read_parquet(small.out / "core" / "factories__sites.parquet")
    assert "虛構鐵工廠" not in kept.write_json()


def test_figures_tell_where_nobody_looked(small: Finished) -> None:
    """Each kind has a count by area; the invented country is covered whole."""
    figures = pl.read_csv(small.out / "mart" / "figures.csv", infer_schema_length=None)
    names = set(figures["figure"])
    assert {"suspected_factory_count", "suspected_civic_report_count"} <= names
    assert {"enforcement_fined_count", "enforcement_removed_count"} <= names
    assert set(figures.filter(pl.col("figure") == "suspected_factory_count")["status"]) == {"shown"}


def test_files_are_told_by_what_is_in_them(tmp_path: Path) -> None:
    """Renamed files are read; another county's rows too; others are named in the ledger."""
    (tmp_path / "a.csv").write_text(f"{REGISTER_HEADER}\n{REGISTER_ROW}\n", encoding="cp950")
    (tmp_path / "b.csv").write_text(
        f"{CHANGE_HEADER}\nX0411010007,澎湖縣,違規,新增建物,23.64355,119.51421\n", encoding="utf-8"
    )
    (tmp_path / "c.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    core = read(tmp_path)
    remarks = dict(core.ledger.select("source_file", "remark").rows())
    assert remarks["c.csv"] == "not a table of this kind"
    assert core.tables["factories__registered"].height == 1
    assert core.tables["factories__sites"]["is_suspected"].to_list() == [True]


@pytest.mark.shared
def test_every_real_row_is_accounted_for(real: Standardised) -> None:
    """Cases, entries, registered factories and changes: as many as documented, in each form."""
    read_ = dict(real.ledger.select("source_file", "rows_read").rows())
    assert read_["moea_112.json"] == CASES + ENTRIES
    assert read_["moea_112_output.xlsx"] == ENTRIES
    assert read_["moea_112.xlsx"] == ENTRIES + 22
    assert read_["landchg_sample_105_Taitung.csv"] == CHANGES
    assert read_["registered_factories_2014_derived.csv.gz"] == REGISTERED
    assert read_["disfactory_land_section_codes.zip/land_section_file.json"] == SECTIONS
    parts = real.ledger.select(
        pl.sum_horizontal("rows_accepted", "rows_rejected", "rows_duplicate")
    ).to_series()
    assert parts.to_list() == real.ledger["rows_read"].to_list()
    for name, table in real.tables.items():
        check_table(table, name)


@pytest.mark.shared
def test_three_forms_of_one_list_are_one_list(real: Standardised) -> None:
    """623 cases and 5,767 entries stay, every one in a town; the other two forms repeat them."""
    cases = real.tables["factories__sites"].filter(pl.col("publisher") == "moea")
    assert cases.height == CASES
    assert cases["town_code"].null_count() == 0
    assert cases["parcel_keys"].null_count() == 0
    assert real.tables["factories__status_months"].height == ENTRIES
    duplicates = dict(real.ledger.select("source_file", "rows_duplicate").rows())
    assert duplicates["moea_112.json"] == CASES + ENTRIES
    assert duplicates["moea_112.xlsx"] == ENTRIES


@pytest.mark.shared
def test_what_the_json_cannot_tell(shared: Path, real: Standardised) -> None:
    """Steps of 5,625 of 5,767 entries agree; the others were withdrawn, which the JSON omits."""
    part = standardised_file(
        shared / "factories" / "moea_112.json",
        embedded_places(),
        kind="factories",
        label="json",
        latest=dt.date(2025, 12, 31),
    )
    key = ["site_id", "month", "list_number"]
    months = "factories__status_months"
    both = part.tables[months].join(real.tables[months], on=key, suffix="_workbook")
    assert both.height == ENTRIES
    same = pl.col("enforcement_steps") == pl.col("enforcement_steps_workbook")
    more = (
        pl.col("enforcement_steps").str.len_chars()
        > pl.col("enforcement_steps_workbook").str.len_chars()
    )
    assert both.select(same.sum()).item() == 5_625
    assert both.filter(~same).select(more.all()).item()


@pytest.mark.shared
def test_no_door_number_or_name_in_any_core_table(real: Standardised) -> None:
    """Addresses end in a range of thirty or in no number; no company name is left."""
    for name in ("factories__registered", "factories__sites"):
        masked = real.tables[name]["masked_address"].drop_nulls()
        bare = masked.str.replace(r"\d+~\d+(地號|號)$", "")
        assert not bare.str.contains(r"\d+(?:[-之]\d+)?(?:地號|號)").any()
        assert not bare.str.contains(r"[一二三四五六七八九十〇零百]號$").any()
    assert not real.tables["factories__registered"]["masked_address"].str.contains("公司").any()
