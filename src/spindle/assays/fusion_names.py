"""Names of a fusion: HGNC's `A::B`, an HGVS adjoined transcript, and the VICC's JSON.

HGVS joins the parts of two transcripts by `::`, such as
`NM_152263.2:r.-115_775::NM_002609.3:r.1580_*1924`. Where a transcript begins and ends was not read
by any caller here, so that both ends are `?`. A name is given only for a junction of which both
bases are known; kept bases of an intron have none.
"""

from __future__ import annotations

from typing import Any

from spindle.assays.fusion_calls import ReadCall
from spindle.assays.fusion_frames import read_inserted
from spindle.assays.fusion_places import Place, PlaceKind, Side
from spindle.cases.absence import Absent
from spindle.cases.observations import SequencingMethod
from spindle.knowledge.transcripts import Transcript

HGNC_LINK = "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/"
_DETECTION = {SequencingMethod.RNA: "observed", SequencingMethod.DNA: "inferred"}


def write_hgvs(read: ReadCall) -> str:
    """Give the adjoined transcript by HGVS's rule; empty where it can't be said.

    A breakpoint of DNA shows no transcript, so that it has none. Bases between the genes stand
    between them.
    """
    if read.call.method is SequencingMethod.DNA:
        return ""
    five, three = read.place5, read.place3
    if not _is_exact(five) or not _is_exact(three):
        return ""
    assert five.transcript is not None
    assert three.transcript is not None
    inserted = read_inserted(read.call.sequence)
    if isinstance(inserted, Absent):
        return ""
    between = inserted.replace("t", "u") + "::" if inserted else ""
    last = _count_base(five.transcript, (five.cut or 0) - 1)
    first = _count_base(three.transcript, three.cut or 0)
    return f"{five.transcript.refseq}:r.?_{last}::{between}{three.transcript.refseq}:r.{first}_?"


def _is_exact(place: Place) -> bool:
    has_bases = place.transcript is not None and place.cut is not None
    return has_bases and not (place.intron_bases or place.is_two_things or place.other_exons)


def _count_base(transcript: Transcript, cdna: int) -> str:
    """Give the number of a base as HGVS counts it: `-3`, `1`, `*12`."""
    if cdna < transcript.coding_start:
        return str(cdna - transcript.coding_start)
    if cdna < transcript.coding_end:
        return str(cdna - transcript.coding_start + 1)
    return f"*{cdna - transcript.coding_end + 1}"


def describe_vicc(read: ReadCall) -> dict[str, Any]:
    """Give the fusion as an assayed fusion of the VICC's gene fusion specification.

    Digests of sequences are left out, since no sequence is held.
    """
    detection = _DETECTION.get(read.call.method)
    return {
        "type": "AssayedFusion",
        "structure": [_describe_side(read.place5), _describe_side(read.place3)],
        "assay": {"type": "Assay", "assayName": read.call.caller}
        | ({"fusionDetection": detection} if detection else {}),
    }


def _describe_side(place: Place) -> dict[str, Any]:
    if not place.name.symbol:
        return {"type": "UnknownGeneElement"}
    transcript = place.transcript
    gene: dict[str, Any] = {"conceptType": "Gene", "name": place.name.symbol}
    if transcript is not None and transcript.hgnc_id:
        coding = {"id": transcript.hgnc_id.lower(), "code": transcript.hgnc_id, "system": HGNC_LINK}
        gene = {"primaryCoding": coding, **gene}
    if transcript is None or place.exon is None or place.other_exons:
        return {"type": "GeneElement", "gene": gene}
    end = "End" if place.side is Side.FIVE else "Start"
    return {
        "type": "TranscriptSegmentElement",
        "transcript": f"refseq:{transcript.refseq}",
        "strand": transcript.strand,
        f"exon{end}": place.exon,
        f"exon{end}Offset": _find_offset(place),
        "gene": gene,
    }


def _find_offset(place: Place) -> int:
    """Give the bases from the edge of the exon: into the intron or, within the exon, short of it.

    At the 5' side an intron counts up from the exon's end, at the 3' side down from its start.
    """
    spot, is_five = place.spot, place.side is Side.FIVE
    if spot is None or isinstance(spot, Absent) or place.kind is PlaceKind.EXON_EDGE:
        return 0
    if place.kind is PlaceKind.INTRON:
        return spot.after_start if is_five else -spot.before_end
    return -spot.before_end if is_five else spot.after_start
