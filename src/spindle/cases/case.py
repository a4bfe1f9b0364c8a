"""A case: one patient with one IMT, or a suspected one, as reported."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.course import FollowUp, Outcome, Treatment
from spindle.cases.observations import Observation
from spindle.cases.patient import Patient
from spindle.cases.provenance import Provenance
from spindle.cases.records import record
from spindle.cases.specimen import Specimen
from spindle.cases.tumour import Symptom, Tumour

SCHEMA_VERSION = "1"


@record
class Remark:
    """A cell that belongs to no field, or words that no reader understands, kept as written."""

    column: str
    """Header of the column."""
    words: str
    """The words."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


@record
class Exclusion:
    """A diagnosis that somebody excluded, with the reason."""

    diagnosis: str
    """The diagnosis: `desmoid fibromatosis`."""
    reason: str
    """Why it was excluded."""
    words: str = ""
    """The words of the source."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


@record
class Signature:
    """A named pathologist's signature under one version of an assessment."""

    signed_by: str
    """Who signed."""
    role: str | Absent = NOT_REPORTED
    """In which role: `consultant pathologist`."""
    signed_on: datetime.date
    """When."""
    version: str
    """The version that was signed, as its report prints it."""
    comment: str = ""
    """What the pathologist added."""
    diagnosis: str = ""
    """The signer's own integrated diagnosis, in the signer's words; empty when none is given."""


@record
class Case:
    """One patient with one IMT (or a suspected one), as reported."""

    schema_version: str = SCHEMA_VERSION
    """Version of the case schema that this document follows."""
    id: str
    """Id within its table or collection; identifies nobody."""
    patient: Patient = Patient()
    """The patient."""
    tumour: Tumour = Tumour()
    """The tumour."""
    symptoms: tuple[Symptom, ...] = ()
    """Symptoms and signs."""
    specimens: tuple[Specimen, ...] = ()
    """Tissue samples with their observations."""
    treatments: tuple[Treatment, ...] = ()
    """Treatments, in the order reported."""
    follow_up: FollowUp = FollowUp()
    """Follow-up."""
    outcomes: tuple[Outcome, ...] = ()
    """Outcomes, said to have happened or not."""
    exclusions: tuple[Exclusion, ...] = ()
    """Diagnoses that were excluded, with the reason."""
    signatures: tuple[Signature, ...] = ()
    """Signatures in the order given; earlier ones stay."""
    remarks: tuple[Remark, ...] = ()
    """What belongs to no field, kept as written."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where the case was written."""

    def iterate_observations(self) -> Iterator[tuple[Specimen, Observation]]:
        """Give every observation with its specimen, in the order reported."""
        for specimen in self.specimens:
            for observation in specimen.observations:
                yield specimen, observation
