"""Ranges of numbers as people write them: `14`, `< 18`, `>= 18`, `2 to 40`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = r"-?\d+(?:\.\d+)?"
_BOUND = re.compile(rf"(<=|>=|<|>)\s*({_NUMBER})")
_SPAN = re.compile(rf"({_NUMBER})\s*to\s*({_NUMBER})")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """All numbers between two ends, each with or without the end itself."""

    low: float
    """Lower end; minus infinity when there is none."""
    high: float
    """Upper end; infinity when there is none."""
    words: str
    """As written."""
    has_low: bool = True
    """Whether the lower end belongs to it."""
    has_high: bool = True
    """Whether the upper end belongs to it."""

    def holds(self, number: float) -> bool:
        """Give whether a number lies in the range; an end counts to one part in a thousand million.

        Years are months over twelve, so that a number can miss an end by a rounding of the machine.
        """
        above = number > self.low or _is_same(number, self.low)
        below = number < self.high or _is_same(number, self.high)
        if not self.has_low and _is_same(number, self.low):
            return False
        if not self.has_high and _is_same(number, self.high):
            return False
        return above and below

    def is_apart(self, low: float, high: float) -> bool:
        """Give whether no number from `low` to `high` lies in the range."""
        if low > self.high or high < self.low:
            return True
        touches_high = _is_same(low, self.high) and not self.has_high
        return touches_high or (_is_same(high, self.low) and not self.has_low)


def _is_same(first: float, second: float) -> bool:
    return math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-9)


def read_number_range(value: object) -> NumberRange | None:
    """Give the range that a number or a text of a claims file means, or none."""
    if isinstance(value, str):
        return _read_words(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return NumberRange(number, number, str(value)) if math.isfinite(number) else None


def _read_words(words: str) -> NumberRange | None:
    if bound := _BOUND.fullmatch(words):
        return _read_bound(bound[1], float(bound[2]), words)
    if span := _SPAN.fullmatch(words):
        low, high = float(span[1]), float(span[2])
        return NumberRange(low, high, words) if low <= high else None
    return None


def _read_bound(sign: str, number: float, words: str) -> NumberRange:
    if sign.startswith("<"):
        return NumberRange(-math.inf, number, words, has_high=sign == "<=")
    return NumberRange(number, math.inf, words, has_low=sign == ">=")
