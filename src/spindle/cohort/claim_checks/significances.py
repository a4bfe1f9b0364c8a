"""Claims that two groups differ "significantly": the test is run, and its p and interval printed.

Counts of another publication can be set against the rows. Such a comparison is between different
series and not adjusted for anything, so that it never bears a conclusion out by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from spindle.cohort.claim_checks.counts import describe_count
from spindle.cohort.claim_checks.fields import ClaimFields
from spindle.cohort.claim_checks.findings import (
    Finding,
    Verdict,
    capitalise,
    find_half_step,
    format_number,
    format_p,
    format_percent,
    join_list,
    list_cases,
)
from spindle.cohort.claim_checks.log_ranks import find_log_rank
from spindle.cohort.claim_checks.survivals import ENDPOINTS
from spindle.cohort.conditions import Condition, count_rows
from spindle.cohort.endpoints import Endpoint
from spindle.cohort.frequencies import TwoByTwo, compare_two_by_two
from spindle.cohort.number_ranges import NumberRange, read_number_range
from spindle.cohort.rows import CohortRow
from spindle.cohort.truth import Truth

# What "significant" means where a document names no level.
USUAL_LEVEL = "0.05"
HIGHER, LOWER, DIFFERENT = "higher", "lower", "different"
DIRECTIONS: Mapping[str, str] = {name: name for name in (HIGHER, LOWER, DIFFERENT)}
NO_TEST = "The document prints no test."


@dataclass(frozen=True, slots=True)
class Group:
    """One of the two groups compared."""

    label: str
    """What it is called."""
    condition: Condition | None
    """Which rows it is, for a group in the table."""
    n: int | None
    """How many had the outcome, for a group of a publication."""
    of: int | None
    """Out of how many."""
    source: str
    """Where the counts were printed."""

    @property
    def has_counts(self) -> bool:
        """Whether anything is known of the group."""
        return self.condition is not None or self.of is not None


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many of a group had the outcome."""

    label: str
    """The group."""
    n: int
    """How many had it."""
    of: int
    """Of how many of whom it is known."""
    words: str
    """The count as a sentence, with its source."""
    cases: tuple[str, ...] = ()
    """Cases with the outcome, for a group in the table."""


@dataclass(frozen=True, slots=True)
class SignificanceCheck:
    """A printed difference between two groups."""

    outcome: str
    """What is compared, for people."""
    event: Condition | None
    """What counts as the outcome in rows."""
    endpoint: Endpoint | None
    """The endpoint, when survival is compared."""
    groups: tuple[Group, Group]
    """The two groups; the first is said to differ from the second."""
    direction: str
    """`higher`, `lower` or `different`: the first group's share or rate, by the sentence."""
    level: float
    """The level below which p counts as significant."""
    printed_p: NumberRange | None
    """The printed p, where one is printed."""

    @property
    def _words(self) -> str:
        first, second = self.groups
        how = {HIGHER: "higher than", LOWER: "lower than", DIFFERENT: "different from"}
        p = f"p {self.printed_p.words}" if self.printed_p else "no test printed"
        return f"{self.outcome}: {first.label} {how[self.direction]} {second.label} ({p})"

    def find(self, rows: Sequence[CohortRow]) -> Finding:
        """Give what the test says."""
        missing = [group.label for group in self.groups if not group.has_counts]
        if missing:
            reason = (
                f"Neither the rows nor the claims file have counts for {join_list(missing)}, so "
                f"that no test can be run. {NO_TEST if self.printed_p is None else ''}"
            )
            return Finding(Verdict.UNSUPPORTED, self._words, "no counts to compare", reason.strip())
        shared = self._list_shared(rows)
        if shared:
            reason = f"The groups overlap: {list_cases(shared)} would be in both."
            return Finding(Verdict.UNSUPPORTED, self._words, "no test possible", reason, shared)
        if self.endpoint is not None:
            return self._compare_survival(rows, self.endpoint)
        return self._compare_shares(rows)

    def _list_shared(self, rows: Sequence[CohortRow]) -> tuple[str, ...]:
        conditions = [group.condition for group in self.groups if group.condition]
        if len(conditions) < 2:
            return ()
        first, second = conditions
        return tuple(
            row.case_id
            for row in rows
            if first.judge(row) is Truth.TRUE and second.judge(row) is Truth.TRUE
        )

    def _compare_shares(self, rows: Sequence[CohortRow]) -> Finding:
        first, second = (self._count_group(group, rows) for group in self.groups)
        empty = [group.label for group in (first, second) if not group.of]
        if empty:
            reason = f"Of nobody in {join_list(empty)} do the rows say it: {self.outcome}."
            return Finding(Verdict.NOT_CHECKABLE, self._words, "not in the rows", reason)
        test = compare_two_by_two((first.n, first.of - first.n), (second.n, second.of - second.n))
        gap = first.n / first.of - second.n / second.of
        recomputed = (
            f"{first.n}/{first.of} against {second.n}/{second.of}, {format_p(test.p_value)}"
        )
        verdict, why = self._judge(test.p_value, gap)
        reason = (
            f"{capitalise(first.words)} {capitalise(second.words)} {_describe_fisher(test)} {why}"
        )
        return Finding(verdict, self._words, recomputed, reason, (*first.cases, *second.cases))

    def _count_group(self, group: Group, rows: Sequence[CohortRow]) -> GroupCount:
        if group.condition is None or self.event is None:
            n, of = group.n or 0, group.of or 0
            words = f"{group.label}: {n} of {of} ({format_percent(n / of)}; {group.source})."
            return GroupCount(group.label, n, of, words)
        count = count_rows(rows, self.event, group.condition)
        words = f"{group.label}: {describe_count(count, self.event, group.condition)}"
        known = count.n + len(count.unfit)
        if count.open:
            words += f" The test counts {count.n} of {known}."
        return GroupCount(group.label, count.n, known, words, count.fitting)

    def _compare_survival(self, rows: Sequence[CohortRow], endpoint: Endpoint) -> Finding:
        conditions = [(g.label, g.condition) for g in self.groups if g.condition is not None]
        found = find_log_rank(rows, endpoint, dict(conditions))
        if found is None:
            reason = "There is nothing to compare: no event, or a group without times."
            return Finding(Verdict.NOT_CHECKABLE, self._words, "not in the rows", reason)
        verdict, why = self._judge(found.p_value, found.excess)
        recomputed = format_p(found.p_value)
        return Finding(verdict, self._words, recomputed, f"{found.words} {why}", found.cases)

    def _judge(self, p_value: float, gap: float) -> tuple[Verdict, str]:
        """Give the verdict on a p-value and a difference, first group less second."""
        against = {HIGHER: gap <= 0, LOWER: gap >= 0, DIFFERENT: gap == 0}[self.direction]
        if against:
            return Verdict.DIFFERS, f"The counts do not go that way: {self.direction}."
        level = f"p is {'below' if p_value < self.level else 'not below'} {self.level:g}."
        if self.printed_p is not None:
            is_same = self.printed_p.holds(p_value)
            verdict = Verdict.AGREES if is_same else Verdict.DIFFERS
            return verdict, f"{level} Printed: p {self.printed_p.words}."
        if p_value >= self.level:
            return Verdict.UNSUPPORTED, f"{level} {NO_TEST}"
        if all(group.condition is not None for group in self.groups):
            return Verdict.AGREES, f"{level} {NO_TEST}"
        return Verdict.UNSUPPORTED, (
            f"{level} {NO_TEST} This comparison is ours, between different series and not adjusted "
            "for age, site, treatment or length of follow-up: it shows that the counts differ, and "
            "not why."
        )


def _describe_fisher(test: TwoByTwo) -> str:
    odds = format_number(test.estimate) if test.is_estimable else "not estimable"
    return (
        f"Fisher's exact test, two-sided: {format_p(test.p_value)}; odds ratio {odds} "
        f"({100 * test.confidence:g} % interval {format_number(test.lower, 3)} to "
        f"{format_number(test.upper, 3)})."
    )


def read_significance(fields: ClaimFields) -> SignificanceCheck:
    """Give the check of a `significance` claim."""
    groups = fields.read_tables("groups", _read_group, at_least=2)
    if len(groups) != 2:
        raise fields.fail(f"A comparison has two groups, not {len(groups)}.")
    event = fields.read_condition("event") if fields.has("event") else None
    endpoint = fields.read_choice("endpoint", ENDPOINTS) if fields.has("endpoint") else None
    in_rows = [group for group in groups if group.condition is not None]
    if (event is not None) == (endpoint is not None) and in_rows:
        raise fields.fail("Groups in the rows need an event or an endpoint, and not both.")
    if endpoint is not None and len(in_rows) != len(groups):
        raise fields.fail("Survival is compared between two groups that are in the rows.")
    return SignificanceCheck(
        outcome=fields.read_text("outcome"),
        event=event,
        endpoint=endpoint,
        groups=(groups[0], groups[1]),
        direction=fields.read_choice("direction", DIRECTIONS, DIFFERENT),
        level=_read_level(fields),
        printed_p=_read_p(fields),
    )


def _read_group(fields: ClaimFields) -> Group:
    label = fields.read_text("label")
    if fields.has("condition"):
        return Group(label, fields.read_condition("condition"), None, None, "")
    if not fields.has("n") and not fields.has("of"):
        return Group(label, None, None, None, "")
    n, of = fields.read_count("n"), fields.read_count("of")
    if not 0 < of >= n:
        raise fields.fail(f"{n} of {of} is not a share.")
    return Group(label, None, n, of, fields.read_text("source"))


def _read_level(fields: ClaimFields) -> float:
    level = float(fields.read_number("level") if fields.has("level") else USUAL_LEVEL)
    if not 0 < level < 1:
        raise fields.fail(f"A level lies between 0 and 1, not at {level:g}.")
    return level


def _read_p(fields: ClaimFields) -> NumberRange | None:
    """Give the printed p: a bound, or a number that stands for all that round to it."""
    if not fields.has("printed_p"):
        return None
    value = fields.values["printed_p"]
    printed = read_number_range(value)
    if printed is None:
        raise fields.fail('printed_p takes a number, or a text such as "< 0.05".')
    if isinstance(value, Decimal):
        half = find_half_step(value)
        return NumberRange(printed.low - half, printed.high + half, f"= {value}")
    return printed
