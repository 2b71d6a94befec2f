"""The paragraph of a zone never says what its numbers do not."""

import math
import re
from collections import namedtuple

from hypothesis import given
from hypothesis import strategies as st

from landwatch.cartography.numbers import percent_change, percent_text
from landwatch.cartography.zone_sentence import zone_sentence

Row = namedtuple(
    "Row",
    "outcome estimate_log ci_low ci_high q_value q_axis mde_log status n_before n_after "
    "n_controls attacks_failed disagreement",
)


def _row(outcome, value=0.2, half=0.1, q=0.01, q_all=0.01, mde=0.15, failed="", other=""):
    return Row(
        outcome, value, value - half, value + half, q, q_all, mde, "estimated", 40, 50, 6, failed,
        other,
    )  # fmt: skip


def _missing(outcome):
    nan = math.nan
    status = "insufficient_data: no control in county"
    return Row(outcome, nan, nan, nan, nan, nan, nan, status, 0, 0, 0, "", "")


def _told(*rows, verdict=("price_rise", "moderate")):
    return zone_sentence("太麻里鄉", verdict, rows, fdr=0.05, level=0.95)


def test_flagged_outcomes_speak_with_interval_and_numbers():
    zh, en = _told(_row("land_price"), _row("house_price", 0.0, q=0.9), _missing("births"))
    assert zh.startswith("太麻里鄉：")
    assert "土地單價與對照相比 +22.1%（95% 區間 +10.5% 至 +35.0%；起始前 40 筆、後 50 筆" in zh
    assert "房屋單價" not in zh
    assert "共 3 項指標，2 項有估計，1 項資料不足。" in zh
    assert "40 deals before, 50 after, 6 control towns" in en


def test_where_nothing_is_flagged_the_sharpest_outcome_speaks():
    zh, _ = _told(
        _row("land_price", 0.0, mde=0.4),
        _row("house_price", 0.0, mde=0.2),
        verdict=("no_change", ""),
    )
    assert "房屋單價" in zh
    assert "土地單價" not in zh


def test_an_outcome_sure_within_its_own_family_only_is_not_called_flagged():
    both, _ = _told(_row("land_price"))
    one, _ = _told(_row("land_price", q_all=0.2))
    assert both != one


def test_failed_attacks_and_other_estimators_are_told():
    zh, en = _told(_row("land_price", failed="date,window", other="synthetic_did"))
    assert "經不起：" in zh
    assert "another estimator disagrees" in en.lower()


logs = st.floats(-1.0, 1.0)


@given(st.lists(st.tuples(logs, st.floats(0.01, 0.5), st.floats(0, 1)), min_size=1, max_size=4))
def test_no_direction_is_claimed_against_the_numbers(found):
    names = ("land_price", "farmland_price", "house_price", "rent")
    rows = [
        _row(name, value, half, q, q) for name, (value, half, q) in zip(names, found, strict=False)
    ]
    zh, en = _told(*rows, verdict=("insufficient", ""))
    shown = {percent_text(percent_change(row.estimate_log)) for row in rows}
    said = re.findall(r"與對照相比 (\S+?)（", zh)
    assert said
    assert set(said) <= shown
    flagged = [r for r in rows if r.q_value <= 0.05 and not r.ci_low <= 0 <= r.ci_high]
    assert len(said) == max(1, len(flagged))
    assert en.count("against the controls:") == len(said)
