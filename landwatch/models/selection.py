"""Jump of outcomes at the selection cut of the zones: last chosen against first left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from landwatch.models.estimators.discontinuity import DiscontinuityOptions, fit_discontinuity
from landwatch.models.estimators.table import LEVEL, Estimate, EstimationTable
from landwatch.vocabulary.errors import EstimationError, InputError

BETWEEN: Final = 0.5
"""Cut between the last chosen (0 ranks past it) and the first left out (1)."""
POWER: Final = 0.8
DETECTABLE: Final = float(stats.norm.ppf(0.5 + LEVEL / 2) + stats.norm.ppf(POWER))
"""Smallest effect found with power 0.8, in standard errors: 2.80."""
JUMP_COLUMNS: Final = (
    "outcome", "kind", "estimate", "std_error", "ci_low", "ci_high", "p_value", "n_zones",
    "n_others", "bandwidth", "mde", "status",
)  # fmt: skip
LIMITS: Final = (
    "Holds for towns next to the cut only; zones far inside it have no counterpart. Ranks are "
    "even by construction, so a density test on them says nothing about manipulation. Ranks are "
    "relative: moving one town moves others, and near towns may share spillovers."
)


@dataclass(frozen=True, slots=True)
class SelectionJumps:
    """Jumps at the cut.

    Attributes
    ----------
    jumps : DataFrame
        Columns `JUMP_COLUMNS`; kind ``effect`` (change around the date), ``before`` (change within
        the years before it: a jump there is no effect) or ``criterion`` (a criterion itself: a
        jump there means the sides differ at the cut). ``mde``: smallest effect found with power
        0.8. ``n_zones``, ``n_others``: towns within the bandwidth.
    n_zones, n_others : int
        Ranked towns on each side.
    limits : str
        What the design cannot show.
    """

    jumps: pd.DataFrame
    n_zones: int
    n_others: int
    limits: str = LIMITS


def town_changes(rows: pd.DataFrame, first_year: int) -> pd.DataFrame:
    """Return the change of every town around a year, and one that lies wholly before it.

    Parameters
    ----------
    rows : DataFrame
        ``town_code, year, log_value``, one row per town and year.
    first_year : int
        First year that counts as after.

    Returns
    -------
    DataFrame
        ``town_code``, ``effect`` (mean after less mean before [log points]) and ``before`` (mean
        of the later half of the years before, less that of the earlier half; the middle year of
        an odd number belongs to neither); missing where a side has no year.
    """
    years = np.sort(rows.loc[rows["year"] < first_year, "year"].unique())
    half = len(years) // 2
    early, late = years[:half], years[len(years) - half :]
    value = rows.set_index(["town_code", "year"])["log_value"].unstack("year").sort_index()
    after = np.sort(rows.loc[rows["year"] >= first_year, "year"].unique())
    mean = {"before": value[list(years)].mean(axis=1), "after": value[list(after)].mean(axis=1)}
    return pd.DataFrame(
        {
            "town_code": value.index,
            "effect": (mean["after"] - mean["before"]).to_numpy(),
            "before": (value[list(late)].mean(axis=1) - value[list(early)].mean(axis=1)).to_numpy(),
        }
    )


def fit_selection_jumps(
    towns: pd.DataFrame,
    changes: dict[str, pd.DataFrame],
    *,
    criteria: Sequence[str] = (),
    running: str = "ranks_from_cut",
    cluster: str | None = None,
) -> SelectionJumps:
    """Estimate the jump of every outcome's change at the selection cut.

    Parameters
    ----------
    towns : DataFrame
        ``town_code``, `running` (ranks past the last chosen; 0 or less is chosen; missing for
        towns not ranked), `criteria` and `cluster`.
    changes : dict of str to DataFrame
        By outcome, from `town_changes`.
    criteria : sequence of str, optional
        Columns that should not jump.
    running : str, optional
        Running variable.
    cluster : str, optional
        Column of clusters (counties).

    Returns
    -------
    SelectionJumps
        Jumps, each with how large an effect would have been found.

    Raises
    ------
    InputError
        If a column is missing, a town occurs twice, or no ranked town lies on one side.

    Notes
    -----
    Ranks, not scores: scores tie at the cut, and the tie is broken by the first criterion.
    """
    ranked = _ranked(towns, [running, *criteria, *([cluster] if cluster else [])], running)
    chosen = ranked[running] < BETWEEN
    tables = [
        (outcome, kind, ranked.merge(change[["town_code", kind]], on="town_code", how="inner"))
        for outcome, change in sorted(changes.items())
        for kind in ("effect", "before")
    ]
    rows = [_jump(o, k, t.rename(columns={k: "_value"}), running, cluster) for o, k, t in tables]
    rows += [
        _jump(c, "criterion", ranked.assign(_value=ranked[c]), running, cluster) for c in criteria
    ]
    jumps = pd.DataFrame(rows, columns=list(JUMP_COLUMNS))
    return SelectionJumps(jumps, int(chosen.sum()), int((~chosen).sum()))


def _ranked(towns: pd.DataFrame, columns: list[str], running: str) -> pd.DataFrame:
    if missing := [c for c in ("town_code", *columns) if c not in towns]:
        raise InputError(f"欄位不足 missing columns: {', '.join(missing)}. Name existing columns.")
    ranked = towns[towns[running].notna()].sort_values([running, "town_code"])
    if ranked["town_code"].duplicated().any():
        twice = ranked.loc[ranked["town_code"].duplicated(), "town_code"].iloc[0]
        raise InputError(f"town_code: expected one row per town, found {twice} twice.")
    sides = ranked[running] < BETWEEN
    if not sides.any() or sides.all():
        raise InputError(
            f"{running}: expected ranked towns on both sides of the cut, found "
            f"{int(sides.sum())} chosen and {int((~sides).sum())} others."
        )
    return ranked.reset_index(drop=True)


def _jump(
    outcome: str, kind: str, table: pd.DataFrame, running: str, cluster: str | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"outcome": outcome, "kind": kind}
    used = table[table["_value"].notna()]
    try:
        found = _fit(used, running, cluster)
    except (EstimationError, InputError) as error:
        return row | {"status": f"insufficient_data: {error}"}
    head, facts = found.terms.iloc[0], found.conventions
    row |= {c: head[c] for c in ("estimate", "std_error", "ci_low", "ci_high", "p_value")}
    row |= {"n_zones": facts["n_right"], "n_others": facts["n_left"]}
    return row | {
        "bandwidth": facts["bandwidth"],
        "mde": DETECTABLE * head["std_error"],
        "status": "estimated",
    }


def _fit(used: pd.DataFrame, running: str, cluster: str | None) -> Estimate:
    table = EstimationTable(used, "_value", cluster=(cluster,) if cluster else ())
    options = DiscontinuityOptions(running=running, cutoff=BETWEEN, treated="below")
    return fit_discontinuity(table, options)
