"""Build the static site out of the mart tables and publish it whole."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from landwatch.cartography.catalogue import CATALOGUE, bilingual, category_label
from landwatch.cartography.compact import compact_texts
from landwatch.cartography.door import map_scripts, write_page
from landwatch.cartography.geometry import GRID_DEG, display_rings, view_bounds
from landwatch.cartography.palette import LAND, SIGNS
from landwatch.cartography.publish import published_folder
from landwatch.cartography.shell import INDEX, attack_body, map_body, page_address, start_body
from landwatch.cartography.site_info import SiteInfo
from landwatch.cartography.skeleton import MAP_NAME, draw_skeleton
from landwatch.cartography.vendor import read_asset
from maps.draft import MapDraft
from maps.farmland_price import draw_farmland_price
from maps.figures import figure_maps
from maps.house_price import draw_house_price
from maps.kpi import draw_kpi
from maps.land_price import draw_land_price
from maps.mart import Mart, read_mart
from maps.rent import draw_rent
from maps.specifications import specifications_payload
from maps.start import start_payload
from maps.verdict import draw_verdict

MAPS: tuple[Callable[[Mart], MapDraft], ...] = (
    draw_verdict,
    draw_land_price,
    draw_farmland_price,
    draw_house_price,
    draw_rent,
    draw_kpi,
    *figure_maps(),
)


def draw_site(mart: Path, out: Path) -> Path:
    """Draw every map that the tables allow, and the start page.

    Parameters
    ----------
    mart : Path
        Directory with ``site.json``, ``zones.parquet`` and the result tables.
    out : Path
        The site's own folder; an earlier site there is replaced in one step, and stays as it is
        when anything fails.

    Returns
    -------
    Path
        ``out / "index.html"``.

    Raises
    ------
    InputError
        If a table cannot be used, or ``out`` holds something else than a site.
    LandwatchError
        If the disk refuses.

    Notes
    -----
    The same tables give byte-identical pages.
    """
    tables = read_mart(mart)
    drafts = [draw(tables) for draw in MAPS]
    pages = [draft.name for draft in drafts if draft.layers]
    attacked = specifications_payload(tables)
    pages += ["specifications"] if attacked else []
    with published_folder(out) as folder:
        towns = _towns(tables)
        for draft in drafts:
            if draft.layers:
                _write_map(folder, draft, tables, towns, pages)
        if attacked:
            _write_attacks(folder, attacked, tables, pages)
        (folder / "LEAFLET-LICENSE.txt").write_text(read_asset("LEAFLET-LICENSE"), "utf-8")
        write_page(
            folder / "index.html",
            {**_common(tables.info), **start_payload(tables, drafts)},
            title=bilingual("site")[0],
            body=start_body(pages),
            styles=[read_asset("theme.css")],
            scripts=[read_asset("theme.js"), read_asset("start.js")],
        )
    return out / "index.html"


def _write_map(
    folder: Path,
    draft: MapDraft,
    tables: Mart,
    towns: dict[str, Any],
    pages: list[str],
) -> None:
    skeleton = draw_skeleton()
    templates: dict[tuple[str, str], int] = {}
    content = compact_texts({**towns, "layers": list(draft.layers)}, templates)
    write_page(
        folder / page_address(draft.name, current=INDEX),
        {**_common(tables.info), **content, "page": draft.name, "templates": list(templates)},
        title=f"{bilingual(f'page_{draft.name}')[0]} · {bilingual('site')[0]}",
        body=map_body(pages, draft.name, skeleton),
        styles=[read_asset("leaflet.css"), read_asset("theme.css")],
        scripts=map_scripts(
            skeleton, read_asset("leaflet.js"), read_asset("theme.js"), read_asset("map.js")
        ),
    )


def _write_attacks(folder: Path, attacked: dict[str, Any], tables: Mart, pages: list[str]) -> None:
    write_page(
        folder / page_address("specifications", current=INDEX),
        {**_common(tables.info), **attacked},
        title=f"{bilingual('page_specifications')[0]} · {bilingual('site')[0]}",
        body=attack_body(pages),
        styles=[read_asset("theme.css")],
        scripts=[read_asset("theme.js"), read_asset("curve.js")],
    )


def _common(info: SiteInfo) -> dict[str, Any]:
    period = (f"{info.data_start} 至 {info.data_end}", f"{info.data_start} to {info.data_end}")
    return {
        "text": dict(CATALOGUE),
        "site": {
            "title": info.title,
            "attribution": list(info.attribution),
            "facts": [
                ["data_period", period],
                ["zone_source", info.zone_source],
                ["built", info.built],
            ],
        },
    }


def _towns(tables: Mart) -> dict[str, Any]:
    zones = tables.zones
    if zones is None:
        return {}
    centres = zones.geometry.representative_point()
    records = zip(
        zones.itertuples(),
        display_rings(zones),
        centres.x.round(4),
        centres.y.round(4),
        strict=True,
    )
    return {
        "map": MAP_NAME,
        "grid": GRID_DEG,
        "land": LAND,
        "signs": {name: dict(sign) for name, sign in SIGNS.items()},
        "view": view_bounds(zones, zones["is_zone"].to_numpy()),
        "towns": [
            {
                "id": row.zone_id,
                "name": (row.zone_name, row.zone_name_en or row.zone_name),
                "rows": [
                    [bilingual(key), value]
                    for key, value in (
                        ("row_effective", row.effective),
                        ("row_category", category_label(row.category) if row.category else ""),
                    )
                    if value and row.is_zone
                ],
                "rings": rings,
                "centre": [x, y],
            }
            for row, rings, x, y in records
        ],
    }
