"""Walking a case through a testing protocol: from readings to statuses and the next test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
    Protocol,
    ProtocolStep,
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
from spindle.reasoning.specimens import propose_better_specimen
from spindle.reasoning.statuses import (
    FUSION_ASSAYS,
    SEQUENCING_ASSAYS,
    UNDECIDED,
    assess_kinase,
    find_explaining,
    has_result,
    join_words,
    name_status,
)
from spindle.trace import Trace, TraceStep

ANY_KINASE = "any"
DECALCIFIED_FACT = "fish.decalcified"


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through a protocol."""

    next_tests: tuple[NextTest, ...]
    """Tests proposed at its end."""
    outcome: str
    """What the protocol says at its end."""
    trace: Trace
    """The steps taken."""


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
            readings += _interpret_cached(bare, fish_rule_id)
        except UserError as error:
            place = f"case {case.id}, specimen {specimen.id}, {observation.id}"
            raise UserError(error.slug, error.message, place=place, cure=error.cure) from None
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
    return propose_better_specimen(case, assessment, readings)


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


def _warn_decalcified(walk: Walk) -> Trace:
    fact = find_fact(DECALCIFIED_FACT)
    tests = ", ".join(test.name for test in walk.next_tests) or "none"
    said = f"The tissue is decalcified. {fact.statement} Tests proposed: {tests}."
    return Trace((TraceStep(concluded=said, facts=(fact.id,)),))


def find_result(test: ProtocolTest, kinases: Mapping[str, KinaseAssessment]) -> str:
    """Give a test's result as a protocol sees it: a result, or `not_done` for any absence.

    Of several readings a positive counts before an undecided one, before a negative, before one
    that gave no answer.
    """
    readings = _list_answering(test, kinases)
    results = {reading.result for reading in readings}
    has_other = test.gene == ANY_KINASE and any(r.other_fusions for r in readings)
    if ReadingResult.POSITIVE in results or has_other:
        return "positive"
    if results & set(UNDECIDED):
        return "equivocal"
    for result in (ReadingResult.NEGATIVE, ReadingResult.FAILED):
        if result in results:
            return result.value
    return "not_done"


def _list_answering(
    test: ProtocolTest, kinases: Mapping[str, KinaseAssessment]
) -> tuple[Reading, ...]:
    """Give the readings that answer a test: of its assays, and positives of its substitutes."""
    genes = load_kinases().expand(test.gene)[:1]
    if test.gene == ANY_KINASE:
        genes = tuple(kinases)
    return tuple(
        reading
        for gene in genes
        if gene in kinases
        for reading in kinases[gene].readings
        if reading.assay.value in test.assays
        or (
            reading.assay.value in test.positive_assays and reading.result is ReadingResult.POSITIVE
        )
    )


def _name_answered(test: ProtocolTest, result: str, kinases: Mapping[str, KinaseAssessment]) -> str:
    """Give the test's name, or that of the assay which answered in its place."""
    positive = [
        reading.assay
        for reading in _list_answering(test, kinases)
        if reading.result is ReadingResult.POSITIVE
        or (test.gene == ANY_KINASE and reading.other_fusions)
    ]
    is_own = any(assay.value in test.assays for assay in positive)
    return test.name if result != "positive" or is_own else SUBSTITUTE_NAMES[positive[0]]


SUBSTITUTE_NAMES: Mapping[Assay, str] = {
    Assay.DNA_SEQUENCING: "DNA sequencing",
    Assay.SEQUENCING: "Sequencing (material not stated)",
    Assay.METHOD_NOT_STATED: "A test whose method is not stated",
}


Check = Callable[[KinaseAssessment, Mapping[str, KinaseAssessment]], bool]


def _has_other_driver(kinase: KinaseAssessment, kinases: Mapping[str, KinaseAssessment]) -> bool:
    others = [other for name, other in kinases.items() if name != kinase.kinase]
    has_own_positive = has_result(kinase.readings, (ReadingResult.POSITIVE,), tuple(Assay))
    has_other_fusion = any(reading.other_fusions for reading in kinase.readings)
    return not has_own_positive and (
        has_other_fusion
        or any(
            other.status is KinaseStatus.FUSION_DETECTED and other.is_productive is not False
            for other in others
        )
    )


def _has_other_positive(kinase: KinaseAssessment, kinases: Mapping[str, KinaseAssessment]) -> bool:
    others = [other for name, other in kinases.items() if name != kinase.kinase]
    return any(
        other.is_productive is not False
        and has_result(other.readings, (ReadingResult.POSITIVE,), tuple(Assay))
        for other in others
    )


def _has_other_break(kinase: KinaseAssessment, kinases: Mapping[str, KinaseAssessment]) -> bool:
    found = (KinaseStatus.REARRANGED_BY_FISH, KinaseStatus.FUSION_DETECTED)
    return any(k.status in found for name, k in kinases.items() if name != kinase.kinase)


_CHECKS: Mapping[str, Check] = {
    "other_driver": _has_other_driver,
    "not_productive": lambda kinase, _: kinase.is_productive is False,
    "is_discordant": lambda kinase, _: kinase.is_discordant,
    "any_positive": lambda kinase, _: has_result(
        kinase.readings, (ReadingResult.POSITIVE,), tuple(Assay)
    ),
    "fish_or_pcr_positive": lambda kinase, _: has_result(
        kinase.readings, (ReadingResult.POSITIVE,), (Assay.FISH, Assay.RT_PCR)
    ),
    "other_kinase_break": _has_other_break,
    "other_kinase_positive": _has_other_positive,
    "any_undecided": lambda kinase, _: has_result(kinase.readings, UNDECIDED, tuple(Assay)),
    "fusion_shown": lambda kinase, _: (
        kinase.status is KinaseStatus.FUSION_DETECTED and kinase.is_productive is not False
    ),
    "pcr_or_sequencing_done": lambda kinase, _: has_result(
        kinase.readings, (ReadingResult.POSITIVE, ReadingResult.NEGATIVE), FUSION_ASSAYS
    ),
}


def walk_protocol(
    protocol: Protocol,
    kinases: Mapping[str, KinaseAssessment],
    *,
    is_tissue_scarce: bool = False,
) -> Walk:
    """Give the way of a case through a protocol: the steps taken and the tests proposed."""
    taken = [
        TraceStep(concluded=f"Protocol {protocol.id}: {protocol.title}.", facts=protocol.facts)
    ]
    step = protocol.steps[protocol.start]
    while step.kind != "end":
        if step.kind == "ask":
            proposed = _propose_tests(step, protocol, kinases, is_tissue_scarce=is_tissue_scarce)
            if proposed:
                return _end_with_tests(proposed, protocol, taken)
            answer = "if_none"
        else:
            answer, said = _answer_step(step, protocol, kinases)
            taken.append(TraceStep(concluded=said))
        step = protocol.steps[step.edges[answer]]
    taken.append(TraceStep(concluded=step.says))
    return Walk(next_tests=(), outcome=step.says, trace=Trace(tuple(taken)))


def _answer_step(
    step: ProtocolStep, protocol: Protocol, kinases: Mapping[str, KinaseAssessment]
) -> tuple[str, str]:
    """Give the edge that a step takes, and the sentence that says so."""
    if step.kind == "test":
        test = load_tests()[step.test]
        result = find_result(test, kinases)
        said = "no result reported" if result == "not_done" else result
        return result, f"{_name_answered(test, result, kinases)}: {said}."
    is_so = _CHECKS[step.check](kinases[protocol.kinase], kinases)
    return "yes" if is_so else "no", CHECK_SENTENCES[step.check][is_so]


# What each check says when it fails and when it holds.
CHECK_SENTENCES: Mapping[str, tuple[str, str]] = {
    "other_driver": (
        "No fusion of another kinase or gene is known.",
        "A fusion of another kinase or gene is known.",
    ),
    "not_productive": (
        "Nothing says that the fusion can't make a whole kinase.",
        "The fusion can't make a whole kinase in frame.",
    ),
    "is_discordant": ("No test contradicts another.", "The tests contradict each other."),
    "any_positive": ("No ALK test is positive.", "An ALK test is positive."),
    "any_undecided": ("No ALK test is undecided.", "An ALK test is undecided."),
    "other_kinase_positive": (
        "No test of another kinase is positive.",
        "A test of another kinase is positive.",
    ),
    "fish_or_pcr_positive": (
        "Neither FISH nor RT-PCR is positive.",
        "FISH or RT-PCR is positive.",
    ),
    "other_kinase_break": (
        "No break in another kinase is known.",
        "Another kinase shows a break or a fusion.",
    ),
    "fusion_shown": ("No productive fusion is shown.", "A fusion is shown."),
    "pcr_or_sequencing_done": (
        "Neither RT-PCR nor sequencing gave an answer.",
        "RT-PCR or sequencing gave an answer.",
    ),
}


def _propose_tests(
    step: ProtocolStep,
    protocol: Protocol,
    kinases: Mapping[str, KinaseAssessment],
    *,
    is_tissue_scarce: bool,
) -> tuple[NextTest, ...]:
    """Give the tests of an ask step that have no result yet, in order."""
    tests = [load_tests()[name] for name in step.tests]
    tests = [test for test in tests if find_result(test, kinases) == "not_done"]
    is_reordered = is_tissue_scarce and bool(protocol.tissue_sparing_order) and len(tests) > 1
    if is_reordered:
        rank = {name: position for position, name in enumerate(protocol.tissue_sparing_order)}
        tests.sort(key=lambda test: rank.get(test.id, len(rank)))
    facts = (*step.facts, *(protocol.tissue_sparing_facts if is_reordered else ()))
    why = (
        f"{step.why} Little tissue is left: take them in this order." if is_reordered else step.why
    )
    return tuple(
        NextTest(
            test=test.id,
            name=test.name,
            when=step.when,
            condition=load_whens()[step.when],
            why=why,
            facts=facts,
            is_alternative=step.any_one and len(tests) > 1,
            is_inferred=step.is_inferred or is_reordered,
        )
        for test in tests
    )


def _end_with_tests(
    tests: tuple[NextTest, ...], protocol: Protocol, taken: list[TraceStep]
) -> Walk:
    joined = " or ".join(test.name for test in tests) if tests[0].is_alternative else ""
    named = joined or ", then ".join(test.name for test in tests)
    outcome = f"Proposed: {named} ({tests[0].condition})."
    last = TraceStep(
        concluded=f"{outcome} {tests[0].why}",
        facts=tests[0].facts,
        is_inferred=tests[0].is_inferred,
        would_change=f"another protocol than {protocol.id}, or a result of {named}",
    )
    return Walk(next_tests=tests, outcome=outcome, trace=Trace((*taken, last)))
