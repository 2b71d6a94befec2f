"""The table of specifications."""

import subprocess
import sys

import pytest

from landwatch.models.specification import SPECIFICATIONS, specification
from landwatch.vocabulary.errors import StudyError


def test_every_outcome_is_named_by_its_specification() -> None:
    """Keys and outcomes agree, and both axes are served."""
    assert all(name == row.outcome for name, row in SPECIFICATIONS.items())
    axes = {row.axis: {r.outcome for r in SPECIFICATIONS.values() if r.axis == row.axis}
            for row in SPECIFICATIONS.values()}  # fmt: skip
    assert axes == {
        "land": {"land_price", "farmland_price", "house_price", "rent", "asking_rent"},
        "livelihood": {"population", "income", "births"},
    }


def test_rents_hold_the_rental_service_constant() -> None:
    """Registration through rental services is a composition threat, so it is a covariate."""
    assert "service" in specification("rent").categorical


def test_an_unknown_outcome_is_refused_with_the_known_ones() -> None:
    """The error lists what may be asked for."""
    with pytest.raises(StudyError, match="land_price, farmland_price"):
        specification("happiness")


def test_importing_the_package_loads_no_estimator() -> None:
    """``import landwatch.models`` and its table stay light."""
    code = (
        "import sys, landwatch.models.specification;"
        "sys.exit(bool({'pyfixest', 'diff_diff', 'statsmodels'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
