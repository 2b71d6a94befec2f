"""Concordance of a risk score with the order of events."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from landwatch.models.estimators.spells import Spells

MOST_PAIRS: Final = 100_000_000
BLOCK: Final = 256


def concordance(
    spells: Spells,
    score: NDArray[np.float64],
    stratum: NDArray[np.intp],
    weight: NDArray[np.float64],
) -> float | None:
    """Share of comparable pairs in which the one who fails first has the higher score.

    Parameters
    ----------
    spells : Spells
        Spells.
    score : ndarray, shape (n,)
        Risk score.
    stratum : ndarray of int, shape (n,)
        Only pairs of one stratum are compared.
    weight : ndarray, shape (n,)
        Weights; a pair counts by their product.

    Returns
    -------
    float or None
        Harrell's C; None where no pair is comparable or there are more than `MOST_PAIRS`.

    Notes
    -----
    As in R survival: a pair is a row that ends by event and another at risk then that outlives it
    (or is censored at that time); equal scores count half.

    References
    ----------
    .. [1] Harrell, F. et al. (1982). Evaluating the yield of medical tests. JAMA 247(18).
    """
    failed = np.flatnonzero(spells.event)
    if len(failed) * len(score) > MOST_PAIRS:
        return None
    agree = whole = 0.0
    for start in range(0, len(failed), BLOCK):
        i = failed[start : start + BLOCK, None]
        later = (spells.exit > spells.exit[i]) | ((spells.exit == spells.exit[i]) & ~spells.event)
        pair = later & (spells.entry < spells.exit[i]) & (stratum == stratum[i])
        mass = pair * weight * weight[i]
        whole += float(mass.sum())
        lower, equal = score < score[i], score == score[i]
        agree += float((mass * (lower + 0.5 * equal)).sum())
    return agree / whole if whole > 0 else None
