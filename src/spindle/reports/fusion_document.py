"""The fusions of one patient as a document of plain types: what `spindle fusions --json` prints.

Everything else that is shown of fusions is made from it. What is not known is `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from spindle.assays.fusion_confirmation import list_confirmations
from spindle.assays.fusion_findings import FusionFinding, Member, find_partner_gene
from spindle.assays.fusion_frames import find_kinase_domain
from spindle.assays.fusion_names import describe_vicc, write_hgvs
from spindle.assays.fusion_places import Place, Side
from spindle.cases.absence import Absent
from spindle.cases.fusion_calls import CalledEnd
from spindle.knowledge.fusion_flags import load_flags
from spindle.knowledge.transcripts import load_domains
from spindle.reasoning.fusion_files import FileRead, FusionReport

NOTICE = "Research use, not a medical device."
ADVICE = "Spindle advises and never decides."
UNKNOWN = "unknown"

Document = dict[str, Any]


def make_fusion_document(report: FusionReport, *, has_rows: bool = True) -> Document:
    """Give what the fusion files of a patient say, as plain types for JSON.

    Parameters
    ----------
    has_rows:
        Whether every cell of every row stands in it. A text or a page needs none of them, and a
        long file takes much memory for them.
    """
    calls = [
        describe_finding(finding, is_site_asked=bool(report.site), has_rows=has_rows)
        for finding in report.findings
    ]
    shown = {flag: None for call in calls for flag in call["flags"]}
    return {
        "notice": NOTICE,
        "advice": ADVICE,
        "site": report.site or UNKNOWN,
        "files": [_describe_file(file) for file in report.files],
        "calls": calls,
        "flags": {flag: load_flags()[flag].says for flag in shown},
    }


def _say(value: object) -> Any:
    return UNKNOWN if value is None or isinstance(value, Absent) or value == "" else value


def _describe_file(file: FileRead) -> Document:
    build = file.build.build
    return {
        "file": file.file,
        "caller": file.caller,
        "caller_version": _say(file.caller_version),
        "method": UNKNOWN if isinstance(file.method, Absent) else file.method.value,
        "build": UNKNOWN if isinstance(build, Absent) else build.value,
        "build_basis": file.build.basis,
        "build_is_inferred": file.build.is_inferred,
        "calls": file.calls,
        "not_interpreted": file.problems,
        "adequacy": file.adequacy,
        "notes": list(file.notes),
    }


def describe_finding(
    finding: FusionFinding, *, is_site_asked: bool = False, has_rows: bool = True
) -> Document:
    """Give one finding: what it is, what it rests on, and every row that shows it."""
    read = finding.read
    return {
        "gene5": _say(read.gene5),
        "gene3": _say(read.gene3),
        "name": read.name,
        "role": finding.role.value,
        "frame": read.frame.value,
        "frame_basis": read.frame_basis,
        "caller_frames": _list_caller_frames(finding),
        "kinase": _say(read.kinase),
        "kinase_domain": read.domain.value,
        "exon5": _say_exon(read.place5),
        "exon3": _say_exon(read.place3),
        "exon5_legacy": _say_older(read.place5),
        "exon3_legacy": _say_older(read.place3),
        "orientation": read.orientation.value,
        "reciprocal_of": finding.reciprocal_of or None,
        "known_in_imt": _describe_known(finding, is_site_asked=is_site_asked),
        "flags": list(finding.flags),
        "confirm_with": list(list_confirmations(finding)),
        "hgvs": _say(write_hgvs(read)),
        "vicc": describe_vicc(read) if has_rows else None,
        "callers": list(finding.callers),
        "evidence": finding.evidence.value,
        "split_reads": _say(finding.split_reads),
        "spanning_pairs": _say(finding.spanning_pairs),
        "sides": [
            _describe_place(place, end)
            for place, end in ((read.place5, read.call.end5), (read.place3, read.call.end3))
        ],
        "protein": _describe_protein(finding),
        "provenance": [
            _describe_member(member) if has_rows else _name_member(member)
            for member in finding.members
        ],
    }


def _list_caller_frames(finding: FusionFinding) -> list[Document]:
    """Give what each caller says of the frame, in its own words, each once."""
    said = {
        (member.call.caller, member.call.frame_words): None
        for member in finding.members
        if member.call.frame_words
    }
    return [{"caller": caller, "words": words} for caller, words in said]


def _say_exon(place: Place) -> Any:
    """Give the exon by MANE's numbering; unknown where the written number may mean two."""
    return UNKNOWN if place.other_exons else _say(place.exon)


def _say_older(place: Place) -> Any:
    return UNKNOWN if place.other_exons else _say(place.exon_older)


def _describe_known(finding: FusionFinding, *, is_site_asked: bool) -> Document:
    """Give what is published of the fusion in IMT; unknown without a kinase and a partner."""
    record = finding.record
    if record is None or not find_partner_gene(finding.read):
        return {"is_known": UNKNOWN}
    usual = finding.is_usual_at_site
    return {
        "is_known": record.is_in_imt,
        "is_only_a_name": record.is_only_a_name,
        "patients": record.patients,
        "uncounted_sources": record.uncounted,
        "sites": [
            {"site_group": site.site_group, "patients": site.patients} for site in record.sites
        ],
        "is_site_asked": is_site_asked,
        "is_published_at_site": UNKNOWN if usual is None else usual,
        "stain_patterns": [pattern.value for pattern in record.patterns],
        "sources": list(record.sources),
        "facts": list(record.facts),
    }


def _describe_place(place: Place, end: CalledEnd) -> Document:
    """Give one side; `exons_possible` where the written number may mean several of MANE's."""
    transcript = place.transcript
    return {
        "gene": _say(place.name.symbol),
        "written": place.name.written,
        "repair": place.name.repair or None,
        "refseq": transcript.refseq if transcript else UNKNOWN,
        "ensembl": transcript.ensembl if transcript else UNKNOWN,
        "kind": place.kind.value,
        "exon": _say_exon(place),
        "exon_legacy": _say_older(place),
        "exon_written": _say(end.exon),
        "exons_possible": [place.exon, *place.other_exons] if place.other_exons else [],
        "exons": transcript.exons if transcript else UNKNOWN,
        "bases_into_intron": _count_intron(place),
        "intron_bases_kept": place.intron_bases,
        "coding_bases_before": UNKNOWN if _is_open(place) else place.coding_before,
        "problem": place.problem or None,
    }


def _is_open(place: Place) -> bool:
    return place.transcript is None or place.cut is None or bool(place.other_exons)


def _count_intron(place: Place) -> Any:
    """Give how far a breakpoint lies inside an intron, from the exon that is kept."""
    if place.spot is None:
        return UNKNOWN
    if place.kind.value != "intron":
        return 0
    return place.spot.after_start if place.side is Side.FIVE else place.spot.before_end


def _describe_protein(finding: FusionFinding) -> Document | None:
    """Give the two proteins with what is kept of each; none where a side is not located."""
    places = (finding.read.place5, finding.read.place3)
    if any(_is_open(place) for place in places):
        return None
    return {"sides": [_describe_side(place) for place in places]}


def _describe_side(place: Place) -> Document:
    transcript = place.transcript
    assert transcript is not None
    coding = place.coding_before
    kept = (1, coding // 3) if place.side is Side.FIVE else (-(-coding // 3) + 1, 0)
    gene = transcript.gene
    return {
        "gene": gene,
        "length": transcript.protein_length,
        "kept_from": kept[0],
        "kept_to": kept[1] or transcript.protein_length,
        "exons": [
            {"exon": number, "start": start, "end": end}
            for number, (start, end) in enumerate(_list_exon_spans(place), 1)
            if end >= start
        ],
        "domains": [
            {
                "name": domain.name,
                "start": domain.start,
                "end": domain.end,
                "accession": domain.accession,
                "is_kinase": domain == find_kinase_domain(gene),
                "is_topology": domain.is_topology,
            }
            for domain in load_domains().get(gene, ())
        ],
    }


def _list_exon_spans(place: Place) -> Iterable[tuple[int, int]]:
    """Give first and last amino acid of each exon; last before first where it does not code."""
    transcript = place.transcript
    assert transcript is not None
    for number in range(1, transcript.exons + 1):
        before = transcript.count_coding_before(transcript.find_exon_start(number))
        after = transcript.count_coding_before(transcript.find_exon_end(number))
        yield (
            before // 3 + 1,
            min(-(-after // 3), transcript.protein_length) if after > before else 0,
        )


def _name_member(member: Member) -> Document:
    """Give where a row stands, and nothing of its cells."""
    call = member.call
    return {
        "file": call.file,
        "line": call.line,
        "caller": call.caller,
        "words": call.words or None,
        "problem": call.problem or None,
    }


def _describe_member(member: Member) -> Document:
    call = member.call
    return {
        "file": call.file,
        "line": call.line,
        "caller": call.caller,
        "caller_version": _say(call.caller_version),
        "sample": _say(call.sample),
        "method": call.method.value,
        "frame_as_called": _say(call.frame_words),
        "confidence": _say(call.confidence),
        "filters": list(call.filters),
        "split_reads": _say(call.split_reads),
        "spanning_pairs": _say(call.spanning_pairs),
        "end5": _describe_end(call.end5),
        "end3": _describe_end(call.end3),
        "remarks": list(call.remarks),
        "words": call.words or None,
        "problem": call.problem or None,
        "columns": dict(call.cells),
    }


def _describe_end(end: CalledEnd) -> Mapping[str, Any]:
    return {
        "gene": _say(end.gene),
        "chromosome": _say(end.chromosome),
        "position": _say(end.position),
        "exon": _say(end.exon),
        "read_strand": _say(end.read_strand),
        "site": _say(end.site),
    }
