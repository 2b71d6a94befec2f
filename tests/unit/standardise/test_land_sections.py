"""Facts of `landwatch.standardise.land_sections`."""

import json

from landwatch.schemas.tables import check_table
from landwatch.sources.archives import Member
from landwatch.sources.land_sections import is_land_sections, read_land_sections
from landwatch.standardise.land_sections import standardise_land_sections
from landwatch.vocabulary.places import embedded_places


def test_sections_have_todays_codes() -> None:
    """A section lies in a town; in 嘉義市 the table names no district; elsewhere it is a reject."""
    base = {"office": "FA", "sectcode": "1976", "sectstr": "東園段", "town_code": "F14"}
    towns = (("新北市", "樹林區"), ("嘉義市", "嘉義市"), ("無此縣", "無此鄉"))
    entries = [base | {"city_name": c, "town_name": t} for c, t in towns]
    member = Member("a.json", json.dumps(entries).encode())
    assert is_land_sections(member)
    core = standardise_land_sections([read_land_sections(member)], embedded_places())
    name = "factories__land_sections"
    table = check_table(core.tables[name], name)
    assert table["county_code"].to_list() == ["65000", "10020"]
    assert table["town_code"].to_list() == ["65000070", None]
    assert core.rejects["reason"].to_list() == ["unknown_county"]
