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
    is_decisive: bool = True
    """Whether a row that does not fit breaks the rule; not when its column holds something near
    what the rule asks, such as where a tumour grew and not where it began."""

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
            verdict, words = Verdict.CONTRADICTED, "It does not hold for {}."
            if not self.is_decisive:
                verdict = Verdict.NOT_CHECKABLE
                need = "needs" if len(count.unfit) == 1 else "need"
                words = f"{{}} cannot show it and cannot refute it and {need} a look."
            named = capitalise(words.format(list_cases(count.unfit)))
            shown = self._show_broken(rows, count.unfit)
            return Finding(verdict, printed, recomputed, f"{reason} {named} {shown}", count.unfit)
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
    return InclusionCheck(
        rule=fields.read_condition("rule"),
        among=fields.read_among(),
        is_decisive=fields.read_flag("is_decisive", default=True),
    )
