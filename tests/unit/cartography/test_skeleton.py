"""The empty map."""

import ast
from pathlib import Path

import landwatch
from landwatch.cartography.skeleton import MAP_NAME, draw_skeleton

ROOT = Path(landwatch.__file__).parents[1]


def test_skeleton_is_the_same_every_time_and_asks_for_nothing() -> None:
    """No random id, no address, no tiles."""
    first, second = draw_skeleton(), draw_skeleton()
    assert first == second
    assert f'id="{MAP_NAME}"' in first.html
    assert f"var {MAP_NAME} = L.map(" in first.script
    assert "http" not in first.html + first.script
    assert "tileLayer" not in first.script


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_one_module_touches_folium() -> None:
    """Data cannot reach Folium where Folium is not imported."""
    modules = [p for top in ("landwatch", "maps", "pipelines") for p in (ROOT / top).rglob("*.py")]
    users = [p.name for p in modules if _imports(p) & {"folium", "branca", "jinja2"}]
    assert users == ["skeleton.py"]


def test_folium_is_given_literals_only() -> None:
    """Every argument of a call into Folium is a literal, and its function takes none."""
    source = (ROOT / "landwatch/cartography/skeleton.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("folium.", "Figure"))
    ]
    assert len(calls) == 2
    for call in calls:
        for value in [*call.args, *(keyword.value for keyword in call.keywords)]:
            ast.literal_eval(value)
    (draw,) = (n for n in tree.body if isinstance(n, ast.FunctionDef))
    assert (draw.name, ast.unparse(draw.args)) == ("draw_skeleton", "")
