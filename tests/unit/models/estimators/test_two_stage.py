"""Two-stage difference in differences against did2s, and by hand."""

import numpy as np
import pandas as pd
import pytest

from landwatch.vocabulary.errors import StudyError
from tests.unit.models.estimators.staggered_tables import (
    SINGLE,
    castle_terms,
    random_panel,
    terms,
)

NAME = "two_stage"
# R did2s 1.2.1 with fixest 0.14.0: l_homicide, first stage ~ 0 | sid + year, second stage ~ treat
# or ~ i(rel, ref = c(-1, -1000)), clusters sid, weights popwt in the second table; Stata did2s 0.5
# agrees to 1.2e-7. Numbers as printed in the parity test of the public project statspai.
PLAIN = {
    "simple": (0.079801547713374, 0.0609789882894638),
    "event=-9": (-0.171286064950389, 0.0307272522117777),
    "event=-8": (-0.0259978828055484, 0.146964375308744),
    "event=-2": (0.0329448489309216, 0.0312180997342677),
    "event=0": (0.0710705994708897, 0.0577589180282935),
    "event=2": (0.0767730116461888, 0.0786996513487697),
    "event=5": (0.0958408999607778, 0.0458734039149931),
}
WEIGHTED = {
    "simple": (0.0659367931285578, 0.0282004391800215),
    "event=-9": (-0.200803447598062, 0.0193615821496832),
    "event=-5": (0.0232006472708082, 0.0145817670690438),
    "event=-2": (0.00310130908268144, 0.0149282717098072),
    "event=0": (0.0176307737962924, 0.0301161623719765),
    "event=3": (0.0747030759945081, 0.0456100913532877),
    "event=5": (0.12303686946441, 0.0419613210639413),
}


@pytest.mark.reference
@pytest.mark.parametrize(("weights", "published"), [(None, PLAIN), ("popwt", WEIGHTED)])
def test_castle_doctrine_effects_and_errors_are_those_of_did2s(weights, published):
    """Static effect, leads and lags, unweighted and weighted by population."""
    found = castle_terms(NAME, weights=weights)
    for term, (value, error) in published.items():
        assert found.loc[term, "estimate"] == pytest.approx(value, abs=SINGLE), term
        assert found.loc[term, "std_error"] == pytest.approx(error, abs=SINGLE), term


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_effects_equal_imputation(gaps):
    """Every average of treated rows is imputation's, with weights, gaps and a covariate."""
    roles = {"weights": "size", "covariates": ("x",)}
    frame = random_panel(3, gaps=gaps)
    found, other = terms(NAME, frame, **roles), terms("imputation", frame, **roles)
    same = [t for t in other.index if t in found.index and not t.startswith("event=-")]
    assert len(same) > 20
    np.testing.assert_allclose(found.loc[same, "estimate"], other.loc[same, "estimate"], atol=1e-12)


def test_error_is_the_sandwich_of_both_stages():
    """Moments of both stages stacked, dummies for everything, clusters by hand."""
    frame = random_panel(6)
    on = ((frame["first"] > 0) & (frame["year"] >= frame["first"])).to_numpy()
    first = np.column_stack(
        [
            pd.get_dummies(frame["town name"]).to_numpy(float),
            pd.get_dummies(frame["year"]).to_numpy(float)[:, 1:],
            frame["x"],
        ]
    )
    second = on.astype(float)[:, None]
    inside = first * ~on[:, None]
    y = frame["y"].to_numpy()
    gamma = np.linalg.solve(inside.T @ inside, inside.T @ y)
    left = y - first @ gamma
    effect = left[on].mean()
    k = first.shape[1]
    bread = np.zeros((k + 1, k + 1))
    bread[:k, :k], bread[k, :k], bread[k, k] = inside.T @ inside, second[:, 0] @ first, on.sum()
    moments = np.column_stack(
        [inside * left[:, None], second * (left - second[:, 0] * effect)[:, None]]
    )
    sums = pd.DataFrame(moments).groupby(frame["town name"].to_numpy()).sum().to_numpy()
    inverse = np.linalg.inv(bread)
    error = np.sqrt((inverse @ sums.T @ sums @ inverse.T)[k, k])
    found = terms(NAME, frame, covariates=("x",)).loc["simple"]
    assert found["estimate"] == pytest.approx(effect, abs=1e-10)
    assert found["std_error"] == pytest.approx(error, rel=1e-9)


def test_anticipated_periods_are_no_basis_of_the_path():
    """With anticipation the last period before treatment counts as treated, not in simple."""
    frame = random_panel(2)
    shifted = frame.assign(first=frame["first"].where(frame["first"] == 0, frame["first"] - 1))
    found = terms(NAME, frame, {"anticipation": "1"})
    other = terms(NAME, shifted)
    assert found.loc["event=-1", "estimate"] == pytest.approx(other.loc["event=0", "estimate"])
    assert found.loc["event=0", "estimate"] == pytest.approx(other.loc["event=1", "estimate"])
    with pytest.raises(StudyError, match="0 or more"):
        terms(NAME, frame, {"anticipation": "-1"})


def test_law_changes_intervals_only():
    """The normal law of the authors' package narrows the interval, not the error."""
    student, normal = (
        terms(NAME, random_panel(1), {"law": law}).iloc[0] for law in ("t", "normal")
    )
    assert student["std_error"] == normal["std_error"]
    assert normal["ci_high"] - normal["estimate"] == pytest.approx(
        1.959963984540054 * normal["std_error"]
    )
    assert student["ci_high"] > normal["ci_high"]
