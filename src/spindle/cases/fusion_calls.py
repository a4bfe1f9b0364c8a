"""A fusion as a caller, a panel or a report prints it, before anything is worked out from it.

Nothing of the row is lost: what has no field of its own stands in its cells. Positions are 1-based.
At the 5' end the position is the last base that is kept, at the 3' end the first one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.observations import ReadingFrame, SequencingMethod


class Build(StrEnum):
    """A build of the human genome."""

    GRCH37 = "GRCh37"
    """Also called hg19."""
    GRCH38 = "GRCh38"
    """Also called hg38."""


@dataclass(frozen=True, slots=True)
class CalledEnd:
    """One side of a fusion as written."""

    gene: str = ""
    """Gene as written; empty when none is, for several between them as written."""
    gene_id: str = ""
    """Ensembl gene id, when one stands beside it."""
    transcript: str = ""
    """Transcript as written."""
    exon: str = ""
    """Exon as written."""
    chromosome: str = ""
    """Chromosome without `chr`; empty when none is written."""
    position: int | None = None
    """Position on the chromosome, 1-based; none when none is written."""
    gene_strand: str = ""
    """Strand of the gene: `+`, `-`, or empty."""
    read_strand: str = ""
    """Strand on which the fusion is read at this end: `+`, `-`, or empty."""
    site: str = ""
    """Site as written: `CDS/splice-site`."""
    direction: str = ""
    """To which side the partner lies, as written: `upstream`."""


@dataclass(frozen=True, slots=True)
class CalledFusion:
    """One row of a caller's file, or one fusion of a report's words."""

    caller: str
    """Id of the reader: `arriba`."""
    file: str
    """Name of the file."""
    line: int
    """Line within it, from 1; the first of several for calls of several rows."""
    end5: CalledEnd
    """The side that the row names first, or calls the 5' one."""
    end3: CalledEnd
    """The other side."""
    caller_version: str = ""
    """Version of the caller, when the file says it."""
    sample: str = ""
    """Sample, when the file names it."""
    method: SequencingMethod = SequencingMethod.UNSPECIFIED
    """RNA, DNA or not said."""
    build: Build | Absent = NOT_REPORTED
    """Genome build, when the file says it."""
    is_directed: bool = True
    """Whether the format says which side is read first."""
    split_reads: int | Absent = NOT_REPORTED
    """Reads across the junction."""
    spanning_pairs: int | Absent = NOT_REPORTED
    """Read pairs on both sides of it."""
    coverage5: int | Absent = NOT_REPORTED
    """Reads at the 5' breakpoint."""
    coverage3: int | Absent = NOT_REPORTED
    """Reads at the 3' breakpoint."""
    confidence: str = ""
    """The caller's word on its confidence: `high`."""
    filters: tuple[str, ...] = ()
    """Filters that the caller names; empty when it passed all of them or none is written."""
    remarks: tuple[str, ...] = ()
    """Other words of the caller on the call: `read-through`, databases."""
    frame: ReadingFrame | Absent = NOT_REPORTED
    """Reading frame as the caller says."""
    frame_words: str = ""
    """Its words for it."""
    sequence: str = ""
    """Sequence across the junction, `|` at the junction; empty when none is written."""
    type: str = ""
    """Kind of rearrangement as written: `translocation`."""
    words: str = ""
    """The words of a report, for a fusion that was read from words."""
    is_quality_adequate: bool | Absent = NOT_REPORTED
    """Whether the row says that RNA or DNA was good enough."""
    problem: str = ""
    """Why the row can't be interpreted; empty when it can."""
    cells: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Every cell of the row by its column, as written."""

    @property
    def name(self) -> str:
        """The fusion as written, 5' side first: `EML4::ALK`."""
        return "::".join(end.gene or "?" for end in (self.end5, self.end3))
