"""The study file: what is compared with what, from which inputs, by which rules."""

import datetime as dt
import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from landwatch.vocabulary.errors import StudyError

Kind = Literal[
    "lvr",
    "lvr_query",
    "boundaries",
    "population",
    "income",
    "listings",
    "factories",
    "shops",
    "businesses",
    "vital",
    "landcover",
    "zoning",
    "projects",
    "layer",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _day_or_name(value: Any) -> Any:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


class Title(_Part):
    """Title of the study in both languages."""

    zh: str
    en: str


class StudyHead(_Part):
    """Name and period of the study; deals outside the period take no part in any model."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    title: Title
    start: dt.date
    end: dt.date

    @model_validator(mode="after")
    def _ordered(self) -> "StudyHead":
        if self.start >= self.end:
            raise ValueError(f"start {self.start} must lie before end {self.end}")
        return self


class Weights(_Part):
    """Weights of the three published criteria in the sum of ranks; 0 leaves one out."""

    population_change: Annotated[float, Field(ge=0)] = 1.0
    population: Annotated[float, Field(ge=0)] = 1.0
    income: Annotated[float, Field(ge=0)] = 1.0


class Zones(_Part):
    """Where and since when the policy applies.

    With ``source = "criteria"`` zones are the `count` towns least by the sum of ranks of
    population change, population and median income over the window; with ``"file"`` they are read
    from `path`. `effective` is a day, or for a file the name of a column of days.
    """

    source: Literal["criteria", "file"]
    effective: dt.date | str | None = None
    count: Annotated[int, Field(ge=1)] = 134
    window_start: dt.date | None = None
    window_end: dt.date | None = None
    weights: Weights = Weights()
    excluded_counties: tuple[str, ...] = ("連江縣", "金門縣", "澎湖縣")
    path: Path | None = None
    id: str | None = None
    name: str | None = None
    category: str | None = None

    @field_validator("effective", mode="before")
    @classmethod
    def _day_or_column(cls, value: Any) -> Any:
        return _day_or_name(value)

    @model_validator(mode="after")
    def _complete(self) -> "Zones":
        if self.source == "criteria" and not isinstance(self.effective, dt.date):
            raise ValueError('source = "criteria" needs effective = a day, such as 2019-01-03')
        if self.source == "file" and self.path is None:
            raise ValueError('source = "file" needs path = the layer or CSV of zones')
        if self.source == "file" and self.effective is None:
            raise ValueError(
                "zones need a date: give effective = a day, or the name of the column holding it"
            )
        return self


KEYS_OF_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("layer",),
    "effective": ("layer",),
    "category": ("layer",),
    "year": ("landcover",),
    "classes": ("landcover",),
}
"""Further keys of an input, and the kinds that know them."""


class Input(_Part):
    """One kind of published files and where they lie.

    A `layer` has a title `name`, and an `effective` day and a `category`, each given as such or as
    the name of the column that holds it. A `landcover` raster of class codes needs its `year` and
    `classes`: which codes are ``farmland`` and which ``built_up``.
    """

    kind: Kind
    path: Path
    name: str | None = None
    effective: dt.date | str | None = None
    category: str | None = None
    year: int | None = None
    classes: dict[str, tuple[int, ...]] | None = None

    @model_validator(mode="after")
    def _fitting(self) -> "Input":
        for key, kinds in KEYS_OF_KINDS.items():
            if getattr(self, key) is not None and self.kind not in kinds:
                raise ValueError(f"{key} belongs to inputs of kind {', '.join(kinds)} only")
        return self

    @field_validator("effective", mode="before")
    @classmethod
    def _day_or_column(cls, value: Any) -> Any:
        return _day_or_name(value)


class Models(_Part):
    """Rules of the models; the defaults are those of the documentation."""

    min_before: Annotated[int, Field(ge=2)] = 30
    min_after: Annotated[int, Field(ge=2)] = 30
    fdr: Annotated[float, Field(gt=0, lt=1)] = 0.05


class Study(_Part):
    """A whole study file."""

    schema_: Literal[1] = Field(alias="schema")
    study: StudyHead
    zones: Zones
    inputs: Annotated[tuple[Input, ...], Field(min_length=1)]
    models: Models = Models()


def read_study(path: Path) -> Study:
    """Read and check a study file; paths in it become relative to the file's own folder.

    Parameters
    ----------
    path : pathlib.Path
        A TOML file.

    Returns
    -------
    Study
        The study, its paths absolute.

    Raises
    ------
    StudyError
        If the file is missing, is not TOML, or holds an unknown key, kind or value; every fault
        is told at once, with the nearest valid name.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError(f"{path}: cannot be read ({error.strerror}). Correct the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: is not TOML in UTF-8 ({error}).") from error
    try:
        study = Study.model_validate(data)
    except ValidationError as error:
        faults = "\n".join(f"  - {_told(fault)}" for fault in error.errors())
        raise StudyError(f"{path}: the study cannot be used:\n{faults}") from error
    return _absolute(study, path.resolve().parent)


def _absolute(study: Study, folder: Path) -> Study:
    inputs = tuple(i.model_copy(update={"path": _below(folder, i.path)}) for i in study.inputs)
    zones = study.zones
    if zones.path is not None:
        zones = zones.model_copy(update={"path": _below(folder, zones.path)})
    return study.model_copy(update={"inputs": inputs, "zones": zones})


def _below(folder: Path, path: Path) -> Path:
    return (folder / path.expanduser()).resolve()


def _told(fault: Any) -> str:
    where = ".".join(str(p) for p in fault["loc"] if p not in {"date", "str"})
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown key{_nearest(str(fault['loc'][-1]), _known_keys(fault['loc']))}"
    if fault["type"] == "literal_error":
        given = str(fault["input"])
        known = get_args(Kind) if fault["loc"][-1] == "kind" else ()
        return f"{where}: {given!r} is not known; {fault['msg']}{_nearest(given, known)}"
    return f"{where}: {fault['msg']} (found {str(fault['input'])[:80]!r})"


def _known_keys(where: tuple[Any, ...]) -> tuple[str, ...]:
    parts: dict[str, type[BaseModel]] = {
        "study": StudyHead,
        "zones": Zones,
        "inputs": Input,
        "models": Models,
        "title": Title,
        "weights": Weights,
    }
    owners = [parts[p] for p in where[:-1] if p in parts]
    if owners:
        return tuple(owners[-1].model_fields)
    return ("schema", "study", "zones", "inputs", "models")


def _nearest(given: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(given, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(known)}" if known else ""
