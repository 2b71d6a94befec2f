"""How a season was published: its header, its second header row, its encoding, its addresses."""

from dataclasses import dataclass
from typing import Final

from landwatch.vocabulary.lvr import RENT_HEADERS, SALE_HEADERS

_COMMON: Final = (
    "The villages and towns urban district,transaction sign,"
    "land sector position building sector house number plate,"
    "land shifting total area square meter,the use zoning or compiles and checks,"
    "the non-metropolis land use district,non-metropolis land use,"
    "transaction year month and day,transaction pen number,shifting level,total floor number,"
    "building state,main use,main building materials,construction to complete the years,"
    "building shifting total area,Building present situation pattern - room,"
    "building present situation pattern - hall,building present situation pattern - health,"
    "building present situation pattern - compartmented,Whether there is manages the organization,"
)
_TAIL: Final = (
    "total price NTD,the unit price (NTD / square meter),the berth category,"
    "berth shifting total area square meter,the berth total price NTD,the note,serial number"
)
ENGLISH_SALE: Final = _COMMON + _TAIL
"""Second header row of sales; later columns follow it unnamed."""
ENGLISH_RENT: Final = _COMMON + "Whether there is attaches the furniture," + _TAIL
"""Second header row of rentals."""

_EXACT_ADDRESS: Final = "土地位置建物門牌"


@dataclass(frozen=True, slots=True)
class Era:
    """One way of publishing.

    Attributes
    ----------
    first_season : str
        First season published so.
    sale_header, rent_header : tuple of str
        Official column names.
    is_modern : bool
        UTF-8 with mark, lower-case file names and an English second row; else CP950, upper case
        and none.
    is_exact : bool
        Addresses in full; else ranges of thirty numbers.
    line_end : str
        How lines end.
    """

    first_season: str
    sale_header: tuple[str, ...]
    rent_header: tuple[str, ...]
    is_modern: bool
    is_exact: bool
    line_end: str

    @property
    def encoding(self) -> str:
        """Return the name of the encoding."""
        return "utf-8-sig" if self.is_modern else "cp950"

    def second_row(self, header: tuple[str, ...]) -> str:
        """Return the English row under a header.

        Parameters
        ----------
        header : tuple of str
            One of the era's two headers.

        Returns
        -------
        str
            The row, empty where the era has none.
        """
        if not self.is_modern:
            return ""
        english = ENGLISH_SALE if header == self.sale_header else ENGLISH_RENT
        return english + "," * (len(header) - english.count(",") - 1)

    def member(self, county_id: str, table: str) -> str:
        """Return a member's name.

        Parameters
        ----------
        county_id : str
            County letter.
        table : str
            ``a``, ``c``, or with a child such as ``a_land``.

        Returns
        -------
        str
            ``y_lvr_land_a.csv``, or ``Y_lvr_land_A.CSV`` in the old days.
        """
        if self.is_modern:
            return f"{county_id.lower()}_lvr_land_{table}.csv"
        return f"{county_id}_lvr_land_{table.upper()}.CSV"


def _with_exact_address(header: tuple[str, ...]) -> tuple[str, ...]:
    return (*header[:2], _EXACT_ADDRESS, *header[3:])


_RENT_2012, _RENT_2019 = RENT_HEADERS["2012"], RENT_HEADERS["2019"]
ERAS: Final = (
    Era("104S1", SALE_HEADERS["2012"], _RENT_2012, False, False, "\r\n"),
    Era("107S1", SALE_HEADERS["2018"], _RENT_2019, True, False, "\r\n"),
    Era("109S3", SALE_HEADERS["2020Q3"], _RENT_2019, True, False, "\r\n"),
    Era("109S4", SALE_HEADERS["2020Q4"], _RENT_2019, True, False, "\r\n"),
    Era(
        "110S3",
        _with_exact_address(SALE_HEADERS["2020Q4"]),
        _with_exact_address(_RENT_2019),
        True,
        True,
        "\n",
    ),
)
"""Eras in order; a file downloaded again later is published as in the last."""


def era_of(season: str) -> Era:
    """Return the era a season was first published in.

    Parameters
    ----------
    season : str
        Such as ``108S2``.

    Returns
    -------
    Era
        The era.
    """
    return [era for era in ERAS if era.first_season <= season][-1]
