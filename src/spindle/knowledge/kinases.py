"""The kinases that are read, in order, and the stains that ask about them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.knowledge.files import Entry, check_keys, parse_toml, read_text
from spindle.knowledge.sources import load_sources

KINASES_FILE = "kinases.toml"


@dataclass(frozen=True, slots=True)
class Kinases:
    """The kinases of the knowledge base."""

    names: tuple[str, ...]
    """Kinases in the order in which they are shown."""
    groups: Mapping[str, tuple[str, ...]]
    """Names that stand for several kinases, with these."""
    markers: Mapping[str, str]
    """Kinase or group that a marker asks about."""

    def expand(self, name: str) -> tuple[str, ...]:
        """Give the kinases of a group, or the one kinase itself."""
        return self.groups.get(name, (name,))


@cache
def load_kinases() -> Kinases:
    """Give the kinases.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed file, an unknown source, or a group or marker of a
        kinase that is not listed.
    """
    entry = Entry(parse_toml(read_text(KINASES_FILE), KINASES_FILE), KINASES_FILE)
    required = {"source": str, "checked_on": datetime.date, "names": list}
    check_keys(entry, {**required, "groups": dict, "markers": dict}, {})
    values = entry.values
    if values["source"] not in load_sources():
        raise entry.fail(f"The source {values['source']!r} is unknown.")
    names = tuple(values["names"])
    groups = {group: tuple(members) for group, members in values["groups"].items()}
    listed = {name for members in groups.values() for name in members}
    if unknown := sorted((listed | set(values["markers"].values())) - {*names, *groups}):
        raise entry.fail(f"{', '.join(unknown)} is not listed.")
    return Kinases(names, MappingProxyType(groups), MappingProxyType(values["markers"]))
