"""The table of effects completed: both families of tests, places, and how each effect was attacked.

One row per zone × outcome, the estimate unchanged; what is added says how far it may be trusted.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.adjustments import axis_q_values, benjamini_hochberg
from landwatch.models.verdict_rules import LAND

if TYPE_CHECKING:
    from collections.abc import Mapping

PRECISIONS: "Mapping[str, tuple[str, ...]]" = {
    "share_point": ("point",),
    "share_numbers": ("number_range", "near_numbers"),
    "share_section": ("lane", "section", "road"),
    "share_coarse": ("village", "town", "county"),
}
"""Levels of place behind each share: a printed coordinate, house or parcel numbers, 段 or road, and
coarser. Together with rows of no told level they make the whole."""

ALARM_LEVEL = 0.01
"""p-value up to which an alarm counts: each outcome faces seven of them that doubt zones."""

POOLED_ONLY = ("few_treated",)
"""Alarms that doubt pooled errors only: the effect of one zone is judged by untreated towns."""

COMPLETED = ("q_value_all", "q_axis", "attacks_tried", "attacks_failed", "disagreement", "alarms")


def precision_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Tell how precisely the rows of each zone are placed.

    Parameters
    ----------
    rows : DataFrame
        Model rows with ``zone_id`` and ``place_precision``; town-years have neither place nor
        share.

    Returns
    -------
    DataFrame
        Index ``zone_id``; columns of `PRECISIONS` [share of the zone's rows, 0–1].
    """
    if "place_precision" not in rows.columns:
        return pd.DataFrame(
            columns=list(PRECISIONS), index=pd.Index([], name="zone_id"), dtype=float
        )
    treated = rows[rows["zone_id"].notna()]
    level = treated["place_precision"]
    shares = {name: level.isin(levels).astype(float) for name, levels in PRECISIONS.items()}
    return pd.DataFrame(shares).groupby(treated["zone_id"].astype("str")).mean()


def completed_effects(
    effects: pd.DataFrame,
    threats: pd.DataFrame | None = None,
    compared: pd.DataFrame | None = None,
    alarms: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Add to every effect its q-value among all of them and how it fared under attack.

    Parameters
    ----------
    effects : DataFrame
        Rows of `fit_zone_effects` of all outcomes.
    threats : DataFrame, optional
        ``outcome``, ``zone_id``, ``threat``, ``estimate_log`` and ``survives``: estimates of each
        zone under other choices. Rows without ``zone_id`` are about all zones together; where the
        study itself sees no effect nothing can survive, and ``survives`` is missing.
    compared : DataFrame, optional
        Rows of `landwatch.models.disagreement.disagreement`.
    alarms : DataFrame, optional
        Rows of `landwatch.models.alarms.alarm_table`.

    Returns
    -------
    DataFrame
        The effects with `COMPLETED`: ``q_value_all`` (Benjamini–Hochberg over outcomes × zones),
        ``q_axis`` (that of the zone's axis, see `with_axis_q`), ``attacks_tried`` (threats under
        which the zone could be estimated), ``attacks_failed`` (names of those under whose choices
        the sign turns or the interval reaches zero, joined by commas) and ``disagreement`` (joined
        by commas) and ``alarms`` (those of its outcome that went off, joined by commas).
    """
    family = benjamini_hochberg(effects["p_value"].to_numpy(dtype=float))
    keys = pd.MultiIndex.from_frame(effects[["zone_id", "outcome"]].astype("str"))
    tried, failed = _attacks(threats)
    said, raised = _disagreeing(compared), _raised(alarms)
    return with_axis_q(effects).assign(
        q_value_all=family,
        attacks_tried=tried.reindex(keys).fillna(0).astype(np.int64).to_numpy(),
        attacks_failed=failed.reindex(keys).fillna("").to_numpy(),
        disagreement=said.reindex(keys).fillna("").to_numpy(),
        alarms=[raised.get(str(outcome), "") for outcome in effects["outcome"]],
    )


def with_axis_q(effects: pd.DataFrame) -> pd.DataFrame:
    """Add the q-value of the claim that a zone's axis moved the way each outcome did.

    Parameters
    ----------
    effects : DataFrame
        ``zone_id``, ``outcome``, ``estimate_log``, ``p_value`` of all outcomes.

    Returns
    -------
    DataFrame
        The effects with ``q_axis``; see `landwatch.models.adjustments.axis_q_values`.
    """
    on_land = effects["outcome"].isin(LAND).to_numpy()
    zone = pd.factorize(effects["zone_id"], sort=True)[0].astype(np.int64)
    shape = (int(zone.max(initial=-1)) + 1, 2)
    estimate, p_value = (effects[c].to_numpy(dtype=float) for c in ("estimate_log", "p_value"))
    return effects.assign(q_axis=axis_q_values(estimate, p_value, 2 * zone + on_land, shape))


def _disagreeing(compared: pd.DataFrame | None) -> pd.Series:
    """Names of estimators that lie beyond an effect's interval and it beyond theirs."""
    if compared is None:
        empty = pd.MultiIndex.from_arrays([[], []], names=["zone_id", "outcome"])
        return pd.Series(dtype="str", index=empty)
    table = compared[compared["code"] == "disagree"].astype({"zone_id": "str", "outcome": "str"})
    return table.set_index(["zone_id", "outcome"])["beyond"].str.replace(";", ",")


def _raised(alarms: pd.DataFrame | None) -> dict[str, str]:
    """Names of the alarms that went off, by outcome."""
    if alarms is None:
        return {}
    off = alarms[(alarms["p_value"] <= ALARM_LEVEL) & ~alarms["alarm"].isin(POOLED_ONLY)]
    names = off.groupby("outcome")["alarm"].agg(lambda names: ",".join(sorted(names)))
    return {str(outcome): str(told) for outcome, told in names.items()}


def _attacks(threats: pd.DataFrame | None) -> tuple[pd.Series, pd.Series]:
    """Threats tried (count) and failed (names) by zone and outcome."""
    empty = pd.MultiIndex.from_arrays([[], []], names=["zone_id", "outcome"])
    if threats is None or threats.empty:
        return pd.Series(dtype=float, index=empty), pd.Series(dtype="str", index=empty)
    own = threats[threats["zone_id"].fillna("").astype("str") != ""]
    own = own[own["estimate_log"].notna() & own["survives"].notna() & (own["threat"] != "base")]
    keys = [own["zone_id"].astype("str"), own["outcome"].astype("str"), own["threat"].astype("str")]
    survived = own["survives"].astype(bool).groupby(keys).all().reset_index()
    by_zone = survived.groupby(["zone_id", "outcome"])
    lost = survived[~survived["survives"]].groupby(["zone_id", "outcome"])["threat"]
    return by_zone.size(), lost.agg(lambda names: ",".join(sorted(names)))
