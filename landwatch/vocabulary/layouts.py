"""A publication's columns by their names: what each is called here, in any order and language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from landwatch.vocabulary.text import spelled

_SEX: Final = {"男": "male", "女": "female", "m": "male", "f": "female"}


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One publication.

    Attributes
    ----------
    name : str
        What a row is, for ledgers and messages.
    columns : mapping of str to str
        Published names, blanks and letter case aside, and ours.
    required : tuple of str
        Our names without which the table means nothing.
    signature : tuple of str
        Our names that no other layout has: one of them, beside most of the required, tells a file.
    patterns : mapping of re.Pattern to str
        Names that follow a rule, and ours as a template of its groups.
    period_in_name : bool
        True where only the file's name tells the year.
    area_in_name : bool
        True where only the file's name tells the town.
    """

    name: str
    columns: Mapping[str, str]
    required: tuple[str, ...]
    signature: tuple[str, ...]
    patterns: Mapping[re.Pattern[str], str] = field(default_factory=dict)
    period_in_name: bool = False
    area_in_name: bool = False

    def known(self, published: str) -> str | None:
        r"""Return our name of a published column.

        Parameters
        ----------
        published : str
            As it stands in the header.

        Returns
        -------
        str or None
            None where the layout has no place for it.

        Examples
        --------
        >>> ages = {re.compile(r"(?P<age>\d+)歲-(?P<sex>[男女])"): "{sex}_{age}"}
        >>> layout = Layout("ages", {"區域": "area"}, ("area",), ("female_7",), ages)
        >>> layout.known(" 區域 "), layout.known("7歲-女"), layout.known("戶數")
        ('area', 'female_7', None)
        """
        if published.isdigit():
            return None
        name = spelled(published).strip('"\ufeff').lower()
        if found := self.columns.get(name):
            return found
        for pattern, template in self.patterns.items():
            if match := pattern.fullmatch(name):
                groups = {k: _SEX.get(v, v) for k, v in match.groupdict().items() if v}
                return template.format(**groups)
        return None
