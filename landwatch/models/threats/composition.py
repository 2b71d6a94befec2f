"""Did what is sold change with the treatment?"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from landwatch.models.hedonic import covariate_matrix
from landwatch.models.threats.rows import SIGNIFICANT, mean_row, told_row
from landwatch.models.zone_contrasts import ZoneContrasts, fit_zone_contrasts, pooled_mean

if TYPE_CHECKING:
    from landwatch.models.specification import Specification

RARE = 0.05
"""A level that fewer (or all but fewer) of the rows have is not tested."""


def composition_shift(
    frame: pd.DataFrame, rows: pd.DataFrame, spec: "Specification", base: ZoneContrasts
) -> pd.DataFrame:
    """Put each covariate in the place of the price.

    Parameters
    ----------
    frame : DataFrame
        Deals of the outcome, with the covariates.
    rows : DataFrame
        Rows of the study's specification; ``row`` is their index in `frame`.
    spec : Specification
        The outcome's specification, of kind ``deals``.
    base : ZoneContrasts
        Zones under the study's specification.

    Returns
    -------
    DataFrame
        One row per covariate or level: its mean change in zones less their counties [standard
        deviations], by the estimator of the effect itself.

    Notes
    -----
    ``survives`` by Holm's step-down over the covariates of the outcome: no shift seen. Covariates
    that shift are those the adjustment must carry; the choice ``same_kind`` compares without it.
    """
    if not len(base.zones):
        return told_row(
            spec.outcome, "composition_shift", "covariates", "not_applied: no zone has a number"
        )
    design = covariate_matrix(frame, spec).loc[rows["row"]]
    share = design.mean()
    common = ~design.isin([0.0, 1.0]).all() | share.between(RARE, 1.0 - RARE)
    kept = design.columns[common].astype(str).tolist()
    if not kept:
        return told_row(
            spec.outcome, "composition_shift", "covariates", "not_applied: no covariate"
        )
    pieces = []
    for name in kept:
        value = design[name].to_numpy(dtype=float)
        scaled = (value - value.mean()) / value.std()
        fit = fit_zone_contrasts(rows.assign(log_price=scaled), spec)
        pieces.append(
            mean_row(
                spec.outcome, "composition_shift", name, pooled_mean(fit), fit.n_obs, notes=_UNIT
            )
        )
    return _with_holm(pd.concat(pieces, ignore_index=True))


_UNIT = "unit=standard_deviations"


def _with_holm(table: pd.DataFrame) -> pd.DataFrame:
    p_value = table["p_value"].to_numpy(dtype=float)
    known = np.isfinite(p_value)
    if not known.any():
        return table
    adjusted = np.full(len(table), np.nan)
    adjusted[known] = multipletests(p_value[known], method="holm")[1]
    survives = pd.Series(adjusted > SIGNIFICANT, dtype="boolean").where(known)
    told = [f"{n};holm_p={p:.3g}" for n, p in zip(table["notes"], adjusted, strict=True)]
    return table.assign(survives=survives, notes=told)
