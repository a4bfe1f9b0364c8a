"""Walking a case through a testing protocol: from readings to statuses and the next test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from spindle.assays.fish import interpret_fish
from spindle.assays.fusions import KINASES, interpret_fusions
from spindle.assays.ihc import KINASE_MARKERS, interpret_ihc
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.assays.rtpcr import interpret_rtpcr
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.case import Case
from spindle.cases.observations import FishTest, FusionTest, Observation, PcrTest
from spindle.cases.specimen import TissueLeft
from spindle.errors import UserError
from spindle.knowledge.facts import find_fact
from spindle.knowledge.fish_rules import DEFAULT_RULE, find_fish_rule
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.protocols import (
    DEFAULT_PROTOCOL,
    ProtocolTest,
    find_protocol,
    load_tests,
    load_whens,
)
from spindle.knowledge.vocabularies import find_marker
from spindle.reasoning.assessments import (
    Assessment,
    KinaseAssessment,
    KinaseStatus,
    NextTest,
)
from spindle.reasoning.prognosis_variants import find_variant
from spindle.reasoning.reflex_walk import Walk, find_result, walk_protocol
from spindle.reasoning.specimens import note_decalcified, propose_better_specimen
from spindle.reasoning.statuses import (
    SEQUENCING_ASSAYS,
    UNDECIDED,
    assess_kinase,
    find_explaining,
    has_result,
    join_words,
    name_status,
)
from spindle.trace import Trace, TraceStep

DECALCIFIED_FACT = "fish.decalcified"
COVERAGE_TEST = "panel_coverage"
PARTNER_TEST = "rna_sequencing"
PARTNER_FACTS = ("eims.definition", "red-flag.eims.partner", "shares-driver.alcl.eims")
COVERAGE_FACTS = ("assay.rna-sequencing.panel-only", "fusions.children.any-kinase")


def interpret_observation(observation: Observation, *, fish_rule_id: str) -> tuple[Reading, ...]:
    """Give the readings of one observation; none for a stain that asks about no kinase."""
    if isinstance(observation, FishTest):
        return (interpret_fish(observation, rule_id=fish_rule_id),)
    if isinstance(observation, PcrTest):
        return (interpret_rtpcr(observation),)
    if isinstance(observation, FusionTest):
        return interpret_fusions(observation)
    stain = replace(observation, marker=_name_marker(observation.marker))
    return (interpret_ihc(stain),) if stain.marker in KINASE_MARKERS else ()


def _name_marker(words: str) -> str:
    """Give the usual name of a marker: `ALK` for `ALK-1`; the words themselves when unknown."""
    found = find_marker(words)
    return found.name if found else words


@lru_cache(maxsize=4096)
def _interpret_cached(observation: Observation, fish_rule_id: str) -> tuple[Reading, ...]:
    return interpret_observation(observation, fish_rule_id=fish_rule_id)


def collect_readings(case: Case, *, fish_rule_id: str = DEFAULT_RULE) -> tuple[Reading, ...]:
    """Give the readings of every observation of a case, in the order reported."""
    readings: list[Reading] = []
    for specimen, observation in case.iterate_observations():
        # A reading does not depend on where the observation was written, so equal observations
        # of many cases are read once.
        bare = replace(observation, provenance=NOT_REPORTED)
        try:
            found = _interpret_cached(bare, fish_rule_id)
        except UserError as error:
            place = f"case {case.id}, specimen {specimen.id}, {observation.id}"
            raise UserError(error.slug, error.message, place=place, cure=error.cure) from None
        readings += [note_decalcified(reading, specimen) for reading in found]
    return tuple(readings)


def assess_case(
    case: Case, *, protocol_id: str = DEFAULT_PROTOCOL, fish_rule_id: str = DEFAULT_RULE
) -> Assessment:
    """Give the assessment of a case under a protocol and a FISH rule.

    Raises
    ------
    UserError
        `protocol-unknown`, `fish-rule-unknown`.
    """
    readings = collect_readings(case, fish_rule_id=find_fish_rule(fish_rule_id).id)
    assessment = assess_readings(
        readings,
        protocol_id=find_protocol(protocol_id).id,
        fish_rule_id=fish_rule_id,
        tissue_left=find_tissue_left(case),
        is_decalcified=any(s.is_decalcified is True for s in case.specimens),
    )
    assessment = _ask_partner(case, assessment)
    return propose_better_specimen(case, assessment, readings)


def _ask_partner(case: Case, assessment: Assessment) -> Assessment:
    """Give the assessment with a test that names the partner, where a variant hangs on it.

    A break by FISH ends the protocol; where the picture or the stain is that of the epithelioid
    variant, the partner still tells it, and parts it from a lymphoma.
    """
    asked = assessment.kinases[find_protocol(assessment.protocol_id).kinase]
    test = load_tests()[PARTNER_TEST]
    is_open = asked.status is KinaseStatus.REARRANGED_BY_FISH and not assessment.next_tests
    variant = find_variant(case) if is_open else None
    is_done = find_result(test, assessment.kinases) != "not_done"
    if variant is None or not variant.is_open or is_done:
        return assessment
    seen = variant.because or (f"the diagnosis {variant.rule.name}",)
    why = (
        f"Recorded: {join_words(seen)}. The partner of {asked.kinase} bears the epithelioid "
        "variant out, and parts it from anaplastic large-cell lymphoma."
    )
    proposed, outcome, step = _propose(test, why, PARTNER_FACTS)
    return replace(
        assessment,
        next_tests=(proposed,),
        outcome=outcome,
        trace=assessment.trace + Trace((step,)),
    )


NO_TISSUE = "No tissue is left; a test that is proposed would need a new sample."


def find_tissue_left(case: Case) -> TissueLeft | Absent:
    """Give how much tissue is left: the most that any specimen has; absent when none says."""
    left = {specimen.tissue_left for specimen in case.specimens}
    order = (TissueLeft.AMPLE, TissueLeft.LITTLE, TissueLeft.NONE)
    return next((amount for amount in order if amount in left), NOT_REPORTED)


@lru_cache(maxsize=4096)
def assess_readings(
    readings: tuple[Reading, ...],
    *,
    protocol_id: str = DEFAULT_PROTOCOL,
    fish_rule_id: str = DEFAULT_RULE,
    tissue_left: TissueLeft | Absent = NOT_REPORTED,
    is_decalcified: bool = False,
) -> Assessment:
    """Give the assessment of readings alone; equal readings give one and the same object."""
    protocol = find_protocol(protocol_id)
    kinases = assess_kinases(readings, first=protocol.kinase)
    is_scarce = tissue_left in (TissueLeft.LITTLE, TissueLeft.NONE)
    walk = _say_shared(walk_protocol(protocol, kinases, is_tissue_scarce=is_scarce), kinases)
    asked = kinases[protocol.kinase]
    more = sum(reading.nuclei_to_count for reading in asked.readings)
    if more and asked.status is not KinaseStatus.FUSION_DETECTED:
        walk = _count_on_first(walk, more)
    walk = _ask_coverage(walk, kinases)
    trace = Trace(tuple(step for reading in readings for step in reading.trace.steps))
    trace += Trace(tuple(_trace_status(kinase) for kinase in kinases.values()))
    if is_decalcified:
        trace += _warn_decalcified(walk)
    if tissue_left is TissueLeft.NONE:
        trace += Trace((TraceStep(concluded=NO_TISSUE),))
    return Assessment(
        protocol_id=protocol_id,
        fish_rule_id=fish_rule_id,
        kinases=kinases,
        next_tests=walk.next_tests,
        outcome=walk.outcome,
        trace=trace + walk.trace,
    )


def assess_kinases(
    readings: Sequence[Reading], *, first: str = "ALK"
) -> Mapping[str, KinaseAssessment]:
    """Give the assessment of every kinase that was asked about, the first one always."""
    grouped: dict[str, list[Reading]] = {first: []}
    for reading in readings:
        # A stain of a group of kinases asks about all of them and does not tell them apart.
        is_stain = reading.assay is Assay.IHC
        asked = load_kinases().expand(reading.kinase) if is_stain else (reading.kinase,)
        for kinase in asked:
            # A break in another gene, such as USP6, says nothing of a kinase.
            if kinase == first or kinase in (*KINASES, *load_kinases().groups):
                grouped.setdefault(kinase, []).append(reading)
    order = {kinase: position for position, kinase in enumerate((first, *KINASES))}
    ordered = sorted(grouped, key=lambda kinase: order.get(kinase, len(order)))
    return MappingProxyType(
        {
            kinase: assess_kinase(
                kinase, grouped[kinase], explained_by=find_explaining(kinase, grouped)
            )
            for kinase in ordered
        }
    )


# What would change each status.
WOULD_CHANGE: Mapping[KinaseStatus, str] = {
    KinaseStatus.FUSION_DETECTED: "a fusion that proves not productive, or a mistaken sample",
    KinaseStatus.REARRANGED_BY_FISH: "a test that names the fusion, or finds none",
    KinaseStatus.EXPRESSED_NOT_CONFIRMED: "a test that finds a fusion",
    KinaseStatus.EXPRESSED_CONFIRMATION_PENDING: "the result of a confirming test",
    KinaseStatus.NOT_DETECTED: "a positive result of any test",
    KinaseStatus.EQUIVOCAL: "a clear result of the undecided test, or RNA sequencing",
    KinaseStatus.FAILED_OR_INSUFFICIENT: "a test that gives an answer",
    KinaseStatus.NOT_TESTED: "any test",
    KinaseStatus.NOT_REPORTED: "any reported test",
}


def _trace_status(kinase: KinaseAssessment) -> TraceStep:
    disagree = ", and the tests disagree" if kinase.is_discordant else ""
    return TraceStep(
        concluded=f"{kinase.kinase}: {name_status(kinase.status)}{disagree}. {kinase.why}",
        observations=tuple(reading.observation_id for reading in kinase.readings),
        facts=Trace(tuple(s for r in kinase.readings for s in r.trace.steps)).facts,
        would_change=WOULD_CHANGE[kinase.status],
    )


def _say_shared(walk: Walk, kinases: Mapping[str, KinaseAssessment]) -> Walk:
    """Give the walk with a word on what sequencing adds to a stain of several kinases."""
    shared = [
        name for name, kinase in kinases.items() if "stain_of_several_kinases" in kinase.flags
    ]
    if not shared:
        return walk
    more = f" It can also tell which of {join_words(shared)} a stain that they share speaks of."
    tests = tuple(
        replace(test, why=f"{test.why}{more}") if _is_sequencing(test) else test
        for test in walk.next_tests
    )
    return replace(walk, next_tests=tests)


def _is_sequencing(test: NextTest) -> bool:
    return any(assay in SEQUENCING_ASSAYS for assay in load_tests()[test.test].assays)


def _count_on_first(walk: Walk, nuclei: int) -> Walk:
    """Give the walk with the nuclei still to count put first: they cost no tissue."""
    test = load_tests()["alk_fish_count_on"]
    why = f"{nuclei} more nuclei are to be counted on the same slide before FISH is decided."
    first = NextTest(
        test=test.id,
        name=test.name,
        when="always",
        condition=load_whens()["always"],
        why=why,
        facts=("fish.two-step.between",),
        is_alternative=False,
    )
    step = TraceStep(concluded=f"Proposed first: {test.name}. {why}", facts=first.facts)
    return Walk(
        next_tests=(first, *walk.next_tests),
        outcome=f"Proposed first: {test.name} ({nuclei}). Then: {walk.outcome}",
        trace=walk.trace + Trace((step,)),
    )


def _ask_coverage(walk: Walk, kinases: Mapping[str, KinaseAssessment]) -> Walk:
    """Give a walk that ends without a test and without a driver, with what to ask of the panel.

    It is asked where a panel is named for other kinases, so that those not named stay open.
    """
    readings = [reading for kinase in kinases.values() for reading in kinase.readings]
    found = (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)
    has_driver = any(kinase.status in found for kinase in kinases.values())
    uncovered = [name for name, kinase in kinases.items() if _is_uncovered(kinase)]
    is_other = any(reading.other_fusions for reading in readings)
    if walk.next_tests or has_driver or is_other or not uncovered:
        return walk
    test = load_tests()[COVERAGE_TEST]
    why = (
        f"That the sequencing covers {join_words(uncovered)} is not reported, and no fusion was "
        "found; a panel that covers them can still find one."
    )
    asked, outcome, step = _propose(test, why, COVERAGE_FACTS)
    return Walk(next_tests=(asked,), outcome=outcome, trace=walk.trace + Trace((step,)))


def _propose(
    test: ProtocolTest, why: str, facts: tuple[str, ...]
) -> tuple[NextTest, str, TraceStep]:
    """Give a test that Spindle proposes beside the protocol, in words, and as a step."""
    proposed = NextTest(
        test=test.id,
        name=test.name,
        when="always",
        condition=load_whens()["always"],
        why=why,
        facts=facts,
        is_alternative=False,
        is_inferred=True,
    )
    outcome = f"Proposed: {test.name}. {why}"
    return proposed, outcome, TraceStep(concluded=outcome, facts=facts, is_inferred=True)


def _is_uncovered(kinase: KinaseAssessment) -> bool:
    """Give whether nothing but a test that is not known to look at a kinase speaks of it."""
    answers = (ReadingResult.POSITIVE, ReadingResult.NEGATIVE, *UNDECIDED)
    has_silent = any(reading.is_elsewhere for reading in kinase.readings)
    return has_silent and not has_result(kinase.readings, answers, tuple(Assay))


def _warn_decalcified(walk: Walk) -> Trace:
    fact = find_fact(DECALCIFIED_FACT)
    tests = ", ".join(test.name for test in walk.next_tests) or "none"
    said = f"The tissue is decalcified. {fact.statement} Tests proposed: {tests}."
    return Trace((TraceStep(concluded=said, facts=(fact.id,)),))
