"""Page of specifications: one curve an outcome, and the tests beyond estimating anew."""

from typing import Any

import numpy as np
import pandas as pd

from landwatch.cartography.catalogue import CATALOGUE, bilingual, measure_label
from landwatch.cartography.curve_plot import curve_plot
from landwatch.cartography.numbers import percent_change, percent_text
from landwatch.cartography.site_info import Text
from landwatch.models.choices import FAMILIES
from maps.mart import Mart

PERCENT = ("estimate_log", "ci_low", "ci_high")


def specifications_payload(mart: Mart) -> dict[str, Any] | None:
    """Everything the page of specifications shows.

    Parameters
    ----------
    mart : Mart
        The tables.

    Returns
    -------
    dict or None
        JSON types only; None where no outcome has a specification with a number.
    """
    if mart.specifications is None:
        return None
    curves = [
        _curve(str(outcome), rows)
        for outcome, rows in mart.specifications.groupby("outcome", sort=False)
        if rows["estimate_log"].notna().any()
    ]
    if not curves:
        return None
    return {
        "page": "specifications",
        "conclusions": [] if mart.conclusions is None else _conclusions(mart.conclusions),
        "curves": curves,
        "threats": [] if mart.threats is None else threat_rows(mart.threats),
    }


def _conclusions(table: pd.DataFrame) -> list[dict[str, Any]]:
    told = []
    for outcome, rows in table.groupby("outcome", sort=False):
        sides = [
            [side, part[["text_zh", "text_en"]].to_numpy().tolist()]
            for side, part in rows.groupby("side", sort=False)
        ]
        told.append({"title": measure_label(str(outcome)), "sides": sides})
    return told


def _curve(outcome: str, rows: pd.DataFrame) -> dict[str, Any]:
    known = rows.dropna(subset=list(PERCENT)).sort_values(["estimate_log", "spec_id"])
    percent = {c: known[c].map(percent_change).to_numpy(dtype=float) for c in PERCENT}
    interval = percent["ci_low"], percent["ci_high"]
    is_base = (known["is_base"].str.lower() == "true").to_numpy()
    plot = curve_plot(percent["estimate_log"], interval, is_base, _matrix(known))
    return {
        "title": measure_label(outcome),
        "sentence": curve_sentence(rows),
        "plot": plot.to_payload(),
    }


def _matrix(known: pd.DataFrame) -> list[tuple[Text, np.ndarray | None]]:
    """Families with more than one choice among the rows, and who made which."""
    rows: list[tuple[Text, np.ndarray | None]] = []
    for family in FAMILIES:
        made = known[family.name]
        choices = [c for c in family.choices if (made == c.name).any()]
        if len(choices) > 1:
            rows.append(((family.zh, family.en), None))
            rows += [((c.zh, c.en), (made == c.name).to_numpy()) for c in choices]
    return rows


def curve_sentence(rows: pd.DataFrame) -> Text:
    """Say what the specifications of an outcome agree on.

    Parameters
    ----------
    rows : DataFrame
        Specifications of one outcome, of which at least one has a number.

    Returns
    -------
    tuple of (str, str)
        Traditional Chinese, English.
    """
    known = rows.dropna(subset=list(PERCENT))
    base = known.loc[known["is_base"].str.lower() == "true", "estimate_log"]
    seen = (known["ci_low"] > 0) | (known["ci_high"] < 0)
    same = np.sign(known["estimate_log"]) == np.sign(base.iloc[0]) if len(base) else None
    parts = {
        "{n}": str(len(rows)),
        "{k}": str(len(known)),
        "{same}": "—" if same is None else _share(same),
        "{seen}": _share(seen),
        "{low}": percent_text(percent_change(float(known["estimate_log"].min()))),
        "{high}": percent_text(percent_change(float(known["estimate_log"].max()))),
        "{base}": percent_text(percent_change(float(base.iloc[0]))) if len(base) else "—",
    }
    zh, en = bilingual("curve_sentence")
    for mark, value in parts.items():
        zh, en = zh.replace(mark, value), en.replace(mark, value)
    return zh, en


def _share(flags: pd.Series) -> str:
    return f"{100 * float(flags.mean()):.0f}%"


def threat_rows(threats: pd.DataFrame) -> list[dict[str, Any]]:
    """Tests of the pooled effects that saw a problem or did not, by outcome.

    Parameters
    ----------
    threats : DataFrame
        Table of threats; only those with a name in the catalogue are told.

    Returns
    -------
    list of dict
        ``title`` and ``rows`` of (name, whether a problem was seen); a threat of several parts is
        seen if one of them is.
    """
    pooled = threats[(threats["zone_id"] == "") & threats["survives"].isin(["true", "false"])]
    named = pooled[[f"threat_{t}" in CATALOGUE for t in pooled["threat"]]]
    tables = []
    for outcome, rows in named.groupby("outcome", sort=False):
        seen = (rows["survives"] == "false").groupby(rows["threat"], sort=False).any()
        cells = [[bilingual(f"threat_{t}"), bool(s)] for t, s in seen.items()]
        tables.append({"title": measure_label(str(outcome)), "rows": cells})
    return tables
