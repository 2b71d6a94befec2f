"""Which units stand for the treated in a permutation test: all sets, or draws, in batches."""

from collections.abc import Iterator
from itertools import chain, combinations, islice
from math import comb, prod
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

BATCH: Final = 2048
"""Assignments held at once."""


def assignments(
    n: int, sizes: "Ints", *, draws: int, max_exact: int, seed: int
) -> "tuple[bool, Iterator[Ints]]":
    """Enumerate or draw which units stand for the treated.

    Parameters
    ----------
    n : int
        Units to draw from.
    sizes : ndarray of int, shape (g,)
        Treated units of each date.
    draws : int
        Draws where there are more assignments than `max_exact`.
    max_exact : int
        Most assignments that are enumerated.
    seed : int
        Seed of the draws.

    Returns
    -------
    exact : bool
        Whether all are enumerated, the real one among them where it can be.
    batches : iterator of ndarray of int, shape (b, k)
        Positions of drawn units, those of the first date first.
    """
    left = n - np.concatenate([[0], np.cumsum(sizes)[:-1]])
    total = prod(comb(int(m), int(s)) for m, s in zip(left, sizes, strict=True))
    k = int(sizes.sum())
    if total <= max_exact:
        return True, _batched(_every(tuple(range(n)), tuple(map(int, sizes))), k)
    return False, _drawn(n, k, draws, seed)


def _drawn(n: int, k: int, draws: int, seed: int) -> "Iterator[Ints]":
    random = np.random.default_rng(seed)
    for begin in range(0, draws, BATCH):
        size = min(BATCH, draws - begin)
        yield np.argsort(random.random((size, n)), axis=1)[:, :k]


def _every(units: tuple[int, ...], sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if not sizes:
        yield ()
        return
    for chosen in combinations(units, sizes[0]):
        taken = set(chosen)
        rest = tuple(u for u in units if u not in taken)
        for further in _every(rest, sizes[1:]):
            yield chosen + further


def _batched(assignments: Iterator[tuple[int, ...]], k: int) -> "Iterator[Ints]":
    while True:
        batch = np.fromiter(
            chain.from_iterable(islice(assignments, BATCH)), dtype=np.int64
        ).reshape(-1, k)
        if not len(batch):
            return
        yield batch
