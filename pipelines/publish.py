"""From result tables to what people open: the site, and the record of where it came from."""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

import landwatch
from landwatch.measures.criteria import CRITERIA
from landwatch.schemas.storage import whole_file
from landwatch.schemas.study import Study
from landwatch.vocabulary.land_cover import CAVEAT
from landwatch.vocabulary.sources import known_sources
from pipelines.graph import Files, Step

OUTCOMES_ZH: Final[Mapping[str, str]] = {
    "land_price": "建地地價",
    "farmland_price": "農地地價",
    "house_price": "房價",
    "rent": "登錄租金",
    "asking_rent": "刊登租金",
    "population": "人口",
    "income": "所得",
    "births": "出生數",
}
_PACKAGES: Final = ("maps", "landwatch.cartography", "landwatch.reference", "pipelines.publish")

_LIMITS: Final = (
    (
        "地價上漲不等於有人被迫搬走；本站沒有遷移者的資料。",
        "A price rise is not displacement; nothing here observes who moved.",
    ),
    (
        "登錄租金在 2020 年以前的鄉村幾乎沒有資料，其後多為租賃住宅服務案件：前後比較"
        "受登錄對象改變影響。",
        "Registered rents in rural towns hardly exist before 2020 and later come mostly through "
        "rental-housing services: a change in who registers, not only in rents.",
    ),
    (
        "地方創生地區是依人口與所得條件選出；選擇本身可能與價格走勢有關。",
        "Zones were chosen for their decline; the choice itself may go with price trends.",
    ),
    (
        "人口為戶籍人口：地方選舉年（2014、2018、2022）及次年有人為投票遷戶籍，"
        "這些年的增減不列入比較。",
        "Population is registered population: in local election years (2014, 2018, 2022) and the "
        "year after, people move their registration to vote; those years are not compared.",
    ),
    (
        "全國數字在一年內整體跳動（統計定義改變）的年份不列入比較，見 mart/series_breaks.csv。",
        "Years in which a figure jumps in the whole country (a change of definition) are not "
        "compared, see mart/series_breaks.csv.",
    ),
    (
        "可能消滅指標（增田）依第三方人口推估計算者並非官方數字；依年齡結構計算者未計遷移。",
        "The extinction (Masuda) index rests on a third party's projection, which is not official, "
        "or on age structure alone, which leaves migration out.",
    ),
    (
        "最近幾季的成交尚未全部登錄。",
        "The latest seasons are not yet fully registered.",
    ),
)


def site_step(study: Study, results: Step, figures: Step, attacks: Step, out: Path) -> Step:
    """Return the step that draws the site.

    Parameters
    ----------
    study : Study
        The study.
    results : Step
        The step that wrote the mart.
    figures : Step
        The step that wrote ``figures.csv``.
    attacks : Step
        The step that wrote the specifications and threats.
    out : pathlib.Path
        Folder of results.

    Returns
    -------
    Step
        Products: ``site.json`` of the mart and the site's start page.
    """
    inputs = {
        **results.products,
        **figures.products,
        **attacks.products,
        "zones.parquet": out / "mart" / "zones.parquet",
    }
    inputs["core"] = out / "core" / "ledger.csv"
    if study.zones.source == "criteria":
        inputs["sensitivity"] = out / "mart" / "criteria_sensitivity.csv"
    head = study.study
    options = {
        "title": {"zh": head.title.zh, "en": head.title.en},
        "start": head.start.isoformat(),
        "end": head.end.isoformat(),
        "fdr": study.models.fdr,
        "zones": study.zones.source,
        "count": study.zones.count,
        "kinds": sorted({i.kind for i in study.inputs} | {"boundaries"}),
        "synthetic": head.id.startswith("synthetic"),
        "mart": str(out / "mart"),
    }
    products = {"info": out / "mart" / "site.json", "index": out / "site" / "index.html"}
    return Step("site 網站", _draw, inputs, products, options, _PACKAGES)


def _draw(inputs: Files, products: Files, options: Mapping[str, Any]) -> None:
    from maps import draw_site

    verdicts = pl.read_csv(inputs["verdicts.csv"])
    effects = pl.read_csv(inputs["effects.csv"], infer_schema_length=None)
    counts = verdicts.group_by("verdict").len().sort("verdict")
    info = {
        "title": options["title"],
        "data_start": options["start"],
        "data_end": options["end"],
        "built": _today(),
        "attribution": [line for _, line in attributions(options["kinds"], options["synthetic"])],
        "zone_source": _zone_source(options, inputs),
        "fdr": options["fdr"],
        "counts": dict(counts.iter_rows()),
        "absent": [{"what": w, "reason": r} for w, r in _absent(effects, options["kinds"])],
        "limits": [{"zh": zh, "en": en} for zh, en in _LIMITS]
        + ([dict(CAVEAT)] if "landcover" in options["kinds"] else []),
        "interval_level": 0.95,
    }
    with whole_file(products["info"]) as draft:
        draft.write_text(json.dumps(info, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draw_site(Path(options["mart"]), products["index"].parent)


def _today() -> str:
    """Day in Taiwan; ``SOURCE_DATE_EPOCH`` [s] takes its place in reproducible builds."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    taipei = dt.timezone(dt.timedelta(hours=8))
    now = dt.datetime.fromtimestamp(int(given), taipei) if given else dt.datetime.now(taipei)
    return now.date().isoformat()


def _zone_source(options: Mapping[str, Any], inputs: Files) -> dict[str, str]:
    if options["zones"] == "file":
        return {"zh": "使用者提供的範圍檔", "en": "zones from the file given by the user"}
    changed = dict(
        pl.read_csv(inputs["sensitivity"]).select("dropped", "zones_changed").iter_rows()
    )
    people, size, income = (changed[name] for name in CRITERIA)
    return {
        "zh": f"依公布的三項條件（人口變化率、人口規模、居民收入）重算之最末 {options['count']} 個"
        f"鄉鎮市區，並非官方名單；各去掉一項條件時，分別有 {people}、{size}、{income} 個不同",
        "en": f"the {options['count']} towns least by the three published criteria (population "
        "change, population size, income), reproduced here: not the official list; without one "
        f"criterion {people}, {size} or {income} of them would be others",
    }


def attributions(kinds: Sequence[str], synthetic: bool) -> list[tuple[str, str]]:
    """Return the attribution sentence of every source used.

    Parameters
    ----------
    kinds : sequence of str
        Kinds of inputs.
    synthetic : bool
        True for a synthetic world, whose only source is this program.

    Returns
    -------
    list of (kind, sentence)
        Sentence and the address of the licence.
    """
    rows = {r["kind"]: r for r in known_sources().iter_rows(named=True)}
    wanted = ["synthetic"] if synthetic else kinds
    return [(k, f"{rows[k]['attribution']} · {rows[k]['licence_url']}") for k in wanted]


_Pair = tuple[str, str]
_FED_BY: Final[tuple[tuple[str, _Pair, _Pair], ...]] = (
    (
        "lvr_query",
        ("價格面（rasters/*.tif）", "price surfaces (rasters/*.tif)"),
        ("需要有座標的成交資料", "needs deals with coordinates (kind lvr_query)"),
    ),
    (
        "listings",
        ("刊登租金（asking_rent）", "asking rents (asking_rent)"),
        ("需要租屋刊登資料", "needs rental listings (kind listings)"),
    ),
    (
        "factories",
        ("農地疑似工廠（mart/farmland.csv）", "suspected factories (mart/farmland.csv)"),
        ("需要農地工廠資料", "needs factories on farmland (kind factories)"),
    ),
    (
        "vital",
        ("出生數", "births"),
        ("需要出生統計資料", "needs births (kind vital)"),
    ),
)
"""Results by the kind of input that feeds them, and what to say where it is not given."""

_DISPLACEMENT: Final[tuple[_Pair, _Pair]] = (
    ("連鎖店取代（mart/displacement.csv）", "displacement (mart/displacement.csv)"),
    ("本版尚未計算店家進出", "entries and exits of shops are not computed by this version"),
)


def absent_results(kinds: Sequence[str]) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return the results of the interface that this version does not make, and why.

    Parameters
    ----------
    kinds : sequence of str
        Kinds of inputs.

    Returns
    -------
    list of (what, reason)
        In both languages.
    """
    rows = [(what, reason) for kind, what, reason in _FED_BY if kind not in kinds]
    rows.append(_DISPLACEMENT)
    return [({"zh": w[0], "en": w[1]}, {"zh": r[0], "en": r[1]}) for w, r in rows]


def _absent(
    effects: pl.DataFrame, kinds: Sequence[str]
) -> list[tuple[dict[str, str], dict[str, str]]]:
    rows = []
    for outcome, name in OUTCOMES_ZH.items():
        part = effects.filter(pl.col("outcome") == outcome)
        n = part.filter(pl.col("status") == "estimated").height
        if n == 0 and (outcome != "births" or "vital" in kinds):
            what = {"zh": name, "en": outcome}
            reason = {
                "zh": f"{part.height} 個地區都沒有足夠的前後資料或對照鄉鎮",
                "en": f"none of {part.height} zones has enough rows before and after, or controls",
            }
            rows.append((what, reason))
    return rows + absent_results(kinds)


def write_provenance(study: Study, study_file: Path, ledger: Path, target: Path) -> None:
    """Write what the results were made from.

    Parameters
    ----------
    study : Study
        The study.
    study_file : pathlib.Path
        Its file.
    ledger : pathlib.Path
        ``core/ledger.csv``.
    target : pathlib.Path
        ``provenance.json``.
    """
    inputs = pl.read_csv(ledger).select("source_file", "sha256").iter_rows(named=True)
    kinds = sorted({i.kind for i in study.inputs} | {"boundaries"})
    synthetic = study.study.id.startswith("synthetic")
    record = {
        "program": {"name": "landwatch", "version": landwatch.__version__},
        "date": _today(),
        "study_sha256": hashlib.sha256(study_file.read_bytes()).hexdigest(),
        "parameters": json.loads(study.model_dump_json(by_alias=True, exclude={"inputs"})),
        "period": [study.study.start.isoformat(), study.study.end.isoformat()],
        "attribution": dict(attributions(kinds, synthetic)),
        "absent": [{"what": w["en"], "reason": r["en"]} for w, r in absent_results(kinds)],
        "inputs": list(inputs),
    }
    with whole_file(target) as draft:
        draft.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def publish_tables(build: Path, out: Path) -> None:
    """Put finished tables under their final names, each whole; remove what is no longer made.

    Parameters
    ----------
    build : pathlib.Path
        Folder of the finished run, with ``core`` and ``mart``.
    out : pathlib.Path
        Folder of results.
    """
    for part in ("core", "mart", "rasters"):
        target, source = out / part, build / part
        made = {p.name for p in source.glob("[!.]*")} if source.is_dir() else set()
        if made or target.exists():
            target.mkdir(parents=True, exist_ok=True)
        for name in sorted(made):
            _replaced(build / part / name, target / name)
        for stale in sorted(p for p in target.glob("*") if p.name not in made):
            stale.unlink()
    _replaced(build / "landwatch.gpkg", out / "landwatch.gpkg")
    _published_site(build / "site", out / "site")


def _replaced(source: Path, target: Path) -> None:
    if target.exists() and target.stat().st_mtime_ns == source.stat().st_mtime_ns:
        return
    with whole_file(target) as draft:
        shutil.copy2(source, draft)


def _published_site(source: Path, target: Path) -> None:
    fresh, old = target.with_name(".site.new"), target.with_name(".site.old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, fresh, copy_function=shutil.copy2)
    if target.exists():
        target.rename(old)
    fresh.replace(target)
    shutil.rmtree(old, ignore_errors=True)
