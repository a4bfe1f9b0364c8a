"""Claims about one patient, or a few, held against their rows: "a child without recurrence"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spindle.cohort.claim_checks.counts import is_silent, make_silent_finding
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import (
    Finding,
    Verdict,
    capitalise,
    count_noun,
    join_list,
    list_cases,
)
from spindle.cohort.conditions import Condition, count_rows, read_condition, show_fields
from spindle.cohort.rows import CohortRow
from spindle.cohort.truth import Truth

ROWS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that is said of the patient."""

    condition: Condition
    """What is said."""


@dataclass(frozen=True, slots=True)
class PatientCheck:
    """A sentence about a patient, found by a condition and held against the row."""

    find_by: Condition
    """Who is meant."""
    expected: tuple[Expected, ...]
    """What is said of them."""
    printed_n: int
    """How many patients are meant."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give whether the row says the same."""
        printed = f"{self.find_by.words}: {join_list(s.condition.words for s in self.expected)}"
        count = count_rows(rows, self.find_by)
        if is_silent(count, rows) or (not count.fitting and count.open):
            return make_silent_finding(printed, self.find_by, rows)
        ids = set(count.fitting)
        found = [row for row in rows if row.case_id in ids]
        if not found:
            reason = f"No row fits the patient: {self.find_by.words}."
            return Finding(Verdict.CONTRADICTED, printed, "no such row", reason)
        verdict, sentences = self._judge(found)
        if len(found) != self.printed_n:
            verdict = Verdict.CONTRADICTED
            listed = list_cases(count.fitting)
            noun = count_noun(len(found), "row")
            sentences.append(f"{noun}, not {self.printed_n}, fit the patient: {listed}.")
        return Finding(verdict, printed, self._show_rows(found), " ".join(sentences), count.fitting)

    def _judge(self, found: Sequence[CohortRow]) -> tuple[Verdict, list[str]]:
        answers = [[(e, e.condition.judge(row)) for e in self.expected] for row in found]
        truths = {truth for answer in answers for _, truth in answer}
        sentences = [
            sentence
            for row, answer in zip(found[:ROWS_SHOWN], answers, strict=False)
            for sentence in _describe_answers(row.case_id, answer)
        ]
        if Truth.FALSE in truths:
            return Verdict.CONTRADICTED, sentences
        verdict = Verdict.NOT_CHECKABLE if Truth.UNKNOWN in truths else Verdict.AGREES
        return verdict, sentences

    def _show_rows(self, found: Sequence[CohortRow]) -> str:
        """Give what the rows hold in the fields that the sentence speaks of."""
        shown = []
        for row in found[:ROWS_SHOWN]:
            held = dict.fromkeys(show_fields(said.condition, row) for said in self.expected)
            shown.append(f"case {row.case_id}: {'; '.join(held)}")
        more = len(found) - len(shown)
        return capitalise(" | ".join(shown)) + (f" | and {more} more" if more else "")


def _describe_answers(case_id: str, answers: Sequence[tuple[Expected, Truth]]) -> Iterator[str]:
    for truth, words in _WORDS.items():
        said = [expected.condition.words for expected, found in answers if found is truth]
        if said:
            yield f"The row of case {case_id} {words}: {join_list(said)}."


_WORDS = {
    Truth.FALSE: "denies",
    Truth.UNKNOWN: "leaves open",
    Truth.TRUE: "bears out",
}


def read_patient(fields: ClaimFields) -> PatientCheck:
    """Give the check of a `patient` claim."""
    return PatientCheck(
        find_by=fields.read_condition("find"),
        expected=fields.read_table("expect", _read_expected),
        printed_n=fields.read_count("printed_n", 1),
    )


def _read_expected(fields: ClaimFields) -> tuple[Expected, ...]:
    expected = []
    for name in fields.values:
        fields.has(name)
        condition = read_condition({name: fields.values[name]}, fields.place)
        fields.tests.extend(condition.tests)
        expected.append(Expected(condition))
    if not expected:
        raise fields.fail("expect needs at least one field.")
    return tuple(expected)
