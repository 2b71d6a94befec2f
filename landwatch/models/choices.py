"""Choices a reviewer may dispute, one family each: what is compared, where, when and with whom.

A specification is one choice of every family. A choice is a pure function from prepared rows
(`prepared_rows`) to rows; the first choice of a family is the study's own. `FAMILIES` is the table.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from landwatch.models.choice_changes import (
    as_is,
    dated,
    near_date,
    only,
    place,
    same_kind,
    steady_years,
    trimmed,
    until_next,
    winsorised,
    without_controls,
    without_months_before,
    without_near_cut,
    without_pandemic,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landwatch.models.choice_changes import Change
    from landwatch.models.choice_grounds import Grounds


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to decide a matter.

    Attributes
    ----------
    name : str
        Stable name, a value of a column of ``specifications.csv``.
    zh, en : str
        What is decided, for readers.
    change : callable
        ``change(rows, grounds)``: the rows under this choice.
    """

    name: str
    zh: str
    en: str
    change: "Change"


@dataclass(frozen=True, slots=True)
class Family:
    """One matter with the ways to decide it, the study's own first.

    Attributes
    ----------
    name : str
        A column of ``specifications.csv``.
    zh, en : str
        The matter, for readers.
    kinds : tuple of str
        Kinds of outcome it is put to: ``deals``, ``panel``.
    choices : tuple of Choice
        The study's own choice and the others.
    """

    name: str
    zh: str
    en: str
    kinds: tuple[str, ...]
    choices: tuple[Choice, ...]


_DEALS, _PANEL, _BOTH = ("deals",), ("panel",), ("deals", "panel")

FAMILIES: Final[tuple[Family, ...]] = (
    Family(
        "breaks", "統計斷點", "known breaks of the series", _PANEL,
        (
            Choice("left_out", "不比較", "not compared", only("is_break_year", value=False)),
            Choice("compared", "照樣比較", "compared all the same", as_is),
        ),
    ),
    Family(
        "coverage", "登錄涵蓋", "coverage of the source", _DEALS,
        (
            Choice("all_years", "全部年份", "all years", as_is),
            Choice("steady_years", "只取件數平穩的年份", "only years of a steady number of deals",
                   steady_years),
        ),
    ),
    Family(
        "source", "資料來源", "source", _DEALS,
        (
            Choice("all", "全部", "all", as_is),
            Choice("query", "只用查詢服務", "query service only", only("is_query")),
            Choice("seasons", "只用每季檔", "season files only", only("is_query", value=False)),
        ),
    ),
    Family(
        "precision", "位置精度", "precision of place", _DEALS,
        (
            Choice("all", "全部", "all", as_is),
            Choice("placed", "位置比鄉鎮市區精確", "placed finer than the town",
                   only("is_placed")),
        ),
    ),
    Family(
        "composition", "組成", "composition", _DEALS,
        (
            Choice("adjusted", "依特徵調整", "adjusted for covariates", as_is),
            Choice("same_kind", "只比同地同類", "same kind at the same place only", same_kind),
            Choice("without_services", "不含租賃住宅服務", "without rental services",
                   only("is_service", value=False)),
        ),
    ),
    Family(
        "date", "生效日", "effective date", _BOTH,
        (
            Choice("study", "研究所定", "the study's", as_is),
            Choice("2018-05-21", "首次會報 2018-05-21", "first board meeting",
                   dated("2018-05-21")),
            Choice("2018-11-30", "第二次會報 2018-11-30", "second board meeting",
                   dated("2018-11-30")),
            Choice("2020-10-05", "第二期核定 2020-10-05", "second phase approved",
                   dated("2020-10-05")),
        ),
    ),
    Family(
        "window", "期間", "window", _BOTH,
        (
            Choice("all", "全部", "all years", as_is),
            Choice("four_years", "前後四年", "four years each side", near_date(4)),
            Choice("no_pandemic", "不含 2020-03 至 2021-12", "without 2020-03 to 2021-12",
                   without_pandemic),
            Choice("until_next", "只到再次核定之日", "until treated again", until_next),
        ),
    ),
    Family(
        "anticipation", "預期", "anticipation", _BOTH,
        (
            Choice("none", "不留空窗", "none", as_is),
            Choice("drop_6", "去掉前 6 個月", "6 months before left out",
                   without_months_before(6)),
            Choice("drop_12", "去掉前 12 個月", "12 months before left out",
                   without_months_before(12)),
        ),
    ),
    Family(
        "outliers", "離群值", "outliers", _DEALS,
        (
            Choice("rule", "研究規則", "the study's rule", as_is),
            Choice("trimmed", "另截尾 1 %", "another 1 % cut off each end", trimmed),
            Choice("winsorised", "兩端 1 % 縮尾", "ends pulled in at 1 %", winsorised),
        ),
    ),
    Family(
        "place", "地點固定", "place held constant", _DEALS,
        (
            Choice("location", "段或路", "section or road", as_is),
            Choice("cell_1km", "1 公里格", "1 km cell", place("place_cell")),
            Choice("village", "村里", "village", place("place_village")),
            Choice("town", "鄉鎮市區", "town", place("place_town")),
        ),
    ),
    Family(
        "controls", "對照", "controls", _BOTH,
        (
            Choice("county", "同縣市未列入者", "never-treated towns of the county", as_is),
            Choice("donut", "不含鄰接者", "not next to a zone", without_controls("adjacent")),
            Choice("no_centre", "不含縣市中人口最多者", "without the county's most populous",
                   without_controls("centre")),
            Choice("next_ranked", "只用次序較近者", "the half ranked next to the cut",
                   without_controls("far_ranked")),
        ),
    ),
    Family(
        "zones", "地區清單", "list of zones", _BOTH,
        (
            Choice("all", "全部", "all", as_is),
            Choice("clear_of_cut", "不含門檻邊緣", "without zones near the cut",
                   without_near_cut),
        ),
    ),
)  # fmt: skip
"""Families in the order they are applied: what counts as a row before when and with whom."""


def chosen_rows(
    rows: pd.DataFrame, chosen: "Mapping[str, str]", grounds: "Grounds"
) -> pd.DataFrame:
    """Rows under a specification.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    chosen : mapping of str to str
        Choice by family; a family not named is decided as in the study.
    grounds : Grounds
        What the choices need to know besides the rows.

    Returns
    -------
    DataFrame
        Rows that remain, with the response, date and place the choices give.
    """
    for family in FAMILIES:
        if grounds.kind in family.kinds:
            name = chosen.get(family.name, family.choices[0].name)
            choice = next(c for c in family.choices if c.name == name)
            rows = choice.change(rows, grounds)
    return rows


def base_choices(kind: str) -> dict[str, str]:
    """Choices of the study itself.

    Parameters
    ----------
    kind : str
        Kind of the outcome.

    Returns
    -------
    dict of str to str
        First choice of every family put to the kind.

    Examples
    --------
    >>> base_choices("panel")["controls"]
    'county'
    """
    return {f.name: f.choices[0].name for f in FAMILIES if kind in f.kinds}


def applicable_choices(
    rows: pd.DataFrame, grounds: "Grounds"
) -> tuple[dict[str, tuple[str, ...]], dict[tuple[str, str], str]]:
    """Tell the choices that change something from those that do not, and why.

    Parameters
    ----------
    rows : DataFrame
        Rows of `prepared_rows`.
    grounds : Grounds
        What the choices need to know besides the rows.

    Returns
    -------
    choices : dict of str to tuple of str
        By family the study's choice and those that give other rows.
    left_out : dict of (str, str) to str
        By family and choice the reason why it is left out.
    """
    base = chosen_rows(rows, {}, grounds)
    choices: dict[str, tuple[str, ...]] = {}
    left_out: dict[tuple[str, str], str] = {}
    for family in FAMILIES:
        given = {family.choices[0].name: base}
        for choice in family.choices[1:]:
            key = (family.name, choice.name)
            if grounds.kind not in family.kinds:
                left_out[key] = f"not put to outcomes of kind {grounds.kind}"
            elif reason := grounds.missing.get(choice.name, ""):
                left_out[key] = reason
            else:
                found = chosen_rows(rows, {family.name: choice.name}, grounds)
                same = [name for name, other in given.items() if _is_same(found, other)]
                if same:
                    left_out[key] = f"same rows as {same[0]}"
                else:
                    given[choice.name] = found
        if grounds.kind in family.kinds:
            choices[family.name] = tuple(given)
    return choices, left_out


def _is_same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether two choices give the same rows, prices, dates and partition into places."""
    return (
        one.index.equals(other.index)
        and np.array_equal(one["log_price"], other["log_price"])
        and one["effective_date"].equals(other["effective_date"])
        and np.array_equal(pd.factorize(one["location"])[0], pd.factorize(other["location"])[0])
    )
