"""The catalogue of texts."""

import re
from pathlib import Path

import pytest

from landwatch import cartography
from landwatch.cartography.catalogue import (
    CATALOGUE,
    VERDICTS,
    bilingual,
    estimator_label,
    outcome_label,
)
from landwatch.vocabulary.errors import UnknownCodeError

ASSETS = Path(cartography.__file__).parent / "assets"
FIXED_KEYS = re.compile(r"(?:word|bilingual|phrase)\(\s*\"([a-z_]+)\"\s*[,)]")


def test_every_text_has_both_languages_and_one_spelling() -> None:
    """No text is empty, none uses the variant 台, and English texts hold no Chinese."""
    for key, (zh, en) in CATALOGUE.items():
        assert zh.strip(), key
        assert en.strip(), key
        assert "\u53f0" not in zh, key
        assert not re.search(r"[\u4e00-\u9fff]", en), key


def test_every_key_that_is_asked_for_exists() -> None:
    """Keys written in scripts and modules are all in the catalogue."""
    root = Path(cartography.__file__).parents[2]
    sources = [*ASSETS.glob("*.js"), *ASSETS.parent.glob("*.py"), *(root / "maps").glob("*.py")]
    asked = {
        key
        for path in sources
        if path.name != "leaflet.js"
        for key in FIXED_KEYS.findall(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 40
    assert asked - CATALOGUE.keys() == set()


def test_families_are_complete() -> None:
    """Each verdict has a name, a symbol and a meaning; symbols differ."""
    for verdict in VERDICTS:
        assert {f"{part}_{verdict}" for part in ("verdict", "symbol", "meaning")} <= set(CATALOGUE)
    for language in (0, 1):
        assert len({bilingual(f"symbol_{verdict}")[language] for verdict in VERDICTS}) == 5


def test_unknown_codes_keep_their_name_and_unknown_keys_fail() -> None:
    """A new outcome is shown by its code; a missing key of ours is an error."""
    assert outcome_label("new_outcome") == ("new_outcome", "new_outcome")
    assert estimator_label("mine") == ("mine", "mine")
    with pytest.raises(UnknownCodeError, match="no key 'nothing'"):
        bilingual("nothing")
