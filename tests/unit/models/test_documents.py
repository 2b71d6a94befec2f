"""Pages written from the code are the ones in docs/."""

from pathlib import Path

import pytest

from landwatch.models.documents import estimator_document, verdict_document

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize(
    ("page", "written"),
    [("verdicts.md", verdict_document), ("estimators.md", estimator_document)],
)
def test_page_is_the_one_the_code_writes(page, written):
    """Run ``make documents`` after a change of rules or estimators."""
    assert (DOCS / page).read_text(encoding="utf-8") == written()


def test_every_option_of_every_estimator_is_explained():
    """An option without a meaning in its docstring leaves an empty cell."""
    rows = [r for r in estimator_document().splitlines() if r.startswith("| `")]
    assert rows
    assert not [r for r in rows if r.endswith("|  |")]
