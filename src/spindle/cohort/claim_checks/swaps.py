"""Claims in which two columns may have been swapped: "negative by stain and positive by FISH"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spindle.cohort.claim_checks.counts import (
    describe_count,
    format_count,
    is_silent,
    judge_count,
    make_silent_finding,
)
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import Finding, Verdict
from spindle.cohort.conditions import EVERY_CASE, Condition, count_rows, read_condition
from spindle.cohort.rows import CohortRow


@dataclass(frozen=True, slots=True)
class SwapCheck:
    """A printed count under two fields, read as printed and with their values exchanged."""

    condition: Condition
    """As printed."""
    swapped: Condition
    """With the values of the two fields exchanged."""
    among: Condition
    """Among which cases."""
    printed: int
    """The printed number."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give which of the two readings the rows have."""
        printed = f"{self.printed} with {self.condition.words}"
        as_printed = count_rows(rows, self.condition, self.among)
        swapped = count_rows(rows, self.swapped, self.among)
        if is_silent(as_printed, rows):
            return make_silent_finding(printed, self.condition, rows)
        reason = (
            f"{describe_count(as_printed, self.condition, self.among)} The other way round: "
            f"{describe_count(swapped, self.swapped, self.among)}"
        )
        verdict = judge_count(as_printed, self.printed)
        rests_on = as_printed.fitting
        is_swap = judge_count(swapped, self.printed) is Verdict.AGREES
        if verdict is not Verdict.AGREES and is_swap:
            verdict, rests_on = Verdict.CONTRADICTED, swapped.fitting
            reason += (
                f" The rows bear the sentence out with the two exchanged: {self.swapped.words}."
            )
        recomputed = f"{format_count(as_printed)} as printed, {swapped.n} the other way round"
        return Finding(verdict, printed, recomputed, reason, rests_on)


def read_swap(fields: ClaimFields) -> SwapCheck:
    """Give the check of a `swap` claim."""
    names = fields.read_texts("fields")
    written = fields.values.get("condition")
    condition = fields.read_condition("condition")
    if not isinstance(written, dict) or len(set(names)) != 2 or not set(names) <= set(written):
        raise fields.fail("fields has to name two fields of the condition.")
    first, second = names
    exchanged = {**written, first: written[second], second: written[first]}
    return SwapCheck(
        condition=condition,
        swapped=read_condition(exchanged, f"{fields.place}, condition with {first} as {second}"),
        among=fields.read_condition("among", EVERY_CASE),
        printed=fields.read_count("printed"),
    )
