"""Did the number of registered deals change with the treatment?"""

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyfixest as pf
from scipy import stats

from landwatch.models.estimators.ordered_factors import absorbed_in_order
from landwatch.models.sample import first_full_year
from landwatch.models.threats.rows import SIGNIFICANT, told_row
from landwatch.models.within import codes

if TYPE_CHECKING:
    from landwatch.models.specification import Specification

_TOLD = ("coverage_break", "deals_per_town_year")


def coverage_break(rows: pd.DataFrame, spec: "Specification") -> pd.DataFrame:
    """Regress the yearly number of deals on zone × after.

    Parameters
    ----------
    rows : DataFrame
        Rows of the study's specification.
    spec : Specification
        The outcome's specification, of kind ``deals``.

    Returns
    -------
    DataFrame
        One row: log ratio of counts in zones after the date to what their county would have them.

    Notes
    -----
    Poisson pseudo-likelihood, town and county × year absorbed, town-years without deals counted as
    zero, standard errors clustered by town (CRV1, t with G − 1 degrees of freedom). More deals may
    also be a true effect: a break tells that who sells may have changed, not that prices did not.
    """
    if rows.empty:
        return told_row(spec.outcome, *_TOLD, "not_estimable: no deals")
    counts = _informative(town_year_counts(rows))
    if not _varies(counts) or counts["town"].nunique() < 3:
        return told_row(spec.outcome, *_TOLD, "not_estimable: no zone has years on both sides")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with absorbed_in_order():
                fit = pf.fepois("n ~ x | town + county_year", counts, vcov={"CRV1": "town"})
        except (ValueError, RuntimeError, np.linalg.LinAlgError) as error:
            return told_row(spec.outcome, *_TOLD, f"not_estimable: {error}")
    if "x" not in fit.coef().index:
        return told_row(spec.outcome, *_TOLD, "not_estimable: collinear with county and year")
    estimate, error_of = float(fit.coef()["x"]), float(fit.se()["x"])
    dof = int(counts["town"].nunique()) - 1
    half = float(stats.t.ppf(0.975, dof)) * error_of
    p_value = 2.0 * float(stats.t.sf(abs(estimate) / error_of, dof))
    return told_row(
        spec.outcome, *_TOLD, f"ppml;absorbed=town+county_year;se=CRV1:town;t_dof={dof}",
        estimate_log=estimate, std_error=error_of, ci_low=estimate - half,
        ci_high=estimate + half, p_value=p_value, n_obs=int(fit._N),
        survives=p_value > SIGNIFICANT,
    )  # fmt: skip


def _informative(counts: pd.DataFrame) -> pd.DataFrame:
    """Town-years of towns and county-years with any deal: the others predict themselves."""
    for name in ("town", "county_year"):
        counts = counts[counts.groupby(name)["n"].transform("sum") > 0]
    return counts.reset_index(drop=True)


def _varies(counts: pd.DataFrame) -> bool:
    """Whether a town lies on both sides of its date."""
    return bool((counts.groupby("town")["x"].nunique() > 1).any())


def town_year_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count deals by town and year, zeros included.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.

    Returns
    -------
    DataFrame
        ``town``, ``county_year`` (codes), ``n`` and ``x`` (1 in a zone from the first year that
        lies mostly after its date).
    """
    year = rows["deal_date"].dt.year
    units = rows.groupby("unit").agg(
        town_code=("town_code", "first"),
        county_code=("county_code", "first"),
        effective_date=("effective_date", "first"),
    )
    span = np.arange(year.min(), year.max() + 1)
    grid = pd.MultiIndex.from_product([units.index, span], names=["unit", "year"])
    n = rows.groupby(["unit", year.rename("year")]).size().reindex(grid, fill_value=0)
    table = n.rename("n").reset_index().join(units, on="unit")
    begin = first_full_year(table["effective_date"]).dt.year
    return pd.DataFrame(
        {
            "n": table["n"].to_numpy(dtype=float),
            "x": (table["year"] >= begin).to_numpy(dtype=float),
            "town": codes(table["town_code"].astype("str")),
            "county_year": codes(table["county_code"].astype("str"), table["year"]),
        }
    )
