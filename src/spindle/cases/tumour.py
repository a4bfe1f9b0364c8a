"""The tumour of a case: where it is, how large, how far it reaches; and the symptoms it makes."""

from __future__ import annotations

from enum import StrEnum

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.provenance import Provenance
from spindle.cases.records import NotNegative, record


class Laterality(StrEnum):
    """Side of a paired structure or of a symptom."""

    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"
    MIDLINE = "midline"


class Focality(StrEnum):
    """One tumour or several."""

    UNIFOCAL = "unifocal"
    MULTIFOCAL = "multifocal"


class CodeMatch(StrEnum):
    """How well a code fits the words."""

    EXACT = "exact"
    CLOSE = "close"
    BROADER = "broader"
    """The code means more than the words; keep the words."""
    RELATED = "related"


@record
class Code:
    """A code of a vocabulary that stands for words of the source."""

    system: str
    """The vocabulary: `HPO`, `UBERON`."""
    id: str
    """The code, such as `HP:0000421`."""
    label: str
    """The vocabulary's own name for it."""
    match: CodeMatch
    """How well it fits the words."""


@record
class Site:
    """One anatomical site that the tumour occupies."""

    name: str
    """Spindle's name of the site, or the words when no name is known."""
    code: Code | Absent = NOT_REPORTED
    """UBERON code; absent as unknown when the vocabulary has none."""
    laterality: Laterality | Absent = NOT_REPORTED
    """Side."""
    words: str = ""
    """The words of the source."""


class Extent(StrEnum):
    """How far the disease reaches, where a source says so."""

    LOCALISED = "localised"
    INVASIVE = "invasive"
    METASTATIC = "metastatic"


@record
class TumourSize:
    """Size of the tumour."""

    dimensions_mm: tuple[NotNegative, ...]
    """One to three dimensions in millimetres, in the order reported."""
    words: str = ""
    """The words of the source."""


@record
class ImagingFinding:
    """What imaging showed, in the words of the source."""

    words: str
    """The words."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


@record
class Tumour:
    """The tumour as reported."""

    diagnosis: str | Absent = NOT_REPORTED
    """Diagnosis in the words of the source."""
    sites: tuple[Site, ...] = ()
    """Sites in the order reported; empty when no site was reported or read."""
    size: TumourSize | Absent = NOT_REPORTED
    """Size."""
    focality: Focality | Absent = NOT_REPORTED
    """One tumour or several."""
    extent: Extent | Absent = NOT_REPORTED
    """How far it reaches."""
    is_resectable: bool | Absent = NOT_REPORTED
    """Whether the source calls it resectable."""
    imaging_findings: tuple[ImagingFinding, ...] = ()
    """What imaging showed."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where the sites were written."""


@record
class Symptom:
    """One symptom or sign, present or said to be absent."""

    name: str
    """Spindle's name of the symptom, or the words when no name is known."""
    is_present: bool = True
    """False when the source denies it: "no urinary symptoms"."""
    code: Code | Absent = NOT_REPORTED
    """HPO code; absent as unknown when the vocabulary has none."""
    laterality: Laterality | Absent = NOT_REPORTED
    """Side."""
    words: str = ""
    """The words of the source."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""
