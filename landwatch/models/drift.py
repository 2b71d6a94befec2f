"""How long the drift of a zone before its date may go on before the finding is gone.

A zone that was already drifting apart from its controls would have gone on without any policy. Its
effect is the change from before to after; a drift of g per year that lasted until the date and then
went on at most M̄ times as fast, in either direction, biases it by ``g · (before ± M̄ · after)``,
``before`` and ``after`` being the mean distance of the rows from the date in years. M̄ = 1 is the
drift continued as it was.

References
----------
Rambachan, A. and Roth, J. (2023). A more credible approach to parallel trends. Review of Economic
Studies 90 (bounds relative to what was seen before; here the drift as a whole, not one step).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drift:
    """Drift of zones relative to their controls before the date.

    Attributes
    ----------
    slope, noise : ndarray, shape (n,)
        Estimate [log points / year] and its sampling variance.
    before, after : ndarray, shape (n,)
        Mean years from the rows before to the date, and from the date to those after it.
    """

    slope: "Floats"
    noise: "Floats"
    before: "Floats"
    after: "Floats"


def drift_breakdown(
    estimate: "Floats", std_error: "Floats", quantile: "Floats", drift: Drift
) -> "Floats":
    """Find the largest multiple of the drift after the date that an effect bears.

    Parameters
    ----------
    estimate, std_error : ndarray, shape (n,)
        Effects and standard errors.
    quantile : ndarray, shape (n,)
        Half the interval of each effect in standard errors.
    drift : Drift
        Drift of each zone; its estimate is independent of the effect's (a slope inside places
        against a mean of the same rows).

    Returns
    -------
    ndarray, shape (n,)
        Largest M̄ at which the interval of ``estimate − slope · (before ± M̄ · after)``, for both
        signs and with the noise of the slope, leaves zero out; 0 where none does, infinite where
        every one does; NaN where a number is missing.

    Notes
    -----
    The interval leaves zero out while ``(e − gk)² > q² (s² + k² v)`` for the k passed from 0: two
    roots of a quadratic, one on each side.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> told = drift_breakdown(one, 0.1 * one, 2 * one, Drift(0.1 * one, 0 * one, 0 * one, 4 * one))
    >>> told.round(6).tolist()
    [2.0]
    """
    side = np.sign(estimate)
    square = drift.slope**2 - quantile**2 * drift.noise
    linear = -2.0 * side * estimate * side * drift.slope
    constant = estimate**2 - (quantile * std_error) ** 2
    low, high = _roots_around_zero(square, linear, constant)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        reach = np.minimum((high - drift.before) / drift.after, (drift.before - low) / drift.after)
    known = np.isfinite(estimate + std_error + quantile + drift.slope + drift.noise)
    known &= np.isfinite(drift.before + drift.after)
    borne = np.where(constant > 0, np.maximum(reach, 0.0), 0.0)
    return np.where(known, borne, np.nan)


def _roots_around_zero(a: "Floats", b: "Floats", c: "Floats") -> "tuple[Floats, Floats]":
    """Nearest roots of ``a k² + b k + c`` below and above zero; infinite where there is none."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        spread = np.sqrt(np.where(b * b - 4 * a * c >= 0, b * b - 4 * a * c, np.nan))
        half = -0.5 * (b + np.where(b >= 0, 1.0, -1.0) * spread)
        roots = np.stack([half / a, c / half])
    roots = np.where(np.isfinite(roots), roots, np.nan)
    low = np.where(roots < 0, roots, -np.inf).max(axis=0)
    high = np.where(roots > 0, roots, np.inf).min(axis=0)
    return low, high
