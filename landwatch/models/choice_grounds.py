"""What the choices of a specification rest on: rows coded once, and facts about towns and zones."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pandas as pd

from landwatch.models.sample import adjusted_rows
from landwatch.models.within import codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landwatch.models.specification import Specification

NEAR_CUT_RANKS: Final = 10
"""A zone that so few ranks would have kept off the list is near the cut."""

COMMON_DATE: Final = pd.Timestamp("2019-01-03")
"""Approval of the national plan; the other dates of the policy are alternatives to this one."""

KM_PER_DEGREE: Final = (101.7, 110.8)
"""Kilometres per degree of longitude and latitude at 24° N."""

_COLUMNS: Final = (
    "town_code", "county_code", "zone_id", "unit", "role", "effective_date", "deal_date",
    "log_price", "observed", "location", "quarter", "county_year", "is_supported", "is_break_year",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grounds:
    """Facts the choices need besides the rows.

    Attributes
    ----------
    kind : str
        Kind of the outcome.
    dates : tuple of Timestamp
        Effective dates of the zones.
    towns : mapping of str to frozenset of str
        Never-treated towns by what keeps them out of a choice: ``adjacent``, ``centre``,
        ``far_ranked``.
    near_cut : frozenset of str
        Zones near the cut of the criteria.
    missing : mapping of str to str
        Choices that cannot be made, and why.
    """

    kind: str
    dates: tuple[pd.Timestamp, ...] = ()
    towns: "Mapping[str, frozenset[str]]" = field(default_factory=dict)
    near_cut: frozenset[str] = frozenset()
    missing: "Mapping[str, str]" = field(default_factory=dict)


def prepared_rows(frame: pd.DataFrame, spec: "Specification") -> pd.DataFrame:
    """Code the rows of an outcome once for all specifications.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price``, or town-years; ``village_code`` is used where given.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    DataFrame
        Rows of `adjusted_rows` that may enter a contrast (``zone`` and ``control``) with names as
        categories, ``row`` (index in `frame`), ``is_break_year`` and, for deals, ``is_query``,
        ``is_placed``, ``is_service``, ``kind_code``, ``place_cell``, ``place_village`` and
        ``place_town``.

    Notes
    -----
    The adjustment for covariates is that of all rows and of the study's date under every choice:
    it is estimated inside places and county-quarters with zone × after absorbed. Estimated anew,
    the pooled effect on land prices moved by at most 0.05 of its standard error (dates, sources,
    windows, steady years).
    """
    if spec.kind == "panel":
        breaks = frame["is_break"].astype(bool) if "is_break" in frame else False
        rows = adjusted_rows(frame.assign(is_break=False, is_break_year=breaks), spec)
    else:
        rows = _with_keys(adjusted_rows(frame, spec).assign(is_break_year=False), spec)
    rows = rows[rows["role"] != "outside"]
    again = pd.to_datetime(rows["next_date"]) if "next_date" in rows else pd.NaT
    rows = rows.assign(next_date=pd.Series(again, index=rows.index, dtype="datetime64[us]"))
    extra = [c for c in ("log_variance", "next_date", *_KEYS) if c in rows.columns]
    rows = rows[[*_COLUMNS, *extra]].rename_axis("row").reset_index()
    names = {c: rows[c].astype("category") for c in ("town_code", "county_code", "zone_id", "role")}
    dates = {c: pd.to_datetime(rows[c]) for c in ("effective_date", "deal_date")}
    return rows.assign(unit=codes(rows["unit"]), **names, **dates)


_KEYS: Final = (
    "is_query", "is_placed", "is_service", "kind_code", "place_cell", "place_village", "place_town"
)  # fmt: skip


def _with_keys(rows: pd.DataFrame, spec: "Specification") -> pd.DataFrame:
    unit = codes(rows["unit"])
    kind = _text(rows, spec.categorical[0]) if spec.categorical else _text(rows, "")
    return rows.assign(
        is_query=_text(rows, "source") == "lvr_query",
        is_placed=~_text(rows, "place_precision").isin(["town", ""]),
        is_service=_text(rows, "service") != "",
        kind_code=codes(kind),
        place_cell=codes(unit, _cells(rows)),
        place_village=codes(unit, _finer(rows, _text(rows, "village_code"))),
        place_town=unit,
    )


def _text(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows.columns:
        return pd.Series("", index=rows.index, dtype="str")
    return rows[name].astype("str").where(rows[name].notna(), "")


def _finer(rows: pd.DataFrame, place: pd.Series) -> pd.Series:
    """Place where it is known, else the section or road the row had."""
    return place.where(place != "", "=" + rows["location"].astype("str"))


def _cells(rows: pd.DataFrame) -> pd.Series:
    if not {"longitude", "latitude"} <= set(rows.columns):
        return _finer(rows, _text(rows, ""))
    columns = rows["longitude"].astype(float), rows["latitude"].astype(float)
    known = columns[0].notna() & columns[1].notna()
    across, up = (
        (axis.fillna(0.0) * scale).floordiv(1.0).astype("int64").astype("str")
        for axis, scale in zip(columns, KM_PER_DEGREE, strict=True)
    )
    cell = across + ":" + up
    return _finer(rows, cell.where(known, ""))


def study_grounds(
    rows: pd.DataFrame,
    kind: str,
    *,
    neighbours: pd.DataFrame | None = None,
    criteria: pd.DataFrame | None = None,
) -> Grounds:
    """Collect the facts that the choices of an outcome need.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    kind : str
        Kind of the outcome.
    neighbours : DataFrame, optional
        ``town_code, neighbour_code``: towns that touch, both ways.
    criteria : DataFrame, optional
        ``town_code, population, position, is_zone, ranks_from_cut`` of every town.

    Returns
    -------
    Grounds
        Facts, and the choices that cannot be made for want of them.
    """
    zone = rows[rows["role"] == "zone"]
    control = pd.Index(rows.loc[rows["role"] == "control", "town_code"].unique().astype(str))
    dates = tuple(sorted(pd.Timestamp(d) for d in zone["effective_date"].dropna().unique()))
    common = COMMON_DATE if kind == "deals" else pd.Timestamp("2019-01-01")
    towns: dict[str, frozenset[str]] = {}
    missing: dict[str, str] = {}
    if dates != (common,):
        reason = "zones do not carry the date of the national plan (2019-01-03)"
        missing |= dict.fromkeys(("2018-05-21", "2018-11-30", "2020-10-05"), reason)
    if neighbours is None:
        missing["donut"] = "no table of neighbouring towns"
    else:
        of_zone = neighbours["town_code"].isin(zone["town_code"].unique().astype(str))
        next_to = neighbours.loc[of_zone, "neighbour_code"].astype("str")
        towns["adjacent"] = frozenset(control.intersection(next_to))
    near_cut: frozenset[str] = frozenset()
    if criteria is None or "position" not in criteria:
        reason = "zones are not chosen by criteria"
        missing |= dict.fromkeys(("no_centre", "next_ranked", "clear_of_cut"), reason)
    else:
        towns |= _ranked(rows, criteria, control)
        near = criteria["is_zone"] & (criteria["ranks_from_cut"] > -NEAR_CUT_RANKS)
        of_town = zone["town_code"].isin(criteria.loc[near, "town_code"].astype("str"))
        near_cut = frozenset(zone.loc[of_town, "zone_id"].astype("str"))
    return Grounds(kind, dates, towns, near_cut, missing)


def _ranked(
    rows: pd.DataFrame, criteria: pd.DataFrame, control: pd.Index
) -> dict[str, frozenset[str]]:
    facts = criteria.assign(town_code=criteria["town_code"].astype("str"))
    own = rows[["town_code", "county_code"]].drop_duplicates().astype("str")
    facts = own.merge(facts.drop(columns="county_code", errors="ignore"), on="town_code")
    facts = facts[facts["town_code"].isin(control)].sort_values("town_code")
    most = facts.loc[facts.groupby("county_code")["population"].idxmax().dropna(), "town_code"]
    middle = facts["ranks_from_cut"].median()
    far = facts.loc[~(facts["ranks_from_cut"] <= middle), "town_code"]
    return {"centre": frozenset(most), "far_ranked": frozenset(far)}
