"""Map of the verdicts: five labelled classes, strength of evidence by depth of colour."""

from landwatch.cartography.catalogue import bilingual
from landwatch.cartography.judgement import verdict_layer
from maps.draft import MapDraft, verdict_lookup
from maps.mart import Mart


def draw_verdict(mart: Mart) -> MapDraft:
    """Draft the map of verdicts.

    Parameters
    ----------
    mart : Mart
        The tables.

    Returns
    -------
    MapDraft
        One layer, or the reason why there is none.
    """
    if mart.zones is None:
        return MapDraft("verdict", reason=bilingual("missing_zones"))
    if mart.verdicts is None:
        return MapDraft("verdict", reason=bilingual("missing_verdicts"))
    verdicts = verdict_lookup(mart)
    treated = mart.zones.loc[mart.zones["is_zone"], "zone_id"]
    for zone in treated[~treated.isin(list(verdicts))]:
        verdicts[zone] = ("insufficient", "", "")
    return MapDraft("verdict", (verdict_layer(verdicts, mart.effects, mart.info),))
