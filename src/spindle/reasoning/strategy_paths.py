"""Every way of a patient through a protocol, with what each way's probability is made of.

The real engine is asked at every step: hypothetical results become observations, the assays read
them, and `reflex` says which test is proposed next. So a strategy can't drift from what Spindle
proposes for a patient. A test that is proposed is done, and the engine is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from spindle.assays.readings import Assay, Reading
from spindle.cases.observations import (
    FishTest,
    FusionCall,
    FusionTest,
    Observation,
    PcrTest,
    SequencingMethod,
    Stain,
    TestResult,
)
from spindle.errors import InternalError
from spindle.knowledge.fish_rules import DEFAULT_RULE
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.protocols import load_protocols, load_tests
from spindle.knowledge.strategies import StrategyTest, TumourClass, load_strategy_data
from spindle.reasoning.assessments import Assessment, KinaseStatus, NextTest
from spindle.reasoning.reflex import assess_readings, interpret_observation

ALWAYS = "always"
FINDS, FALSE, FAILED, EQUIVOCAL = "finds", "false", "failed", "equivocal"
FOUND = (KinaseStatus.FUSION_DETECTED, KinaseStatus.REARRANGED_BY_FISH)
EXPRESSED = (
    KinaseStatus.EXPRESSED_NOT_CONFIRMED,
    KinaseStatus.EXPRESSED_CONFIRMATION_PENDING,
)
UNANSWERED = (
    KinaseStatus.EQUIVOCAL,
    KinaseStatus.FAILED_OR_INSUFFICIENT,
    KinaseStatus.NOT_TESTED,
    KinaseStatus.NOT_REPORTED,
)

History = tuple[tuple[str, TestResult], ...]
FindKey = Callable[[str, Mapping[str, str]], str]
"""Gives the key of a parameter after some results; empty when nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a probability: a parameter, or one minus it."""

    key: str
    """Key of the parameter."""
    is_complement: bool = False
    """Whether it is one minus the parameter."""


@dataclass(frozen=True, slots=True)
class End:
    """How a way ends, for a tumour of the class that it was walked for."""

    is_missed: bool
    """The tumour has a fusion, and the status of its kinase does not show it."""
    is_false: bool
    """A kinase that has no fusion is called fused or rearranged."""
    is_stain_only: bool
    """No kinase is called fused or rearranged, and a positive stain stands unconfirmed."""
    is_missed_stained: bool
    """Missed, and a positive stain stands unconfirmed: a hint is left."""
    is_unanswered: bool
    """No kinase is called fused or rearranged, none is stained, and the tests gave no answer."""


@dataclass(frozen=True, slots=True)
class Node:
    """A point on the way: a test that is done now, or an end."""

    test: str
    """Id of the test that is done; empty at an end."""
    branches: tuple[Branch, ...]
    """What it can give; empty at an end."""
    end: End | None
    """How the way ends; none where a test is done."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One result of a test, and the way from there."""

    result: TestResult
    """The result."""
    factors: tuple[Factor, ...]
    """Its probability, a product."""
    node: Node
    """Where it leads."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a protocol leaves to the people who use it."""

    if_needed: bool = True
    """Whether tests that are proposed under a condition are done."""
    prefer: tuple[str, ...] = ()
    """Of tests of which any one will do, the first of these that is among them is done."""


def walk_ways(
    protocol_id: str, tumour: TumourClass, find_key: FindKey, choices: Choices | None = None
) -> Node:
    """Give every way of a patient with a tumour of one class through a protocol.

    Raises
    ------
    UserError
        `protocol-unknown`.
    InternalError
        When a test is proposed that no strategy knows, or a parameter has no value.
    """
    return _Walker(protocol_id, tumour, find_key, choices or Choices()).walk(())


@dataclass(frozen=True, slots=True)
class _Walker:
    protocol_id: str
    tumour: TumourClass
    find_key: FindKey
    choices: Choices

    def walk(self, history: History) -> Node:
        """Give the way from here."""
        called = _name_called(self.protocol_id, self.tumour)
        assessment = assess_history(self.protocol_id, history, called)
        test = choose_test(assessment.next_tests, {name for name, _ in history}, self.choices)
        if test is None:
            return Node("", (), classify_end(assessment, self.protocol_id, self.tumour))
        branches = tuple(
            Branch(result, factors, self.walk((*history, (test.id, result))))
            for result, factors in self.list_results(test, history)
        )
        return Node(test.id, branches, None)

    def list_results(
        self, test: StrategyTest, history: History
    ) -> Iterator[tuple[TestResult, tuple[Factor, ...]]]:
        """Give what a test can give, each with its probability given what came before."""
        known = load_strategy_data().tests
        before = {known[name].source: result.value for name, result in history}
        failed = self.find_key(f"{test.source}.{FAILED}", before)
        equivocal = self.find_key(f"{test.source}.{EQUIVOCAL}", before)
        measure = FINDS if self.tumour.id in test.finds else FALSE
        positive = self.find_key(f"{test.source}.{measure}", before)
        if not positive:
            raise InternalError(f"{test.source}.{measure} has no value")
        rest: tuple[Factor, ...] = ()
        for key, result in ((failed, TestResult.FAILED), (equivocal, TestResult.EQUIVOCAL)):
            if key:
                yield result, (*rest, Factor(key))
                rest += (Factor(key, is_complement=True),)
        yield TestResult.POSITIVE, (*rest, Factor(positive))
        yield TestResult.NEGATIVE, (*rest, Factor(positive, is_complement=True))


def choose_test(
    proposed: tuple[NextTest, ...], done: set[str], choices: Choices
) -> StrategyTest | None:
    """Give the test that is done next; none where the protocol proposes none that will be done.

    Tests that are proposed together are done one at a time, in their order. Of tests of which any
    one will do, the preferred one is, else the first that has not been done.
    """
    if not proposed or (proposed[0].when != ALWAYS and not choices.if_needed):
        return None
    names = [test.test for test in proposed if test.test not in done]
    if proposed[0].is_alternative:
        names.sort(key=lambda name: name not in choices.prefer)
    tests = load_strategy_data().tests
    if not names:
        return None
    if names[0] not in tests:
        raise InternalError(f"no strategy knows the test {names[0]!r}")
    return tests[names[0]]


def _name_called(protocol_id: str, tumour: TumourClass) -> tuple[str, str]:
    """Give the tumour's class, and the kinase of which a test falsely calls a fusion."""
    return tumour.id, load_protocols()[protocol_id].kinase


@lru_cache(maxsize=65_536)
def assess_history(protocol_id: str, history: History, called: tuple[str, str]) -> Assessment:
    """Give what the engine makes of results, and what it proposes next.

    Parameters
    ----------
    history:
        Tests done, in order, with their results.
    called:
        The class of the tumour, and the kinase of which a false positive speaks.
    """
    readings = tuple(reading for name, result in history for reading in _read(name, result, called))
    return assess_readings(readings, protocol_id=protocol_id, fish_rule_id=DEFAULT_RULE)


@lru_cache(maxsize=1024)
def _read(name: str, result: TestResult, called: tuple[str, str]) -> tuple[Reading, ...]:
    data = load_strategy_data()
    tumour = data.classes[called[0]]
    test = data.tests[name]
    kinase = tumour.kinase if tumour.id in test.finds else called[1]
    return interpret_observation(
        make_observation(test, result, kinase=kinase), fish_rule_id=DEFAULT_RULE
    )


_METHODS: Mapping[Assay, SequencingMethod] = {
    Assay.RNA_SEQUENCING: SequencingMethod.RNA,
    Assay.DNA_SEQUENCING: SequencingMethod.DNA,
    Assay.SEQUENCING: SequencingMethod.UNSPECIFIED,
}


def make_observation(test: StrategyTest, result: TestResult, *, kinase: str) -> Observation:
    """Give a hypothetical observation of a test with a result.

    Parameters
    ----------
    kinase:
        The kinase of whose fusion a positive sequencing test speaks.
    """
    known = load_tests()[test.source]
    assay = Assay(known.assays[0])
    if assay is Assay.IHC:
        markers = load_kinases().markers
        marker = next(name for name, asked in markers.items() if asked == known.gene)
        return Stain(id=test.id, marker=marker, result=result)
    if assay is Assay.FISH:
        return FishTest(id=test.id, gene=known.gene, result=result)
    if assay is Assay.RT_PCR:
        return PcrTest(id=test.id, gene=known.gene, result=result)
    is_positive = result is TestResult.POSITIVE
    return FusionTest(
        id=test.id,
        method=_METHODS[assay],
        result=result,
        calls=(FusionCall(gene3=kinase),) if is_positive else (),
        is_quality_adequate=result is not TestResult.FAILED,
    )


def classify_end(assessment: Assessment, protocol_id: str, tumour: TumourClass) -> End:
    """Give how a way ends for a tumour of one class."""
    kinases = assessment.kinases
    found = {
        name
        for name, kinase in kinases.items()
        if kinase.status in FOUND and kinase.is_productive is not False
    }
    is_stained = any(kinase.status in EXPRESSED for kinase in kinases.values())
    first = kinases[load_protocols()[protocol_id].kinase]
    is_open = first.status in UNANSWERED
    is_missed = bool(tumour.kinase) and tumour.kinase not in found
    return End(
        is_missed=is_missed,
        is_false=bool(found - {tumour.kinase}),
        is_stain_only=not found and is_stained,
        is_missed_stained=is_missed and not found and is_stained,
        is_unanswered=not found and not is_stained and is_open,
    )
