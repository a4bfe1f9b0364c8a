"""Claims that so many cases fit a condition: "five patients died"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import (
    Finding,
    Verdict,
    capitalise,
    count_noun,
    list_cases,
)
from spindle.cohort.conditions import (
    EVERY_CASE,
    Condition,
    RowCount,
    count_rows,
    list_silent_tests,
)
from spindle.cohort.rows import CohortRow

EXACTLY, AT_LEAST, AT_MOST = "exactly", "at_least", "at_most"
COMPARISONS = {name: name for name in (EXACTLY, AT_LEAST, AT_MOST)}


@dataclass(frozen=True, slots=True)
class CountCheck:
    """A printed number of cases that fit a condition."""

    condition: Condition
    """What is counted."""
    among: Condition
    """Among which cases."""
    printed: int
    """The printed number."""
    printed_of: int | None
    """The printed number of cases among which was counted."""
    comparison: str
    """Whether the number is printed as exact, as a lower or as an upper bound."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give what the rows say of the number."""
        count = count_rows(rows, self.condition, self.among)
        printed = f"{self.comparison.replace('_', ' ')} " if self.comparison != EXACTLY else ""
        printed += str(self.printed)
        printed += f" of {self.printed_of}" if self.printed_of is not None else ""
        if is_silent(count, rows):
            return make_silent_finding(printed, self.condition, rows)
        verdict = judge_count(count, self.printed, self.comparison)
        sentences = [describe_count(count, self.condition, self.among)]
        if verdict is Verdict.NOT_CHECKABLE:
            sentences.append(
                f"The rows leave open anything from {count.n} to {count.most}, so that the printed "
                f"{self.printed} can be neither confirmed nor refuted."
            )
        if verdict is Verdict.IMPOSSIBLE:
            sentences.append(f"{self.printed} is more than all of them.")
        if self.printed_of is not None and self.printed_of != count.considered:
            verdict = self._judge_total(count, verdict)
            sentences.append(
                f"The printed total is {self.printed_of}; the rows have {count.considered}."
            )
        return Finding(verdict, printed, format_count(count), " ".join(sentences), count.fitting)

    def _judge_total(self, count: RowCount, verdict: Verdict) -> Verdict:
        """Give the verdict when the printed total is not that of the rows."""
        if verdict is not Verdict.AGREES:
            return verdict
        is_possible = count.considered <= (self.printed_of or 0) <= count.most_considered
        return Verdict.NOT_CHECKABLE if is_possible else Verdict.DIFFERS


def read_count(fields: ClaimFields) -> CountCheck:
    """Give the check of a `count` claim."""
    return CountCheck(
        condition=fields.read_condition("condition", EVERY_CASE),
        among=fields.read_among(),
        printed=fields.read_count("printed"),
        printed_of=fields.read_count("printed_of") if fields.has("printed_of") else None,
        comparison=fields.read_choice("comparison", COMPARISONS, EXACTLY),
    )


def judge_count(count: RowCount, printed: int, comparison: str = EXACTLY) -> Verdict:
    """Give the verdict on a printed number.

    A printed number equal to the certain count agrees, even where some rows are silent; a printed
    zero needs every row to deny it.
    """
    judge: dict[str, Callable[[], Verdict]] = {
        EXACTLY: lambda: _judge_exact(count, printed),
        AT_LEAST: lambda: _judge_bound(count.n >= printed, count.most < printed),
        AT_MOST: lambda: _judge_bound(count.most <= printed, count.n > printed),
    }
    return judge[comparison]()


def _judge_exact(count: RowCount, printed: int) -> Verdict:
    if printed > count.most_considered:
        return Verdict.IMPOSSIBLE
    if printed == count.n and (printed or count.is_settled):
        return Verdict.AGREES
    return Verdict.NOT_CHECKABLE if count.n <= printed <= count.most else Verdict.DIFFERS


def _judge_bound(is_certain: bool, is_refuted: bool) -> Verdict:
    if is_certain:
        return Verdict.AGREES
    return Verdict.DIFFERS if is_refuted else Verdict.NOT_CHECKABLE


def is_silent(count: RowCount, rows: Sequence[CohortRow]) -> bool:
    """Give whether the rows say nothing at all: there are none, or none answers."""
    return not rows or count.is_silent


def make_silent_finding(printed: str, condition: Condition, rows: Sequence[CohortRow]) -> Finding:
    """Give the finding for a claim about something that no row says."""
    if not rows:
        return Finding(Verdict.NOT_CHECKABLE, printed, "no rows", "There are no rows to count.")
    silent = list_silent_tests(condition, rows)
    asked = "; ".join(silent) if silent else condition.words
    return Finding(
        Verdict.NOT_CHECKABLE,
        printed,
        "not in the rows",
        f"None of the {count_noun(len(rows), 'row')} says anything about this: {asked}.",
    )


def format_count(count: RowCount) -> str:
    """Give a count in short: `5 of 25`, `5 of 25, 8 open`."""
    left_open = f", {len(count.open)} open" if count.open else ""
    return f"{count.n} of {count.considered}{left_open}"


def describe_count(count: RowCount, condition: Condition, among: Condition = EVERY_CASE) -> str:
    """Give a count as a sentence, with the cases and with what is left open."""
    if among is EVERY_CASE and condition is EVERY_CASE:
        return f"The table has {count_noun(count.n, 'row')}."
    rows = count_noun(count.considered, "row")
    if among is not EVERY_CASE:
        rows = f"the {rows} with {among.words}"
    sentence = f"{capitalise(condition.words)}: {count.n} of {rows}"
    if count.fitting and count.n < count.considered:
        sentence += f" ({list_cases(count.fitting)})"
    if count.open:
        sentence += f"; not said in {list_cases(count.open)}"
    if count.unplaced:
        sentence += f"; it is open whether {list_cases(count.unplaced)} should count as well"
    return f"{sentence}."
