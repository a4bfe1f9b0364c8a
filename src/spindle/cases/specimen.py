"""One tissue sample of a case, with what was observed on it."""

from __future__ import annotations

import datetime
from enum import StrEnum

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.observations import HistologyFinding, Observation
from spindle.cases.provenance import Provenance
from spindle.cases.records import Percent, record


class SpecimenKind(StrEnum):
    """What kind of tissue sample it is."""

    BIOPSY = "biopsy"
    RESECTION = "resection"
    RESIDUAL = "residual"
    RECURRENCE = "recurrence"


class TissueLeft(StrEnum):
    """How much tissue is left for further tests."""

    AMPLE = "ample"
    LITTLE = "little"
    NONE = "none"


@record
class Specimen:
    """One tissue sample; observations belong to it."""

    id: str
    """Id within the case."""
    kind: SpecimenKind | Absent = NOT_REPORTED
    """Biopsy, resection, residual or recurrence."""
    block: str | Absent = NOT_REPORTED
    """Block, by a label that identifies nobody."""
    date: datetime.date | Absent = NOT_REPORTED
    """Date of the sample."""
    tumour_content_percent: Percent | Absent = NOT_REPORTED
    """Share of tumour nuclei in per cent."""
    is_decalcified: bool | Absent = NOT_REPORTED
    """Whether the tissue was decalcified."""
    tissue_left: TissueLeft | Absent = NOT_REPORTED
    """How much tissue is left."""
    histology: tuple[HistologyFinding, ...] = ()
    """Microscopic findings."""
    observations: tuple[Observation, ...] = ()
    """Tests done on the sample."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""
