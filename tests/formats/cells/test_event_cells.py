from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED, UNKNOWN
from spindle.cases.course import DeathCause, OutcomeKind
from spindle.formats.cells.events import read_death_cause, read_event


@pytest.mark.parametrize(
    ("text", "has_occurred", "slugs"),
    [
        ("Yes", True, ["recurrence-without-date"]),
        ("+", True, ["recurrence-without-date"]),
        ("local", True, ["recurrence-without-date"]),
        ("local recurrence", True, ["recurrence-without-date"]),
        ("No", False, []),
        ("(-)", False, []),
        ("none", False, []),
        ("no recurrence", False, []),
    ],
)
def test_a_column_of_one_event(text: str, has_occurred: bool, slugs: list[str]) -> None:
    reading = read_event(text, OutcomeKind.RECURRENCE)
    (outcome,) = reading.value
    assert (outcome.has_occurred, outcome.months, outcome.words) == (
        has_occurred,
        NOT_REPORTED,
        text,
    )
    assert [doubt.slug for doubt in reading.doubts] == slugs


def test_a_time_is_that_of_the_event_and_noted() -> None:
    reading = read_event("at 12 months", OutcomeKind.RECURRENCE)
    assert [(outcome.has_occurred, outcome.months) for outcome in reading.value] == [(True, 12)]
    assert [doubt.slug for doubt in reading.doubts] == ["follow-up-imprecise"]


@pytest.mark.parametrize("text", ["-", "possible recurrence", "lung", "recurrence -"])
def test_what_does_not_say_whether_it_happened_gives_nothing(text: str) -> None:
    reading = read_event(text, OutcomeKind.RECURRENCE)
    assert reading.value == ()
    assert [doubt.slug for doubt in reading.doubts] == ["follow-up-unreadable"]


def test_nothing_is_read_from_a_cell_that_reports_nothing() -> None:
    assert read_event("NA", OutcomeKind.METASTASIS).value == ()
    assert read_event("NA", OutcomeKind.METASTASIS).doubts == ()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("disease", DeathCause.TUMOUR),
        ("tumor progression", DeathCause.TUMOUR),
        ("stroke", DeathCause.OTHER),
        ("unrelated to tumor", DeathCause.OTHER),
        ("sepsis", UNKNOWN),
        ("NA", NOT_REPORTED),
    ],
)
def test_a_column_of_causes(text: str, cause: object) -> None:
    assert read_death_cause(text).value == cause
