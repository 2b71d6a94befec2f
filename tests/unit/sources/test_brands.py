"""Lists of brands."""

import pytest

from landwatch.sources.archives import Member
from landwatch.sources.brands import is_brand_list, read_brand_list
from landwatch.vocabulary.errors import InputError

HEADER = (
    "nsi_path,display_name,id,location_include,brand,brand_zh,brand_en,brand_wikidata,tags_json"
)
ROW = 'brands/shop/chemist,寶雅,poya-1,tw,寶雅,寶雅,POYA,Q15927734,"{""shop"": ""chemist""}"'


def test_columns_are_found_by_name() -> None:
    """Quoted JSON in a column that is not read does no harm; the column is told."""
    raw = read_brand_list(Member("b.csv", f"{HEADER}\n{ROW}\n".encode()))
    assert raw.rows.select("brand_id", "brand_en", "brand_wikidata").rows() == [
        ("poya-1", "POYA", "Q15927734")
    ]
    assert raw.unknown_columns == ("location_include", "tags_json")


def test_a_list_without_identities_is_refused() -> None:
    """Recognised, and the missing column named."""
    member = Member("b.csv", b"nsi_path,display_name,brand,brand_wikidata\na,b,c,d\n")
    assert is_brand_list(member)
    with pytest.raises(InputError, match="missing id"):
        read_brand_list(member)
    assert not is_brand_list(Member("c.csv", b"id,brand,name\n"))
