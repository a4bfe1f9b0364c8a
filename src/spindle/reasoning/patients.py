"""One patient: everything that the knowledge base says about one case, put together."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from spindle.cases.case import Case, Signature
from spindle.cases.documents import write_case
from spindle.knowledge.conflicts import Conflict, list_conflicts
from spindle.knowledge.fish_rules import DEFAULT_RULE
from spindle.knowledge.protocols import DEFAULT_PROTOCOL
from spindle.reasoning.actionability import list_options
from spindle.reasoning.assessments import Assessment, describe_assessment
from spindle.reasoning.differential import weigh_differential
from spindle.reasoning.discordance import find_discordances
from spindle.reasoning.findings import Actionability, Differential, Discordance, Gap, Outlook
from spindle.reasoning.gaps import find_gaps
from spindle.reasoning.plain_types import collect_facts, describe_record
from spindle.reasoning.prognosis import describe_outlook
from spindle.reasoning.reflex import assess_case

# As long as a short revision; a version is read by people.
VERSION_LENGTH = 12


@dataclass(frozen=True, slots=True)
class PatientAssessment:
    """What is known and what it means for one patient; proposed, unsigned until it is signed."""

    case: Case
    """The case as reported."""
    assessment: Assessment
    """Kinase statuses and the next test."""
    discordances: tuple[Discordance, ...]
    """What does not go together."""
    differential: Differential
    """Is it an IMT at all."""
    actionability: Actionability
    """What can be considered."""
    outlook: Outlook
    """What was published of patients like this one."""
    gaps: tuple[Gap, ...]
    """What is missing, in the order of how much it would change."""
    conflicts: tuple[Conflict, ...]
    """Conflicts among the facts that were used."""
    facts: tuple[str, ...]
    """Every fact that was used, each once, in the order of first use."""


def assess_patient(
    case: Case,
    *,
    protocol_id: str = DEFAULT_PROTOCOL,
    fish_rule_id: str = DEFAULT_RULE,
    region: str = "",
) -> PatientAssessment:
    """Give everything that is known about one case.

    Parameters
    ----------
    region:
        Region whose approvals come first: `US`, `EU`; empty for no preference.

    Raises
    ------
    UserError
        `protocol-unknown`, `fish-rule-unknown`, `region-unknown`.
    """
    assessment = assess_case(case, protocol_id=protocol_id, fish_rule_id=fish_rule_id)
    discordances = find_discordances(case, assessment)
    differential = weigh_differential(case, assessment)
    actionability = list_options(case, assessment, region=region)
    outlook = describe_outlook(case, assessment)
    gaps = find_gaps(case, assessment, differential)
    parts = (discordances, differential, actionability, outlook, gaps)
    facts = tuple(dict.fromkeys((*assessment.trace.facts, *collect_facts(parts))))
    return PatientAssessment(
        case=case,
        assessment=assessment,
        discordances=discordances,
        differential=differential,
        actionability=actionability,
        outlook=outlook,
        gaps=gaps,
        conflicts=tuple(list_conflicts(facts)),
        facts=facts,
    )


def compute_version(patient: PatientAssessment) -> str:
    """Give the version of an assessment: a short digest of the case and of what was concluded.

    A signature names the version that was signed. Another observation, another fact behind a
    conclusion or another conclusion gives another version, so that a signature never stands
    under what its pathologist has not seen. The testing protocol and the FISH rule change what is
    concluded and are part of it. A region only says whose approvals come first, so that options
    are taken as they are without one.
    """
    unsigned = write_case(replace(patient.case, signatures=()))
    concluded = json.dumps(
        [
            describe_assessment(patient.assessment),
            *(
                describe_record(part)
                for part in (
                    patient.discordances,
                    patient.differential,
                    _list_without_region(patient),
                    patient.outlook,
                    patient.gaps,
                )
            ),
        ],
        sort_keys=True,
    )
    return hashlib.sha256(unsigned + concluded.encode()).hexdigest()[:VERSION_LENGTH]


def _list_without_region(patient: PatientAssessment) -> Actionability:
    """Give the options as they are when no region is chosen."""
    if not patient.actionability.region:
        return patient.actionability
    return list_options(patient.case, patient.assessment)


def find_signature(patient: PatientAssessment) -> Signature | None:
    """Give the latest signature under this very version, or none: then it is unsigned."""
    version = compute_version(patient)
    signed = (s for s in reversed(patient.case.signatures) if s.version == version)
    return next(signed, None)
