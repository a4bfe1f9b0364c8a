"""What a report says of each test: how it was done, what it gave, what it could not have seen.

And the way of the case through the testing protocol, from the steps of its trace.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spindle.assays.fish import KIT_SCOPE_FACT
from spindle.assays.fusions import name_call
from spindle.assays.genes import name_gene_if_said
from spindle.assays.readings import Assay, Reading, ReadingResult
from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.case import Case
from spindle.cases.observations import (
    FishCount,
    FishTest,
    FusionCall,
    FusionTest,
    Observation,
    PcrTest,
    Stain,
    TestResult,
)
from spindle.cases.specimen import Specimen
from spindle.knowledge.facts import find_fact
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.protocols import RESULTS, find_protocol, load_tests
from spindle.reasoning.assessments import Assessment, describe_value
from spindle.reasoning.reflex_walk import NO_RESULT, NO_SURE_RESULT
from spindle.reports.patient_fish import describe_rules

Document = dict[str, Any]

_METHODS: Mapping[str, str] = {"stain": "stain", "fish": "FISH", "rt_pcr": "RT-PCR"}
_SEQUENCING: Mapping[str, str] = {
    "rna_sequencing": "RNA sequencing",
    "dna_sequencing": "DNA sequencing",
    "unspecified": "sequencing, material not stated",
    "not_stated": "fusion, method not stated",
}
UNPROVEN = "reported negative, without a word on quality: not taken as a negative"
BYSTANDER = "reported positive, for a fusion without a kinase: not taken as a positive here"
# The gene of the kits on which a fact is held; what it says is not said of another gene's.
KIT_GENE = "ALK"
NO_KIT_FACT = "No fact is held here on the kits for {gene} FISH and what they are validated for."


def describe_tests(case: Case, assessment: Assessment) -> list[Document]:
    """Give every test of a case, those that were read for a kinase first."""
    readings: dict[str, list[Reading]] = {}
    for kinase in assessment.kinases.values():
        for reading in kinase.readings:
            readings.setdefault(reading.observation_id, []).append(reading)
    rows = [
        _describe_test(specimen, observation, readings.get(observation.id, []))
        for specimen, observation in case.iterate_observations()
    ]
    return sorted(rows, key=lambda row: not row["is_of_kinase"])


def _describe_test(
    specimen: Specimen, observation: Observation, readings: Sequence[Reading]
) -> Document:
    result = _find_whole_result(observation, readings)
    positive = [r for r in readings if r.result is ReadingResult.POSITIVE]
    telling = positive or [r for r in readings if r.is_reciprocal] or readings[:1]
    rules = describe_rules(observation)
    limits = dict.fromkeys(limit for r in telling for limit in _list_limits(r))
    facts = [fact for r in readings for fact in r.trace.facts]
    return {
        "observation": observation.id,
        "specimen": specimen.id,
        "name": _name_test(observation),
        "subject": _name_subject(observation),
        "method": _name_method(observation),
        "details": list(_iterate_details(observation)),
        "notes": list(_iterate_notes(observation)),
        "result": describe_value(result),
        "found": _list_found(observation, readings),
        "result_as_reported": describe_value(observation.result),
        "as_reported": _say_as_reported(observation, result, readings),
        "meaning": " ".join(dict.fromkeys(_drop_foreign_kit(r.meaning, r) for r in telling)),
        "limits": list(limits),
        "rules": rules.says if rules else "",
        "rules_facts": list(rules.facts) if rules else [],
        "rules_conflicts": list(rules.conflicts) if rules else [],
        "facts": list(dict.fromkeys(facts)),
        "is_of_kinase": bool(readings),
    }


def _find_whole_result(
    observation: Observation, readings: Sequence[Reading]
) -> ReadingResult | TestResult | Absent:
    """Give the result of a test as a whole: what it found of any gene makes it positive."""
    if not readings:
        return observation.result
    results = [reading.result for reading in readings]
    # A fusion without a kinase makes no test positive; what else it found decides.
    if ReadingResult.POSITIVE in results or any(r.other_fusions for r in readings):
        return ReadingResult.POSITIVE
    # One kinase can be equivocal where others are negative; the least certain one is told.
    order = (ReadingResult.EQUIVOCAL, ReadingResult.ATYPICAL, ReadingResult.FAILED)
    return next((result for result in order if result in results), results[0])


def _list_found(observation: Observation, readings: Sequence[Reading]) -> list[str]:
    """Give the names of the fusions that a sequencing test lists and that were read as found."""
    if not isinstance(observation, FusionTest):
        return []
    is_found = any(
        r.other_fusions
        or r.bystanders
        or r.result in (ReadingResult.POSITIVE, ReadingResult.EQUIVOCAL)
        for r in readings
    )
    aside = {name for reading in readings for name in reading.bystanders}
    return list(dict.fromkeys(_name_found(c, aside) for c in observation.calls)) if is_found else []


def _name_found(call: FusionCall, aside: Collection[str]) -> str:
    """Give a fusion that was found; what holds no working kinase is not left to look like one."""
    named = replace(call, gene5=name_gene_if_said(call.gene5), gene3=name_gene_if_said(call.gene3))
    if call.is_reciprocal:
        return f"{_name_genes(call)} (reciprocal product)"
    name = _name_genes(call)
    return f"{name} (no working kinase)" if name_call(named) in aside else name


def _say_as_reported(
    observation: Observation,
    result: ReadingResult | TestResult | Absent,
    readings: Sequence[Reading],
) -> str:
    """Give what the laboratory wrote where it was read otherwise; empty where it was not."""
    reported = observation.result
    if isinstance(reported, Absent) or reported.value == _name_value(result):
        return ""
    if _is_unproven(observation):
        return UNPROVEN
    if reported is TestResult.POSITIVE and any(reading.bystanders for reading in readings):
        return BYSTANDER
    by = " by the counts" if isinstance(observation, FishTest) and observation.counts else ""
    return f"reported {reported.value}; read otherwise here{by}"


def _name_value(result: ReadingResult | TestResult | Absent) -> str:
    return "" if isinstance(result, Absent) else result.value


def _is_unproven(observation: Observation) -> bool:
    """Give whether a negative of sequencing came without a word on quality."""
    return (
        isinstance(observation, FusionTest)
        and observation.result is TestResult.NEGATIVE
        and isinstance(observation.is_quality_adequate, Absent)
        and not observation.calls
    )


def _list_limits(reading: Reading) -> Iterator[str]:
    """Give the limits of a reading, none of which is about the kit of another gene."""
    for limit in reading.limits:
        if not _is_foreign_kit(limit, reading):
            yield limit
    if _is_foreign(reading):
        yield NO_KIT_FACT.format(gene=reading.kinase)


def _drop_foreign_kit(meaning: str, reading: Reading) -> str:
    short = str(find_fact(KIT_SCOPE_FACT).value)
    return meaning.replace(f" {short}", "") if _is_foreign(reading) else meaning


def _is_foreign_kit(limit: str, reading: Reading) -> bool:
    return _is_foreign(reading) and limit == find_fact(KIT_SCOPE_FACT).statement


def _is_foreign(reading: Reading) -> bool:
    """Give whether what is held on FISH kits is about another gene than the one that was read."""
    return reading.assay is Assay.FISH and reading.kinase != KIT_GENE


def _name_subject(observation: Observation) -> str:
    if isinstance(observation, Stain):
        return observation.marker
    return "" if isinstance(observation, FusionTest) else observation.gene


def _name_test(observation: Observation) -> str:
    """Give a test by its subject and method; called fusions also by their caller and file."""
    name = f"{_name_subject(observation)} {_name_method(observation)}".strip()
    if not isinstance(observation, FusionTest) or isinstance(observation.caller, Absent):
        return name
    place = observation.provenance
    file = "" if isinstance(place, Absent) else f", {place.source}"
    return f"{name} ({observation.caller}{file})"


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


def _iterate_notes(observation: Observation) -> Iterator[str]:
    """Give what is to be known of each call, then of the file, each in a sentence."""
    if not isinstance(observation, FusionTest):
        return
    for call in observation.calls:
        if call.notes:
            yield f"{_name_genes(call)}: {'; '.join(note.rstrip('.') for note in call.notes)}."
    yield from observation.notes


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


def _name_genes(call: FusionCall) -> str:
    genes = (call.gene5, call.gene3)
    return "::".join("partner not reported" if isinstance(g, Absent) else g for g in genes)


def _name_call(call: FusionCall) -> str:
    exons = [str(exon) for exon in (call.exon5, call.exon3) if not isinstance(exon, Absent)]
    more = [f"({' to '.join(exons)})"] if exons else []
    if not isinstance(call.frame, Absent):
        more.append("in frame" if call.frame.value == "in" else "out of frame")
    if not isinstance(call.kinase_domain, Absent):
        more.append(f"kinase domain {call.kinase_domain.value}")
    if call.is_reciprocal:
        more.append("reciprocal product")
    return " ".join([_name_genes(call), ", ".join(more)]).strip()


# The way through the protocol -------------------------------------------------------------------


def describe_path(case: Case, assessment: Assessment) -> list[Document]:
    """Give the steps that the case took through its protocol, first to last.

    The kinds are `protocol`, `test`, `check`, `proposed` and `end`; a test has its result, and a
    note where the laboratory wrote more than was taken from it.
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
            "note": "",
            "facts": list(step.facts),
            "inferred": step.is_inferred,
        }
        for step in steps[first:]
    ]
    if path:
        path[0]["kind"] = "protocol"
        path[-1]["kind"] = "proposed" if assessment.next_tests else "end"
    labelled = [{**step, "label": _label(step, assessment)} for step in path]
    return [_note_unsure(_note_unproven(step, case), assessment) for step in labelled]


def _note_unsure(step: Document, assessment: Assessment) -> Document:
    """Give a step with what is reported of a test that has no sure result."""
    if step["kind"] != "test" or step["result"] != "unknown" or step["note"]:
        return step
    said = [
        reading.meaning
        for test in load_tests().values()
        if test.name == step["label"]
        for gene in load_kinases().expand(test.gene)[:1]
        if gene in assessment.kinases
        for reading in assessment.kinases[gene].readings
        if reading.assay.value in test.assays and reading.result == UNKNOWN
    ]
    note = " ".join(dict.fromkeys(said))
    return {**step, "says": f"{step['label']}: {note}", "note": note.rstrip(".")} if note else step


def _note_unproven(step: Document, case: Case) -> Document:
    """Give a step with what the laboratory wrote, where that was not taken as a negative."""
    is_silent = step["kind"] == "test" and step["result"] in ("not_reported", "unknown")
    tests = [o for _, o in case.iterate_observations() if _is_unproven(o)]
    named = [o for o in tests if _name_method(o).lower() in str(step["label"]).lower()]
    if not is_silent or not named:
        return step
    says = f"{step['label']}: {UNPROVEN}."
    return {**step, "says": says, "result": "unknown", "note": UNPROVEN}


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
    if result == NO_SURE_RESULT:
        return "unknown"
    return result if result in RESULTS else ""
