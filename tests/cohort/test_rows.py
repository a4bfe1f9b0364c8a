from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindle.assays.readings import ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.course import (
    FollowUp,
    Outcome,
    OutcomeKind,
    Treatment,
    TreatmentKind,
    VitalStatus,
)
from spindle.cases.observations import (
    FishCount,
    FishTest,
    FusionCall,
    FusionTest,
    Observation,
    PcrTest,
    PercentRange,
    SequencingMethod,
    Stain,
    TestResult,
)
from spindle.cases.patient import Age, Patient, Sex, TimeUnit
from spindle.cases.provenance import Provenance
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Code, CodeMatch, Laterality, Site, Symptom, Tumour
from spindle.cohort.rows import CohortRow, Occurrence, make_row
from spindle.reasoning.assessments import KinaseStatus
from spindle.reasoning.reflex import assess_case

P, N = TestResult.POSITIVE, TestResult.NEGATIVE
HPO = Code(system="HPO", id="HP:0001742", label="Nasal congestion", match=CodeMatch.EXACT)


def row_of(*observations: Observation, **fields: object) -> CohortRow:
    specimens = (Specimen(id="s", observations=observations),) if observations else ()
    case = Case(id="c", specimens=specimens, **fields)  # type: ignore[arg-type]
    return make_row(case, assess_case(case))


def outcome(
    kind: OutcomeKind, has_occurred: bool, months: float | Absent = NOT_REPORTED
) -> Outcome:
    return Outcome(kind=kind, has_occurred=has_occurred, months=months)


def test_a_case_without_anything_is_a_row_of_absences() -> None:
    row = row_of()
    values = dataclasses.asdict(row)
    assert None not in values.values()
    for name in ("sex", "age_months", "alk_ihc", "alk_fish", "alk_rt_pcr", "alk_sequencing"):
        assert getattr(row, name) == NOT_REPORTED
    for name in ("recurrence", "metastasis", "progression", "death"):
        assert getattr(row, name) == Occurrence(NOT_REPORTED)
    assert (row.follow_up_months, row.is_lost, row.vital_status) == (NOT_REPORTED,) * 3
    assert row.alk_status is KinaseStatus.NOT_REPORTED
    assert row.row_number == 0


def test_patient_15_of_the_published_series() -> None:
    row = row_of(
        Stain(id="i", marker="ALK", result=P),
        FishTest(id="f", gene="ALK", result=N),
        PcrTest(id="p", gene="ALK", result=P),
        patient=Patient(
            sex=Sex.MALE,
            age_at_diagnosis=Age(months=14, unit_as_reported=TimeUnit.MONTHS),
        ),
        follow_up=FollowUp(is_lost=True),
    )
    assert (row.alk_ihc, row.alk_fish, row.alk_rt_pcr) == (
        ReadingResult.POSITIVE,
        ReadingResult.NEGATIVE,
        ReadingResult.POSITIVE,
    )
    assert (row.alk_status, row.is_discordant) == (KinaseStatus.FUSION_DETECTED, True)
    assert row.next_tests == ("rna_sequencing",)
    assert row.age_years == pytest.approx(14 / 12)
    assert row.is_lost is True
    assert row.follow_up_months == NOT_REPORTED


@pytest.mark.parametrize("absence", [NOT_DONE, NOT_REPORTED, UNKNOWN])
def test_a_test_that_was_not_done_is_not_one_that_was_not_reported(absence: Absent) -> None:
    assert row_of(FishTest(id="f", gene="ALK", result=absence)).alk_fish == absence


def test_an_age_that_is_not_known_has_no_years() -> None:
    row = row_of(patient=Patient(age_at_diagnosis=UNKNOWN))
    assert row.age_months == row.age_years == UNKNOWN


@given(st.floats(0, 1200))
def test_a_year_is_twelve_months(months: float) -> None:
    age = Age(months=months, unit_as_reported=TimeUnit.MONTHS)
    assert row_of(patient=Patient(age_at_diagnosis=age)).age_years == months / 12


def test_fish_counts_are_read_by_the_rule_of_the_assessment() -> None:
    counts = (FishCount(nuclei_scored=100, split=15),)
    case = Case(
        id="c",
        specimens=(Specimen(id="s", observations=(FishTest(id="f", gene="ALK", counts=counts),)),),
    )
    zhao = make_row(case, assess_case(case, fish_rule_id="zhao-2025"))
    iaslc = make_row(case, assess_case(case, fish_rule_id="iaslc-2013"))
    assert (zhao.alk_fish, iaslc.alk_fish) == (ReadingResult.NEGATIVE, ReadingResult.POSITIVE)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((N, P), ReadingResult.POSITIVE),
        ((TestResult.FAILED, N), ReadingResult.NEGATIVE),
        ((TestResult.EQUIVOCAL, N), ReadingResult.EQUIVOCAL),
        ((NOT_DONE, TestResult.FAILED), ReadingResult.FAILED),
        ((NOT_REPORTED, NOT_DONE), NOT_DONE),
    ],
)
def test_of_two_stains_the_row_keeps_the_one_that_says_more(
    results: tuple[TestResult | Absent, ...], expected: object
) -> None:
    for order in (results, results[::-1]):
        stains = [Stain(id=str(i), marker="ALK", result=r) for i, r in enumerate(order)]
        assert row_of(*stains).alk_ihc == expected


def test_a_stain_of_another_kinase_is_no_alk_result() -> None:
    row = row_of(Stain(id="r", marker="ROS1", result=P), PcrTest(id="p", gene="ROS1", result=P))
    assert (row.alk_ihc, row.alk_rt_pcr) == (NOT_REPORTED, NOT_REPORTED)
    assert [stain.marker for stain in row.stains] == ["ROS1"]


def test_sequencing_counts_for_alk_whatever_its_material() -> None:
    for method in SequencingMethod:
        test = FusionTest(
            id="n", method=method, result=P, calls=(FusionCall(gene5="TPM3", gene3="ALK"),)
        )
        row = row_of(test)
        assert row.alk_status is KinaseStatus.FUSION_DETECTED
        # A fusion whose method nobody states is counted as no sequencing.
        is_sequencing = method is not SequencingMethod.NOT_STATED
        assert row.alk_sequencing == (ReadingResult.POSITIVE if is_sequencing else NOT_REPORTED)


def test_every_other_stain_is_kept_with_its_share() -> None:
    share = PercentRange(low=5, high=10)
    row = row_of(
        Stain(id="k", marker="Ki-67", percent_positive=share),
        Stain(id="d", marker="desmin", result=N),
        Stain(id="a", marker="ALK", result=P),
    )
    assert [(s.marker, s.result, s.percent) for s in row.stains] == [
        ("Ki-67", NOT_REPORTED, share),
        ("desmin", N, NOT_REPORTED),
    ]


def test_sites_and_symptoms_keep_their_side_and_their_denial() -> None:
    row = row_of(
        tumour=Tumour(sites=(Site(name="maxillary sinus", laterality=Laterality.RIGHT),)),
        symptoms=(
            Symptom(name="nasal congestion", code=HPO),
            Symptom(name="fever", is_present=False),
        ),
    )
    assert [(s.name, s.laterality, s.is_coded) for s in row.sites] == [
        ("maxillary sinus", Laterality.RIGHT, False)
    ]
    assert [(s.name, s.is_coded, s.is_present) for s in row.symptoms] == [
        ("nasal congestion", True, True),
        ("fever", False, False),
    ]


def test_a_kind_of_treatment_stands_once_and_the_words_stay() -> None:
    row = row_of(
        treatments=(
            Treatment(kind=TreatmentKind.SURGERY, words="Radical surgery"),
            Treatment(kind=TreatmentKind.RADIOTHERAPY, words="radiotherapy"),
            Treatment(kind=TreatmentKind.SURGERY, words="second resection"),
        )
    )
    assert row.treatments == (TreatmentKind.SURGERY, TreatmentKind.RADIOTHERAPY)
    assert row.treatment_words == "Radical surgery + radiotherapy + second resection"


def test_the_row_number_is_that_of_the_table() -> None:
    placed = row_of(provenance=Provenance(source="table1.csv", row=16))
    assert placed.row_number == 16
    assert row_of(provenance=Provenance(source="a letter")).row_number == 0


# Outcomes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((), Occurrence(NOT_REPORTED)),
        ((outcome(OutcomeKind.RECURRENCE, False),), Occurrence(False)),
        ((outcome(OutcomeKind.RECURRENCE, True),), Occurrence(True)),
        ((outcome(OutcomeKind.RECURRENCE, True, 30.0),), Occurrence(True, 30.0)),
        (
            tuple(outcome(OutcomeKind.RECURRENCE, True, m) for m in (10.0, 3.0, 7.0)),
            Occurrence(True, 3.0),
        ),
        (
            (outcome(OutcomeKind.RECURRENCE, False), outcome(OutcomeKind.RECURRENCE, True, 5.0)),
            Occurrence(True, 5.0),
        ),
        (
            (outcome(OutcomeKind.METASTASIS, True, 5.0),),
            Occurrence(NOT_REPORTED),
        ),
    ],
)
def test_recurrence_is_said_denied_or_not_said(
    outcomes: tuple[Outcome, ...], expected: Occurrence
) -> None:
    assert row_of(outcomes=outcomes).recurrence == expected


def test_a_patient_who_is_said_to_be_dead_has_died() -> None:
    """A source may give the vital status and no outcome; the death is not to be lost."""
    row = row_of(follow_up=FollowUp(duration_months=54.0, vital_status=VitalStatus.DEAD))
    assert row.death.has_occurred is True


def test_a_patient_who_is_said_to_be_alive_has_not_died() -> None:
    row = row_of(follow_up=FollowUp(duration_months=74.0, vital_status=VitalStatus.ALIVE))
    assert row.death.has_occurred is not True
