"""An assessment: what all readings of one case mean together, always proposed and unsigned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from spindle.assays.readings import Reading
from spindle.cases.absence import Absent
from spindle.trace import Trace


class KinaseStatus(StrEnum):
    """What the tests say about one kinase."""

    FUSION_DETECTED = "fusion_detected"
    REARRANGED_BY_FISH = "rearranged_by_fish"
    EXPRESSED_NOT_CONFIRMED = "expressed_not_confirmed"
    EXPRESSED_CONFIRMATION_PENDING = "expressed_confirmation_pending"
    NOT_DETECTED = "not_detected"
    EQUIVOCAL = "equivocal"
    FAILED_OR_INSUFFICIENT = "failed_or_insufficient"
    NOT_TESTED = "not_tested"
    NOT_REPORTED = "not_reported"


class Support(StrEnum):
    """How far the tests bear a status out."""

    METHODS_AGREE = "methods_agree"
    """Two or more methods with an answer, and all of them agree."""
    ONE_METHOD = "one_method"
    """One method with an answer."""
    METHODS_DISAGREE = "methods_disagree"
    """A positive beside a negative."""
    NO_ANSWER = "no_answer"
    """No method with an answer."""


@dataclass(frozen=True, slots=True)
class KinaseAssessment:
    """What the tests say about one kinase together."""

    kinase: str
    """The kinase."""
    status: KinaseStatus
    """The status."""
    readings: tuple[Reading, ...]
    """The readings it rests on, in the order reported."""
    is_discordant: bool
    """Whether a positive stands beside a negative."""
    disagreeing: tuple[str, ...]
    """Which tests disagree: `ihc positive`, `fish negative`."""
    support: Support
    """How far the tests bear the status out."""
    why: str
    """Why, in one or two sentences."""
    partner: str | Absent
    """Fusion partner, where a test names one."""
    is_productive: bool | Absent
    """Whether the fusion can make a whole kinase in frame."""
    is_driver: bool | Absent
    """Whether it is reported as the driver; never true for a fusion that is not productive."""
    flags: tuple[str, ...]
    """Short flags: `partner_not_reported`, `one_stain_only`."""


@dataclass(frozen=True, slots=True)
class NextTest:
    """A test that the protocol proposes."""

    test: str
    """Id of the test."""
    name: str
    """Its name for people."""
    when: str
    """Id of the condition: `always`, `if_needed`."""
    condition: str
    """The condition in words."""
    why: str
    """The reason."""
    facts: tuple[str, ...]
    """Facts behind it."""
    is_alternative: bool
    """Whether any one of the tests proposed together will do."""
    is_inferred: bool = False
    """Whether it goes beyond the protocol's sources."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What all readings of one case mean together."""

    protocol_id: str
    """The protocol that was walked."""
    fish_rule_id: str
    """The rule by which FISH counts were read."""
    kinases: Mapping[str, KinaseAssessment]
    """By kinase, ALK first."""
    next_tests: tuple[NextTest, ...]
    """Tests proposed, in order; empty when the protocol proposes none."""
    outcome: str
    """What the protocol says at its end, in one sentence."""
    trace: Trace
    """From the readings to the next test."""
    signature: str = "proposed, unsigned"
    """A molecular conclusion is proposed until a named pathologist signs it."""


def describe_assessment(assessment: Assessment) -> dict[str, Any]:
    """Give the assessment as a document of plain JSON types."""
    return {
        "protocol": assessment.protocol_id,
        "fish_rule": assessment.fish_rule_id,
        "signature": assessment.signature,
        "kinases": {name: _describe_kinase(k) for name, k in assessment.kinases.items()},
        "next_tests": [_describe_next_test(test) for test in assessment.next_tests],
        "outcome": assessment.outcome,
        "trace": describe_trace(assessment.trace),
    }


def describe_trace(trace: Trace) -> list[dict[str, Any]]:
    """Give the steps of a trace as plain JSON types."""
    return [
        {
            "concluded": step.concluded,
            "observations": list(step.observations),
            "facts": list(step.facts),
            "inferred": step.is_inferred,
            "would_change": step.would_change,
        }
        for step in trace.steps
    ]


def describe_value(value: object) -> object:
    """Give an absent value as `{"absent": reason}` and any other as it is."""
    return {"absent": value.absent.value} if isinstance(value, Absent) else value


def _describe_kinase(kinase: KinaseAssessment) -> dict[str, Any]:
    return {
        "status": kinase.status.value,
        "discordant": kinase.is_discordant,
        "disagreeing": list(kinase.disagreeing),
        "support": kinase.support.value,
        "why": kinase.why,
        "partner": describe_value(kinase.partner),
        "productive": describe_value(kinase.is_productive),
        "driver": describe_value(kinase.is_driver),
        "flags": list(kinase.flags),
        "tests": [_describe_reading(reading) for reading in kinase.readings],
    }


def _describe_reading(reading: Reading) -> dict[str, Any]:
    return {
        "assay": reading.assay.value,
        "observation": reading.observation_id,
        "result": describe_value(reading.result),
        "meaning": reading.meaning,
        "limits": list(reading.limits),
    }


def _describe_next_test(test: NextTest) -> dict[str, Any]:
    return {
        "test": test.test,
        "name": test.name,
        "when": test.when,
        "condition": test.condition,
        "why": test.why,
        "alternative": test.is_alternative,
        "inferred": test.is_inferred,
        "facts": list(test.facts),
    }
