"""Write the pages of this folder that come from the code."""

from pathlib import Path

from landwatch.models.documents import estimator_document, verdict_document
from landwatch.schemas.dictionary import data_dictionary

HERE = Path(__file__).parent
HERE.joinpath("data-dictionary.md").write_text(data_dictionary(), encoding="utf-8")
HERE.joinpath("verdicts.md").write_text(verdict_document(), encoding="utf-8")
HERE.joinpath("estimators.md").write_text(estimator_document(), encoding="utf-8")
