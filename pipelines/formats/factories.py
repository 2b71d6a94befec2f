"""Suspected factories on farmland, and the registered ones."""

from typing import Final

from landwatch.sources import (
    disfactory,
    farmland_survey,
    land_sections,
    landchange,
    moea,
    registered_factories,
)
from landwatch.standardise.disfactory import standardise_disfactory
from landwatch.standardise.farmland_survey import standardise_farmland_survey
from landwatch.standardise.land_sections import standardise_land_sections
from landwatch.standardise.landchange import standardise_landchange
from landwatch.standardise.moea import standardise_moea
from landwatch.standardise.registered_factories import standardise_registered_factories
from pipelines.formats.definitions import Format, Kind

FACTORIES: Final = Kind(
    name="factories",
    suffixes=(".zip", ".json", ".csv", ".gz", ".xlsx"),
    tables=(
        "factories__sites",
        "factories__status_months",
        "factories__registered",
        "factories__land_sections",
    ),
    formats=(
        Format(
            name="enforcement cases and updates (JSON)",
            recognises=moea.is_moea_json,
            read=moea.read_moea_json,
            standardise=lambda raws, c: standardise_moea(raws, c.places),
        ),
        Format(
            name="enforcement lists by month (workbook)",
            recognises=moea.is_moea_workbook,
            read=moea.read_moea_workbook,
            standardise=lambda raws, c: standardise_moea(raws, c.places),
        ),
        Format(
            name="reply of the Disfactory service",
            recognises=disfactory.is_disfactory,
            read=disfactory.read_disfactory,
            standardise=lambda raws, c: standardise_disfactory(raws, c.places, latest=c.latest),
        ),
        Format(
            name="code table of land sections",
            recognises=land_sections.is_land_sections,
            read=land_sections.read_land_sections,
            standardise=lambda raws, c: standardise_land_sections(raws, c.places),
        ),
        Format(
            name="points of the farmland survey",
            recognises=farmland_survey.is_farmland_survey,
            read=farmland_survey.read_farmland_survey,
            standardise=lambda raws, c: standardise_farmland_survey(raws, c.places),
        ),
        Format(
            name="satellite land changes",
            recognises=landchange.is_landchange,
            read=landchange.read_landchange,
            standardise=lambda raws, c: standardise_landchange(raws, c.places, latest=c.latest),
        ),
        Format(
            name="registered factories",
            recognises=registered_factories.is_registered_factories,
            read=registered_factories.read_registered_factories,
            standardise=lambda raws, c: standardise_registered_factories(raws, c.places),
        ),
    ),
    example="the ministry's JSON or workbook, Disfactory JSON, or CSV with 變異點編號",
)
