"""Before-and-after evidence on land, rent and displacement (地方創生 × 地價創升)."""

__version__ = "0.1.0"
