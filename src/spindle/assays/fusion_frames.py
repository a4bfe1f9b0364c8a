"""Whether a fusion is read in frame, and how much of the kinase it keeps.

In frame means: the bases before the first kept base of the 3' gene, in the fusion and in the gene
itself, leave the same remainder on division by three. It says nothing of stop codons, which the
tables, without a sequence, can't show; where bases of an intron are kept, one may stand in them.
Unknown is a value: where something is not known, no frame is worked out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from spindle.assays.fusion_places import Place, PlaceKind, Side, list_other_places
from spindle.cases.absence import UNKNOWN, Absent
from spindle.knowledge.fusions import Frame as PublishedFrame
from spindle.knowledge.fusions import find_junctions
from spindle.knowledge.kinase_domains import load_kinase_domains
from spindle.knowledge.transcripts import (
    CODON,
    Domain,
    find_mane_number,
    load_domains,
    load_transcripts,
)


class Frame(StrEnum):
    """Reading frame across a junction."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


class DomainState(StrEnum):
    """How much of a kinase domain a fusion keeps."""

    WHOLE = "whole"
    CUT = "cut"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FrameRead:
    """A reading frame with what it rests on."""

    frame: Frame
    """The frame."""
    basis: str
    """How it is known, or why it is not, in a sentence."""
    may_stop: bool = False
    """Whether kept bases of an intron, or inserted ones, may hold a stop codon that nobody has
    seen."""
    is_published: bool = False
    """Whether a junction of the same exons is published, though the tables call it out of frame."""


_BETWEEN = re.compile(r"\|([^|]*)\|")


def read_inserted(sequence: str) -> str | Absent:
    """Give the bases that stand between the two genes in a sequence across the junction.

    Parameters
    ----------
    sequence:
        `|` at the junction; inserted bases stand between two of them. Empty when none is written.

    Returns
    -------
    str or Absent
        The bases in small letters, empty for none; unknown when they can't be read.
    """
    if "|" not in sequence or (found := _BETWEEN.search(sequence)) is None:
        return ""
    bases = found[1].lower()
    return bases if set(bases) <= set("acgtu") else UNKNOWN


def read_frame(place5: Place, place3: Place, inserted: str | Absent = "") -> FrameRead:
    """Give the reading frame by the tables of exons.

    Parameters
    ----------
    inserted:
        Bases between the two genes, that belong to neither; unknown when they can't be read.
    """
    if why := _explain_unknown(place5, place3):
        return FrameRead(Frame.UNKNOWN, why)
    if isinstance(inserted, Absent):
        why = "Bases stand between the two genes that can't be read, so the frame is not known."
        return FrameRead(Frame.UNKNOWN, why)
    if place5.is_two_things or place3.is_two_things:
        return _read_two_ways(place5, place3)
    frame = _divide(place5, place3, has_introns=True, inserted=len(inserted))
    kept = place5.intron_bases + place3.intron_bases
    said = "Counted in coding bases of the two MANE transcripts"
    more = [_count_bases(kept, "of an intron that the transcript keeps")] if kept else []
    more += [_count_bases(len(inserted), f"between the genes ({inserted})")] if inserted else []
    said = f"{said}, with {' and '.join(more)}" if more else said
    return FrameRead(frame, f"{said}.", may_stop=bool(kept or inserted))


def _count_bases(number: int, which: str) -> str:
    return f"{number:,} {'base' if number == 1 else 'bases'} {which}"


def find_published(place5: Place, place3: Place) -> tuple[str, ...]:
    """Give the facts that print a junction of these very exons, and do not call it out of frame.

    A place without a whole exon at the junction has none.
    """
    numbers = [_list_numbers(place) for place in (place5, place3)]
    rows = [
        row
        for five in numbers[0]
        for three in numbers[1]
        for row in find_junctions(place3.name.symbol, place5.name.symbol, five, three)
    ]
    return tuple(dict.fromkeys(row.fact.id for row in rows if row.frame is not PublishedFrame.OUT))


def _list_numbers(place: Place) -> tuple[int, ...]:
    if place.exon is None or place.kind is PlaceKind.WITHIN_EXON or place.intron_bases:
        return ()
    # A written number stands as it is; a position is held against papers by the papers' number.
    older = place.exon_older
    if place.kind is PlaceKind.BY_EXON_NUMBER:
        return (place.exon,)
    if older is not None:
        return (older,)
    # Where papers give this exon's number to another one, theirs is not this junction.
    theirs = find_mane_number(place.name.symbol, place.exon)
    return (place.exon,) if theirs in (None, place.exon) else ()


def _explain_unknown(place5: Place, place3: Place) -> str:
    """Give why no frame is worked out; empty when it is."""
    for place in (place5, place3):
        if place.kind is PlaceKind.OUTSIDE:
            return (
                f"The breakpoint lies outside the exons and introns of {place.name.symbol}, so "
                "what of it is kept is not known."
            )
        if place.transcript is None or place.cut is None:
            return place.problem or f"{place.name.symbol} is not located."
    kinds = (place5.kind, place3.kind)
    if PlaceKind.WITHIN_EXON in kinds and PlaceKind.INTRON in kinds and _is_genomic(place5, place3):
        return (
            "One breakpoint of DNA lies inside an exon and the other in an intron, so how the "
            "transcript is spliced is not known."
        )
    return _explain_silence(place5, place3)


def _explain_silence(place5: Place, place3: Place) -> str:
    """Give why reading across the junction can't be followed: parts that do not code."""
    before, own = place5.coding_before, place3.coding_before
    five, three = place5.name.symbol, place3.name.symbol
    if before == 0:
        return (
            f"The part of {five} that is kept does not code for protein, so where reading begins "
            "is not known."
        )
    if place5.transcript and before == place5.transcript.coding_length:
        return f"The stop codon of {five} stands before the junction."
    if own == 0:
        return (
            f"The junction lies before the start codon of {three}, so where reading begins is not "
            "known."
        )
    if place3.transcript and own == place3.transcript.coding_length:
        return f"The part of {three} that is kept does not code for protein."
    return ""


def _is_genomic(place5: Place, place3: Place) -> bool:
    """Whether a breakpoint in an intron was read in DNA, or may have been."""
    introns = [place for place in (place5, place3) if place.kind is PlaceKind.INTRON]
    return any(place.intron_bases == 0 or place.is_two_things for place in introns)


def _divide(place5: Place, place3: Place, *, has_introns: bool, inserted: int = 0) -> Frame:
    kept = place5.intron_bases + place3.intron_bases if has_introns else 0
    remainder = (place5.coding_before + kept + inserted - place3.coding_before) % CODON
    return Frame.IN if remainder == 0 else Frame.OUT


def _read_two_ways(place5: Place, place3: Place) -> FrameRead:
    """Give the frame where it is not said whether RNA or DNA was read, if both give the same."""
    spliced = _divide(place5, place3, has_introns=False)
    kept = _divide(place5, place3, has_introns=True)
    if spliced is kept:
        said = (
            "Counted in coding bases of the two MANE transcripts; the same whether RNA or DNA was "
            "read."
        )
        return FrameRead(kept, said, may_stop=True)
    said = (
        f"A breakpoint lies in an intron: as DNA the fusion is {_name_frame(spliced)}, as RNA "
        f"{_name_frame(kept)}; which was read is not said."
    )
    return FrameRead(Frame.UNKNOWN, said)


def read_numbered_frame(place5: Place, place3: Place) -> tuple[FrameRead, Place, Place]:
    """Give the frame where exon numbers may be MANE's or those of papers.

    One reading counts when every reading gives the same frame, or when no side has another reading.
    """
    choices = [
        (five, three)
        for five in (place5, *list_other_places(place5))
        for three in (place3, *list_other_places(place3))
    ]
    read = [read_frame(five, three) for five, three in choices]
    if len({found.frame for found in read}) == 1:
        return read[0], *choices[0]
    said = "; ".join(
        f"{_name_frame(found.frame)} with {five.name.symbol} exon {five.exon} and "
        f"{three.name.symbol} exon {three.exon} of the MANE transcripts"
        for found, (five, three) in zip(read, choices, strict=True)
    )
    why = f"The exon numbers may be MANE's or those of papers: {said}."
    return FrameRead(Frame.UNKNOWN, why), place5, place3


def read_published_frame(
    place5: Place, place3: Place, facts: tuple[str, ...]
) -> tuple[FrameRead, Place, Place]:
    """Give the frame of exon numbers that are those of a published junction, as papers count.

    Parameters
    ----------
    facts:
        Facts that print the junction with these numbers.
    """
    five = next(iter(list_other_places(place5)), place5)
    three = next(iter(list_other_places(place3)), place3)
    read = read_frame(five, three)
    said = f"{read.basis} The written exon numbers are those of a published junction ({facts[0]})."
    return replace(read, basis=said), five, three


def _name_frame(frame: Frame) -> str:
    return {Frame.IN: "in frame", Frame.OUT: "out of frame"}.get(frame, "frame unknown")


# Domains ----------------------------------------------------------------------------------------


@cache
def find_kinase_domain(gene: str) -> Domain | None:
    """Give the kinase domain of a gene's protein, or none."""
    return next((domain for domain in load_domains().get(gene, ()) if domain.is_kinase), None)


@cache
def list_domain_limits(gene: str) -> tuple[tuple[int, int], ...]:
    """Give first and last amino acid of the kinase domain by each convention held for the protein.

    Conventions for a protein of another length count on another transcript and are left out.
    """
    own = find_kinase_domain(gene)
    transcript = load_transcripts().get(gene)
    if own is None or transcript is None:
        return ()
    others = [
        (domain.start, domain.end)
        for domain in load_kinase_domains()
        if domain.gene == gene and domain.protein_length == transcript.protein_length
    ]
    return ((own.start, own.end), *others)


def read_domain(place: Place) -> DomainState:
    """Give how much of its gene's kinase domain a side keeps.

    Where conventions draw the domain differently, it is cut when none of them calls it whole, and
    unknown when one does and another does not.
    """
    limits = list_domain_limits(place.name.symbol)
    if not limits or place.transcript is None or place.cut is None:
        return DomainState.UNKNOWN
    states = {_judge(place, start, end) for start, end in limits}
    if len(states) == 1:
        return states.pop()
    return DomainState.UNKNOWN if DomainState.WHOLE in states else DomainState.CUT


def _judge(place: Place, start: int, end: int) -> DomainState:
    """Give the state by the first amino acid that is kept whole, or by the last one."""
    if place.side is Side.THREE:
        first = -(-place.coding_before // CODON) + 1
        if first <= start:
            return DomainState.WHOLE
        return DomainState.ABSENT if first > end else DomainState.CUT
    last = place.coding_before // CODON
    if last >= end:
        return DomainState.WHOLE
    return DomainState.ABSENT if last < start else DomainState.CUT
