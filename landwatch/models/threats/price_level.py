"""Nominal or deflated prices: the same effect, by construction."""

import pandas as pd

from landwatch.models.threats.rows import told_row
from landwatch.models.zone_contrasts import NUMBERS, ZoneContrasts, pooled_mean


def deflated_prices(outcome: str, base: ZoneContrasts) -> pd.DataFrame:
    """State the effect on deflated prices.

    Parameters
    ----------
    outcome : str
        The outcome.
    base : ZoneContrasts
        Zones under the study's specification.

    Returns
    -------
    DataFrame
        One row with the numbers of the study's specification.

    Notes
    -----
    A national price index by quarter adds one number to all log prices of a quarter. Quarters have
    effects of their own, learnt from never-treated towns, that take it off again, and the covariate
    adjustment works inside county-quarters. Not invariant is which prices count as outliers, since
    that rule looks at nominal prices of the whole period.
    """
    mean = pooled_mean(base)
    return told_row(
        outcome, "price_level", "cpi_deflated",
        "identical by construction: a national index by quarter is absorbed",
        **{n: getattr(mean, n) for n in NUMBERS}, n_obs=base.n_obs,
    )  # fmt: skip
