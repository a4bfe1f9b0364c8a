"""A case as one row of coded columns, from which counts are made and claims are checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_DONE, NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.course import OutcomeKind, TreatmentKind, VitalStatus
from spindle.cases.observations import PercentRange, Stain, TestResult
from spindle.cases.patient import Age, Precision, Sex
from spindle.cases.tumour import Laterality
from spindle.reasoning.assessments import Assessment, KinaseStatus
from spindle.reasoning.statuses import SEQUENCING_ASSAYS

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Whether an outcome has happened, as far as the case says."""

    has_occurred: bool | Absent
    """True, false when the source denies it, or absent when it says nothing."""
    months: float | Absent = NOT_REPORTED
    """Months to it, where it has a time of its own."""


UNSAID = Occurrence(NOT_REPORTED)


@dataclass(frozen=True, slots=True)
class StainResult:
    """A stain of any marker, as reported."""

    marker: str
    """Marker."""
    result: TestResult | Absent
    """Result."""
    percent: PercentRange | Absent
    """Share or index, where given."""


@dataclass(frozen=True, slots=True)
class SidedName:
    """A site or a symptom with its side."""

    name: str
    """Name in the vocabulary, or the words."""
    laterality: Laterality | Absent
    """Side."""
    is_coded: bool
    """Whether a vocabulary has a code for it."""
    is_present: bool = True
    """False for a symptom that the source denies."""


@dataclass(frozen=True, slots=True)
class CohortRow:
    """One case as coded columns; what the case does not say is absent, never blank."""

    case_id: str
    """Id of the case."""
    row_number: int
    """Row in the table it came from; 0 when it came from none."""
    sex: Sex | Absent
    """Sex."""
    age_months: float | Absent
    """Age at diagnosis in months."""
    age_precision: Precision
    """How exactly the age was given."""
    sites: tuple[SidedName, ...]
    """Sites."""
    symptoms: tuple[SidedName, ...]
    """Symptoms."""
    alk_ihc: ReadingResult | Absent
    """ALK stain as reported."""
    alk_fish: ReadingResult | Absent
    """ALK FISH as reported or as read from counts."""
    alk_rt_pcr: ReadingResult | Absent
    """ALK RT-PCR as reported."""
    alk_sequencing: ReadingResult | Absent
    """Sequencing for ALK fusions as read."""
    stains: tuple[StainResult, ...]
    """Every other stain."""
    histology: tuple[str, ...]
    """Microscopic findings that are said to be there, in the words of the source."""
    treatments: tuple[TreatmentKind, ...]
    """Kinds of treatment, each once."""
    treatment_words: str
    """Treatments in the words of the source."""
    follow_up_months: float | Absent
    """Length of follow-up in months."""
    follow_up_precision: Precision
    """How exactly the length of follow-up was given."""
    is_lost: bool | Absent
    """Whether the patient is said to be lost to follow-up."""
    vital_status: VitalStatus | Absent
    """Alive or dead at the last contact."""
    recurrence: Occurrence
    """Recurrence."""
    metastasis: Occurrence
    """Metastasis."""
    progression: Occurrence
    """Progression."""
    death: Occurrence
    """Death of any cause."""
    death_cause: str | Absent
    """Cause of death: its kind, with the words of the source."""
    alk_status: KinaseStatus
    """ALK status of the assessment."""
    is_discordant: bool
    """Whether ALK tests disagree."""
    next_tests: tuple[str, ...]
    """Ids of the tests that the protocol proposes."""

    @property
    def age_years(self) -> float | Absent:
        """Age at diagnosis in years, as a fraction."""
        if isinstance(self.age_months, Absent):
            return self.age_months
        return self.age_months / MONTHS_A_YEAR


def make_row(case: Case, assessment: Assessment) -> CohortRow:
    """Give the row of a case and its assessment."""
    kinase = assessment.kinases["ALK"]
    return CohortRow(
        case_id=case.id,
        row_number=_row_number(case),
        sex=case.patient.sex,
        age_months=_age_months(case.patient.age_at_diagnosis),
        age_precision=_age_precision(case.patient.age_at_diagnosis),
        sites=tuple(
            SidedName(site.name, site.laterality, not isinstance(site.code, Absent))
            for site in case.tumour.sites
        ),
        symptoms=tuple(
            SidedName(s.name, s.laterality, not isinstance(s.code, Absent), s.is_present)
            for s in case.symptoms
        ),
        alk_ihc=_find_result(kinase.readings, Assay.IHC),
        alk_fish=_find_result(kinase.readings, Assay.FISH),
        alk_rt_pcr=_find_result(kinase.readings, Assay.RT_PCR),
        alk_sequencing=_find_result(kinase.readings, *SEQUENCING_ASSAYS),
        stains=_list_stains(case),
        histology=tuple(
            finding.words or finding.name
            for specimen in case.specimens
            for finding in specimen.histology
            if finding.is_present
        ),
        treatments=tuple(dict.fromkeys(treatment.kind for treatment in case.treatments)),
        treatment_words=_treatment_words(case),
        follow_up_months=case.follow_up.duration_months,
        follow_up_precision=case.follow_up.precision,
        is_lost=case.follow_up.is_lost,
        vital_status=case.follow_up.vital_status,
        recurrence=_find_occurrence(case, OutcomeKind.RECURRENCE),
        metastasis=_find_occurrence(case, OutcomeKind.METASTASIS),
        progression=_find_occurrence(case, OutcomeKind.PROGRESSION),
        death=_find_death(case),
        death_cause=_find_death_cause(case),
        alk_status=kinase.status,
        is_discordant=kinase.is_discordant,
        next_tests=tuple(test.test for test in assessment.next_tests),
    )


# Of several readings of one assay the first of these counts.
_PRECEDENCE: tuple[ReadingResult | Absent, ...] = (
    ReadingResult.POSITIVE,
    ReadingResult.ATYPICAL,
    ReadingResult.EQUIVOCAL,
    ReadingResult.NEGATIVE,
    ReadingResult.FAILED,
    UNKNOWN,
    NOT_DONE,
    NOT_REPORTED,
)


def _find_result(readings: Iterable[Reading], *assays: Assay) -> ReadingResult | Absent:
    results = {reading.result for reading in readings if reading.assay in assays}
    return next((result for result in _PRECEDENCE if result in results), NOT_REPORTED)


def _row_number(case: Case) -> int:
    provenance = case.provenance
    if isinstance(provenance, Absent) or isinstance(provenance.row, Absent):
        return 0
    return provenance.row


def _age_months(age: Age | Absent) -> float | Absent:
    return age if isinstance(age, Absent) else age.months


def _age_precision(age: Age | Absent) -> Precision:
    return Precision.EXACT if isinstance(age, Absent) else age.precision


def _list_stains(case: Case) -> tuple[StainResult, ...]:
    return tuple(
        StainResult(stain.marker, stain.result, stain.percent_positive)
        for _, stain in case.iterate_observations()
        if isinstance(stain, Stain) and stain.marker != "ALK"
    )


def _treatment_words(case: Case) -> str:
    return " + ".join(treatment.words for treatment in case.treatments)


def _find_death_cause(case: Case) -> str | Absent:
    for outcome in case.outcomes:
        if outcome.kind is OutcomeKind.DEATH and not isinstance(outcome.cause, Absent):
            return f"{outcome.cause.value} ({outcome.words})"
    return NOT_REPORTED


def _find_death(case: Case) -> Occurrence:
    """Give the death as said, or as the vital status at the last contact says it."""
    said = _find_occurrence(case, OutcomeKind.DEATH)
    if said == UNSAID and case.follow_up.vital_status is VitalStatus.DEAD:
        return Occurrence(True)
    return said


def _find_occurrence(case: Case, kind: OutcomeKind) -> Occurrence:
    """Give the first time that it happened; denied only when no statement says it happened."""
    said = [outcome for outcome in case.outcomes if outcome.kind is kind]
    happened = [outcome for outcome in said if outcome.has_occurred]
    if not happened:
        return Occurrence(False) if said else UNSAID
    times = [o.months for o in happened if not isinstance(o.months, Absent)]
    return Occurrence(True, min(times) if times else NOT_REPORTED)
