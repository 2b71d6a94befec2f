"""Effect of each zone by synthetic DiD and by imputation, with never-treated towns as placebos.

Beside `landwatch.models.zone_effects`: other counterfactuals for the same zones and years. For a
panel the value is annual growth and the estimate a change of it [log points / year]; estimators
then end in ``_growth``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from landwatch.models.estimators.synthetic_weights import synthetic_weights
from landwatch.models.sample import adjusted_rows
from landwatch.models.zone_noise import NoiseModel, change_scale, fit_noise, rank_scaled
from landwatch.models.zone_paths import DonorBlock, ZonePaths, donor_block, zone_paths
from landwatch.models.zone_years import PeriodEffects, fit_period_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landwatch.models.specification import Specification

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

COLUMNS: Final = (
    "zone_id",
    "outcome",
    "estimator",
    "estimate_log",
    "std_error",
    "ci_low",
    "ci_high",
    "p_value",
    "n_pre",
    "n_post",
    "n_donors",
    "pre_rmspe",
    "status",
    "notes",
)
WEIGHT_COLUMNS: Final = ("zone_id", "outcome", "town_code", "weight")
ESTIMATORS: Final = ("synthetic_did", "imputation")
MIN_YEARS: Final = {"deals": (3, 2), "panel": (2, 2)}
"""Fewest years before and after the turn, by kind of outcome."""
MIN_DONORS: Final = 6
MIN_PLACEBOS: Final = 19
"""Fewest placebos with which a test at 5 % can reject."""


@dataclass(frozen=True, slots=True)
class SingleZones:
    """What was found.

    Attributes
    ----------
    effects : DataFrame
        Columns `COLUMNS`: one row per zone and estimator.
    weights : DataFrame
        Columns `WEIGHT_COLUMNS`: shares of donors in each synthetic zone.
    placebos : DataFrame
        ``estimator``, ``scope``, ``counties``, ``turn``, ``town_code``, ``estimate``, ``scale``:
        every donor as if it were treated.
    """

    effects: pd.DataFrame
    weights: pd.DataFrame
    placebos: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Fit:
    estimate: float
    scale: float
    pre_rmspe: float
    n_pre: int
    n_post: int
    n_donors: int
    weights: "Floats | None" = None


def fit_single_zones(frame: pd.DataFrame, spec: "Specification") -> SingleZones:
    """Estimate every zone of an outcome by synthetic DiD and by imputation.

    Parameters
    ----------
    frame : DataFrame
        Deals with ``adjusted_log_price`` (see `fit_hedonic`), or town-years.
    spec : Specification
        The outcome's specification.

    Returns
    -------
    SingleZones
        Effects, donor weights and placebos.

    Raises
    ------
    InputError
        If the rows have faults.

    Notes
    -----
    ``synthetic_did`` uses the years in which the zone and the complete donors have values;
    ``imputation`` (unit and year effects from never-treated towns and the zone's own years before)
    every year of every donor. Placebos: each donor as if treated, against the other donors of its
    block (its county, or all counties with a zone). A zone's estimate over its scale is ranked
    among the placebos of all blocks of its scope and year, each over its own scale; the interval is
    every constant effect not rejected. Scale: see `landwatch.models.zone_noise.change_scale`; thin
    markets are noisier. ``std_error`` is the scale times the root mean squared scaled placebo.
    Pooling takes noise in different counties to differ in scale only.

    References
    ----------
    Arkhangelsky et al. (2021), American Economic Review 111. Borusyak, K., Jaravel, X. and Spiess,
    J. (2024). Revisiting event-study designs. Review of Economic Studies 91.
    """
    paths = zone_paths(adjusted_rows(frame, spec), spec)
    zones = paths.units[paths.units["role"] == "zone"]
    found: list[dict[str, object]] = []
    placebos: list[pd.DataFrame] = []
    weights: list[pd.DataFrame] = []
    done: set[tuple[object, ...]] = set()
    for counties, turn in sorted(set(zip(zones["counties"], zones["turn"].tolist(), strict=True))):
        members = zones[(zones["counties"] == counties) & (zones["turn"] == turn)]
        block = donor_block(paths, counties)
        part = _part(paths, block, turn, spec)
        key = (block.names, turn)
        if key not in done:
            placebos.append(part.placebos().assign(counties=";".join(counties), turn=turn))
            done.add(key)
        for unit in members.index:
            rows, shares = part.zone(str(unit))
            found += rows
            weights.append(shares)
    table = _with_inference(found, _stacked(placebos, _PLACEBO_COLUMNS), spec)
    return SingleZones(
        table, _stacked(weights, WEIGHT_COLUMNS), _stacked(placebos, _PLACEBO_COLUMNS)
    )


_PLACEBO_COLUMNS: Final = (
    "estimator",
    "scope",
    "counties",
    "turn",
    "town_code",
    "estimate",
    "scale",
)


def _stacked(pieces: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    filled = [piece for piece in pieces if len(piece)]
    if not filled:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(filled, ignore_index=True)[list(columns)]


@dataclass(frozen=True, slots=True)
class _Part:
    """Zones of the same counties and date."""

    paths: ZonePaths
    block: DonorBlock
    turn: int
    spec: "Specification"
    after: "Bools"
    noise: NoiseModel

    def placebos(self) -> pd.DataFrame:
        """Fit every donor against the others of the block."""
        block, n = self.block, len(self.block.names)
        rows = []
        for i in range(n):
            others = np.arange(n) != i
            fits = self._fits(block.value[i], block.sampling[i], others)
            rows += [
                (name, block.scope, block.names[i].removeprefix("town "), f.estimate, f.scale)
                for name, f in fits.items()
                if isinstance(f, _Fit)
            ]
        columns = ["estimator", "scope", "town_code", "estimate", "scale"]
        return pd.DataFrame(rows, columns=columns)

    def zone(self, unit: str) -> tuple[list[dict[str, object]], pd.DataFrame]:
        """Fit one zone; a reason instead of numbers where it cannot be."""
        zone, everyone = unit.removeprefix("zone "), np.ones(len(self.block.names), dtype=bool)
        reason = self._too_thin(unit)
        fits: dict[str, _Fit | str] = (
            dict.fromkeys(ESTIMATORS, reason) if reason else self._fits(*self._row(unit), everyone)
        )
        head = {"zone_id": zone, "outcome": self.spec.outcome, "turn": self.turn}
        rows = [
            {**head, "estimator": name, "scope": self.block.scope, **_told(fit)}
            for name, fit in fits.items()
        ]
        fit = fits["synthetic_did"]
        if isinstance(fit, str) or fit.weights is None:
            return rows, pd.DataFrame(columns=list(WEIGHT_COLUMNS))
        towns = [n.removeprefix("town ") for n in np.array(self.block.names)[self.block.complete]]
        shares = pd.DataFrame({"town_code": towns, "weight": fit.weights})
        shares = shares[shares["weight"] > 0].assign(zone_id=zone, outcome=self.spec.outcome)
        return rows, shares[list(WEIGHT_COLUMNS)]

    def _row(self, unit: str) -> "tuple[Floats, Floats]":
        tables = (self.paths.value, self.paths.sampling)
        value, sampling = (table.loc[unit].to_numpy(dtype=float) for table in tables)
        return value, sampling

    def _too_thin(self, unit: str) -> str:
        if self.turn <= 0:
            return "no effective date"
        rows = self.paths.n_rows.loc[unit].to_numpy()
        counts = {"before": rows[~self.after].sum(), "after": rows[self.after].sum()}
        least = {"before": self.spec.min_before, "after": self.spec.min_after}
        word = "deals" if self.spec.kind == "deals" else "years"
        few = [
            f"{n} {word} {side} < {least[side]}" for side, n in counts.items() if n < least[side]
        ]
        return few[0] if few else ""

    def _fits(self, path: "Floats", sampling: "Floats", donors: "Bools") -> "dict[str, _Fit | str]":
        return {
            "synthetic_did": self._synthetic(path, sampling, donors),
            "imputation": self._imputation(path, sampling, donors),
        }

    def _enough(self, years: "Bools", n_donors: int) -> str:
        n_pre, n_post = int((years & ~self.after).sum()), int((years & self.after).sum())
        least_pre, least_post = MIN_YEARS[self.spec.kind]
        if n_donors < MIN_DONORS - 1:
            return f"{n_donors} donors < {MIN_DONORS}"
        if n_pre < least_pre:
            return f"{n_pre} years before with donors < {least_pre}"
        return f"{n_post} years after with donors < {least_post}" if n_post < least_post else ""

    def _synthetic(self, path: "Floats", sampling: "Floats", donors: "Bools") -> "_Fit | str":
        years = self.block.common & np.isfinite(path)
        chosen = donors & self.block.complete
        if reason := self._enough(years, int(chosen.sum())):
            return reason
        mix, own = self.block.value[chosen][:, years], path[years]
        n_pre = int((years & ~self.after).sum())
        fit = synthetic_weights(mix, own[None], n_pre)
        early = fit.gap[:n_pre] - fit.gap[:n_pre].mean()
        gap = own - mix.mean(axis=0)
        scale = change_scale(gap, sampling[years], self.after[years], self.noise)
        return _Fit(
            float(fit.effects.mean()), scale, float(np.sqrt((early**2).mean())),
            n_pre, len(own) - n_pre, int(chosen.sum()), fit.omega,
        )  # fmt: skip

    def _imputation(self, path: "Floats", sampling: "Floats", donors: "Bools") -> "_Fit | str":
        mix = self.block.value[donors]
        traded = np.isfinite(mix).sum(axis=0) >= MIN_DONORS - 1
        years = traded & np.isfinite(path)
        if reason := self._enough(years, int(donors.sum())):
            return reason
        own, after = path[years], self.after[years]
        mix = mix[:, years]
        mix = mix[np.isfinite(mix).sum(axis=1) >= 2]
        found: PeriodEffects = fit_period_effects(mix, own, after)
        if not found.is_identified:
            return "years of donors do not connect"
        gap = own - found.periods
        early, n_pre = gap[~after] - gap[~after].mean(), int((~after).sum())
        return _Fit(
            float(gap[after].mean() - gap[~after].mean()),
            change_scale(gap, sampling[years], after, self.noise),
            float(np.sqrt((early**2).mean())), n_pre, len(own) - n_pre, len(mix),
        )  # fmt: skip


def _part(paths: ZonePaths, block: DonorBlock, turn: int, spec: "Specification") -> _Part:
    after = np.asarray(paths.value.columns.to_numpy() >= turn)
    noise = fit_noise(block.value[:, ~after], block.sampling[:, ~after])
    return _Part(paths, block, turn, spec, after, noise)


def _told(fit: "_Fit | str") -> dict[str, object]:
    if isinstance(fit, str):
        return {"estimate": np.nan, "scale": np.nan, "pre_rmspe": np.nan, "n_pre": 0, "n_post": 0,
                "n_donors": 0, "reason": fit}  # fmt: skip
    return {
        "estimate": fit.estimate, "scale": fit.scale, "pre_rmspe": fit.pre_rmspe,
        "n_pre": fit.n_pre, "n_post": fit.n_post, "n_donors": fit.n_donors, "reason": "",
    }  # fmt: skip


def _with_inference(
    found: list[dict[str, object]], placebos: pd.DataFrame, spec: "Specification"
) -> pd.DataFrame:
    table = pd.DataFrame(found)
    if table.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    pools = {
        key: (part["estimate"] / part["scale"]).to_numpy(dtype=float)
        for key, part in placebos[placebos["scale"] > 0].groupby(["estimator", "scope", "turn"])
    }
    rows = table[["estimator", "scope", "turn"]].itertuples(index=False, name=None)
    own = [pools.get(key, np.empty(0)) for key in rows]
    ratio = (table["estimate"] / table["scale"]).to_numpy(dtype=float)
    drawn = np.array([len(pool) for pool in own])
    enough = np.isfinite(ratio) & (drawn >= MIN_PLACEBOS)
    reason = table["reason"].where(
        (table["reason"] != "") | enough,
        [f"{n} placebos < {MIN_PLACEBOS}" for n in drawn],
    )
    judged = pd.DataFrame(
        [
            rank_scaled(r, pool) if ok else (np.nan,) * 3
            for r, pool, ok in zip(ratio, own, enough, strict=True)
        ],
        columns=["p_value", "half", "spread"],
        index=table.index,
    )
    value = table["estimate"].where(enough).astype(float)
    half = judged["half"] * table["scale"].astype(float)
    suffix = "" if spec.kind == "deals" else "_growth"
    table = table.assign(
        estimator=table["estimator"] + suffix,
        estimate_log=value,
        std_error=judged["spread"] * table["scale"].astype(float),
        ci_low=value - half,
        ci_high=value + half,
        p_value=judged["p_value"],
        pre_rmspe=table["pre_rmspe"].where(enough).astype(float),
        status=np.where(enough, "estimated", "insufficient_data: " + reason),
        notes=[f"donors={s};placebos={n}" for s, n in zip(table["scope"], drawn, strict=True)],
    )
    return table.sort_values(["zone_id", "estimator"], ignore_index=True)[list(COLUMNS)]
