"""A reading: what one assay's observation means, with its trace."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.trace import Trace


class Assay(StrEnum):
    """The assays that Spindle reads."""

    IHC = "ihc"
    FISH = "fish"
    RT_PCR = "rt_pcr"
    RNA_SEQUENCING = "rna_sequencing"
    DNA_SEQUENCING = "dna_sequencing"
    SEQUENCING = "sequencing"
    """Sequencing without a word on the material."""
    METHOD_NOT_STATED = "method_not_stated"
    """A fusion is reported without a word on the method."""


class ReadingResult(StrEnum):
    """What an assay says. Not done and not reported are kinds of absence."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    EQUIVOCAL = "equivocal"
    """The pathologist calls it equivocal, or more nuclei are to be counted."""
    ATYPICAL = "atypical"
    """A FISH pattern that is neither."""
    FAILED = "failed"
    """No answer: failed, insufficient, not assessable."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one assay's observation means."""

    assay: Assay
    """The assay."""
    kinase: str
    """The kinase it asks about: `ALK`, `ROS1`; `NTRK` for a pan-TRK stain."""
    result: ReadingResult | Absent
    """What it says."""
    meaning: str
    """What that means, in one sentence."""
    observation_id: str
    """The observation that was read."""
    trace: Trace
    """Why."""
    limits: tuple[str, ...] = ()
    """What this assay could not have seen, in sentences."""
    partner: str | Absent = NOT_REPORTED
    """Fusion partner, for an assay that names one."""
    is_productive: bool | Absent = NOT_REPORTED
    """Whether the fusion can make a whole kinase in frame, for an assay that can tell."""
    other_fusions: tuple[str, ...] = ()
    """Fusions that the same test found, of a kinase that is not read here or known from another
    tumour."""
    bystanders: tuple[str, ...] = ()
    """Fusions that the same test found and that hold no kinase: no driver by what is known here."""
    is_reciprocal: bool = False
    """Whether the reciprocal product alone was found: a rearrangement, and not the fusion."""
    is_kinase_first: bool = False
    """Whether the kinase is written as the 5' gene, as no published fusion of it is."""
    nuclei_to_count: int = 0
    """Nuclei still to count on the same slide, for FISH by a two-step rule."""
    is_coverage_known: bool = True
    """Whether it is reported that the test looks at this kinase; false for an unnamed panel."""
    is_elsewhere: bool = False
    """Whether the test looked at other genes, and is not known to have looked at this kinase."""
    is_unspecific: bool = False
    """Whether the test is reported positive in a way that is also seen without a fusion, and so
    counts as equivocal."""
