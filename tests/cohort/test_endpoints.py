from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.course import FollowUp, VitalStatus
from spindle.cohort.endpoints import (
    ASSUMPTIONS,
    CENSORED,
    EVENT,
    Endpoint,
    TimedOutcome,
    find_outcome,
)
from spindle.cohort.rows import UNSAID, CohortRow, Occurrence, make_row
from spindle.reasoning.reflex import assess_case

OS, EFS = Endpoint.OVERALL_SURVIVAL, Endpoint.EVENT_FREE_SURVIVAL
EMPTY = make_row(Case(id="c"), assess_case(Case(id="c")))
NO = Occurrence(False)
YES = Occurrence(True)


def row(follow_up: float | Absent = NOT_REPORTED, **occurrences: Occurrence) -> CohortRow:
    return replace(EMPTY, follow_up_months=follow_up, **occurrences)  # type: ignore[arg-type]


def estimate(times: list[TimedOutcome], months: float) -> float:
    """Give the product-limit estimate, worked out by hand."""
    survival = 1.0
    for time in sorted({t.months for t in times if t.kind == EVENT and t.months <= months}):
        at_risk = sum(t.months >= time for t in times)
        events = sum(t.months == time and t.kind == EVENT for t in times)
        survival *= 1 - events / at_risk
    return survival


# Zhao 2025, the 17 patients with follow-up: months and what became of them.
PUBLISHED = [
    *[row(m, recurrence=NO, metastasis=NO) for m in (22, 136, 119, 47, 74, 93, 45, 14, 92, 131)],
    *[row(m, recurrence=YES) for m in (30, 10)],
    *[row(m, death=YES) for m in (54, 19, 21, 21, 93)],
]


@pytest.mark.parametrize(
    ("endpoint", "months", "expected"),
    [
        (OS, 12, 1.0),
        (OS, 24, 0.80),
        (OS, 60, 0.70),
        (OS, 120, 0.56),
        (EFS, 12, 0.9411765),
        (EFS, 24, 0.7529412),
        (EFS, 60, 0.5989305),
        (EFS, 120, 0.4791444),
    ],
)
def test_the_published_series_gives_the_reference_estimates(
    endpoint: Endpoint, months: float, expected: float
) -> None:
    times = [outcome for r in PUBLISHED if (outcome := find_outcome(r, endpoint))]
    assert len(times) == 17
    assert estimate(times, months) == pytest.approx(expected, abs=1e-7)


def test_a_recurrence_without_its_own_time_is_marked_as_assumed() -> None:
    outcomes = [find_outcome(r, EFS) for r in PUBLISHED]
    recurred = [o for o, r in zip(outcomes, PUBLISHED, strict=True) if r.recurrence == YES]
    assert [(o.months, o.kind, o.is_assumed) for o in recurred if o] == [
        (30, EVENT, True),
        (10, EVENT, True),
    ]


@pytest.mark.parametrize("endpoint", [OS, EFS])
def test_no_time_gives_no_contribution(endpoint: Endpoint) -> None:
    assert find_outcome(row(), endpoint) is None
    assert find_outcome(row(UNKNOWN), endpoint) is None
    assert find_outcome(row(death=YES), endpoint) is None


def test_a_death_counts_for_both_and_a_recurrence_for_one() -> None:
    dead, recurred = row(54, death=YES), row(30, recurrence=YES)
    assert [o.kind for e in Endpoint if (o := find_outcome(dead, e))] == [EVENT, EVENT]
    assert [o.kind for e in Endpoint if (o := find_outcome(recurred, e))] == [CENSORED, EVENT]


@pytest.mark.parametrize("kind", ["recurrence", "progression", "metastasis", "death"])
def test_each_kind_of_event_ends_event_free_survival(kind: str) -> None:
    found = find_outcome(row(40, **{kind: Occurrence(True, 12.0)}), EFS)
    assert found == TimedOutcome(12.0, EVENT, is_assumed=False)


def test_the_first_event_counts() -> None:
    found = find_outcome(
        row(60, recurrence=Occurrence(True, 20.0), metastasis=Occurrence(True, 8.0)), EFS
    )
    assert found == TimedOutcome(8.0, EVENT, is_assumed=False)


def test_a_recurrence_with_a_time_before_a_death_without_one_is_no_assumption() -> None:
    """Nobody recurs after death, so the recurrence is the first event whenever the death was."""
    found = find_outcome(row(54, recurrence=Occurrence(True, 10.0), death=YES), EFS)
    assert found == TimedOutcome(10.0, EVENT, is_assumed=False)


def test_the_length_of_follow_up_of_a_dead_patient_is_the_time_of_death() -> None:
    """ "54, died": the printed length ends with the death, so nothing is assumed."""
    assert find_outcome(row(54, death=YES), OS) == TimedOutcome(54, EVENT, is_assumed=False)


def test_a_death_known_only_from_the_vital_status_is_an_event() -> None:
    case = Case(id="c", follow_up=FollowUp(duration_months=54.0, vital_status=VitalStatus.DEAD))
    found = find_outcome(make_row(case, assess_case(case)), OS)
    assert found is not None
    assert found.kind == EVENT


def test_the_assumption_says_what_silence_on_an_event_counts_as() -> None:
    """ "74 months", and nothing on recurrence: the patient is censored, as if it were denied."""
    assert find_outcome(row(74), EFS) == TimedOutcome(74, CENSORED, is_assumed=False)
    assert re.search(r"says nothing|not reported|not said|silent", ASSUMPTIONS[EFS])


occurrences = st.one_of(
    st.sampled_from([UNSAID, NO, YES, Occurrence(UNKNOWN)]),
    st.floats(0, 200).map(lambda months: Occurrence(True, months)),
)
rows = st.builds(
    row,
    st.one_of(st.floats(0, 300), st.just(NOT_REPORTED)),
    recurrence=occurrences,
    metastasis=occurrences,
    progression=occurrences,
    death=occurrences,
)


@given(rows)
def test_an_event_of_overall_survival_is_one_of_event_free_survival_too(given: CohortRow) -> None:
    overall, event_free = (find_outcome(given, endpoint) for endpoint in (OS, EFS))
    if overall and overall.kind == EVENT:
        assert event_free is not None
        assert event_free.kind == EVENT
        assert event_free.months <= overall.months


@given(rows, st.sampled_from(list(Endpoint)))
def test_only_what_happened_is_an_event(given: CohortRow, endpoint: Endpoint) -> None:
    found = find_outcome(given, endpoint)
    kinds = ("death",) if endpoint is OS else ("death", "recurrence", "metastasis", "progression")
    happened = any(getattr(given, kind).has_occurred is True for kind in kinds)
    if found:
        assert (found.kind == EVENT) == happened
        assert found.months >= 0


def test_each_endpoint_says_its_assumption() -> None:
    assert set(ASSUMPTIONS) == set(Endpoint)
    assert "printed length of follow-up" in ASSUMPTIONS[EFS]
    assert "whatever their cause" in ASSUMPTIONS[OS]
