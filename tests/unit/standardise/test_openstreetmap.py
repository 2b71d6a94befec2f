"""OpenStreetMap features: what is a shop, what is a chain."""

import polars as pl

from landwatch.schemas.raw import RawTable
from landwatch.schemas.tables import check_table
from landwatch.sources.openstreetmap import TAGS
from landwatch.standardise.openstreetmap import standardise_openstreetmap
from landwatch.vocabulary.places import embedded_places


def raw(*features: dict[str, str]) -> RawTable:
    rows = pl.DataFrame(
        [{tag: f.get(tag) for tag in TAGS} for f in features], schema=dict.fromkeys(TAGS, pl.String)
    ).with_columns(
        pl.lit(121.5).alias("longitude"),
        pl.lit(25.0).alias("latitude"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("source_line"),
    )
    return RawTable("osm.gpkg", "0", rows)


def test_chains_are_told_by_identity_brand_or_name() -> None:
    """The reason is the strongest tag; a shop without any is no chain; a name alone is not kept."""
    result = standardise_openstreetmap(
        [
            raw(
                {"brand_wikidata": "Q259340", "shop": "convenience", "name": "7-ELEVEN 中山門市"},
                {"brand": "新品牌", "amenity": "cafe"},
                {"name": "麥當勞 民生店", "amenity": "fast_food"},
                {"name": "王小明豆花", "shop": "confectionery"},
            )
        ],
        embedded_places(),
    )
    stores = check_table(result.tables["shops__stores"], "shops__stores")
    assert stores["chain_reason"].to_list() == [
        "brand_wikidata",
        "brand_name",
        "brand_name",
        "none",
    ]
    assert stores["brand_name"].to_list() == ["7-ELEVEN", "新品牌", "麥當勞", None]
    assert "王小明" not in stores.write_csv()


def test_what_is_no_shop_is_rejected() -> None:
    """Schools, parking and features without tags are accounted for, not dropped."""
    result = standardise_openstreetmap(
        [raw({"amenity": "school"}, {"amenity": "parking"}, {}, {"shop": "yes"})], embedded_places()
    )
    assert result.rejects["reason"].to_list() == ["not_a_shop"] * 3
    assert result.tables["shops__stores"]["shop_tag"].to_list() == ["shop=yes"]


def test_a_tagged_address_is_the_same_door_as_a_written_one() -> None:
    """City, district, street and number of the tags make the door; without them the point does."""
    tags = {"city": "臺北市", "district": "中正區", "street": "忠孝東路二段", "number": "132"}
    full = {"address": "台北市中正區忠孝東路二段132號1樓"}
    result = standardise_openstreetmap(
        [raw(*({**t, "shop": "yes"} for t in (tags, full, {})))], embedded_places()
    )
    ids = result.tables["shops__stores"]["premises_id"].to_list()
    assert ids[0] == ids[1] != ids[2]
    assert ids[2] is not None
