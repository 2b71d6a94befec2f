"""How much of a zone's change each of its deals makes up."""

import numpy as np
import pandas as pd

from landwatch.models.changes import residual_rows
from landwatch.models.hedonic import fit_hedonic
from landwatch.models.sample import adjusted_rows
from landwatch.models.specification import Specification


def deal_contributions(deals: pd.DataFrame, spec: Specification, zone_id: str) -> pd.DataFrame:
    """Split the change of a zone into the parts of its deals.

    Parameters
    ----------
    deals : DataFrame
        Model rows of one outcome, all towns.
    spec : Specification
        The outcome, of kind ``deals``.
    zone_id : str
        The zone.

    Returns
    -------
    DataFrame
        On the index of `deals`, one row per comparable deal of the zone: ``is_after``,
        ``adjusted_log_price`` (size and kind held constant), ``residual`` (less the time effects
        of the never-treated towns) and ``contribution`` [log points].

    Notes
    -----
    With x = 1 after the date and bars for means inside a place, the change is
    ``Σ (x − x̄)(r − r̄) / Σ (x − x̄)²``; a deal's contribution is its term of that sum. They add up
    to the zone's change, from which the estimate still takes the mean change of the controls.
    """
    deals = deals.assign(adjusted_log_price=fit_hedonic(deals, spec).adjusted_log_price)
    rows = adjusted_rows(deals, spec)
    own = rows["zone_id"].astype("str") == zone_id
    columns = {"is_after": bool, "adjusted_log_price": float, "residual": float}
    empty = pd.DataFrame(
        {k: pd.Series(dtype=v) for k, v in {**columns, "contribution": float}.items()}
    )
    if not own.any():
        return empty
    date = pd.Timestamp(rows.loc[own, "effective_date"].iloc[0])
    taking_part = (own | (rows["role"] == "control")) & rows["is_supported"]
    left, _ = residual_rows(rows[taking_part], date)
    left = left[left["role"] == "zone"]
    if left.empty:
        return empty
    places = left.groupby("location")
    x = left["x"] - places["x"].transform("mean")
    r = left["residual"] - places["residual"].transform("mean")
    information = float((x * x).sum())
    part = x * r / information if information > 0 else pd.Series(np.nan, index=left.index)
    return pd.DataFrame(
        {
            "is_after": left["x"] > 0,
            "adjusted_log_price": left["log_price"].astype(float),
            "residual": left["residual"].astype(float),
            "contribution": part.astype(float),
        }
    )
