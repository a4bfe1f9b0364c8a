"""One patient's report as one document of plain JSON types, from which every page is drawn.

Nothing is worked out here: the document holds what reasoning found, puts the integrated diagnosis
into the four layers that pathologists use, and numbers the sources.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from spindle import __version__
from spindle.cases.absence import NOT_REPORTED
from spindle.cases.documents import write_case_document
from spindle.cases.notes import Note
from spindle.formats.case_file_values import ReadAs
from spindle.knowledge.conflicts import Conflict, load_conflicts
from spindle.knowledge.facts import Fact, find_fact
from spindle.knowledge.fish_rules import find_fish_rule
from spindle.knowledge.protocols import find_protocol
from spindle.reasoning.assessments import describe_assessment
from spindle.reasoning.fusion_notes import FusionFileNote
from spindle.reasoning.patients import PatientAssessment, compute_version, find_signature
from spindle.reasoning.plain_types import describe_record
from spindle.reports.patient_layers import list_layer_facts, make_layers
from spindle.reports.patient_tests import describe_path, describe_tests

SCHEMA_ID = "urn:spindle:schema:patient:1"
SCHEMA_VERSION = "1"
NOTICE = "Research use, not a medical device. Spindle advises and never decides."
UNSIGNED = "proposed, unsigned"
SIGNED = "signed"

Document = dict[str, Any]


def make_patient_document(
    patient: PatientAssessment,
    *,
    notes: Iterable[Note] = (),
    read_as: Iterable[ReadAs] = (),
    fusion_files: Iterable[FusionFileNote] = (),
    file: str = "",
    made_on: datetime.date | None = None,
) -> Document:
    """Give the report of one patient as plain JSON types.

    Parameters
    ----------
    notes, read_as:
        What the reader of the case file doubted, and what it read otherwise than written.
    fusion_files:
        How the files of fusion calls were read that were added to the case.
    file:
        Name of the case file; empty when the case came from elsewhere.
    made_on:
        Day of the report. Left out it stands in no page, so that one case gives one document.
    """
    assessment = patient.assessment
    tests = describe_tests(patient.case, assessment)
    conflicts = _list_conflicts(patient, tests)
    facts, sources = _describe_facts(_list_facts(patient, tests, conflicts))
    return {
        "schema": SCHEMA_ID,
        "schema_version": SCHEMA_VERSION,
        "notice": NOTICE,
        "spindle_version": __version__,
        "made_on": describe_record(made_on or NOT_REPORTED),
        "file": file,
        "settings": {
            "protocol": assessment.protocol_id,
            "protocol_title": find_protocol(assessment.protocol_id).title,
            "fish_rule": assessment.fish_rule_id,
            "fish_rule_title": find_fish_rule(assessment.fish_rule_id).title,
            "region": patient.actionability.region,
        },
        "version": compute_version(patient),
        "signature": _describe_signature(patient),
        "case": write_case_document(patient.case),
        "diagnosis": make_layers(patient),
        "assessment": describe_assessment(assessment),
        "tests": tests,
        "path": describe_path(patient.case, assessment),
        "discordances": describe_record(patient.discordances),
        "differential": describe_record(patient.differential),
        "actionability": describe_record(patient.actionability),
        "outlook": describe_record(patient.outlook),
        "gaps": describe_record(patient.gaps),
        "conflicts": [_describe_conflict(conflict) for conflict in conflicts],
        "facts": facts,
        "sources": sources,
        "notes": [describe_record(note) for note in notes],
        "read_as": [describe_record(item) for item in read_as],
        "fusion_files": [describe_record(item) for item in fusion_files],
    }


def _describe_signature(patient: PatientAssessment) -> Document:
    """Give who signed this very version, the latest first, and those who signed other ones."""
    signature = find_signature(patient)
    version = signature.version if signature else ""
    signatures = patient.case.signatures
    return {
        "state": SIGNED if signature else UNSIGNED,
        "signed": [describe_record(s) for s in reversed(signatures) if s.version == version],
        "of_other_versions": [describe_record(s) for s in signatures if s.version != version],
    }


def _list_conflicts(patient: PatientAssessment, tests: Sequence[Document]) -> Sequence[Conflict]:
    """Give the conflicts that concern the counts of a test first, then those of the facts used."""
    of_counts = [load_conflicts()[key] for test in tests for key in test["rules_conflicts"]]
    found = {conflict.id: conflict for conflict in (*of_counts, *patient.conflicts)}
    return list(found.values())


def _list_facts(
    patient: PatientAssessment, tests: Sequence[Document], conflicts: Sequence[Conflict]
) -> Sequence[str]:
    """Give every fact that the pages cite: those used, those of tests, codes and conflicts."""
    proposed = (fact for test in patient.assessment.next_tests for fact in test.facts)
    rules = (fact for test in tests for fact in test["rules_facts"])
    sides = (side.id for conflict in conflicts for side in conflict.sides)
    of_layers = list_layer_facts(patient)
    return list(dict.fromkeys((*of_layers, *patient.facts, *proposed, *rules, *sides)))


def _describe_conflict(conflict: Conflict) -> Document:
    return {
        "id": conflict.id,
        "title": conflict.title,
        "sides": [side.id for side in conflict.sides],
        "consequence": conflict.consequence,
        "subjects": list(conflict.subjects),
        "checked_on": conflict.checked_on.isoformat(),
    }


def _describe_facts(fact_ids: Iterable[str]) -> tuple[list[Document], list[Document]]:
    """Give the facts with the number of their source, and the sources numbered by first use."""
    facts = [find_fact(fact_id) for fact_id in fact_ids]
    sources = list(dict.fromkeys(fact.source for fact in facts))
    numbers = {source.id: number for number, source in enumerate(sources, 1)}
    described = [
        {
            "number": numbers[source.id],
            "id": source.id,
            "citation": source.citation,
            "identifier": source.identifier,
            "terms": source.terms,
            "read_as": source.read_as,
        }
        for source in sources
    ]
    return [_describe_fact(fact, numbers[fact.source.id]) for fact in facts], described


def _describe_fact(fact: Fact, source: int) -> Document:
    return {
        "id": fact.id,
        "statement": fact.statement,
        "applies_to": fact.applies_to,
        "source": source,
        "place": fact.place,
        "checked_on": fact.checked_on.isoformat(),
        "how_read": fact.how_read.value,
        "inferred": fact.is_inferred,
    }
