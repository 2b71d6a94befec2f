"""Let pyfixest absorb factors in the order given."""

import contextlib
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def absorbed_in_order() -> "Iterator[None]":
    """Keep the order of absorbed factors while a pyfixest model is fitted.

    Yields
    ------
    None
        Nothing; fit inside.

    Notes
    -----
    pyfixest collects them in a ``set`` (0.60), so that their order, and with it the last digits of
    every estimate, would follow PYTHONHASHSEED (ADR 7).
    """
    names = vars(import_module("pyfixest.estimation.formula.utils"))
    names["set"] = dict.fromkeys
    try:
        yield
    finally:
        del names["set"]
