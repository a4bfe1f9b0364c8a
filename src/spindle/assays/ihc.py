"""Immunohistochemistry of a kinase: a stain as reported becomes a reading, with its limits."""

from __future__ import annotations

from collections.abc import Mapping

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_DONE, Absent
from spindle.cases.observations import ControlResult, Stain, TestResult
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import load_kinases
from spindle.trace import Trace, TraceStep

# Which kinase a marker asks about. Pan-TRK stains three.
KINASE_MARKERS: Mapping[str, str] = load_kinases().markers

_LIMIT_FACTS: Mapping[TestResult, tuple[str, ...]] = {
    TestResult.POSITIVE: ("ihc.alk.not-specific", "ihc.alk.fish-discordance"),
    TestResult.NEGATIVE: ("ihc.alk.negative-is-not-the-end",),
    TestResult.EQUIVOCAL: ("ihc.alk.scoring-varies",),
    TestResult.FAILED: (),
}
_MEANINGS: Mapping[TestResult, str] = {
    TestResult.POSITIVE: "{marker} protein is expressed, as reported. A stain shows no fusion.",
    TestResult.NEGATIVE: "{marker} protein was not seen, as reported.",
    TestResult.EQUIVOCAL: "{marker} stain equivocal, as reported.",
    TestResult.FAILED: "{marker} stain gave no answer, as reported.",
}


def interpret_ihc(observation: Stain) -> Reading:
    """Give the reading of one stain of a kinase.

    The pathologist's call is taken as reported: which share or strength makes a stain positive
    varies between laboratories, and no threshold is applied. A failed internal control makes a
    negative, an equivocal or an unreported stain a failed one; a stain not done stays not done.
    """
    result = observation.result
    has_failed_control = observation.internal_control is ControlResult.FAILED
    if has_failed_control and result is not TestResult.POSITIVE and result != NOT_DONE:
        return _make_reading(
            observation,
            TestResult.FAILED,
            f"{observation.marker} stain gave no answer: its internal control did not stain.",
        )
    if isinstance(result, Absent):
        return _make_reading(observation, result, f"{observation.marker} stain {result}.")
    meaning = _MEANINGS[result].format(marker=observation.marker)
    if has_failed_control:
        meaning += " Its internal control is reported as failed."
    return _make_reading(observation, result, meaning)


def _make_reading(observation: Stain, result: TestResult | Absent, meaning: str) -> Reading:
    is_alk = observation.marker == "ALK"
    is_reported = not isinstance(result, Absent)
    facts = _LIMIT_FACTS[result] if is_alk and not isinstance(result, Absent) else ()
    details = f"{meaning}{_describe_details(observation)}" if is_reported else meaning
    step = TraceStep(
        concluded=details,
        observations=(observation.id,),
        facts=facts,
        would_change="a repeat on another block, another clone, or a test that finds fusions",
    )
    return Reading(
        assay=Assay.IHC,
        kinase=KINASE_MARKERS.get(observation.marker, observation.marker),
        result=result if isinstance(result, Absent) else ReadingResult(result.value),
        meaning=details,
        observation_id=observation.id,
        trace=Trace((step,)),
        limits=tuple(find_fact(fact).statement for fact in facts),
    )


def _describe_details(observation: Stain) -> str:
    parts = [
        f"{name} {str(value).replace('_', ' ')}"
        for name, value in (
            ("clone", observation.clone),
            ("intensity", observation.intensity),
            ("extent", observation.extent),
            ("pattern", observation.pattern),
        )
        if not isinstance(value, Absent)
    ]
    return f" ({', '.join(parts)})" if parts else ""
