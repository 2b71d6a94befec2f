"""備註: what the remarks of a deal say, and what follows for its price.

The phrases are those of the register's own check boxes (實價登錄 申報書, 備註欄) and the free text
people write in their place. A note by itself never excludes a deal; a phrase of class
``exclude`` does. ``review`` phrases are counted and kept.
"""

from dataclasses import dataclass
from typing import Final, Literal

import polars as pl


@dataclass(frozen=True, slots=True)
class NotePhrase:
    """One class of remark.

    Attributes
    ----------
    code : str
        Name used in tables.
    treatment : {"exclude", "review", "keep"}
        ``exclude``: the price is not one between strangers on the open market.
    pattern : str
        Regular expression searched in the folded note.
    reason : str
        Why, in one sentence.
    """

    code: str
    treatment: Literal["exclude", "review", "keep"]
    pattern: str
    reason: str


PHRASES: Final = (
    NotePhrase(
        "special_relation",
        "exclude",
        r"親友|親屬|[一二三四]親?等|兄弟|姊妹|姐妹|父子|父女|母子|母女|夫妻|配偶|員工|特殊關係|"
        r"特殊交易|共有人(?:間|承買|承購|或其他)",
        "buyer and seller are relatives, employees, co-owners or otherwise related",
    ),
    NotePhrase(
        "government",
        "exclude",
        r"協議價購|徵收|區段徵收|政府機關(?:標|讓|承購)|向政府機關承購|水利地承購|標讓售|國有.{0,4}讓售",
        "bought by or from government at a set or negotiated price",
    ),
    NotePhrase(
        "auction",
        "exclude",
        r"法拍|拍賣|標售|地清",
        "sold by auction or tender",
    ),
    NotePhrase(
        "distressed",
        "exclude",
        r"債權債務|債務抵償|抵償債務|急買急賣|瑕疵|民情風俗|凶宅",
        "price under pressure of debt, haste or a defect",
    ),
    NotePhrase(
        "remnant",
        "exclude",
        r"畸零地|合併使用|占用|佔用",
        "odd-shaped or occupied land whose value lies with a neighbour",
    ),
    NotePhrase(
        "public_facility",
        "exclude",
        r"公共設施保留地|公設保留地|公設地",
        "land reserved for public facilities, priced by its transfer rights",
    ),
    NotePhrase(
        "joint_development",
        "exclude",
        r"合建|都更|都市更新|權利變換",
        "exchange between land owner and builder",
    ),
    NotePhrase("parking_only", "exclude", r"僅車位|單獨車位", "only a parking place changed hands"),
    NotePhrase("superficies", "exclude", r"地上權", "a right to build, not the land"),
    NotePhrase("partial_share", "review", r"34\s*條之\s*1|持分", "a share of a property"),
    NotePhrase("split_registration", "review", r"分件登記|分次登記", "registered in two cases"),
    NotePhrase(
        "crops", "review", r"農作物|果樹|地上物|農業設施", "price includes what grows there"
    ),
    NotePhrase("indigenous_land", "review", r"原住民保留地|原保地", "transferable to few buyers"),
    NotePhrase("presale", "keep", r"預售", "bought before completion"),
    NotePhrase(
        "unregistered_building",
        "keep",
        r"增建|未登記建物|未保存|頂樓加蓋|陽台外推|夾層",
        "part of the building is not in the register",
    ),
    NotePhrase("furnished", "keep", r"傢俱|裝潢|機電設備", "price includes fittings"),
    NotePhrase("taxes_fees", "keep", r"增值稅|仲介費|地政士服務費|契稅|印花稅", "taxes or fees"),
)


def note_codes(note: pl.Expr) -> pl.Expr:
    """Return the classes a note falls into, joined by ``;`` in the order of `PHRASES`.

    Parameters
    ----------
    note : polars.Expr
        Folded notes.

    Returns
    -------
    polars.Expr
        Text, empty where no phrase is recognised.

    Examples
    --------
    >>> notes = pl.DataFrame({"n": ["親友、員工或其他特殊關係間之交易。;", "共有人2人", "含增建"]})
    >>> notes.select(note_codes(pl.col("n"))).to_series().to_list()
    ['special_relation', '', 'unregistered_building']
    """
    found = [
        pl.when(note.str.contains(phrase.pattern)).then(pl.lit(phrase.code)) for phrase in PHRASES
    ]
    return pl.concat_str(found, separator=";", ignore_nulls=True)


def is_arms_length(codes: pl.Expr) -> pl.Expr:
    """Tell deals between strangers on the open market, as far as the note says.

    Parameters
    ----------
    codes : polars.Expr
        Result of `note_codes`.

    Returns
    -------
    polars.Expr
        False where any class excludes.

    Examples
    --------
    >>> codes = pl.DataFrame({"c": ["special_relation;presale", "presale", ""]})
    >>> codes.select(is_arms_length(pl.col("c"))).to_series().to_list()
    [False, True, True]
    """
    excluding = "|".join(p.code for p in PHRASES if p.treatment == "exclude")
    return ~codes.str.contains(rf"(?:^|;)(?:{excluding})(?:;|$)")
