"""Sequencing for fusions: calls as reported become readings, one for each kinase.

A call is taken as reported; breakpoints are not worked out here. A negative needs a word on
quality, and an empty list without it is no negative.
"""

from __future__ import annotations

from collections.abc import Mapping

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_REPORTED, UNKNOWN, Absent
from spindle.cases.observations import (
    FusionCall,
    FusionTest,
    KinaseDomain,
    ReadingFrame,
    SequencingMethod,
    TestResult,
)
from spindle.knowledge.facts import find_fact
from spindle.trace import Trace, TraceStep

KINASES = ("ALK", "ROS1", "NTRK1", "NTRK2", "NTRK3", "RET", "PDGFRB")
QUALITY_FACT = "sequencing.quality"

_ASSAYS: Mapping[SequencingMethod, Assay] = {
    SequencingMethod.RNA: Assay.RNA_SEQUENCING,
    SequencingMethod.DNA: Assay.DNA_SEQUENCING,
    SequencingMethod.UNSPECIFIED: Assay.SEQUENCING,
}
_NAMES: Mapping[Assay, str] = {
    Assay.RNA_SEQUENCING: "RNA sequencing",
    Assay.DNA_SEQUENCING: "DNA sequencing",
    Assay.SEQUENCING: "sequencing (material not stated)",
}


def interpret_fusions(observation: FusionTest) -> tuple[Reading, ...]:
    """Give one reading for each kinase that the test found or could have found.

    A kinase outside the panel's reported genes gets no reading. When the panel's genes are not
    reported, a negative is read for every kinase with that limit said.
    """
    return tuple(
        _read_kinase(observation, kinase)
        for kinase in KINASES
        if _is_covered(observation, kinase) or _find_calls(observation, kinase)
    )


def _is_covered(observation: FusionTest, kinase: str) -> bool:
    covered = observation.genes_covered
    return isinstance(covered, Absent) or kinase in covered


def _find_calls(observation: FusionTest, kinase: str) -> tuple[FusionCall, ...]:
    return tuple(call for call in observation.calls if kinase in (call.gene5, call.gene3))


def decide_productive(call: FusionCall, kinase: str) -> bool | Absent:
    """Give whether the call can make a whole kinase in frame; unknown where it is not said.

    A kinase at the 5' end keeps its promoter and loses its domain in the usual orientation, which
    only a domain reported as whole can refute.
    """
    if call.frame is ReadingFrame.OUT:
        return False
    if call.kinase_domain in (KinaseDomain.CUT, KinaseDomain.LOST):
        return False
    if call.frame is ReadingFrame.IN and call.kinase_domain is KinaseDomain.WHOLE:
        return call.gene3 == kinase or UNKNOWN
    return UNKNOWN


def _read_kinase(observation: FusionTest, kinase: str) -> Reading:
    assay = _ASSAYS[observation.method]
    calls = _find_calls(observation, kinase)
    result = _decide_result(observation, has_call=bool(calls))
    best = _choose_call(calls, kinase)
    productive: bool | Absent = decide_productive(best, kinase) if best else NOT_REPORTED
    meaning = _describe(assay, kinase, result, best, productive)
    has_unproven_negative = observation.result is TestResult.NEGATIVE and isinstance(result, Absent)
    limits = _list_limits(observation, has_unproven_negative=has_unproven_negative)
    step = TraceStep(
        concluded=meaning,
        observations=(observation.id,),
        facts=(QUALITY_FACT,) if has_unproven_negative else (),
        is_inferred=has_unproven_negative,
    )
    return Reading(
        assay=assay,
        kinase=kinase,
        result=result,
        meaning=meaning,
        observation_id=observation.id,
        trace=Trace((step,)),
        limits=limits,
        partner=_name_partner(best, kinase) if best else NOT_REPORTED,
        is_productive=productive,
    )


def _decide_result(observation: FusionTest, *, has_call: bool) -> ReadingResult | Absent:
    if has_call:
        return ReadingResult.POSITIVE
    result = observation.result
    if isinstance(result, Absent) or result in (TestResult.EQUIVOCAL, TestResult.FAILED):
        # An unnamed result says nothing about a single kinase beside a call of another one.
        if isinstance(result, Absent):
            return NOT_REPORTED if observation.calls else result
        return ReadingResult(result.value)
    if observation.is_quality_adequate is False:
        return ReadingResult.FAILED
    if isinstance(observation.is_quality_adequate, Absent):
        return UNKNOWN
    return ReadingResult.NEGATIVE


def _choose_call(calls: tuple[FusionCall, ...], kinase: str) -> FusionCall | None:
    """Give the call that says most: productive before unknown before not productive."""
    order = {True: 0, False: 2}

    def rank(call: FusionCall) -> int:
        productive = decide_productive(call, kinase)
        return 1 if isinstance(productive, Absent) else order[productive]

    return min(calls, key=rank, default=None)


def _name_partner(call: FusionCall, kinase: str) -> str | Absent:
    return call.gene5 if call.gene3 == kinase else call.gene3


def _describe(
    assay: Assay,
    kinase: str,
    result: ReadingResult | Absent,
    call: FusionCall | None,
    productive: bool | Absent,
) -> str:
    name = _NAMES[assay]
    if call is not None:
        ends = [UNKNOWN if isinstance(gene, Absent) else gene for gene in (call.gene5, call.gene3)]
        fusion = "::".join("partner unknown" if isinstance(e, Absent) else e for e in ends)
        if isinstance(productive, Absent):
            return f"{fusion} found by {name}; whether it makes a whole kinase is not known."
        whole = "can make" if productive else "can't make"
        return f"{fusion} found by {name}; it {whole} a whole kinase in frame, as reported."
    if isinstance(result, Absent):
        if result == UNKNOWN:
            return f"No {kinase} fusion listed by {name}, without a word on quality: no negative."
        return f"{kinase} fusion by {name}: {result}."
    return {
        ReadingResult.NEGATIVE: f"No {kinase} fusion found by {name}; quality adequate.",
        ReadingResult.FAILED: f"{name} gave no answer on {kinase}.",
        ReadingResult.EQUIVOCAL: f"{name} equivocal on {kinase}.",
    }[result]


def _list_limits(observation: FusionTest, *, has_unproven_negative: bool) -> tuple[str, ...]:
    limits = []
    if has_unproven_negative:
        limits.append(find_fact(QUALITY_FACT).statement)
    if isinstance(observation.genes_covered, Absent):
        limits.append("Which genes the panel covers was not reported.")
    if observation.method is SequencingMethod.UNSPECIFIED:
        limits.append("Whether RNA or DNA was sequenced was not reported.")
    return tuple(limits)
