"""Tables with staggered treatment: two published ones, and panels with known truth."""

import os
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landwatch.models.estimators.registry import fit_estimator
from landwatch.models.estimators.table import EstimationTable

ROOT = Path(__file__).resolve().parents[4]
SHARED = Path(os.environ.get("LANDWATCH_SHARED", ROOT.parent / "shared" / "data"))


def mpdta() -> pd.DataFrame:
    """County employment 2003–2007 (package did for R); first_treat 0 = never."""
    path = SHARED / "reference" / "mpdta_cs" / "mpdta.csv"
    if not path.exists():
        pytest.skip(f"reference table not found: {path}; set LANDWATCH_SHARED")
    return pd.read_csv(path)


def castle() -> pd.DataFrame:
    """Homicides and castle doctrine, 50 states 2000–2010 (package causaldata).

    ``post`` there begins the year after the law, so ``law`` is its first year less one.
    """
    data = pd.read_stata(Path(str(files("causaldata"))) / "castle" / "castle.dta")
    begins = data["year"].where(data["post"] == 1).groupby(data["sid"]).transform("min") - 1
    data = data[["sid", "year", "l_homicide", "popwt", "l_police"]].astype(float)
    return data.assign(law=begins.fillna(0.0))


def random_panel(seed: int = 0, *, units: int = 40, gaps: float = 0.0) -> pd.DataFrame:
    """Units by ten periods, three groups and never treated, effects by group and time."""
    rng = np.random.default_rng(seed)
    unit, period = np.repeat(np.arange(units), 10), np.tile(np.arange(2001, 2011), units)
    first = rng.choice([0, 2005, 2006, 2008], units, p=[0.4, 0.2, 0.2, 0.2])
    first[:4] = [0, 2005, 2006, 2008]
    size, x = rng.uniform(0.5, 2.0, units), rng.normal(size=len(unit))
    start = first[unit]
    since = np.where(start > 0, period - start, -1)
    effect = np.where(since >= 0, 1.0 + 0.3 * since + 0.1 * (start - 2005), 0.0)
    level, walk = rng.normal(size=units), rng.normal(size=10).cumsum()
    noise = rng.normal(0, 0.5, len(unit))
    frame = pd.DataFrame(
        {
            "town name": [f"t{u:03d}" for u in unit],
            "year": period,
            "y": level[unit] + walk[period - 2001] + 0.4 * x + effect + noise,
            "x": x,
            "first": start,
            "size": size[unit],
            "region": [f"r{u % 8}" for u in unit],
            "effect": effect,
        }
    )
    return frame[rng.uniform(size=len(frame)) >= gaps].reset_index(drop=True)


def terms(name: str, frame: pd.DataFrame, options=None, **roles) -> pd.DataFrame:
    """Run an estimator; terms by name."""
    given = {"outcome": "y", "unit": "town name", "period": "year", "first_treated": "first"}
    table = EstimationTable(frame, **{**given, **roles})
    return fit_estimator(name, table, options or {}).terms.set_index("term")


def castle_terms(name: str, options=None, **roles) -> pd.DataFrame:
    """Run an estimator on the castle table."""
    given = {"outcome": "l_homicide", "unit": "sid", "period": "year", "first_treated": "law"}
    return terms(name, castle(), options, **{**given, **roles})


def mpdta_terms(name: str, options=None, **roles) -> pd.DataFrame:
    """Run an estimator on the county employment table."""
    given = {"outcome": "lemp", "unit": "countyreal", "first_treated": "first_treat"}
    return terms(name, mpdta(), options, **{**given, **roles})


# Stata 18 jwdid 2.2, `jwdid l_homicide, ivar(sid) tvar(year) gvar(gvar) [never]` and `estat`,
# on this table; R etwfe 0.6.2 agrees on estimates to 1e-12. Without covariates the never-treated
# version is Sun–Abraham (and its effects Callaway–Sant'Anna), the other one imputation. Numbers as
# printed in the parity test of the public project statspai (tests of etwfe on castle).
JWDID_NEVER = {
    "simple": (0.1103830283669693, 0.04131688951004162),
    "event=0": (0.0972153506863711, 0.04037879135047187),
    "event=3": (0.1368253926475105, 0.06118068584994101),
    "event=5": (0.1119418867241404, 0.0544307344057585),
    "group=2005": (0.09306977343103795, 0.03471405499157543),
    "group=2006": (0.1099450167962861, 0.05638664980256296),
    "group=2008": (0.1221206598275861, 0.06071602326215262),
}
JWDID_NOTYET = {
    "simple": 0.07980154759144198,
    "event=0": 0.07107059938052673,
    "event=3": 0.1001851777606919,
    "group=2006": 0.06240829424256011,
    "group=2009": 0.2110805280593897,
}
# causaldata ships l_homicide in single precision (7 digits of values near 1.5); the published
# numbers come from the same table in double precision.
SINGLE = 2e-7
