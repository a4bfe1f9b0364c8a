"""How much of each part the first two pages get: all that fits, found by trying.

Between two of `ROOMS` the parts are narrowed one at a time, so that little stays blank. What one
page has left when the other is full goes to the parts that need only a line more.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from spindle.reports.patient_parts import ROOMS, Room

# In which order parts are narrowed; what a reader misses least comes first.
_NARROWED = (
    "figures", "features", "evidence", "stains", "ranges", "explanations", "limits", "sentences",
    "discordances", "is_brief", "gaps", "conflicts", "candidates", "options",
)  # fmt: skip
# What may grow again when a page has a blank foot.
_FILLING = (
    "conflicts", "options", "candidates", "gaps", "discordances", "limits", "ranges", "features",
    "figures", "explanations",
)  # fmt: skip


def _narrow_slowly() -> Iterator[Room]:
    yield ROOMS[0]
    for wide, narrow in pairwise(ROOMS):
        room = wide
        for name in _NARROWED:
            changed = dataclasses.replace(room, **{name: getattr(narrow, name)})
            if changed != room:
                yield changed
            room = changed


# Each trial sets the pages once.
MOST_TRIALS = 12

# From roomy to narrow, one part at a time.
STEPS: Sequence[Room] = tuple(_narrow_slowly())


def choose_room(fits: Callable[[Room], bool]) -> Room:
    """Give the roomiest room that fits, and fill what it leaves blank.

    Parameters
    ----------
    fits:
        Whether the first part keeps to two pages in a room; the narrowest is taken unasked.
    """
    if fits(STEPS[0]):
        return STEPS[0]
    too_large, found = 0, len(STEPS) - 1
    while found - too_large > 1:
        middle = (found + too_large) // 2
        if fits(STEPS[middle]):
            found = middle
        else:
            too_large = middle
    return _fill(STEPS[found], fits)


def _fill(room: Room, fits: Callable[[Room], bool]) -> Room:
    """Give the room with every part grown a step at a time, until none that is left fits."""
    growing = deque(_FILLING)
    for _ in range(MOST_TRIALS):
        if not growing:
            break
        name = growing.popleft()
        larger = _grow(room, name)
        if larger != room and fits(larger):
            room = larger
            growing.append(name)
    return room


def _grow(room: Room, name: str) -> Room:
    """Give the room with the next larger size of a part that any of `ROOMS` has."""
    size = getattr(room, name)
    larger = [getattr(other, name) for other in ROOMS if getattr(other, name) > size]
    return dataclasses.replace(room, **{name: min(larger, default=size)})
