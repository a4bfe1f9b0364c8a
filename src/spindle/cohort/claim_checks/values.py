"""A value that one place or document gives, in a form that can be held against another."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spindle.cohort.claim_checks.findings import format_number
from spindle.cohort.frequencies import estimate_frequency
from spindle.knowledge.vocabularies import fold


@dataclass(frozen=True, slots=True)
class Scope:
    """What a statement speaks of, as far as the statements of a claim differ in it."""

    population: str = ""
    """Whom or which tumours; empty when no statement of the claim says."""
    measure: str = ""
    """What is counted, found or advised; empty when no statement of the claim says."""

    @property
    def words(self) -> str:
        """Both in words; empty when neither is said."""
        return ", ".join(part for part in (self.population, self.measure) if part)

    def is_same(self, other: Scope) -> bool:
        """Give whether another statement speaks of the same, so that the two can be compared."""
        return fold(self.population) == fold(other.population) and fold(self.measure) == fold(
            other.measure
        )


@dataclass(frozen=True, slots=True)
class Value:
    """A value in words or as a range of numbers."""

    shown: str
    """As it is shown to people."""
    low: float = -math.inf
    """The least number that it can mean."""
    high: float = math.inf
    """The largest number that it can mean."""
    words: str = ""
    """The words, for a value that is no number."""
    cases: tuple[str, ...] = ()
    """Cases that it was made from."""


def is_conflict(first: Value, second: Value) -> bool:
    """Give whether two values can't both hold: other words, or ranges that do not meet."""
    if first.words or second.words:
        return fold(first.words) != fold(second.words)
    gap = max(first.low, second.low) - min(first.high, second.high)
    ends = (first.low, first.high, second.low, second.high)
    size = max((abs(end) for end in ends if math.isfinite(end)), default=0.0)
    return gap > 1e-9 * max(1.0, size)


def make_share(
    n: int, of: int, shown: str = "", *, is_sample: bool, cases: tuple[str, ...] = ()
) -> Value:
    """Give a share in per cent, for a sample with its exact interval."""
    share = 100 * n / of
    words = shown or f"{n}/{of} = {format_number(share, 1)} %"
    if not is_sample:
        return Value(words, share, share, cases=cases)
    found = estimate_frequency(n, of)
    lower, upper = 100 * found.lower, 100 * found.upper
    interval = f"exact {100 * found.confidence:g} % interval {lower:.1f} to {upper:.1f} %"
    return Value(f"{words} ({interval})", lower, upper, cases=cases)
