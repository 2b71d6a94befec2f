"""Effects that cannot be: of dates before the true one, on rows before it only."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from landwatch.models.threats.rows import mean_row
from landwatch.models.zone_contrasts import fit_zone_contrasts, pooled_mean

if TYPE_CHECKING:
    from landwatch.models.specification import Specification

LEADS = (1, 2)
FALSE_DATES = (2, 3)


def anticipation_leads(rows: pd.DataFrame, spec: "Specification") -> pd.DataFrame:
    """Compare each of the last years before the date with all years before these.

    Parameters
    ----------
    rows : DataFrame
        Rows of the study's specification (`chosen_rows`).
    spec : Specification
        The outcome's specification.

    Returns
    -------
    DataFrame
        One row per lead; a mean apart from zero says that prices moved before the date.

    Notes
    -----
    The same estimator as the effect, on rows before the date: a lead is the pooled change from the
    years before all `LEADS` to that year; a panel has one growth rate in it.
    """
    first = max(LEADS)
    if spec.kind == "panel":
        spec = replace(spec, min_after=1)
    pieces = []
    for lead in LEADS:
        years = _years_before(rows)
        kept = rows[(years > first) | ((years > lead - 1) & (years <= lead))]
        fit = fit_zone_contrasts(_earlier(kept, lead), spec)
        notes = f"year_before={lead};base=years_before_{first}"
        pieces.append(
            mean_row(
                spec.outcome, "anticipation_lead", f"lead_{lead}", pooled_mean(fit), fit.n_obs,
                notes=notes,
            )
        )  # fmt: skip
    return pd.concat(pieces)


def placebo_dates(rows: pd.DataFrame, spec: "Specification") -> pd.DataFrame:
    """Pretend that the zones started some years earlier, on rows before the true date.

    Parameters
    ----------
    rows : DataFrame
        Rows of the study's specification.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    DataFrame
        One row per false date.
    """
    pieces = []
    for years in FALSE_DATES:
        before = rows[_years_before(rows) > 0]
        fit = fit_zone_contrasts(_earlier(before, years), spec)
        pieces.append(
            mean_row(
                spec.outcome, "placebo_date", f"{years}_years_earlier", pooled_mean(fit), fit.n_obs
            )
        )
    return pd.concat(pieces)


def _years_before(rows: pd.DataFrame) -> pd.Series:
    """Years from a row to its zone's date; for never-treated towns to the last of all dates."""
    date = rows["effective_date"].fillna(rows["effective_date"].max())
    return (date - rows["deal_date"]).dt.days / 365.25


def _earlier(rows: pd.DataFrame, years: int) -> pd.DataFrame:
    return rows.assign(effective_date=rows["effective_date"] - pd.DateOffset(years=years))
