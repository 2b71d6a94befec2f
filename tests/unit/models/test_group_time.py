"""Group-time effects through our wrapper against the published county employment example."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landwatch.models.group_time import GroupTimeFit, fit_callaway_santanna
from landwatch.vocabulary.errors import EstimationError, InputError

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("LANDWATCH_SHARED", ROOT.parent / "shared" / "data"))
MPDTA = SHARED / "reference" / "mpdta_cs" / "mpdta.csv"
COLUMNS = {
    "outcome": "lemp",
    "unit": "countyreal",
    "period": "year",
    "first_treated": "first_treat",
}


@pytest.fixture
def mpdta() -> pd.DataFrame:
    """Read the minimum-wage panel of the did package."""
    if not MPDTA.exists():
        pytest.skip(f"reference table not found: {MPDTA}; set LANDWATCH_SHARED")
    return pd.read_csv(MPDTA)


def _aggregate(fit: GroupTimeFit, name: str) -> pd.DataFrame:
    return fit.terms[fit.terms["aggregate"] == name].set_index("term")


@pytest.mark.reference
@pytest.mark.shared
def test_simple_effect_is_the_published_one(mpdta: pd.DataFrame) -> None:
    """Published to four decimals: −0.0400 (0.0120), 191 treated counties against 309."""
    fit = fit_callaway_santanna(mpdta, **COLUMNS)
    row = fit.terms.iloc[0]
    assert f"{row['estimate']:.4f} ({row['std_error']:.4f})" == "-0.0400 (0.0120)"
    assert (fit.n_treated_units, fit.n_control_units) == (191, 309)


@pytest.mark.reference
@pytest.mark.shared
def test_event_and_group_effects_are_the_published_ones(mpdta: pd.DataFrame) -> None:
    """Dynamic and group aggregates agree to the four decimals published."""
    fit = fit_callaway_santanna(mpdta, **COLUMNS)
    event = _aggregate(fit, "event")["estimate"].round(4).to_dict()
    assert event == {
        -3: 0.0305, -2: -0.0006, -1: -0.0245, 0: -0.0199, 1: -0.0510, 2: -0.1373, 3: -0.1008,
    }  # fmt: skip
    group = _aggregate(fit, "group")["estimate"].round(4).to_dict()
    assert group == {2004: -0.0797, 2006: -0.0229, 2007: -0.0261}


@pytest.mark.reference
@pytest.mark.shared
def test_effects_after_treatment_do_not_depend_on_the_kind_of_base(mpdta: pd.DataFrame) -> None:
    """A universal base changes leads only, and is itself exactly zero."""
    varying = _aggregate(fit_callaway_santanna(mpdta, **COLUMNS), "event")["estimate"]
    universal = _aggregate(fit_callaway_santanna(mpdta, **COLUMNS, base="universal"), "event")
    assert universal["estimate"][-1] == 0.0
    np.testing.assert_allclose(universal["estimate"].loc[0:], varying.loc[0:], rtol=1e-12)


def _two_periods(effect: float) -> pd.DataFrame:
    unit = np.repeat(np.arange(8), 2)
    period = np.tile([2018, 2019], 8)
    value = unit * 0.1 + (period == 2019) * (0.05 + 0.01 * (unit % 4) + effect * (unit < 4))
    return pd.DataFrame({"u": unit, "t": period, "y": value, "g": np.where(unit < 4, 2019, 0)})


def test_two_periods_give_the_difference_of_differences() -> None:
    """With one cohort and two years the effect is the plain double difference."""
    fit = fit_callaway_santanna(
        _two_periods(0.3), outcome="y", unit="u", period="t", first_treated="g"
    )
    assert fit.terms["estimate"].iloc[0] == pytest.approx(0.3, abs=1e-12)


def test_no_control_unit_is_refused_with_counts() -> None:
    """A table without never-treated units raises instead of returning a number."""
    frame = _two_periods(0.3).query("g > 0")
    with pytest.raises(EstimationError, match="4 treated and 0 never treated"):
        fit_callaway_santanna(frame, outcome="y", unit="u", period="t", first_treated="g")


def test_repeated_unit_periods_are_refused() -> None:
    """Rows must be aggregated before."""
    frame = pd.concat([_two_periods(0.1)] * 2)
    with pytest.raises(InputError, match="16 rows repeat"):
        fit_callaway_santanna(frame, outcome="y", unit="u", period="t", first_treated="g")


def test_missing_columns_are_named() -> None:
    """The error names the column that is not there."""
    with pytest.raises(InputError, match="missing columns: g"):
        fit_callaway_santanna(
            _two_periods(0.1).drop(columns="g"),
            outcome="y", unit="u", period="t", first_treated="g",
        )  # fmt: skip
