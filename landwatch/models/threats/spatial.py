"""Do never-treated towns that touch change together?"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.changes import unit_changes
from landwatch.models.sample import supported_years
from landwatch.models.threats.rows import SIGNIFICANT, told_row
from landwatch.models.within import codes, within_demeaned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landwatch.models.choice_grounds import Grounds
    from landwatch.models.specification import Specification

    Floats = NDArray[np.float64]

DRAWS = 999
MIN_TOWNS = 10


def spatial_dependence(
    rows: pd.DataFrame,
    spec: "Specification",
    grounds: "Grounds",
    neighbours: pd.DataFrame | None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Moran's I of the changes of never-treated towns less their county's mean.

    Parameters
    ----------
    rows : DataFrame
        Rows of the study's specification.
    spec : Specification
        The outcome's specification.
    grounds : Grounds
        Its first date is used.
    neighbours : DataFrame or None
        ``town_code, neighbour_code``, both ways.
    draws, seed : int, optional
        Permutations inside counties and seed.

    Returns
    -------
    DataFrame
        One row: I in ``estimate_log``, its p-value by permutation (two-sided around the mean of the
        permutations). Towns that touch and change alike inside a county would make the intervals,
        which take towns as independent given their county, too short.
    """
    told = (spec.outcome, "spatial_dependence", "moran_touching_towns")
    if neighbours is None or not grounds.dates:
        return told_row(*told, "not_applied: no table of neighbouring towns, or no date")
    units, _ = unit_changes(
        rows[supported_years(rows, spec) & (rows["role"] == "control")],
        grounds.dates[0], annual=spec.kind == "panel",
    )  # fmt: skip
    units = units[np.isfinite(units["change"])]
    county = codes(units["county_code"].astype("str"))
    pairs = _positions(units["town_code"].astype("str"), neighbours)
    if len(units) < MIN_TOWNS or not len(pairs):
        return told_row(*told, f"not_applied: {len(units)} towns, {len(pairs) // 2} pairs")
    value = within_demeaned(units["change"].to_numpy(dtype=float), county)
    rng = np.random.default_rng(seed)
    found = moran(value, pairs)
    orders = [np.lexsort([rng.random(len(value)), county]) for _ in range(draws)]
    by_county = np.argsort(county, kind="stable")
    null = np.empty(draws)
    for i, order in enumerate(orders):
        shuffled = np.empty_like(value)
        shuffled[by_county] = value[order]
        null[i] = moran(shuffled, pairs)
    far = np.abs(null - null.mean()) >= abs(found - null.mean())
    p_value = (1 + int(far.sum())) / (1 + draws)
    return told_row(
        *told, f"towns={len(units)};pairs={len(pairs) // 2};permutations={draws}",
        estimate_log=found, std_error=float(null.std(ddof=1)), p_value=p_value,
        n_obs=len(units), survives=p_value > SIGNIFICANT,
    )  # fmt: skip


def moran(value: "Floats", pairs: "NDArray[np.int64]") -> float:
    """Moran's I with weight one for each pair.

    Parameters
    ----------
    value : ndarray, shape (n,)
        Values with mean zero.
    pairs : ndarray of int64, shape (n_pairs, 2)
        Positions of neighbours, both ways.

    Returns
    -------
    float
        I; NaN where nothing varies.
    """
    total = float(value @ value)
    if total <= 0:
        return float("nan")
    return float((value[pairs[:, 0]] * value[pairs[:, 1]]).sum() / len(pairs) * len(value) / total)


def _positions(towns: pd.Series, neighbours: pd.DataFrame) -> "NDArray[np.int64]":
    place = pd.Series(np.arange(len(towns)), index=towns.to_numpy())
    both = neighbours[["town_code", "neighbour_code"]].astype("str")
    found = both.apply(lambda column: column.map(place)).dropna()
    return np.asarray(found, dtype=np.int64)
