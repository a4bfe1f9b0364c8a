"""The fields that a condition may name, what each asks of a row, and which values it takes.

A field reads a value of a claims file into a test. A value that it does not know is refused with
the values that it does know, so that a slip of the pen never counts as zero.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from spindle.cases.absence import AbsenceReason, Absent
from spindle.cases.course import TreatmentKind
from spindle.cohort.number_ranges import NumberRange, read_number_range
from spindle.cohort.rows import CohortRow
from spindle.cohort.truth import Truth, give_truth, negate
from spindle.knowledge.vocabularies import fold
from spindle.knowledge.words import bound_word

Judge = Callable[[CohortRow], Truth]

ABSENCES = tuple(reason.value for reason in AbsenceReason)
_ABSENCES = frozenset(ABSENCES)
DONE = "done"
VALUE_SHOWN = 80


class FieldError(ValueError):
    """A value that a field does not take; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class NamedTerm:
    """A case, site or symptom that a condition names; some row or vocabulary has to know it."""

    kind: str
    """`case`, `site` or `symptom`."""
    name: str
    """As written in the claims file."""
    is_known: bool
    """Whether a vocabulary knows it."""
    pattern: re.Pattern[str]
    """Finds it in the folded name of a row."""


@dataclass(frozen=True, slots=True)
class FieldTest:
    """One field of a row held against values."""

    field: str
    """The field."""
    words: str
    """What is asked, for people: `ALK stain positive`."""
    judge: Judge
    """Whether a row fits."""
    terms: tuple[NamedTerm, ...] = ()
    """What some row or vocabulary has to know."""
    has_column: bool = True
    """False when rows hold no such thing at all."""


class Field(Protocol):
    """One field of the condition language."""

    @property
    def name(self) -> str:
        """The name in a claims file."""

    @property
    def values(self) -> str:
        """Which values it takes, for the documentation and for errors."""

    def read(self, value: object) -> FieldTest:
        """Give the test of a value, or raise `FieldError`."""

    def show(self, row: CohortRow) -> str:
        """Give what a row holds, in words."""


def suggest(name: str, known: Collection[str]) -> str:
    """Give "did you mean …?" for a name that is close to a known one, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def show_value(value: object) -> str:
    """Give a value of a claims file as an error shows it, cut when it is long."""
    try:
        text = str(value) if isinstance(value, Decimal) else repr(value)
    except ValueError:  # a whole number with more digits than Python prints
        text = "a very large number"
    return text if len(text) <= VALUE_SHOWN else f"{text[:VALUE_SHOWN]}…"


def list_texts(value: object, what: str) -> list[str]:
    """Give the texts of a text or a list of texts, or raise `FieldError`."""
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise FieldError(f"{what} takes a text or a list of texts, not {show_value(value)}")
    return list(texts)


def list_choices(value: object, what: str, allowed: Collection[str]) -> list[str]:
    """Give texts that are all among the allowed ones, or raise `FieldError`."""
    texts = list_texts(value, what)
    for text in texts:
        if text not in allowed:
            listed = ", ".join(sorted(allowed))
            raise FieldError(
                f"{what} has no value {show_value(text)}.{suggest(text, allowed)} It takes {listed}"
            )
    return texts


def join_words(texts: Iterable[str]) -> str:
    """Give the texts joined by "or", for people."""
    return " or ".join(text.replace("_", " ") for text in texts)


@dataclass(frozen=True, slots=True)
class CategoryField:
    """A field with one of a few values, or an absence with its reason."""

    name: str
    """The name in a claims file."""
    title: str
    """Its name for people."""
    get: Callable[[CohortRow], str | Absent]
    """What a row holds."""
    choices: tuple[str, ...]
    """The values it takes besides the reasons of absence."""
    is_test: bool = False
    """Whether it is a test, which can be done or not."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return ", ".join(self._allowed)

    @property
    def _allowed(self) -> tuple[str, ...]:
        return (*self.choices, *((DONE,) if self.is_test else ()), *ABSENCES)

    def read(self, value: object) -> FieldTest:
        """Give the test for one value or any of several."""
        wanted = list_choices(value, self.name, self._allowed)
        return FieldTest(
            self.name,
            f"{self.title} {join_words(wanted)}",
            self._make_judge(frozenset(wanted)),
        )

    def _make_judge(self, wanted: frozenset[str]) -> Judge:
        return lambda row: judge_value(self.get(row), wanted)

    def show(self, row: CohortRow) -> str:
        """Give what a row holds, in words."""
        return f"{self.title} {str(self.get(row)).replace('_', ' ')}"


def judge_value(value: str | Absent, wanted: frozenset[str]) -> Truth:
    """Judge a value; a test that was not done is certainly not positive, nor negative.

    A value that is not reported or unknown leaves everything open but the question whether it is
    absent, and for which reason.
    """
    if not isinstance(value, Absent):
        return give_truth(value in wanted or DONE in wanted)
    if value.absent.value in wanted:
        return Truth.TRUE
    is_answered = wanted <= _ABSENCES or value.absent is AbsenceReason.NOT_DONE
    return Truth.FALSE if is_answered else Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class NumberField:
    """A field with a number."""

    name: str
    """The name in a claims file."""
    title: str
    """Its name for people."""
    unit: str
    """Its unit."""
    get: Callable[[CohortRow], float | Absent]
    """What a row holds."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        unit = f" ({self.unit})" if self.unit else ""
        return f'a number, "< 18", "<= 18", "> 18", ">= 18" or "2 to 18"{unit}'

    def read(self, value: object) -> FieldTest:
        """Give the test for a number or a range."""
        wanted = read_range(value, self.name)
        words = f"{self.title} {wanted.words} {self.unit}".rstrip()

        def judge(row: CohortRow) -> Truth:
            found = self.get(row)
            return Truth.UNKNOWN if isinstance(found, Absent) else give_truth(wanted.holds(found))

        return FieldTest(self.name, words, judge)

    def show(self, row: CohortRow) -> str:
        """Give what a row holds, in words."""
        found = self.get(row)
        if isinstance(found, Absent):
            return f"{self.title} {found}"
        return f"{self.title} {found:.4g} {self.unit}".rstrip()


def read_range(value: object, what: str) -> NumberRange:
    """Give the range that a value means, or raise `FieldError`."""
    found = read_number_range(value)
    if found is None:
        raise FieldError(
            f'{what} takes a number, or a text such as "< 18", ">= 18" or "2 to 18", '
            f"not {show_value(value)}"
        )
    return found


@dataclass(frozen=True, slots=True)
class FlagField:
    """A field that is true, false, or not said."""

    name: str
    """The name in a claims file."""
    when_true: str
    """What true means, for people."""
    when_false: str
    """What false means, for people."""
    judge: Judge
    """What a row says."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return "true, false"

    def read(self, value: object) -> FieldTest:
        """Give the test for true or false."""
        if not isinstance(value, bool):
            raise FieldError(f"{self.name} takes true or false, not {show_value(value)}")
        if value:
            return FieldTest(self.name, self.when_true, self.judge)
        return FieldTest(self.name, self.when_false, lambda row: negate(self.judge(row)))

    def show(self, row: CohortRow) -> str:
        """Give what a row says, in words."""
        truth = self.judge(row)
        if truth is Truth.UNKNOWN:
            return f"not said whether {self.when_true}"
        return self.when_true if truth is Truth.TRUE else self.when_false


@dataclass(frozen=True, slots=True)
class TreatmentField:
    """Kinds of treatment; a row without any treatment leaves them open."""

    name: str = "treatment"
    """The name in a claims file."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return ", ".join(kind.value for kind in TreatmentKind)

    def read(self, value: object) -> FieldTest:
        """Give the test for any of the kinds."""
        names = list_choices(value, self.name, [kind.value for kind in TreatmentKind])
        wanted = frozenset(TreatmentKind(name) for name in names)

        def judge(row: CohortRow) -> Truth:
            if not row.treatments:
                return Truth.UNKNOWN
            return Truth.FALSE if wanted.isdisjoint(row.treatments) else Truth.TRUE

        return FieldTest(self.name, f"treatment {join_words(names)}", judge)

    def show(self, row: CohortRow) -> str:
        """Give the treatments in the words of the source."""
        return f"treatment: {row.treatment_words or 'not reported'}"


@dataclass(frozen=True, slots=True)
class TreatmentWordsField:
    """Words in the treatments as the source has them."""

    name: str = "treatment_words"
    """The name in a claims file."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return "words of the source, or a list of them"

    def read(self, value: object) -> FieldTest:
        """Give the test for any of the words."""
        texts = list_texts(value, self.name)
        pattern = re.compile("|".join(bound_word(fold(text)) for text in texts))

        def judge(row: CohortRow) -> Truth:
            if not row.treatment_words:
                return Truth.UNKNOWN
            return give_truth(pattern.search(fold(row.treatment_words)) is not None)

        words = " or ".join(f'"{text}"' for text in texts)
        return FieldTest(self.name, f"treatment in the words {words}", judge)

    def show(self, row: CohortRow) -> str:
        """Give the treatments in the words of the source."""
        return TreatmentField().show(row)


@dataclass(frozen=True, slots=True)
class WordsField:
    """Something that a row holds in the words of its source: found, or left open.

    Words that do not name it do not deny it, so that the answer is never false.
    """

    name: str
    """The name in a claims file."""
    title: str
    """What it is, for people."""
    get: Callable[[CohortRow], tuple[str, ...]]
    """The words that a row holds."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return "words of the source, or a list of them"

    def read(self, value: object) -> FieldTest:
        """Give the test for any of the words."""
        texts = list_texts(value, self.name)
        pattern = re.compile("|".join(bound_word(fold(text)) for text in texts))

        def judge(row: CohortRow) -> Truth:
            is_found = any(pattern.search(fold(words)) for words in self.get(row))
            return Truth.TRUE if is_found else Truth.UNKNOWN

        return FieldTest(self.name, f"{self.title} {join_words(texts)}", judge)

    def show(self, row: CohortRow) -> str:
        """Give the words."""
        return f"{self.title} {', '.join(self.get(row)) or 'not reported'}"


@dataclass(frozen=True, slots=True)
class MissingField:
    """Something that papers print and rows hold no column for: always unknown."""

    name: str
    """The name in a claims file."""
    title: str
    """What it is, for people."""

    @property
    def values(self) -> str:
        """Which values it takes."""
        return "any words; rows hold no such column, so that it is always unknown"

    def read(self, value: object) -> FieldTest:
        """Give the test, which no row can answer."""
        words = join_words(list_texts(value, self.name))
        return FieldTest(
            self.name, f"{self.title} {words}", lambda _: Truth.UNKNOWN, has_column=False
        )

    def show(self, row: CohortRow) -> str:  # noqa: ARG002 - the same answer for every row
        """Give that there is no column."""
        return f"no column for {self.title}"
