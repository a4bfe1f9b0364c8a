"""Frequencies: shares with exact intervals, summaries of numbers, and tests of small tables.

Sources: Clopper and Pearson 1934; Wilson 1927; Fisher 1935 (two-sided p: all tables with the same
margins that are no more probable than the observed one, as in R's `fisher.test` and in scipy);
Freeman and Halton 1951 (larger tables); Cornfield 1956 (exact conditional interval of an odds
ratio); Hyndman and Fan 1996 (quantiles, their type 7).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from numbers import Integral, Real
from typing import Literal

from spindle.assays.shares import compute_exact_interval

ShareInterval = Literal["clopper-pearson", "wilson"]

SHARE_INTERVALS: dict[ShareInterval, str] = {
    "clopper-pearson": "exact (Clopper–Pearson)",
    "wilson": "Wilson score, an approximation",
}
"""The intervals of a share, in words for a report."""

AS_PROBABLE = 10_000_000
"""Tables within one part in so many count as equally probable, as in R and scipy."""

TABLE_WAYS = 2_000_000
"""How many partial tables an exact test may go through, a few seconds of work; fewer for many
people."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many of how many, with the share and its interval."""

    n: int
    """How many have it."""
    N: int
    """Of how many."""
    estimate: float
    """The share n/N, from 0 to 1."""
    lower: float
    """Lower confidence limit of the share."""
    upper: float
    """Upper confidence limit of the share."""
    interval: str
    """The kind of interval: 'clopper-pearson' or 'wilson'."""
    confidence: float = 0.95
    """Confidence level of the limits."""


@dataclass(frozen=True, slots=True)
class NumberSummary:
    """What a list of numbers looks like, in their own unit."""

    n: int
    """How many numbers."""
    mean: float
    """Arithmetic mean."""
    median: float
    """The middle value, or the mean of the two middle ones."""
    min: float
    """The smallest."""
    max: float
    """The largest."""
    lower_quartile: float
    """First quartile, by linear interpolation (type 7, as R and numpy do)."""
    upper_quartile: float
    """Third quartile, by the same rule."""


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """Fisher's exact test of a table of two rows and two columns."""

    n: tuple[int, int]
    """How many have it, in the first and in the second row."""
    N: tuple[int, int]
    """Of how many, in the first and in the second row."""
    p_value: float
    """Two-sided p: all tables no more probable than the observed one."""
    estimate: float
    """Sample odds ratio (cross product); infinity when only its denominator is 0, and not a number
    when the table has an empty row or column (see `is_estimable`)."""
    lower: float
    """Lower limit of the odds ratio."""
    upper: float
    """Upper limit of the odds ratio; may be infinity."""
    interval: str = "exact conditional"
    """The kind of interval: both tails of the conditional distribution, half the error each."""
    confidence: float = 0.95
    """Confidence level of the limits."""

    @property
    def is_estimable(self) -> bool:
        """Whether the table says anything about an odds ratio."""
        return not math.isnan(self.estimate)


@dataclass(frozen=True, slots=True)
class TableTest:
    """Fisher's exact test of a table of any size (Freeman and Halton)."""

    N: int
    """The number of people in the table."""
    p_value: float
    """The probability of all tables with these margins no more probable than the observed one,
    by going through every one of them, not by simulation."""


def estimate_frequency(
    n: int,
    of: int,
    *,
    interval: ShareInterval = "clopper-pearson",
    confidence: float = 0.95,
) -> Frequency:
    """Give how many of how many as a share with its interval.

    Raises
    ------
    ValueError
        When the counts are not whole numbers with 0 <= n <= of, when nobody was counted (a share
        of nobody is not 0), for an unknown interval or a confidence not between 0 and 1.
    """
    n, of = _read_count(n), _read_count(of)
    if of == 0:
        raise ValueError("nobody was counted, so there is no share; report it as not done")
    if n > of:
        raise ValueError(f"{n} of {of} is more than all of them")
    _check_confidence(confidence)
    if interval not in SHARE_INTERVALS:
        raise ValueError(
            f"no interval is called {interval!r}; there are {', '.join(SHARE_INTERVALS)}"
        )
    find_limits = compute_exact_interval if interval == "clopper-pearson" else _find_wilson_limits
    lower, upper = find_limits(n, of, confidence)
    return Frequency(n, of, n / of, lower, upper, interval, confidence)


def summarise_numbers(values: Iterable[float]) -> NumberSummary:
    """Give number, mean, median, range and quartiles of a list of numbers, in their unit.

    Raises
    ------
    ValueError
        For an empty list, or a value that is not a finite number.
    """
    ordered = sorted(_check_number(value) for value in values)
    if not ordered:
        raise ValueError("there are no numbers to summarise")
    return NumberSummary(
        n=len(ordered),
        mean=math.fsum(ordered) / len(ordered),
        median=_find_quantile(ordered, 0.5),
        min=ordered[0],
        max=ordered[-1],
        lower_quartile=_find_quantile(ordered, 0.25),
        upper_quartile=_find_quantile(ordered, 0.75),
    )


def compare_two_by_two(
    first: tuple[int, int], second: tuple[int, int], *, confidence: float = 0.95
) -> TwoByTwo:
    """Give Fisher's exact test of two rows, each (how many have it, how many have it not).

    Raises
    ------
    ValueError
        When a count is not a whole number from 0, the table is empty, or the confidence is not
        between 0 and 1.
    """
    a, b, c, d = map(_read_count, (*first, *second))
    if a + b + c + d == 0:
        raise ValueError("the table is empty: there is nothing to compare")
    _check_confidence(confidence)
    start, weights = _list_log_weights(a + b, c + d, a + c)
    lower, upper = _find_odds_limits(a, start, weights, confidence)
    return TwoByTwo(
        n=(a, c),
        N=(a + b, c + d),
        p_value=_find_p(weights, a - start),
        estimate=_find_odds_ratio(a * d, b * c),
        lower=lower,
        upper=upper,
        confidence=confidence,
    )


def compare_table(rows: Sequence[Sequence[int]]) -> TableTest:
    """Give Fisher's exact test of a table of any number of rows and columns, without simulation.

    Raises
    ------
    ValueError
        When a count is not a whole number from 0, the rows differ in length, the table is empty,
        or it is too large to go through; the message says which.
    """
    width = len(rows[0]) if rows else 0
    if any(len(row) != width for row in rows):
        raise ValueError("the rows of the table differ in length")
    counts = [[_read_count(count) for count in row] for row in rows]
    people = sum(map(sum, counts))
    if people == 0:
        raise ValueError("the table is empty: there is nothing to compare")
    columns = list(zip(*counts, strict=True))
    observed = math.prod(map(_count_orders, columns))
    row_sums = [sum(row) for row in counts]
    ways = _count_tables(row_sums, [sum(column) for column in columns])
    # Whole numbers throughout; the tolerance is kept so that the definition is R's and scipy's.
    limit = observed + observed // AS_PROBABLE
    as_rare = sum(weight * n for weight, n in ways.items() if weight <= limit)
    return TableTest(people, as_rare / _count_orders(row_sums))


def _read_count(count: object) -> int:
    if isinstance(count, bool) or not isinstance(count, Integral) or count < 0:
        raise ValueError(f"a count is a whole number from 0, not {count!r}")
    return int(count)


def _check_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"only finite numbers can be summarised, not {value!r}")
    return float(value)


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {confidence!r}")


def _find_wilson_limits(n: int, of: int, confidence: float) -> tuple[float, float]:
    from scipy.special import ndtri

    deviate = float(ndtri((1 + confidence) / 2))
    size = of + deviate**2
    centre = (n + deviate**2 / 2) / size
    half = deviate * math.sqrt(n * (of - n) / of + deviate**2 / 4) / size
    return (centre - half if n else 0.0), (centre + half if n < of else 1.0)


def _find_quantile(ordered: Sequence[float], share: float) -> float:
    """Give a quantile by linear interpolation between the ordered values (type 7)."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _list_log_weights(first: int, second: int, having: int) -> tuple[int, list[float]]:
    """Give the smallest possible first cell, and log weights of it and all larger ones.

    By the ratio of neighbours in the hypergeometric distribution; the largest weight is 1.
    """
    start, end = max(0, having - second), min(first, having)
    ratios = (
        math.log((first - cell) * (having - cell) / ((cell + 1) * (second - having + cell + 1)))
        for cell in range(start, end)
    )
    weights = list(accumulate(ratios, initial=0.0))
    largest = max(weights)
    return start, [weight - largest for weight in weights]


def _find_p(log_weights: Sequence[float], place: int) -> float:
    weights = [math.exp(weight) for weight in log_weights]
    limit = weights[place] * (1 + 1 / AS_PROBABLE)
    return math.fsum(w for w in weights if w <= limit) / math.fsum(weights)


def _find_odds_ratio(product: int, cross_product: int) -> float:
    if cross_product:
        return product / cross_product
    return math.inf if product else math.nan


def _find_odds_limits(
    cell: int, start: int, log_weights: Sequence[float], confidence: float
) -> tuple[float, float]:
    """Give the odds ratios at which the observed cell lies at the edge of each tail."""
    tail = (1 - confidence) / 2
    place, last = cell - start, len(log_weights) - 1
    lower = _solve_odds(log_weights, place, tail) if place > 0 else 0.0
    upper = 1 / _solve_odds(log_weights[::-1], last - place, tail) if place < last else math.inf
    return lower, upper


def _solve_odds(log_weights: Sequence[float], place: int, tail: float) -> float:
    """Give the odds ratio at which cells from this place upward have the probability `tail`."""
    import numpy as np

    weights = np.asarray(log_weights)
    steps = np.arange(len(weights))

    def find_tail(log_odds: float) -> float:
        shifted = weights + steps * log_odds
        shares = np.exp(shifted - shifted.max())
        return float(shares[place:].sum() / shares.sum())

    low, high = -1.0, 1.0
    while find_tail(low) > tail:
        low *= 2
    while find_tail(high) < tail:
        high *= 2
    while high - low > 1e-13 * max(1.0, abs(low), abs(high)):
        middle = (low + high) / 2
        low, high = (middle, high) if find_tail(middle) < tail else (low, middle)
    return math.exp((low + high) / 2)


def _count_orders(parts: Iterable[int]) -> int:
    """Give in how many orders things of several kinds can be laid (multinomial coefficient)."""
    orders, total = 1, 0
    for part in parts:
        total += part
        orders *= math.comb(total, part)
    return orders


def _count_tables(row_sums: Sequence[int], column_sums: Sequence[int]) -> Counter[int]:
    """Give, for each weight, how many tables with these margins have it.

    A table's weight is the product of its columns' multinomial coefficients, and its probability
    that weight over the multinomial coefficient of the row sums. Column after column is filled;
    what is left of the rows is kept sorted, since their order changes no weight.
    """
    left = {tuple(sorted(row_sums)): Counter({1: 1})}
    people = sum(row_sums)
    gone_through = 0
    for column_sum in column_sums:
        grown: dict[tuple[int, ...], Counter[int]] = {}
        for rows, ways in left.items():
            for parts in _list_fillings(rows, column_sum):
                # Coefficients of many people are long numbers, so each step weighs more.
                gone_through += len(ways) + people // 20
                if gone_through > TABLE_WAYS:
                    raise ValueError(
                        "the table is too large to go through every table with its margins; "
                        "join rows or columns that mean the same"
                    )
                rest = tuple(sorted(row - part for row, part in zip(rows, parts, strict=True)))
                orders = _count_orders(parts)
                reached = grown.setdefault(rest, Counter())
                for weight, n in ways.items():
                    reached[weight * orders] += n
        left = grown
    return left[(0,) * len(row_sums)]


def _list_fillings(rows: tuple[int, ...], column_sum: int) -> Iterator[tuple[int, ...]]:
    """Go through the ways to fill a column so that no row gets more than it has left."""
    if len(rows) == 1:
        yield (column_sum,)
        return
    room = sum(rows[1:])
    for part in range(max(0, column_sum - room), min(rows[0], column_sum) + 1):
        for rest in _list_fillings(rows[1:], column_sum - part):
            yield (part, *rest)
