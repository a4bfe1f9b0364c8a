"""Which medians a list of values can have, when some of them were misread or left out.

The median of n values moves, when k of them are changed to anything, at most to the k-th neighbour
of the middle; with an odd n it is one of the values. So a printed median can be impossible however
a single value was misread.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from spindle.cohort.claim_checks.findings import find_half_step, is_as_printed


def find_reach(values: Sequence[float], edits: int) -> tuple[float, float]:
    """Give the least and the largest median that changing so many values can give.

    Every number between the two can be reached, as far as the grid of the values allows (see
    `find_grid`).

    Raises
    ------
    ValueError
        For an empty list.
    """
    if not values:
        raise ValueError("there are no values, so that there is no median")
    return _find_ordered_reach(sorted(values), edits)


def _find_ordered_reach(ordered: Sequence[float], edits: int) -> tuple[float, float]:
    lower, upper = (len(ordered) - 1) // 2, len(ordered) // 2
    return (
        (_get(ordered, lower - edits) + _get(ordered, upper - edits)) / 2,
        (_get(ordered, lower + edits) + _get(ordered, upper + edits)) / 2,
    )


def _get(ordered: Sequence[float], place: int) -> float:
    if place < 0:
        return -math.inf
    return ordered[place] if place < len(ordered) else math.inf


def find_reach_with_more(values: Sequence[float], more: int) -> tuple[float, float]:
    """Give the least and the largest median when so many unknown values are added."""
    ordered = sorted(values)
    n = len(ordered) + more
    lower, upper = (n - 1) // 2, n // 2
    return (
        (_get(ordered, lower - more) + _get(ordered, upper - more)) / 2,
        (_get(ordered, lower) + _get(ordered, upper)) / 2,
    )


def find_grid(values: Sequence[float]) -> float:
    """Give the step of possible medians: 1 for an odd number of whole values, ½ for an even one.

    0 when a value is no whole number, so that anything is possible.
    """
    if not all(float(value).is_integer() for value in values):
        return 0.0
    return 1.0 if len(values) % 2 else 0.5


def is_on_grid(values: Sequence[float], printed: Decimal) -> bool:
    """Give whether values of this kind can have the printed median at all."""
    grid = find_grid(values)
    nearest = round(float(printed) / grid) * grid if grid else float(printed)
    return is_as_printed(nearest, printed)


def count_edits(values: Sequence[float], printed: Decimal) -> int:
    """Give the least number of values that have to change for the printed median."""
    ordered, half = sorted(values), find_half_step(printed)

    def is_reached(edits: int) -> bool:
        low, high = _find_ordered_reach(ordered, edits)
        return low - half <= float(printed) <= high + half

    # The reach grows with every edit, so that the first that is wide enough can be searched for.
    return bisect_left(range(len(values)), True, key=is_reached)


def list_medians_without_one(values: Sequence[float]) -> list[float]:
    """Give the different medians when any one value is left out.

    Only the side of the middle on which it lies matters, so that four of them stand for all.
    """
    ordered = sorted(values)
    n = len(ordered)
    if n < 2:
        return []
    places = {0, (n - 1) // 2, n // 2, n - 1}
    return sorted({median(ordered[:place] + ordered[place + 1 :]) for place in places})


def describe_edit(values: Sequence[float], printed: Decimal, unit: str) -> str:
    """Give the smallest edit that gives the printed median, as a sentence."""
    edits, n = count_edits(values, printed), len(values)
    start = f"At least {edits} of the {n} values would have to be different"
    if n % 2 == 0:
        return f"{start}."
    target = float(printed)
    is_up = target > median(values)
    beyond = [value for value in values if (value < target if is_up else value > target)]
    side, bound = ("below", "or more") if is_up else ("above", "or less")
    exact = "" if target in values else f", one of them exactly {printed}"
    return (
        f"{start}: {edits} of the {len(beyond)} {side} {printed} {unit} would have to be "
        f"{printed} {unit} {bound}{exact}."
    )
