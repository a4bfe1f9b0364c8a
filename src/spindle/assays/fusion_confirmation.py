"""What would confirm a finding, by declared conditions, with the stain its partner predicts."""

from __future__ import annotations

from collections.abc import Mapping

from spindle.assays.fusion_findings import FindingRole, FusionFinding, is_located
from spindle.assays.fusion_frames import Frame
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
    methods = {member.call.method for member in finding.members}
    located = is_located(read)
    return {
        "dna_only": methods == {SequencingMethod.DNA},
        "rna_only": methods == {SequencingMethod.RNA},
        "one_caller": len(finding.callers) == 1 and read.call.caller != "report_words",
        "frame_unknown": read.frame is Frame.UNKNOWN,
        "frame_disagrees": "frame_disagrees" in finding.flags,
        "has_kinase": bool(read.kinase),
        "has_stain": load_kinases().has_stain(read.kinase),
        "has_pattern": bool(finding.record and finding.record.patterns),
        "order_unknown": "order_unknown" in finding.flags,
        "build_unknown": "build_unknown" in finding.flags,
        "read_through": "read_through" in finding.flags,
        "located": located,
        "not_located": not located,
        "partner_unknown": not (read.gene5 and read.gene3),
    }


def _list_words(finding: FusionFinding) -> Mapping[str, str]:
    read = finding.read
    patterns = finding.record.patterns if finding.record else ()
    said = " or ".join(pattern.value.replace("_", " ") for pattern in patterns)
    return {
        "kinase": read.kinase,
        "junction": " and ".join(
            f"{place.name.symbol} exon {place.exon}" for place in (read.place5, read.place3)
        ),
        "pattern": f"; sources tie a {said} pattern to this partner" if said else "",
    }
