"""Every attack on the effects of one outcome, in three tables."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from landwatch.models.choice_grounds import prepared_rows, study_grounds
from landwatch.models.choices import chosen_rows
from landwatch.models.specification_curve import fit_specification_curve
from landwatch.models.threats.clusters import few_clusters
from landwatch.models.threats.composition import composition_shift
from landwatch.models.threats.coverage_break import coverage_break
from landwatch.models.threats.false_dates import anticipation_leads, placebo_dates
from landwatch.models.threats.leave_out import without_each_county
from landwatch.models.threats.place_error import place_error
from landwatch.models.threats.placebo_zones import placebo_zones
from landwatch.models.threats.price_level import deflated_prices
from landwatch.models.threats.spatial import spatial_dependence
from landwatch.models.threats.spillover import spillover_ring

if TYPE_CHECKING:
    from landwatch.models.choice_grounds import Grounds
    from landwatch.models.specification import Specification
    from landwatch.models.zone_contrasts import ZoneContrasts


@dataclass(frozen=True, slots=True)
class Attacks:
    """What became of an outcome's effects under attack.

    Attributes
    ----------
    specifications, threats, shares : DataFrame
        Tables ``specifications.csv``, ``threats.csv`` and ``specification_shares.csv``.
    """

    specifications: pd.DataFrame
    threats: pd.DataFrame
    shares: pd.DataFrame


def fit_attacks(
    frame: pd.DataFrame,
    spec: "Specification",
    *,
    neighbours: pd.DataFrame | None = None,
    criteria: pd.DataFrame | None = None,
    seed: int = 0,
) -> Attacks:
    """Attack the effects of one outcome in every way that applies to it.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price`` (see `fit_hedonic`), or town-years; the index is unique.
    spec : Specification
        The outcome's specification.
    neighbours : DataFrame, optional
        ``town_code, neighbour_code``: towns that touch, both ways.
    criteria : DataFrame, optional
        ``town_code, population, position, is_zone, ranks_from_cut`` of every town.
    seed : int, optional
        Seed of every draw.

    Returns
    -------
    Attacks
        Tables; rows of ``threats`` in a fixed order: the study's specification, single deviations,
        choices left out, then the other attacks.

    Raises
    ------
    InputError
        If the rows have faults.
    """
    rows = prepared_rows(frame, spec)
    grounds = study_grounds(rows, spec.kind, neighbours=neighbours, criteria=criteria)
    curve = fit_specification_curve(rows, spec, grounds, seed=seed)
    own = chosen_rows(rows, {}, grounds)
    further = _further(own, spec, grounds, curve.base, neighbours, seed)
    if spec.kind == "deals":
        further += _of_deals(frame, own, spec, curve.base, seed)
    threats = pd.concat([curve.attacks, *further], ignore_index=True)
    return Attacks(curve.specifications, threats, curve.shares)


def _further(
    rows: pd.DataFrame,
    spec: "Specification",
    grounds: "Grounds",
    base: "ZoneContrasts",
    neighbours: pd.DataFrame | None,
    seed: int,
) -> list[pd.DataFrame]:
    return [
        without_each_county(spec.outcome, base),
        anticipation_leads(rows, spec),
        placebo_dates(rows, spec),
        placebo_zones(rows, spec, grounds, base, seed=seed),
        spillover_ring(rows, spec, grounds),
        few_clusters(spec.outcome, base),
        spatial_dependence(rows, spec, grounds, neighbours, seed=seed),
    ]


def _of_deals(
    frame: pd.DataFrame,
    rows: pd.DataFrame,
    spec: "Specification",
    base: "ZoneContrasts",
    seed: int,
) -> list[pd.DataFrame]:
    chance = frame.get("zone_probability", pd.Series(1.0, index=frame.index))
    probability = chance.fillna(1.0).loc[rows["row"]].set_axis(rows.index)
    return [
        deflated_prices(spec.outcome, base),
        coverage_break(rows, spec),
        composition_shift(frame, rows, spec, base),
        place_error(rows, probability, spec, base, seed=seed),
    ]
