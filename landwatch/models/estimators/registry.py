"""The estimators by name, and the call that checks what is asked before one runs."""

import dataclasses
import difflib
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from landwatch.models.estimators.table import ROLES, Estimate, EstimationTable, Estimator
from landwatch.vocabulary.errors import StudyError

MODULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hedonic": "hedonic",
        "repeat_sales": "repeat_sales",
        "twfe": "two_way",
        "event_study": "two_way",
        "callaway_santanna": "callaway_santanna",
        "sun_abraham": "sun_abraham",
        "imputation": "imputation",
        "two_stage": "two_stage",
        "synthetic_control": "synthetic",
        "synthetic_did": "synthetic",
        "honest_did": "honest_did",
        "wild_bootstrap": "wild_bootstrap",
        "conley": "conley",
        "placebo": "placebo",
        "rd": "discontinuity",
        "cox": "cox",
        "kaplan_meier": "kaplan_meier",
        "moran": "spatial",
        "local_moran": "spatial",
        "getis_ord": "spatial",
        "concentration": "concentration",
    }
)
"""Module of each estimator inside this package; each has its `Estimator` in ``ESTIMATORS``."""


def estimator(name: str) -> Estimator:
    """Return an estimator.

    Parameters
    ----------
    name : str
        Name, such as ``callaway_santanna``.

    Returns
    -------
    Estimator
        The estimator.

    Raises
    ------
    StudyError
        If there is none of that name.
    """
    if name not in MODULES:
        near = difflib.get_close_matches(name, MODULES, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise StudyError(
            f"沒有這個估計法 no estimator {name!r}; there are: {', '.join(sorted(MODULES))}.{hint}"
        )
    module = import_module(f"{__package__}.{MODULES[name]}")
    found: Estimator = next(e for e in module.ESTIMATORS if e.name == name)
    return found


def fit_estimator(
    name: str, table: EstimationTable, options: Mapping[str, object] | None = None
) -> Estimate:
    """Run an estimator on a table.

    Parameters
    ----------
    name : str
        Name of the estimator.
    table : EstimationTable
        Rows and roles.
    options : mapping, optional
        Options by name; text is read as the option's type.

    Returns
    -------
    Estimate
        Terms and conventions.

    Raises
    ------
    StudyError
        If the name, a role or an option does not exist, or a role the estimator needs is missing.
    InputError
        If the table cannot be used.
    EstimationError
        If it cannot carry the model.
    """
    found = estimator(name)
    check_roles(found, table)
    return found.fit(table, read_options(found, options or {}))


def check_roles(found: Estimator, table: EstimationTable) -> None:
    """Refuse roles an estimator would ignore, and ask for those it needs.

    Parameters
    ----------
    found : Estimator
        The estimator.
    table : EstimationTable
        What was given.

    Raises
    ------
    StudyError
        Naming every role too many or missing.
    """
    default = EstimationTable(table.frame, table.outcome)
    given = {r for r in ROLES if getattr(table, r) != getattr(default, r)} | {"outcome"}
    missing = sorted(found.needs - given)
    unused = sorted(given - found.needs - found.takes)
    faults = [f"需要 needs {_flags(missing)}"] if missing else []
    faults += [f"不使用 makes no use of {_flags(unused)}"] if unused else []
    if faults:
        raise StudyError(f"{found.name}: {'; '.join(faults)}.")


def _flags(roles: list[str]) -> str:
    return ", ".join(f"--{role.replace('_', '-')}" for role in roles)


def read_options(found: Estimator, given: Mapping[str, object]) -> Any:
    """Read options into the estimator's own type.

    Parameters
    ----------
    found : Estimator
        The estimator.
    given : mapping
        Options by name.

    Returns
    -------
    object
        Instance of ``found.options``.

    Raises
    ------
    StudyError
        If an option does not exist or its value cannot be read.
    """
    known = [f.name for f in dataclasses.fields(found.options)]
    unknown = [name for name in given if name not in known]
    if unknown:
        there = ", ".join(known) or "none"
        raise StudyError(f"{found.name}: 沒有這個選項 no option {', '.join(unknown)}; {there}.")
    try:
        return TypeAdapter(found.options).validate_python(dict(given))
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}, found {e['input']!r}"
            for e in error.errors()
        )
        raise StudyError(f"{found.name}: 選項無法讀取 options cannot be read: {told}.") from None
