"""Claims that parts make a whole: "10 without recurrence, 2 alive with it and 5 dead, of 17"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from spindle.cohort.claim_checks.counts import (
    describe_count,
    is_silent,
    judge_count,
    make_silent_finding,
)
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import (
    Finding,
    Verdict,
    capitalise,
    count_noun,
    format_with_unit,
    join_list,
    list_cases,
)
from spindle.cohort.conditions import EVERY_CASE, Condition, RowCount, count_rows
from spindle.cohort.rows import CohortRow


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a printed sum."""

    label: str
    """What it is."""
    printed: Decimal
    """Its printed number."""
    condition: Condition | None
    """Which rows it counts, where rows can."""


@dataclass(frozen=True, slots=True)
class SumCheck:
    """Printed parts against their printed total, and both against the rows."""

    parts: tuple[Part, ...]
    """The parts."""
    printed: Decimal
    """The printed total."""
    unit: str
    """Unit of parts and total; empty for cases."""
    among: Condition
    """Among which cases the parts are counted."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give what the arithmetic and the rows say."""
        total = sum((part.printed for part in self.parts), Decimal())
        terms = " + ".join(str(part.printed) for part in self.parts)
        recomputed = f"{terms} = {format_with_unit(total, self.unit)}"
        printed = format_with_unit(self.printed, self.unit)
        labelled = capitalise(join_list(f"{part.label} {part.printed}" for part in self.parts))
        if total != self.printed:
            gap = abs(total - self.printed)
            direction = "less" if total < self.printed else "more"
            reason = f"{labelled} make {total}, {gap} {direction} than the printed {self.printed}."
            return Finding(Verdict.DIFFERS, printed, recomputed, reason)
        reason = f"{labelled} make {total}, as printed."
        if not any(part.condition for part in self.parts):
            return Finding(Verdict.AGREES, printed, recomputed, reason)
        return self._find_in_rows(rows, Finding(Verdict.AGREES, printed, recomputed, reason))

    def _find_in_rows(self, rows: Sequence[CohortRow], arithmetic: Finding) -> Finding:
        verdict, sentences, cases = Verdict.AGREES, [arithmetic.reason], Counter[str]()
        for part in self.parts:
            if part.condition is None:
                sentences.append(f"No column tells {part.label}.")
                verdict = _pick_worse(verdict, Verdict.NOT_CHECKABLE)
                continue
            count = count_rows(rows, part.condition, self.among)
            found = self._judge_part(part, part.condition, count, rows)
            verdict = _pick_worse(verdict, found.verdict)
            sentences.append(found.reason)
            cases.update(count.fitting)
        total = count_rows(rows, self.among)
        if total.n != self.printed:
            verdict = _pick_worse(verdict, judge_count(total, int(self.printed)))
            sentences.append(describe_count(total, self.among))
        if doubled := [case for case, n in cases.items() if n > 1]:
            verdict = _pick_worse(verdict, Verdict.DIFFERS)
            sentences.append(f"The parts overlap: {list_cases(doubled)} would count twice.")
        return Finding(
            verdict, arithmetic.printed, arithmetic.recomputed, " ".join(sentences), tuple(cases)
        )

    def _judge_part(
        self, part: Part, condition: Condition, count: RowCount, rows: Sequence[CohortRow]
    ) -> Finding:
        if is_silent(count, rows):
            return make_silent_finding(str(part.printed), condition, rows)
        verdict = judge_count(count, int(part.printed))
        reason = describe_count(count, condition, self.among)
        return Finding(verdict, str(part.printed), str(count.n), reason)


_GRAVITY = (
    Verdict.AGREES,
    Verdict.NOT_CHECKABLE,
    Verdict.DIFFERS,
    Verdict.IMPOSSIBLE,
)


def _pick_worse(first: Verdict, second: Verdict) -> Verdict:
    return max(first, second, key=_GRAVITY.index)


def read_sum(fields: ClaimFields) -> SumCheck:
    """Give the check of a `sum` claim."""
    unit = fields.read_text("unit", "")
    check = SumCheck(
        parts=fields.read_tables("parts", _read_part, at_least=2),
        printed=fields.read_number("printed"),
        unit=unit,
        among=fields.read_condition("among", EVERY_CASE),
    )
    counted = [part for part in check.parts if part.condition]
    numbers = [check.printed, *(part.printed for part in check.parts)]
    if counted and any(number % 1 or number < 0 for number in numbers):
        noun = count_noun(len(counted), "part has", "parts have")
        raise fields.fail(f"{noun} a condition, so that every number has to be one of cases.")
    return check


def _read_part(fields: ClaimFields) -> Part:
    has_condition = fields.has("condition")
    return Part(
        label=fields.read_text("label"),
        printed=fields.read_number("printed"),
        condition=fields.read_condition("condition") if has_condition else None,
    )
