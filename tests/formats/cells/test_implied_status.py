from __future__ import annotations

import pytest

from spindle.cases.course import VitalStatus
from spindle.cases.patient import TimeUnit
from spindle.formats.cells.follow_up import join_follow_up, read_follow_up


@pytest.mark.parametrize(
    ("text", "is_implied"),
    [
        ("22, No recurrence, no metastasis", True),
        ("30, Recurrence", True),
        ("22, alive, no recurrence", False),
        ("22, NED", False),
    ],
)
def test_alive_without_a_word_that_says_so_is_marked(text: str, is_implied: bool) -> None:
    found = read_follow_up(text, header_unit=TimeUnit.MONTHS).value.follow_up
    assert found.vital_status is VitalStatus.ALIVE
    assert found.is_vital_status_implied is is_implied


def test_a_status_that_is_said_in_another_column_is_not_implied() -> None:
    implied = read_follow_up("22, no recurrence", header_unit=TimeUnit.MONTHS).value
    said = read_follow_up("alive", header_unit=TimeUnit.MONTHS).value
    joined = join_follow_up(implied, said).value.follow_up
    assert joined.vital_status is VitalStatus.ALIVE
    assert not joined.is_vital_status_implied


def test_death_is_never_implied() -> None:
    found = read_follow_up("54, Died", header_unit=TimeUnit.MONTHS).value.follow_up
    assert found.vital_status is VitalStatus.DEAD
    assert not found.is_vital_status_implied
