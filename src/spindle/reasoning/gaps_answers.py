"""Trying out the possible answers to a gap: what would each change? Never shown as a result.

A hypothetical observation is read like a real one, and the statuses, the drivers and the next tests
that follow are compared with those of the case as it is. Readings are stripped of all that no
status looks at, so that equal patterns of results are worked out once for many cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from spindle.assays.readings import Reading
from spindle.cases.absence import NOT_REPORTED
from spindle.cases.case import Case
from spindle.cases.observations import (
    FusionCall,
    FusionTest,
    KinaseDomain,
    Observation,
    ReadingFrame,
    SequencingMethod,
    Stain,
    TestResult,
)
from spindle.cases.specimen import TissueLeft
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.protocols import find_protocol
from spindle.reasoning.assessments import Assessment, KinaseStatus
from spindle.reasoning.reflex import (
    assess_kinases,
    find_tissue_left,
    interpret_observation,
)
from spindle.reasoning.reflex_walk import walk_protocol
from spindle.trace import Trace

STATUS, OPTIONS, NEXT_TEST = "status", "options", "next test"
POSITIVE_STATUSES = (
    KinaseStatus.FUSION_DETECTED,
    KinaseStatus.REARRANGED_BY_FISH,
    KinaseStatus.EXPRESSED_NOT_CONFIRMED,
    KinaseStatus.EXPRESSED_CONFIRMATION_PENDING,
)
# Id of every hypothetical observation, so that equal ones are read once.
ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Projection:
    """What follows from a set of readings, as far as an answer can change it."""

    statuses: frozenset[tuple[str, str]]
    """Kinases with their statuses; one that says no more than silence is left out."""
    drivers: frozenset[tuple[str, str]]
    """Kinases that are found or suspected as drivers, and how far."""
    next_tests: tuple[str, ...]
    """Ids of the tests that the protocol would propose."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A case whose gaps are tried out."""

    observations: tuple[Observation, ...]
    """Its observations, without where they were written."""
    protocol_id: str
    """The protocol of its assessment."""
    fish_rule_id: str
    """The FISH rule of its assessment."""
    is_tissue_scarce: bool
    """Whether little tissue is left."""

    def try_answers(self, answers: Sequence[Answer]) -> Mapping[str, float]:
        """Give the share of the answers that would change each part, for parts that any would."""
        now = self._project(Answer())
        changed = [part for answer in answers for part in _compare(now, self._project(answer))]
        return {part: n / len(answers) for part, n in Counter(changed).items()}

    def _project(self, answer: Answer) -> Projection:
        kept = (answer.instead.get(o.id, o) for o in self.observations)
        readings = tuple(
            reading
            for observation in (*kept, *answer.added)
            for reading in strip_readings(observation, self.fish_rule_id)
        )
        return project_readings(readings, self.protocol_id, self.is_tissue_scarce)


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer to a gap."""

    added: tuple[Observation, ...] = ()
    """Observations that it adds."""
    replaced: tuple[tuple[str, Observation], ...] = ()
    """Observations that it completes, with the id of each."""

    @property
    def instead(self) -> dict[str, Observation]:
        """What stands in place of an observation, by its id."""
        return dict(self.replaced)


def make_trial(case: Case, assessment: Assessment) -> Trial:
    """Give the case as its gaps are tried out."""
    return Trial(
        observations=tuple(
            replace(observation, provenance=NOT_REPORTED)
            for _, observation in case.iterate_observations()
        ),
        protocol_id=assessment.protocol_id,
        fish_rule_id=assessment.fish_rule_id,
        is_tissue_scarce=find_tissue_left(case) in (TissueLeft.LITTLE, TissueLeft.NONE),
    )


@lru_cache(maxsize=4096)
def strip_readings(observation: Observation, fish_rule_id: str) -> tuple[Reading, ...]:
    """Give the readings of an observation without ids, words and reasons."""
    return tuple(
        replace(reading, meaning="", observation_id="", trace=Trace(), limits=())
        for reading in interpret_observation(observation, fish_rule_id=fish_rule_id)
    )


@lru_cache(maxsize=16_384)
def project_readings(
    readings: tuple[Reading, ...], protocol_id: str, is_tissue_scarce: bool
) -> Projection:
    """Give the statuses, the drivers and the next tests that follow from readings."""
    protocol = find_protocol(protocol_id)
    kinases = assess_kinases(readings, first=protocol.kinase)
    walk = walk_protocol(protocol, kinases, is_tissue_scarce=is_tissue_scarce)
    count_on = (ANSWER,) * any(r.nuclei_to_count for r in kinases[protocol.kinase].readings)
    return Projection(
        statuses=frozenset(
            (name, kinase.status.value)
            for name, kinase in kinases.items()
            if kinase.status is not KinaseStatus.NOT_REPORTED
        ),
        drivers=frozenset(
            (name, f"{kinase.status.value} {kinase.is_driver}")
            for name, kinase in kinases.items()
            if kinase.status in POSITIVE_STATUSES
        ),
        next_tests=(*count_on, *(test.test for test in walk.next_tests)),
    )


def _compare(now: Projection, then: Projection) -> frozenset[str]:
    changed = (
        (STATUS, now.statuses != then.statuses),
        (OPTIONS, now.drivers != then.drivers),
        (NEXT_TEST, now.next_tests != then.next_tests),
    )
    return frozenset(part for part, is_so in changed if is_so)


# Possible answers -------------------------------------------------------------------------------


@cache
def list_stain_answers(marker: str) -> tuple[Answer, ...]:
    """Give the answers that a stain can give."""
    results = (TestResult.POSITIVE, TestResult.NEGATIVE, TestResult.EQUIVOCAL)
    return tuple(Answer(added=(Stain(id=ANSWER, marker=marker, result=r),)) for r in results)


@cache
def list_sequencing_answers(kinase: str) -> tuple[Answer, ...]:
    """Give what RNA sequencing of adequate quality can find: nothing, or a fusion of a kinase."""
    tests = (
        make_sequencing(TestResult.NEGATIVE),
        make_sequencing(TestResult.POSITIVE, make_call(kinase)),
    )
    return tuple(Answer(added=(test,)) for test in tests)


def make_call(kinase: str, frame: ReadingFrame = ReadingFrame.IN) -> FusionCall:
    """Give a fusion of a kinase in frame with a whole kinase, or out of frame."""
    domain = KinaseDomain.WHOLE if frame is ReadingFrame.IN else KinaseDomain.LOST
    return FusionCall(gene5=ANSWER, gene3=kinase, frame=frame, kinase_domain=domain)


def make_sequencing(result: TestResult, *calls: FusionCall) -> FusionTest:
    """Give an RNA sequencing test of adequate quality that covers every kinase."""
    return FusionTest(
        id=ANSWER,
        method=SequencingMethod.RNA,
        result=result,
        calls=calls,
        genes_covered=load_kinases().names,
        is_quality_adequate=True,
    )
