"""Yearly figures of a zone beside those of the towns it is compared with."""

import polars as pl


def year_path(panel: pl.DataFrame, zone_id: str, controls: list[str]) -> pl.DataFrame:
    """Return a zone's yearly figure, its growth and that of its controls.

    Parameters
    ----------
    panel : polars.DataFrame
        ``town_code, year, log_value, is_break, zone_id``.
    zone_id : str
        The zone.
    controls : list of str
        Codes of its control towns.

    Returns
    -------
    polars.DataFrame
        ``year``, ``value`` (mean over the zone's towns of the logarithm, undone), ``growth_log``
        and ``controls_growth_log`` (mean over towns, from the year before; missing after a gap)
        and ``is_break``.
    """
    gap = pl.col("year").diff().over("town_code")
    grown = panel.sort("town_code", "year").with_columns(
        pl.when(gap == 1).then(pl.col("log_value").diff().over("town_code")).alias("growth_log")
    )
    own = (
        grown.filter(pl.col("zone_id") == zone_id)
        .group_by("year")
        .agg(
            pl.col("log_value").mean().exp().alias("value"),
            pl.col("growth_log").mean(),
            pl.col("is_break").any(),
        )
    )
    theirs = (
        grown.filter(pl.col("town_code").is_in(controls) & pl.col("zone_id").is_null())
        .group_by("year")
        .agg(pl.col("growth_log").mean().alias("controls_growth_log"))
    )
    columns = ("year", "value", "growth_log", "controls_growth_log", "is_break")
    return own.join(theirs, on="year", how="left").select(columns).sort("year")
