"""Conflicts: places where published facts contradict each other. Both sides stand."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.knowledge.facts import Fact, load_facts
from spindle.knowledge.files import Entry, check_keys, read_entries

CONFLICTS_FILE = "conflicts.toml"
# What a conflict can be about.
SUBJECTS = (
    "fish", "stain", "fusion", "sequence", "site", "outcome", "prognosis", "therapy",
    "differential", "igg4", "epidemiology", "name", "cohort",
)  # fmt: skip
_SUBJECT_WORDS = ", ".join(SUBJECTS)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place where sources contradict themselves or each other."""

    id: str
    """Stable id."""
    title: str
    """What is in conflict, in a few words."""
    sides: tuple[Fact, ...]
    """The facts that contradict each other, at least two."""
    consequence: str
    """What Spindle does about it, in one or two sentences."""
    subjects: tuple[str, ...]
    """What it is about, words of `SUBJECTS`; reports show it where they speak of that."""
    checked_on: datetime.date
    """The day it was last looked at."""
    written_at: str
    """File and line."""


def make_conflict(entry: Entry) -> Conflict:
    """Give the conflict of an entry.

    Raises
    ------
    UserError
        `knowledge-invalid` for a malformed field, an unknown fact or subject, or fewer than two
        sides.
    """
    required = {
        "id": str,
        "title": str,
        "sides": list,
        "consequence": str,
        "subjects": list,
        "checked_on": datetime.date,
    }
    check_keys(entry, required, {})
    values = dict(entry.values)
    facts = load_facts()
    for side in values["sides"]:
        if not isinstance(side, str) or side not in facts:
            raise entry.fail(f"{values['id']} names the unknown fact {side!r}.")
    if len(set(values["sides"])) != len(values["sides"]) or len(values["sides"]) < 2:
        raise entry.fail(f"{values['id']} needs two or more facts, each once.")
    for subject in values["subjects"]:
        if subject not in SUBJECTS:
            raise entry.fail(f"{values['id']} is about {subject!r}; known are {_SUBJECT_WORDS}.")
    values["sides"] = tuple(facts[side] for side in values["sides"])
    values["subjects"] = tuple(values["subjects"])
    return Conflict(**values, written_at=entry.place)


@cache
def load_conflicts() -> Mapping[str, Conflict]:
    """Give every conflict by its id.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line.
    """
    conflicts: dict[str, Conflict] = {}
    for entry in read_entries(CONFLICTS_FILE, "conflicts"):
        conflict = make_conflict(entry)
        if conflict.id in conflicts:
            raise entry.fail(f"{conflict.id} stands twice.")
        conflicts[conflict.id] = conflict
    return MappingProxyType(conflicts)


@cache
def _index_sides() -> Mapping[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for conflict in load_conflicts().values():
        for side in conflict.sides:
            index.setdefault(side.id, []).append(conflict.id)
    return MappingProxyType({fact: tuple(ids) for fact, ids in index.items()})


def list_conflicts(fact_ids: Iterable[str] = (), subjects: Iterable[str] = ()) -> list[Conflict]:
    """Give the conflicts in which any of the facts is a side, or that are about a subject."""
    index, wanted = _index_sides(), set(subjects)
    ids = {conflict for fact in fact_ids for conflict in index.get(fact, ())}
    return [c for c in load_conflicts().values() if c.id in ids or wanted & set(c.subjects)]
