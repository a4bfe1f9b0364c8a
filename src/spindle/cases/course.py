"""What was done and what became of the patient: treatments, follow-up, outcomes."""

from __future__ import annotations

from enum import StrEnum

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.patient import Precision, TimeUnit
from spindle.cases.provenance import Provenance
from spindle.cases.records import NotNegative, record


class TreatmentKind(StrEnum):
    """Kind of treatment."""

    SURGERY = "surgery"
    BIOPSY_ONLY = "biopsy_only"
    """Said to have had a biopsy and no resection."""
    RADIOTHERAPY = "radiotherapy"
    CHEMOTHERAPY = "chemotherapy"
    STEROID = "steroid"
    NSAID = "nsaid"
    TARGETED = "targeted"
    ABLATION = "ablation"
    TRANSPLANTATION = "transplantation"
    OBSERVATION = "observation"
    NONE = "none"
    """Said to have had no treatment."""
    OTHER = "other"
    """A treatment that is none of these; the words say which."""


class TreatmentIntent(StrEnum):
    """Aim of a treatment, where a source says so."""

    CURATIVE = "curative"
    ADJUVANT = "adjuvant"
    NEOADJUVANT = "neoadjuvant"
    PALLIATIVE = "palliative"


class Margin(StrEnum):
    """Resection margin. "Radical" and "complete" are not R0."""

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"


@record
class Treatment:
    """One treatment."""

    kind: TreatmentKind
    """Kind."""
    agent: str | Absent = NOT_REPORTED
    """Drug or substance."""
    intent: TreatmentIntent | Absent = NOT_REPORTED
    """Aim."""
    margin: Margin | Absent = NOT_REPORTED
    """Margin of a resection."""
    words: str = ""
    """The words of the source."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


class VitalStatus(StrEnum):
    """Alive or dead at the last contact."""

    ALIVE = "alive"
    DEAD = "dead"


@record
class FollowUp:
    """How long the patient was followed and how they were at the last contact."""

    duration_months: NotNegative | Absent = NOT_REPORTED
    """Length of follow-up in months."""
    unit_as_reported: TimeUnit | Absent = NOT_REPORTED
    """The unit in which the length was reported."""
    precision: Precision = Precision.EXACT
    """How exactly the length was given."""
    vital_status: VitalStatus | Absent = NOT_REPORTED
    """Alive or dead, where the source says so or a statement implies it."""
    is_vital_status_implied: bool = False
    """Whether no word says alive, and follow-up with a word on events implies it."""
    is_lost: bool | Absent = NOT_REPORTED
    """Whether the source says that the patient was lost to follow-up."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


class OutcomeKind(StrEnum):
    """What can happen after treatment."""

    RECURRENCE = "recurrence"
    PROGRESSION = "progression"
    METASTASIS = "metastasis"
    DEATH = "death"


class DeathCause(StrEnum):
    """Why a patient died."""

    TUMOUR = "tumour"
    TREATMENT = "treatment"
    OTHER = "other"


@record
class Outcome:
    """One outcome, said to have happened or said not to have happened."""

    kind: OutcomeKind
    """What."""
    has_occurred: bool
    """False when the source denies it: "no recurrence"."""
    months: NotNegative | Absent = NOT_REPORTED
    """Months from diagnosis or treatment to the event, where it has a time of its own."""
    cause: DeathCause | Absent = NOT_REPORTED
    """Cause, for a death."""
    words: str = ""
    """The words of the source."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""
