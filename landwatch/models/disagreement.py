"""Whether other counterfactuals contradict the effect of a zone."""

from typing import Final

import pandas as pd

COLUMNS: Final = ("zone_id", "outcome", "code", "n_alternatives", "beyond")


def disagreement(effects: pd.DataFrame, alternatives: pd.DataFrame) -> pd.DataFrame:
    """Compare the effect of every zone and outcome with the alternatives to it.

    Parameters
    ----------
    effects : DataFrame
        One row per zone and outcome: ``zone_id``, ``outcome``, ``estimate_log``, ``ci_low``,
        ``ci_high``.
    alternatives : DataFrame
        The same with ``estimator``; several rows per zone and outcome.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, a row per row of `effects`. ``code``: ``disagree`` if an alternative and
        the effect lie beyond each other's interval, ``doubt`` if one lies beyond the other's only,
        ``agree``, or ``none`` where there is nothing to compare. ``beyond`` names the
        alternatives of the first two kinds, joined by semicolons.
    """
    keys = ["zone_id", "outcome"]
    numbers = ["estimate_log", "ci_low", "ci_high"]
    pairs = effects[[*keys, *numbers]].merge(
        alternatives[[*keys, "estimator", *numbers]], how="left", on=keys, suffixes=("", "_other")
    )
    theirs = _outside(pairs["estimate_log"], pairs["ci_low_other"], pairs["ci_high_other"])
    ours = _outside(pairs["estimate_log_other"], pairs["ci_low"], pairs["ci_high"])
    compared = pairs[[*numbers, *(f"{n}_other" for n in numbers)]].notna().all(axis=1)
    pairs["level"] = compared * (1 + (ours | theirs).astype(int) + (ours & theirs).astype(int))
    pairs["name"] = pairs["estimator"].where(pairs["level"] > 1, "")
    by_row = pairs.sort_values([*keys, "estimator"]).groupby(keys, sort=False)
    found = pd.DataFrame(
        {
            "code": by_row["level"].max().map({0: "none", 1: "agree", 2: "doubt", 3: "disagree"}),
            "n_alternatives": by_row["level"].agg(lambda levels: int((levels > 0).sum())),
            "beyond": by_row["name"].agg(lambda names: ";".join(filter(None, names))),
        }
    )
    return effects[keys].merge(found.reset_index(), how="left", on=keys)[list(COLUMNS)]


def _outside(value: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    return (value < low) | (value > high)
