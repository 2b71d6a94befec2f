"""Facts of the synthetic rasters and projects, through the readers of the real ones."""

from pathlib import Path

import geopandas as gpd
import polars as pl
import pytest

from landwatch.schemas.study import read_study
from landwatch.synthetic import World, WorldFiles
from landwatch.synthetic.landcover import TAKEN
from landwatch.synthetic.projects import drawn_projects
from pipelines.core import core_step
from pipelines.graph import run_steps
from pipelines.ingest import part_steps, place_step
from pipelines.landcover import landcover_steps
from pipelines.projects import project_steps


@pytest.fixture(scope="module")
def mart(written: WorldFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both stories run on the small world, every town an area."""
    out = tmp_path_factory.mktemp("stories")
    study = read_study(written.study)
    kept = tuple(i for i in study.inputs if i.kind in {"landcover", "projects", "boundaries"})
    study = study.model_copy(update={"inputs": kept})
    towns, parts = place_step(study, out / "w"), part_steps(study, out / "w")
    core = core_step(parts, out / "w", out)
    run_steps([towns, *parts, core], out, report=lambda _: None)
    shapes = gpd.read_parquet(towns.products["shapes"])
    names = pl.read_parquet(towns.products["towns"])["town_name"].to_list()
    (out / "mart").mkdir()
    shapes.assign(zone_id=shapes["town_code"], zone_name=names).to_parquet(
        out / "mart" / "zones.parquet"
    )
    stories = [f(study, core.products, out / "w", out) for f in (landcover_steps, project_steps)]
    run_steps([s for story in stories for s in story], out, report=lambda _: None)
    return out / "mart"


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, schema_overrides={"zone_id": pl.String}, infer_schema_length=None)


def test_built_up_area_grows_by_the_planted_part_of_the_fields(mart: Path) -> None:
    """In every town: built-up 2010s − 1990s = TAKEN × farm field of the 1990s."""
    cover, change = read(mart / "landcover.csv"), read(mart / "landcover_change.csv")
    fields = cover.filter((pl.col("class") == "FF") & (pl.col("era") == "1990s"))
    grown = change.filter(pl.col("class") == "built_up")
    both = fields.join(grown, on="zone_id")
    assert both.height == 6
    assert both["area_change_m2"].to_list() == pytest.approx(
        (both["area_m2"] * TAKEN).to_list(), rel=1e-6
    )
    assert cover.filter(pl.col("covered_share") < 0.999)["no_data_m2"].min() > 0


def test_doses_are_those_drawn(mart: Path, world: World) -> None:
    """Last dose of a town: what went ahead, missing where an amount is untold."""
    drawn = drawn_projects(world).filter(~pl.col("is_withdrawn"))
    code = dict(enumerate(world.towns["town_code"]))
    truth = drawn.group_by(pl.col("town").replace_strict(code).alias("zone_id")).agg(
        pl.when(~pl.col("is_untold").any()).then(pl.col("subsidy_twd").sum()).alias("dose"),
        pl.col("year").min().alias("first"),
    )
    table = read(mart / "projects.csv").filter(pl.col("year") == pl.col("year").max())
    both = table.join(truth, on="zone_id", how="full", coalesce=True)
    assert both["dose_twd"].to_list() == both["dose"].cast(pl.Float64).to_list()
    assert both["first_year"].to_list() == both["first"].to_list()
    assert both["n_without_amount"].sum() == 1
