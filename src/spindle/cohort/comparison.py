"""Survival of two groups compared: the log-rank test by chi-square and by exact permutation.

Both are pure functions of a `CountTable` whose two strata are the groups.

Sources: Mantel 1966 (log-rank); the permutation test counts every arrangement of the log-rank
scores, as `coin::logrank_test` does in R with its exact distribution.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from spindle.cohort.counts import CountTable, Month, check_kinds, list_months

PERMUTATION_PEOPLE = 500
"""How many people an exact permutation may have; with more, the chi-square serves as well."""

PERMUTATION_SUMS = 500_000
"""How many different sums of scores half the people may have; more would take too long."""


@dataclass(frozen=True, slots=True)
class LogRankGroup:
    """One group of a log-rank test."""

    stratum: str
    """The group's name in the count table."""
    people: int
    """The number of people in it."""
    observed: int
    """The number of events in it."""
    expected: float
    """The number of events to expect in it if the groups did not differ."""


@dataclass(frozen=True, slots=True)
class LogRank:
    """A log-rank test of two groups."""

    groups: tuple[LogRankGroup, LogRankGroup]
    """The two groups, in order of their names."""
    chi_square: float
    """Squared difference between observed and expected events over its variance."""
    p_value: float
    """Two-sided p by the chi-square distribution with one degree of freedom, an approximation
    that needs many events."""
    variance: float
    """Hypergeometric variance of the observed events of the first group."""


@dataclass(frozen=True, slots=True)
class HazardRatio:
    """How many times the hazard of the first group is that of the second (Peto's estimate)."""

    estimate: float
    """exp((O - E) / V) of the first group."""
    lower: float
    """Lower limit of the interval."""
    upper: float
    """Upper limit of the interval."""
    interval: str = "Peto, normal approximation on the log scale"
    """The kind of interval; too narrow with few events and biased for large differences."""


def estimate_hazard_ratio(test: LogRank, *, confidence: float = 0.95) -> HazardRatio:
    """Give Peto's hazard ratio of the first group to the second, from a log-rank test.

    Source: Yusuf and others 1985, from observed and expected events and their variance.

    Raises
    ------
    ValueError
        For a confidence not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {confidence!r}")
    from scipy.special import ndtri

    first = test.groups[0]
    log_ratio = (first.observed - first.expected) / test.variance
    half = float(ndtri((1 + confidence) / 2)) / math.sqrt(test.variance)
    return HazardRatio(
        estimate=math.exp(log_ratio),
        lower=math.exp(log_ratio - half),
        upper=math.exp(log_ratio + half),
    )


@dataclass(frozen=True, slots=True)
class PermutationLogRank:
    """An exact permutation log-rank test of two groups."""

    p_value: float
    """Two-sided p: the share of arrangements at least as far from the expected as the observed."""
    arrangements: int
    """In how many ways the people can be divided into groups of these sizes."""
    as_far: int
    """How many of them are at least as far from the expected as the observed one."""


def compare_survival(table: CountTable, *, event_kinds: Collection[str]) -> LogRank:
    """Give the log-rank test of the two strata of a table.

    The variance is the hypergeometric one, which allows for ties.

    Raises
    ------
    ValueError
        When the table has not exactly two strata, or no month with an event and people of both
        strata at risk, so that there is nothing to compare.
    """
    check_kinds(table, event_kinds)
    first, second = _list_groups(table)
    counted = list_months(table, frozenset(event_kinds))
    own = list_months(table.for_stratum(first), frozenset(event_kinds))
    at_risk = _list_at_risk(own, [month.months for month in counted])
    expected = sum(m.events * n / m.at_risk for m, n in zip(counted, at_risk, strict=True))
    variance = sum(_find_variance(m, n) for m, n in zip(counted, at_risk, strict=True))
    if variance == 0:
        raise ValueError(
            "the log-rank test has nothing to compare: in no month with an event were people of "
            "both groups under observation"
        )
    events = sum(month.events for month in counted)
    observed = sum(month.events for month in own)
    people = sum(month.events + month.censored for month in own)
    chi_square = (observed - expected) ** 2 / variance
    from scipy.special import chdtrc

    return LogRank(
        groups=(
            LogRankGroup(first, people, observed, expected),
            LogRankGroup(second, table.total - people, events - observed, events - expected),
        ),
        chi_square=chi_square,
        p_value=float(chdtrc(1, chi_square)),
        variance=variance,
    )


def permute_survival(table: CountTable, *, event_kinds: Collection[str]) -> PermutationLogRank:
    """Give the exact permutation log-rank test of the two strata of a table.

    The statistic is how far the events observed in a group lie from the expected (the sum of the
    group's log-rank scores). Every way to divide the people into groups of the same sizes is
    counted, in whole numbers, without rounding.

    Raises
    ------
    ValueError
        When the table has not exactly two strata, no event, or too many people of different
        months for an exact answer; the message says which.
    """
    check_kinds(table, event_kinds)
    first, _ = _list_groups(table)
    if table.total > PERMUTATION_PEOPLE:
        raise ValueError(
            f"the exact permutation test takes up to {PERMUTATION_PEOPLE} people, and the table "
            f"has {table.total}; use the log-rank test with its chi-square"
        )
    everybody, own = _count_scores(table, first, frozenset(event_kinds))
    observed = abs(sum(score * n for score, n in own.items()))
    people = min(own.total(), table.total - own.total())
    arrangements = math.comb(table.total, people)
    as_far = _count_as_far(everybody, people, observed) if observed else arrangements
    return PermutationLogRank(as_far / arrangements, arrangements, as_far)


def _list_groups(table: CountTable) -> tuple[str, str]:
    if len(table.strata) != 2:
        names = ", ".join(repr(name) for name in table.strata)
        raise ValueError(f"two groups are compared, and the table has {names}")
    return table.strata[0], table.strata[1]


def _list_at_risk(counted: Sequence[Month], times: Sequence[float]) -> list[int]:
    own = [month.months for month in counted]
    at_risk = [*(month.at_risk for month in counted), 0]
    return [at_risk[bisect_left(own, time)] for time in times]


def _find_variance(month: Month, in_group: int) -> float:
    if month.at_risk < 2:
        return 0.0
    share = in_group / month.at_risk
    spread = (month.at_risk - month.events) / (month.at_risk - 1)
    return month.events * share * (1 - share) * spread


def _count_scores(
    table: CountTable, stratum: str, kinds: frozenset[str]
) -> tuple[Counter[int], Counter[int]]:
    """Count everybody, and the people of one stratum, by their log-rank score."""
    months = list_months(table, kinds)
    if not any(month.events for month in months):
        raise ValueError("the permutation test has nothing to compare: there is no event")
    scores = _score_people(months)
    everybody, own = Counter[int](), Counter[int]()
    for count in table:
        score = scores[count.months, count.kind in kinds]
        everybody[score] += count.n
        own[score] += count.n if count.stratum == stratum else 0
    return everybody, own


def _score_people(months: Sequence[Month]) -> dict[tuple[float, bool], int]:
    """Give log-rank scores by month and event, times a factor that makes them whole numbers.

    A score is 1 for an event, less the cumulative hazard so far; all people's scores add to 0.
    """
    factor = math.lcm(*(month.at_risk for month in months if month.events))
    hazard = 0
    scores = {}
    for month in months:
        hazard += month.events * factor // month.at_risk
        scores[month.months, True] = factor - hazard
        scores[month.months, False] = -hazard
    return scores


def _count_as_far(everybody: Mapping[int, int], people: int, observed: int) -> int:
    """Count the choices of so many people whose scores add to the observed distance or more.

    The classes of equal scores are halved, each half is gone through in full, and the sums of the
    two are matched in order, which takes the root of the work of going through all.
    """
    classes = sorted(everybody.items(), key=lambda of_class: of_class[1])
    first = _count_sums(classes[::2], people)
    second = _count_sums(classes[1::2], people)
    return sum(
        _count_pairs(sums, second.get(people - chosen, {}), observed)
        for chosen, sums in first.items()
    )


def _count_sums(classes: Sequence[tuple[int, int]], people: int) -> dict[int, Counter[int]]:
    """Give, by the number of people chosen, in how many ways each sum of scores is reached."""
    ways = {0: Counter({0: 1})}
    for score, size in classes:
        grown: dict[int, Counter[int]] = {}
        for chosen, sums in ways.items():
            for more in range(min(size, people - chosen) + 1):
                reached = grown.setdefault(chosen + more, Counter())
                for total, n in sums.items():
                    reached[total + more * score] += n * math.comb(size, more)
        if sum(map(len, grown.values())) > PERMUTATION_SUMS:
            raise ValueError(
                "too many people with different times for the exact permutation test; "
                "use the log-rank test with its chi-square"
            )
        ways = grown
    return ways


def _count_pairs(first: Mapping[int, int], second: Mapping[int, int], observed: int) -> int:
    """Count the pairs of one sum from each whose total is the observed distance away or more."""
    ordered = sorted(second)
    running = [0, *accumulate(second[total] for total in ordered)]
    pairs = 0
    for total, n in first.items():
        below = running[bisect_right(ordered, -observed - total)]
        above = running[-1] - running[bisect_left(ordered, observed - total)]
        pairs += n * (below + above)
    return pairs
