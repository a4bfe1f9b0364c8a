"""Claims that hold for every case: "all patients had complete follow-up"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spindle.cohort.claim_checks.counts import (
    describe_count,
    is_silent,
    make_silent_finding,
)
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import Finding, Verdict, capitalise, list_cases
from spindle.cohort.conditions import EVERY_CASE, Condition, count_rows, show_fields
from spindle.cohort.rows import CohortRow

GROUPS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class InclusionCheck:
    """A rule that every case has to keep."""

    rule: Condition
    """The rule."""
    among: Condition
    """For which cases."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give whether every row keeps the rule."""
        printed = f"all: {self.rule.words}"
        if self.among is not EVERY_CASE:
            printed = f"all with {self.among.words}: {self.rule.words}"
        count = count_rows(rows, self.rule, self.among)
        if is_silent(count, rows):
            return make_silent_finding(printed, self.rule, rows)
        recomputed = f"{count.n} of {count.considered}"
        if not count.considered:
            reason = f"The rows have nobody with {self.among.words}."
            return Finding(Verdict.CONTRADICTED, printed, recomputed, reason)
        reason = describe_count(count, self.rule, self.among)
        if count.unfit:
            shown = self._show_broken(rows, count.unfit)
            reason += f" It does not hold for {list_cases(count.unfit)}. {shown}"
            return Finding(Verdict.CONTRADICTED, printed, recomputed, reason, count.unfit)
        verdict = Verdict.NOT_CHECKABLE if count.open else Verdict.AGREES
        return Finding(verdict, printed, recomputed, reason, count.fitting)

    def _show_broken(self, rows: Sequence[CohortRow], broken: Sequence[str]) -> str:
        """Give what the rows hold that break the rule, those that hold the same together."""
        ids, held = set(broken), dict[str, list[str]]()
        for row in rows:
            if row.case_id in ids:
                held.setdefault(show_fields(self.rule, row), []).append(row.case_id)
        shown = list(held.items())[:GROUPS_SHOWN]
        listed = [f"{capitalise(list_cases(cases))}: {words}." for words, cases in shown]
        return " ".join(listed)


def read_inclusion(fields: ClaimFields) -> InclusionCheck:
    """Give the check of an `inclusion` claim."""
    return InclusionCheck(fields.read_condition("rule"), fields.read_among())
