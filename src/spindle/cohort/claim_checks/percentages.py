"""Claims that a share is so many per cent: "6 of 17 (35.3 %)"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from spindle.cohort.claim_checks.counts import (
    describe_count,
    format_count,
    is_silent,
    judge_count,
    make_silent_finding,
)
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import (
    Finding,
    Verdict,
    format_number,
    is_as_printed,
)
from spindle.cohort.conditions import EVERY_CASE, Condition, count_rows
from spindle.cohort.rows import CohortRow


@dataclass(frozen=True, slots=True)
class PercentageCheck:
    """A printed percentage, with its printed counts, a condition on rows, or both."""

    printed: Decimal
    """The printed percentage."""
    n: int | None
    """The printed numerator."""
    of: int | None
    """The printed denominator."""
    condition: Condition | None
    """What the numerator counts."""
    among: Condition
    """What the denominator counts."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give what the counts and the rows say of the percentage."""
        arithmetic = self._find_arithmetic()
        if self.condition is None:
            return arithmetic
        from_rows = self._find_in_rows(self.condition, rows)
        if self.of is None or from_rows.verdict is Verdict.NOT_CHECKABLE:
            return from_rows
        verdict = arithmetic.verdict
        if verdict is Verdict.AGREES:
            verdict = from_rows.verdict
        reason = f"{arithmetic.reason} {from_rows.reason}"
        return Finding(verdict, arithmetic.printed, from_rows.recomputed, reason, from_rows.rows)

    def _find_arithmetic(self) -> Finding:
        if self.n is None or self.of is None:
            return Finding(Verdict.AGREES, self._words, "", "")
        share = 100 * self.n / self.of
        decimals = max(2, -int(self.printed.as_tuple().exponent) + 1)
        recomputed = f"{self.n}/{self.of} = {format_number(share, decimals)} %"
        if is_as_printed(share, self.printed):
            return Finding(
                Verdict.AGREES, self._words, recomputed, f"{recomputed}, printed {self.printed} %."
            )
        fitting = find_numerators(self.of, self.printed)
        if fitting:
            listed = " or ".join(f"{n}/{self.of}" for n in fitting)
            reason = f"{recomputed}, and not {self.printed} %, which would be {listed}."
            return Finding(Verdict.DIFFERS, self._words, recomputed, reason)
        reason = f"{recomputed}; no number out of {self.of} gives {self.printed} %."
        return Finding(Verdict.IMPOSSIBLE, self._words, recomputed, reason)

    def _find_in_rows(self, condition: Condition, rows: Sequence[CohortRow]) -> Finding:
        count = count_rows(rows, condition, self.among)
        if is_silent(count, rows):
            return make_silent_finding(self._words, condition, rows)
        if not count.considered:
            reason = f"There is no share of nobody: no row has {self.among.words}."
            return Finding(Verdict.NOT_CHECKABLE, self._words, "not in the rows", reason)
        share = 100 * count.n / count.considered
        highest = min(100.0, 100 * count.most / count.considered)
        is_same = is_as_printed(share, self.printed)
        if self.n is not None and self.of is not None:
            verdict = judge_count(count, self.n)
            if self.of != count.considered and verdict is Verdict.AGREES:
                verdict = Verdict.DIFFERS
        elif is_same and (count.n or count.is_settled):
            verdict = Verdict.AGREES
        elif not count.is_settled and share <= float(self.printed) <= highest:
            verdict = Verdict.NOT_CHECKABLE
        elif not find_numerators(count.considered, self.printed):
            verdict = Verdict.IMPOSSIBLE
        else:
            verdict = Verdict.DIFFERS
        reason = describe_count(count, condition, self.among)
        if verdict is Verdict.IMPOSSIBLE:
            reason += f" No number out of {count.considered} gives {self.printed} %."
        if verdict is Verdict.NOT_CHECKABLE:
            reason += f" The share lies from {share:.1f} to {highest:.1f} %."
        recomputed = f"{format_count(count)} = {format_number(share)} %"
        return Finding(verdict, self._words, recomputed, reason, count.fitting)

    @property
    def _words(self) -> str:
        counts = f"{self.n}/{self.of} = " if self.of is not None else ""
        return f"{counts}{self.printed} %"


def find_numerators(of: int, printed: Decimal) -> tuple[int, ...]:
    """Give the numbers out of a total that give the printed percentage at its precision.

    When there is none, no whole number of cases can have given it.
    """
    middle = round(float(printed) * of / 100)
    spread = max(2, of // 100 + 1)
    candidates = range(max(0, middle - spread), min(of, middle + spread) + 1)
    return tuple(n for n in candidates if is_as_printed(100 * n / of, printed))


def read_percentage(fields: ClaimFields) -> PercentageCheck:
    """Give the check of a `percentage` claim."""
    has_counts, has_condition = fields.has("n"), fields.has("condition")
    n = fields.read_count("n") if has_counts or fields.has("of") else None
    of = fields.read_count("of") if n is not None else None
    if n is None and not has_condition:
        raise fields.fail("A percentage needs n and of, or a condition on rows, or both.")
    if n is not None and of is not None and not 0 < of >= n:
        raise fields.fail(f"{n} of {of} is not a share.")
    condition = fields.read_condition("condition") if has_condition else None
    return PercentageCheck(
        printed=fields.read_number("printed"),
        n=n,
        of=of,
        condition=condition,
        among=fields.read_condition("among", EVERY_CASE),
    )
