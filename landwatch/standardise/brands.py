"""Lists of brands: raw rows to table ``shops__brands``."""

from collections.abc import Sequence

import polars as pl

from landwatch.schemas.raw import RawTable, Standardised, ledger_of
from landwatch.schemas.tables import conformed
from landwatch.standardise.addresses import narrowed


def standardise_brands(raws: Sequence[RawTable]) -> Standardised:
    """Turn lists of brands into core rows.

    Parameters
    ----------
    raws : sequence of RawTable
        From `landwatch.sources.brands.read_brand_list`.

    Returns
    -------
    Standardised
        Table ``shops__brands``; an entry without a name or an identity is rejected.
    """
    text = ("brand_id", "display_name", "brand", "brand_zh", "brand_en", "brand_wikidata")
    schema = dict.fromkeys((*text, "nsi_path", "source_file"), pl.String)
    frames = [r.rows.with_columns(pl.lit(r.source_file).alias("source_file")) for r in raws]
    empty = pl.DataFrame(schema={**schema, "source_line": pl.Int64})
    frame = pl.concat([empty, *frames], how="diagonal_relaxed").with_columns(
        narrowed(pl.col(c)).alias(c) for c in text
    )
    frame = frame.with_columns(
        pl.coalesce("brand_zh", "display_name", "brand").alias("brand_name"),
        pl.col("brand_zh").alias("brand_name_zh"),
        pl.coalesce("brand_en", pl.col("brand").str.extract(r"^([\x20-\x7e]+)$", 1)).alias(
            "brand_name_en"
        ),
        narrowed(pl.col("nsi_path").str.strip_prefix("brands/")).alias("brand_category"),
    )
    fault = pl.col("brand_id").is_null() | pl.col("brand_name").is_null()
    raw = pl.concat_str("brand_id", "display_name", "nsi_path", separator=" ", ignore_nulls=True)
    frame = frame.with_columns(
        pl.when(fault).then(pl.lit("no_name")).alias("reason"), raw.alias("raw")
    )
    kept = conformed(frame.filter(~fault), "shops__brands")
    rejects = conformed(frame.filter(fault), "rejects")
    files = [(r, _remark(r)) for r in raws]
    return Standardised({"shops__brands": kept}, rejects, ledger_of(files, kept, rejects))


def _remark(raw: RawTable) -> str:
    names = ", ".join(raw.unknown_columns)
    return f"columns not read: {names}" if names else ""
