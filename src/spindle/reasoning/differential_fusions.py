"""What a fusion says about a diagnosis: drivers that are shared, and fusions of other tumours.

A productive fusion of a kinase that drives IMT speaks for IMT, against mimics for which no source
here reports it, and neither way for tumours that share the driver. A fusion that is known from
another tumour speaks for that one, and so does one whose partner is known there and not in IMT.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from spindle.assays.genes import name_gene, name_gene_if_said
from spindle.assays.readings import Assay
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Case
from spindle.cases.observations import FishTest, FusionTest, ReadingFrame, TestResult
from spindle.knowledge.entities import IMT, Driver, Entity, load_entities
from spindle.knowledge.facts import Fact, find_fact, load_facts
from spindle.knowledge.fusions import PartnerRecord, find_any_partner, find_partner
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.stain_rules import FISH_PREFIX
from spindle.reasoning.assessments import Assessment, KinaseAssessment, KinaseStatus
from spindle.reasoning.statuses import FUSION_ASSAYS, POSITIVE, join_words

OTHER_FUSION_PREFIX = "differential.fusion."
SHARE_FACT = "fusions.children.any-kinase"
# Flags of a kinase whose fusions contradict each other.
_DOUBTS = frozenset({"partners_differ", "productive_contradicted"})
_BREAKS = (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)


@dataclass(frozen=True, slots=True)
class KinaseFusion:
    """One kinase with a fusion, or with a break that FISH shows."""

    kinase: str
    """The kinase."""
    partner: str | Absent
    """The partner, where a test names it."""
    is_productive: bool | Absent
    """Whether it can make a whole kinase."""
    is_break: bool
    """Whether only FISH shows it."""
    is_transcribed: bool
    """Whether RNA sequencing found it, with nothing that contradicts it."""
    observations: tuple[str, ...]
    """Ids of the observations."""
    is_in_frame: bool = False
    """Whether a sequencing test reports it in frame, with nothing that contradicts it."""
    is_kinase_first: bool = False
    """Whether it is written with the kinase first, as no published fusion is."""

    @property
    def is_borne_out(self) -> bool:
        """Whether it is productive, or transcribed or in frame with nothing that says otherwise."""
        return self.is_productive is True or (
            (self.is_transcribed or self.is_in_frame) and isinstance(self.is_productive, Absent)
        )

    @property
    def name(self) -> str:
        """The fusion for people: `TPM3::ALK`, `an ALK fusion with an unnamed partner`."""
        if self.is_break:
            return f"a break in {self.kinase}"
        if isinstance(self.partner, Absent):
            return f"a fusion of {self.kinase} with a partner that is not named"
        if self.is_kinase_first:
            return f"{self.kinase}::{self.partner}"
        return f"{self.partner}::{self.kinase}"


@dataclass(frozen=True, slots=True)
class OtherFusion:
    """One fusion that names none of the kinases read here."""

    name: str
    """Its name: `NAB2::STAT6`."""
    genes: frozenset[str]
    """Its genes."""
    observations: tuple[str, ...]
    """Ids of the observations."""


@dataclass(frozen=True, slots=True)
class CaseFusions:
    """Every fusion of a case."""

    kinases: tuple[KinaseFusion, ...]
    """Fusions of kinases, in the order of the kinases."""
    others: tuple[OtherFusion, ...]
    """Other fusions, by name."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one fusion says about one diagnosis."""

    says: str
    """The sentence."""
    speaks: str
    """`for`, `against` or `neither`."""
    observations: tuple[str, ...]
    """Ids of the observations."""
    facts: tuple[str, ...]
    """Facts behind it."""


def collect_fusions(assessment: Assessment, case: Case) -> CaseFusions:
    """Give the fusions of a case, from its assessment, and breaks of genes that are no kinase."""
    kinases = (_read_kinase(k, case) for k in assessment.kinases.values() if k.status in _BREAKS)
    others: dict[str, set[str]] = {}
    for kinase in assessment.kinases.values():
        for reading in kinase.readings:
            for name in (*reading.other_fusions, *reading.bystanders):
                others.setdefault(name, set()).add(reading.observation_id)
    breaks = list(_list_breaks(case))
    return CaseFusions(
        kinases=tuple(kinases),
        others=tuple(
            OtherFusion(name, frozenset(name.upper().split("::")), tuple(sorted(ids)))
            for name, ids in sorted(others.items())
        )
        + tuple(breaks),
    )


def _list_breaks(case: Case) -> Iterator[OtherFusion]:
    """Give breaks that FISH shows in a gene which names a tumour by itself, such as USP6."""
    telling = {str(fact.value).upper() for facts in load_named_fusions().values() for fact in facts}
    for _, test in case.iterate_observations():
        if isinstance(test, FishTest) and test.result is TestResult.POSITIVE:
            gene = name_gene(test.gene).upper()
            if gene in telling:
                yield OtherFusion(f"a break in {gene}", frozenset({gene}), (test.id,))


def _read_kinase(kinase: KinaseAssessment, case: Case) -> KinaseFusion:
    is_break = kinase.status is KinaseStatus.REARRANGED_BY_FISH
    found = (
        reading.observation_id
        for reading in kinase.readings
        if reading.result in POSITIVE and (is_break or reading.assay in FUSION_ASSAYS)
    )
    return KinaseFusion(
        kinase=kinase.kinase,
        partner=NOT_REPORTED if is_break else kinase.partner,
        is_productive=NOT_REPORTED if is_break else kinase.is_productive,
        is_break=is_break,
        is_kinase_first="kinase_written_first" in kinase.flags,
        is_in_frame=not _DOUBTS & set(kinase.flags) and _is_in_frame(kinase, case),
        is_transcribed=not _DOUBTS & set(kinase.flags)
        and any(r.assay is Assay.RNA_SEQUENCING and r.result in POSITIVE for r in kinase.readings),
        observations=tuple(sorted(set(found))),
    )


def _is_in_frame(kinase: KinaseAssessment, case: Case) -> bool:
    """Whether a call of the kinase at the 3' end with the partner is reported in frame."""
    ends = (kinase.partner, kinase.kinase)
    return any(
        (name_gene_if_said(call.gene5), name_gene_if_said(call.gene3)) == ends
        and call.frame is ReadingFrame.IN
        for _, test in case.iterate_observations()
        if isinstance(test, FusionTest)
        for call in test.calls
    )


def iterate_said(entity: Entity, fusions: CaseFusions, counted: frozenset[str]) -> Iterator[Said]:
    """Give what each fusion of a case says about a diagnosis.

    Parameters
    ----------
    counted:
        Keys of probes that are weighed by counts, so that their breaks are not told again.
    """
    for fusion in fusions.kinases:
        if not (fusion.is_break and FISH_PREFIX + fusion.kinase in counted):
            yield _hear_imt(fusion) if entity.id == IMT else _hear_mimic(entity, fusion)
    for other in fusions.others:
        if said := _hear_other(entity, other):
            yield said


def _open(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def _hear_imt(fusion: KinaseFusion) -> Said:
    found = f"{_open(fusion.name)} was found"
    if fusion.is_productive is False:
        said = f"{found}, and as reported it can't make a whole kinase: it speaks neither way."
        return Said(said, "neither", fusion.observations, ())
    share = find_fact(SHARE_FACT).statement
    if isinstance(fusion.partner, Absent):
        return Said(f"{found}. {share}", "for", fusion.observations, (SHARE_FACT,))
    record = find_any_partner(load_kinases().expand(fusion.kinase), fusion.partner)
    if record.is_in_imt and fusion.is_kinase_first:
        return _hear_turned(fusion, record)
    if record.is_in_imt:
        said = f"{found}, which is published in IMT. {share}"
        if fusion.kinase != record.kinase:
            said = (
                f"{found}; which {fusion.kinase} gene it is is not named. "
                f"{record.partner}::{record.kinase} is published in IMT. {share}"
            )
        return Said(said, "for", fusion.observations, (*record.facts, SHARE_FACT))
    if record.is_known:
        said = f"{found}; this partner is known here from other lists only, and not from an IMT."
        return Said(said, "neither", fusion.observations, record.facts)
    said = f"{found}, with a partner that no source here names. {share}"
    return Said(said, "for", fusion.observations, (SHARE_FACT,))


def _hear_turned(fusion: KinaseFusion, record: PartnerRecord) -> Said:
    """Give what is said of a fusion that is published in IMT in the other order of its genes."""
    said = (
        f"{_open(fusion.name)} was found, in this order as written. In the other order "
        f"{record.partner}::{record.kinase} is published in IMT; that this is the same fusion is "
        "not shown, so it speaks neither way."
    )
    return Said(said, "neither", fusion.observations, record.facts)


def list_borne_out(fusions: CaseFusions) -> tuple[KinaseFusion, ...]:
    """Give the fusions whose kinase and partner are published in IMT, and that nothing doubts.

    Shown to be productive, or found by RNA sequencing while nothing says that the kinase is
    broken.
    """
    return tuple(
        fusion
        for fusion in fusions.kinases
        if fusion.is_borne_out
        and not fusion.is_kinase_first
        and not isinstance(fusion.partner, Absent)
        and find_any_partner(load_kinases().expand(fusion.kinase), fusion.partner).is_in_imt
    )


def find_shared_driver(entity: Entity, fusion: KinaseFusion) -> Driver | None:
    """Give the driver that a diagnosis shares with the fusion, or none.

    A fusion whose partner is not named may be the shared one, unless few patients have that one.
    """
    for driver in entity.drivers:
        may_be = isinstance(fusion.partner, Absent) and not driver.is_rare
        is_partner = driver.partner in ("", fusion.partner) or may_be
        if driver.kinase in load_kinases().expand(fusion.kinase) and is_partner:
            return driver
    return None


def names_alone(driver: Driver, fusion: KinaseFusion) -> bool:
    """Give whether a fusion names the diagnosis of a driver, and not IMT as well.

    It has that diagnosis's own partner, which no source here reports in an IMT: NPM1::ALK.
    """
    if isinstance(fusion.partner, Absent) or fusion.is_productive is False:
        return False
    is_own = driver.kinase == fusion.kinase and driver.partner == fusion.partner
    return is_own and not find_partner(fusion.kinase, fusion.partner).is_in_imt


def list_naming_fusions(entity: str, fusions: CaseFusions) -> tuple[str, ...]:
    """Give the names of the fusions that name a diagnosis and not IMT."""
    drivers = load_entities()[entity].drivers
    kinases = (f.name for f in fusions.kinases if any(names_alone(d, f) for d in drivers))
    others = (f.name for f in fusions.others if list_naming_facts(entity, f))
    return tuple(dict.fromkeys((*kinases, *others)))


def _hear_mimic(entity: Entity, fusion: KinaseFusion) -> Said:
    found = f"{_open(fusion.name)} was found"
    if driver := find_shared_driver(entity, fusion):
        if names_alone(driver, fusion):
            said = (
                f"{found}. {find_fact(driver.fact).statement} No source here reports this partner "
                f"in an IMT, so it speaks for {entity.name}."
            )
            return Said(said, "for", fusion.observations, (driver.fact,))
        said = (
            f"{found}. {find_fact(driver.fact).statement} So it does not tell {entity.name} from "
            "IMT."
        )
        return Said(said, "neither", fusion.observations, (driver.fact,))
    if fusion.is_productive is False:
        said = f"{found}, and as reported it can't make a whole kinase: it speaks neither way."
        return Said(said, "neither", fusion.observations, ())
    facts = tuple(
        dict.fromkeys(
            d.fact for d in entity.drivers if d.kinase in load_kinases().expand(fusion.kinase)
        )
    )
    if facts and isinstance(fusion.partner, Absent):
        said = " ".join(find_fact(fact).statement for fact in facts)
        return Said(f"{found}. {said}", "neither", fusion.observations, facts)
    what = fusion.name if facts else f"a fusion of {fusion.kinase}"
    said = f"{found}. No source here reports {what} in {entity.name}."
    return Said(said, "against", fusion.observations, facts)


# Fusions of other tumours -----------------------------------------------------------------------


@cache
def load_named_fusions() -> Mapping[str, tuple[Fact, ...]]:
    """Give, by diagnosis, the facts about fusions that name it."""
    named: dict[str, list[Fact]] = {}
    for fact in load_facts().values():
        if fact.id.startswith(OTHER_FUSION_PREFIX):
            named.setdefault(fact.id.split(".")[2], []).append(fact)
    return MappingProxyType({entity: tuple(facts) for entity, facts in named.items()})


def list_naming_facts(entity: str, fusion: OtherFusion) -> tuple[Fact, ...]:
    """Give the facts by which a fusion names a diagnosis; none when it does not."""
    return tuple(
        fact
        for fact in load_named_fusions().get(entity, ())
        if frozenset(str(fact.value).upper().split("::")) <= fusion.genes
    )


def list_named(fusion: OtherFusion) -> tuple[str, ...]:
    """Give the diagnoses that a fusion names."""
    return tuple(e for e in load_named_fusions() if list_naming_facts(e, fusion))


def list_imt_facts(fusion: OtherFusion) -> tuple[str, ...]:
    """Give the facts by which a fusion of another kinase is published in IMT."""
    if len(fusion.genes) < 2:
        return ()
    one, other = sorted(fusion.genes)
    records = (find_partner(one, other), find_partner(other, one))
    return tuple(fact for record in records if record.is_in_imt for fact in record.facts)


def _hear_other(entity: Entity, fusion: OtherFusion) -> Said | None:
    if facts := list_naming_facts(entity.id, fusion):
        says = " ".join(dict.fromkeys(fact.statement for fact in facts))
        ids = tuple(fact.id for fact in facts)
        return Said(f"{fusion.name} was found. {says}", "for", fusion.observations, ids)
    if entity.id == IMT and (imt := list_imt_facts(fusion)):
        says = " ".join(find_fact(fact).statement for fact in imt)
        return Said(f"{fusion.name} was found. {says}", "for", fusion.observations, imt)
    if named := list_named(fusion):
        names = join_words([load_entities()[name].name for name in named])
        said = f"{fusion.name} was found, which is known from {names}."
        ids = tuple(f.id for name in named for f in list_naming_facts(name, fusion))
        return Said(said, "against", fusion.observations, ids)
    if entity.id == IMT:
        said = f"{fusion.name} was found; no diagnosis listed here is known by it."
        return Said(said, "neither", fusion.observations, ())
    return None
