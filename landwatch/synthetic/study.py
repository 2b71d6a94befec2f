"""The study file that belongs to a synthetic world."""

from typing import Final

from landwatch.synthetic.deals import LAST_DAY
from landwatch.synthetic.world import EFFECTIVE, World

INPUTS: Final = {
    "boundaries": "raw/boundaries/towns-10t.json",
    "lvr": "raw/lvr",
    "lvr_query": "raw/lvr_query",
    "population": "raw/population",
    "income": "raw/income",
    "vital": "raw/vital",
    "listings": "raw/listings",
    "factories": "raw/factories",
    "zoning": "raw/zoning",
    "layer": "raw/layer/renewal.geojson",
    "shops": "raw/shops",
    "businesses": "raw/businesses",
    "landcover": "raw/landcover",
    "projects": "raw/projects/projects.csv",
}
"""Kinds of input and where they lie, relative to the study file."""

OPTIONS: Final = {
    "layer": 'name = "都市更新地區"\neffective = "公告日"\ncategory = "類別"\n',
}
"""Further keys of an input, as TOML."""


def study_text(world: World) -> str:
    """Return the study of a world.

    Parameters
    ----------
    world : World
        The world.

    Returns
    -------
    str
        TOML, with a title that says in both languages that nothing in it is real.
    """
    name = f"synthetic-{world.size.name}-{world.scenario.name}-{world.seed}"
    zh = f"模擬資料：虛構地區的地價與租金（種子 {world.seed}）"
    en = f"Synthetic data: land and rent in an invented place (seed {world.seed})"
    inputs = "".join(
        f'\n[[inputs]]\nkind = "{kind}"\npath = "{path}"\n{OPTIONS.get(kind, "")}'
        for kind, path in INPUTS.items()
    )
    return (
        "# 模擬資料，非真實地區。Synthetic data: no real place, person or deal is in it.\n"
        "schema = 1\n\n"
        "[study]\n"
        f'id = "{name}"\n'
        f'title = {{ zh = "{zh}", en = "{en}" }}\n'
        "start = 2015-01-01\n"
        f"end = {LAST_DAY}\n\n"
        "[zones]\n"
        'source = "criteria"\n'
        f"effective = {EFFECTIVE}\n"
        f"count = {world.size.treated}\n"
        f"{inputs}"
    )
