"""How long things take on this machine, each beside a named peer; nothing is asserted on time."""

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

import landwatch
from landwatch.measures.zone_assignment import assign_zones
from landwatch.sources.boundaries import embedded_towns
from pipelines.study_run import check_study, run_study

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module")
def points() -> tuple[np.ndarray, np.ndarray]:
    """A million points over Taiwan."""
    rng = np.random.default_rng(1)
    return rng.uniform(120.0, 122.0, 1_000_000), rng.uniform(21.9, 25.3, 1_000_000)


@pytest.mark.benchmark(group="1 M points in 368 towns")
def test_assign_zones(benchmark, points) -> None:
    """Ours."""
    _, towns = embedded_towns()
    assert len(benchmark.pedantic(assign_zones, (*points, towns), rounds=3)) == 1_000_000


@pytest.mark.benchmark(group="1 M points in 368 towns")
def test_geopandas_sjoin(benchmark, points) -> None:
    """The peer: geopandas.sjoin, intersects."""
    _, towns = embedded_towns()

    def joined() -> int:
        frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*points), crs=towns.crs)
        return len(gpd.sjoin(frame, towns, how="left", predicate="intersects"))

    assert benchmark.pedantic(joined, rounds=3) >= 1_000_000


@pytest.mark.benchmark(group="real registers")
def test_reading_all_registers_cold(benchmark, shared: Path, tmp_path: Path) -> None:
    """Every season and query file read, standardised and joined, from nothing."""
    study = study_of(shared, tmp_path)

    def cold() -> Path:
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        return check_study(study, tmp_path / "out")

    assert benchmark.pedantic(cold, rounds=1).is_file()


@pytest.mark.benchmark(group="real registers")
def test_rerun_with_nothing_changed(benchmark, shared: Path, tmp_path: Path) -> None:
    """The whole study again."""
    study = study_of(shared, tmp_path)
    run_study(study, tmp_path / "out")
    report = benchmark.pedantic(run_study, (study, tmp_path / "out"), rounds=3)
    assert not any(step.ran for step in report.steps)


@pytest.mark.benchmark(group="demo")
def test_demo(benchmark, tmp_path: Path) -> None:
    """A synthetic county, written, read, modelled and drawn."""

    def demo() -> Path:
        shutil.rmtree(tmp_path, ignore_errors=True)
        world = landwatch.simulate(tmp_path / "world", seed=1)
        return landwatch.run(world.study, tmp_path / "results").index

    assert benchmark.pedantic(demo, rounds=1).is_file()


def study_of(shared: Path, folder: Path) -> Path:
    """Return the example study with its paths pointing at the real registers."""
    example = Path(__file__).resolve().parents[2] / "examples" / "rural-counties.toml"
    text = example.read_text(encoding="utf-8").replace("../../shared/data", shared.as_posix())
    study = folder / "study.toml"
    study.write_text(text, encoding="utf-8")
    return study
