"""The trace behind a verdict, drawn for a terminal."""

import math
import unicodedata
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Drawn

from landwatch.cartography.catalogue import YEARLY, bilingual, estimator_label
from landwatch.cartography.numbers import percent_change, percent_text, q_text
from landwatch.cartography.trace_wording import COLUMNS, FLOW, TRACE
from landwatch.measures.disclosure import DISTANCE_STEP_M
from landwatch.schemas.explanation import (
    Case,
    ContextLine,
    Deal,
    EffectLine,
    Explanation,
    Ratios,
    SourceFile,
    Text,
)

MAX_LINES = 12
"""Lines of one file told on the screen."""


def draw_trace(told: Explanation) -> RenderableType:
    """Draw an explanation as text and tables.

    Parameters
    ----------
    told : Explanation
        What is to be shown.

    Returns
    -------
    rich.console.RenderableType
        Chinese first, English below; whatever comes from data is plain text.
    """
    evidence = _years(told) if told.years else _flow(told)
    parts = [_head(told), *_estimates(told), *_followed(told), *evidence]
    parts += [*_cases(told), *_sources(told), *_notes(told)]
    return Group(*parts)


def plain(text: str) -> str:
    """Return text from data without characters that steer a terminal.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Control and formatting characters replaced by a visible sign.

    Examples
    --------
    >>> plain("某段\\x1b[31m")
    '某段�[31m'
    """
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf"} else c for c in text)


def _both(text: Text, style: str = "") -> list[RenderableType]:
    return [Drawn(plain(text[0]), style=style), Drawn(plain(text[1]), style="dim")]


def _title(key: str) -> Drawn:
    zh, en = TRACE[key]
    return Drawn(f"\n{zh}  {en}", style="bold")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        zh, en = COLUMNS[name]
        right = name not in {"outcome", "estimator", "rule", "place", "source", "file", "compared"}
        table.add_column(
            Drawn(f"{zh}\n{en}"), justify="right" if right else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(Drawn("\n".join(plain(p) for p in cell.split("\n"))) for cell in row))
    return table


def _head(told: Explanation) -> Group:
    start, results = TRACE["start"], TRACE["results_of"]
    verdict, strength = bilingual(f"verdict_{told.verdict}"), ""
    if told.confidence:
        zh, en = bilingual(f"confidence_{told.confidence}")
        strength = f" · {zh} {en}"
    where = f"{told.zone_name} ({told.zone_id}) · {start[0]} {start[1]} {told.effective}"
    made = f"{told.study} · {results[0]} {results[1]} {told.date}"
    return Group(
        Drawn(plain(f"{where} · {made}"), style="bold"),
        Drawn(f"\n判定 Verdict: {verdict[0]} {verdict[1]}{strength}", style="bold"),
        *_both(told.meaning),
        *_both(told.reasons_text),
    )


def _change(log: float) -> str:
    return percent_text(percent_change(log)) if math.isfinite(log) else "–"


def _interval(low: float, high: float) -> str:
    finite = math.isfinite(low) and math.isfinite(high)
    return f"{_change(low)} … {_change(high)}" if finite else "–"


def _estimates(told: Explanation) -> list[RenderableType]:
    columns = ("outcome", "change", "interval", "p", "q", "rows", "controls", "mde")
    table = _table(columns, (_effect_row(line, told.fdr) for line in told.effects))
    sentences = [part for line in told.effects for part in _both(line.sentence)]
    return [_title("estimates"), table, *sentences]


def _effect_row(line: EffectLine, fdr: float) -> tuple[str, ...]:
    yearly = ("（每年）", " a year") if line.outcome in YEARLY else ("", "")
    return (
        f"{line.label[0]}{yearly[0]}\n{line.label[1]}{yearly[1]}",
        _change(line.estimate_log),
        _interval(line.ci_low, line.ci_high),
        q_text(line.p_value, fdr) or "–",
        q_text(line.q_value, fdr) or "–",
        f"{line.n_before}/{line.n_after}",
        f"{line.n_controls}",
        _change(line.mde_log),
    )


def _followed(told: Explanation) -> list[RenderableType]:
    label = next(line.label for line in told.effects if line.outcome == told.outcome)
    chosen = (f"{label[0]}（{told.chosen[0]}）", f"{label[1]} ({told.chosen[1]})")
    parts = [_title("followed"), *_both(chosen)]
    pooled = [line for line in told.pooled if math.isfinite(line.estimate_log)]
    if pooled:
        parts += _both(TRACE["pooled"])
        rows = ((_estimator(line), *_context_cells(line), f"{line.n_obs:,}") for line in pooled)
        parts.append(_table(("estimator", "change", "interval", "n"), rows))
    for name in dict.fromkeys(line.estimator for line in told.event_study):
        parts += _event(told, name)
    return parts


def _event(told: Explanation, estimator: str) -> list[RenderableType]:
    lines = [line for line in told.event_study if line.estimator == estimator]
    lines = [line for line in lines if math.isfinite(line.estimate_log)]
    if not lines:
        return []
    zh, en = TRACE["event"]
    rows = ((f"{line.relative_period:+d}", *_context_cells(line)) for line in lines)
    title = Drawn(f"{zh} {en} · {_estimator(lines[0])}")
    return [title, _table(("period", "change", "interval"), rows)]


def _estimator(line: ContextLine) -> str:
    zh, en = estimator_label(line.estimator)
    return zh if zh == en else f"{zh} {en}"


def _context_cells(line: ContextLine) -> tuple[str, str]:
    return _change(line.estimate_log), _interval(line.ci_low, line.ci_high)


def _flow(told: Explanation) -> list[RenderableType]:
    if not told.flow:
        return []
    rows = (
        (
            f"{FLOW.get(line.step, '')} {line.step}".strip(),
            f"{line.rows_left:,}",
            f"{line.rows_dropped:,}" if line.rows_dropped else "",
        )
        for line in told.flow
    )
    return [_title("flow"), _table(("rule", "left", "dropped"), rows)]


def _years(told: Explanation) -> list[RenderableType]:
    rows = (
        (
            str(line.year),
            f"{line.value:,.0f}",
            _change(line.growth_log),
            _change(line.controls_growth_log),
            "不比較 not compared" if line.is_break else "",
        )
        for line in told.years
    )
    return [
        _title("years"),
        _table(("year", "value", "growth", "their_growth", "compared"), rows),
    ]


def _cases(told: Explanation) -> list[RenderableType]:
    if told.zone_ratios is None and not told.cases:
        return []
    parts: list[RenderableType] = [_title("case")]
    if told.zone_ratios is not None:
        search = told.search
        asked = {"months": search["months_before_start"], "radius": search["radius_m"]}
        zh, en = (t.format(**asked, k=search["k"]) for t in TRACE["search"])
        parts += _both((zh, en))
        parts += _both(_ratio_text("ratios_zone", told.zone_ratios))
        if told.control_ratios is not None:
            parts += _both(_ratio_text("ratios_control", told.control_ratios))
        parts += _both(TRACE["ratios_note"])
    for case in told.cases:
        parts += _case(case)
    return [*parts, *_both(TRACE["hidden"])]


def _ratio_text(key: str, ratios: Ratios) -> Text:
    median = f"{ratios.median:.2f}" if math.isfinite(ratios.median) else "–"
    names = ("deals", "located", "compared", "in_section")
    counts = {name: f"{getattr(ratios, name):,}" for name in names}
    zh, en = (text.format(**counts, median=median) for text in TRACE[key])
    return zh, en


def _case(case: Case) -> list[RenderableType]:
    zh, en = TRACE[case.role]
    title = f"\n◆ {zh} {en}"
    if math.isfinite(case.contribution_log):
        words = TRACE["contribution"]
        title += f" · {words[0]} {words[1]}: {_change(case.contribution_log)}"
    columns = ("date", "place", "area", "price", "ratio", "distance", "source")
    rows = [_deal_row("◆ ", case.deal), *(_deal_row("", deal) for deal in case.comparables)]
    return [Drawn(title, style="bold"), _table(columns, rows)]


def _deal_row(sign: str, deal: Deal) -> tuple[str, ...]:
    def number(value: float, decimals: int) -> str:
        """Digits, or a dash where nothing is known or told."""
        return f"{value:,.{decimals}f}" if math.isfinite(value) else "–"

    return (
        f"{sign}{deal.date.isoformat()}",
        deal.place,
        number(deal.area_m2, 1),
        number(deal.unit_price_twd_m2, 0),
        number(deal.ratio, 2),
        "" if sign else _distance(deal.distance_m),
        f"{deal.source_file}:{deal.source_line}",
    )


def _distance(metres: float) -> str:
    if not math.isfinite(metres):
        return "–"
    return f"{metres:,.0f} m" if metres else f"< {DISTANCE_STEP_M / 2:.0f} m"


def _sources(told: Explanation) -> list[RenderableType]:
    if not told.sources:
        return []
    table = _table(("file", "read", "lines"), (_source_row(s) for s in told.sources[:MAX_LINES]))
    more = len(told.sources) - MAX_LINES
    rest = [Drawn(f"… 另 {more} 檔 {more} more files")] if more > 0 else []
    return [_title("sources"), table, *rest, *_both(TRACE["full_hashes"])]


def _source_row(source: SourceFile) -> tuple[str, ...]:
    shown = ", ".join(str(line) for line in source.lines[:MAX_LINES])
    more = len(source.lines) - MAX_LINES
    counts = (source.rows_read, source.rows_accepted, source.rows_rejected, source.rows_duplicate)
    return (
        f"{source.source_file}\nsha256 {source.sha256[:16]}…",
        "/".join(f"{count:,}" for count in counts),
        f"{shown} … +{more}" if more > 0 else shown,
    )


def _notes(told: Explanation) -> list[RenderableType]:
    notes = [part for note in told.notes for part in _both(note)]
    return [_title("notes"), *notes, *_both(TRACE["no_cause"])]
