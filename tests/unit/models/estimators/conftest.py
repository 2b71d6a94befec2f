"""Published tables outside the repository."""

import os
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[4]
SHARED = Path(os.environ.get("LANDWATCH_SHARED", ROOT.parent / "shared" / "data"))


@pytest.fixture
def reference():
    """Return a reader of a reference table by folder and file; skips where it is absent."""

    def _read(folder: str, file: str, sep: str = ",") -> pd.DataFrame:
        path = SHARED / "reference" / folder / file
        if not path.exists():
            pytest.skip(f"reference table not found: {path}; set LANDWATCH_SHARED")
        return pd.read_csv(path, sep=sep)

    return _read
