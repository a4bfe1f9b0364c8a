"""Microscopic findings: their usual names, the words that people write, and what each implies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from spindle.knowledge.terms import YES, read_choice
from spindle.knowledge.words import bound_word, fold, load_terms, refuse_term, split_words

FINDINGS_FILE = "histology"


@dataclass(frozen=True, slots=True)
class FindingTerm:
    """One microscopic finding that Spindle knows by name."""

    name: str
    """Its usual name: `ganglion-like cells`."""
    implies: str
    """The finding of which it is a kind, present whenever it is; empty for most."""
    is_counted: bool
    """Whether it is given as a number in ten high-power fields: mitoses."""


def _make_term(row: Mapping[str, str]) -> FindingTerm:
    is_counted = read_choice(FINDINGS_FILE, row, "is_counted", "", YES) == YES
    return FindingTerm(row["name"], row["implies"], is_counted)


@cache
def load_findings() -> Mapping[str, FindingTerm]:
    """Give every finding by its usual name, in the order of the file.

    Raises
    ------
    UserError
        `knowledge-invalid` for a finding that stands twice, or implies an unknown one or itself.
    """
    found: dict[str, FindingTerm] = {}
    for row in load_terms(FINDINGS_FILE):
        found[row["name"]] = _make_term(row)
    for term in found.values():
        if term.implies and term.implies not in found:
            said = f"{term.name!r} implies {term.implies!r}, which is not listed."
            raise refuse_term(FINDINGS_FILE, said, term.name)
        if term.implies == term.name:
            raise refuse_term(FINDINGS_FILE, f"{term.name!r} implies itself.", term.name)
    return MappingProxyType(found)


@cache
def load_finding_words() -> Mapping[str, FindingTerm]:
    """Give the finding of every way to write one, folded.

    Raises
    ------
    UserError
        `knowledge-invalid`, with file and line, for a word with two meanings.
    """
    terms, index = load_findings(), dict[str, FindingTerm]()
    for row in load_terms(FINDINGS_FILE):
        for word in (fold(row["name"]), *split_words(row["words"])):
            if index.setdefault(word, terms[row["name"]]).name != row["name"]:
                raise refuse_term(FINDINGS_FILE, f"{word!r} has two meanings.", row["name"])
    return MappingProxyType(index)


@lru_cache(maxsize=4096)
def find_finding(words: str) -> FindingTerm | None:
    """Give the finding that the words as a whole name, or none."""
    return load_finding_words().get(fold(words))


@cache
def finding_pattern() -> re.Pattern[str]:
    """Give a pattern that finds a finding's name inside folded text, the longest first."""
    words = sorted(load_finding_words(), key=lambda word: (-len(word), word))
    return re.compile("|".join(bound_word(word) for word in words))


def list_implied(name: str) -> tuple[str, ...]:
    """Give the findings that are present whenever this one is, the finding itself first.

    Plasma cells are an inflammatory infiltrate. An absent finding implies nothing.
    """
    terms, names = load_findings(), [name]
    while (term := terms.get(names[-1])) and term.implies and term.implies not in names:
        names.append(term.implies)
    return tuple(names)
