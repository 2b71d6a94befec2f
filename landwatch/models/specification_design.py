"""Which specifications are fitted: all of them, or a stated part that leaves no pair unseen."""

from itertools import combinations
from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

CANDIDATES = 4000


def specification_design(
    choices: "Mapping[str, tuple[str, ...]]", *, most: int = 40, times: int = 2, seed: int = 0
) -> tuple[list[dict[str, str]], str]:
    """List the specifications to fit, the study's own first and single deviations next.

    Parameters
    ----------
    choices : mapping of str to tuple of str
        Choices by family, the study's own first.
    most : int, optional
        Largest number of specifications that is fitted in full.
    times : int, optional
        How often every pair of choices of two families meets where not all are fitted.
    seed : int, optional
        Seed of the candidates.

    Returns
    -------
    designs : list of dict of str to str
        Choice by family; distinct.
    said : str
        What part of all specifications they are.

    Notes
    -----
    A covering design, greedily from candidates drawn at random: the next specification is the one
    with most pairs still owed. Interactions of two choices are seen in full, those of three in
    part.

    Examples
    --------
    >>> designs, said = specification_design({"a": ("x", "y"), "b": ("u", "v")})
    >>> len(designs), said
    (4, 'full factorial: 4 of 4')
    """
    sizes = np.array([len(c) for c in choices.values()])
    total = prod(sizes.tolist())
    base = np.zeros(len(sizes), dtype=np.int64)
    single = [_deviation(base, f, k) for f in range(len(sizes)) for k in range(1, sizes[f])]
    first = np.vstack([base, *single]) if single else base[None, :]
    if total <= most:
        grid = np.stack(np.unravel_index(np.arange(total), tuple(sizes)), axis=1)
        part, said = grid, "full factorial"
    else:
        part = _covering(sizes, times, seed)
        said = f"base, every single deviation and every pair of choices {times} times"
    rows = np.vstack([first, part])
    _, order = np.unique(rows, axis=0, return_index=True)
    rows = rows[np.sort(order)]
    names = list(choices)
    designs = [{n: choices[n][k] for n, k in zip(names, row, strict=True)} for row in rows.tolist()]
    return designs, f"{said}: {len(designs)} of {total}"


def _deviation(base: "NDArray[np.int64]", family: int, choice: int) -> "NDArray[np.int64]":
    other = base.copy()
    other[family] = choice
    return other


def _covering(sizes: "NDArray[np.int64]", times: int, seed: int) -> "NDArray[np.int64]":
    rng = np.random.default_rng(seed)
    pool = np.stack([rng.integers(0, s, CANDIDATES) for s in sizes], axis=1)
    pool = np.unique(pool, axis=0)
    pairs = list(combinations(range(len(sizes)), 2))
    codes = np.stack([pool[:, i] * sizes[j] + pool[:, j] for i, j in pairs], axis=1)
    width = int(codes.max()) + 1
    codes += width * np.arange(len(pairs))
    owed = np.bincount(codes.ravel(), minlength=width * len(pairs)).clip(max=times)
    taken: list[int] = []
    while owed.any():
        gain = (owed[codes] > 0).sum(axis=1)
        gain[taken] = -1
        best = int(gain.argmax())
        taken.append(best)
        owed[codes[best]] = np.maximum(owed[codes[best]] - 1, 0)
    return pool[taken]
