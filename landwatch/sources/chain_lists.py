"""Lists of a chain's stores as their sites publish them: JSON, or a JavaScript file with an array.

Each chain names its keys as it likes; they are mapped by meaning
(`landwatch.vocabulary.shops.STORE_KEYS`). Keys without a meaning, telephone numbers first of all,
are not read.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import chompjs
import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.sources.archives import Member
from landwatch.sources.lvr import decoded
from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.shops import (
    STORE_KEYS,
    TELEPHONE_KEYS,
    key_meaning,
    keys_by_meaning,
    spelled_key,
)

_KEY: Final = re.compile(r"""[{,]\s*["']?([\w:]+)["']?\s*:""")
_TELLING: Final = ("name", "address", "longitude", "latitude")
_TITLES: Final = ("title", "name", "brand")
MAX_DEPTH: Final = 50


def is_store_list(member: Member) -> bool:
    """Tell lists of stores: JSON or JavaScript whose first objects hold two telling keys.

    Parameters
    ----------
    member : Member
        A file.

    Returns
    -------
    bool
        True where two of names, addresses, coordinates and telephones are among the first keys.
    """
    if not member.name.lower().endswith((".json", ".js")):
        return False
    head = member.head
    if '"FeatureCollection"' in head or '"features"' in head:
        return False
    keys = _KEY.findall(head)
    told = {key_meaning(k) for k in keys} & set(_TELLING)
    has_telephone = any(spelled_key(k) in TELEPHONE_KEYS for k in keys)
    return len(told) + has_telephone >= 2


def read_store_list(member: Member) -> RawTable:
    """Read a list of stores, however deep it lies within cities and districts.

    Parameters
    ----------
    member : Member
        JSON, or JavaScript with one array or object.

    Returns
    -------
    RawTable
        One text column for each key of `STORE_KEYS` (empty where the file has none), ``titles``:
        what stood above the store, joined by blanks; ``source_line`` is the store's place in the
        file, from 1. No telephone number.

    Raises
    ------
    InputError
        If the file is neither, or stores lack a name, or both an address and coordinates.
    """
    stores = list(_stores(_parsed(member), "", 0))
    keys = keys_by_meaning(dict.fromkeys(k for store, _ in stores for k in store))
    _check_keys(keys, stores, member)
    columns = {
        meaning: [_first(store, keys.get(meaning, ())) for store, _ in stores]
        for meaning in STORE_KEYS
    }
    columns["titles"] = [titles for _, titles in stores]
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    numbered = frame.with_row_index("source_line", offset=1)
    return RawTable(
        source_file=member.source_file,
        sha256=member.sha256,
        register="chain_list",
        rows=numbered.with_columns(pl.col("source_line").cast(pl.Int64)),
    )


def _parsed(member: Member) -> Any:
    text = decoded(member.content).strip()
    try:
        if text[:1] in {"[", "{"}:
            return json.loads(text)
        return chompjs.parse_js_object(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{member.source_file}: expected JSON or JavaScript with an array of stores, found "
            f"text that is neither ({str(error)[:120]}). Download it again."
        ) from error


def _stores(node: Any, titles: str, depth: int) -> Iterator[tuple[Mapping[str, Any], str]]:
    if depth > MAX_DEPTH:
        raise InputError(
            f"expected stores within {MAX_DEPTH} levels of a list, found them nested deeper. "
            "Check where the file came from."
        )
    if isinstance(node, list):
        for part in node:
            yield from _stores(part, titles, depth + 1)
    elif isinstance(node, dict):
        if _is_store(node):
            yield node, titles
            return
        own = [node[k] for k in node if k.casefold() in _TITLES and isinstance(node[k], str)]
        for part in node.values():
            yield from _stores(part, " ".join([titles, *own]).strip(), depth + 1)


def _is_store(node: Mapping[str, Any]) -> bool:
    plain = {key_meaning(k) for k, v in node.items() if not isinstance(v, list | dict)}
    told = plain & set(_TELLING)
    has_telephone = any(spelled_key(k) in TELEPHONE_KEYS for k in node)
    return len(told) + has_telephone >= 2 or "address" in told


def _first(store: Mapping[str, Any], keys: Sequence[str]) -> str:
    return next((text for key in keys if (text := _text(store.get(key)).strip())), "")


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, list | dict | bool) else str(value)


def _check_keys(keys: Mapping[str, Sequence[str]], stores: list[Any], member: Member) -> None:
    placed = "address" in keys or {"longitude", "latitude"} <= keys.keys()
    missing = [] if "name" in keys or "store_id" in keys else ["name"]
    if missing or not placed:
        missing += [] if placed else ["address, or longitude and latitude"]
        found = list(stores[0][0]) if stores else []
        raise InputError(
            f"{member.source_file}: expected stores with a name and an address or coordinates; "
            f"missing {'; '.join(missing)}; found the keys {', '.join(map(str, found[:12]))}. "
            f"Known spellings of a name: {', '.join(STORE_KEYS['name'][:6])} …; of an address: "
            f"{', '.join(STORE_KEYS['address'][:4])} …; of coordinates: "
            f"{', '.join(STORE_KEYS['longitude'][:4])} …. Rename the keys."
        )
