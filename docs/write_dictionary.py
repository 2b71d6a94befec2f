"""Write docs/data-dictionary.md from the schemas."""

from pathlib import Path

from landwatch.schemas.dictionary import data_dictionary

Path(__file__).with_name("data-dictionary.md").write_text(data_dictionary(), encoding="utf-8")
