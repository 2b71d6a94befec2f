"""Who publishes what: the committed table of sources."""

import io
from importlib.resources import files

import polars as pl


def known_sources() -> pl.DataFrame:
    """Return ``data/sources.csv``: publisher, licence, attribution, rhythm and known breaks.

    Returns
    -------
    polars.DataFrame
        One row a kind of input or publisher, all text.
    """
    content = files("landwatch.reference").joinpath("sources.csv").read_bytes()
    return pl.read_csv(io.BytesIO(content), infer_schema=False)
