"""Fields of a condition that name a case, a site or a symptom.

A site or a symptom is known when the vocabulary has it or a row lists it; a case when a row has its
id. Anything else is a slip of the pen, and is refused before it counts as zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.cases.absence import Absent
from spindle.cases.tumour import Laterality
from spindle.cohort.condition_fields import (
    FieldError,
    FieldTest,
    Judge,
    NamedTerm,
    join_words,
    list_choices,
    list_texts,
)
from spindle.cohort.rows import CohortRow, SidedName
from spindle.cohort.truth import Truth, give_truth, join_any
from spindle.knowledge.vocabularies import fold
from spindle.knowledge.words import bound_word, load_terms, split_words

SIDES = tuple(side.value for side in Laterality)
# Ways to deny a symptom stand in a column of their own and name no symptom.
_DENIALS = "words_denied"


@cache
def index_vocabulary(vocabulary: str) -> Mapping[str, str]:
    """Give, for each folded way to write a term, its name in the vocabulary."""
    index: dict[str, str] = {}
    for row in load_terms(vocabulary):
        index.setdefault(fold(row["name"]), row["name"])
    for row in load_terms(vocabulary):
        for column, cell in row.items():
            if column.startswith("words") and column != _DENIALS:
                for word in split_words(cell):
                    index.setdefault(word, row["name"])
    return MappingProxyType(index)


@cache
def _list_names(vocabulary: str) -> frozenset[str]:
    return frozenset(fold(name) for name in index_vocabulary(vocabulary).values())


def make_term(kind: str, vocabulary: str, text: str) -> NamedTerm:
    """Give the term that a text names, under the vocabulary's own name where it has one."""
    known = index_vocabulary(vocabulary).get(fold(text))
    pattern = re.compile(bound_word(fold(known or text)))
    return NamedTerm(kind, text, known is not None, pattern)


def make_matcher(vocabulary: str, terms: tuple[NamedTerm, ...]) -> Callable[[str], bool]:
    """Give a function that says whether a row's name is one of the terms.

    A name of the vocabulary is compared as a whole, so that "fever" is not "low-grade fever". Where
    the row or the claims file has words that the vocabulary does not know, the term is found
    wherever it stands in the row's words.
    """
    found: dict[str, bool] = {}

    def fits(name: str) -> bool:
        if name not in found:
            found[name] = any(is_named(vocabulary, term, name) for term in terms)
        return found[name]

    return fits


def is_named(vocabulary: str, term: NamedTerm, name: str) -> bool:
    """Give whether a row's name is the term."""
    folded = fold(name)
    if term.is_known and folded in _list_names(vocabulary):
        return term.pattern.fullmatch(folded) is not None
    return term.pattern.search(folded) is not None


@dataclass(frozen=True, slots=True)
class SidedField:
    """A site or a symptom by its name, with or without its side.

    A row that lists others and not this one does not have it, as far as the row says; a row that
    lists none at all leaves it open.
    """

    name: str
    """`site` or `symptom`."""
    vocabulary: str
    """The vocabulary with the names."""
    get: Callable[[CohortRow], tuple[SidedName, ...]]
    """What a row lists."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return f'a {self.name}, a list of them, or {{ name = "…", side = "{"|".join(SIDES)}" }}'

    def read(self, value: object) -> FieldTest:
        """Give the test for any of the names, on any of the sides when they are given."""
        name, sides = self._part(value)
        names = list_texts(name, self.name)
        terms = tuple(make_term(self.name, self.vocabulary, text) for text in names)
        words = " ".join(filter(None, (self.name, join_words(sides), join_words(names))))
        return FieldTest(self.name, words, self._make_judge(terms, frozenset(sides)), terms)

    def _part(self, value: object) -> tuple[object, list[str]]:
        if not isinstance(value, dict):
            return value, []
        if unknown := sorted(set(value) - {"name", "side"}):
            raise FieldError(f"{self.name} takes name and side, not {unknown[0]!r}")
        if "side" not in value:
            return value.get("name"), []
        return value.get("name"), list_choices(value["side"], f"the side of a {self.name}", SIDES)

    def _make_judge(self, terms: tuple[NamedTerm, ...], sides: frozenset[str]) -> Judge:
        fits, get = make_matcher(self.vocabulary, terms), self.get

        def judge_name(row: CohortRow) -> Truth:
            listed = get(row)
            for item in listed:
                if fits(item.name) and item.is_present:
                    return Truth.TRUE
            return Truth.FALSE if listed else Truth.UNKNOWN

        def judge_sided_name(row: CohortRow) -> Truth:
            named = [item for item in get(row) if item.is_present and fits(item.name)]
            if not named:
                return Truth.FALSE if get(row) else Truth.UNKNOWN
            return join_any(_judge_side(item.laterality, sides) for item in named)

        return judge_sided_name if sides else judge_name

    def show(self, row: CohortRow) -> str:
        """Give what a row lists, in words."""
        listed = [show_sided(item) for item in self.get(row) if item.is_present]
        return f"{self.name}s: {', '.join(listed)}" if listed else f"no {self.name} reported"


def _judge_side(side: Laterality | Absent, wanted: frozenset[str]) -> Truth:
    return Truth.UNKNOWN if isinstance(side, Absent) else give_truth(side.value in wanted)


def show_sided(item: SidedName) -> str:
    """Give a site or a symptom with its side, in words."""
    side = "" if isinstance(item.laterality, Absent) else f"{item.laterality.value} "
    return f"{side}{item.name}"


@dataclass(frozen=True, slots=True)
class CaseField:
    """A case by its id."""

    name: str = "case"
    """The name in a claims file."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return "an id, or a list of them"

    def read(self, value: object) -> FieldTest:
        """Give the test for any of the ids."""
        texts = list_texts(value, self.name)
        wanted = frozenset(texts)
        return FieldTest(
            self.name,
            f"case {join_words(texts)}",
            lambda row: give_truth(row.case_id in wanted),
            tuple(NamedTerm(self.name, text, False, re.compile(re.escape(text))) for text in texts),
        )

    def show(self, row: CohortRow) -> str:
        """Give the id."""
        return f"case {row.case_id}"
