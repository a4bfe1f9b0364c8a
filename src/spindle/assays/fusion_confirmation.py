"""What would confirm a finding, by declared conditions, with the stain its partner predicts."""

from __future__ import annotations

from collections.abc import Mapping

from spindle.assays.fusion_findings import (
    CONTRADICTED,
    Evidence,
    FindingRole,
    FusionFinding,
    find_partner_gene,
    is_located,
)
from spindle.cases.observations import SequencingMethod
from spindle.knowledge.fusion_confirmations import load_confirmations
from spindle.knowledge.kinases import load_kinases

WORTH_CONFIRMING = (FindingRole.DRIVER, FindingRole.POSSIBLE_DRIVER, FindingRole.NOT_PRODUCTIVE)


def list_confirmations(finding: FusionFinding) -> tuple[str, ...]:
    """Give what would confirm a finding, in sentences; nothing for noise and passengers."""
    if finding.role not in WORTH_CONFIRMING:
        return ()
    holds = _list_conditions(finding)
    words = _list_words(finding)
    return tuple(
        entry.says.format(**words)
        for entry in load_confirmations()
        if all(holds[condition] for condition in entry.when)
    )


def _list_conditions(finding: FusionFinding) -> Mapping[str, bool]:
    read = finding.read
    located, flags = is_located(read), set(finding.flags)
    return {
        "dna_only": {member.call.method for member in finding.members} == {SequencingMethod.DNA},
        "one_caller": finding.evidence is Evidence.ONE_CALLER,
        "frame_disagrees": bool(flags & CONTRADICTED),
        "has_kinase": bool(read.kinase),
        "has_stain": load_kinases().has_stain(read.kinase),
        "order_unknown": "order_unknown" in flags,
        "build_unknown": "build_unknown" in flags,
        "read_through": "read_through" in flags,
        "located": located,
        "not_located": not located,
        "partner_unknown": not find_partner_gene(read),
        "member_unknown": "member_unknown" in flags,
    }


def _list_words(finding: FusionFinding) -> Mapping[str, str]:
    read = finding.read
    patterns = finding.record.patterns if finding.record else ()
    said = " or ".join(pattern.value.replace("_", " ") for pattern in patterns)
    *firsts, last = load_kinases().expand(read.kinase)
    return {
        "kinases": f"{', '.join(firsts)} and {last}" if firsts else last,
        "stain": load_kinases().name_stain(read.kinase),
        "junction": " and ".join(
            f"{place.name.symbol} exon {place.exon}" for place in (read.place5, read.place3)
        ),
        "pattern": f"; sources tie a {said} pattern to this partner" if said else "",
    }
