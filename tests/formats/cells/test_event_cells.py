from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED, UNKNOWN
from spindle.cases.course import DeathCause, OutcomeKind
from spindle.cases.patient import TimeUnit
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


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("yes, 9 mo", 9),
        ("Yes, at 9 months", 9),
        ("Yes - 9 months", 9),
        ("Yes, at month 9", 9),
        ("yes (9 mo)", 9),
        ("+ (9 months)", 9),
        ("1 (at 9 mo)", 9),
        ("local, 9 months", 9),
        ("yes, 8,5 months", 8.5),
        ("yes, two years after surgery", 24),
        ("recurrence at 9 months", 9),
    ],
)
def test_an_answer_with_one_time_is_a_dated_event(text: str, months: float) -> None:
    reading = read_event(text, OutcomeKind.RECURRENCE)
    assert [(o.has_occurred, o.months, o.words) for o in reading.value] == [(True, months, text)]
    assert reading.doubts == ()


@pytest.mark.parametrize(
    "text",
    [
        "yes; 9",
        "yes, twice",
        "yes, 9-12 months",
        "yes, 9 months and 24 months",
        "yes, alive at 9 months",
        "yes, 9 months after second surgery",
        "yes, 9 cm",
        "yes, year 2019",
        "yes, month 9 and month 20",
    ],
)
def test_an_event_without_one_sure_time_is_kept_undated(text: str) -> None:
    reading = read_event(text, OutcomeKind.RECURRENCE)
    assert [(o.has_occurred, o.months, o.words) for o in reading.value] == [
        (True, NOT_REPORTED, text)
    ]
    assert [doubt.slug for doubt in reading.doubts] == ["recurrence-without-date"]


def test_a_bare_number_takes_the_unit_of_the_header() -> None:
    reading = read_event("yes; 2", OutcomeKind.RECURRENCE, header_unit=TimeUnit.YEARS)
    assert [(o.has_occurred, o.months) for o in reading.value] == [(True, 24)]


@pytest.mark.parametrize(
    "text",
    [
        "no, 36 months",
        "no (36 months)",
        "0 (36 months)",
        "no local, regional or distant recurrence",
    ],
)
def test_a_denial_with_a_time_stays_a_denial(text: str) -> None:
    reading = read_event(text, OutcomeKind.RECURRENCE)
    assert [(o.has_occurred, o.months) for o in reading.value] == [(False, NOT_REPORTED)]


@pytest.mark.parametrize(
    ("text", "months", "cause"),
    [
        ("yes, of disease", NOT_REPORTED, DeathCause.TUMOUR),
        ("yes (of disease, at 9 months)", 9, DeathCause.TUMOUR),
        ("yes, 9 mo", 9, NOT_REPORTED),
        ("yes - unrelated to tumour", NOT_REPORTED, DeathCause.OTHER),
    ],
)
def test_a_death_keeps_its_time_and_cause(text: str, months: object, cause: object) -> None:
    (outcome,) = read_event(text, OutcomeKind.DEATH).value
    assert (outcome.has_occurred, outcome.months, outcome.cause) == (True, months, cause)


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "possible recurrence",
        "lung",
        "recurrence -",
        "no at 12 months, yes at 24 months",
        "no, later yes",
        "yes/no",
        "yes (?)",
        "1-2",
        "0,5",
    ],
)
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


@pytest.mark.parametrize("text", ["yes, not of disease", "died, not due to tumour"])
def test_a_denied_cause_is_not_taken(text: str) -> None:
    (outcome,) = read_event(text, OutcomeKind.DEATH).value
    assert outcome.has_occurred
    assert not isinstance(outcome.cause, DeathCause)
