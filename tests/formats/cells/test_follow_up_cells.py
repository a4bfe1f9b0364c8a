from __future__ import annotations

import pytest

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.course import DeathCause, OutcomeKind, VitalStatus
from spindle.cases.patient import Precision, TimeUnit
from spindle.formats.cells.follow_up import join_follow_up, read_follow_up, read_outcome

MONTHS = TimeUnit.MONTHS
ALIVE, DEAD = VitalStatus.ALIVE, VitalStatus.DEAD


def list_outcomes(text: str, header_unit: TimeUnit | None = MONTHS) -> list[str]:
    """The events of a cell as `recurrence@12` or `no recurrence`."""
    return [
        f"{outcome.kind}@{outcome.months}".removesuffix(f"@{NOT_REPORTED}")
        if outcome.has_occurred
        else f"no {outcome.kind}"
        for outcome in read_follow_up(text, header_unit=header_unit).value.outcomes
    ]


def list_slugs(text: str, header_unit: TimeUnit | None = MONTHS) -> list[str]:
    return [doubt.slug for doubt in read_follow_up(text, header_unit=header_unit).doubts]


@pytest.mark.parametrize(
    ("text", "months", "vital", "outcomes", "slugs"),
    [
        ("22, No recurrence, no metastasis", 22, ALIVE, ["no recurrence", "no metastasis"], []),
        ("54, Died", 54, DEAD, ["death@54.0"], ["death-without-cause"]),
        ("21, died", 21, DEAD, ["death@21.0"], ["death-without-cause"]),
        ("Died 54", 54, DEAD, ["death@54.0"], ["death-without-cause"]),
        ("30, Recurrence", 30, ALIVE, ["recurrence"], ["recurrence-without-date"]),
        ("22", 22, NOT_REPORTED, [], []),
        ("NED (24 months)", 24, ALIVE, [], []),
        ("Alive (22)", 22, ALIVE, [], []),
        ("AWD, 24", 24, ALIVE, [], ["progression-without-date"]),
        ("2-year followup, no recurrence", 24, ALIVE, ["no recurrence"], []),
        ("10-year follow-up, no recurrence", 120, ALIVE, ["no recurrence"], []),
        ("Twelve months, MRI no recurrence", 12, ALIVE, ["no recurrence"], []),
        (
            "end of first year, no local recurrence, metastasis free",
            12,
            ALIVE,
            ["no recurrence", "no metastasis"],
            [],
        ),
        ("8 months, asymptomatic", 8, ALIVE, [], []),
        ("90 months after surgery, alive", 90, ALIVE, [], []),
        ("无复发，22个月", 22, ALIVE, ["no recurrence"], []),
        ("recurrence (-), metastasis (-), 22", 22, ALIVE, ["no recurrence", "no metastasis"], []),
        ("Recurrence: none, 22", 22, ALIVE, ["no recurrence"], []),
        (
            "No recurrence but lung metastasis at 12 months, alive 24 months",
            24,
            ALIVE,
            ["no recurrence", "metastasis@12.0"],
            [],
        ),
        (
            "recurrence at 6 months, alive at 30 months",
            30,
            ALIVE,
            ["recurrence@6.0"],
            [],
        ),
    ],
)
def test_time_status_and_events(
    text: str, months: float, vital: object, outcomes: list[str], slugs: list[str]
) -> None:
    follow_up = read_follow_up(text, header_unit=MONTHS).value.follow_up
    assert (follow_up.duration_months, follow_up.vital_status) == (months, vital)
    assert list_outcomes(text) == outcomes
    assert list_slugs(text) == slugs


def test_lost_to_follow_up_has_no_time_and_no_status() -> None:
    reading = read_follow_up("Lost to follow up", header_unit=MONTHS)
    assert reading.value.follow_up.is_lost is True
    assert reading.value.follow_up.duration_months == NOT_REPORTED
    assert reading.value.follow_up.vital_status == NOT_REPORTED
    assert list_slugs("Lost to follow up") == ["lost-to-follow-up"]


def test_lost_after_a_time_keeps_the_time() -> None:
    follow_up = read_follow_up("12, lost to follow up", header_unit=MONTHS).value.follow_up
    assert (follow_up.duration_months, follow_up.is_lost) == (12, True)
    assert follow_up.vital_status == NOT_REPORTED


@pytest.mark.parametrize(
    ("text", "outcomes", "slugs"),
    [
        (
            "local recurrence 12 months after initial surgery",
            ["recurrence@12.0"],
            ["follow-up-no-time"],
        ),
        (
            "progression 2 months after partial resection; "
            "recurrence 20 months after second surgery",
            ["progression@2.0", "recurrence"],
            ["recurrence-without-date", "follow-up-no-time"],
        ),
        (
            "local recurrence and metastasis to left groin "
            "3, 7 and 10 months after initial surgery",
            ["recurrence", "metastasis"],
            ["recurrence-without-date", "progression-without-date", "follow-up-no-time"],
        ),
        ("early recurrence", ["recurrence"], ["recurrence-without-date", "follow-up-no-time"]),
        ("no recurrence during follow-up", ["no recurrence"], ["follow-up-no-time"]),
        ("possible recurrence on CT after hemicolectomy", [], ["follow-up-unreadable"]),
        (
            "no recurrence, metastasis",
            ["no recurrence"],
            ["follow-up-unreadable", "follow-up-no-time"],
        ),
        ("no treatment and recurrence at 6 months", [], ["follow-up-unreadable"]),
        ("Recurrence -", [], ["follow-up-unreadable"]),
    ],
)
def test_an_event_has_a_time_only_when_it_has_its_own(
    text: str, outcomes: list[str], slugs: list[str]
) -> None:
    follow_up = read_follow_up(text).value.follow_up
    assert isinstance(follow_up.duration_months, Absent)
    assert list_outcomes(text, None) == outcomes
    assert list_slugs(text, None) == slugs


@pytest.mark.parametrize(
    "text",
    [
        "dramatic response",
        "next MRI planned in 3 months",
        "discharged 13 days after surgery",
        "partial response lasting 12 months",
        "spontaneously regressed in one month",
        "12-24",
        "not alive",
    ],
)
def test_what_is_no_follow_up_is_kept_in_a_note(text: str) -> None:
    reading = read_follow_up(text, header_unit=MONTHS)
    assert reading.value.outcomes == ()
    assert isinstance(reading.value.follow_up.duration_months, Absent)
    assert reading.value.follow_up.vital_status == NOT_REPORTED
    assert [(doubt.slug, doubt.value) for doubt in reading.doubts] == [
        ("follow-up-unreadable", text)
    ]


@pytest.mark.parametrize(
    ("text", "months", "precision"),
    [
        ("in remission nearly 1 year after presentation", 12, Precision.ABOUT),
        ("more than 2 years, no recurrence", 24, Precision.OVER),
        (">60", 60, Precision.OVER),
        ("60+, NED", 60, Precision.OVER),
        ("passed away roughly 9 months after diagnosis", 9, Precision.ABOUT),
        (
            "3 years after surgery, no recurrence (sign before the 3 lost in the copy)",
            36,
            Precision.ABOUT,
        ),
    ],
)
def test_an_inexact_time_is_noted(text: str, months: float, precision: Precision) -> None:
    follow_up = read_follow_up(text, header_unit=MONTHS).value.follow_up
    assert (follow_up.duration_months, follow_up.precision) == (months, precision)
    assert "follow-up-imprecise" in list_slugs(text)


def test_a_time_since_a_later_treatment_is_noted() -> None:
    reading = read_follow_up("disease-free 22 months after delayed surgery")
    assert reading.value.follow_up.duration_months == 22
    assert [doubt.slug for doubt in reading.doubts] == ["follow-up-imprecise"]


@pytest.mark.parametrize(
    ("text", "cause", "slugs"),
    [
        ("Died of disease at 12 months", DeathCause.TUMOUR, []),
        ("DOD, 12", DeathCause.TUMOUR, []),
        ("DOC, 12", DeathCause.OTHER, []),
        ("died of cerebral infarction, 19", DeathCause.OTHER, []),
        ("Died of unrelated causes, 40", DeathCause.OTHER, []),
        ("death from postoperative complications at 1 month", DeathCause.TREATMENT, []),
        ("died (pneumonia), 12", UNKNOWN, ["death-without-cause"]),
        ("12, died", NOT_REPORTED, ["death-without-cause"]),
    ],
)
def test_the_cause_of_a_death(text: str, cause: object, slugs: list[str]) -> None:
    (outcome,) = read_follow_up(text, header_unit=MONTHS).value.outcomes
    assert outcome.cause == cause
    assert list_slugs(text) == slugs


def test_what_is_said_of_a_group_gives_no_time_to_one_patient() -> None:
    text = "mean follow-up two years (3 cases), no local recurrence or distant metastasis"
    follow_up = read_follow_up(text).value.follow_up
    assert follow_up.duration_months == NOT_REPORTED
    assert follow_up.vital_status == NOT_REPORTED
    assert list_outcomes(text, None) == ["no recurrence", "no metastasis"]
    assert list_slugs(text, None) == ["pooled-statement"]


def test_two_times_or_two_states_give_neither() -> None:
    times = read_follow_up("24 months; 36 months")
    assert times.value.follow_up.duration_months == UNKNOWN
    assert [doubt.slug for doubt in times.doubts] == ["value-conflict"]
    states = read_follow_up("alive, died", header_unit=MONTHS)
    assert states.value.follow_up.vital_status == UNKNOWN
    assert "value-conflict" in [doubt.slug for doubt in states.doubts]


@pytest.mark.parametrize(
    ("text", "months", "outcomes"),
    [
        ("alive at 24 months with lung metastases", 24, ["metastasis"]),
        ("died at 24 months with recurrence", 24, ["recurrence", "death@24.0"]),
        ("recurrence at 6 months, died at 24", 24, ["recurrence@6.0", "death@24.0"]),
        ("recurred and died at 24 months", 24, ["recurrence", "death@24.0"]),
        ("12 months later recurrence", NOT_REPORTED, ["recurrence@12.0"]),
        ("recurrence at 6 months and died", NOT_REPORTED, ["recurrence@6.0", "death"]),
        ("alive with recurrence at 24 months", NOT_REPORTED, ["recurrence"]),
        ("no recurrence at 12 months, alive at 24 months", 24, ["no recurrence"]),
        (
            "no recurrence at 5 years; died of stroke at 8 years",
            96,
            ["no recurrence", "death@96.0"],
        ),
        ("no recurrence at 12 months, died", NOT_REPORTED, ["no recurrence", "death"]),
    ],
)
def test_a_time_belongs_to_the_word_before_it(
    text: str, months: object, outcomes: list[str]
) -> None:
    follow_up = read_follow_up(text, header_unit=MONTHS).value.follow_up
    assert follow_up.duration_months == months
    assert list_outcomes(text) == outcomes


@pytest.mark.parametrize("text", ["22, no recurrence, died", "no recurrence, died, 22"])
def test_a_death_after_a_denied_event_is_a_death(text: str) -> None:
    follow_up = read_follow_up(text, header_unit=MONTHS).value.follow_up
    assert (follow_up.duration_months, follow_up.vital_status) == (22, DEAD)
    assert list_outcomes(text) == ["no recurrence", "death@22.0"]


@pytest.mark.parametrize("text", ["22, no recurrence, death", "22, no recurrence, possible death"])
def test_an_unsure_death_is_neither_death_nor_life(text: str) -> None:
    reading = read_follow_up(text, header_unit=MONTHS)
    assert list_outcomes(text) == ["no recurrence"]
    assert reading.value.follow_up.vital_status == UNKNOWN
    assert list_slugs(text) == ["follow-up-unreadable"]
    time = read_follow_up("22", header_unit=MONTHS).value
    joined = join_follow_up(time, read_outcome(text.removeprefix("22, ")).value)
    assert joined.value.follow_up.vital_status == UNKNOWN


def test_a_number_without_any_unit_is_no_time() -> None:
    assert read_follow_up("22").value.follow_up.duration_months == NOT_REPORTED
    assert list_slugs("22", None) == ["follow-up-unreadable"]


def test_a_cell_that_reports_nothing_needs_no_note() -> None:
    reading = read_follow_up("NA", header_unit=MONTHS)
    assert reading.value.follow_up.duration_months == NOT_REPORTED
    assert (reading.value.outcomes, reading.doubts) == ((), ())


def test_a_column_of_outcomes_misses_no_time() -> None:
    assert read_outcome("NED").doubts == ()
    assert read_outcome("Alive").value.follow_up.vital_status is ALIVE


def test_a_column_of_times_and_one_of_outcomes_make_one_reading() -> None:
    time = read_follow_up("22", header_unit=MONTHS).value
    died = join_follow_up(time, read_outcome("Died").value).value
    assert (died.follow_up.duration_months, died.follow_up.vital_status) == (22, DEAD)
    assert died.outcomes[0].months == 22
    denied = join_follow_up(time, read_outcome("no recurrence").value).value
    assert denied.follow_up.vital_status is ALIVE
    alone = join_follow_up(time, read_outcome("NA").value).value
    assert alone.follow_up.vital_status == NOT_REPORTED


def test_two_columns_that_contradict_each_other_are_noted() -> None:
    alive = read_follow_up("alive, 22", header_unit=MONTHS).value
    joined = join_follow_up(alive, read_outcome("died").value)
    assert joined.value.follow_up.vital_status == UNKNOWN
    assert [doubt.slug for doubt in joined.doubts] == ["value-conflict"]


def test_several_times_after_several_events_are_taken_for_none() -> None:
    text = "local recurrence and metastasis to left groin 3, 7 and 10 months after surgery"
    reading = read_follow_up(text)
    assert [outcome.months for outcome in reading.value.outcomes] == [NOT_REPORTED] * 2
    told = [doubt.message for doubt in reading.doubts if "Several times" in doubt.message]
    assert told == [
        "Several times are written for the recurrence. None is taken.",
        "Several times are written for the metastasis. None is taken.",
    ]


@pytest.mark.parametrize(
    ("text", "unit", "months"),
    [
        ("12,5", TimeUnit.MONTHS, 12.5),
        ("24,0", TimeUnit.MONTHS, 24),
        ("2,5", TimeUnit.YEARS, 30),
        ("12,5 months", None, 12.5),
        ("1,5 y, NED", None, 18),
        ("22,5, No recurrence", TimeUnit.MONTHS, 22.5),
    ],
)
def test_a_decimal_comma_is_no_list_of_times(
    text: str, unit: TimeUnit | None, months: float
) -> None:
    reading = read_follow_up(text, header_unit=unit)
    assert reading.value.follow_up.duration_months == months
    assert reading.doubts == ()


def test_a_decimal_comma_dates_an_event() -> None:
    (outcome,) = read_follow_up("recurrence at 8,5 months").value.outcomes
    assert (outcome.has_occurred, outcome.months) == (True, 8.5)


@pytest.mark.parametrize(
    "text", ["3, 7 and 10 months", "3,7 and 10 months", "12,24", "9 months and 24 months"]
)
def test_several_times_stay_several(text: str) -> None:
    reading = read_follow_up(text, header_unit=TimeUnit.MONTHS)
    assert isinstance(reading.value.follow_up.duration_months, Absent)
    assert reading.doubts


@pytest.mark.parametrize("text", ["22, NED", "22, disease-free", "22, no evidence of disease"])
def test_no_disease_at_the_last_contact_denies_no_event(text: str) -> None:
    reading = read_follow_up(text, header_unit=TimeUnit.MONTHS)
    assert reading.value.follow_up.vital_status is VitalStatus.ALIVE
    assert reading.value.outcomes == ()
    assert reading.doubts == ()


@pytest.mark.parametrize(
    "text", ["22, no evidence of recurrence", "22, no evidence of relapse", "22, relapse-free"]
)
def test_no_evidence_of_recurrence_denies_recurrence(text: str) -> None:
    (outcome,) = read_follow_up(text, header_unit=TimeUnit.MONTHS).value.outcomes
    assert (outcome.kind, outcome.has_occurred) == (OutcomeKind.RECURRENCE, False)


@pytest.mark.parametrize("text", ["22, AWD", "alive with disease at 22 months"])
def test_disease_at_the_last_contact_is_doubted(text: str) -> None:
    reading = read_follow_up(text, header_unit=TimeUnit.MONTHS)
    assert reading.value.follow_up.vital_status is VitalStatus.ALIVE
    assert reading.value.follow_up.duration_months == 22
    assert reading.value.outcomes == ()
    assert [doubt.slug for doubt in reading.doubts] == ["progression-without-date"]


def test_a_dated_event_needs_no_such_doubt() -> None:
    reading = read_follow_up("recurrence at 8 months, AWD at 24 months")
    assert reading.doubts == ()


@pytest.mark.parametrize(
    ("text", "is_lost"), [("24, LFU", True), ("LFU at 24 months", True), ("24, NED at LFU", False)]
)
def test_three_letters_for_lost_are_not_those_of_a_last_follow_up(text: str, is_lost: bool) -> None:
    follow_up = read_follow_up(text, header_unit=TimeUnit.MONTHS).value.follow_up
    assert (follow_up.is_lost is True) == is_lost
    assert follow_up.duration_months == 24


def test_a_column_of_statuses_leaves_events_to_other_columns() -> None:
    reading = read_outcome("AWD")
    assert reading.value.follow_up.vital_status is VitalStatus.ALIVE
    assert (reading.value.outcomes, reading.doubts) == ((), ())
