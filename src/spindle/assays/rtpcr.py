"""RT-PCR for fusions: a negative says that no fusion which the kit covers was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from spindle.assays.genes import name_gene
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import NOT_REPORTED, Absent
from spindle.cases.observations import PcrTest, TestResult
from spindle.trace import Trace, TraceStep

COVERAGE_FACT = "pcr.amoydx.coverage"

_MEANINGS: Mapping[TestResult, str] = {
    TestResult.POSITIVE: "An {gene} fusion was found by RT-PCR, as reported.",
    TestResult.NEGATIVE: "No {gene} fusion that the kit covers was found by RT-PCR, as reported.",
    TestResult.EQUIVOCAL: "{gene} RT-PCR equivocal, as reported.",
    TestResult.FAILED: "{gene} RT-PCR gave no answer, as reported.",
}


def interpret_rtpcr(observation: PcrTest) -> Reading:
    """Give the reading of one RT-PCR test; never "no fusion", whatever the result.

    A named fusion without a word on the result is a positive; beside another result it is said.
    """
    observation = replace(observation, gene=name_gene(observation.gene))
    result = observation.result
    fusion = observation.detected_fusion
    if isinstance(result, Absent) and not isinstance(fusion, Absent):
        result = TestResult.POSITIVE
        meaning = f"RT-PCR found {fusion}; the report names the fusion and gives no result word."
    elif isinstance(result, Absent):
        meaning = f"{observation.gene} RT-PCR {result}."
    else:
        meaning = _MEANINGS[result].format(gene=observation.gene)
    if result is TestResult.POSITIVE and isinstance(observation.detected_fusion, Absent):
        meaning += " The partner was not reported."
    step = TraceStep(
        concluded=meaning,
        observations=(observation.id,),
        facts=_find_facts(observation),
        would_change="a test that covers more fusions, such as RNA sequencing",
    )
    return Reading(
        assay=Assay.RT_PCR,
        kinase=observation.gene,
        result=result if isinstance(result, Absent) else ReadingResult(result.value),
        meaning=meaning,
        observation_id=observation.id,
        trace=Trace((step,)),
        limits=() if isinstance(result, Absent) else tuple(_list_limits(observation)),
        partner=_find_partner(observation),
    )


def _find_facts(observation: PcrTest) -> tuple[str, ...]:
    is_amoydx = not isinstance(observation.kit, Absent) and "amoydx" in observation.kit.lower()
    return (COVERAGE_FACT,) if is_amoydx else ()


def _list_limits(observation: PcrTest) -> Iterator[str]:
    yield _describe_coverage(observation)
    fusion, result = observation.detected_fusion, observation.result
    if not isinstance(fusion, Absent) and result not in (TestResult.POSITIVE, NOT_REPORTED):
        yield f"The report names the fusion {fusion} and calls the test {result}."


def _describe_coverage(observation: PcrTest) -> str:
    if isinstance(observation.covered_fusions, Absent):
        return "Which fusions the RT-PCR covers was not reported; others can't be seen by it."
    covered = ", ".join(observation.covered_fusions)
    return f"The RT-PCR covers {covered}; other fusions can't be seen by it."


def _find_partner(observation: PcrTest) -> str | Absent:
    fusion = observation.detected_fusion
    if isinstance(fusion, Absent):
        return NOT_REPORTED
    genes = [name_gene(gene) for gene in fusion.replace("::", "-").split("-")]
    partners = [gene for gene in genes if gene != observation.gene]
    return partners[0] if len(partners) == 1 else NOT_REPORTED
