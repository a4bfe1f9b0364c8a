"""The leaflet: what patients and parents can read, as statements that rest on facts.

Each file under `data/leaflet` is one section, in the order of the file names. A statement without a
fact does not load, and neither does one with a number that none of its facts holds.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from spindle.cases.absence import NOT_DONE, Absent
from spindle.errors import UserError
from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.files import (
    Entry,
    check_keys,
    list_files,
    read_document,
    read_entries,
    read_text,
)

LEAFLET_FOLDER = "leaflet"
GENE = "{gene}"
ANY_GENE = "the gene"

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Digits inside a name, such as ROS1, are no number.
_NUMBER = re.compile(r"(?<![\w.-])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
_YEARS = re.compile(r"\b(\d+) years?\b")
_FREQUENCY = re.compile(r"\babout (\d+) in (\d+(?:,\d{3})*)\b", re.IGNORECASE)
_PER_CENT = re.compile(r"(?<![\w.,-])(\d+(?:\.\d+)?) (?:%|per cent)")
_SMALL_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten"
_SPELLED_FREQUENCY = re.compile(rf"\b({_SMALL_NUMBERS}) (in|of|out of) ({_SMALL_NUMBERS})\b")
_PER_CENT_UNITS = ("per cent", "%")


class StatementKind(StrEnum):
    """How sure a statement is, or that it is no statement of knowledge at all."""

    KNOWN = "known"
    """A source says it."""
    UNCERTAIN = "uncertain"
    """Sources are few, small, or contradict each other."""
    UNKNOWN = "unknown"
    """Nothing that was read answers it."""
    ADVICE = "advice"
    """What to do or ask; general, and no replacement for a team's own advice."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One paragraph of the leaflet."""

    id: str
    """Stable id, unique in the leaflet: `stain-negative`."""
    text: str
    """What a patient or parent reads."""
    kind: StatementKind
    """How sure it is."""
    facts: tuple[Fact, ...]
    """Facts that it rests on, at least one."""
    checked_on: datetime.date
    """The day it was last held against its facts."""
    reviewed_by: str | Absent
    """Who reviewed it, with their profession; absent as not done until somebody has."""
    reviewed_on: datetime.date | Absent
    """The day of the review."""
    heading: str
    """Heading above it; empty when it goes on under the one before."""
    elsewhere: str
    """What other pages say instead, and why; empty when there is nothing to say."""
    elsewhere_facts: tuple[Fact, ...]
    """Facts behind what other pages say."""
    status: str
    """The kinase status that it explains; empty for every other statement."""
    written_at: str
    """File and line."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the leaflet."""

    id: str
    """Stable id: `warning-signs`."""
    title: str
    """Its heading, as a reader would ask."""
    statements: tuple[Statement, ...]
    """Its statements in order, at least one."""


_REQUIRED: Mapping[str, type] = {
    "id": str,
    "text": str,
    "kind": str,
    "facts": list,
    "checked_on": datetime.date,
}
_OPTIONAL: Mapping[str, type] = {
    "heading": str,
    "elsewhere": str,
    "elsewhere_facts": list,
    "status": str,
    "reviewed_by": str,
    "reviewed_on": datetime.date,
}


def make_statement(entry: Entry) -> Statement:
    """Give the statement of an entry.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed field, no fact, an unknown one, a number that no fact
        holds, something called known that is inferred throughout, or half a review.
    """
    check_keys(entry, _REQUIRED, _OPTIONAL)
    values = entry.values
    if not _ID.fullmatch(values["id"]):
        raise entry.fail(f"{values['id']!r} is no id; an id is lower case with hyphens.")
    try:
        kind = StatementKind(values["kind"])
    except ValueError:
        kinds = ", ".join(StatementKind)
        raise entry.fail(f"{values['id']} has kind = {values['kind']!r}; known: {kinds}.") from None
    facts = _find_facts(entry, "facts")
    if kind is StatementKind.KNOWN and all(fact.is_inferred for fact in facts):
        raise entry.fail(f"{values['id']} is called known and rests on inferred facts alone.")
    statement = Statement(
        id=values["id"],
        text=values["text"].replace(GENE, ANY_GENE),
        kind=kind,
        facts=facts,
        checked_on=values["checked_on"],
        heading=values.get("heading", ""),
        elsewhere=values.get("elsewhere", ""),
        elsewhere_facts=_find_facts(entry, "elsewhere_facts"),
        status=values.get("status", ""),
        written_at=entry.place,
        **_read_review(entry),
    )
    _check_words(entry, statement)
    return statement


def _find_facts(entry: Entry, field: str) -> tuple[Fact, ...]:
    known = load_facts()
    for fact_id in entry.values.get(field, ()):
        if not isinstance(fact_id, str) or fact_id not in known:
            raise entry.fail(f"{entry.values['id']} names the unknown fact {fact_id!r}.")
    return tuple(known[fact_id] for fact_id in entry.values.get(field, ()))


def _read_review(entry: Entry) -> dict[str, Any]:
    fields = ("reviewed_by", "reviewed_on")
    given = [field for field in fields if field in entry.values]
    if len(given) == 1:
        raise entry.fail(f"{entry.values['id']} has {given[0]} without the other half of a review.")
    return {field: entry.values.get(field, NOT_DONE) for field in fields}


def _check_words(entry: Entry, statement: Statement) -> None:
    if bool(statement.elsewhere) != bool(statement.elsewhere_facts):
        raise entry.fail(f"{statement.id} has elsewhere without its facts, or the reverse.")
    if GENE in entry.values["text"] and not statement.status:
        raise entry.fail(f"{statement.id} has {GENE} and explains no status.")
    for text, facts in (
        (f"{statement.heading} {statement.text}", statement.facts),
        (statement.elsewhere, (*statement.facts, *statement.elsewhere_facts)),
    ):
        if unfounded := list_unfounded_numbers(text, facts):
            raise entry.fail(f"{statement.id} has {unfounded[0]!r}, which none of its facts holds.")


def list_unfounded_numbers(text: str, facts: Sequence[Fact]) -> list[str]:
    """Give the numbers of a text that no fact holds.

    A number is held when it stands in a fact as value, n, of or in its statement. A frequency,
    `about 9 in 10`, is also held when the counts or the per cent of a fact round to it, and years
    when a fact gives them in months. Spelled frequencies, `one in three`, can't be checked and are
    always given back.
    """
    held = {number for fact in facts for number in _list_held(fact)}
    held |= {years for years in _YEARS.findall(text) if _has_months(facts, 12 * int(years))}
    unfounded = [match.group() for match in _SPELLED_FREQUENCY.finditer(text.lower())]
    rounded: set[str] = set()
    for n, of in _FREQUENCY.findall(text):
        plain = of.replace(",", "")
        if any(_rounds_to(fact, int(n), int(plain)) for fact in facts):
            rounded |= {n, plain}
    numbers = (number.replace(",", "") for number in _NUMBER.findall(text))
    return [*unfounded, *(number for number in numbers if number not in held | rounded)]


def _list_held(fact: Fact) -> Iterator[str]:
    for value in (fact.n, fact.of, fact.value):
        if value != "" and not isinstance(value, str):
            yield f"{value:g}"
    for number in _NUMBER.findall(f"{fact.statement} {fact.value}"):
        yield number.replace(",", "")


def _has_months(facts: Sequence[Fact], months: int) -> bool:
    return any(re.search(rf"\b{months} months\b", fact.statement) for fact in facts)


def _rounds_to(fact: Fact, n: int, of: int) -> bool:
    shares = [float(share) / 100 for share in _PER_CENT.findall(fact.statement)]
    if fact.of != "":
        shares.append(int(fact.n) / int(fact.of))
    if fact.unit in _PER_CENT_UNITS and not isinstance(fact.value, str):
        shares.append(fact.value / 100)
    return any(round(share * of) == n for share in shares)


def read_section(path: str, text: str | None = None) -> Section:
    """Give the section of a file.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    text = read_text(path) if text is None else text
    whole = read_document(path, text)
    section = whole.values.get("section")
    if not isinstance(section, dict):
        raise whole.fail("The file has no [section].", "section")
    head = whole.enter("section", section)
    check_keys(head, {"id": str, "title": str}, {})
    if not _ID.fullmatch(head.values["id"]):
        raise head.fail(f"{head.values['id']!r} is no id; an id is lower case with hyphens.")
    entries = read_entries(path, "statements", text=text, also=("section",))
    statements = tuple(make_statement(entry) for entry in entries)
    return Section(**head.values, statements=statements)


@cache
def load_leaflet() -> tuple[Section, ...]:
    """Give the sections in order.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    paths = list_files(LEAFLET_FOLDER)
    for number, path in enumerate(paths, 1):
        if not path.startswith(f"{LEAFLET_FOLDER}/{number:02d}-"):
            message = f"The sections are numbered without a gap; number {number:02d} is missing."
            raise UserError("knowledge-invalid", message, place=path)
    sections = tuple(read_section(path) for path in paths)
    check_sections(sections)
    return sections


def check_sections(sections: Sequence[Section]) -> None:
    """Refuse sections in which an id, or the explanation of a status, stands twice.

    Raises
    ------
    UserError
        `knowledge-invalid`, with the place of the second one.
    """
    seen: set[str] = set()
    for section in sections:
        for statement in section.statements:
            entry = Entry({}, statement.written_at)
            names = [f"section {section.id}"] if statement is section.statements[0] else []
            names += [statement.id, *([f"status {statement.status}"] if statement.status else [])]
            for name in names:
                if name in seen:
                    raise entry.fail(f"{name} stands twice in the leaflet.")
                seen.add(name)
