"""Estimators of single treated units: synthetic control, synthetic difference-in-differences."""

from typing import Final

from landwatch.models.estimators.synthetic_control import (
    SyntheticControlOptions,
    fit_synthetic_control,
)
from landwatch.models.estimators.synthetic_did import SyntheticDidOptions, fit_synthetic_did
from landwatch.models.estimators.table import Estimator

_NEEDS: Final = frozenset({"outcome", "unit", "period", "first_treated"})

ESTIMATORS: Final = (
    Estimator(
        "synthetic_control",
        fit_synthetic_control,
        SyntheticControlOptions,
        needs=_NEEDS,
        takes=frozenset({"treated_units", "covariates"}),
        summary=("合成控制：權重、RMSPE 比、安慰劑 p", "synthetic control, placebo p"),
    ),
    Estimator(
        "synthetic_did",
        fit_synthetic_did,
        SyntheticDidOptions,
        needs=_NEEDS,
        takes=frozenset({"treated_units"}),
        summary=("合成差異中之差異", "synthetic difference-in-differences"),
    ),
)
"""Both as `landwatch estimate` runs them."""
