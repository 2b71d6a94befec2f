"""The mart tables as the maps read them: texts stay text, numbers are checked, keys must match."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from landwatch.cartography.geometry import check_zones
from landwatch.cartography.site_info import SiteInfo, read_site_info
from landwatch.schemas.entities.specifications import CHOICES
from landwatch.vocabulary.errors import InputError

ESTIMATES = ("estimate_log", "std_error", "ci_low", "ci_high", "p_value")
NUMBERS = {
    "effects": (
        *ESTIMATES,
        "q_value",
        "q_axis",
        "n_before",
        "n_after",
        "n_controls",
        "mde_log",
        "breakdown_m",
    ),
    "pooled": (*ESTIMATES, "n_obs", "n_treated_units", "n_control_units"),
    "event_study": ("relative_period", "estimate_log", "std_error", "ci_low", "ci_high"),
    "verdicts": (),
    "kpi": ("year", "population", "income_median_twd", "births"),
    "figures": ("value", "n_rows"),
    "specifications": (*ESTIMATES, "n_obs", "n_zones"),
    "conclusions": (),
    "threats": (*ESTIMATES, "n_obs"),
}
TEXTS = {
    "effects": (
        *("zone_id", "outcome", "estimator", "status"),
        *("attacks_failed", "disagreement"),
    ),
    "pooled": ("outcome", "estimator"),
    "event_study": ("outcome", "estimator"),
    "verdicts": ("zone_id", "verdict", "confidence", "reasons"),
    "kpi": ("zone_id",),
    "figures": ("zone_id", "figure", "period", "status"),
    "specifications": ("outcome", "spec_id", "is_base", *CHOICES),
    "conclusions": ("outcome", "side", "text_zh", "text_en"),
    "threats": ("outcome", "zone_id", "threat", "choice", "survives"),
}
KEYS = {
    "effects": ["zone_id", "outcome"],
    "pooled": ["outcome", "estimator"],
    "event_study": ["outcome", "estimator", "relative_period"],
    "verdicts": ["zone_id"],
    "kpi": ["zone_id", "year"],
    "figures": ["zone_id", "figure", "period"],
    "specifications": ["outcome", "spec_id"],
    "conclusions": ["outcome", "side", "text_zh"],
    "threats": ["outcome", "zone_id", "threat", "choice"],
}
ZONE_COLUMNS = (
    "zone_id",
    "zone_name",
    "zone_name_en",
    "county_name",
    "is_zone",
    "effective",
    "category",
)


@dataclass(frozen=True, slots=True)
class Mart:
    """Every table a map may read; None where the file is absent.

    Attributes
    ----------
    info : SiteInfo
        Titles, dates, licence lines, limits.
    zones : GeoDataFrame or None
        One row per town, ordered by ``zone_id``, EPSG:4326.
    effects, pooled, event_study, verdicts, kpi, figures : DataFrame or None
        The results.
    specifications, conclusions, threats : DataFrame or None
        The attacks on them.
    """

    info: SiteInfo
    zones: gpd.GeoDataFrame | None
    effects: pd.DataFrame | None
    pooled: pd.DataFrame | None
    event_study: pd.DataFrame | None
    verdicts: pd.DataFrame | None
    kpi: pd.DataFrame | None
    figures: pd.DataFrame | None
    specifications: pd.DataFrame | None = None
    conclusions: pd.DataFrame | None = None
    threats: pd.DataFrame | None = None


def read_mart(folder: Path) -> Mart:
    """Read the mart directory.

    Parameters
    ----------
    folder : Path
        Directory with ``site.json`` and whatever tables the run made.

    Returns
    -------
    Mart
        The tables that are there.

    Raises
    ------
    InputError
        If ``site.json`` is missing, a table lacks a column, holds something that is no number,
        repeats a key, or names a zone without boundary.
    """
    info = read_site_info(folder / "site.json")
    zones = read_zones(folder / "zones.parquet")
    tables = {name: read_table(folder / f"{name}.csv", name) for name in NUMBERS}
    for name in ("effects", "verdicts", "kpi", "figures"):
        _check_known_zones(tables[name], zones, folder / f"{name}.csv")
    return Mart(info, zones, **tables)


def read_zones(path: Path) -> gpd.GeoDataFrame | None:
    """Read the towns and zones.

    Parameters
    ----------
    path : Path
        GeoParquet in EPSG:4326.

    Returns
    -------
    GeoDataFrame or None
        Ordered by ``zone_id``, texts without missing values; None when there is no such file.

    Raises
    ------
    InputError
        If a column is missing or the layer cannot be drawn.
    """
    if not path.exists():
        return None
    zones = gpd.read_parquet(path)
    missing = [name for name in ZONE_COLUMNS if name not in zones.columns]
    if missing:
        raise InputError(f"{path} lacks the columns {missing}, found {list(zones.columns)}")
    check_zones(zones)
    texts = [name for name in ZONE_COLUMNS if name != "is_zone"]
    zones[texts] = zones[texts].astype(object).where(zones[texts].notna(), "").astype(str)
    zones["is_zone"] = zones["is_zone"].fillna(False).astype(bool)
    return zones.sort_values("zone_id", ignore_index=True)


def read_table(path: Path, name: str) -> pd.DataFrame | None:
    """Read one CSV of results; a text such as ``NA`` or ``null`` stays a text.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Which table, a key of `NUMBERS`.

    Returns
    -------
    DataFrame or None
        Texts as strings, numbers as floats; None when there is no such file.

    Raises
    ------
    InputError
        Listing missing columns, texts where numbers belong and repeated keys.
    """
    if not path.exists():
        return None
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    missing = [column for column in (*TEXTS[name], *NUMBERS[name]) if column not in table.columns]
    if missing:
        raise InputError(f"{path} lacks the columns {missing}, found {list(table.columns)}")
    faults = []
    for column in NUMBERS[name]:
        numbers = pd.to_numeric(table[column].replace("", None), errors="coerce").astype("float64")
        wrong = numbers.isna() & ~table[column].str.lower().isin(["", "nan"])
        if wrong.any():
            first = table.loc[wrong, column].iloc[0]
            faults.append(f"{int(wrong.sum())} rows of {column} hold no number, such as {first!r}")
        table[column] = numbers
    repeated = table.duplicated(KEYS[name])
    if repeated.any():
        first = table.loc[repeated, KEYS[name]].iloc[0].tolist()
        faults.append(f"{int(repeated.sum())} rows repeat the key {KEYS[name]}, such as {first}")
    if faults:
        raise InputError(f"{path} cannot be used / 無法使用: " + "; ".join(faults))
    return table


def _check_known_zones(
    table: pd.DataFrame | None, zones: gpd.GeoDataFrame | None, path: Path
) -> None:
    if table is None or zones is None:
        return
    unknown = sorted(set(table["zone_id"]) - set(zones["zone_id"]))
    if unknown:
        raise InputError(
            f"{path} names {len(unknown)} zones that zones.parquet does not hold, such as "
            f"{unknown[:3]}: make both in the same run"
        )
