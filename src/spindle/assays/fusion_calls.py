"""One called fusion, read as a molecular pathologist reads it.

Names are repaired in the open, breakpoints are located, the frame and the kinase domain are worked
out where they can be, and what speaks against a driver is flagged. Nothing is guessed: what is not
known is `unknown`, and the sentence beside it says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from spindle.assays.fusion_frames import (
    DomainState,
    Frame,
    FrameRead,
    find_published,
    read_domain,
    read_frame,
    read_inserted,
    read_numbered_frame,
    read_published_frame,
)
from spindle.assays.fusion_order import (
    Orientation,
    are_at_edges,
    is_kinase,
    is_kinase_cut,
    order_ends,
    rank_order,
    turn,
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
from spindle.knowledge.fusions import find_partner
from spindle.knowledge.gene_names import read_gene_name
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.transcripts import find_gene_at

_INTRON = re.compile(r"intron", re.IGNORECASE)
_RANGE = re.compile(
    r"(?:exons?|ex\.?)?\s*-?\s*(?P<first>\d+)\s*(?:-|to|through|thru|until)\s*(?P<last>\d+)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"[,;]|\(\d+\)")
_CALLER_FRAMES = {ReadingFrame.IN: Frame.IN, ReadingFrame.OUT: Frame.OUT}


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
    """Whether the sides were exchanged: the strands, the edges of exons, or, where the order is not
    known, what is left of a kinase ask for it."""
    other: ReadCall | None = None
    """The same call as it is written, where the order is not known and the sides were exchanged."""

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
    order, other = _choose_order(call, build)
    read = _read_ordered(order, build, more_flags)
    return replace(read, other=_read_ordered(other, build, more_flags)) if other else read


def _read_ordered(order: _Order, build: Build | Absent, more_flags: tuple[str, ...]) -> ReadCall:
    read, place5, place3 = _read_frame(*order.places, order.call)
    frame, basis, frame_flags = _settle_frame(read, order.call)
    kinase, side, domain = _find_kinase(place5, place3)
    if "order_unknown" in order.flags and kinase:
        basis = f"With {place5.name.symbol or '?'} first: {basis}"
    flags = (
        *more_flags,
        *order.flags,
        *_list_flags(order.call, place5, place3, build),
        *frame_flags,
    )
    read_call = ReadCall(
        call=order.call,
        place5=place5,
        place3=place3,
        frame=frame,
        frame_basis=basis,
        kinase=kinase,
        kinase_side=side,
        domain=domain,
        orientation=order.orientation,
        flags=flags,
        is_swapped=order.is_swapped,
    )
    return replace(read_call, flags=tuple(dict.fromkeys((*flags, *_judge(read_call)))))


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


@dataclass(frozen=True, slots=True)
class _Order:
    """A call in the order in which it is read, with its places."""

    call: CalledFusion
    places: tuple[Place, Place]
    orientation: Orientation
    is_swapped: bool
    flags: tuple[str, ...] = ()


def _choose_order(call: CalledFusion, build: Build | Absent) -> tuple[_Order, _Order | None]:
    """Give the order in which a call is read: told, else inferred, else the one with a kinase.

    With it comes the order as written, where the last of these exchanged the sides.
    """
    ordered = order_ends(call, build)
    call = ordered.call
    places = _place_ends(call, build)
    as_told = _Order(call, places, ordered.orientation, ordered.is_swapped)
    is_by_number = all(place.kind is PlaceKind.BY_EXON_NUMBER for place in places)
    is_antisense = ordered.orientation is Orientation.ANTISENSE and not call.is_directed
    if ordered.is_told and not (is_by_number or is_antisense):
        return as_told, None
    turned = turn(call)
    turned_places = _place_ends(turned, build)
    if ordered.is_told:
        return _settle_told(as_told, turned, turned_places)
    edges, turned_edges = are_at_edges(places), are_at_edges(turned_places)
    if edges != turned_edges:
        flags, is_turned = ("order_inferred",), turned_edges
    else:
        flags, is_turned = ("order_unknown",), rank_order(turned_places) < rank_order(places)
    as_told = replace(as_told, flags=flags)
    if not is_turned:
        return as_told, None
    order = _Order(turned, turned_places, ordered.orientation, is_swapped=True, flags=flags)
    return order, None if turned_edges else as_told


def _settle_told(
    told: _Order, turned: CalledFusion, turned_places: tuple[Place, Place]
) -> tuple[_Order, _Order | None]:
    """Give an order that is told, turned where the other one says more.

    A junction of one side against its gene is the same from either strand, so that a row of no
    order shows the kinase that it keeps. Exons in words whose order breaks the kinase, and that
    are in frame with a whole one the other way round, may be written in reverse.
    """
    is_better = rank_order(turned_places) < rank_order(told.places)
    other = _Order(turned, turned_places, told.orientation, is_swapped=True)
    if told.orientation is Orientation.ANTISENSE:
        return (other if is_better else told), None
    if is_better and is_kinase_cut(told.places):
        read, *_ = _read_frame(*turned_places, turned)
        if read.frame is Frame.IN:
            flags = ("order_unknown",)
            return replace(other, flags=flags), replace(told, flags=flags)
    return told, None


def _place_ends(call: CalledFusion, build: Build | Absent) -> tuple[Place, Place]:
    return (
        _place(call.end5, Side.FIVE, call, build),
        _place(call.end3, Side.THREE, call, build),
    )


# Where the sides lie ----------------------------------------------------------------------------


def _place(end: CalledEnd, side: Side, call: CalledFusion, build: Build | Absent) -> Place:
    found = None
    if end.position is not None and not isinstance(build, Absent):
        found = place_position(end.gene, side, end.chromosome, end.position, build, call.method)
        if found.kind is not PlaceKind.NOT_LOCATED or not end.exon:
            return found
    number = _read_exon_number(end.exon, side)
    if number is not None:
        return place_exon(end.gene, side, number)
    if found is not None:
        return found
    has_build = end.position is None
    return place_nowhere(end.gene, side, has_build=has_build, written=end.exon)


@lru_cache(maxsize=4096)
def _read_exon_number(words: str, side: Side) -> int | None:
    """Give the number of an exon as written; none for none, several, or an intron.

    Of a range of exons that a fusion keeps, the last one stands at the junction of the 5' side and
    the first one at that of the 3' side.
    """
    if not words or _INTRON.search(words):
        return None
    if kept := _RANGE.fullmatch(words.strip()):
        return int(kept["last" if side is Side.FIVE else "first"])
    found = read_exon(words)
    return None if isinstance(found, Absent) else found


def _read_frame(place5: Place, place3: Place, call: CalledFusion) -> tuple[FrameRead, Place, Place]:
    inserted = read_inserted(call.sequence)
    if place5.other_exons or place3.other_exons:
        if facts := find_published(place5, place3):
            return read_published_frame(place5, place3, facts)
        return read_numbered_frame(place5, place3)
    read = read_frame(place5, place3, inserted)
    # With bases between the genes it is another junction than the published one.
    is_plain = read.frame is Frame.OUT and inserted == ""
    if is_plain and (facts := find_published(place5, place3)):
        said = f"{read.basis} A junction of these exons is published all the same ({facts[0]})."
        read = replace(read, basis=said, is_published=True)
    return read, place5, place3


def _settle_frame(read: FrameRead, call: CalledFusion) -> tuple[Frame, str, tuple[str, ...]]:
    """Give the frame by the tables beside the caller's; the tables stand where they can say it."""
    called = UNKNOWN if isinstance(call.frame, Absent) else _CALLER_FRAMES[call.frame]
    flags = ("stop_not_excluded",) if read.may_stop and read.frame is Frame.IN else ()
    if read.is_published:
        flags = ("published_junction",)
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
        if is_kinase(place.name.symbol)
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
            flags += find_flags_of_words(words, call.caller)
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
        if place.name.symbol in load_kinases().groups:
            flags.append("member_unknown")
    return tuple(flags)


@lru_cache(maxsize=65_536)
def _list_gene_flags(written: str, *, is_located: bool) -> tuple[str, ...]:
    """Give what the name of a gene says against it, or what could not be known of it."""
    flags = list(find_flags_of_gene(written))
    if not written or _SEVERAL.search(written):
        flags.append("intergenic")
    elif not is_located and written not in load_kinases().groups:
        flags.append("not_in_tables")
    if read_gene_name(written).repair:
        flags.append("name_repaired")
    return tuple(flags)


def _judge(read: ReadCall) -> Iterator[str]:
    """Give the flags that decide whether it can be a driver."""
    is_first = read.kinase_side == Side.FIVE.value
    is_broken = read.domain in (DomainState.CUT, DomainState.ABSENT)
    if read.orientation is Orientation.ANTISENSE:
        yield "antisense"
    if not read.kinase:
        yield "no_kinase"
    elif is_first and is_broken and "order_unknown" not in read.flags:
        yield "reversed"
    elif is_broken:
        yield "domain_lost"
    elif is_first and read.domain is DomainState.UNKNOWN and _is_published_behind(read):
        yield "kinase_first"
    if read.frame is Frame.OUT:
        yield "partner_out_of_frame" if is_first and not is_broken else "out_of_frame"
    if read.gene5 and read.gene5 == read.gene3:
        yield "same_gene"


def _is_published_behind(read: ReadCall) -> bool:
    """Whether published fusions of the same two genes have the kinase at their 3' end."""
    return find_partner(read.kinase, read.gene3).is_known
