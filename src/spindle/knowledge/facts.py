"""Facts: published statements with value, unit, source and the day they were last checked."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from spindle.errors import UserError
from spindle.knowledge.fact_tables import load_rows, load_tables
from spindle.knowledge.files import Entry, check_keys, list_files, read_entries
from spindle.knowledge.sources import Source, load_sources


class HowRead(StrEnum):
    """How carefully a fact was read in its source."""

    READ_ONCE = "read_once"
    CHECKED_TWICE = "checked_twice"
    CLINICIAN_APPROVED = "clinician_approved"


class Comparison(StrEnum):
    """How a fact's value bounds a quantity."""

    EQUAL = "="
    MORE_THAN = ">"
    AT_LEAST = ">="
    LESS_THAN = "<"
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class Fact:
    """One published statement."""

    id: str
    """Stable id, `subject.source.what`."""
    statement: str
    """The statement in our words."""
    source: Source
    """Where it was read."""
    place: str
    """Page or section of the source."""
    checked_on: datetime.date
    """The day it was last checked against its source."""
    how_read: HowRead
    """How carefully it was read."""
    applies_to: str
    """What it is about: tumour, site, population, kit."""
    value: float | str = ""
    """The value, a number or a word; empty for a statement without one."""
    unit: str = ""
    """Unit of the value."""
    comparison: Comparison = Comparison.EQUAL
    """How the value bounds a quantity."""
    n: int | str = ""
    """Numerator, where counts are given."""
    of: int | str = ""
    """Denominator, where counts are given."""
    is_inferred: bool = False
    """Whether it goes beyond what the source says; such a fact says so wherever it is used."""
    written_at: str = ""
    """File and line where it stands in the knowledge base."""

    @property
    def number(self) -> float:
        """The value as a number.

        Raises
        ------
        UserError
            `knowledge-invalid` when the fact holds no number.
        """
        if isinstance(self.value, str):
            message = f"The fact {self.id} holds no number."
            raise UserError("knowledge-invalid", message, place=self.written_at)
        return self.value


_CHOICES: Mapping[str, Mapping[str, HowRead | Comparison]] = {
    "how_read": {item.value: item for item in HowRead},
    "comparison": {item.value: item for item in Comparison},
}
PER_CENT = "per cent"
_WHOLE = 100
_ID = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_REQUIRED: Mapping[str, type] = {
    "id": str,
    "statement": str,
    "source": str,
    "place": str,
    "checked_on": datetime.date,
    "how_read": str,
    "applies_to": str,
}
_OPTIONAL: Mapping[str, type] = {
    "value": object,
    "unit": str,
    "comparison": str,
    "n": int,
    "of": int,
    "is_inferred": bool,
}


def make_fact(entry: Entry, sources: Mapping[str, Source]) -> Fact:
    """Give the fact of an entry.

    Raises
    ------
    UserError
        `knowledge-invalid` when it has no source, an unknown one, a malformed field, a number
        without a unit, or a count that can't be.
    """
    check_keys(entry, _REQUIRED, _OPTIONAL)
    values = dict(entry.values)
    if values["source"] not in sources:
        raise entry.fail(f"{values['id']} cites the unknown source {values['source']!r}.")
    if not _ID.fullmatch(values["id"]):
        raise entry.fail(f"{values['id']!r} is no id; an id is topic.what, lower case.")
    if "value" in values or "unit" in values:
        _check_value(entry)
    for name, known in _CHOICES.items():
        if name in values:
            if values[name] not in known:
                said = f"{values['id']} has {name} = {values[name]!r}; known: {', '.join(known)}."
                raise entry.fail(said)
            values[name] = known[values[name]]
    if ("n" in values) != ("of" in values):
        raise entry.fail(f"{values['id']} has n or of without the other.")
    if "n" in values and not 0 <= values["n"] <= values["of"] != 0:
        raise entry.fail(f"{values['id']} has n = {values['n']} of {values['of']}.")
    values["source"] = sources[values["source"]]
    return Fact(**values, written_at=entry.place)


def _check_value(entry: Entry) -> None:
    """Refuse a value that is neither a number with its unit nor a word, or a unit of nothing."""
    fact_id, value = entry.values["id"], entry.values.get("value", "")
    unit = entry.values.get("unit", "")
    if isinstance(value, str):
        if not value.strip():
            raise entry.fail(f"{fact_id} has a value that is empty, or a unit without a value.")
    elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise entry.fail(f"{fact_id} has a value that is neither a number nor a word.")
    elif not unit:
        raise entry.fail(f"{fact_id} has the number {value:g} without a unit.")
    elif unit == PER_CENT and not 0 <= value <= _WHOLE:
        raise entry.fail(f"{fact_id} has {value:g} per cent; a share lies between 0 and {_WHOLE}.")


@cache
def load_facts() -> Mapping[str, Fact]:
    """Give every fact by its id.

    Raises
    ------
    UserError
        `knowledge-invalid` for an uncited, malformed or repeated fact, with file and line.
    """
    sources = load_sources()
    facts: dict[str, Fact] = {}
    for entry in _iterate_entries():
        fact = make_fact(entry, sources)
        if fact.id in facts:
            raise entry.fail(f"{fact.id} stands twice.")
        facts[fact.id] = fact
    return MappingProxyType(facts)


def _iterate_entries() -> Iterator[Entry]:
    for path in list_files("facts"):
        yield from read_entries(path, "facts")
    for table in load_tables():
        yield from (row.fact for row in load_rows(table))


def find_fact(fact_id: str) -> Fact:
    """Give the fact of an id.

    Raises
    ------
    UserError
        `fact-unknown`.
    """
    facts = load_facts()
    if fact_id not in facts:
        raise UserError("fact-unknown", f"There is no fact {fact_id!r}.")
    return facts[fact_id]
