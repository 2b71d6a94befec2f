"""備註: which remarks exclude a price."""

import polars as pl
import pytest

from landwatch.vocabulary.notes import is_arms_length, note_codes


def judged(note: str) -> tuple[str, bool]:
    frame = pl.DataFrame({"n": [note]}).select(note_codes(pl.col("n")).alias("c"))
    return frame.with_columns(is_arms_length(pl.col("c")).alias("a")).row(0)


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("親友、員工、共有人或其他特殊關係間之交易;", "special_relation"),
        ("二親等買賣", "special_relation"),
        ("共有人承買", "special_relation"),
        ("協議價購;", "government"),
        ("向政府機關承購之案件。;", "government"),
        ("地清或未辦繼承標售;", "auction"),
        ("受債權債務影響或債務抵償之交易", "distressed"),
        ("畸零地或有合併使用之交易", "remnant"),
        ("包含公共設施保留地之交易", "public_facility"),
        ("建商與地主合建案", "joint_development"),
        ("單獨車位交易", "parking_only"),
    ],
)
def test_phrases_that_are_not_market_prices_exclude(note: str, code: str) -> None:
    """Each phrase of the register's check boxes is recognised and excludes."""
    codes, arms_length = judged(note)
    assert code in codes.split(";")
    assert not arms_length


@pytest.mark.parametrize(
    "note",
    [
        "",
        "含增建或未登記建物。;",
        "預售屋",
        "農作物",
        "含傢俱設備費",
        "共有人2人",
        "土地增值稅由買方負擔",
    ],
)
def test_a_note_by_itself_never_excludes(note: str) -> None:
    """Extensions, presales, crops, fittings, taxes and the number of owners are kept."""
    assert judged(note)[1]
