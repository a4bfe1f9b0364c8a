"""The way of a case through a testing protocol: the steps taken, and the tests at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import UNKNOWN
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.protocols import (
    Protocol,
    ProtocolStep,
    ProtocolTest,
    load_tests,
    load_whens,
)
from spindle.reasoning.assessments import (
    KinaseAssessment,
    KinaseStatus,
    NextTest,
)
from spindle.reasoning.statuses import (
    FUSION_ASSAYS,
    UNDECIDED,
    has_result,
)
from spindle.trace import Trace, TraceStep

ANY_KINASE = "any"
# What a step says of a test on which nothing is reported, or nothing sure.
NO_RESULT, NO_SURE_RESULT = "no result reported", "no sure result reported"


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through a protocol."""

    next_tests: tuple[NextTest, ...]
    """Tests proposed at its end."""
    outcome: str
    """What the protocol says at its end."""
    trace: Trace
    """The steps taken."""


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
        said = _name_silence(test, kinases) if result == "not_done" else result
        return result, f"{_name_answered(test, result, kinases)}: {said}."
    is_so = _CHECKS[step.check](kinases[protocol.kinase], kinases)
    return "yes" if is_so else "no", CHECK_SENTENCES[step.check][is_so]


def _name_silence(test: ProtocolTest, kinases: Mapping[str, KinaseAssessment]) -> str:
    """Give what a step says of a test without a result: something or nothing is reported of it."""
    is_spoken_of = any(r.result == UNKNOWN for r in _list_answering(test, kinases))
    return NO_SURE_RESULT if is_spoken_of else NO_RESULT


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
    tests = [test for test in tests if not _was_done_elsewhere(test, kinases)]
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
            why=f"{why}{_say_unsure(test, kinases)}",
            facts=facts,
            is_alternative=step.any_one and len(tests) > 1,
            is_inferred=step.is_inferred or is_reordered,
        )
        for test in tests
    )


def _say_unsure(test: ProtocolTest, kinases: Mapping[str, KinaseAssessment]) -> str:
    """Give that a test is proposed although something is reported of it; empty where nothing is."""
    is_spoken_of = any(r.result == UNKNOWN for r in _list_answering(test, kinases))
    return " What is reported of it is no sure result." if is_spoken_of else ""


def _was_done_elsewhere(test: ProtocolTest, kinases: Mapping[str, KinaseAssessment]) -> bool:
    """Give whether a test was done and found something else, without a word on this gene."""
    answering = _list_answering(test, kinases)
    return any(reading.is_elsewhere for reading in answering)


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
