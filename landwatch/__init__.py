"""Before-and-after evidence on land, rent and displacement (地方創生 × 地價創升)."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["assign_zones", "check", "estimate", "explain", "open", "run", "simulate"]

if TYPE_CHECKING:
    from landwatch.api import assign_zones, check, estimate, explain, run, simulate
    from landwatch.api import open_results as open


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'landwatch' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("landwatch.api"), "open_results" if name == "open" else name)
