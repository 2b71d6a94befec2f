"""One file per published map; each reads mart tables only."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maps.site import draw_site

__all__ = ["draw_site"]


def __getattr__(name: str) -> Any:
    """Load the site builder when it is first asked for."""
    if name == "draw_site":
        from maps.site import draw_site

        return draw_site
    raise AttributeError(f"module 'maps' has no attribute {name!r}")
