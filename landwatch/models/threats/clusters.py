"""How many towns speak, and how evenly."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landwatch.models.threats.rows import told_row
from landwatch.models.zone_contrasts import ZoneContrasts, pooled_mean

if TYPE_CHECKING:
    from collections.abc import Callable

FEW = 10
"""With fewer effective zones than this a pooled mean is a story about a few towns."""


def few_clusters(
    outcome: str, base: ZoneContrasts, *, wild_p: "Callable[[], float] | None" = None
) -> pd.DataFrame:
    """Count treated and control towns, and how many equal zones the mean is worth.

    Parameters
    ----------
    outcome : str
        The outcome.
    base : ZoneContrasts
        Zones under the study's specification.
    wild_p : callable, optional
        Gives the p-value of a restricted wild cluster bootstrap of the same effect.

    Returns
    -------
    DataFrame
        One row; ``survives`` tells that at least `FEW` effective zones and as many control towns
        speak. The weights are those of the pooled mean, so zones of one county that share its
        controls count for less.
    """
    n = len(base.zones)
    if not n:
        return told_row(outcome, "few_clusters", "towns", "not_applied: no zone has a number")
    own = base.zones["own_variance"].to_numpy(dtype=float)
    omega = np.diag(own) + base.loadings @ base.loadings.T
    weight = np.linalg.solve(omega, np.ones(n))
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    mean = pooled_mean(base)
    notes = (
        f"zones={n};effective_zones={effective:.1f};control_towns={base.n_control_units}"
        f";t_dof={base.dof:g};tail_dof={base.tail:g}"
    )
    p_value = float("nan") if wild_p is None else wild_p()
    return told_row(
        outcome, "few_clusters", "towns", notes, estimate_log=mean.estimate_log,
        std_error=mean.std_error, p_value=p_value, n_obs=base.n_obs,
        survives=min(effective, base.n_control_units) >= FEW,
    )  # fmt: skip
