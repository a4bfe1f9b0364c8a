from __future__ import annotations

from typing import Any

import pytest
from claim_rows import make_row

from spindle.assays.readings import ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN
from spindle.cases.course import TreatmentKind
from spindle.cases.patient import Precision, Sex
from spindle.cohort.endpoints import Endpoint
from spindle.cohort.rows import CohortRow, Occurrence, SidedName
from spindle.cohort.series import Series, describe_series, name_outcome

YES, NO = Occurrence(True), Occurrence(False)
LEFT = SidedName("maxillary sinus", NOT_REPORTED, is_coded=True)
FEVER = SidedName("fever", NOT_REPORTED, is_coded=True)
NO_FEVER = SidedName("fever", NOT_REPORTED, is_coded=True, is_present=False)


def describe(*fields: dict[str, Any]) -> Series:
    return describe_series([make_row(str(n), **given) for n, given in enumerate(fields, 1)])


def row(**fields: Any) -> CohortRow:
    return make_row("1", **fields)


def shares(found: Any) -> dict[str, tuple[int, int, int]]:
    return {item.label: (item.share.n, item.share.N, item.unknown) for item in found}


def test_a_denied_symptom_is_no_symptom_and_no_silence() -> None:
    series = describe(
        {"symptoms": (FEVER,)}, {"symptoms": (NO_FEVER,)}, {"symptoms": (NO_FEVER,)}, {}
    )
    assert shares(series.symptoms) == {"fever": (1, 3, 1)}


def test_a_patient_counts_once_a_site_whatever_its_sides() -> None:
    series = describe({"sites": (LEFT, LEFT)}, {"sites": (LEFT,)}, {})
    assert shares(series.sites) == {"maxillary sinus": (2, 2, 1)}


def test_labels_stand_by_frequency_and_then_by_name() -> None:
    both = (TreatmentKind.SURGERY, TreatmentKind.RADIOTHERAPY)
    series = describe({"treatments": both}, {"treatments": (TreatmentKind.SURGERY,)})
    assert [item.label for item in series.treatments] == ["surgery", "radiotherapy"]


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"death": YES, "recurrence": YES, "metastasis": YES}, "died"),
        ({"metastasis": YES, "recurrence": YES}, "metastasis"),
        ({"progression": YES, "recurrence": YES}, "progression"),
        ({"recurrence": YES, "is_lost": True}, "recurrence"),
        ({"is_lost": True, "recurrence": NO}, "lost_to_follow_up"),
        ({"recurrence": NO}, "no_event_reported"),
        ({"follow_up_months": 20.0}, "followed_without_word_on_events"),
        ({}, "not_reported"),
    ],
)
def test_each_patient_is_counted_under_the_gravest_outcome(
    fields: dict[str, Any], label: str
) -> None:
    assert name_outcome(row(**fields)) == label


def test_outcomes_add_up_to_the_patients() -> None:
    series = describe({"death": YES}, {"is_lost": True}, {"recurrence": NO}, {}, {})
    assert sum(series.outcomes.values()) == series.n == 5
    assert series.outcomes["not_reported"] == 2


def test_a_failed_test_is_tested_and_gave_no_answer() -> None:
    results = [
        ReadingResult.POSITIVE,
        ReadingResult.NEGATIVE,
        ReadingResult.FAILED,
        ReadingResult.FAILED,
        NOT_DONE,
        NOT_REPORTED,
        UNKNOWN,
    ]
    series = describe(*({"alk_fish": result} for result in results))
    fish = series.tests["fish"]
    assert (fish.tested, fish.answered) == (4, 2)
    assert fish.results["failed"] == 2
    assert (fish.results["not_done"], fish.results["not_reported"]) == (1, 1)
    assert fish.results["unknown"] == 1
    table = {item.group: item for item in series.table_one}
    positive = table["ALK FISH"]
    assert (positive.share.n, positive.share.N, positive.unknown) == (1, 2, 5)


def test_a_test_that_nobody_had_is_in_no_table() -> None:
    assert [item.group for item in describe({}, {}).table_one] == []


def test_sex_counts_the_silent_apart() -> None:
    series = describe({"sex": Sex.MALE}, {"sex": Sex.MALE}, {"sex": Sex.FEMALE}, {})
    assert (series.sex["male"], series.sex["female"], series.sex["not_reported"]) == (2, 1, 1)
    male = next(item for item in series.table_one if item.label == "male")
    assert (male.share.n, male.share.N, male.unknown) == (2, 3, 1)


def test_imprecise_numbers_are_counted() -> None:
    series = describe(
        {"follow_up_months": 60.0, "follow_up_precision": Precision.OVER},
        {"follow_up_months": 12.0},
        {},
    )
    assert series.follow_up_months.imprecise == 1
    assert series.follow_up_months.missing == 1
    assert series.age_years.imprecise == 0


def test_survival_leaves_out_who_has_no_time_and_says_how_many() -> None:
    series = describe(
        {"follow_up_months": 10.0, "death": Occurrence(True, 10.0)},
        {"follow_up_months": 20.0, "recurrence": YES},
        {"is_lost": True},
    )
    overall = series.survival[Endpoint.OVERALL_SURVIVAL]
    event_free = series.survival[Endpoint.EVENT_FREE_SURVIVAL]
    assert series.without_time == 1
    assert (overall.curve.people, overall.curve.events, overall.assumed_times) == (2, 1, 0)
    assert (event_free.curve.events, event_free.assumed_times) == (2, 1)


def test_nobody_with_a_time_gives_no_survival() -> None:
    series = describe({}, {"is_lost": True})
    assert series.survival == {}
    assert series.follow_up is None
    assert series.without_time == 2


def test_an_empty_series_is_described() -> None:
    series = describe_series([])
    assert series.n == 0
    assert series.age_years.summary is None


def test_pooled_series_count_what_their_parts_count() -> None:
    parts = [{"sites": (LEFT,), "death": YES}, {"sites": (LEFT,)}, {"symptoms": (NO_FEVER,)}]
    whole = describe(*parts, *parts)
    half = describe(*parts)
    assert whole.outcomes == {label: 2 * n for label, n in half.outcomes.items()}
    assert shares(whole.sites) == {"maxillary sinus": (4, 4, 2)}


def test_next_tests_are_counted_by_what_is_proposed() -> None:
    series = describe({"next_tests": ("alk_ihc",)}, {"next_tests": ("alk_ihc",)}, {})
    assert series.next_tests == {("alk_ihc",): 2, (): 1}
