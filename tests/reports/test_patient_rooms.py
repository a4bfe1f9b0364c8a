from __future__ import annotations

import dataclasses
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from spindle.reports.patient_parts import ROOMS, Room
from spindle.reports.patient_rooms import STEPS, choose_room


def size(room: Room) -> int:
    """Give a size that grows with every part."""
    return sum(int(value) for value in dataclasses.astuple(room)) - 2 * int(room.is_brief)


def test_the_steps_go_from_the_roomiest_to_the_narrowest_by_one_part_at_a_time() -> None:
    assert STEPS[0] == ROOMS[0]
    assert STEPS[-1] == ROOMS[-1]
    assert set(ROOMS) <= set(STEPS)
    for wide, narrow in pairwise(STEPS):
        pairs = zip(dataclasses.astuple(wide), dataclasses.astuple(narrow), strict=True)
        assert sum(one != other for one, other in pairs) == 1


@given(st.integers(0, 120))
def test_what_is_chosen_fits_wherever_anything_does(most: int) -> None:
    room = choose_room(lambda tried: size(tried) <= most)
    assert size(room) <= max(most, size(ROOMS[-1]))
    if size(ROOMS[0]) <= most:
        assert room == ROOMS[0]


def test_a_blank_foot_is_filled() -> None:
    """Only options are too many: every other part grows again."""
    room = choose_room(lambda tried: tried.options <= 5)
    assert room.options == 5
    narrow = next(step for step in STEPS if step.options <= 5)
    assert room.conflicts > narrow.conflicts
