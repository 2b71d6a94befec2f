"""The verdict table: which states of the two axes give which verdict, and what confidence asks.

The rules are data: `RULES` is read from top to bottom and the first rule whose states hold gives
the verdict. A state summarises one axis:

``up``        an outcome of the axis rose: q ≤ fdr among the zones of the outcome, and for the axis
              among all zones × axes (for livelihood: and none fell by the same rule)
``not_up``    outcomes were estimated, none of them ``up``, and the data could have shown a rise
``unseen``    outcomes were estimated, none ``up``, but none could have shown a rise
``missing``   no outcome of the axis was estimated
"""

from dataclasses import dataclass

import numpy as np

from landwatch.vocabulary.errors import InputError

LAND = ("land_price", "farmland_price", "house_price", "rent", "asking_rent")
LIVELIHOOD = ("population", "income", "births")
BARE_LAND = ("land_price", "farmland_price")
RENTS = ("rent", "asking_rent")
LARGEST_USEFUL_MDE = 0.25
"""Largest smallest-detectable effect [log points] with which 'no change' may be said of land."""

LARGEST_TELLING_PRE_TREND_P = 0.05
"""A drift before the date this improbable among controls leaves only weak evidence after it."""

VERDICTS = ("revitalised", "price_rise", "both", "no_change", "insufficient")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the verdict table.

    Attributes
    ----------
    land, livelihood : frozenset of str
        States of the axes under which the rule holds.
    verdict : str
        Verdict it gives.
    axes : tuple of str
        Axes whose outcomes support the verdict and set its confidence.
    reason : str
        Code added to the reasons; empty for none.
    """

    land: frozenset[str]
    livelihood: frozenset[str]
    verdict: str
    axes: tuple[str, ...] = ()
    reason: str = ""


def _states(*names: str) -> frozenset[str]:
    return frozenset(names)


_SEEN = _states("not_up", "unseen")
RULES: tuple[Rule, ...] = (
    Rule(_states("up"), _states("up"), "both", ("land", "livelihood")),
    Rule(_states("up"), _SEEN, "price_rise", ("land",)),
    Rule(_states("up"), _states("missing"), "price_rise", ("land",), "livelihood:not_observed"),
    Rule(_SEEN, _states("up"), "revitalised", ("livelihood",)),
    Rule(_states("missing"), _states("up"), "revitalised", ("livelihood",), "land:not_observed"),
    Rule(_states("not_up"), _SEEN, "no_change"),
    Rule(_states("unseen"), _SEEN, "insufficient", (), "land:not_detectable"),
    Rule(_states("missing"), _SEEN, "insufficient", (), "land:not_observed"),
    Rule(_SEEN, _states("missing"), "insufficient", (), "livelihood:not_observed"),
    Rule(
        _states("missing"),
        _states("missing"),
        "insufficient",
        (),
        "land:not_observed;livelihood:not_observed",
    ),
)
"""Verdict rules, first match wins; every pair of states matches one."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Confidence of a verdict that rests on outcomes that rose: which attacks they survive.

    Attributes
    ----------
    name : str
        ``strong``, ``moderate`` or ``weak``.
    largest_q : float
        Largest q-value, as a multiple of the false discovery rate where `of_fdr`, else as it is.
    of_fdr : bool
        Whether `largest_q` multiplies the false discovery rate.
    smallest_drift : float
        Smallest multiple of its own drift before the date that the effect bears.
    smallest_step : float
        Smallest multiple M̄ of its largest yearly step before the date that the effect bears.
    fewest_tried, most_failed : int
        Attacks (other dates, controls, windows, …) that could be tried, and that the effect may
        fail: its sign turns or its interval reaches zero.
    may_disagree : bool
        Whether another estimator may lie beyond the interval.
    may_drift : bool
        Whether the zone may have drifted apart before its date already.
    may_alarm : bool
        Whether an alarm of the whole outcome may have gone off.
    """

    name: str
    largest_q: float
    of_fdr: bool
    smallest_drift: float
    smallest_step: float
    fewest_tried: int
    most_failed: int
    may_disagree: bool
    may_drift: bool
    may_alarm: bool


GRADES: tuple[Grade, ...] = (
    Grade(
        "strong",
        0.01,
        of_fdr=False,
        smallest_drift=1.0,
        smallest_step=0.25,
        fewest_tried=4,
        most_failed=0,
        may_disagree=False,
        may_drift=False,
        may_alarm=False,
    ),
    Grade(
        "moderate",
        1.0,
        of_fdr=True,
        smallest_drift=0.5,
        smallest_step=0.0,
        fewest_tried=2,
        most_failed=1,
        may_disagree=False,
        may_drift=False,
        may_alarm=False,
    ),
    Grade(
        "weak",
        np.inf,
        of_fdr=True,
        smallest_drift=0.0,
        smallest_step=0.0,
        fewest_tried=0,
        most_failed=10_000,
        may_disagree=True,
        may_drift=True,
        may_alarm=True,
    ),
)
"""Confidence grades, best first: one supporting outcome must meet every threshold of its grade."""


def matching_rule(land: str, livelihood: str) -> Rule:
    """Find the first rule that two states meet.

    Parameters
    ----------
    land, livelihood : str
        States of the axes (see the module's summary).

    Returns
    -------
    Rule
        Rule that applies.

    Raises
    ------
    InputError
        If a state is not one of the four.

    Examples
    --------
    >>> matching_rule("up", "not_up").verdict
    'price_rise'
    """
    for rule in RULES:
        if land in rule.land and livelihood in rule.livelihood:
            return rule
    raise InputError(f"no verdict rule for land={land!r}, livelihood={livelihood!r}")
