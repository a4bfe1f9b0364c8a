"""One called fusion, read as a molecular pathologist reads it.

Names are repaired in the open, breakpoints are located, the frame and the kinase domain are worked
out where they can be, and what speaks against a driver is flagged. Nothing is guessed: what is not
known is `unknown`, and the sentence beside it says why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from spindle.assays.fusion_frames import (
    DomainState,
    Frame,
    FrameRead,
    find_kinase_domain,
    read_domain,
    read_frame,
    read_numbered_frame,
    read_published_frame,
)
from spindle.assays.fusion_places import (
    Place,
    PlaceKind,
    Side,
    place_exon,
    place_nowhere,
    place_position,
)
from spindle.assays.junctions import read_exon
from spindle.cases.absence import UNKNOWN, Absent
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.cases.observations import ReadingFrame
from spindle.knowledge.fusion_flags import find_flags_of_gene, find_flags_of_words
from spindle.knowledge.fusions import find_junctions
from spindle.knowledge.gene_names import read_gene_name
from spindle.knowledge.transcripts import find_gene_at, load_transcripts

_INTRON = re.compile(r"intron", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;]|\(\d+\)")
_STRANDS = {"+": 1, "-": -1}
_CALLER_FRAMES = {ReadingFrame.IN: Frame.IN, ReadingFrame.OUT: Frame.OUT}


class Orientation(StrEnum):
    """How the two sides are read."""

    SENSE = "sense"
    """Both in the direction of their genes."""
    ANTISENSE = "antisense"
    """One of them against it."""
    UNKNOWN = "unknown"
    """Not said, or a gene outside the tables."""


@dataclass(frozen=True, slots=True)
class ReadCall:
    """One called fusion with what was read from it."""

    call: CalledFusion
    """The call as written."""
    place5: Place
    """Where the 5' side lies."""
    place3: Place
    """Where the 3' side lies."""
    frame: Frame
    """Reading frame."""
    frame_basis: str
    """How it is known, or why it is not."""
    kinase: str
    """The kinase; empty when neither gene is one of the tables."""
    kinase_side: str
    """`5p` or `3p`; empty without a kinase."""
    domain: DomainState
    """How much of its domain is kept."""
    orientation: Orientation
    """How the sides are read."""
    flags: tuple[str, ...]
    """Ids of flags, in the order in which they were found."""
    is_swapped: bool = False
    """Whether the sides were exchanged, since the strands show which one is read first."""

    @property
    def gene5(self) -> str:
        """Symbol of the 5' gene; as written when it is not known here."""
        return self.place5.name.symbol

    @property
    def gene3(self) -> str:
        """Symbol of the 3' gene."""
        return self.place3.name.symbol

    @property
    def name(self) -> str:
        """Its name by HGNC's rule: `EML4::ALK`."""
        return "::".join(gene or "?" for gene in (self.gene5, self.gene3))


def read_call(
    call: CalledFusion, build: Build | Absent, more_flags: tuple[str, ...] = ()
) -> ReadCall:
    """Give what one call means.

    Parameters
    ----------
    build:
        Build of its positions, declared or inferred; absent when neither was possible.
    more_flags:
        Flags that concern the whole file, such as `build_inferred`.
    """
    named = _name_ends(call, build)
    if named is not call:
        call, more_flags = named, (*more_flags, "gene_by_position")
    oriented, orientation, is_swapped = _orient(call, build)
    place5 = _place(oriented.end5, Side.FIVE, oriented, build)
    place3 = _place(oriented.end3, Side.THREE, oriented, build)
    if orientation is Orientation.UNKNOWN and not call.is_directed:
        turned = replace(call, end5=call.end3, end3=call.end5)
        sides = (
            _place(turned.end5, Side.FIVE, call, build),
            _place(turned.end3, Side.THREE, call, build),
        )
        is_told, is_told_turned = _is_at_edges(place5, place3), _is_at_edges(*sides)
        if is_told != is_told_turned:
            more_flags = (*more_flags, "order_inferred")
        if is_told_turned and not is_told:
            oriented, is_swapped, (place5, place3) = turned, True, sides
    read, place5, place3 = _read_frame(place5, place3)
    frame, basis, frame_flags = _settle_frame(read, oriented)
    kinase, side, domain = _find_kinase(place5, place3)
    flags = (
        *more_flags,
        *_list_flags(oriented, place5, place3, build),
        *frame_flags,
        *_judge(
            frame,
            side,
            domain,
            orientation,
            oriented,
            kinase,
            is_told="order_inferred" in more_flags,
        ),
    )
    return ReadCall(
        call=oriented,
        place5=place5,
        place3=place3,
        frame=frame,
        frame_basis=basis,
        kinase=kinase,
        kinase_side=side,
        domain=domain,
        orientation=orientation,
        flags=tuple(dict.fromkeys(flags)),
        is_swapped=is_swapped,
    )


def _name_ends(call: CalledFusion, build: Build | Absent) -> CalledFusion:
    """Give the call with the genes in which its sides lie, where the row names none."""
    if isinstance(build, Absent) or call.problem or (call.end5.gene and call.end3.gene):
        return call
    ends = [_name_end(end, build) for end in (call.end5, call.end3)]
    if ends == [call.end5, call.end3]:
        return call
    return replace(call, end5=ends[0], end3=ends[1])


def _name_end(end: CalledEnd, build: Build) -> CalledEnd:
    if end.gene or end.position is None or not end.chromosome:
        return end
    gene = find_gene_at(end.chromosome, end.position, build)
    return replace(end, gene=gene) if gene else end


# Which side is read first -------------------------------------------------------------------------


def _find_strand(end: CalledEnd, build: Build | Absent) -> int:
    """Give the strand of a side's gene on its build, 0 when it is not known."""
    transcript = load_transcripts().get(read_gene_name(end.gene).symbol)
    if transcript is not None and not isinstance(build, Absent):
        return transcript.strands[build]
    return _STRANDS.get(end.gene_strand, 0)


def _orient(call: CalledFusion, build: Build | Absent) -> tuple[CalledFusion, Orientation, bool]:
    """Give the call with its 5' side first, and how the sides are read.

    Both sides against their genes are the same junction read from its other strand, so that they
    change places; where the format says the order, that makes it antisense all the same.
    """
    ends = (call.end5, call.end3)
    read = [_STRANDS.get(end.read_strand, 0) for end in ends]
    genes = [_find_strand(end, build) for end in ends]
    if not all(read) or not all(genes):
        return call, Orientation.UNKNOWN, False
    agree = [one == other for one, other in zip(read, genes, strict=True)]
    if all(agree):
        return call, Orientation.SENSE, False
    if call.is_directed or any(agree):
        return call, Orientation.ANTISENSE, False
    return replace(call, end5=_turn(call.end3), end3=_turn(call.end5)), Orientation.SENSE, True


def _turn(end: CalledEnd) -> CalledEnd:
    return replace(end, read_strand={"+": "-", "-": "+"}.get(end.read_strand, ""))


def _is_at_edges(place5: Place, place3: Place) -> bool:
    """Whether the sides lie at the end and at the start of exons, as splicing joins them."""
    return place5.kind is PlaceKind.EXON_EDGE and place3.kind is PlaceKind.EXON_EDGE


# Where the sides lie ----------------------------------------------------------------------------


def _place(end: CalledEnd, side: Side, call: CalledFusion, build: Build | Absent) -> Place:
    if end.position is not None and not isinstance(build, Absent):
        found = place_position(end.gene, side, end.chromosome, end.position, build, call.method)
        if found.kind is not PlaceKind.NOT_LOCATED or not end.exon:
            return found
    number = _read_exon_number(end.exon)
    if number is not None:
        return place_exon(end.gene, side, number)
    return place_nowhere(end.gene, side, has_build=end.position is None)


@lru_cache(maxsize=4096)
def _read_exon_number(words: str) -> int | None:
    """Give the number of an exon as written; none for none, several, or an intron."""
    if not words or _INTRON.search(words):
        return None
    found = read_exon(words)
    return None if isinstance(found, Absent) else found


def _read_frame(place5: Place, place3: Place) -> tuple[FrameRead, Place, Place]:
    if place5.other_exons or place3.other_exons:
        if facts := _find_published(place5, place3):
            return read_published_frame(place5, place3, facts)
        return read_numbered_frame(place5, place3)
    return read_frame(place5, place3), place5, place3


def _find_published(place5: Place, place3: Place) -> tuple[str, ...]:
    """Give the facts that print a junction of these very exon numbers."""
    if place5.exon is None or place3.exon is None:
        return ()
    rows = find_junctions(place3.name.symbol, place5.name.symbol, place5.exon, place3.exon)
    return tuple(row.fact.id for row in rows)


def _settle_frame(read: FrameRead, call: CalledFusion) -> tuple[Frame, str, tuple[str, ...]]:
    """Give the frame by the tables beside the caller's; the tables stand where they can say it."""
    called = UNKNOWN if isinstance(call.frame, Absent) else _CALLER_FRAMES[call.frame]
    flags = ("stop_not_excluded",) if read.may_stop and read.frame is Frame.IN else ()
    if isinstance(called, Absent):
        return read.frame, read.basis, flags
    written = call.frame_words or call.frame
    if read.frame is Frame.UNKNOWN:
        basis = f"As the caller says ({written}); the tables can't: {read.basis}"
        return called, basis, flags
    if called is read.frame:
        return read.frame, f"{read.basis} The caller says the same ({written}).", flags
    basis = f"{read.basis} The caller says {written}."
    return read.frame, basis, (*flags, "frame_disagrees")


# What is kept of a kinase -------------------------------------------------------------------------


def _find_kinase(place5: Place, place3: Place) -> tuple[str, str, DomainState]:
    """Give the kinase, its side and its domain: the 3' gene's, unless only the 5' one keeps its."""
    sides = [
        (place.name.symbol, place.side.value, read_domain(place))
        for place in (place3, place5)
        if find_kinase_domain(place.name.symbol)
    ]
    if not sides:
        return "", "", DomainState.UNKNOWN
    whole = [side for side in sides if side[2] is DomainState.WHOLE]
    return whole[0] if whole else sides[0]


# Flags ------------------------------------------------------------------------------------------


def _list_flags(
    call: CalledFusion, place5: Place, place3: Place, build: Build | Absent
) -> tuple[str, ...]:
    """Give what the row itself says against it, and what could not be known."""
    flags: list[str] = []
    if call.problem:
        flags.append("not_interpreted")
    for words in (*call.remarks, *call.filters, call.type, call.confidence, call.frame_words):
        if words:
            flags += find_flags_of_words(words)
    if call.filters:
        flags.append("filtered")
    has_position = any(end.position is not None for end in (call.end5, call.end3))
    if has_position and isinstance(build, Absent):
        flags.append("build_unknown")
    for place in (place5, place3):
        flags += _list_gene_flags(place.name.written, is_located=place.transcript is not None)
        if place.kind is PlaceKind.OUTSIDE:
            flags.append("outside_transcript")
        if place.other_exons:
            flags.append("exon_numbering_open")
    return tuple(flags)


@lru_cache(maxsize=65_536)
def _list_gene_flags(written: str, *, is_located: bool) -> tuple[str, ...]:
    """Give what the name of a gene says against it, or what could not be known of it."""
    flags = list(find_flags_of_gene(written))
    if not written or _SEVERAL.search(written):
        flags.append("intergenic")
    elif not is_located:
        flags.append("not_in_tables")
    if read_gene_name(written).repair:
        flags.append("name_repaired")
    return tuple(flags)


def _judge(
    frame: Frame,
    side: str,
    domain: DomainState,
    orientation: Orientation,
    call: CalledFusion,
    kinase: str,
    *,
    is_told: bool,
) -> tuple[str, ...]:
    """Give the flags that decide whether it can be a driver."""
    flags = []
    if orientation is Orientation.ANTISENSE:
        flags.append("antisense")
    if not call.is_directed and orientation is Orientation.UNKNOWN and not is_told:
        flags.append("order_unknown")
    if not kinase:
        flags.append("no_kinase")
    broken = (DomainState.CUT, DomainState.ABSENT)
    if side == Side.FIVE.value and domain in broken:
        flags.append("reversed")
    elif domain in broken:
        flags.append("domain_lost")
    if frame is Frame.OUT:
        flags.append("out_of_frame")
    return tuple(flags)
