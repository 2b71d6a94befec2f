"""The page about calibration: what was asked, what came out, and what did not hold."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from landwatch.schemas.storage import whole_file
from landwatch.synthetic.design_scenarios import DesignScenario

if TYPE_CHECKING:
    from pipelines.calibrate import CalibrationPlan

NOMINAL: Final = 0.05
HELD: Final = (0.93, 0.97)
"""Coverage wanted of 95 % intervals."""

_OUTCOMES: Final = {"land_price": "land price 地價", "population": "population 人口"}
_POOLED: Final = {"twfe": "twfe", "callaway_santanna": "C–S", "imputation": "imputation"}
"""Pooled estimators shown here; calibration.csv has every one."""

_FIGURES: Final = {
    "false_flags.png": "False flags 錯報",
    "power.png": "Power 檢定力",
    "coverage.png": "Coverage 涵蓋率",
    "caught.png": "Checks 檢查",
}

_INTRODUCTION: Final = """# Calibration 校準

{worlds} worlds of known truth for each of {n} scenarios (seed {seed}) went through the functions
`landwatch run` uses: hedonic adjustment → effects of zones → pooled estimators → verdicts. Pooled
estimators ran in every {pooled} and checks in every {checks} worlds. 以已知真值的模擬世界檢驗：
錯報、檢定力、區間涵蓋率，以及假設不成立時檢查能否發現。

Regenerate 重新產生: `{command}`. All numbers: [calibration.csv](calibration/calibration.csv),
[power.csv](calibration/power.csv). Behind ± stands one Monte Carlo standard error: binomial for
shares of worlds, over worlds for shares of zones (zones of a world share controls). A share of
0 % in W worlds rules out more than 3/W with 95 % confidence.

## What a world is 世界的樣子

Model rows drawn directly: 6 counties × 12 towns, 4 or 5 treated each (27 zones, 45 never treated;
two runs of neighbouring zones on the ring of towns of a county), deals of 2012-01 to 2025-06, date
2019-01-03, and a panel of yearly growth 2014–2023. Every other zone has an effect; the rest none.

| | real land prices | real farmland | world |
|---|---|---|---|
| towns and zones by county, median | 14, 4.5 | 14, 8 | 12, 4–5 |
| deals of a treated town before the date, quartiles | 16, 81, 169 | 7, 154, 381 | 45, 75, 110 |
| rows a place, median; places a town | 6; 10 | 11; 16 | 7; 13 |
| noise of an adjusted deal [log] | .48 | .55 | .49 |
| its spread over towns, 10–90 % | .40–.65 | .38–.76 | .44–.55 |
| inflation by shared place and quarter | 1.5 | 1.3 | 1.3 |
| change between towns beyond noise, τ | .11 | .08 | .10 |
| heaviest tail not ruled out (degrees of freedom) | 3 | 3 | 4.5 |
| spread of changes of counties | .26 | .31 | .19–.27 |
| standard error of a zone, median | .154 | .120 | .14 |
| smallest detectable effect, median | .46 | .36 | .44 |

Growth of population: standard error of a zone .0079 per year in the real study, .007–.008 here.
The real series allows two years of growth on each side (2016–17, 2020–21), too few to test a drift;
the worlds have five on each side, so that checks of the panel look better here than they can there.
Towns' wanderings are yearly steps of a heavy-tailed walk, not one jump at the date.
"""

_READING: Final = """
## What this does not show 未涵蓋之處

Breaks have one size each, chosen so that an undetected one would matter (0.25–0.35 log points of
false change in land prices), and hit every zone or every other; smaller ones are caught less often.
Checks pool all zones: they can tell that a design is broken, not which zone. A zone of part of a
town, several zones in a town, rents, births and real geography are not in these worlds; the
complete path from official files is tested by `landwatch simulate` in tests/integration.
"""


def write_calibration_page(
    page: Path,
    plan: "CalibrationPlan",
    scenarios: Sequence[DesignScenario],
    summary: pd.DataFrame,
    power: pd.DataFrame,
    figures: Sequence[str],
) -> None:
    """Write the page.

    Parameters
    ----------
    page : pathlib.Path
        Markdown file; figures lie in ``calibration/`` beside it.
    plan : CalibrationPlan
        What was run.
    scenarios : sequence of DesignScenario
        Scenarios in order.
    summary, power : DataFrame
        Tables of `landwatch.models.calibration_summary`.
    figures : sequence of str
        Names of figures.
    """
    values = _Values(summary)
    pieces = [
        _INTRODUCTION.format(
            worlds=plan.worlds, n=len(scenarios), seed=plan.seed, pooled=plan.pooled_every,
            checks=plan.checks_every, command=_command(plan),
        ),
        _scenario_table(scenarios),
        _findings(scenarios, values),
        _false_table(scenarios, values),
        _coverage_table(scenarios, values),
        _power_table(power),
        _caught_table(scenarios, values),
        *(f"![{_FIGURES.get(name, name)}](calibration/{name})\n" for name in figures),
        _READING,
    ]  # fmt: skip
    with whole_file(page) as draft:
        draft.write_text("\n".join(pieces), encoding="utf-8")


def _command(plan: "CalibrationPlan") -> str:
    from pipelines.calibrate import CalibrationPlan

    default = CalibrationPlan()
    told = [f"landwatch calibrate --worlds {plan.worlds} --seed {plan.seed}"]
    if plan.scenarios != default.scenarios:
        told += [f"--scenario {name}" for name in plan.scenarios]
    for name in ("pooled_every", "checks_every"):
        if getattr(plan, name) != getattr(default, name):
            told.append(f"--{name.replace('_', '-')} {getattr(plan, name)}")
    return " ".join(told)


class _Values:
    """Values of the summary by scenario, outcome, estimator and measure."""

    def __init__(self, summary: pd.DataFrame) -> None:
        keys = ["scenario", "outcome", "estimator", "measure"]
        self._rows: Mapping[Any, Any] = summary.set_index(keys)[
            ["value", "mc_error", "n_worlds"]
        ].T.to_dict()

    def bounds(self, *key: str) -> tuple[float, float]:
        """Two Monte Carlo errors either way; three over the worlds where a share is 0 or 1."""
        value, error = self.of(*key)
        if value in {0.0, 1.0}:
            error = max(error, 1.5 / float(self._rows[key]["n_worlds"]))
        return value - 2.0 * error, value + 2.0 * error

    def bias(self, scenario: str, outcome: str, estimator: str) -> str:
        """In percent of the effect, or in log points where there is none."""
        share = self.percent(scenario, outcome, estimator, "bias_share")
        value, error = self.of(scenario, outcome, estimator, "bias")
        return share if share != "–" or pd.isna(value) else f"{value:+.3f} ± {error:.3f} log"

    def of(self, *key: str) -> tuple[float, float]:
        row = self._rows.get(key, {"value": float("nan"), "mc_error": float("nan")})
        return float(row["value"]), float(row["mc_error"])

    def percent(self, *key: str) -> str:
        value, error = self.of(*key)
        if pd.isna(value):
            return "–"
        return f"{100 * value:.1f}" + ("" if pd.isna(error) else f" ± {100 * error:.1f}")


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _scenario_table(scenarios: Sequence[DesignScenario]) -> str:
    rows = [
        [s.name, f"{s.title[0]} {s.title[1]}", _effects(s), ", ".join(s.caught_by) or "–"]
        for s in scenarios
    ]
    header = ("scenario", "情境", "effects: land [log]; growth [log/year]", "should be noticed by")
    return _table(header, rows)


def _effects(scenario: DesignScenario) -> str:
    if not scenario.land:
        return "none"
    told = [", ".join(f"{e:g}" for e in effects) for effects in (scenario.land, scenario.growth)]
    ramp = f", growing over {scenario.ramp_years:g} years" if scenario.ramp_years else ""
    return f"{told[0]}; {told[1]}{ramp}"


def _findings(scenarios: Sequence[DesignScenario], values: _Values) -> str:
    """Say plainly where the nominal rates do not hold, and whether that was noticed."""
    lines = [*_broken_rates(scenarios, values), *_broken_coverage(scenarios, values)]
    told = lines or ["Every rate is within two Monte Carlo errors of what was asked."]
    return "\n## Where it does not hold 不成立之處\n\n" + "\n".join(f"* {line}" for line in told)


def _broken_rates(scenarios: Sequence[DesignScenario], values: _Values) -> Iterator[str]:
    for scenario in scenarios:
        for outcome, label in _OUTCOMES.items():
            if not values.bounds(scenario.name, outcome, "zones", "fdr")[0] > NOMINAL:
                continue
            noticed = [
                f"{check} in {values.percent(scenario.name, outcome, check, 'caught')} % of worlds"
                for check in scenario.caught_by
            ]
            grades = ", ".join(
                f"{grade} {values.of(scenario.name, 'verdict', 'zones', f'false_{grade}')[0]:.2f}"
                for grade in ("strong", "moderate", "weak")
            )
            yield (
                f"**{scenario.name}**, {label}: false discovery rate "
                f"{values.percent(scenario.name, outcome, 'zones', 'fdr')} %, above 5 %. Noticed "
                f"by {'; '.join(noticed) or 'nothing: no check is meant to'}. False verdicts per "
                f"world by confidence, at most: {grades}."
            )


def _broken_coverage(scenarios: Sequence[DesignScenario], values: _Values) -> Iterator[str]:
    for scenario in (s for s in scenarios if not s.caught_by):
        for outcome, label in _OUTCOMES.items():
            for estimator in ("zones", *_POOLED):
                key = (scenario.name, outcome, estimator, "coverage")
                low, high = values.bounds(*key)
                if high < HELD[0]:
                    yield (f"**{scenario.name}**, {label}, {estimator}: intervals hold the truth "
                           f"in {values.percent(*key)} %, too short.")  # fmt: skip
                elif low > HELD[1]:
                    yield (f"**{scenario.name}**, {label}, {estimator}: intervals hold the truth "
                           f"in {values.percent(*key)} %, longer than need be.")  # fmt: skip


def _false_table(scenarios: Sequence[DesignScenario], values: _Values) -> str:
    measures = ("fdr", "any_false", "size")
    rows = []
    for s in scenarios:
        cells = [values.percent(s.name, o, "zones", m) for o in _OUTCOMES for m in measures]
        cells.append(values.percent(s.name, "verdict", "zones", "any_false"))
        cells.append(values.percent(s.name, "verdict", "zones", "fdr"))
        cells += [_by_grade(values, s.name, kind) for kind in ("false", "true")]
        rows.append([s.name, *cells])
    header = ["scenario", *(f"{o} {m}" for o in ("land", "population") for m in measures)]
    header += ["any false verdict", "verdict fdr", "false verdicts a world", "true ones"]
    text = (
        "\n## False flags 錯報 [%]\n\nfdr: mean share of false among all flags (q ≤ .05); "
        "any_false: worlds with a false flag; size: zones without effect with p ≤ .05. Verdicts "
        "take both outcomes; their numbers a world are strong / moderate / weak, the highest they "
        "could be: other dates, controls and samples are not tried here.\n\n"
    )
    return text + _table(header, rows)


def _by_grade(values: _Values, scenario: str, kind: str) -> str:
    grades = (
        values.of(scenario, "verdict", "zones", f"{kind}_{g}")[0]
        for g in ("strong", "moderate", "weak")
    )
    return " / ".join(f"{g:.2f}" for g in grades)


def _coverage_table(scenarios: Sequence[DesignScenario], values: _Values) -> str:
    rows = []
    for s in scenarios:
        for outcome, label in _OUTCOMES.items():
            cells = []
            for estimator in ("zones", *_POOLED):
                cells.append(values.percent(s.name, outcome, estimator, "coverage"))
                cells.append(values.bias(s.name, outcome, estimator))
            rows.append([s.name, label.split()[0], *cells])
    header = ["scenario", "outcome"]
    header += [f"{e} {m}" for e in ("zones", *_POOLED.values()) for m in ("coverage", "bias")]
    text = (
        "\n## Coverage and bias 涵蓋率與偏誤 [%]\n\nBias in % of the effect, or in log points "
        "where there is none. twfe is held to the mean effect over treated rows, the others to "
        "the mean over treated years.\n\n"
    )
    return text + _table(header, rows)


def _power_table(power: pd.DataFrame) -> str:
    rows = [
        [r["scenario"], r["outcome"], f"{r['planted']:g}", f"{r['effect']:.3f}", r["rows_a_side"],
         f"{100 * r['power']:.0f} ± {100 * r['mc_error']:.0f}",
         f"{100 * r['power_unadjusted']:.0f}", f"{r['n']}"]
        for r in power[power["scenario"].isin(["homogeneous", "heterogeneous", "staggered"])]
        .to_dict("records")
    ]  # fmt: skip
    header = ("scenario", "outcome", "planted", "mean effect", "deals a side",
              "power, q ≤ .05", "p ≤ .05", "zones")  # fmt: skip
    text = (
        "\n## Power 檢定力 [%]\n\nq asks far more than p. A likely reason, not tested apart: p "
        "follows the heaviest tail that the never-treated towns do not rule out, and the very "
        "small p-values that Benjamini–Hochberg needs among many zones are hardly reached.\n\n"
    )
    return text + _table(header, rows)


def _caught_table(scenarios: Sequence[DesignScenario], values: _Values) -> str:
    from landwatch.models.alarms import CHECKS

    rows = []
    for s in scenarios:
        for outcome, label in _OUTCOMES.items():
            cells = [values.percent(s.name, outcome, check, "caught") for check in CHECKS]
            marked = [f"**{c}**" if n in s.caught_by and c != "–" else c
                      for n, c in zip(CHECKS, cells, strict=True)]  # fmt: skip
            drift = values.percent(s.name, outcome, "zones", "false_with_drift")
            fragile = values.percent(s.name, outcome, "zones", "false_fragile")
            rows.append([s.name, label.split()[0], *marked, drift, fragile])
    header = ["scenario", "outcome", *CHECKS, "false flags with own drift", "… drift borne < 1"]
    text = (
        "\n## What the checks notice 檢查 [% of worlds, p ≤ .05]\n\nBold: the check that should. "
        "In other scenarios 5 % is what a sound test does. few_treated is a rule, not a test. The "
        "last two columns: share of false flags whose own zone drifted before (p ≤ .05), and "
        "whose breakdown value is below 1.\n\n"
    )
    return text + _table(header, rows)
