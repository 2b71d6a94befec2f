"""Figures of calibration: false flags, power, coverage, and which check catches which break."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.figure import Figure

from landwatch.cartography.palette import INK, MUTED_INK, SEQUENTIAL
from landwatch.schemas.storage import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONTS: Final = ("NotoSansCJK-Regular", "NotoSansTC", "NotoSansCJKtc", "SourceHanSansTC",
                "msjh", "PingFang", "wqy-zenhei", "wqy-microhei")  # fmt: skip
SERIES: Final = ("#0072b2", "#d55e00", "#009e73", "#7b52ab")
"""Blue, vermilion, green of Okabe and Ito, and a purple; markers differ as well."""

POWER_SCENARIO: Final = "heterogeneous"
"""Scenario the curves of power are drawn from; the table has the others."""

_MARKERS: Final = ("o", "s", "^", "D")
_OUTCOMES: Final = {"land_price": ("地價", "land price"), "population": ("人口", "population")}
_ESTIMATORS: Final = {
    "zones": ("各區", "zones"),
    "twfe": ("twfe", "twfe"),
    "callaway_santanna": ("Callaway–Sant'Anna", "Callaway–Sant'Anna"),
}
_Titles = Mapping[str, tuple[str, str]]


def cjk_font() -> Path | None:
    """Find a font that has Chinese characters.

    Returns
    -------
    pathlib.Path or None
        The first of `FONTS` on this system; None when there is none, and figures are in English.
    """
    there = sorted(font_manager.findSystemFonts())
    for name in FONTS:
        for path in there:
            if Path(path).stem.lower().startswith(name.lower()):
                return Path(path)
    return None


def write_calibration_plots(
    summary: pd.DataFrame, power: pd.DataFrame, titles: _Titles, folder: Path
) -> tuple[str, ...]:
    """Draw the figures as PNG.

    Parameters
    ----------
    summary, power : DataFrame
        Tables of `landwatch.models.calibration_summary`.
    titles : mapping of str to (str, str)
        Titles of scenarios, 繁體中文 and English, in the order wanted.
    folder : pathlib.Path
        Where they go.

    Returns
    -------
    tuple of str
        Names of the files.
    """
    font = cjk_font()
    figures: dict[str, Callable[[], Figure]] = {
        "false_flags.png": lambda: _dots(summary, titles, font, _FALSE),
        "coverage.png": lambda: _dots(summary, titles, font, _COVERAGE),
        "power.png": lambda: _power(power, font),
        "caught.png": lambda: _caught(summary, titles, font),
    }
    for name, draw in figures.items():
        with whole_file(folder / name) as draft:
            draw().savefig(draft, dpi=110, metadata={"Software": None})
    return tuple(figures)


_Dots = tuple[tuple[str, str], tuple[str, ...], tuple[tuple[str, str], ...], tuple[float, ...]]
_FALSE: Final[_Dots] = (
    ("有錯報的世界比例與錯誤發現率（虛線 5 %）", "Worlds with a false flag, and FDR (dashed: 5 %)"),
    ("any_false", "fdr"),
    (("zones", "zones"),),
    (0.05,),
)
_COVERAGE: Final[_Dots] = (
    ("95 % 區間涵蓋真值的比例（虛線 93、97 %）", "Share of 95 % intervals that hold the truth"),
    ("coverage",),
    (("zones", "zones"), ("twfe", "twfe"), ("callaway_santanna", "callaway_santanna")),
    (0.93, 0.97),
)


def _dots(summary: pd.DataFrame, titles: _Titles, font: Path | None, what: _Dots) -> Figure:
    """Shares by scenario, one panel an outcome, bars of two Monte Carlo errors."""
    title, measures, estimators, lines = what
    figure = Figure(figsize=(9.2, 0.42 * len(titles) + 1.6), layout="constrained")
    axes = figure.subplots(1, len(_OUTCOMES), sharey=True, squeeze=False)[0]
    series = [(e, m) for e, _ in estimators for m in measures]
    for axis, (outcome, label) in zip(axes, _OUTCOMES.items(), strict=True):
        for at in lines:
            axis.axvline(at, color=MUTED_INK, linewidth=0.8, linestyle="--")
        for i, (estimator, measure) in enumerate(series):
            rows = summary[(summary["outcome"] == outcome) & (summary["measure"] == measure)]
            rows = rows[rows["estimator"] == estimator].set_index("scenario").reindex(list(titles))
            name = {"any_false": ("任一錯報", "any false flag"), "fdr": ("FDR", "FDR")}
            told = name.get(measure, _ESTIMATORS[estimator])
            axis.errorbar(
                rows["value"], np.arange(len(titles)) + 0.16 * (i - (len(series) - 1) / 2),
                xerr=2.0 * rows["mc_error"].fillna(0.0), fmt=_MARKERS[i], markersize=4.5,
                color=SERIES[i], linewidth=1.1, label=_said(told, font),
            )  # fmt: skip
        axis.set_xlim(-0.03, 1.03)
        _styled(axis, _said(label, font), font)
    _scenario_axis(axes[0], titles, font)
    axes[-1].legend(prop=_text(font, 8), loc="best", framealpha=0.9)
    figure.suptitle(_said(title, font), fontproperties=_text(font, 10.5), color=INK)
    return figure


def _power(power: pd.DataFrame, font: Path | None) -> Figure:
    """Power by mean effect in the scenario of many sizes, one line a class of deals."""
    figure = Figure(figsize=(9.2, 3.8), layout="constrained")
    axes = figure.subplots(1, len(_OUTCOMES), sharey=True, squeeze=False)[0]
    held = power[power["scenario"] == POWER_SCENARIO]
    for axis, (outcome, label) in zip(axes, _OUTCOMES.items(), strict=True):
        of_outcome = held[held["outcome"] == outcome]
        classes = [c for c in of_outcome["rows_a_side"].unique() if c != "all"] or ["all"]
        for i, rows_a_side in enumerate(sorted(classes, key=_first_number)):
            rows = of_outcome[of_outcome["rows_a_side"] == rows_a_side].sort_values("effect")
            axis.errorbar(
                rows["effect"], rows["power"], yerr=2.0 * rows["mc_error"].fillna(0.0),
                fmt=f"{_MARKERS[i]}-", markersize=4.5, linewidth=1.1, color=SERIES[i],
                label=str(rows_a_side),
            )  # fmt: skip
        unit = ("效果［對數］", "effect [log]")
        axis.set_xlabel(_said(unit, font), fontproperties=_text(font, 9))
        axis.set_ylim(-0.03, 1.03)
        _styled(axis, _said(label, font), font)
    legend = axes[0].legend(prop=_text(font, 8), loc="upper left")
    legend.set_title(_said(("每側筆數", "deals a side"), font), prop=_text(font, 8))
    title = ("q ≤ 0.05 發現效果的比例", "Share of zones with an effect that are flagged, q ≤ 0.05")
    figure.suptitle(_said(title, font), fontproperties=_text(font, 10.5), color=INK)
    return figure


def _first_number(text: object) -> int:
    digits = "".join(c if c.isdigit() else " " for c in str(text)).split()
    return int(digits[0]) if digits else 0


def _caught(summary: pd.DataFrame, titles: _Titles, font: Path | None) -> Figure:
    """Share of worlds in which a check of land prices fires, scenario by check."""
    rows = summary[(summary["measure"] == "caught") & (summary["outcome"] == "land_price")]
    checks = list(dict.fromkeys(rows["estimator"]))
    table = rows.pivot_table(index="scenario", columns="estimator", values="value")
    share = table.reindex(index=list(titles), columns=checks).to_numpy(dtype=float)
    figure = Figure(figsize=(9.2, 0.42 * len(titles) + 1.6), layout="constrained")
    axis = figure.subplots()
    for row, column in np.ndindex(share.shape):
        value = share[row, column]
        if np.isfinite(value):
            step = min(int(value * len(SEQUENTIAL)), len(SEQUENTIAL) - 1)
            across, down = np.array([-0.5, 0.5, 0.5, -0.5]), np.array([-0.5, -0.5, 0.5, 0.5])
            axis.fill(column + across, row + down, color=SEQUENTIAL[step])
            ink = "white" if step >= 4 else INK
            axis.text(column, row, f"{100 * value:.0f}", ha="center", va="center", fontsize=8,
                      color=ink)  # fmt: skip
    axis.set_xlim(-0.5, len(checks) - 0.5)
    axis.set_xticks(range(len(checks)), checks, fontsize=8, rotation=20, ha="right")
    _scenario_axis(axis, titles, font)
    title = ("檢查發現問題的世界比例［%］（地價）", "Worlds in which a check fires [%], land price")
    figure.suptitle(_said(title, font), fontproperties=_text(font, 10.5), color=INK)
    return figure


def _scenario_axis(axis: "Axes", titles: _Titles, font: Path | None) -> None:
    labels = [f"{t[0]} ({name})" if font else t[1] for name, t in titles.items()]
    axis.set_yticks(range(len(titles)), labels, fontproperties=_text(font, 8.5))
    axis.set_ylim(len(titles) - 0.5, -0.5)


def _styled(axis: "Axes", title: str, font: Path | None) -> None:
    axis.set_title(title, fontproperties=_text(font, 10), color=INK)
    axis.grid(color="#e2e6e9", linewidth=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8, colors=MUTED_INK)


def _said(text: tuple[str, str], font: Path | None) -> str:
    return " ".join(dict.fromkeys(text)) if font else text[1]


def _text(font: Path | None, size: float) -> font_manager.FontProperties:
    if font is None:
        return font_manager.FontProperties(size=size)
    return font_manager.FontProperties(fname=str(font), size=size)
