"""What was observed on a specimen: stains, FISH, RT-PCR, sequencing for fusions, histology."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.provenance import Provenance
from spindle.cases.records import NotNegative, Nuclei, Percent, record


class TestResult(StrEnum):
    """Result of a test as reported. Not done and not reported are kinds of absence."""

    __test__ = False  # not a test class for pytest

    POSITIVE = "positive"
    NEGATIVE = "negative"
    EQUIVOCAL = "equivocal"
    FAILED = "failed"
    """Done, and no answer: too little tumour, degraded RNA, control not stained."""


class Intensity(StrEnum):
    """Strength of a stain."""

    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"


class StainExtent(StrEnum):
    """How much of the tumour stains, where no percentage is given."""

    FOCAL = "focal"
    PATCHY = "patchy"
    DIFFUSE = "diffuse"
    NO_STAINING = "no_staining"
    """Nothing stains where some cells should, and the source calls it null."""


class StainPattern(StrEnum):
    """Where in the cell a stain lies."""

    CYTOPLASMIC = "cytoplasmic"
    GRANULAR_CYTOPLASMIC = "granular_cytoplasmic"
    NUCLEAR = "nuclear"
    NUCLEAR_MEMBRANE = "nuclear_membrane"
    NUCLEAR_AND_CYTOPLASMIC = "nuclear_and_cytoplasmic"
    PERINUCLEAR = "perinuclear"
    MEMBRANOUS = "membranous"
    DOT_LIKE = "dot_like"


class ControlResult(StrEnum):
    """Whether a control worked."""

    WORKED = "worked"
    FAILED = "failed"


@record
class PercentRange:
    """A share of cells in per cent, as one number or a range."""

    low: Percent
    """Lower end, 0 to 100."""
    high: Percent
    """Upper end, 0 to 100; equal to `low` for one number."""


@record
class Stain:
    """One immunohistochemical stain."""

    kind: Literal["stain"] = "stain"
    """Tells the observations apart in JSON."""
    id: str
    """Id within the case."""
    marker: str
    """Marker by its usual name: `ALK`, `SMA`, `desmin`, `Ki-67`."""
    result: TestResult | Absent = NOT_REPORTED
    """Result as reported."""
    clone: str | Absent = NOT_REPORTED
    """Antibody clone: `D5F3`, `5A4`, `ALK1`."""
    platform: str | Absent = NOT_REPORTED
    """Staining platform."""
    intensity: Intensity | Absent = NOT_REPORTED
    """Strength."""
    extent: StainExtent | Absent = NOT_REPORTED
    """Focal or diffuse, where said."""
    percent_positive: PercentRange | Absent = NOT_REPORTED
    """Share of tumour cells that stain, or the index of a proliferation marker."""
    pattern: StainPattern | Absent = NOT_REPORTED
    """Where in the cell it lies."""
    cells_per_hpf: NotNegative | Absent = NOT_REPORTED
    """Stained cells a high-power field, for a stain that is counted: IgG4 plasma cells."""
    ratio_percent: Percent | Absent = NOT_REPORTED
    """Share of a parent stain in per cent, for a stain that is given as a ratio: IgG4 of IgG."""
    internal_control: ControlResult | Absent = NOT_REPORTED
    """Whether the internal control stained."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


@record
class FishCount:
    """Nuclei counted by one reader in one stage, by signal pattern."""

    nuclei_scored: Nuclei
    """Nuclei scored."""
    split: Nuclei
    """Nuclei with separated red and green signals."""
    isolated_3p: Nuclei | Absent = NOT_REPORTED
    """Nuclei with an isolated 3' signal (the kinase's end)."""
    isolated_5p: Nuclei | Absent = NOT_REPORTED
    """Nuclei with an isolated 5' signal."""
    fused: Nuclei | Absent = NOT_REPORTED
    """Nuclei with only fused signals."""
    reader: str | Absent = NOT_REPORTED
    """Who counted."""
    stage: int | Absent = NOT_REPORTED
    """First or second stage of a two-step rule; each stage holds its own nuclei."""


@record
class FishTest:
    """One break-apart FISH test."""

    kind: Literal["fish"] = "fish"
    """Tells the observations apart in JSON."""
    id: str
    """Id within the case."""
    gene: str
    """Gene of the probe: `ALK`, `ROS1`."""
    result: TestResult | Absent = NOT_REPORTED
    """Result as reported, when no counts are given or beside them."""
    counts: tuple[FishCount, ...] = ()
    """Counts by reader and stage; empty when only a result was reported."""
    probe: str | Absent = NOT_REPORTED
    """Probe or kit."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


@record
class PcrTest:
    """One RT-PCR test for fusions of a gene."""

    kind: Literal["rt_pcr"] = "rt_pcr"
    """Tells the observations apart in JSON."""
    id: str
    """Id within the case."""
    gene: str
    """Gene whose fusions the kit looks for: `ALK`."""
    result: TestResult | Absent = NOT_REPORTED
    """Result as reported. Negative means that no fusion which the kit covers was found."""
    kit: str | Absent = NOT_REPORTED
    """Kit."""
    covered_fusions: tuple[str, ...] | Absent = NOT_REPORTED
    """Fusions that the kit covers."""
    detected_fusion: str | Absent = NOT_REPORTED
    """The fusion found, where named."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


class SequencingMethod(StrEnum):
    """How fusions were looked for by sequencing."""

    RNA = "rna_sequencing"
    DNA = "dna_sequencing"
    UNSPECIFIED = "unspecified"
    """"NGS" without a word on the material."""
    NOT_STATED = "not_stated"
    """A fusion is reported, and no method by which it was found."""


class ReadingFrame(StrEnum):
    """Whether the joined coding sequence stays in frame."""

    IN = "in"
    OUT = "out"


class KinaseDomain(StrEnum):
    """What the fusion keeps of the kinase domain."""

    WHOLE = "whole"
    CUT = "cut"
    LOST = "lost"


@record
class FusionCall:
    """One fusion as reported."""

    gene5: str | Absent = NOT_REPORTED
    """Gene at the 5' end, the partner in most kinase fusions."""
    gene3: str | Absent = NOT_REPORTED
    """Gene at the 3' end, the kinase in most kinase fusions."""
    exon5: str | Absent = NOT_REPORTED
    """Last exon of the 5' gene, as written."""
    exon3: str | Absent = NOT_REPORTED
    """First exon of the 3' gene, as written."""
    frame: ReadingFrame | Absent = NOT_REPORTED
    """Reading frame as reported."""
    kinase_domain: KinaseDomain | Absent = NOT_REPORTED
    """Kinase domain as reported."""
    is_reciprocal: bool = False
    """Whether it is the other product of a rearrangement, which holds no kinase domain: it shows
    the rearrangement, and not the fusion."""
    notes: tuple[str, ...] = ()
    """What is to be known of the call: its line, its reads, a repaired name, what doubts it."""
    words: str = ""
    """The words of the source."""


@record
class VariantCall:
    """One change of a protein as reported, such as a resistance mutation."""

    gene: str
    """Gene: `ALK`."""
    change: str
    """Change of the protein without its prefix: `G1269A`."""
    words: str = ""
    """The words of the source."""


@record
class FusionTest:
    """One sequencing test for fusions: its panel, its quality and its calls."""

    kind: Literal["fusion_test"] = "fusion_test"
    """Tells the observations apart in JSON."""
    id: str
    """Id within the case."""
    method: SequencingMethod = SequencingMethod.UNSPECIFIED
    """RNA, DNA or not said."""
    result: TestResult | Absent = NOT_REPORTED
    """Overall result as reported."""
    calls: tuple[FusionCall, ...] = ()
    """Fusions found."""
    variants: tuple[VariantCall, ...] = ()
    """Changes of single proteins that the same test found."""
    caller: str | Absent = NOT_REPORTED
    """Program that called the fusions, with its version: `arriba 2.4.0`."""
    notes: tuple[str, ...] = ()
    """What is to be known of the test as a whole: its genome build, rows that were not read."""
    panel: str | Absent = NOT_REPORTED
    """Panel."""
    genes_covered: tuple[str, ...] | Absent = NOT_REPORTED
    """Genes whose fusions the panel can find."""
    is_quality_adequate: bool | Absent = NOT_REPORTED
    """Whether RNA or DNA quality was adequate. A negative without it is no negative."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


@record
class HistologyFinding:
    """One microscopic finding, present or said to be absent."""

    name: str
    """Finding: `necrosis`, `ganglion-like cells`, `bone invasion`."""
    is_present: bool = True
    """False when the source denies it."""
    count_per_10_hpf: NotNegative | Absent = NOT_REPORTED
    """Number in ten high-power fields, for a finding that is counted: mitoses."""
    words: str = ""
    """The words of the source."""
    provenance: Provenance | Absent = NOT_REPORTED
    """Where it was written."""


Observation = Stain | FishTest | PcrTest | FusionTest
