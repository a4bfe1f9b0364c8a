"""Every way of a patient through a protocol, with what each way's probability is made of.

The real engine is asked at every step: hypothetical results become observations, the assays read
them, and `reflex` says which test is proposed next. So a strategy can't drift from what Spindle
proposes for a patient. A test that is proposed is done, and the engine is asked again.

Where a value depends on what another test shows, that is settled first, whether the test is done
or not: a tumour that stains and has a negative FISH is one kind, and RNA sequencing finds as much
in it when it is done at once as when it comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Protocol

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


class Values(Protocol):
    """What the ways need of the parameters."""

    def find_key(self, name: str, shown: Mapping[str, str]) -> str:
        """Give the key of a parameter where tests show something; empty where none is known."""

    def find_certain(self, key: str) -> Fraction | None:
        """Give the value of a parameter that is taken as certain; none for any other."""

    def list_shown(self) -> list[str]:
        """Give the tests of which it is settled first what they show."""


FindCertain = Callable[[str], Fraction | None]
"""Gives the value of a parameter that is taken as certain; none for any other."""


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
    is_missed_unasked: bool
    """Missed and stained, and the protocol asked for no test that could bear the stain out."""
    is_unanswered: bool
    """No kinase is called fused or rearranged, none is stained, and ALK has no answer."""
    is_others_open: bool
    """No kinase is called, and another than the protocol's has no answer, asked for or not."""


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
class Kind:
    """Tumours of one class in which some tests show the same, with their ways."""

    factors: tuple[Factor, ...]
    """Their share of the class, a product."""
    shown: Mapping[str, str]
    """What these tests show, or would show if they were done and gave an answer."""
    node: Node
    """The first point of their ways."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a protocol leaves to the people who use it."""

    if_needed: bool = True
    """Whether tests that are proposed under a condition are done."""
    prefer: tuple[str, ...] = ()
    """Of tests of which any one will do, the first of these that is among them is done."""


def walk_ways(
    protocol_id: str, tumour: TumourClass, values: Values, choices: Choices | None = None
) -> tuple[Kind, ...]:
    """Give every way of a patient with a tumour of one class through a protocol, kind by kind.

    Ways that a certain value rules out are left out.

    Raises
    ------
    UserError
        `protocol-unknown`.
    InternalError
        When a test is proposed that no strategy knows, or a parameter has no value.
    """
    find_certain = cache(values.find_certain)
    kinds = list(_list_kinds(tumour, values, find_certain))
    walkers = (
        _Walker(protocol_id, tumour, values, find_certain, shown, choices or Choices())
        for _, shown in kinds
    )
    return tuple(
        Kind(factors, shown, walker.walk(()))
        for (factors, shown), walker in zip(kinds, walkers, strict=True)
    )


def _list_kinds(
    tumour: TumourClass, values: Values, find_certain: FindCertain
) -> Iterator[tuple[tuple[Factor, ...], Mapping[str, str]]]:
    """Give each kind's share of the class and what the tests show that are settled first."""
    tests = load_strategy_data().tests
    kinds: list[tuple[tuple[Factor, ...], dict[str, str]]] = [((), {})]
    for name in values.list_shown():
        longer = []
        for factors, shown in kinds:
            key = _find_positive(tests[name], tumour, values, shown)
            for result, factor in _split(key, find_certain):
                longer.append(((*factors, factor), {**shown, name: result.value}))
        kinds = longer
    yield from kinds


def _find_positive(
    test: StrategyTest, tumour: TumourClass, values: Values, shown: Mapping[str, str]
) -> str:
    measure = FINDS if tumour.id in test.finds else FALSE
    key = values.find_key(f"{test.source}.{measure}", shown)
    if not key:
        raise InternalError(f"{test.source}.{measure} has no value")
    return key


def _split(key: str, find_certain: FindCertain) -> Iterator[tuple[TestResult, Factor]]:
    """Give positive and negative with their factors, without the one that can't be."""
    certain = find_certain(key)
    if certain != 0:
        yield TestResult.POSITIVE, Factor(key)
    if certain != 1:
        yield TestResult.NEGATIVE, Factor(key, is_complement=True)


@dataclass(frozen=True, slots=True)
class _Walker:
    protocol_id: str
    tumour: TumourClass
    values: Values
    find_certain: FindCertain
    shown: Mapping[str, str]
    choices: Choices

    def walk(self, history: History) -> Node:
        """Give the way from here."""
        called = _name_called(self.protocol_id, self.tumour)
        assessment = assess_history(self.protocol_id, history, called)
        test = choose_test(assessment.next_tests, {name for name, _ in history}, self.choices)
        if test is None:
            end = classify_end(assessment, self.protocol_id, self.tumour, history)
            return Node("", (), end)
        branches = tuple(
            Branch(result, factors, self.walk((*history, (test.id, result))))
            for result, factors in self.list_results(test)
        )
        return Node(test.id, branches, None)

    def list_results(self, test: StrategyTest) -> Iterator[tuple[TestResult, tuple[Factor, ...]]]:
        """Give what a test can give in this kind of tumour, each with its probability."""
        rest: tuple[Factor, ...] = ()
        for measure, result in ((FAILED, TestResult.FAILED), (EQUIVOCAL, TestResult.EQUIVOCAL)):
            if not (key := self.values.find_key(f"{test.source}.{measure}", self.shown)):
                continue
            certain = self.find_certain(key)
            if certain != 0:
                yield result, (*rest, Factor(key))
            if certain == 1:
                return
            rest += (Factor(key, is_complement=True),)
        if test.source in self.shown:
            yield TestResult(self.shown[test.source]), rest
            return
        positive = _find_positive(test, self.tumour, self.values, self.shown)
        for result, factor in _split(positive, self.find_certain):
            yield result, (*rest, factor)


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


def classify_end(
    assessment: Assessment, protocol_id: str, tumour: TumourClass, history: History
) -> End:
    """Give how a way ends for a tumour of one class."""
    kinases = assessment.kinases
    found = {
        name
        for name, kinase in kinases.items()
        if kinase.status in FOUND and kinase.is_productive is not False
    }
    is_stained = any(kinase.status in EXPRESSED for kinase in kinases.values())
    first = load_protocols()[protocol_id].kinase
    answered = {name for name, kinase in kinases.items() if kinase.status not in UNANSWERED}
    unanswered = {first, *load_kinases().names} - answered
    is_missed = bool(tumour.kinase) and tumour.kinase not in found
    is_missed_stained = is_missed and not found and is_stained
    return End(
        is_missed=is_missed,
        is_false=bool(found - {tumour.kinase}),
        is_stain_only=not found and is_stained,
        is_missed_stained=is_missed_stained,
        is_missed_unasked=is_missed_stained and all(_is_stain(name) for name, _ in history),
        is_unanswered=not found and not is_stained and first in unanswered,
        is_others_open=not found and bool(unanswered - {first}),
    )


def _is_stain(name: str) -> bool:
    source = load_strategy_data().tests[name].source
    return Assay(load_tests()[source].assays[0]) is Assay.IHC
