"""Averages over rows by what they tell: everything, a group, a period since treatment."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landwatch.models.estimators.adoption import Adoption, short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Targets:
    """Averages over rows.

    Attributes
    ----------
    terms : list of str
        Names.
    weights : ndarray, shape (n, t)
        Weight of each row in each average; columns sum to one.
    rows : ndarray of int64, shape (t,)
        Rows behind each.
    """

    terms: list[str]
    weights: "Floats"
    rows: "NDArray[np.int64]"


def row_targets(data: Adoption, after: "Flags", event: "Flags") -> Targets:
    """Weigh rows for every average wanted.

    Parameters
    ----------
    data : Adoption
        Rows by unit and period.
    after : ndarray of bool, shape (n,)
        Rows of treated units from treatment on.
    event : ndarray of bool, shape (n,)
        Rows that enter averages by period since treatment.

    Returns
    -------
    Targets
        ``simple``, ``group=…``, ``event=…``, ``att(g,t)``; rows weigh as in the table.
    """
    terms, flags = ["simple"], [after]
    for g in np.unique(data.first[after]):
        terms.append(f"group={short(g)}")
        flags.append(after & (data.first == g))
    for k in np.unique(data.relative[event]):
        terms.append(f"event={short(k)}")
        flags.append(event & (data.relative == k))
    cells = np.unique(np.column_stack([data.first[after], data.period[after]]), axis=0)
    for g, t in cells:
        terms.append(f"att({short(g)},{short(t)})")
        flags.append(after & (data.first == g) & (data.period == t))
    member = np.column_stack(flags)
    weights = member * data.weight[:, None]
    return Targets(terms, weights / weights.sum(axis=0), member.sum(axis=0).astype(np.int64))
