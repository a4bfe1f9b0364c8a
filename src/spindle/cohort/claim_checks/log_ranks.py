"""Survival of two groups of rows compared, for claims that it differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spindle.cohort.claim_checks.findings import format_number, format_p
from spindle.cohort.comparison import (
    PERMUTATION_PEOPLE,
    LogRank,
    LogRankGroup,
    compare_survival,
    estimate_hazard_ratio,
    permute_survival,
)
from spindle.cohort.conditions import Condition
from spindle.cohort.counts import CountTable, count_times
from spindle.cohort.endpoints import ASSUMPTIONS, EVENT, Endpoint, find_outcome
from spindle.cohort.rows import CohortRow
from spindle.cohort.truth import Truth


@dataclass(frozen=True, slots=True)
class SurvivalDifference:
    """What the log-rank test says of two groups."""

    p_value: float
    """Exact where the number of people allows it, else by chi-square."""
    excess: float
    """Events in the first group beyond those to expect if the groups did not differ."""
    words: str
    """The test in sentences."""
    cases: tuple[str, ...]
    """Cases compared."""


def find_log_rank(
    rows: Sequence[CohortRow], endpoint: Endpoint, groups: Mapping[str, Condition]
) -> SurvivalDifference | None:
    """Give the log-rank test of two groups; none when there is nothing to compare."""
    cases, times = [], []
    for row in rows:
        outcome = find_outcome(row, endpoint)
        for label, condition in groups.items():
            if outcome is not None and condition.judge(row) is Truth.TRUE:
                cases.append(row.case_id)
                times.append((label, outcome.months, outcome.kind))
    table = count_times(times)
    if EVENT not in table.kinds or len(table.strata) != len(groups):
        return None
    try:
        test = compare_survival(table, event_kinds=(EVENT,))
    except ValueError:
        return None
    p_value, kind = _find_p(table, test)
    first = next(group for group in test.groups if group.stratum == next(iter(groups)))
    words = (
        f"Log-rank test, {kind}: {format_p(p_value)}. "
        f"{_describe_ratio(test)} "
        f"{' '.join(_describe_group(group) for group in test.groups)} {ASSUMPTIONS[endpoint]}"
    )
    return SurvivalDifference(p_value, first.observed - first.expected, words, tuple(cases))


def _find_p(table: CountTable, test: LogRank) -> tuple[float, str]:
    if table.total > PERMUTATION_PEOPLE:
        return test.p_value, "by chi-square"
    try:
        return permute_survival(table, event_kinds=(EVENT,)).p_value, "exact by permutation"
    except ValueError:
        return test.p_value, "by chi-square"


def _describe_ratio(test: LogRank) -> str:
    ratio = estimate_hazard_ratio(test)
    first, second = (group.stratum for group in test.groups)
    limits = f"{format_number(ratio.lower)} to {format_number(ratio.upper)}"
    return (
        f"Hazard ratio of {first} to {second} by Peto's method {format_number(ratio.estimate)} "
        f"(95 % interval {limits}, an approximation that needs many events)."
    )


def _describe_group(group: LogRankGroup) -> str:
    return (
        f"{group.stratum}: {group.observed} events of {group.people} people, "
        f"{format_number(group.expected)} to expect."
    )
