"""What a map module hands to the site: layers to draw, or the reason why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from landwatch.cartography.catalogue import FLAGGED, VERDICTS, bilingual, outcome_label
from landwatch.cartography.classes import symmetrical_breaks
from landwatch.cartography.layers import Layer, absent_zone, effect_layer
from landwatch.cartography.numbers import percent_change
from landwatch.cartography.site_info import Text
from landwatch.vocabulary.errors import InputError
from maps.mart import Mart

PRICE_OUTCOMES = ("land_price", "farmland_price", "house_price", "rent", "asking_rent")
Verdicts = dict[str, tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class MapDraft:
    """One map before it is written.

    Attributes
    ----------
    name : str
        Name of the page, such as ``land_price``.
    layers : tuple of dict
        Layers, the first one shown first; empty when the map cannot be drawn.
    reason : tuple of (str, str) or None
        Why there is no map.
    """

    name: str
    layers: tuple[Layer, ...] = ()
    reason: Text | None = None


def draw_effects(
    mart: Mart,
    name: str,
    outcomes: Sequence[str],
    *,
    shared: Sequence[str] = PRICE_OUTCOMES,
    own: Sequence[str] = (),
    note_key: str = "legend_breaks",
) -> MapDraft:
    """Draft a map of change with one layer per outcome that was estimated.

    Parameters
    ----------
    mart : Mart
        The tables.
    name : str
        Name of the page.
    outcomes : sequence of str
        Outcomes of this map, in order; those without rows are left out.
    shared : sequence of str, optional
        Outcomes whose changes decide the class breaks, so that maps can be compared.
    own : sequence of str, optional
        Outcomes with class breaks of their own, for their changes are of another size.
    note_key : str, optional
        Key of the sentence that explains the breaks.

    Returns
    -------
    MapDraft
        Layers, or the reason why there are none.
    """
    if mart.zones is None:
        return MapDraft(name, reason=bilingual("missing_zones"))
    if mart.effects is None:
        return MapDraft(name, reason=bilingual("missing_effects"))
    effects = mart.effects
    present = [outcome for outcome in outcomes if (effects["outcome"] == outcome).any()]
    if not present:
        zh, en = bilingual("missing_outcome")
        labels = [outcome_label(outcome) for outcome in outcomes]
        return MapDraft(
            name,
            reason=(
                zh + "、".join(label[0] for label in labels),
                en + ", ".join(label[1] for label in labels),
            ),
        )
    common = shared_breaks(effects, shared)
    breaks = {o: shared_breaks(effects, [o]) if o in own else common for o in present}
    return MapDraft(
        name,
        tuple(_layer(mart, effects, outcome, breaks[outcome], note_key) for outcome in present),
    )


def shared_breaks(effects: pd.DataFrame, outcomes: Sequence[str]) -> tuple[float, ...]:
    """Class breaks over several outcomes.

    Parameters
    ----------
    effects : DataFrame
        The effects table.
    outcomes : sequence of str
        Outcomes that share the breaks.

    Returns
    -------
    tuple of float
        Six breaks [%].
    """
    chosen = effects["outcome"].isin(outcomes) & (effects["status"] == "estimated")
    logs = effects.loc[chosen, "estimate_log"].dropna()
    return symmetrical_breaks(np.asarray([percent_change(value) for value in logs]))


def verdict_lookup(mart: Mart) -> Verdicts:
    """Verdict, confidence and reasons by zone.

    Parameters
    ----------
    mart : Mart
        The tables.

    Returns
    -------
    dict
        Empty when there is no verdict table.

    Raises
    ------
    InputError
        If a verdict is unknown.
    """
    if mart.verdicts is None:
        return {}
    unknown = sorted(set(mart.verdicts["verdict"]) - set(VERDICTS))
    if unknown:
        raise InputError(f"verdicts.csv holds unknown verdicts {unknown}, expected {VERDICTS}")
    table = mart.verdicts
    triples = zip(table["verdict"], table["confidence"], table["reasons"], strict=True)
    return dict(zip(table["zone_id"], triples, strict=True))


def flagged_count(counts: dict[str, int]) -> int:
    """Zones that carry a flag.

    Parameters
    ----------
    counts : dict of str to int
        Zones by verdict.

    Returns
    -------
    int
        Revitalised, price rise and both together.
    """
    return sum(counts.get(verdict, 0) for verdict in FLAGGED)


def _layer(
    mart: Mart, effects: pd.DataFrame, outcome: str, breaks: tuple[float, ...], note_key: str
) -> Layer:
    verdicts = verdict_lookup(mart)
    rows = effects[effects["outcome"] == outcome].set_index("zone_id")
    layer = effect_layer(
        rows, outcome, info=mart.info, breaks=breaks, verdicts=verdicts, note_key=note_key
    )
    if mart.zones is not None:
        treated = mart.zones.loc[mart.zones["is_zone"], "zone_id"]
        for zone in treated[~treated.isin(rows.index)]:
            layer["zones"][zone] = absent_zone(verdicts.get(zone))
    return layer
