"""Immunohistochemistry of a kinase: a stain as reported becomes a reading, with its limits."""

from __future__ import annotations

from collections.abc import Mapping

from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_DONE, UNKNOWN, Absent
from spindle.cases.observations import ControlResult, Stain, TestResult
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import list_stain_limits, load_kinases
from spindle.trace import Trace, TraceStep

# Which kinase a marker asks about. Pan-TRK asks about three.
KINASE_MARKERS: Mapping[str, str] = load_kinases().markers

_MEANINGS: Mapping[TestResult, str] = {
    TestResult.POSITIVE: "{marker} protein is expressed, as reported. A stain shows no fusion.",
    TestResult.NEGATIVE: "{marker} protein was not seen, as reported.",
    TestResult.EQUIVOCAL: "{marker} stain equivocal, as reported.",
    TestResult.FAILED: "{marker} stain gave no answer, as reported.",
}
# A stain of several kinases: no one protein can be named.
_GROUP_MEANINGS: Mapping[TestResult, str] = {
    **_MEANINGS,
    TestResult.POSITIVE: (
        "{marker} stain positive, as reported. A stain shows no fusion, and this one does not tell "
        "{kinases} apart."
    ),
    TestResult.NEGATIVE: "{marker} stain negative, as reported: nothing of {kinases} was seen.",
}


def interpret_ihc(observation: Stain) -> Reading:
    """Give the reading of one stain of a kinase, with what its result can't say.

    The pathologist's call is taken as reported: which share or strength makes a stain positive
    varies between laboratories, and no threshold is applied. Where in the cell it lies, and how
    strong it is, is read where a source says that it matters: it changes the words and the limits,
    and a positive that is as common without a fusion (pan-TRK beside the nucleus) counts as
    equivocal, with its words kept. A failed internal control makes a negative, an equivocal or an
    unreported stain a failed one; a stain not done stays not done.
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
        said = f"{observation.marker} stain {result}."
        if result == UNKNOWN and (details := _describe_details(observation)):
            said = f"{observation.marker} stain reported{details}, without a sure result."
        return _make_reading(observation, result, said)
    meaning = _describe_result(observation, result)
    if has_failed_control:
        meaning += " Its internal control is reported as failed."
    return _make_reading(observation, result, meaning)


def _describe_result(observation: Stain, result: TestResult) -> str:
    kinases = load_kinases()
    asked = kinases.expand(kinases.markers.get(observation.marker, observation.marker))
    meanings = _GROUP_MEANINGS if len(asked) > 1 else _MEANINGS
    named = " and ".join(filter(None, (", ".join(asked[:-1]), asked[-1])))
    return meanings[result].format(marker=observation.marker, kinases=named)


def _make_reading(observation: Stain, result: TestResult | Absent, meaning: str) -> Reading:
    limits = [
        limit
        for limit in list_stain_limits(observation.marker)
        if limit.fits(result, observation.pattern, observation.intensity)
    ]
    facts = tuple(dict.fromkeys(fact for limit in limits for fact in limit.facts))
    details = "" if isinstance(result, Absent) else _describe_details(observation)
    said = " ".join([f"{meaning}{details}", *(limit.reads for limit in limits if limit.reads)])
    step = TraceStep(
        concluded=said,
        observations=(observation.id,),
        facts=facts,
        would_change="a repeat on another block, another clone, or a test that finds fusions",
    )
    read = next((limit.counts_as for limit in limits if limit.counts_as), result)
    return Reading(
        assay=Assay.IHC,
        kinase=KINASE_MARKERS.get(observation.marker, observation.marker),
        result=read if isinstance(read, Absent) else ReadingResult(read.value),
        meaning=said,
        observation_id=observation.id,
        trace=Trace((step,)),
        limits=tuple(find_fact(fact).statement for fact in facts),
        is_unspecific=read != result,
    )


def list_details(observation: Stain) -> list[str]:
    """Give what is recorded of how a stain looks, and its clone, each as a phrase."""
    return [
        f"{name} {str(value).replace('_', ' ')}"
        for name, value in (
            ("clone", observation.clone),
            ("intensity", observation.intensity),
            ("extent", observation.extent),
            ("pattern", observation.pattern),
        )
        if not isinstance(value, Absent)
    ]


def _describe_details(observation: Stain) -> str:
    parts = list_details(observation)
    return f" ({', '.join(parts)})" if parts else ""
