"""Every field of the condition language: which column of a row it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from spindle.assays.readings import ReadingResult
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.course import TreatmentKind, VitalStatus
from spindle.cases.patient import Sex
from spindle.cohort.condition_fields import (
    CategoryField,
    Field,
    FlagField,
    MissingField,
    NumberField,
    TreatmentField,
    TreatmentWordsField,
    WordsField,
)
from spindle.cohort.condition_stains import StainField, StainPercentField
from spindle.cohort.condition_terms import CaseField, SidedField
from spindle.cohort.endpoints import EVENT, Endpoint, find_outcome
from spindle.cohort.rows import CohortRow
from spindle.cohort.sides import judge_sides
from spindle.cohort.truth import Truth, give_truth, join_any
from spindle.reasoning.assessments import KinaseStatus

# What a row may list without a treatment having been given.
NO_TREATMENT = (TreatmentKind.BIOPSY_ONLY, TreatmentKind.OBSERVATION, TreatmentKind.NONE)

_RESULTS = tuple(result.value for result in ReadingResult)


def count_treatment_kinds(row: CohortRow) -> float | Absent:
    """Give how many kinds of treatment a row lists; a biopsy or mere observation is none."""
    if not row.treatments:
        return NOT_REPORTED
    return sum(kind not in NO_TREATMENT for kind in row.treatments)


def judge_death(row: CohortRow) -> Truth:
    """Give whether the patient died, by the outcome or by the vital status."""
    said = [give_truth(row.death.has_occurred)]
    if not isinstance(row.vital_status, Absent):
        said.append(give_truth(row.vital_status is VitalStatus.DEAD))
    if Truth.TRUE in said:
        return Truth.TRUE
    return Truth.FALSE if Truth.FALSE in said else Truth.UNKNOWN


def judge_follow_up(row: CohortRow) -> Truth:
    """Give whether a length of follow-up is given; false for a patient who is said to be lost."""
    if not isinstance(row.follow_up_months, Absent):
        return Truth.TRUE
    return Truth.FALSE if row.is_lost is True else Truth.UNKNOWN


def judge_event(row: CohortRow) -> Truth:
    """Give whether recurrence, progression, metastasis or death happened.

    As for event-free survival, a patient with a time and without any of these had no event within
    it.
    """
    outcomes = (row.recurrence, row.progression, row.metastasis, row.death)
    if join_any(give_truth(o.has_occurred) for o in outcomes) is Truth.TRUE:
        return Truth.TRUE
    found = find_outcome(row, Endpoint.EVENT_FREE_SURVIVAL)
    return Truth.UNKNOWN if found is None else give_truth(found.kind == EVENT)


def _list_cause(row: CohortRow) -> tuple[str, ...]:
    return () if isinstance(row.death_cause, Absent) else (row.death_cause,)


def _list_fields() -> tuple[Field, ...]:
    return (
        CaseField(),
        CategoryField("sex", "sex", lambda row: row.sex, tuple(sex.value for sex in Sex)),
        NumberField("age_months", "age", "months", lambda row: row.age_months),
        NumberField("age_years", "age", "years", lambda row: row.age_years),
        SidedField("site", "sites", lambda row: row.sites),
        SidedField("symptom", "symptoms", lambda row: row.symptoms),
        CategoryField("alk_ihc", "ALK stain", lambda row: row.alk_ihc, _RESULTS, is_test=True),
        CategoryField("alk_fish", "ALK FISH", lambda row: row.alk_fish, _RESULTS, is_test=True),
        CategoryField(
            "alk_rt_pcr", "ALK RT-PCR", lambda row: row.alk_rt_pcr, _RESULTS, is_test=True
        ),
        CategoryField(
            "alk_sequencing", "ALK sequencing", lambda r: r.alk_sequencing, _RESULTS, is_test=True
        ),
        CategoryField(
            "alk_status",
            "ALK status",
            lambda row: row.alk_status,
            tuple(status.value for status in KinaseStatus),
        ),
        FlagField(
            "is_discordant",
            "disagreeing ALK tests",
            "no disagreeing ALK tests",
            lambda row: give_truth(row.is_discordant),
        ),
        StainField(),
        StainPercentField(),
        TreatmentField(),
        TreatmentWordsField(),
        NumberField("treatment_kinds", "kinds of treatment", "", count_treatment_kinds),
        NumberField("follow_up_months", "follow-up", "months", lambda row: row.follow_up_months),
        *_list_outcome_fields(),
        WordsField("histology", "the microscopic finding", lambda row: row.histology),
        WordsField("death_cause", "the cause of death", _list_cause),
        *_list_missing_fields(),
    )


def _list_outcome_fields() -> tuple[Field, ...]:
    return (
        FlagField("has_follow_up", "follow-up given", "loss to follow-up", judge_follow_up),
        FlagField(
            "is_lost",
            "loss to follow-up",
            "no loss to follow-up",
            lambda row: give_truth(row.is_lost),
        ),
        FlagField("died", "death", "survival to the last contact", judge_death),
        FlagField(
            "recurred",
            "recurrence",
            "no recurrence",
            lambda row: give_truth(row.recurrence.has_occurred),
        ),
        FlagField(
            "metastasised",
            "metastasis",
            "no metastasis",
            lambda row: give_truth(row.metastasis.has_occurred),
        ),
        FlagField(
            "progressed",
            "progression",
            "no progression",
            lambda row: give_truth(row.progression.has_occurred),
        ),
        FlagField(
            "has_event",
            "recurrence, progression, metastasis or death",
            "no recurrence, progression, metastasis or death",
            judge_event,
        ),
        FlagField(
            "has_side_conflict",
            "symptoms and tumour on opposite sides",
            "symptoms and tumour on one side",
            judge_sides,
        ),
    )


def _list_missing_fields() -> tuple[Field, ...]:
    return (
        MissingField("earlier_treatment", "treatment before the study"),
        MissingField("diagnosis_date", "the date of diagnosis"),
    )


FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _list_fields()})
"""The fields by the name that a claims file uses."""
