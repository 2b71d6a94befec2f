"""Lists of projects and their money."""

from typing import Final

from landwatch.sources.projects import is_project_list, read_projects
from landwatch.standardise.projects import standardise_projects
from pipelines.formats.definitions import Format, Kind

PROJECTS: Final = Kind(
    name="projects",
    suffixes=(".zip", ".csv"),
    tables=("projects__awards",),
    formats=(
        Format(
            name="list of projects",
            recognises=is_project_list,
            read=read_projects,
            standardise=lambda raws, c: standardise_projects(raws, c.places),
        ),
    ),
    example="a CSV with county, town, roc_year, date, kind, status, subsidy_twd, …",
)
