"""What if rows lie elsewhere than their place says?"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.threats.rows import SIGNIFICANT, told_row
from landwatch.models.zone_contrasts import ZoneContrasts, fit_zone_contrasts, pooled_mean

if TYPE_CHECKING:
    from landwatch.models.specification import Specification

DRAWS = 50


def place_error(
    rows: pd.DataFrame,
    probability: "pd.Series",
    spec: "Specification",
    base: ZoneContrasts,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw again which rows lie in their zone, by the probability of their place.

    Parameters
    ----------
    rows : DataFrame
        Rows of the study's specification.
    probability : Series, shape (n,)
        Probability that the row lies in its zone, on the index of `rows`; 0 or 1 where it is
        certain.
    spec : Specification
        The outcome's specification.
    base : ZoneContrasts
        Zones under the study's specification.
    draws, seed : int, optional
        Number of draws and seed.

    Returns
    -------
    DataFrame
        One row: mean and spread of the pooled effect over the draws; its standard error adds the
        spread to the mean squared standard error.

    Notes
    -----
    Where zones are whole towns the register names the town of every row, so nothing can change: the
    row says so. A row drawn out of its zone is left out, since it lies beside a zone and is no
    clean control; rows of uncertain place that the sample left out are not drawn in.
    """
    told = (spec.outcome, "place_error", "redrawn")
    zone = (rows["role"] == "zone").to_numpy()
    chance = probability.to_numpy(dtype=float, na_value=1.0)
    if not ((chance > 0) & (chance < 1) & zone).any():
        return told_row(*told, "identical by construction: the register names every row's town")
    if not len(base.zones):
        return told_row(*told, "not_applied: no zone has a number")
    rng = np.random.default_rng(seed)
    means = []
    for _ in range(draws):
        stays = ~zone | (rng.random(len(rows)) < chance)
        means.append(pooled_mean(fit_zone_contrasts(rows[stays], spec)))
    estimate = np.array([m.estimate_log for m in means])
    error = np.array([m.std_error for m in means])
    between = float(estimate.var(ddof=1))
    whole = float(np.sqrt(np.mean(error**2) + between))
    true = pooled_mean(base)
    half = whole * (true.ci_high - true.estimate_log) / true.std_error
    mean = float(estimate.mean())
    same = abs(mean) > half and mean * true.estimate_log > 0
    return told_row(
        *told, f"draws={draws};spread={np.sqrt(between):.3g}", estimate_log=mean, std_error=whole,
        ci_low=mean - half, ci_high=mean + half, n_obs=base.n_obs,
        survives=same if true.p_value <= SIGNIFICANT else pd.NA,
    )  # fmt: skip
