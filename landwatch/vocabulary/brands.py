"""Brands of chains: what their companies, stores and lists are called; how names are compared."""

import io
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

from landwatch.vocabulary.text import folded, spelled

_BETWEEN: Final = r"[\s\-‐–·・.,'’()（）&＆_]"
_ENDS: Final = (
    r"(?:股份有限公司|有限公司|無限公司|兩合公司|公司|加盟店|門市部|門市|分店|分公司|"
    r"直營店|店|商號|企業社)+$"
)
_NEVER: Final = r"[^\s\S]"
DISTINCT: Final = 4
"""Aliases of so many signs are told from the beginning of a name alone."""

_BRANCH: Final = r"(?:.*(?:店|門市|門市部|分公司|公司|營業所|商店|餐廳))?$"


@dataclass(frozen=True, slots=True)
class Brand:
    """One chain.

    Attributes
    ----------
    name, name_en : str
        As shown.
    wikidata : str
        Identifier, empty where not known.
    category : str
        As in OpenStreetMap, such as ``shop/convenience``.
    company_names : tuple of str
        Beginnings of names in the business register, and what the brand is called elsewhere.
    list_words : tuple of str
        Words in names of files that hold its stores.
    store_prefixes : tuple of str
        Beginnings of its stores' names within a list of stores; too short to tell a business by.
    """

    name: str
    name_en: str
    wikidata: str
    category: str
    company_names: tuple[str, ...]
    list_words: tuple[str, ...]
    store_prefixes: tuple[str, ...]


@cache
def known_brands() -> tuple[Brand, ...]:
    """Return the well-known chains committed with the program.

    Returns
    -------
    tuple of Brand
        Own compilation, see ``data/README.md``.

    Examples
    --------
    >>> known_brands()[0].name
    '7-ELEVEN'
    """
    text = files("landwatch.reference").joinpath("brands.csv").read_bytes()
    table = pl.read_csv(io.BytesIO(text), infer_schema=False, empty_string_is_null=False)
    return tuple(
        Brand(
            name=name,
            name_en=english,
            wikidata=wikidata,
            category=category,
            company_names=tuple(companies.split(";")),
            list_words=tuple(words.split(";")),
            store_prefixes=tuple(prefixes.split(";")),
        )
        for name, english, wikidata, category, companies, words, prefixes in table.iter_rows()
    )


def name_key(name: pl.Expr) -> pl.Expr:
    """Return business and shop names in one spelling.

    Narrow forms, capitals, 臺 for 台, without blanks and signs; what only says that it is a shop
    or a company (店, 門市, 分公司, 股份有限公司) is taken off the end.

    Parameters
    ----------
    name : polars.Expr
        Names as published.

    Returns
    -------
    polars.Expr
        Strings fit for comparison, not for display.

    Examples
    --------
    >>> frame = pl.DataFrame({"n": ["７－ＥＬＥＶＥＮ 中山門市", "台灣麥當勞餐廳股份有限公司"]})
    >>> frame.select(name_key(pl.col("n"))).to_series().to_list()
    ['7ELEVEN中山', '臺灣麥當勞餐廳']
    """
    return compact_name(name).str.replace(_ENDS, "")


def compact_name(name: pl.Expr) -> pl.Expr:
    """Return names in one spelling with their endings left on.

    Parameters
    ----------
    name : polars.Expr
        Names as published.

    Returns
    -------
    polars.Expr
        Strings fit for comparison.
    """
    narrow = folded(name).str.replace_all(_BETWEEN, "").str.to_uppercase()
    return narrow.str.replace_all("台", "臺", literal=True)


def brand_in_name(name: pl.Expr, aliases: dict[str, str]) -> pl.Expr:
    """Return the brand a name begins with.

    Parameters
    ----------
    name : polars.Expr
        Names as published.
    aliases : dict of str to str
        Brand by alias in `alias_key` spelling.

    Returns
    -------
    polars.Expr
        The brand where the name is an alias, begins with an alias of `DISTINCT` signs or more, or
        begins with a shorter one and ends as branches do (店, 門市, 分公司 …); missing otherwise.
        全家 alone is an alias only inside a list of one chain's stores: 全家福鞋店 is another's.
    """
    if not aliases:
        return pl.lit(None, pl.String)
    words = "|".join(re.escape(a) for a in sorted(aliases, key=lambda a: (-len(a), a)))
    long = "|".join(
        re.escape(a) for a in sorted(aliases, key=lambda a: (-len(a), a)) if len(a) >= DISTINCT
    )
    clean = compact_name(name)
    found = pl.coalesce(
        clean.str.extract(rf"^({long or _NEVER})", 1),
        clean.str.extract(rf"^({words}){_BRANCH}", 1),
    )
    return found.replace_strict(aliases, default=None, return_dtype=pl.String)


def alias_key(name: str) -> str:
    """Return one alias as `compact_name` spells names.

    Parameters
    ----------
    name : str
        Alias.

    Returns
    -------
    str
        The alias in comparison spelling.

    Examples
    --------
    >>> alias_key("7-Eleven")
    '7ELEVEN'
    """
    return re.sub(_BETWEEN, "", spelled(name)).upper()


@cache
def company_aliases() -> dict[str, str]:
    """Return the brand by every name its companies and shops go by.

    Returns
    -------
    dict of str to str
        Aliases in comparison spelling.
    """
    return {alias_key(a): b.name for b in known_brands() for a in (b.name, *b.company_names)}


@cache
def store_aliases() -> dict[str, str]:
    """Return the brand by beginnings of stores' names, for lists of stores only.

    Returns
    -------
    dict of str to str
        Aliases in comparison spelling.
    """
    return {alias_key(a): b.name for b in known_brands() for a in (b.name, *b.store_prefixes)}


def brand_of_file(name: str) -> str | None:
    """Return the one brand a file is named after.

    Parameters
    ----------
    name : str
        File name.

    Returns
    -------
    str or None
        Brand; None where no brand, or more than one, is named.

    Examples
    --------
    >>> brand_of_file("mos_storeInfo.js"), brand_of_file("stores.json") is None
    ('摩斯漢堡', True)
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.rsplit(".", 1)[0])
    words = f" {' '.join(re.findall(r'[a-z0-9]+', parted.casefold()))} "
    found = {
        b.name
        for b in known_brands()
        for w in b.list_words
        if (f" {re.sub('[^a-z0-9]+', ' ', w)} " in words if w.isascii() else w in name)
    }
    return found.pop() if len(found) == 1 else None
