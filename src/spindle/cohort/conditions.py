"""Conditions on rows: which cases a claim is about, as data that a claims file holds.

A condition is a table of fields that all have to hold: `{ sex = "male", age_years = "< 18" }`. A
list of values means any of them. `any` takes a list of conditions of which one has to hold, `not` a
condition that must not, and `words` says for people what the condition means. What a row does not
say is neither true nor false, and is counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from spindle.cohort.condition_columns import FIELDS
from spindle.cohort.condition_fields import (
    FieldError,
    FieldTest,
    Judge,
    NamedTerm,
    show_value,
    suggest,
)
from spindle.cohort.condition_terms import index_vocabulary
from spindle.cohort.rows import CohortRow
from spindle.cohort.truth import Truth, join_all, join_any, negate
from spindle.errors import UserError
from spindle.knowledge.vocabularies import fold

ANY = "any"
NOT = "not"
WORDS = "words"
VOCABULARIES = {"site": "sites", "symptom": "symptoms"}


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row has to fit."""

    words: str
    """The condition for people."""
    judge: Judge
    """Whether a row fits: true, false or unknown."""
    tests: tuple[FieldTest, ...] = ()
    """Every field that it asks for."""


EVERY_CASE = Condition("every case", lambda _: Truth.TRUE)


def read_condition(value: object, place: str) -> Condition:
    """Give the condition of a table in a claims file.

    Raises
    ------
    UserError
        `claims-invalid` for an unknown field or a value that a field does not take, with what is
        allowed.
    """
    try:
        return _read(value)
    except FieldError as error:
        raise UserError("claims-invalid", f"{str(error).rstrip('.')}.", place=place) from None
    except RecursionError:
        message = "The condition holds conditions within conditions too deeply."
        raise UserError("claims-invalid", message, place=place) from None


def _read(value: object) -> Condition:
    if not isinstance(value, Mapping) or not value:
        raise FieldError(
            f'a condition is a table such as {{ sex = "male" }}, not {show_value(value)}'
        )
    words = value.get(WORDS, "")
    if not isinstance(words, str):
        raise FieldError(f"{WORDS} takes a text that says what the condition means")
    parts = [_read_part(name, wanted) for name, wanted in value.items() if name != WORDS]
    if not parts:
        raise FieldError("a condition needs at least one field")
    if len(parts) == 1:
        return replace(parts[0], words=words or parts[0].words)
    return Condition(
        words or " and ".join(part.words for part in parts),
        _join([part.judge for part in parts], join_all),
        tuple(test for part in parts for test in part.tests),
    )


def _read_part(name: str, wanted: object) -> Condition:
    if name == ANY:
        return _read_any(wanted)
    if name == NOT:
        part = _read(wanted)
        return Condition(f"not ({part.words})", lambda row: negate(part.judge(row)), part.tests)
    if name not in FIELDS:
        known = (*FIELDS, ANY, NOT, WORDS)
        raise FieldError(
            f"there is no field {name!r}.{suggest(name, known)} A condition takes "
            f"{', '.join(known)}"
        )
    test = FIELDS[name].read(wanted)
    return Condition(test.words, test.judge, (test,))


def _read_any(wanted: object) -> Condition:
    if not isinstance(wanted, list) or len(wanted) < 2:
        raise FieldError(f"any takes a list of two or more conditions, not {show_value(wanted)}")
    parts = [_read(part) for part in wanted]
    return Condition(
        f"({' or '.join(part.words for part in parts)})",
        _join([part.judge for part in parts], join_any),
        tuple(test for part in parts for test in part.tests),
    )


def _join(judges: Sequence[Judge], join: Callable[[Iterable[Truth]], Truth]) -> Judge:
    return lambda row: join(judge(row) for judge in judges)


@dataclass(frozen=True, slots=True)
class RowCount:
    """How many rows fit a condition; what a row does not say is in neither count."""

    fitting: tuple[str, ...]
    """Ids of the cases that fit."""
    unfit: tuple[str, ...]
    """Ids of the cases that certainly do not."""
    open: tuple[str, ...]
    """Ids of the cases of which the rows do not say."""
    unplaced: tuple[str, ...] = ()
    """Ids of cases that may fit, and of which the rows do not say whether they belong to those
    among which to look; in no count."""
    outside: int = 0
    """Cases that do not fit, and of which the rows do not say whether they belong."""

    @property
    def n(self) -> int:
        """How many certainly fit."""
        return len(self.fitting)

    @property
    def most(self) -> int:
        """How many fit at most."""
        return len(self.fitting) + len(self.open) + len(self.unplaced)

    @property
    def considered(self) -> int:
        """Out of how many."""
        return len(self.fitting) + len(self.unfit) + len(self.open)

    @property
    def most_considered(self) -> int:
        """Out of how many at most, if all belong of whom it is not said."""
        return self.considered + len(self.unplaced) + self.outside

    @property
    def is_settled(self) -> bool:
        """Whether the rows leave nothing open."""
        return not self.open and not self.unplaced

    @property
    def is_silent(self) -> bool:
        """Whether no row answers the question."""
        return not self.fitting and not self.unfit and not self.is_settled


def count_rows(
    rows: Iterable[CohortRow], condition: Condition, among: Condition = EVERY_CASE
) -> RowCount:
    """Give how many of the rows among which to look fit a condition."""
    fitting: list[str] = []
    unfit: list[str] = []
    left_open: list[str] = []
    unplaced: list[str] = []
    outside = 0
    keep = {
        Truth.TRUE: fitting.append,
        Truth.FALSE: unfit.append,
        Truth.UNKNOWN: left_open.append,
    }
    judge = condition.judge
    if among is EVERY_CASE:
        for row in rows:
            keep[judge(row)](row.case_id)
        return RowCount(tuple(fitting), tuple(unfit), tuple(left_open))
    for row in rows:
        belongs = among.judge(row)
        if belongs is Truth.TRUE:
            keep[judge(row)](row.case_id)
        elif belongs is Truth.UNKNOWN and judge(row) is Truth.FALSE:
            outside += 1
        elif belongs is Truth.UNKNOWN:
            unplaced.append(row.case_id)
    return RowCount(tuple(fitting), tuple(unfit), tuple(left_open), tuple(unplaced), outside)


def show_fields(condition: Condition, row: CohortRow) -> str:
    """Give what a row holds in the fields that a condition asks for, in words."""
    names = dict.fromkeys(test.field.split()[0] for test in condition.tests)
    return "; ".join(dict.fromkeys(FIELDS[name].show(row) for name in names))


def list_silent_tests(condition: Condition, rows: Sequence[CohortRow]) -> tuple[str, ...]:
    """Give the words of each field of a condition that no row answers."""
    return tuple(
        test.words
        for test in condition.tests
        if all(test.judge(row) is Truth.UNKNOWN for row in rows)
    )


@dataclass(frozen=True, slots=True)
class RowTerms:
    """The ids, sites and symptoms that rows hold, folded."""

    names: Mapping[str, frozenset[str]]
    """By kind: `case` (as written), `site`, `symptom`."""


def list_terms(rows: Iterable[CohortRow]) -> RowTerms:
    """Give the ids, sites and symptoms of rows, in one pass."""
    cases: set[str] = set()
    sites: set[str] = set()
    symptoms: set[str] = set()
    for row in rows:
        cases.add(row.case_id)
        sites.update(site.name for site in row.sites)
        symptoms.update(symptom.name for symptom in row.symptoms)
    return RowTerms(
        {
            "case": frozenset(cases),
            "site": frozenset(map(fold, sites)),
            "symptom": frozenset(map(fold, symptoms)),
        }
    )


def check_terms(condition_tests: Iterable[FieldTest], terms: RowTerms, place: str) -> None:
    """Refuse a case, site or symptom that neither a row nor a vocabulary knows.

    Raises
    ------
    UserError
        `claims-invalid`, with the nearest known name.
    """
    for test in condition_tests:
        for term in test.terms:
            if not _is_known(term, terms):
                raise UserError("claims-invalid", _describe_unknown(term, terms), place=place)


def _is_known(term: NamedTerm, terms: RowTerms) -> bool:
    if term.kind == "case":
        return term.name in terms.names["case"]
    return term.is_known or any(term.pattern.search(name) for name in terms.names[term.kind])


def _describe_unknown(term: NamedTerm, terms: RowTerms) -> str:
    if term.kind == "case":
        return f"No row has the case id {term.name!r}."
    known = {*index_vocabulary(VOCABULARIES[term.kind]), *terms.names[term.kind]}
    return (
        f"Neither the vocabulary nor any row has the {term.kind} {term.name!r}."
        f"{suggest(fold(term.name), known)}"
    )
