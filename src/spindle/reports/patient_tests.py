"""What a report says of each test: how it was done, what it gave, what it could not have seen.

And the way of the case through the testing protocol, from the steps of its trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from spindle.assays.readings import Reading
from spindle.cases.absence import Absent
from spindle.cases.case import Case
from spindle.cases.observations import (
    FishCount,
    FishTest,
    FusionCall,
    FusionTest,
    Observation,
    PcrTest,
    Stain,
)
from spindle.cases.specimen import Specimen
from spindle.knowledge.protocols import RESULTS, find_protocol
from spindle.reasoning.assessments import Assessment, describe_value

Document = dict[str, Any]

_METHODS: Mapping[str, str] = {"stain": "stain", "fish": "FISH", "rt_pcr": "RT-PCR"}
_SEQUENCING: Mapping[str, str] = {
    "rna_sequencing": "RNA sequencing",
    "dna_sequencing": "DNA sequencing",
    "unspecified": "sequencing, material not stated",
    "not_stated": "fusion, method not stated",
}
# What stands in a trace for a test without a result.
NO_RESULT = "no result reported"


def describe_tests(case: Case, assessment: Assessment) -> list[Document]:
    """Give every test of a case, those that were read for a kinase first."""
    readings: dict[str, Reading] = {}
    for kinase in assessment.kinases.values():
        for reading in kinase.readings:
            readings.setdefault(reading.observation_id, reading)
    rows = [
        _describe_test(specimen, observation, readings.get(observation.id))
        for specimen, observation in case.iterate_observations()
    ]
    return sorted(rows, key=lambda row: not row["is_of_kinase"])


def _describe_test(
    specimen: Specimen, observation: Observation, reading: Reading | None
) -> Document:
    result = observation.result if reading is None else reading.result
    return {
        "observation": observation.id,
        "specimen": specimen.id,
        "name": f"{_name_subject(observation)} {_name_method(observation)}".strip(),
        "subject": _name_subject(observation),
        "method": _name_method(observation),
        "details": list(_iterate_details(observation)),
        "result": describe_value(result),
        "result_as_reported": describe_value(observation.result),
        "meaning": reading.meaning if reading else "",
        "limits": list(reading.limits) if reading else [],
        "facts": list(reading.trace.facts) if reading else [],
        "is_of_kinase": reading is not None,
    }


def _name_subject(observation: Observation) -> str:
    if isinstance(observation, Stain):
        return observation.marker
    return "" if isinstance(observation, FusionTest) else observation.gene


def _name_method(observation: Observation) -> str:
    if isinstance(observation, FusionTest):
        return _SEQUENCING[observation.method.value]
    return _METHODS[observation.kind]


def _iterate_details(observation: Observation) -> Iterable[str]:
    """Give what is recorded of how a test was done and what it showed, each as a phrase."""
    if isinstance(observation, Stain):
        yield from _iterate_stain(observation)
    elif isinstance(observation, FishTest):
        yield from _say("probe {}", observation.probe)
        yield from (_name_count(count) for count in observation.counts)
    elif isinstance(observation, PcrTest):
        yield from _say("kit {}", observation.kit)
        yield from _say_list("covers {}", observation.covered_fusions)
        yield from _say("found {}", observation.detected_fusion)
    else:
        yield from _iterate_sequencing(observation)


def _iterate_stain(stain: Stain) -> Iterable[str]:
    yield from _say("clone {}", stain.clone)
    yield from _say("platform {}", stain.platform)
    yield from _say("{}", stain.extent)
    yield from _say("{}", stain.intensity)
    yield from _say("{}", stain.pattern)
    if not isinstance(share := stain.percent_positive, Absent):
        ends = dict.fromkeys((f"{share.low:g}", f"{share.high:g}"))
        yield f"{'–'.join(ends)} % of cells"
    yield from _say("{} cells a high-power field", stain.cells_per_hpf)
    yield from _say("ratio {} %", stain.ratio_percent)
    yield from _say("internal control {}", stain.internal_control)


def _iterate_sequencing(test: FusionTest) -> Iterable[str]:
    yield from _say("panel {}", test.panel)
    yield from _say_list("covers {}", test.genes_covered)
    if not isinstance(test.is_quality_adequate, Absent):
        yield f"quality {'adequate' if test.is_quality_adequate else 'not adequate'}"
    yield from (_name_call(call) for call in test.calls)
    yield from (f"{variant.gene} {variant.change}" for variant in test.variants)


def _say(pattern: str, value: object) -> Iterable[str]:
    if not isinstance(value, Absent):
        number = f"{value:g}" if isinstance(value, float) else str(value)
        yield pattern.format(number.replace("_", " "))


def _say_list(pattern: str, values: tuple[str, ...] | Absent) -> Iterable[str]:
    if not isinstance(values, Absent):
        yield pattern.format(", ".join(values) or "nothing that is named")


def _name_count(count: FishCount) -> str:
    said = f"{count.split} of {count.nuclei_scored} nuclei split"
    for words, n in (("isolated 3'", count.isolated_3p), ("isolated 5'", count.isolated_5p)):
        if not isinstance(n, Absent):
            said += f", {n} {words}"
    reader = "" if isinstance(count.reader, Absent) else f" (reader {count.reader})"
    stage = "" if isinstance(count.stage, Absent) else f" (stage {count.stage})"
    return f"{said}{reader}{stage}"


def _name_call(call: FusionCall) -> str:
    genes = [
        "partner not reported" if isinstance(gene, Absent) else gene
        for gene in (call.gene5, call.gene3)
    ]
    exons = [str(exon) for exon in (call.exon5, call.exon3) if not isinstance(exon, Absent)]
    more = [f"({' to '.join(exons)})"] if exons else []
    if not isinstance(call.frame, Absent):
        more.append("in frame" if call.frame.value == "in" else "out of frame")
    if not isinstance(call.kinase_domain, Absent):
        more.append(f"kinase domain {call.kinase_domain.value}")
    return " ".join(["::".join(genes), ", ".join(more)]).strip()


# The way through the protocol -------------------------------------------------------------------


def describe_path(assessment: Assessment) -> list[Document]:
    """Give the steps that the case took through its protocol, first to last.

    The kinds are `protocol`, `test`, `check`, `proposed` and `end`; a test has its result.
    """
    protocol = find_protocol(assessment.protocol_id)
    start = f"Protocol {protocol.id}: {protocol.title}."
    steps = assessment.trace.steps
    first = next((n for n, step in enumerate(steps) if step.concluded == start), len(steps))
    path = [
        {
            "kind": "test" if _find_result(step.concluded) else "check",
            "says": step.concluded,
            "result": _find_result(step.concluded),
            "facts": list(step.facts),
            "inferred": step.is_inferred,
        }
        for step in steps[first:]
    ]
    if path:
        path[0]["kind"] = "protocol"
        path[-1]["kind"] = "proposed" if assessment.next_tests else "end"
    return [{**step, "label": _label(step, assessment)} for step in path]


def _label(step: Document, assessment: Assessment) -> str:
    """Give the few words that stand in the picture for a step."""
    if step["kind"] == "test":
        return str(step["says"]).rpartition(": ")[0]
    if step["kind"] == "protocol":
        return f"Protocol {assessment.protocol_id}"
    if step["kind"] == "proposed":
        tests = assessment.next_tests
        joint = " or " if tests[0].is_alternative else ", then "
        return f"Proposed: {joint.join(test.name for test in tests)}"
    return str(step["says"])


def _find_result(says: str) -> str:
    """Give the result with which a step about a test ends; empty for any other step."""
    _, colon, result = says.rpartition(": ")
    result = result.removesuffix(".")
    if not colon:
        return ""
    if result == NO_RESULT:
        return "not_reported"
    return result if result in RESULTS else ""
