"""What a kind of input is: the formats it is published in, and the tables it feeds."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from landwatch.schemas.raw import RawTable, Standardised
from landwatch.sources.archives import Member
from landwatch.vocabulary.places import Places


@dataclass(frozen=True, slots=True)
class Context:
    """What a standardiser may need besides the rows.

    Attributes
    ----------
    places : Places
        Towns of the study.
    latest : datetime.date
        Last believable day where a file does not tell its season.
    options : mapping
        Further keys of the input in the study file (`landwatch.schemas.study.KEYS_OF_KINDS`).
    """

    places: Places
    latest: dt.date
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    """One way of publishing.

    Attributes
    ----------
    name : str
        Word for people, told in ledgers and messages.
    recognises : callable
        ``recognises(member)``: is this file of the format? By what is in it wherever possible; by
        its name only where the name carries what the rows do not say.
    read : callable
        ``read(member)``: raw rows, from `landwatch.sources`.
    standardise : callable
        ``standardise(raws, context)``: core rows, from `landwatch.standardise`.
    """

    name: str
    recognises: Callable[[Member], bool]
    read: Callable[[Member], RawTable]
    standardise: Callable[[Sequence[RawTable], Context], Standardised]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of input.

    Attributes
    ----------
    name : str
        As in the study file.
    suffixes : tuple of str
        Endings of its files, lower case.
    tables : tuple of str
        Core tables it feeds.
    formats : tuple of Format
        The first that recognises a file reads it.
    example : str
        How such a file is named or begins, for messages.
    packages : tuple of str
        Packages whose change makes its files be read again.
    """

    name: str
    suffixes: tuple[str, ...]
    tables: tuple[str, ...]
    formats: tuple[Format, ...]
    example: str
    packages: tuple[str, ...] = ("landwatch.sources", "landwatch.standardise", "pipelines.ingest")
