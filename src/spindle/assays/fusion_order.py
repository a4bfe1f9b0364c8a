"""Which side of a called fusion is read first, and in which direction.

The strands on which the sides are read, beside those of their genes, tell it where one gene at
least is of the tables: read with its gene, a side stands where the row puts it. Where they do not
tell it, edges of exons may: splicing joins the end of one exon to the start of another. Else both
orders are read, and the one that keeps a kinase is shown; that the order is not known is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from spindle.assays.fusion_frames import DomainState, find_kinase_domain, read_domain
from spindle.assays.fusion_places import Place, PlaceKind
from spindle.cases.absence import Absent
from spindle.cases.fusion_calls import Build, CalledEnd, CalledFusion
from spindle.knowledge.gene_names import read_gene_name
from spindle.knowledge.kinases import load_kinases
from spindle.knowledge.transcripts import load_transcripts

_STRANDS = {"+": 1, "-": -1}
_DOMAIN_RANKS = (DomainState.WHOLE, DomainState.UNKNOWN, DomainState.CUT, DomainState.ABSENT)


class Orientation(StrEnum):
    """How the two sides are read."""

    SENSE = "sense"
    """Both in the direction of their genes."""
    ANTISENSE = "antisense"
    """One of them against it."""
    UNKNOWN = "unknown"
    """Not said, or a gene outside the tables."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """A call with the side first that is read first."""

    call: CalledFusion
    """The call, its sides exchanged where the strands ask for it."""
    orientation: Orientation
    """How its sides are read."""
    is_told: bool
    """Whether the format or the strands tell which side is read first."""
    is_swapped: bool = False
    """Whether the sides were exchanged."""


def find_strand(end: CalledEnd, build: Build | Absent) -> int:
    """Give the strand of a side's gene on its build: 1, -1, or 0 when it is not known."""
    transcript = load_transcripts().get(read_gene_name(end.gene).symbol)
    if transcript is not None and not isinstance(build, Absent):
        return transcript.strands[build]
    return _STRANDS.get(end.gene_strand, 0)


def order_ends(call: CalledFusion, build: Build | Absent) -> Ordered:
    """Give the call with its 5' side first, as far as strands tell it.

    Both sides against their genes are the same junction read from its other strand, so that they
    change places; where the format says the order, that makes it antisense all the same.
    """
    ends = (call.end5, call.end3)
    agree = [
        read == gene
        for end in ends
        if (read := _STRANDS.get(end.read_strand, 0)) and (gene := find_strand(end, build))
    ]
    is_whole = len(agree) == len(ends)
    if not agree:
        return Ordered(call, Orientation.UNKNOWN, call.is_directed)
    if all(agree):
        sense = Orientation.SENSE if is_whole else Orientation.UNKNOWN
        return Ordered(call, sense, is_told=True)
    if call.is_directed or any(agree):
        return Ordered(call, Orientation.ANTISENSE, is_told=True)
    sense = Orientation.SENSE if is_whole else Orientation.UNKNOWN
    return Ordered(turn(call), sense, is_told=True, is_swapped=True)


def turn(call: CalledFusion) -> CalledFusion:
    """Give the same junction read from its other strand: the sides change places."""
    return replace(call, end5=_turn_end(call.end3), end3=_turn_end(call.end5))


def _turn_end(end: CalledEnd) -> CalledEnd:
    return replace(end, read_strand={"+": "-", "-": "+"}.get(end.read_strand, ""))


def are_at_edges(places: tuple[Place, Place]) -> bool:
    """Give whether the sides lie at the end and the start of exons, as splicing joins them."""
    return all(place.kind is PlaceKind.EXON_EDGE for place in places)


def rank_order(places: tuple[Place, Place]) -> int:
    """Give how well one order keeps a kinase, the best one least; the 3' one stands first.

    Parameters
    ----------
    places:
        The 5' side and the 3' side.
    """
    place5, place3 = places
    ranks = [
        len(places) * _DOMAIN_RANKS.index(read_domain(place)) + further
        for further, place in enumerate((place3, place5))
        if is_kinase(place.name.symbol)
    ]
    return min(ranks, default=len(places) * len(_DOMAIN_RANKS))


def is_kinase_cut(places: tuple[Place, Place]) -> bool:
    """Give whether a kinase stands at the 5' side without its whole domain."""
    domain = read_domain(places[0])
    return is_kinase(places[0].name.symbol) and domain in (DomainState.CUT, DomainState.ABSENT)


def is_kinase(symbol: str) -> bool:
    """Give whether a gene, or the name of a group of genes, is a kinase of the tables."""
    return bool(find_kinase_domain(symbol)) or symbol in load_kinases().groups
