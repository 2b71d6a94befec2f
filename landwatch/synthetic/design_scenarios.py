"""Scenarios of calibration: who is treated, what is planted, what is broken, what should notice."""

from dataclasses import dataclass
from typing import Final

from landwatch.vocabulary.errors import StudyError


@dataclass(frozen=True, slots=True)
class DesignScenario:
    """One row: a world's truth and the assumption it breaks.

    Prices in log points; growth of the panel in log points per year. "Every other zone" is zone
    1, 3, 5 … in order of code; the rest have no effect, so that false flags can be told anywhere.

    Attributes
    ----------
    name : str
        Name asked for.
    title : tuple of str
        What it is, 繁體中文 and English.
    land, growth : tuple of float
        Effects of every other zone, taken in turn; one number: the same for all; empty: none.
    ramp_years : float
        Years over which an effect grows from nothing to its size; 0: at once.
    dates : tuple of str
        Effective dates, dealt to the zones in turn.
    zones : int
        Treated towns in all; 0: 4 and 5 by county in turn.
    trend : float
        Drift of zones apart from their county before and after the date, per year (growth: a tenth
        of it per year).
    lead_years : float
        How long before its date an effect is already there.
    spill : float
        Share of the effect that never-treated towns next to an affected zone take on.
    hidden_quality : float
        Quality not in the data of the deals that zones add after their date: of one deal in two.
    with_size : bool
        Whether deals of hidden quality are also smaller and of another use class (composition).
    registered : float
        Further deals that zones register after their date, for each one there would be; they are
        the ones of hidden quality.
    misplaced : float
        Share of all deals that lie in another town of the county than the one they are put in.
    shock_range : float
        Range in towns over which the wanderings of neighbouring towns are alike; 0: independent.
    caught_by : tuple of str
        Checks that should notice; empty where the design's assumptions hold.
    """

    name: str
    title: tuple[str, str]
    land: tuple[float, ...] = ()
    growth: tuple[float, ...] = ()
    ramp_years: float = 0.0
    dates: tuple[str, ...] = ("2019-01-03",)
    zones: int = 0
    trend: float = 0.0
    lead_years: float = 0.0
    spill: float = 0.0
    hidden_quality: float = 0.0
    with_size: bool = False
    registered: float = 0.0
    misplaced: float = 0.0
    shock_range: float = 0.0
    caught_by: tuple[str, ...] = ()


_LAND, _GROWTH = (0.4,), (0.02,)
_ROWS = (
    DesignScenario("no_effect", ("無效果", "nothing happens")),
    DesignScenario("homogeneous", ("同一效果", "one effect at once"), _LAND, _GROWTH),
    DesignScenario(
        "heterogeneous", ("效果不一、漸增", "different effects that grow"),
        (0.15, 0.3, 0.5, 0.7, 1.0), (0.005, 0.01, 0.02, 0.03, 0.04), ramp_years=3.0,
    ),
    DesignScenario(
        "staggered", ("不同日期、漸增", "three dates, effects that grow"),
        (0.5,), (0.025,), ramp_years=3.0, dates=("2017-01-03", "2019-01-03", "2021-01-03"),
    ),
    DesignScenario(
        "pre_trend", ("事前趨勢不同", "zones drift apart before"), trend=0.05,
        caught_by=("pre_trend",),
    ),
    DesignScenario(
        "anticipation", ("預期效應", "prices move before the date"), _LAND, _GROWTH,
        lead_years=1.5, caught_by=("leads",),
    ),
    DesignScenario(
        "spillover", ("外溢至鄰區", "neighbours take on part of it"), _LAND, _GROWTH, spill=0.75,
        caught_by=("neighbours",),
    ),
    DesignScenario(
        "composition", ("組成改變", "other deals after the date"), hidden_quality=0.6,
        with_size=True, caught_by=("composition",),
    ),
    DesignScenario(
        "registration", ("登錄制度改變", "more deals get registered"), hidden_quality=0.6,
        registered=1.0, caught_by=("coverage",),
    ),
    DesignScenario(
        "place_error", ("定位誤差", "deals put in the wrong town"), _LAND, _GROWTH, misplaced=0.2,
        caught_by=("place_error",),
    ),
    DesignScenario(
        "few_treated", ("處理單位極少", "two zones in all"), _LAND, _GROWTH, zones=2,
        caught_by=("few_treated",),
    ),
    DesignScenario(
        "spatial_shocks", ("空間相關衝擊", "neighbouring towns wander together"), shock_range=3.0,
        caught_by=("spatial",),
    ),
)  # fmt: skip

DESIGN_SCENARIOS: Final = {row.name: row for row in _ROWS}
"""Scenarios by name, in the order of the report."""

_OTHER_NAMES: Final = {"null": "no_effect"}
"""Readers of CSV take the word null for a missing value, so no table holds it."""


def design_scenario(name: str) -> DesignScenario:
    """Return a scenario.

    Parameters
    ----------
    name : str
        Name.

    Returns
    -------
    DesignScenario
        The row.

    Raises
    ------
    StudyError
        If there is none of that name.
    """
    name = _OTHER_NAMES.get(name, name)
    if name not in DESIGN_SCENARIOS:
        known = ", ".join(DESIGN_SCENARIOS)
        raise StudyError(f"沒有這個情境 no scenario {name!r}; choose from: {known}.")
    return DESIGN_SCENARIOS[name]
