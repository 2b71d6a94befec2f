"""What stands behind a verdict: from the words back to models, deals, source lines and files."""

import datetime as dt
import math
from dataclasses import asdict, dataclass
from typing import Any

Text = tuple[str, str]
"""Traditional Chinese, English."""


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One outcome of the zone, as ``mart/effects`` has it, and in words.

    Attributes
    ----------
    outcome, status : str
        Code, and ``estimated`` or ``insufficient_data: why``.
    estimate_log, ci_low, ci_high, p_value, q_value, mde_log, breakdown_m, pre_trend_p : float
        Missing ones are not a number.
    n_before, n_after, n_controls : int
        Comparable rows on each side of the date, and control towns.
    label, sentence : tuple of (str, str)
        Name of the outcome, and what its numbers show.
    """

    outcome: str
    status: str
    estimate_log: float
    ci_low: float
    ci_high: float
    p_value: float
    q_value: float
    mde_log: float
    breakdown_m: float
    pre_trend_p: float
    n_before: int
    n_after: int
    n_controls: int
    label: Text
    sentence: Text


@dataclass(frozen=True, slots=True)
class ContextLine:
    """One number of all zones together.

    Attributes
    ----------
    estimator : str
        Code of the estimator.
    relative_period : int or None
        Years from the start date; None for the pooled estimate.
    estimate_log, ci_low, ci_high : float
        Difference of logarithms and its interval.
    n_obs : int
        Rows.
    """

    estimator: str
    relative_period: int | None
    estimate_log: float
    ci_low: float
    ci_high: float
    n_obs: int


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One rule and what it left of the zone's rows.

    Attributes
    ----------
    step : str
        The rule.
    rows_left, rows_dropped : int
        Rows of the zone after it, and rows it left out.
    """

    step: str
    rows_left: int
    rows_dropped: int


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year of a yearly figure.

    Attributes
    ----------
    year : int
        Calendar or tax year.
    value : float
        The figure.
    growth_log, controls_growth_log : float
        Change of its logarithm since the year before, in the zone and on average in its controls.
    is_break : bool
        Not compared: the series breaks in this year.
    """

    year: int
    value: float
    growth_log: float
    controls_growth_log: float
    is_break: bool


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal as far as it may be shown: no door number, no coordinates.

    Attributes
    ----------
    date : datetime.date
        Day of contract.
    place : str
        Masked address; only the town where a section has too few deals in the year.
    area_m2, unit_price_twd_m2 : float
        Area sold [m²] and price [NTD/m²].
    source_file, source_line : str, int
        Where the register printed it.
    ratio : float
        Unit price of the subject over this deal's; for a subject the median over its comparables.
    distance_m : float
        From the subject, rounded to 100 m; not a number for a subject, where either place is not
        told, and where the two were compared as deals of one section.
    is_named : bool
        Whether the place is told beyond the town.
    near_km : tuple of (int, int) or None
        Easting and northing, EPSG:3826, rounded to 1 km; None without coordinates or where the
        section is not shown.
    """

    date: dt.date
    place: str
    area_m2: float
    unit_price_twd_m2: float
    source_file: str
    source_line: int
    ratio: float
    distance_m: float
    is_named: bool
    near_km: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Case:
    """One deal after the start date and what was comparable before it.

    Attributes
    ----------
    role : str
        ``carries``, ``typical`` or ``opposes`` (the estimate), or ``highest``, ``lowest``.
    contribution_log : float
        Part of the zone's change this deal makes up; not a number where nothing was estimated.
    deal : Deal
        The deal.
    comparables : tuple of Deal
        The most comparable deals before the start date, best first.
    """

    role: str
    contribution_log: float
    deal: Deal
    comparables: tuple[Deal, ...]


@dataclass(frozen=True, slots=True)
class Ratios:
    """How prices after the date stand to comparable prices before it; nothing adjusted.

    Attributes
    ----------
    deals : int
        Deals after the date in the sample.
    located : int
        Of them with coordinates.
    compared : int
        Deals with enough comparables.
    in_section : int
        Of the compared, those without coordinates, compared within their section or road.
    median : float
        Median over deals of the median ratio to their comparables.
    """

    deals: int
    located: int
    compared: int
    in_section: int
    median: float


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One published file and what of it is cited.

    Attributes
    ----------
    source_file, sha256 : str
        Path as in the ledger, and hash.
    rows_read, rows_accepted, rows_rejected, rows_duplicate : int
        Its line of the ledger.
    lines : tuple of int
        Lines cited.
    """

    source_file: str
    sha256: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rows_duplicate: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict with everything behind it.

    Attributes
    ----------
    study, date, zone_id, zone_name, effective : str
        What was explained, and the day the results were made.
    verdict, confidence, reasons : str
        As ``mart/verdicts`` has them.
    meaning, reasons_text : tuple of (str, str)
        In words.
    fdr : float
        False discovery rate of the study.
    effects : tuple of EffectLine
        Every outcome.
    outcome : str
        The one followed to its rows.
    chosen : tuple of (str, str)
        Why this one.
    pooled, event_study : tuple of ContextLine
        All zones together.
    flow : tuple of FlowLine
        From the zone's core rows to those compared.
    years : tuple of YearLine
        For yearly figures.
    search : dict of str to float
        How comparables were sought.
    zone_ratios, control_ratios : Ratios or None
        Raw price ratios of the zone and of its control towns.
    cases : tuple of Case
        The deals that make the case.
    sources : tuple of SourceFile
        Files and lines cited.
    notes : tuple of (str, str)
        What could not be shown, and why.
    """

    study: str
    date: str
    zone_id: str
    zone_name: str
    effective: str
    verdict: str
    confidence: str
    reasons: str
    meaning: Text
    reasons_text: Text
    fdr: float
    effects: tuple[EffectLine, ...]
    outcome: str
    chosen: Text
    pooled: tuple[ContextLine, ...]
    event_study: tuple[ContextLine, ...]
    flow: tuple[FlowLine, ...]
    years: tuple[YearLine, ...]
    search: dict[str, float]
    zone_ratios: Ratios | None
    control_ratios: Ratios | None
    cases: tuple[Case, ...]
    sources: tuple[SourceFile, ...]
    notes: tuple[Text, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the explanation as plain values: days as text, numbers not known as null.

        Returns
        -------
        dict
            Keys are the attributes.
        """
        plain = _plain(asdict(self))
        return dict(plain)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, dt.date) else value
