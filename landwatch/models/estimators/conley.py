"""Conley's standard errors: errors of places near each other may be correlated."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from landwatch.models.estimators.absorbed import LinearFit, absorbed_rank, fit_absorbed
from landwatch.models.estimators.covariance import Covariance
from landwatch.models.estimators.near_pairs import (
    DEGREE_KM,
    EARTH_RADIUS_KM,
    Distance,
    Kernel,
    kernel_rows,
)
from landwatch.models.estimators.regression import (
    factor_names,
    fit_table,
    fitted_terms,
    treated_state,
    treatment_design,
    usable_rows,
)
from landwatch.models.estimators.table import (
    Estimate,
    EstimationTable,
    Estimator,
    covariate_columns,
)
from landwatch.vocabulary.errors import EstimationError, InputError, StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SmallSample = Literal["none", "fixest"]


@dataclass(frozen=True, slots=True)
class ConleyOptions:
    """Options of ``conley``.

    Attributes
    ----------
    lat, lon : str
        Columns of latitude and longitude [°].
    x, y : str
        Columns of easting and northing [m], instead.
    cutoff_km : float
        Distance up to which pairs count [km]; must be given.
    kernel : {"uniform", "bartlett"}
        Weight of a pair: 1, or 1 − distance/cutoff.
    distance : {"haversine", "flat111"}
        Great circle (radius 6371.01 km), or fixest's default of 111 km a degree.
    lag : int
        Serial lags of a unit that count too, with Bartlett weights 1 − l/(lag + 1).
    same_period : bool
        With a period: pairs across periods do not count.
    small_sample : {"none", "fixest"}
        No factor (Conley, conleyreg, diff-diff), or fixest's (n − 1)/(n − k).
    absorb : str
        Columns to absorb, joined by ``+``.
    """

    lat: str = ""
    lon: str = ""
    x: str = ""
    y: str = ""
    cutoff_km: float = 0.0
    kernel: Kernel = "uniform"
    distance: Literal["haversine", "flat111"] = "haversine"
    lag: int = 0
    same_period: bool = True
    small_sample: SmallSample = "none"
    absorb: str = ""


def conley_error(
    response: pd.Series,
    design: pd.DataFrame,
    absorbed: pd.DataFrame,
    points: "Floats",
    *,
    cutoff_km: float,
    kernel: Kernel = "uniform",
    distance: Distance = "haversine",
    period: "NDArray[np.generic] | None" = None,
) -> tuple[float, float]:
    """Estimate the first column of a design with its Conley error, in one call.

    Parameters
    ----------
    response : Series, shape (n,)
        Response.
    design : DataFrame, shape (n, k)
        Regressors, the one wanted first.
    absorbed : DataFrame, shape (n, f)
        Factors to absorb.
    points : ndarray, shape (n, 2)
        Longitude and latitude [°], or easting and northing [m] with ``distance="plane"``.
    cutoff_km : float
        Cut-off [km].
    kernel, distance : str, optional
        See `landwatch.models.estimators.near_pairs`.
    period : ndarray, shape (n,), optional
        Only pairs of one period count.

    Returns
    -------
    tuple of float
        Estimate and standard error; NaN where the column is not identified, or the error where
        the estimated variance is negative.

    Raises
    ------
    EstimationError
        If the rows cannot carry the fit.
    """
    fit = fit_absorbed(response, design, absorbed)
    column = fit.names.index(str(design.columns[0]))
    if not fit.columns[column]:
        return float("nan"), float("nan")
    times = np.zeros(fit.n_obs) if period is None else np.asarray(period)[fit.rows]
    meat = spatial_meat(fit, points[fit.rows], times, cutoff_km, kernel, distance)
    position = int(fit.columns[:column].sum())
    variance = float(fit.inverse[position] @ meat @ fit.inverse[position])
    return float(fit.estimates[column]), float(np.sqrt(variance)) if variance > 0 else float("nan")


def spatial_meat(
    fit: LinearFit,
    points: "Floats",
    period: "NDArray[np.generic]",
    cutoff_km: float,
    kernel: Kernel,
    distance: Distance,
) -> "Floats":
    """Sum products of scores over near pairs of a period.

    Parameters
    ----------
    fit : LinearFit
        The fit.
    points : ndarray, shape (m, 2)
        Places of the rows used.
    period : ndarray, shape (m,)
        Periods of the rows used.
    cutoff_km : float
        Cut-off [km].
    kernel, distance : str
        See `landwatch.models.estimators.near_pairs.kernel_rows`.

    Returns
    -------
    ndarray, shape (p, p)
        ``Σ K(d_ij) s_i s_j'``.

    Notes
    -----
    Rows of one place and period are summed first, so that a pair of places is looked at once.
    """
    scores = fit.x * fit.residuals[:, None]
    meat = np.zeros((scores.shape[1], scores.shape[1]))
    codes = pd.factorize(period, sort=True)[0]
    for code in range(int(codes.max()) + 1):
        mine = codes == code
        places, where = np.unique(points[mine], axis=0, return_inverse=True)
        sums = np.column_stack([np.bincount(where.ravel(), weights=s) for s in scores[mine].T])
        for rows, weights in kernel_rows(places, cutoff_km, kernel, distance):
            meat += sums[rows].T @ (weights @ sums)
    return (meat + meat.T) / 2.0


def serial_meat(
    fit: LinearFit, unit: "NDArray[np.generic]", period: "Floats", lag: int
) -> "Floats":
    """Sum products of scores of a unit's different periods, with Bartlett weights.

    Parameters
    ----------
    fit : LinearFit
        The fit.
    unit : ndarray, shape (m,)
        Units.
    period : ndarray, shape (m,)
        Periods, as numbers.
    lag : int
        Largest lag, in units of the period.

    Returns
    -------
    ndarray, shape (p, p)
        ``Σ (1 − |t−t'|/(lag+1)) s_t s_t'`` over 0 < |t−t'| ≤ lag.
    """
    scores = pd.DataFrame(fit.x * fit.residuals[:, None])
    sums = scores.groupby([unit, period]).sum()
    width = scores.shape[1]
    frame = sums.reset_index(names=["unit", "period"])
    meat = np.zeros((width, width))
    for step in range(1, lag + 1):
        earlier = frame.assign(period=frame["period"] + step)
        both = frame.merge(earlier, on=["unit", "period"]).iloc[:, 2:].to_numpy(dtype=float)
        now, then = both[:, :width], both[:, width:]
        meat += (1.0 - step / (lag + 1.0)) * (now.T @ then + then.T @ now)
    return meat


def fit_conley(table: EstimationTable, options: ConleyOptions) -> Estimate:
    """Run a regression with standard errors that allow for correlation in space.

    Parameters
    ----------
    table : EstimationTable
        Outcome; covariates, or unit, period and first treated (then both effects are absorbed).
    options : ConleyOptions
        Places, cut-off, kernel, distance.

    Returns
    -------
    Estimate
        Treatment (``ATT``) and covariates, the intercept last; t law with n − k degrees.

    Raises
    ------
    StudyError
        If places or cut-off are not given.
    InputError
        If the table cannot be used or a coordinate lies outside its range.
    EstimationError
        If it cannot carry the model.

    References
    ----------
    Conley, T. (1999). GMM estimation with cross sectional dependence. Journal of Econometrics 92.
    Hsiang, S. (2010). Temperatures and cyclones strongly associated with economic production in the
    Caribbean and Central America. PNAS 107.
    """
    place, distance = _place_columns(options)
    if options.lag and (table.unit is None or table.period is None):
        raise StudyError("lag: needs --unit and --period.")
    dated = table.first_treated is not None
    if table.unit is not None and not dated and not options.lag:
        raise StudyError("conley: 不使用 makes no use of --unit without --first-treated or lag.")
    serial = [table.period] if dated or options.lag else []
    absorb = factor_names(options.absorb, table.frame)
    rows, dropped = usable_rows(table, *absorb, *place, numeric=[*serial, *place])
    _check_places(rows[list(place)], distance)
    design = covariate_columns(rows, table.covariates)
    if dated:
        _, state = treated_state(table, rows)
        design = treatment_design(table, rows, pd.DataFrame({"ATT": state}))
        absorb = tuple(dict.fromkeys([str(table.unit), str(table.period), *absorb]))
    if design.empty:
        raise StudyError("conley: needs --covariates, or --unit, --period, --first-treated.")
    found = fit_table(table, rows, dropped, design, absorb)
    apart = table.period if options.same_period else None
    period = np.zeros(len(found.rows)) if apart is None else found.rows[apart].to_numpy()
    meat = spatial_meat(found.fit, found.rows[list(place)].to_numpy(dtype=float), period,
                        options.cutoff_km, options.kernel, distance)  # fmt: skip
    if options.lag:
        when = found.rows[table.period].to_numpy(dtype=float)
        meat += serial_meat(found.fit, found.rows[table.unit].to_numpy(), when, options.lag)
    result = _covariance(found.fit, meat, options.small_sample)
    told = _told(options, distance, place, apart) | {"t_dof": f"{result.dof[0]:g}"} | found.told
    if (np.diag(result.matrix) < 0).any():
        told["variance"] = "negative for some terms: standard error missing; try kernel=bartlett"
    return Estimate(fitted_terms(found, result, told), told)


def _covariance(fit: LinearFit, meat: "Floats", small_sample: SmallSample) -> Covariance:
    n_parameters = fit.n_columns + absorbed_rank(fit.factors)
    dof = fit.n_obs - n_parameters
    if dof < 1:
        raise EstimationError(f"沒有自由度 no degrees of freedom: {fit.n_obs} rows.")
    factor = (fit.n_obs - 1) / dof if small_sample == "fixest" else 1.0
    matrix = factor * fit.inverse @ meat @ fit.inverse
    return Covariance(matrix, np.full(fit.n_columns, float(dof)), n_parameters)


def _place_columns(options: ConleyOptions) -> tuple[tuple[str, str], Distance]:
    degrees, metres = bool(options.lat and options.lon), bool(options.x and options.y)
    if degrees == metres or not options.cutoff_km > 0:
        raise StudyError(
            "conley: 需要座標與距離 needs --options lat=COLUMN, lon=COLUMN (degrees) or x=, y= "
            "(metres), and cutoff_km above 0."
        )
    if degrees:
        return (options.lon, options.lat), options.distance
    return (options.x, options.y), "plane"


def _check_places(places: pd.DataFrame, distance: Distance) -> None:
    limits = {"plane": (np.inf, np.inf)}.get(distance, (360.0, 90.0))
    outside = int((places.abs() > np.array(limits)).any(axis=1).sum())
    if outside:
        raise InputError(
            f"{', '.join(places.columns)}: 經緯度超出範圍 expected longitude within ±360° and "
            f"latitude within ±90°, found {outside} rows outside. Give x and y for metres."
        )


def _told(
    options: ConleyOptions, distance: Distance, place: tuple[str, str], apart: str | None
) -> dict[str, Any]:
    measure = {
        "haversine": f"haversine,R={EARTH_RADIUS_KM}km",
        "flat111": f"flat,{DEGREE_KM:g}km_a_degree",
        "plane": "euclidean_metres",
    }
    told: dict[str, Any] = {"se": f"conley,{options.kernel},{options.cutoff_km:g}km"}
    told |= {"distance": measure[distance], "places": "+".join(place)}
    told |= {"pairs": f"same_{apart}" if apart else "all_rows"}
    told |= {"serial_lag": options.lag} if options.lag else {}
    return told | {"small_sample": options.small_sample}


ESTIMATORS: Final = (
    Estimator(
        "conley",
        fit_conley,
        ConleyOptions,
        needs=frozenset({"outcome"}),
        takes=frozenset(
            {"unit", "period", "first_treated", "treated_units", "covariates", "weights"}
        ),
        summary=("Conley 空間穩健標準誤", "regression with errors correlated in space"),
    ),
)
