"""Claims about survival at a month: "five-year overall survival was 70 %"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import (
    Finding,
    Verdict,
    count_noun,
    format_number,
    format_percent,
    is_as_printed,
)
from spindle.cohort.conditions import EVERY_CASE, Condition
from spindle.cohort.endpoints import ASSUMPTIONS, CENSORED, EVENT, Endpoint
from spindle.cohort.rows import CohortRow
from spindle.cohort.survival import SurvivalEstimate
from spindle.cohort.truth import Truth

ENDPOINTS: Mapping[str, Endpoint] = {endpoint.value: endpoint for endpoint in Endpoint}
ENDPOINT_NAMES: Mapping[Endpoint, str] = {
    Endpoint.OVERALL_SURVIVAL: "overall survival",
    Endpoint.EVENT_FREE_SURVIVAL: "event-free survival",
}


@dataclass(frozen=True, slots=True)
class SurvivalCheck:
    """A printed share without event at a month."""

    endpoint: Endpoint
    """The endpoint."""
    months: float
    """The month."""
    printed: Decimal
    """The printed share in per cent."""
    among: Condition
    """Among which cases."""

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give the Kaplan–Meier estimate from the rows."""
        printed = f"{self.printed} % at {self.months:g} months"
        estimate, people = estimate_rows(rows, self.endpoint, self.months, self.among)
        name = ENDPOINT_NAMES[self.endpoint]
        if estimate is None:
            reason = f"No row gives the time that {name} takes."
            return Finding(Verdict.NOT_CHECKABLE, printed, "not in the rows", reason)
        if estimate.is_beyond_follow_up:
            reason = f"No row is followed to {self.months:g} months, so that the rows cannot tell."
            return Finding(
                Verdict.NOT_CHECKABLE, printed, "beyond the follow-up of the rows", reason
            )
        recomputed = describe_estimate(estimate)
        reason = (
            f"Kaplan–Meier {name} of {count_noun(people, 'patient')} at {self.months:g} months is "
            f"{recomputed}. {ASSUMPTIONS[self.endpoint]}"
        )
        is_same = is_as_printed(100 * estimate.estimate, self.printed)
        return Finding(Verdict.AGREES if is_same else Verdict.DIFFERS, printed, recomputed, reason)


def estimate_rows(
    rows: Sequence[CohortRow], endpoint: Endpoint, months: float, among: Condition
) -> tuple[SurvivalEstimate | None, int]:
    """Give the Kaplan–Meier estimate at a month with the number of patients; none without times."""
    from spindle.cohort.series import count_endpoint
    from spindle.cohort.survival import estimate_at, estimate_survival

    chosen = [row for row in rows if among.judge(row) is Truth.TRUE]
    table, _ = count_endpoint(chosen, endpoint)
    if not table.counts:
        return None, 0
    curve = estimate_survival(table, event_kinds=(EVENT,), censored_kinds=(CENSORED,))
    return estimate_at(curve, months), curve.people


def describe_estimate(estimate: SurvivalEstimate) -> str:
    """Give an estimate in per cent with its interval."""
    return (
        f"{format_percent(estimate.estimate)} ({format_number(100 * estimate.confidence, 0)} % "
        f"interval {format_percent(estimate.lower)} to {format_percent(estimate.upper)}, "
        f"{estimate.interval}; {estimate.at_risk} at risk)"
    )


def read_survival(fields: ClaimFields) -> SurvivalCheck:
    """Give the check of a `survival` claim."""
    return SurvivalCheck(
        endpoint=fields.read_choice("endpoint", ENDPOINTS),
        months=fields.read_months("months"),
        printed=fields.read_number("printed"),
        among=fields.read_condition("among", EVERY_CASE),
    )
